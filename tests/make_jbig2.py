"""JBIG2 data for tests (ITU-T T.88): one generic region, coded as fax or arithmetically."""

from __future__ import annotations

import struct

import numpy as np
from make_scans import Grey
from make_tiff import fax_code
from PIL import Image

# T.88, table E.1: Qe, next state after the more and the less probable symbol, switch.
_STATES = [
    (0x5601, 1, 1, 1), (0x3401, 2, 6, 0), (0x1801, 3, 9, 0), (0x0AC1, 4, 12, 0),
    (0x0521, 5, 29, 0), (0x0221, 38, 33, 0), (0x5601, 7, 6, 1), (0x5401, 8, 14, 0),
    (0x4801, 9, 14, 0), (0x3801, 10, 14, 0), (0x3001, 11, 17, 0), (0x2401, 12, 18, 0),
    (0x1C01, 13, 20, 0), (0x1601, 29, 21, 0), (0x5601, 15, 14, 1), (0x5401, 16, 14, 0),
    (0x5101, 17, 15, 0), (0x4801, 18, 16, 0), (0x3801, 19, 17, 0), (0x3401, 20, 18, 0),
    (0x3001, 21, 19, 0), (0x2801, 22, 19, 0), (0x2401, 23, 20, 0), (0x2201, 24, 21, 0),
    (0x1C01, 25, 22, 0), (0x1801, 26, 23, 0), (0x1601, 27, 24, 0), (0x1401, 28, 25, 0),
    (0x1201, 29, 26, 0), (0x1101, 30, 27, 0), (0x0AC1, 31, 28, 0), (0x09C1, 32, 29, 0),
    (0x08A1, 33, 30, 0), (0x0521, 34, 31, 0), (0x0441, 35, 32, 0), (0x02A1, 36, 33, 0),
    (0x0221, 37, 34, 0), (0x0141, 38, 35, 0), (0x0111, 39, 36, 0), (0x0085, 40, 37, 0),
    (0x0049, 41, 38, 0), (0x0025, 42, 39, 0), (0x0015, 43, 40, 0), (0x0009, 44, 41, 0),
    (0x0005, 45, 42, 0), (0x0001, 45, 43, 0), (0x5601, 46, 46, 0),
]  # fmt: skip


class _Coder:
    """The arithmetic encoder of T.88, annex E (and of JPEG 2000)."""

    def __init__(self) -> None:
        self.a, self.c, self.count = 0x8000, 0, 12
        self.out = bytearray(b"\0")  # a byte before the first, for its carry
        self.contexts: dict[int, tuple[int, int]] = {}

    def encode(self, context: int, bit: int) -> None:
        state, likely = self.contexts.get(context, (0, 0))
        size, after_likely, after_other, switch = _STATES[state]
        self.a -= size
        if bit == likely:
            if self.a & 0x8000:
                self.c += size
                return
            if self.a < size:
                self.a = size
            else:
                self.c += size
            self.contexts[context] = (after_likely, likely)
        else:
            if self.a < size:
                self.c += size
            else:
                self.a = size
            self.contexts[context] = (after_other, likely ^ switch)
        while not self.a & 0x8000:
            self.a <<= 1
            self.c <<= 1
            self.count -= 1
            if self.count == 0:
                self._byte_out()

    def _byte_out(self) -> None:
        if self.out[-1] != 0xFF and self.c & 0x8000000:
            self.out[-1] += 1
            self.c &= 0x7FFFFFF
        if self.out[-1] == 0xFF:
            self.out.append(self.c >> 20 & 0xFF)
            self.c &= 0xFFFFF
            self.count = 7
        else:
            self.out.append(self.c >> 19 & 0xFF)
            self.c &= 0x7FFFF
            self.count = 8

    def finish(self) -> bytes:
        top = self.c + self.a
        self.c |= 0xFFFF
        if self.c >= top:
            self.c -= 0x8000
        for _ in range(2):
            self.c <<= self.count
            self._byte_out()
        return bytes(self.out[1:]).rstrip(b"\xff") + b"\xff\xac"


def _arithmetic(ink: Grey) -> bytes:
    """Template 0 with its pixels where they usually are (6.2.5.3)."""
    height, width = ink.shape
    padded = np.pad(ink, ((2, 0), (4, 4))).astype(int).tolist()
    coder = _Coder()
    for y in range(height):
        above2, above, row = padded[y], padded[y + 1], padded[y + 2]
        for x in range(4, width + 4):
            around = above2[x - 2 : x + 3] + above[x - 3 : x + 4] + row[x - 4 : x]
            coder.encode(int("".join(map(str, around)), 2), row[x])
    return coder.finish()


def jbig2_data(page: Grey, *, arithmetic: bool) -> bytes:
    """Black and white *page* as the segments that a PDF embeds."""
    height, width = page.shape
    ink = (page < 128).astype(np.uint8)

    def segment(number: int, kind: int, body: bytes) -> bytes:
        return struct.pack(">IBBBI", number, kind, 0, 1, len(body)) + body

    region = struct.pack(">IIIIB", width, height, 0, 0, 0)
    if arithmetic:
        places = struct.pack("8b", 3, -1, -3, -1, 2, -2, -2, -2)
        region += b"\0" + places + _arithmetic(ink)
    else:
        image = Image.fromarray(page).convert("1", dither=Image.Dither.NONE)
        region += b"\1" + fax_code(image)
    about = struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    return segment(0, 48, about) + segment(1, 38, region)
