"""Fax-coded strips (CCITT T.4 and T.6) -> grey pixels, with a proof that no row is missing.

A fax decoder that meets the end of its data too early leaves the rest of the page as it was
and says nothing, so half a sheet would pass for a whole one. Here a black row of our own is
appended to the code: it comes out as the very last row only if all rows before it were there.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import Image, TiffImagePlugin

from omr.fiducials import GreyImage
from scans.decoder_words import listening

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
    if width < _NARROWEST or height < 1:
        return None
    end = _end_of_block(data)
    if end is not None:
        return _whole(data, end, width, height, black_is_dark=black_is_dark)
    # Without an end of block the last code may be followed by up to seven padding bits.
    body = data.rstrip(b"\0")
    if not body:
        return None
    last_one = len(body) * 8 - ((body[-1] & -body[-1]).bit_length() - 1)
    for bits in range(last_one, min(last_one + 8, len(data) * 8 + 1)):
        pixels = _whole(data, bits, width, height, black_is_dark=black_is_dark)
        if pixels is not None:
            return pixels
    return None


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


def wrap_g4(data: bytes, width: int, height: int, *, black_is_dark: bool = True) -> bytes:
    """A TIFF file of one strip of Group 4 code (TIFF 6.0, sections 2 and 11)."""
    data += b"\0" * (len(data) % 2)
    entries = (
        (256, width),
        (257, height),
        (258, 1),  # bits per sample
        (259, 4),  # compression: T.6
        (262, 0 if black_is_dark else 1),
        (273, 8),  # where the strip starts
        (277, 1),  # samples per pixel
        (278, height),  # rows per strip
        (279, len(data)),
    )
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    head = struct.pack("<2sHI", b"II", 42, 8 + len(data))
    return head + data + struct.pack("<H", len(entries)) + directory + bytes(4)


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


def _whole(
    data: bytes, bits: int, width: int, height: int, *, black_is_dark: bool
) -> GreyImage | None:
    """The first *bits* of *data* decoded, if they are the code of exactly *height* rows."""
    whole, rest = divmod(bits, 8)
    last = _black_row(width)
    if rest:
        first = data[whole] >> (8 - rest)
        joined = (first << len(last) * 8) | int.from_bytes(last, "big")
        last = (joined << (8 - rest)).to_bytes(len(last) + 1, "big")
    file = wrap_g4(data[:whole] + last, width, height + 1, black_is_dark=black_is_dark)
    try:
        with listening(), Image.open(BytesIO(file), formats=("TIFF",)) as image:
            pixels = np.asarray(image.convert("L"), np.uint8)
    except (OSError, ValueError, SyntaxError):
        return None
    dark = 0 if black_is_dark else 255
    return pixels[:height] if bool((pixels[height] == dark).all()) else None


@lru_cache(maxsize=16)  # pages of one scanner have one width
def _black_row(width: int) -> bytes:
    """The code of one black row of *width* pixels and of an end of block.

    The row above does not matter: such a row is coded by its lengths ("horizontal mode").
    """
    buffer = BytesIO()
    Image.new("1", (width, 1), 0).save(buffer, "TIFF", compression="group4", tiffinfo={262: 0})
    with Image.open(buffer, formats=("TIFF",)) as image:
        tags = image.tag_v2 if isinstance(image, TiffImagePlugin.TiffImageFile) else {}
        start, length = tags[273][0], tags[279][0]
    return buffer.getvalue()[start : start + length]
