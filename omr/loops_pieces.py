"""The loops of :mod:`omr.ink_pieces`, compiled: inked pixels and the pieces they make (pure).

Compiled loops know no number of another module: numba would not notice that it changed.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from omr.compiled import compiled, part

Floats = NDArray[np.float64]
Picture = NDArray[np.float32]
Numbers = NDArray[np.int64]

# Grown by one pixel to all sides, pixels so far apart touch: strokes that skip stay in one piece.
_APART_PX = 3


@part
def _root(parents: Numbers, pixel: int) -> int:
    while parents[pixel] != pixel:
        parents[pixel] = parents[parents[pixel]]
        pixel = parents[pixel]
    return pixel


@part
def _join(parents: Numbers, one: int, other: int) -> None:
    one, other = _root(parents, one), _root(parents, other)
    parents[max(one, other)] = min(one, other)


@part
def _number(rows: Numbers, columns: Numbers, parents: Numbers, width: int, labels: Numbers) -> int:
    """Number the pieces, each the pixels with one root: the first of them."""
    count = len(rows)
    found = 0
    for n in range(count):
        found += parents[n] == n
    roots, places = np.empty(found, np.int64), np.empty(found, np.int64)
    of_root, found = np.empty(count, np.int64), 0
    for n in range(count):
        if parents[n] == n:
            of_root[n] = found
            roots[found], places[found] = n, width
            found += 1
    for n in range(count):
        parents[n] = _root(parents, n)
        piece = of_root[parents[n]]
        top = max(rows[roots[piece]] - 1, 0) // 2
        if rows[n] <= 2 * top + 2:
            places[piece] = min(places[piece], max(columns[n] - 1, 0) // 2)
    for piece in range(found):
        places[piece] += max(rows[roots[piece]] - 1, 0) // 2 * width
    order = np.argsort(places)
    for place in range(found):
        roots[order[place]] = place + 1
    for n in range(count):
        labels[n] = roots[of_root[parents[n]]]
    return found + 1


@compiled("i8[:]", "i8", "i8", "out i8[:]")
def pieces(at: Numbers, height: int, width: int, labels: Numbers) -> int:
    """Sort pixels into pieces.

    Args:
        at: (k,) indices of the pixels in a picture, ascending.
        height: Of the picture ...
        width: ... and its width.
        labels: (k,) becomes the number of each pixel's piece, from 1 on: as OpenCV numbers the
            pieces of the grown picture, by the first 2 x 2 pixels that hold some of one.

    Returns:
        One more than the last number.
    """
    count = len(at)
    rows, columns = np.empty(count, np.int64), np.empty(count, np.int64)
    starts = np.zeros(height + 1, np.int64)
    for n in range(count):
        rows[n] = at[n] // width
        columns[n] = at[n] - rows[n] * width
        starts[rows[n] + 1] += 1
    for row in range(height):
        starts[row + 1] += starts[row]
    runs, ends = np.empty(count + 1, np.int64), np.zeros(height + 1, np.int64)
    found = 0
    for n in range(count):
        if n == starts[rows[n]] or columns[n] - columns[n - 1] > _APART_PX:
            runs[found] = n
            found += 1
        ends[rows[n] + 1] = found
    for row in range(height):
        ends[row + 1] = max(ends[row], ends[row + 1])
    runs[found] = count
    roots = np.arange(found)
    for row in range(height):
        for up in range(1, min(_APART_PX, row) + 1):
            above, last = ends[row - up], ends[row - up + 1]
            for run in range(ends[row], ends[row + 1]):
                first, end = columns[runs[run]], columns[runs[run + 1] - 1]
                while above < last and columns[runs[above + 1] - 1] < first - _APART_PX:
                    above += 1
                other = above
                while other < last and columns[runs[other]] <= end + _APART_PX:
                    _join(roots, run, other)
                    other += 1
    parents = np.empty(count, np.int64)
    for run in range(found):
        parents[runs[run] : runs[run + 1]] = runs[_root(roots, run)]
    return _number(rows, columns, parents, width, labels)


@compiled(
    "i8[:]",
    "i8[:]",
    "f4[:]",
    "i2[:]",
    "i8",
    "f8[:,:]",
    "f8",
    "out i8[:,:]",
    "out f8[:,:]",
    "out f4[:]",
)
def gather(
    at: Numbers,
    labels: Numbers,
    ink: Picture,
    nearest: NDArray[np.int16],
    width: int,
    centres_px: Floats,
    px_per_mm: float,
    whole: Numbers,
    places: Floats,
    dark: Picture,
) -> None:
    """What is known of every inked pixel.

    Args:
        at: (k,) indices of the pixels in the field ...
        labels: (k,) ... and the numbers of their pieces.
        ink: (h * w,) darkness.
        nearest: (h * w,) the nearest bubbles, or a negative number.
        width: Of the field, px.
        centres_px: (n, 2) where the bubbles lie.
        px_per_mm: Of the field.
        whole: (3, k) becomes index, piece and nearest bubble ...
        places: (3, k) ... mm from the left, from the top, from the nearest bubble's middle ...
        dark: (k,) ... and darkness.
    """
    for k in range(len(at)):
        row, bubble = at[k] // width, nearest[at[k]]
        column = at[k] - row * width
        whole[0, k], whole[1, k], whole[2, k] = at[k], labels[k], bubble
        places[0, k], places[1, k], places[2, k] = column / px_per_mm, row / px_per_mm, np.inf
        if bubble >= 0:
            dx, dy = column - centres_px[bubble, 0], row - centres_px[bubble, 1]
            places[2, k] = math.sqrt(dx * dx + dy * dy) / px_per_mm
        dark[k] = ink[at[k]]
