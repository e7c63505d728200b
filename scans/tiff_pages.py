"""TIFF scans -> grey page images (Pillow), a damaged page costing no other.

The chain of page directories is walked here as well: where a file was cut off inside a
directory, Pillow reads what is left of it as a whole one, shows a wrong image and knows of
no later page.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from omr.fiducials import GreyImage
from omr.marks import Reason
from scans.decode import grey_of, quiet_pillow, too_large
from scans.faults import PageFault

# TIFF 6.0, section 2, and its 64-bit extension: magic number, where the first directory's
# offset stands, struct codes of a directory's count and of an offset, bytes of an entry.
_CLASSIC = (42, 4, "H", "I", 12)
_BIG = (43, 8, "Q", "Q", 20)


@dataclass(frozen=True, slots=True)
class _Chain:
    """The page directories of a file."""

    whole: int
    breaks_off: bool  # another directory is announced, but it is not all there


def count_pages(path: Path, most: int) -> int | PageFault:
    """Pages up to and including the first that is damaged; *most* and one at most."""
    chain = _walk(path, most)
    if chain.whole == 0:
        return PageFault(Reason.UNREADABLE_FILE, "damaged TIFF: it has no page")
    return chain.whole + chain.breaks_off  # the damaged page is counted, so that it is named


def load_page(path: Path, page: int) -> GreyImage | PageFault:
    """One page, shape (h, w), uint8; 0-based."""
    if page >= _walk(path, page + 1).whole:
        return PageFault(Reason.UNREADABLE_FILE, "damaged TIFF: the file is cut off here")
    try:
        with quiet_pillow(), Image.open(path, formats=("TIFF",)) as image:
            image.seek(page)
            return too_large(*image.size) or grey_of(image)
    except Exception as error:  # noqa: BLE001 - damaged pages fail in many ways
        return PageFault(Reason.UNREADABLE_FILE, f"damaged TIFF page: {error}")


def _walk(path: Path, most: int) -> _Chain:
    """Follow the directories' offsets, *most* and one of them at most."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        order = "<" if stream.read(2) == b"II" else ">"

        def number(code: str, at: int) -> int:
            stream.seek(at)
            data = stream.read(struct.calcsize(order + code))
            return int(struct.unpack(order + code, data)[0])

        seen: set[int] = set()
        try:
            kind = next(kind for kind in (_CLASSIC, _BIG) if kind[0] == number("H", 2))
            _magic, first, count_code, offset_code, entry_bytes = kind
            offset = number(offset_code, first)
            while offset and offset not in seen and len(seen) <= most:
                entries = number(count_code, offset)
                end = offset + struct.calcsize(order + count_code) + entries * entry_bytes
                if entries == 0 or end > size:
                    return _Chain(len(seen), breaks_off=True)
                following = number(offset_code, end)
                seen.add(offset)
                offset = following
        except (struct.error, StopIteration, OverflowError, ValueError):
            return _Chain(len(seen), breaks_off=True)
    return _Chain(len(seen), breaks_off=False)
