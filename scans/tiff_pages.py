"""TIFF scans -> grey page images, a damaged page costing no other.

The chain of page directories is walked here as well: where a file was cut off inside a
directory, Pillow reads what is left of it as a whole one, shows a wrong image and knows of
no later page.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, cast

import cv2
import numpy as np
from PIL import TiffImagePlugin

from omr.fiducials import GreyImage
from omr.i18n import _
from omr.marks import Reason
from scans.decode import grey_of, quiet_pillow
from scans.decoder_words import listening
from scans.faults import PageFault, needs_memory, too_large
from scans.fax import decode_g4_strips, rows_announced, turn_bits
from scans.jpeg import ends_early, is_closed
from scans.limits import is_out_of_memory

# TIFF 6.0, section 2, and its 64-bit extension: magic number, where the first directory's
# offset stands, struct codes of a directory's count and of an offset, bytes of an entry.
_CLASSIC = (42, 4, "H", "I", 12)
_BIG = (43, 8, "Q", "Q", 20)

_WIDTH, _HEIGHT, _COMPRESSION, _COLOUR, _BIT_ORDER = 256, 257, 259, 262, 266
_STARTS, _TURNED, _SAMPLES, _STRIP_ROWS, _LENGTHS = 273, 274, 277, 278, 279
_TILE_STARTS, _TILE_LENGTHS = 324, 325
_LONG = 4  # the type of a value of 32 bits
_UNCOMPRESSED, _G3, _G4, _OLD_JPEG, _JPEG = 1, 3, 4, 6, 7
# libtiff's and libjpeg's words where they made up pixels.
_GUESSED = (b"Bad code word", b"Premature E", b"premature end", b"Not enough data", b"bad Huffman")


@dataclass(frozen=True, slots=True)
class _Chain:
    """The page directories of a file."""

    whole: int
    breaks_off: bool  # another directory is announced, but it is not all there
    only_fax: bool  # all of them in strips of Group 4 code


def count_pages(path: Path, most: int) -> int | PageFault:
    """Pages up to and including the first that is damaged; *most* and one at most."""
    chain = _chain(path, most)
    if chain.whole == 0:
        return PageFault(Reason.UNREADABLE_FILE, _("damaged TIFF: it has no page; scan again"))
    return chain.whole + chain.breaks_off  # the damaged page is counted, so that it is named


def is_fax(path: Path, most: int) -> bool:
    """Whether every page is Group 4 code, which is decoded without libtiff seeing the file."""
    try:
        return _chain(path, most).only_fax
    except OSError:
        return True


def load_page(path: Path, page: int, most: int) -> GreyImage | PageFault:
    """One page, shape (h, w), uint8, the way up that the file notes; 0-based."""
    if page >= _chain(path, most).whole:
        words = _("damaged TIFF: the file is cut off here; scan or copy it again")
        return PageFault(Reason.UNREADABLE_FILE, words)
    try:
        with quiet_pillow(), listening() as said:
            image = _opened(*_identity(path))
            image.seek(page)
            pixels = too_large(*image.size) or _pixels(image)
    except Exception as error:  # noqa: BLE001 - damaged pages fail in many ways
        close_files()  # where it was in the file is no longer known
        if is_out_of_memory(error):
            return needs_memory()
        words = _("TIFF page damaged or of a kind that is not read ({why}); save it as G4 or LZW")
        return PageFault(Reason.UNREADABLE_FILE, words.format(why=error))
    if any(words in said for words in _GUESSED):
        return _incomplete()
    return pixels


def _identity(path: Path) -> tuple[Path, int, int]:
    about = path.stat()
    return path, about.st_mtime_ns, about.st_size


@lru_cache(maxsize=1)  # the pages of one file come one after the other
def _opened(path: Path, _modified_ns: int, _size: int) -> TiffImagePlugin.TiffImageFile:
    """The open file; another one when it was written anew under the same name."""
    # Given a path, Pillow 13 maps an uncompressed page into memory with its turned size, and
    # shows a sheared one where the orientation tag is 5 to 8.
    stream = path.open("rb")
    try:
        return TiffImagePlugin.TiffImageFile(stream)
    except BaseException:
        stream.close()
        raise


def close_files() -> None:
    """Let go of the file that was read last."""
    _opened.cache_clear()


def _pixels(image: TiffImagePlugin.TiffImageFile) -> GreyImage | PageFault:
    tags = image.tag_v2
    compression = tags.get(_COMPRESSION, _UNCOMPRESSED)
    if compression == _OLD_JPEG:
        words = _("the TIFF has old-style JPEG pages, which are not read; save it as G4 or LZW")
        return PageFault(Reason.UNREADABLE_FILE, words)
    if compression == _G4 and tags.get(_SAMPLES, 1) == 1 and _STARTS in tags:
        return _fax_pixels(image)
    if compression == _G3 and not _all_announced(image):
        return _incomplete()
    if compression == _JPEG and not all(is_closed(code) for code in _strips(image)):
        return _incomplete()
    pixels = grey_of(image)
    return _incomplete() if compression == _JPEG and ends_early(pixels) else pixels


def _fax_pixels(image: TiffImagePlugin.TiffImageFile) -> GreyImage | PageFault:
    """Group 4, none of whose strips lacks rows."""
    tags = image.tag_v2
    width, height = tags[_WIDTH], tags[_HEIGHT]
    rows = min(tags.get(_STRIP_ROWS, height), height)
    dark = tags.get(_COLOUR, 0) == 0
    page = decode_g4_strips(_strips(image), width, height, rows, black_is_dark=dark)
    return _incomplete() if page is None else _turned(page, tags.get(_TURNED, 1))


def _all_announced(image: TiffImagePlugin.TiffImageFile) -> bool:
    """Whether Group 3 strips have an end of line for every row but one, if they have any."""
    announced = sum(rows_announced(code) for code in _strips(image))
    return announced == 0 or announced >= image.tag_v2[_HEIGHT] - 1


def _strips(image: TiffImagePlugin.TiffImageFile) -> list[bytes]:
    tags = image.tag_v2
    stream = cast("IO[bytes]", image._fp)  # noqa: SLF001 - the file of all pages, kept open
    turn = tags.get(_BIT_ORDER, 1) == 2
    strips = []
    starts, lengths = (_STARTS, _LENGTHS) if _STARTS in tags else (_TILE_STARTS, _TILE_LENGTHS)
    for start, length in zip(tags[starts], tags[lengths], strict=True):
        stream.seek(start)
        code = stream.read(length)
        strips.append(turn_bits(code) if turn else code)
    return strips


def _turned(page: GreyImage, orientation: int) -> GreyImage:
    """*page* as its orientation tag says it is looked at (TIFF 6.0, page 36)."""
    if orientation in {5, 6, 7, 8}:
        page = np.asarray(cv2.transpose(page), np.uint8)
    # Axes to turn over afterwards, as cv2.flip names them: 1 = left and right, 0, -1 = both.
    flip = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}.get(orientation)
    return page if flip is None else np.asarray(cv2.flip(page, flip), np.uint8)


def _incomplete() -> PageFault:
    words = _("damaged TIFF page: rows are missing; scan or copy it again")
    return PageFault(Reason.UNREADABLE_FILE, words)


def _chain(path: Path, most: int) -> _Chain:
    return _walk(*_identity(path), most)


@lru_cache(maxsize=4)
def _walk(path: Path, _modified_ns: int, size: int, most: int) -> _Chain:
    """Follow the directories' offsets, *most* and one of them at most."""
    with path.open("rb") as stream:
        order = "<" if stream.read(2) == b"II" else ">"

        def number(code: str, at: int) -> int:
            stream.seek(at)
            data = stream.read(struct.calcsize(order + code))
            return int(struct.unpack(order + code, data)[0])

        seen: set[int] = set()
        only_fax = True
        try:
            kind = next(kind for kind in (_CLASSIC, _BIG) if kind[0] == number("H", 2))
            _magic, first, count_code, offset_code, entry_bytes = kind
            offset = number(offset_code, first)
            while offset and offset not in seen and len(seen) <= most:
                entries = number(count_code, offset)
                end = offset + struct.calcsize(order + count_code) + entries * entry_bytes
                if entries == 0 or end > size:
                    return _Chain(len(seen), breaks_off=True, only_fax=only_fax)
                stream.seek(end - entries * entry_bytes)
                directory = stream.read(entries * entry_bytes)
                only_fax = only_fax and _is_fax(directory, entry_bytes, order)
                following = number(offset_code, end)
                seen.add(offset)
                offset = following
        except (struct.error, StopIteration, OverflowError, ValueError):
            return _Chain(len(seen), breaks_off=True, only_fax=only_fax)
    return _Chain(len(seen), breaks_off=False, only_fax=only_fax)


def _is_fax(directory: bytes, entry_bytes: int, order: str) -> bool:
    """Whether a page directory says that its page is Group 4 code in strips."""
    said = {}
    for at in range(0, len(directory) - entry_bytes + 1, entry_bytes):
        tag, kind = struct.unpack_from(order + "HH", directory, at)
        where = at + (12 if entry_bytes == _BIG[4] else 8)
        said[tag] = struct.unpack_from(order + ("I" if kind == _LONG else "H"), directory, where)[0]
    return said.get(_COMPRESSION) == _G4 and said.get(_SAMPLES, 1) == 1 and _STARTS in said
