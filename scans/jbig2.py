"""Whether JBIG2 data are whole (ITU-T T.88); decoding them is the PDF library's business."""

from __future__ import annotations

import struct

_REGIONS = frozenset({4, 6, 7, 20, 22, 23, 36, 38, 39, 40, 42, 43})
_UNKNOWN = 0xFFFFFFFF


def is_whole(data: bytes) -> bool:
    """Whether every segment (7.2) is there to its last byte, and one shows something."""
    at, regions = 0, 0
    while at < len(data):
        if not data[at:].strip(b"\r\n\0"):  # a line end that the writer counted to the data
            break
        try:
            kind, size, body = _segment(data, at)
        except (struct.error, IndexError):
            return False
        if size == _UNKNOWN:  # allowed for one region that ends with the data
            return True
        if body + size > len(data):
            return False
        regions += kind in _REGIONS
        at = body + size
    return regions > 0


def _segment(data: bytes, at: int) -> tuple[int, int, int]:
    """A segment's type, its length, and where its data start."""
    number = int(struct.unpack_from(">I", data, at)[0])
    flags = data[at + 4]
    referred = data[at + 5] >> 5
    at += 6
    if referred == 7:  # more than four: a longer count, and bits to retain them
        referred = int(struct.unpack_from(">I", data, at - 1)[0]) & 0x1FFFFFFF
        at += 3 + (referred + 8) // 8
    at += referred * (1 if number <= 256 else 2 if number <= 65536 else 4)
    at += 4 if flags & 0x40 else 1
    return flags & 0x3F, int(struct.unpack_from(">I", data, at)[0]), at + 4
