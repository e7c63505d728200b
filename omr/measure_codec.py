"""A sheet's measurements as bytes for the ledger, and back: about 7 bytes a bubble.

The order of the bubbles is the layout's, so only numbers are kept, and a check number over
the bubbles' names that tells another layout. Shares are stored in steps of 1/250, darkness
in steps of 1/10,000: finer than two scans of one sheet agree.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from operator import attrgetter

import numpy as np

from omr.layout import Layout
from omr.once import once_each
from omr.scan_health import Look
from omr.scoring import SheetMeasure, bubbles_of, measures_of

_VERSION = 2
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
)
_NUMBERS = attrgetter("darkness", *_SHARES, "paper")


def pack(measured: SheetMeasure) -> bytes:
    """The measurements of one sheet, compressed."""
    bubbles = measured.bubbles
    head = _HEAD.pack(
        _VERSION,
        measured.noise,
        measured.contrast,
        measured.bent_mm,
        measured.outlines_found,
        measured.bilevel,
        len(bubbles),
        _fingerprint((b.question, b.option) for b in bubbles),
    )
    numbers = np.array([_NUMBERS(bubble) for bubble in bubbles]).T
    darkness = (numbers[0] * _DARKNESS_STEPS).round().astype(">u2")
    small = (numbers[1:-1] * _SHARE_STEPS).round().astype(np.uint8)
    paper = numbers[-1].round().astype(np.uint8)
    # Column by column, so that the many nearly blank bubbles compress well.
    body = darkness.tobytes() + small.tobytes() + paper.tobytes()
    return head + zlib.compress(body, _EFFORT)


def unpack(data: bytes, layout: Layout) -> SheetMeasure:
    """The measurements that :func:`pack` kept.

    Raises:
        ValueError: If they are damaged, or of another version or another layout.
    """
    questions, options, names = _names_of(layout)
    try:
        version, noise, contrast, bent_mm, outlines_found, bilevel, count, fingerprint = (
            _HEAD.unpack_from(data)
        )
        if (version, count, fingerprint) != (_VERSION, len(questions), names):
            raise ValueError("these measurements are of another version or layout")
        body = zlib.decompress(data[_HEAD.size :])
    except (struct.error, zlib.error) as error:
        raise ValueError(f"these measurements are damaged: {error}") from error
    darkness = np.frombuffer(body, ">u2", count) / _DARKNESS_STEPS
    small = np.frombuffer(body, np.uint8, len(_SHARES) * count, 2 * count) / _SHARE_STEPS
    paper = np.frombuffer(body, np.uint8, count, (2 + len(_SHARES)) * count).astype(np.float64)
    bubbles = measures_of(  # _SHARES has the fields' order
        questions,
        options,
        darkness.tolist(),
        *small.reshape(len(_SHARES), count).tolist(),
        paper.tolist(),
    )
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
def _names_of(layout: Layout) -> tuple[tuple[str, ...], tuple[str, ...], int]:
    """Every bubble's question and option, and the check number over them."""
    names = [(question, bubble.option) for question, bubble in bubbles_of(layout)]
    questions, options = tuple(q for q, _ in names), tuple(o for _, o in names)
    return questions, options, _fingerprint(names)


def _fingerprint(names: Iterable[tuple[str, str]]) -> int:
    """A check number over bubbles' questions and options, and over what is kept of each."""
    text = " ".join((*_SHARES, *(f"{question}.{option}" for question, option in names)))
    return zlib.crc32(text.encode())
