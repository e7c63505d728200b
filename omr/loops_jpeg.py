"""The code of a grey baseline JPEG image to pixels, compiled (pure; ITU-T T.81).

The same pixels as libjpeg's, at full size (its jidctint.c) and at half (jidctred.c). It knows
whole and ordinary code only: whatever else there may be is left to libjpeg, which says what it
guesses. Two coefficients are mostly found with one look into a table: most of the code of a
scan is the noise of its paper, in two to six bits each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from omr.compiled import compiled, part, word_at

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint32]
Table = NDArray[np.uint16]
Steps = NDArray[np.int16]
Integers = NDArray[np.int32]

# To numba these are kinds of numbers, to the checker of types any will do.
i32, i64 = (cast("Callable[[Any], int]", kind) for kind in (np.int32, np.int64))
u32, u64 = (cast("Callable[[Any], int]", kind) for kind in (np.uint32, np.uint64))

PADDING = b"\xff\xd9" * 8  # must follow the file, so that looking ahead meets an end
_LONGEST, _LOW_63 = 16, (1 << 63) - 1  # bits of a code; all bits but the sign
_PAIR_BITS = 11  # looked at to find two coefficients: the table has 8 kB then
SIDE_BY_SIDE = 32  # blocks that are transformed together
_ROW = 8 * SIDE_BY_SIDE
_STEP_BITS = 11  # looked at to find a block's mean; no more, for so many are counted in four
_PAIR_SIZE = 5  # bits of a coefficient that is found so
_ENDS, _TOO_FAR = 64, 127  # beyond the 64 places of a block, whatever place is added
_AFTER_BLOCK, _MOST_PLACES = 64, 96  # where coefficients go that a block has not
_ONES, _TOPS = u64(0x0101010101010101), u64(0x8080808080808080)
_MOST_BITS = 11  # of a coefficient in an image of 8 bits
_ZIGZAG = np.array(
    [
        *(0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5),
        *(12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28),
        *(35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51),
        *(58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63),
    ],
    np.int64,
)


def by_rows(table: Bytes) -> Integers:
    """A table of quanta (64,) as it is written, in the order of the coefficients' rows."""
    return table[np.argsort(_ZIGZAG)].astype(np.int32)


@part
def _past_stuffing(code: Bytes, at: int, bits: int, have: int) -> tuple[int, int, int]:
    """More *bits* from the byte *at* on, until there are 56 at least or a marker follows."""
    while have < 56:
        byte = i64(code[at])
        if byte == 0xFF:
            if code[at + 1] != 0:
                break
            at += 1
        at += 1
        bits |= byte << (56 - have)
        have += 8
    return at, bits, have


@part
def _codes(counts: Bytes, symbols: Bytes, table: Table) -> bool:
    """By the next 16 bits, 256 times a code's length and its symbol, into *table*; 0 for none."""
    table[:] = 0
    first, n = 0, 0
    for length in range(1, _LONGEST + 1):
        span = 1 << (_LONGEST - length)
        for _code in range(counts[length - 1]):
            if n >= len(symbols) or first + span > 1 << _LONGEST:
                return False
            table[first : first + span] = length << 8 | symbols[n]
            first += span
            n += 1
    return True


@part
def _extended(bits: int, count: int) -> int:
    """The value that *count* bits mean (T.81, F.2.2.1)."""
    return bits if count == 0 or bits >> (count - 1) else bits - (1 << count) + 1


@part
def _foretell(table: Table, steps: Steps) -> None:
    """By the next bits 16 times a mean's step and how many bits it takes, into *steps*; or 0."""
    for bits in range(len(steps)):
        entry = i64(table[bits << (_LONGEST - _STEP_BITS)])
        length, size = entry >> 8, entry & 255
        if length and length + size <= _STEP_BITS:
            value = (bits >> (_STEP_BITS - length - size)) & ((1 << size) - 1)
            steps[bits] = length + size | _extended(value, size) << 4


@part
def _pair_up(table: Table, pairs: Integers) -> None:
    """By the next bits what one look finds, into *pairs*.

    From the lowest bit on: how many bits it takes (4); how far on the first coefficient lies (4)
    and the second (5), the next place (7); the two coefficients (6 each). Where there is only one
    it is there twice. What ends a block leads _ENDS further; what is to be read one code at
    a time leads too far.
    """
    for bits in range(len(pairs)):
        taken, first_at, second_at, then, first, second = 0, 0, 0, 0, 0, 0
        found = 0
        while found < 2:
            window = (bits << taken) & ((1 << _PAIR_BITS) - 1)
            entry = i64(table[window << (_LONGEST - _PAIR_BITS)])
            length, run, size = entry >> 8, (entry >> 4) & 15, entry & 15
            if length == 0 or taken + length + size > _PAIR_BITS or size > _PAIR_SIZE:
                break
            if size == 0 and run != 15:
                if run == 0:  # the end of the block
                    taken += length
                    then = max(then, 1) + _ENDS
                break
            value = _extended((window >> (_PAIR_BITS - length - size)) & ((1 << size) - 1), size)
            taken += length + size
            second_at, second = then + run, value
            if found == 0:
                first_at, first = second_at, value
            then = second_at + 1
            found += 1
        if taken == 0:
            then = _TOO_FAR
        pairs[bits] = (
            taken | first_at << 4 | second_at << 8 | then << 13 | (first & 63) << 20 | second << 26
        )


