"""The loops of :mod:`omr.field` that take a field from a scan, compiled (pure).

Compiled loops know no number of another module: numba would not notice that it changed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from omr.compiled import compiled, part

Floats = NDArray[np.float64]
Picture = NDArray[np.float32]
Samples = NDArray[np.uint8]
Numbers = NDArray[np.int64]

_ONE = np.float32(1.0)


@part
def _along(knots: Picture, step: float, late: float, column: int, end: int, found: Picture) -> None:
    """What lies between *knots* at the columns from *column* to *end*, into *found*."""
    first = column
    while column < end:
        knot = int((column + 0.5) / step + late)
        until = min(int(np.ceil((knot + 1 - late) * step - 0.5)), end)
        rise = (knots[knot + 1] - knots[knot]) / np.float32(step)
        start = knots[knot] + rise * np.float32(0.5 + (late - knot) * step)
        for n in range(column, until):
            found[n - first] = start + rise * np.float32(n)
        column = until


@part
def _between(coarse: Picture, step: float, late: float, row: int, knots: Picture) -> None:
    """The row of knots that lies in *coarse* at *row* of the field, into *knots*."""
    at = (row + 0.5) / step + late
    above = int(at)
    share = np.float32(at - above)
    for n in range(len(knots)):
        knots[n] = coarse[above, n] * (_ONE - share) + coarse[above + 1, n] * share


@compiled("f4[:,:]", "f4[:,:]", "i8[:,:]", "f8", "out f4[:]", "out f4[:]")
def places(
    columns: Picture, rows: Picture, runs: Numbers, step: float, across: Picture, down: Picture
) -> None:
    """Column and row in the image of every pixel of some runs, one run after the other.

    Args:
        columns: (y, x) columns in the image of knots that lie *step* pixels of the field apart,
            from half a step outside it on ...
        rows: ... and their rows.
        runs: (k, 3) row of the field, its first column, and the one after its last.
        step: Pixels of the field.
        across: (p,) becomes the columns ...
        down: (p,) ... and the rows, as many as all the runs have pixels, or more.
    """
    knots = np.empty((2, columns.shape[1]), np.float32)
    at, row = 0, -1
    for run in range(len(runs)):
        first, end = runs[run, 1], runs[run, 2]
        if runs[run, 0] != row:
            row = runs[run, 0]
            _between(columns, step, 0.5, row, knots[0])
            _between(rows, step, 0.5, row, knots[1])
        _along(knots[0], step, 0.5, first, end, across[at : at + end - first])
        _along(knots[1], step, 0.5, first, end, down[at : at + end - first])
        at += end - first


@part
def _ends(levels: Samples, n: int, k: int) -> np.float32:
    """The two levels *k* to the left and right of *n*; beyond the ends the last one."""
    return np.float32(levels[max(n - k, 0)]) + np.float32(levels[min(n + k, len(levels) - 1)])


@part
def _soften(levels: Samples, kernel: Picture, soft: Picture) -> None:
    """A run of *levels*, softened along itself; beyond its ends they go on as they are there."""
    count, half = len(levels), len(kernel) // 2
    for n in range(count):
        soft[n] = np.float32(levels[n]) * kernel[half]
    for k in range(1, half + 1):
        weight = kernel[half + k]
        for n in range(k, count - k):
            soft[n] += weight * (np.float32(levels[n - k]) + np.float32(levels[n + k]))
        for n in range(min(k, count)):
            soft[n] += weight * _ends(levels, n, k)
        for n in range(max(k, count - k), count):
            soft[n] += weight * _ends(levels, n, k)


@compiled(
    "u1[:]",
    "i8[:,:]",
    "i8[:,:]",
    "f4[:]",
    "f4[:,:]",
    "f8",
    "f4",
    "out f4[:,:]",
)
def darken(
    levels: Samples,
    runs: Numbers,
    wanted: Numbers,
    kernel: Picture,
    paper: Picture,
    step: float,
    span: float,
    ink: Picture,
) -> None:
    """How much darker than the paper a field is, once it is softened.

    Args:
        levels: (p,) grey levels of *runs*, one run after the other ...
        runs: ... as from :func:`places`.
        wanted: (m, 3) runs whose darkness is asked for; the pixels round them are in *runs*.
        kernel: (2 * half + 1,) the softening, the same to both sides.
        paper: (y, x) the paper's level at knots that lie *step* pixels of the field apart, from
            its first pixel's outer corner on.
        step: Pixels of the field.
        span: From paper to black.
        ink: (h, w) becomes the darkness of what is wanted.
    """
    height, width = ink.shape
    soft = np.empty((height, width), np.float32)
    at = 0
    for run in range(len(runs)):
        row, first, end = runs[run, 0], runs[run, 1], runs[run, 2]
        _soften(levels[at : at + end - first], kernel, soft[row, first:end])
        at += end - first
    half, per_span = len(kernel) // 2, _ONE / np.float32(span)
    knots, light = np.empty(paper.shape[1], np.float32), np.empty(width, np.float32)
    row = -1
    for run in range(len(wanted)):
        first, end = wanted[run, 1], wanted[run, 2]
        if wanted[run, 0] != row:
            row = wanted[run, 0]
            _between(paper, step, 0.0, row, knots)
        _along(knots, step, 0.0, first, end, light[first:end])
        dark, clear, middle = ink[row, first:end], light[first:end], soft[row, first:end]
        for n in range(end - first):
            dark[n] = clear[n] - kernel[half] * middle[n]
        for k in range(1, half + 1):
            above = soft[max(row - k, 0), first:end]
            below, weight = soft[min(row + k, height - 1), first:end], kernel[half + k]
            for n in range(end - first):
                dark[n] -= weight * (above[n] + below[n])
        for n in range(end - first):
            dark[n] *= per_span
