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
def _widened(coarse: Picture, step: float, late: float, first: int, width: int) -> Picture:
    """Rows of knots *coarse*, and what lies between them at *width* columns from *first* on."""
    found = np.empty((len(coarse), width), np.float32)
    for n in range(width):
        at = (first + n + 0.5) / step + late
        knot = int(at)
        share = np.float32(at - knot)
        for row in range(len(coarse)):
            left, right = coarse[row, knot], coarse[row, knot + 1]
            found[row, n] = left + (right - left) * share
    return found


@part
def _mixed(above: Picture, below: Picture, share: np.float32, found: Picture) -> None:
    """What lies between two rows, into *found*."""
    for n in range(len(found)):
        found[n] = above[n] + (below[n] - above[n]) * share


@compiled("f4[:,:]", "f4[:,:]", "i8[:,:]", "f8", "out f4[:]", "out f4[:]")
def places(
    columns: Picture, rows: Picture, runs: Numbers, step: float, across: Picture, down: Picture
) -> None:
    """Column and row in the image of every pixel of some runs, one run after the other.

    Args:
        columns: (y, x) columns in the image of knots that lie *step* pixels of the field apart,
            from half a step outside it on ...
        rows: ... and their rows.
        runs: (k, 3) row of the field, its first column, and the one after its last; they may lie
            some pixels outside it.
        step: Pixels of the field.
        across: (p,) becomes the columns ...
        down: (p,) ... and the rows, as many as all the runs have pixels, or more.
    """
    left = runs[:, 1].min()
    width = runs[:, 2].max() - left
    wide_columns = _widened(columns, step, 0.5, left, width)
    wide_rows = _widened(rows, step, 0.5, left, width)
    done = 0
    for run in range(len(runs)):
        first, count = runs[run, 1] - left, runs[run, 2] - runs[run, 1]
        at = (runs[run, 0] + 0.5) / step + 0.5
        knot = int(at)
        share = np.float32(at - knot)
        here, own = slice(first, first + count), slice(done, done + count)
        _mixed(wide_columns[knot, here], wide_columns[knot + 1, here], share, across[own])
        _mixed(wide_rows[knot, here], wide_rows[knot + 1, here], share, down[own])
        done += count


@compiled("u1[:]", "f4[:]", "out f4[:]")
def soften(levels: Samples, kernel: Picture, soft: Picture) -> None:
    """Soften *levels* (p,) along themselves, all but the three at each end.

    Args:
        levels: Grey levels of runs, one run after the other: where two meet nothing is asked for.
        kernel: (7,) the softening, the same to both sides.
        soft: (p,) becomes the softened levels.
    """
    inner = len(levels) - 6
    a, b, c, d = levels[:inner], levels[1:], levels[2:], levels[3:]
    e, f, g, middle = levels[4:], levels[5:], levels[6:], soft[3:]
    w, x, y, z = kernel[3], kernel[2], kernel[1], kernel[0]
    for n in range(inner):
        one, two = np.float32(c[n]) + np.float32(e[n]), np.float32(b[n]) + np.float32(f[n])
        three = np.float32(a[n]) + np.float32(g[n])
        middle[n] = (w * np.float32(d[n]) + x * one) + (y * two + z * three)


@compiled("f4[:]", "i8[:,:]", "i8[:,:]", "f4[:]", "f4[:,:]", "f8", "f4", "out f4[:,:]")
def darken(
    soft: Picture,
    wanted: Numbers,
    above: Numbers,
    kernel: Picture,
    paper: Picture,
    step: float,
    span: float,
    ink: Picture,
) -> None:
    """How much darker than the paper a field is, once it is softened across as well.

    Args:
        soft: (p,) as from :func:`soften`.
        wanted: (m, 3) runs whose darkness is asked for ...
        above: (m, 7) ... and where in *soft* those begin that lie three rows above them, two, one,
            the run itself, and so on.
        kernel: (7,) the softening, the same to both sides.
        paper: (y, x) the paper's level at knots that lie *step* pixels of the field apart, from
            its first pixel's outer corner on.
        step: Pixels of the field.
        span: From paper to black.
        ink: (h, w) becomes the darkness of what is wanted.
    """
    w, x, y, z = kernel[3], kernel[2], kernel[1], kernel[0]
    per_span = _ONE / np.float32(span)
    wide, light = _widened(paper, step, 0.0, 0, ink.shape[1]), np.empty(ink.shape[1], np.float32)
    for run in range(len(wanted)):
        row, first, end = wanted[run, 0], wanted[run, 1], wanted[run, 2]
        at = (row + 0.5) / step
        knot = int(at)
        clear, dark = light[first:end], ink[row, first:end]
        _mixed(wide[knot, first:end], wide[knot + 1, first:end], np.float32(at - knot), clear)
        a, b, c = soft[above[run, 0] :], soft[above[run, 1] :], soft[above[run, 2] :]
        d = soft[above[run, 3] :]
        e, f, g = soft[above[run, 4] :], soft[above[run, 5] :], soft[above[run, 6] :]
        for n in range(len(dark)):
            even = (w * d[n] + x * (c[n] + e[n])) + (y * (b[n] + f[n]) + z * (a[n] + g[n]))
            dark[n] = (clear[n] - even) * per_span