@part
def _columns_8(work: Integers, quantum: Integers) -> None:
    """The first half of the transform of *work*, in place; jidctint.c."""
    for column in range(8):
        q = quantum[column::8]
        q0, q1, q2, q3, q4, q5, q6, q7 = q[0], q[1], q[2], q[3], q[4], q[5], q[6], q[7]
        at = column * SIDE_BY_SIDE
        for n in range(at, at + SIDE_BY_SIDE):
            i0, i2 = i32(work[n] * q0), i32(work[n + _ROW * 2] * q2)
            i4, i6 = i32(work[n + _ROW * 4] * q4), i32(work[n + _ROW * 6] * q6)
            t10, t11, t12, t13 = _even_8(i0, i2, i4, i6)
            t0, t1 = i32(work[n + _ROW * 7] * q7), i32(work[n + _ROW * 5] * q5)
            t2, t3 = i32(work[n + _ROW * 3] * q3), i32(work[n + _ROW] * q1)
            t0, t1, t2, t3 = _odd_8(t0, t1, t2, t3)
            work[n] = i32(t10 + t3 + 1024) >> 11
            work[n + _ROW] = i32(t11 + t2 + 1024) >> 11
            work[n + _ROW * 2] = i32(t12 + t1 + 1024) >> 11
            work[n + _ROW * 3] = i32(t13 + t0 + 1024) >> 11
            work[n + _ROW * 4] = i32(t13 - t0 + 1024) >> 11
            work[n + _ROW * 5] = i32(t12 - t1 + 1024) >> 11
            work[n + _ROW * 6] = i32(t11 - t2 + 1024) >> 11
            work[n + _ROW * 7] = i32(t10 - t3 + 1024) >> 11


@part
def _even_8(i0: int, i2: int, i4: int, i6: int) -> tuple[int, int, int, int]:
    """The even part of a transform of eight."""
    z1 = i32(i32(i2 + i6) * i32(4433))
    t2 = i32(z1 - i32(i6 * i32(15137)))
    t3 = i32(z1 + i32(i2 * i32(6270)))
    t0, t1 = i32(i32(i0 + i4) << 13), i32(i32(i0 - i4) << 13)
    return i32(t0 + t3), i32(t1 + t2), i32(t1 - t2), i32(t0 - t3)


@part
def _odd_8(t0: int, t1: int, t2: int, t3: int) -> tuple[int, int, int, int]:
    """The odd part of a transform of eight, from its terms 7, 5, 3 and 1."""
    z1, z2 = i32(t0 + t3), i32(t1 + t2)
    z3, z4 = i32(t0 + t2), i32(t1 + t3)
    z5 = i32(i32(z3 + z4) * i32(9633))
    t0, t1 = i32(t0 * i32(2446)), i32(t1 * i32(16819))
    t2, t3 = i32(t2 * i32(25172)), i32(t3 * i32(12299))
    z1, z2 = i32(z1 * i32(-7373)), i32(z2 * i32(-20995))
    z3 = i32(i32(z3 * i32(-16069)) + z5)
    z4 = i32(i32(z4 * i32(-3196)) + z5)
    t0, t1, t2, t3 = t0 + z1 + z3, t1 + z2 + z4, t2 + z2 + z3, t3 + z1 + z4
    return i32(t0), i32(t1), i32(t2), i32(t3)


@part
def _level(value: int, shift: int) -> int:
    """The grey level of a sum."""
    return u32(min(max((i32(value + (1 << (shift - 1))) >> shift) + 128, 0), 255))


