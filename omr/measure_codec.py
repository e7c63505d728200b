"""A sheet's measurements as bytes for the ledger, and back: about 7 bytes a bubble.

The order of the bubbles is the layout's, so only numbers are kept, and a check number over
the bubbles' names that tells another layout. Shares are stored in steps of 1/250, darkness
in steps of 1/10,000: finer than two scans of one sheet agree.
"""

from __future__ import annotations

import struct
import zlib
from operator import attrgetter

import numpy as np

from omr.layout import Layout
from omr.once import once_each
from omr.scan_health import Look
from omr.scoring import BubbleColumns, SheetMeasure, bubbles_of

_VERSION = 3
_HEAD = struct.Struct(">Bffff?HI")
_EFFORT = 4  # of zlib: the most takes four times as long for a fortieth fewer bytes (measured)
_DARKNESS_STEPS = 10_000
_SHARE_STEPS = 250
_SHARES = (
    "coverage",
    "own",
    "peak",
    "outside",
    "beside",
    "zone",
    "whole",
    "arms",
    "extent",
    "ring",
    "loose",
    "straight",
    "leaves",
    "enters",
    "bend",
    "aligned",
    "hidden",
    "length",
    "share",
    "below",
    "cut",
    "home",
    "housed",
    "depth",
    "faint",
    "shown",
)
_NUMBERS = attrgetter("darkness", *_SHARES, "paper")

Names = tuple[tuple[str, ...], tuple[str, ...]]


def pack(measured: SheetMeasure) -> bytes:
    """The measurements of one sheet, compressed."""
    head, body = _encoded(measured)
    return head + zlib.compress(body, _EFFORT)


def packed(measured: SheetMeasure, layout: Layout) -> tuple[bytes, SheetMeasure]:
    """What :func:`pack` makes of measurements, and what :func:`unpack` makes of that."""
    head, body = _encoded(measured)
    return head + zlib.compress(body, _EFFORT), _decoded(head, body, layout)


def unpack(data: bytes, layout: Layout) -> SheetMeasure:
    """The measurements that :func:`pack` kept.

    Raises:
        ValueError: If they are damaged, or of another version or another layout.
    """
    head = data[: _HEAD.size]
    try:
        _check(head, layout)
        body = _inflated(data[_HEAD.size :], len(_names_of(layout)[0]))
    except (struct.error, zlib.error) as error:
        raise ValueError(f"these measurements are damaged: {error}") from error
    return _decoded(head, body, layout)


def _inflated(data: bytes, bubbles: int) -> bytes:
    """*data* unpacked: no more than so many bubbles take, since it may come from outside."""
    length = (3 + len(_SHARES)) * bubbles  # darkness has two bytes, the paper one
    inflater = zlib.decompressobj()
    body = inflater.decompress(data, length + 1)
    if len(body) != length or not inflater.eof:
        raise ValueError("these measurements are damaged: they have another length")
    return body


def _check(head: bytes, layout: Layout) -> None:
    """Refuse measurements of another version or layout."""
    version, *_about, count, names = _HEAD.unpack(head)
    questions, _options = _names_of(layout)
    if (version, count, names) != (_VERSION, len(questions), _fingerprint_of(_names_of(layout))):
        raise ValueError("these measurements are of another version or layout")


def _encoded(measured: SheetMeasure) -> tuple[bytes, bytes]:
    """What is said about the sheet, and about its bubbles."""
    bubbles = measured.bubbles
    if isinstance(bubbles, BubbleColumns):
        numbers, names = bubbles.numbers, bubbles.names
    else:
        numbers = np.array([_NUMBERS(bubble) for bubble in bubbles]).T
        names = tuple(b.question for b in bubbles), tuple(b.option for b in bubbles)
    head = _HEAD.pack(
        _VERSION,
        measured.noise,
        measured.contrast,
        measured.bent_mm,
        measured.outlines_found,
        measured.bilevel,
        len(bubbles),
        _fingerprint_of(names),
    )
    darkness = (numbers[0] * _DARKNESS_STEPS).round().astype(">u2")
    small = (numbers[1:-1] * _SHARE_STEPS).round().astype(np.uint8)
    paper = numbers[-1].round().astype(np.uint8)
    # Column by column, so that the many nearly blank bubbles compress well.
    return head, darkness.tobytes() + small.tobytes() + paper.tobytes()


def _decoded(head: bytes, body: bytes, layout: Layout) -> SheetMeasure:
    _version, noise, contrast, bent_mm, outlines_found, bilevel, count, _names = _HEAD.unpack(head)
    numbers = np.empty((len(_SHARES) + 2, count))  # _SHARES has the fields' order
    numbers[0] = np.frombuffer(body, ">u2", count) / _DARKNESS_STEPS
    small = np.frombuffer(body, np.uint8, len(_SHARES) * count, 2 * count)
    numbers[1:-1] = small.reshape(len(_SHARES), count) / _SHARE_STEPS
    numbers[-1] = np.frombuffer(body, np.uint8, count, (2 + len(_SHARES)) * count)
    bubbles = BubbleColumns(_names_of(layout), numbers)
    return SheetMeasure(bubbles, noise, contrast, bent_mm, outlines_found, bilevel)


def unpack_look(data: bytes) -> Look:
    """What :func:`pack` kept about the sheet as a whole; a thousand times faster than all.

    Raises:
        ValueError: If it is damaged or of another version.
    """
    try:
        version, noise, contrast, _bent_mm, outlines_found, bilevel, _count, _names = (
            _HEAD.unpack_from(data)
        )
    except struct.error as error:
        raise ValueError(f"these measurements are damaged: {error}") from error
    if version != _VERSION:
        raise ValueError("these measurements are of another version")
    return Look(contrast, noise, outlines_found, bilevel)


@once_each
def _names_of(layout: Layout) -> Names:
    """Every bubble's question, and every bubble's option."""
    places = bubbles_of(layout)
    return tuple(question for question, _ in places), tuple(b.option for _, b in places)


@once_each
def _fingerprint_of(names: Names) -> int:
    """A check number over bubbles' questions and options, and over what is kept of each."""
    text = " ".join(
        (*_SHARES, *(f"{question}.{option}" for question, option in zip(*names, strict=True)))
    )
    return zlib.crc32(text.encode())
