"""Whether a page on which nothing was found may bear a form of ours all the same (OpenCV).

Fiducials that no detector reads any more, under noise, streaks or a shadow, still resemble
their print more than anything on another page does. So the four patterns are compared with
the page wherever a sheet could lie on it, in a copy so small that this takes a tenth of a
second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.fiducial_bits import CELLS_PER_SIDE, INNER_CELLS
from omr.fiducials import GreyImage
from omr.layout import Fiducial, Layout

_CELL_PX = 2  # of the copies in which patterns are compared; finer ones tell no better
# How long the page's long side may be, in sheets: a sheet with little cut off fills it, or it
# is one of several on A3. A pattern tolerates half a step.
_SHEETS_ALONG = (0.98, 1.05, 1.13, 1.22, 1.32, 1.42, 1.53, 1.65, 1.8, 2.0)
_LEAST_PX_PER_MM = 4.0  # of the page: below, nobody could read a form on it
_TOLERANCE_MM = 4.5  # by which a fiducial may lie elsewhere: skew, half a step of scale
# The mean likeness (a correlation, -1 to 1) of the three best of four fiducials. Pages with
# nothing left that can be placed show 0.70 and more, 27 real pages of other makers' forms with
# squares in their corners 0.45 to 0.53, a page of dense text 0.56.
_OURS = 0.62
_ONE_OF_THEM = 0.55  # of any two that lie across, one must show as much

_Map = NDArray[np.float32]


def may_be_ours(grey: GreyImage, frames: Sequence[Layout]) -> bool:
    """Whether three of a form's fiducials seem to lie on the page as they were printed.

    Args:
        grey: Shape (h, w), uint8; 2,000 px along its long side are plenty.
        frames: Layouts with the arrangements of fiducials that are expected.
    """
    return any(seen >= _OURS for frame in frames for seen in _likenesses(grey, frame))


def _likenesses(grey: GreyImage, frame: Layout) -> Iterator[float]:
    """How much the page resembles one with these fiducials, at every size and turn."""
    cell_mm = min(fiducial.size_mm for fiducial in frame.fiducials) / CELLS_PER_SIDE
    for copy in copies_of(grey, frame, _CELL_PX / cell_mm, _LEAST_PX_PER_MM):
        if min(copy.shape) <= len(_plain_square()):
            continue
        squares = matched(copy, _plain_square())
        for quarters in range(4):
            yield _likeness(copy, squares, frame, quarters, _CELL_PX / cell_mm)


def copies_of(
    grey: GreyImage, frame: Layout, px_per_mm: float, least_px_per_mm: float
) -> Iterator[GreyImage]:
    """Copies of a page, one for every size that a sheet may have on it.

    Args:
        grey: Shape (h, w), uint8.
        frame: The sheet's layout.
        px_per_mm: Of the sheet in each copy.
        least_px_per_mm: Of the sheet in the page: smaller ones are not looked for.
    """
    for sheets in _SHEETS_ALONG:
        there = max(grey.shape) / (sheets * max(frame.width_mm, frame.height_mm))
        if there < least_px_per_mm:
            return
        factor = px_per_mm / there
        small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        yield np.asarray(small, np.uint8)


def _likeness(
    small: GreyImage, squares: _Map, frame: Layout, quarters: int, px_per_mm: float
) -> float:
    """The same for a sheet turned by so many quarters against the clock; -1 if plainly low.

    What resembles the plain black squares of other makers' forms more does not count.
    """
    across, others = frame.fiducials[::2], frame.fiducials[1::2]
    maps = [_patterned(small, squares, fiducial, quarters) for fiducial in across]
    if max(float(each.max()) for each in maps) < _ONE_OF_THEM:
        return -1.0
    maps += [_patterned(small, squares, fiducial, quarters) for fiducial in others]
    if _best_three(np.array([each.max() for each in maps])) < _OURS:  # it cannot be more
        return -1.0
    turned = (-1j) ** quarters * px_per_mm
    shifted = []
    for fiducial, found in zip((*across, *others), maps, strict=True):
        off = complex(
            fiducial.centre.x_mm - frame.width_mm / 2, fiducial.centre.y_mm - frame.height_mm / 2
        )
        shifted.append(_at_the_middle(found, off * turned, round(_TOLERANCE_MM * px_per_mm)))
    return float(_best_three(np.stack(shifted)).max())


def _best_three(values: NDArray[np.floating]) -> NDArray[np.floating]:
    """The mean of the three highest along the first axis of four."""
    return np.asarray((values.sum(axis=0) - values.min(axis=0)) / 3)


def _patterned(small: GreyImage, squares: _Map, fiducial: Fiducial, quarters: int) -> _Map:
    """How much every place resembles the fiducial; 0 where a plain *square* is more alike."""
    found = matched(small, _pattern(fiducial.marker, quarters))
    found[found < squares] = 0
    return found


def matched(small: GreyImage, pattern: GreyImage) -> _Map:
    """How much every place resembles *pattern*; of the copy's size, 0 at its edges."""
    found = cv2.matchTemplate(small, pattern, cv2.TM_CCOEFF_NORMED)
    rim = pattern.shape[0] // 2
    height, width = (
        whole - rim - part for whole, part in zip(small.shape, found.shape, strict=True)
    )
    padded = cv2.copyMakeBorder(found, rim, height, rim, width, cv2.BORDER_CONSTANT, value=(0,))
    return np.asarray(padded, np.float32)


def _at_the_middle(found: _Map, off: complex, reach: int) -> _Map:
    """*found* where the sheet's middle is instead of the fiducial, the best within *reach*."""
    side = 2 * reach + 1
    best = cv2.dilate(found, np.ones((side, side), np.uint8))
    move = np.array([[1, 0, -off.real], [0, 1, -off.imag]], np.float32)
    height, width = found.shape
    return np.asarray(
        cv2.warpAffine(best, move, (width, height), flags=cv2.INTER_NEAREST), np.float32
    )


@cache
def _pattern(marker: int, quarters: int) -> GreyImage:
    """A printed fiducial with a cell of white paper round it, turned against the clock."""
    cells = _plain_square()[::_CELL_PX, ::_CELL_PX].copy()
    inner = [[255 * int(cell) for cell in row] for row in INNER_CELLS[marker]]
    cells[2:-2, 2:-2] = inner
    return np.kron(np.rot90(cells, quarters), np.ones((_CELL_PX, _CELL_PX), np.uint8))


@cache
def _plain_square() -> GreyImage:
    """A black square of a fiducial's size with a cell of white paper round it."""
    cells = np.full((CELLS_PER_SIDE + 2, CELLS_PER_SIDE + 2), 255, np.uint8)
    cells[1:-1, 1:-1] = 0
    return np.kron(cells, np.ones((_CELL_PX, _CELL_PX), np.uint8))