@part
def _rows_8(work: Integers, first: int, strip: Words) -> None:
    """The second half: *work* to pixels, four in a word of *strip* (8, 2 n), from *first* on."""
    for row in range(0, 64, 8):
        line, at = strip[row >> 3], row * SIDE_BY_SIDE
        for n in range(SIDE_BY_SIDE):
            i0, i2 = work[at + n], work[at + n + SIDE_BY_SIDE * 2]
            i4, i6 = work[at + n + SIDE_BY_SIDE * 4], work[at + n + SIDE_BY_SIDE * 6]
            t10, t11, t12, t13 = _even_8(i0, i2, i4, i6)
            i1, i3 = work[at + n + SIDE_BY_SIDE], work[at + n + SIDE_BY_SIDE * 3]
            i5, i7 = work[at + n + SIDE_BY_SIDE * 5], work[at + n + SIDE_BY_SIDE * 7]
            t0, t1, t2, t3 = _odd_8(i7, i5, i3, i1)
            left = _level(t10 + t3, 18) | _level(t11 + t2, 18) << u32(8)
            left |= _level(t12 + t1, 18) << u32(16) | _level(t13 + t0, 18) << u32(24)
            right = _level(t13 - t0, 18) | _level(t12 - t1, 18) << u32(8)
            right |= _level(t11 - t2, 18) << u32(16) | _level(t10 - t3, 18) << u32(24)
            work[at + n] = left
            work[at + n + SIDE_BY_SIDE] = right
        for n in range(SIDE_BY_SIDE):
            line[2 * (first + n)] = work[at + n]
            line[2 * (first + n) + 1] = work[at + n + SIDE_BY_SIDE]


@part
def _four(
    i0: int, i1: int, i2: int, i3: int, i5: int, i6: int, i7: int
) -> tuple[int, int, int, int]:
    """The transform of eight terms, of which the fifth does not matter, to four; jidctred.c."""
    t0 = i32(i0 << 14)
    t2 = i32(i32(i2 * i32(15137)) - i32(i6 * i32(6270)))
    t10, t12 = i32(t0 + t2), i32(t0 - t2)
    t0 = i32(
        i32(i5 * i32(11893)) - i32(i7 * i32(1730)) - i32(i3 * i32(17799)) + i32(i1 * i32(8697))
    )
    t2 = i32(i32(i3 * i32(7373)) - i32(i7 * i32(4176)) - i32(i5 * i32(4926)) + i32(i1 * i32(20995)))
    return i32(t10 + t2), i32(t12 + t0), i32(t12 - t0), i32(t10 - t2)


@part
def _columns_4(work: Integers, quantum: Integers) -> None:
    """The first half of the transform of *work* to half size, in place."""
    for column in range(8):
        if column == 4:  # nothing of it is seen at half size
            continue
        q = quantum[column::8]
        q0, q1, q2, q3, q5, q6, q7 = q[0], q[1], q[2], q[3], q[5], q[6], q[7]
        at = column * SIDE_BY_SIDE
        for n in range(at, at + SIDE_BY_SIDE):
            i0, i1 = i32(work[n] * q0), i32(work[n + _ROW] * q1)
            i2, i3 = i32(work[n + _ROW * 2] * q2), i32(work[n + _ROW * 3] * q3)
            i5, i6 = i32(work[n + _ROW * 5] * q5), i32(work[n + _ROW * 6] * q6)
            o0, o1, o2, o3 = _four(i0, i1, i2, i3, i5, i6, i32(work[n + _ROW * 7] * q7))
            work[n] = i32(o0 + 2048) >> 12
            work[n + _ROW] = i32(o1 + 2048) >> 12
            work[n + _ROW * 2] = i32(o2 + 2048) >> 12
            work[n + _ROW * 3] = i32(o3 + 2048) >> 12


@part
def _rows_4(work: Integers, first: int, strip: Words) -> None:
    """The second half: *work* to pixels, four in a word of *strip* (4, n), from *first* on."""
    for row in range(0, 32, 8):
        line, at = strip[row >> 3], row * SIDE_BY_SIDE
        for n in range(SIDE_BY_SIDE):
            i = at + n
            i0, i1, i2 = work[i], work[i + SIDE_BY_SIDE], work[i + SIDE_BY_SIDE * 2]
            i3, i5 = work[i + SIDE_BY_SIDE * 3], work[i + SIDE_BY_SIDE * 5]
            i6, i7 = work[i + SIDE_BY_SIDE * 6], work[i + SIDE_BY_SIDE * 7]
            o0, o1, o2, o3 = _four(i0, i1, i2, i3, i5, i6, i7)
            word = _level(o0, 19) | _level(o1, 19) << u32(8)
            word |= _level(o2, 19) << u32(16) | _level(o3, 19) << u32(24)
            line[first + n] = word


