"""Grey baseline JPEG, as scanners write it, decoded by our own loops (ITU-T T.81).

Nothing is guessed here: whatever is not plain is left to libjpeg, and so is its damage.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from omr.fiducials import GreyImage

_START = b"\xff\xd8"
_BASELINE = frozenset({0xC0, 0xC1})  # Huffman-coded, sequential
_HUFFMAN, _SCAN, _QUANTA = 0xC4, 0xDA, 0xDB
_MEANINGLESS = frozenset({0xFE, *range(0xE0, 0xF0)})  # comments, and what programs note
_ALL_COEFFICIENTS = b"\x00\x3f\x00"  # how the scan header of a baseline image ends
_OTHERS = 0x10  # class of Huffman tables for all coefficients but the means
_SIDE = 8  # px, of a block
_QUANTA_BYTES, _LENGTHS = 64, 16

Bytes = NDArray[np.uint8]
Codes = tuple[Bytes, Bytes]


@dataclass(frozen=True, slots=True)
class _Head:
    """A plain image's."""

    width: int
    height: int
    quantum: Bytes
    means: Codes
    others: Codes
    code_at: int  # byte of the file


def decode_plain(data: bytes, *, shrunk: int) -> GreyImage | None:
    """The pixels that libjpeg makes of *data*; ``None`` if it is to be asked itself.

    Args:
        data: The whole file or stream.
        shrunk: 1, or 2 for half the size.
    """
    from omr import loops_jpeg as loops  # noqa: PLC0415 - numba, which only pages need

    if sys.byteorder != "little":  # four pixels are written as one number
        return None
    head = _head(data)
    if head is None:
        return None
    side = _SIDE // shrunk
    room = -(-head.width // (_SIDE * loops.SIDE_BY_SIDE)) * loops.SIDE_BY_SIDE
    strip = np.empty((side, room * side // 4), np.uint32)
    page = np.empty((-(-head.height // shrunk), -(-head.width // shrunk)), np.uint8)
    is_whole = loops.decode_grey(
        np.frombuffer(data + loops.PADDING, np.uint8),
        head.code_at,
        *head.means,
        *head.others,
        loops.by_rows(head.quantum),
        strip,
        strip.view(np.uint8),
        page,
    )
    return page if is_whole else None


def _head(data: bytes) -> _Head | None:
    """What stands before the code; ``None`` if it is not plain."""
    quanta: dict[int, Bytes] = {}
    codes: dict[int, Codes] = {}
    frame = b""
    at = len(_START)
    while data[at : at + 1] == b"\xff":
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + length]
        at += 2 + length
        if marker in _BASELINE and not frame:
            frame = body
        elif marker == _QUANTA:
            quanta |= _quanta(body)
        elif marker == _HUFFMAN:
            codes |= _codes(body)
        elif marker == _SCAN:
            return _joined(frame, body, quanta, codes, at)
        elif marker not in _MEANINGLESS or length < 2:
            return None
    return None


def _joined(
    frame: bytes, scan: bytes, quanta: dict[int, Bytes], codes: dict[int, Codes], code_at: int
) -> _Head | None:
    """The head of a grey image in one scan with all that it needs."""
    if len(frame) != 9 or frame[0] != 8 or frame[5] != 1:
        return None
    if len(scan) != 6 or scan[0] != 1 or scan[1] != frame[6] or scan[3:] != _ALL_COEFFICIENTS:
        return None
    quantum = quanta.get(frame[8])
    means, others = codes.get(scan[2] >> 4), codes.get(_OTHERS | scan[2] & 15)
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    if quantum is None or means is None or others is None or not height or not width:
        return None
    return _Head(width, height, quantum, means, others, code_at)


def _quanta(body: bytes) -> dict[int, Bytes]:
    """Tables of quanta by number, (64,) as they are written; those of 16 bits are left out."""
    found = {}
    for at in range(0, len(body), 1 + _QUANTA_BYTES):
        table = body[at + 1 : at + 1 + _QUANTA_BYTES]
        if body[at] > 3 or len(table) < _QUANTA_BYTES:
            return {}
        found[body[at]] = np.frombuffer(table, np.uint8)
    return found


def _codes(body: bytes) -> dict[int, Codes]:
    """Huffman tables by class and number: how many codes of each length, and their meanings."""
    found, at = {}, 0
    while at < len(body):
        counts = np.frombuffer(body[at + 1 : at + 1 + _LENGTHS], np.uint8)
        end = at + 1 + _LENGTHS + int(counts.sum())
        symbols = np.frombuffer(body[at + 1 + _LENGTHS : end], np.uint8)
        if end > len(body):
            return {}
        found[body[at]] = counts, symbols
        at = end
    return found
