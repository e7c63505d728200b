"""Fax-coded strips (CCITT T.4 and T.6) -> grey pixels, with a proof that no row is missing.

A fax decoder that meets the end of its data too early leaves the rest of the page as it was
and says nothing, so half a sheet would pass for a whole one. Here a black row of our own is
appended to the code: it comes out as the very last row only if all rows before it were there.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from omr.fiducials import GreyImage
from scans.decoder_words import listening
from scans.faults import too_large

_END_OF_BLOCK = 0x001001  # T.6: two end-of-line codes of 12 bits
_END_BITS = 24
_TAIL_BYTES = 16  # the end of block, and padding that writers add
_NARROWEST = 16  # px; below, the black row is coded by its neighbours, and no page is so narrow
_EOL_ZEROS = 11  # T.4: an end of line is at least eleven zeros and a one; no other code is


def decode_g4(data: bytes, width: int, height: int, *, black_is_dark: bool) -> GreyImage | None:
    """Group 4 code (K < 0, most significant bit first) as pixels, shape (height, width), uint8.

    Args:
        data: The code of exactly *height* rows, with or without its end of block.
        width: Pixels a row.
        height: Rows.
        black_is_dark: Whether what the code calls black is ink.

    Returns:
        The pixels (0 and 255), or ``None`` if rows are missing or the code is damaged.
    """
    return decode_g4_strips([data], width, height, height, black_is_dark=black_is_dark)


def decode_g4_strips(
    strips: Sequence[bytes], width: int, height: int, rows: int, *, black_is_dark: bool
) -> GreyImage | None:
    """As above, of a page in strips of *rows* rows each (the last may have fewer)."""
    if width < _NARROWEST or height < 1 or too_large(width, height) is not None:
        return None
    heights = [min(rows, height - first) for first in range(0, height, max(rows, 1))]
    if len(heights) != len(strips):
        return None
    quick = _quickly(strips, width, heights, black_is_dark=black_is_dark)
    if quick is not None:
        return quick
    ends = [_end_of_block(data) for data in strips]
    if None not in ends:
        codes = [_ended(data, end or 0, width) for data, end in zip(strips, ends, strict=True)]
        return _whole(codes, width, heights, black_is_dark=black_is_dark)
    parts = []
    for data, end, count in zip(strips, ends, heights, strict=True):
        tried = (
            _whole([_ended(data, bits, width)], width, [count], black_is_dark=black_is_dark)
            for bits in (_possible_ends(data) if end is None else (end,))
        )
        part = next((pixels for pixels in tried if pixels is not None), None)
        if part is None:
            return None
        parts.append(part)
    return np.concatenate(parts)


def _quickly(
    strips: Sequence[bytes], width: int, heights: Sequence[int], *, black_is_dark: bool
) -> GreyImage | None:
    """The page if all of its code is as it should be, else ``None``; a third of the time."""
    from omr import loops_fax as loops  # noqa: PLC0415 - numba, which only fax code needs

    ink = 0 if black_is_dark else 255
    page = np.full((sum(heights), width), 255 - ink, np.uint8)
    white, black = _tables()
    top = 0
    for data, height in zip(strips, heights, strict=True):
        code = np.frombuffer(data + bytes(loops.PADDING), np.uint8)
        part = page[top : top + height]
        if not loops.decode_g4(code, 8 * len(data), white, black, ink, part):
            return None
        top += height
    return page


@lru_cache(maxsize=1)
def _tables() -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """By the next 13 bits sixteen times a run's length, and its code's length: white, black."""
    longest = 13  # bits of a code
    found = []
    for codes, in_64 in ((_WHITE, (*_WHITE_64, *_BLACK_64[27:])), (_BLACK, _BLACK_64)):
        table = np.zeros(1 << longest, np.int32)
        lengths = (*range(64), *range(64, 64 * len(in_64) + 1, 64))
        for run, code in zip(lengths, (*codes, *in_64), strict=True):
            first = int(code, 2) << (longest - len(code))
            table[first : first + (1 << (longest - len(code)))] = run << 4 | len(code)
        found.append(table)
    return found[0], found[1]


def rows_announced(data: bytes) -> int:
    """How many end-of-line codes Group 3 *data* has (six at its end are one end of page)."""
    ones = np.flatnonzero(np.unpackbits(np.frombuffer(data, np.uint8)))
    if ones.size == 0:
        return 0
    ends = np.diff(ones, prepend=-1) > _EOL_ZEROS
    return int(np.count_nonzero(ends))


def turn_bits(data: bytes) -> bytes:
    """*data* with the bits of each byte in the other order (TIFF: FillOrder 2)."""
    return data.translate(_TURNED)


def wrap_g4(
    data: bytes | Sequence[bytes],
    width: int,
    height: int,
    *,
    black_is_dark: bool = True,
    rows: int | None = None,
) -> bytes:
    """A TIFF file of Group 4 code (TIFF 6.0, sections 2 and 11).

    Args:
        data: Its one strip, or its strips.
        width: Pixels a row.
        height: Rows.
        black_is_dark: Whether what the code calls black is ink.
        rows: Of each strip but the last.
    """
    strips = [data] if isinstance(data, bytes) else list(data)
    lengths = [len(strip) for strip in strips]
    starts = [8 + start for start in accumulate(lengths[:-1], initial=0)]
    body = b"".join(strips)
    body += b"\0" * (len(body) % 2)
    count = len(strips)
    # More than one number does not fit into a directory's entry: they stand before it.
    tables = b"" if count == 1 else struct.pack(f"<{2 * count}I", *starts, *lengths)
    at = 8 + len(body)
    entries = (
        (256, 1, width),
        (257, 1, height),
        (258, 1, 1),  # bits per sample
        (259, 1, 4),  # compression: T.6
        (262, 1, 0 if black_is_dark else 1),
        (273, count, starts[0] if count == 1 else at),  # where the strips start
        (277, 1, 1),  # samples per pixel
        (278, 1, rows or height),  # rows per strip
        (279, count, lengths[0] if count == 1 else at + 4 * count),
    )
    directory = b"".join(struct.pack("<HHII", tag, 4, n, value) for tag, n, value in entries)
    head = struct.pack("<2sHI", b"II", 42, at + len(tables))
    return head + body + tables + struct.pack("<H", len(entries)) + directory + bytes(4)


_TURNED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _end_of_block(data: bytes) -> int | None:
    """Where the end of block starts, in bits."""
    value = int.from_bytes(data[-_TAIL_BYTES:], "big")
    if value:
        padding = (value & -value).bit_length() - 1
        if (value >> padding) & ((1 << _END_BITS) - 1) == _END_OF_BLOCK:
            return len(data) * 8 - padding - _END_BITS
    # Something follows it, or there is none: no other code holds eleven zeros in a row.
    ones = np.flatnonzero(np.unpackbits(np.frombuffer(data, np.uint8)))
    gaps = np.diff(ones, prepend=-1)
    ends = np.flatnonzero((gaps[1:] == _EOL_ZEROS + 1) & (gaps[:-1] > _EOL_ZEROS)) + 1
    return int(ones[ends[0]]) + 1 - _END_BITS if ends.size else None


def _possible_ends(data: bytes) -> range:
    """Where code without an end of block may end: up to seven padding bits follow it."""
    body = data.rstrip(b"\0")
    if not body:
        return range(0)
    last_one = len(body) * 8 - ((body[-1] & -body[-1]).bit_length() - 1)
    return range(last_one, min(last_one + 8, len(data) * 8 + 1))


def _ended(data: bytes, bits: int, width: int) -> bytes:
    """The first *bits* of *data*, with our black row after them."""
    whole, rest = divmod(bits, 8)
    last = _black_row(width)
    if rest:
        first = data[whole] >> (8 - rest)
        joined = (first << len(last) * 8) | int.from_bytes(last, "big")
        last = (joined << (8 - rest)).to_bytes(len(last) + 1, "big")
    return data[:whole] + last


def _whole(
    codes: Sequence[bytes], width: int, heights: Sequence[int], *, black_is_dark: bool
) -> GreyImage | None:
    """*codes*, each ended by a black row, decoded, if they have exactly so many rows."""
    file = wrap_g4(
        codes,
        width,
        sum(heights) + len(heights),
        black_is_dark=black_is_dark,
        rows=heights[0] + 1,
    )
    try:
        with listening(), Image.open(BytesIO(file), formats=("TIFF",)) as image:
            # One byte a pixel, as they lie there; a conversion would copy them once more.
            bytes_of = image.tobytes("raw", "L")
            pixels = np.frombuffer(bytes_of, np.uint8).reshape(image.height, image.width)
    except (OSError, ValueError, SyntaxError):
        return None
    dark = 0 if black_is_dark else 255
    last = list(accumulate(height + 1 for height in heights))
    if not all((pixels[row - 1] == dark).all() for row in last):
        return None
    if len(last) == 1:
        return pixels[:-1]
    return np.concatenate(
        [pixels[end - height - 1 : end - 1] for end, height in zip(last, heights, strict=True)]
    )


@lru_cache(maxsize=16)  # pages of one scanner have one width, or nearly
def _black_row(width: int) -> bytes:
    """The code of one black row of *width* pixels and of an end of block.

    The row above does not matter: such a row is coded by its lengths ("horizontal mode").
    """
    longest, runs = len(_BLACK_64) * 64, ""
    left = width
    while left >= longest + 64:
        runs, left = runs + _BLACK_64[-1], left - longest
    if left >= 64:
        runs += _BLACK_64[left // 64 - 1]
    bits = _HORIZONTAL + _WHITE_0 + runs + _BLACK[left % 64] + f"{_END_OF_BLOCK:0{_END_BITS}b}"
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


# ITU-T T.4, tables 2 and 3, and T.6, table 1: how runs of pixels are coded.
_HORIZONTAL, _WHITE_0 = "001", "00110101"
_BLACK_CODES = (  # 0 to 63 pixels
    "0000110111 010 11 10 011 0011 0010 00011 000101 000100 0000100 0000101 0000111 00000100 "
    "00000111 000011000 0000010111 0000011000 0000001000 00001100111 00001101000 00001101100 "
    "00000110111 00000101000 00000010111 00000011000 000011001010 000011001011 000011001100 "
    "000011001101 000001101000 000001101001 000001101010 000001101011 000011010010 000011010011 "
    "000011010100 000011010101 000011010110 000011010111 000001101100 000001101101 000011011010 "
    "000011011011 000001010100 000001010101 000001010110 000001010111 000001100100 000001100101 "
    "000001010010 000001010011 000000100100 000000110111 000000111000 000000100111 000000101000 "
    "000001011000 000001011001 000000101011 000000101100 000001011010 000001100110 000001100111"
)
_BLACK_64_CODES = (  # 64 to 2560 pixels, in steps of 64; one of the above follows
    "0000001111 000011001000 000011001001 000001011011 000000110011 000000110100 000000110101 "
    "0000001101100 0000001101101 0000001001010 0000001001011 0000001001100 0000001001101 "
    "0000001110010 0000001110011 0000001110100 0000001110101 0000001110110 0000001110111 "
    "0000001010010 0000001010011 0000001010100 0000001010101 0000001011010 0000001011011 "
    "0000001100100 0000001100101 00000001000 00000001100 00000001101 000000010010 000000010011 "
    "000000010100 000000010101 000000010110 000000010111 000000011100 000000011101 000000011110 "
    "000000011111"
)
_WHITE_CODES = (  # 0 to 63 pixels
    "00110101 000111 0111 1000 1011 1100 1110 1111 10011 10100 00111 01000 001000 000011 110100 "
    "110101 101010 101011 0100111 0001100 0001000 0010111 0000011 0000100 0101000 0101011 0010011 "
    "0100100 0011000 00000010 00000011 00011010 00011011 00010010 00010011 00010100 00010101 "
    "00010110 00010111 00101000 00101001 00101010 00101011 00101100 00101101 00000100 00000101 "
    "00001010 00001011 01010010 01010011 01010100 01010101 00100100 00100101 01011000 01011001 "
    "01011010 01011011 01001010 01001011 00110010 00110011 00110100"
)
_WHITE_64_CODES = (  # 64 to 1728 pixels; longer ones are coded as black ones are
    "11011 10010 010111 0110111 00110110 00110111 01100100 01100101 01101000 01100111 011001100 "
    "011001101 011010010 011010011 011010100 011010101 011010110 011010111 011011000 011011001 "
    "011011010 011011011 010011000 010011001 010011010 011000 010011011"
)
_WHITE, _WHITE_64 = _WHITE_CODES.split(), _WHITE_64_CODES.split()
_BLACK, _BLACK_64 = _BLACK_CODES.split(), _BLACK_64_CODES.split()
