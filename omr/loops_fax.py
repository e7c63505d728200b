"""Group 4 fax code to pixels, compiled (pure; ITU-T T.6).

It knows whole code only: whatever else there may be is left to a decoder that guesses.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from omr.compiled import compiled, part

Bytes = NDArray[np.uint8]
Codes = NDArray[np.int32]
Places = NDArray[np.int32]

LONGEST = 13  # bits of a code
PADDING = 8  # bytes that must follow the code, so that looking ahead meets no end
_END_OF_BLOCK, _END_BITS = 0x001001, 24  # two end-of-line codes of 12 bits
_MODE_BITS = 7
_PASS, _HORIZONTAL = 8, 9  # beside the vertical modes, which are -3 to 3


@part
def _ahead(code: Bytes, at: int, bits: int) -> int:
    """The next *bits* of *code*, at most 24, from bit *at* on."""
    n = at >> 3
    word: int = np.int64(code[n]) << 24 | np.int64(code[n + 1]) << 16  # type: ignore[assignment]
    word |= np.int64(code[n + 2]) << 8 | np.int64(code[n + 3])  # type: ignore[assignment]
    return (word >> (32 - bits - (at & 7))) & ((1 << bits) - 1)


@part
def _mode(word: int) -> tuple[int, int]:
    """The mode that seven bits begin with, and its length; 0 bits if it is none."""
    if word & 64:
        return 0, 1
    if word >> 4 == 3:
        return 1, 3
    if word >> 4 == 2:
        return -1, 3
    if word >> 4 == 1:
        return _HORIZONTAL, 3
    if word >> 3 == 1:
        return _PASS, 4
    if word >> 1 == 3:
        return 2, 6
    if word >> 1 == 2:
        return -2, 6
    if word == 3:
        return 3, 7
    if word == 2:
        return -3, 7
    return 0, 0


@part
def _run(code: Bytes, at: int, last: int, codes: Codes) -> tuple[int, int]:
    """How long the run coded at bit *at* is, and where its code ends; -1 if it is none."""
    length = 0
    while at < last:
        found = codes[_ahead(code, at, LONGEST)]
        if found == 0:
            break
        at += found & 15
        length += found >> 4
        if found >> 4 < 64:
            return length, at
    return -1, at


@part
def _row(
    code: Bytes,
    at: int,
    last: int,
    width: int,
    above: Places,
    row: Places,
    white: Codes,
    black: Codes,
) -> tuple[int, int]:
    """Where the colour changes in the next row, into *row*, beginning with the first black pixel.

    Args:
        code: The bits, with some bytes after them.
        at: Where the row's begin.
        last: Where the code must have ended.
        width: Of the row.
        above: Where the colour changes in the row above; then *width*, three times at least.
        row: As *above*.
        white: By the next bits, sixteen times a run's length, and the length of its code ...
        black: ... and the same for black ones.

    Returns:
        Where the row's bits end, and how many changes there are; -1 for these if it is not whole.
    """
    here, dark, n, found = -1, 0, 0, 0
    while here < width:
        if at >= last:
            return at, -1
        mode, bits = _mode(_ahead(code, at, _MODE_BITS))
        if bits == 0:
            return at, -1
        at += bits
        while above[n] <= here and above[n] < width:
            n += 2
        if mode == _PASS:
            if above[n] >= width:
                return at, -1
            here = above[n + 1]
        elif mode == _HORIZONTAL:
            start = max(here, 0)
            first, at = _run(code, at, last, black if dark else white)
            second, at = _run(code, at, last, white if dark else black)
            if first < 0 or second < 0 or start + first + second > width:
                return at, -1
            if (first == 0 and start > 0) or (second == 0 and start + first < width):
                return at, -1  # no writer's way: where the colour changes is not plain
            row[found], row[found + 1] = start + first, start + first + second
            found += 2
            here = start + first + second
        else:
            place = above[n] + mode
            if place > width or place < max(here, 0) or (place == here and here > 0):
                return at, -1
            row[found] = place
            found += 1
            here = place
            dark = 1 - dark
            n = n - 1 if n > 0 else n + 1
    return at, found


@compiled("u1[:]", "i8", "i4[:]", "i4[:]", "u1", "out u1[:,:]")
def decode_g4(code: Bytes, last: int, white: Codes, black: Codes, ink: int, page: Bytes) -> bool:
    """Decode the Group 4 *code* of a page.

    Args:
        code: Most significant bit first, and :data:`PADDING` more bytes.
        last: So many bits there are.
        white: (2 ** LONGEST,) by the next bits sixteen times the length of a white run and the
            length of its code; 0 for none ...
        black: ... and the same for black runs.
        ink: The value of what the code calls black.
        page: (h, w), all of the other value; black runs become *ink*.

    Returns:
        Whether the code is whole: as many rows as the page has, and then its end of block.
    """
    height, width = page.shape
    above, row = np.full(width + 8, width, np.int32), np.full(width + 8, width, np.int32)
    at = 0
    for y in range(height):
        at, found = _row(code, at, last, width, above, row, white, black)
        if found < 0:
            return False
        for n in range(found, found + 4):
            row[n] = width
        for n in range(0, found, 2):
            page[y, row[n] : row[n + 1]] = ink
        above, row = row, above
    return at + _END_BITS <= last and _ahead(code, at, _END_BITS) == _END_OF_BLOCK