@compiled("u1[:]", "i8", *("u1[:]",) * 4, "i4[:]", "out u4[:,:]", "u1[:,:]", "out u1[:,:]")
def decode_grey(
    code: Bytes,
    start: int,
    dc_counts: Bytes,
    dc_symbols: Bytes,
    ac_counts: Bytes,
    ac_symbols: Bytes,
    quantum: Integers,
    strip: Words,
    pixels: Bytes,
    page: Bytes,
) -> bool:
    """Decode the Huffman code of a grey image.

    Args:
        code: The file; :data:`PADDING` bytes more than the image has.
        start: Where the code begins.
        dc_counts: (16,) how many codes have each length, of the blocks' means ...
        dc_symbols: ... and what they mean.
        ac_counts: (16,) the same of all other coefficients ...
        ac_symbols: ... and what they mean.
        quantum: (64,) row by row.
        strip: For n blocks of 8 x 8 side by side: (8, 2 n) for pixels at full size, (4, n) at half;
            n a multiple of :data:`SIDE_BY_SIDE`.
        pixels: The bytes of *strip*.
        page: (h, w) the pixels.

    Returns:
        Whether the code is whole: as many blocks as the image has, and then its end.
    """
    side = strip.shape[0]
    dc, ac = np.empty(1 << _LONGEST, np.uint16), np.empty(1 << _LONGEST, np.uint16)
    if not _codes(dc_counts, dc_symbols, dc) or not _codes(ac_counts, ac_symbols, ac):
        return False
    steps = np.zeros(1 << _STEP_BITS, np.int16)
    _foretell(dc, steps)
    pairs = np.empty(1 << _PAIR_BITS, np.int32)
    _pair_up(ac, pairs)
    places = np.full(_MOST_PLACES, _AFTER_BLOCK * SIDE_BY_SIDE, np.uint64)
    places[:64] = _ZIGZAG * SIDE_BY_SIDE
    work = np.empty((_AFTER_BLOCK + 1) * SIDE_BY_SIDE, np.int32)
    height, width = page.shape
    across, down = -(-width // side), -(-height // side)
    at, bits, have = start, i64(0), 0  # read ahead, most significant bit first; so many
    mean = 0
    for y in range(down):
        for first in range(0, across, SIDE_BY_SIDE):
            work[:] = 0
            for n in range(min(SIDE_BY_SIDE, across - first)):
                if have < 0:
                    return False
                word = u64(word_at(code, at))
                if (~word - _ONES) & word & _TOPS:  # some byte of it is 0xFF
                    at, bits, have = _past_stuffing(code, at, bits, have)
                else:
                    bits |= i64(word >> u64(have))
                    at += (63 - have) >> 3
                    have |= 56
                step = i64(steps[(bits >> (64 - _STEP_BITS)) & ((1 << _STEP_BITS) - 1)])
                if step & 15:
                    bits <<= step & 15
                    have -= step & 15
                    mean += step >> 4
                else:
                    entry = i64(dc[(bits >> 48) & 0xFFFF])
                    length, size = entry >> 8, entry & 255
                    if length == 0 or size > _MOST_BITS:
                        return False
                    bits <<= length
                    mean += _extended((bits >> 1 & _LOW_63) >> (63 - size), size)
                    bits <<= size
                    have -= length + size
                work[n] = mean
                lane = u64(n)
                k = 1
                while k < 64:
                    if have < 32:
                        word = u64(word_at(code, at))
                        if (~word - _ONES) & word & _TOPS:  # some byte of it is 0xFF
                            at, bits, have = _past_stuffing(code, at, bits, have)
                        else:
                            bits |= i64(word >> u64(have))
                            at += (63 - have) >> 3
                            have |= 56
                    pair = i64(pairs[(bits >> (64 - _PAIR_BITS)) & ((1 << _PAIR_BITS) - 1)])
                    work[places[u64(k + ((pair >> 4) & 15))] + lane] = (pair << 38) >> 58
                    work[places[u64(k + ((pair >> 8) & 31))] + lane] = pair >> 26
                    far = (pair >> 13) & 127
                    then = k + far
                    if then < 64:
                        bits <<= pair & 15
                        have -= pair & 15
                        k = then
                        continue
                    if far > _ENDS and then < 2 * _ENDS:
                        bits <<= pair & 15
                        have -= pair & 15
                        break
                    # One at a time: a long code, or the end of the block between two.
                    entry = i64(ac[(bits >> 48) & 0xFFFF])
                    length, run, size = entry >> 8, (entry >> 4) & 15, entry & 15
                    if length == 0 or size > _MOST_BITS or (size == 0 and run % 15 != 0):
                        return False
                    bits <<= length
                    have -= length + size
                    if size == 0 and run == 0:
                        break
                    k += run
                    if k > 63:
                        return False
                    work[places[k] + lane] = _extended((bits >> 1 & _LOW_63) >> (63 - size), size)
                    bits <<= size
                    k += 1
            if side == 8:
                _columns_8(work, quantum)
                _rows_8(work, first, strip)
            else:
                _columns_4(work, quantum)
                _rows_4(work, first, strip)
        top = y * side
        for row in range(min(side, height - top)):
            line, found = page[top + row], pixels[row]
            for x in range(width):
                line[x] = found[x]
    # What was read ahead and is not used lies between the code's end and here.
    while have >= 8:
        have -= 8
        at -= 2 if code[at - 1] == 0 and code[at - 2] == 0xFF else 1
    return have >= 0 and code[at] == 0xFF and code[at + 1] == 0xD9
