"""TIFF files written by hand for tests: any tags, byte order, strips or tiles."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping, Sequence

from make_scans import image_bytes
from PIL import Image

Value = int | Sequence[int]


def made_tiff(
    tags: Mapping[int, Value],
    pieces: Sequence[bytes],
    *,
    big_endian: bool = False,
    tiled: bool = False,
    big: bool = False,
) -> bytes:
    """One page whose strips (or tiles) are *pieces*; every value is stored as a LONG."""
    order = ">" if big_endian else "<"
    mark = b"MM" if big_endian else b"II"
    head_size = 16 if big else 8
    starts, data = [], b""
    for piece in pieces:
        starts.append(head_size + len(data))
        data += piece + b"\0" * (len(piece) % 2)
    where, lengths = (324, 325) if tiled else (273, 279)
    entries: dict[int, list[int]] = {
        tag: [value] if isinstance(value, int) else list(value) for tag, value in tags.items()
    }
    entries[where] = starts
    entries[lengths] = [len(piece) for piece in pieces]
    room = 8 if big else 4
    outside_at = head_size + len(data)
    outside, directory = b"", b""
    for tag, values in sorted(entries.items()):
        packed = struct.pack(f"{order}{len(values)}I", *values)
        if len(packed) > room:
            place = struct.pack(order + ("Q" if big else "I"), outside_at + len(outside))
            outside += packed + b"\0" * (len(packed) % 2)
        else:
            place = packed.ljust(room, b"\0")
        directory += struct.pack(order + ("HHQ" if big else "HHI"), tag, 4, len(values)) + place
    at = outside_at + len(outside)
    if big:
        head = mark + struct.pack(order + "HHHQ", 43, 8, 0, at)
        count = struct.pack(order + "Q", len(entries))
    else:
        head = mark + struct.pack(order + "HI", 42, at)
        count = struct.pack(order + "H", len(entries))
    return head + data + outside + count + directory + bytes(8 if big else 4)


def fax_code(image: Image.Image, kind: str = "group4") -> bytes:
    """A 1-bit *image* as one strip of fax code in which black pixels are black."""
    data = image_bytes(image, "TIFF", compression=kind, tiffinfo={262: 0, 278: image.height})
    with Image.open(io.BytesIO(data)) as page:
        tags = page.tag_v2  # type: ignore[attr-defined]
        [start], [length] = tags[273], tags[279]
        if tags[262] == 1:
            raise ValueError("the encoder wrote white as ink")
    return data[start : start + length]
