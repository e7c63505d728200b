"""Whether the outlines of our bubbles lie on a page, though nothing else on it can be read.

Blots, halftones and soft copies close the cells of fiducials and codes; circles of a known size,
dozens of them in a known arrangement, are still where they were printed. Each is worth little,
so they are counted wherever the middle of a sheet could lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.fiducials import GreyImage
from omr.layout import Bubble, Layout

_PX_PER_MM = 4  # of the copy in which circles are looked for
_LIKE = 0.42  # a circle's likeness (a correlation) at 0.5 mm of blur
_TOLERANCE_MM = 1.0  # by which it may lie elsewhere: a degree of skew, a step of scale
_RIM_MM = 0.8  # of white inside and outside the outline that a circle is compared with
_LINE_MM = 0.25  # half the width of a printed line after scanning
# How long the page's long side may be, in sheets: see scans.likeness.
_SHEETS_ALONG = (0.98, 1.05, 1.13, 1.22, 1.32, 1.42, 1.53, 1.65, 1.8, 2.0)
_LEAST_PX_PER_MM = 3.0  # of the page: below, an outline is no circle any more
# The share of the bubbles whose outline is where it should be. Of our own pages under blots and
# halftones 0.40 to 0.91 are; of 27 real pages of other makers' bubble forms 0.03 to 0.14.
_OURS = 0.25


def shows_our_bubbles(grey: GreyImage, frames: Sequence[Layout]) -> bool:
    """Whether the bubbles of a form seem to lie on the page as they were printed.

    Args:
        grey: Shape (h, w), uint8; 2,000 px along its long side are plenty.
        frames: Layouts with the arrangements that are expected.
    """
    return any(
        _share_in_place(grey, frame, sheets) >= _OURS
        for frame in frames
        for sheets in _SHEETS_ALONG
    )


def _share_in_place(grey: GreyImage, frame: Layout, sheets: float) -> float:
    """Of a form's bubbles, the share that a page of so many sheets shows where they should be."""
    px_per_mm = max(grey.shape) / (sheets * max(frame.width_mm, frame.height_mm))
    bubbles = [bubble for question in frame.questions for bubble in question.bubbles]
    if px_per_mm < _LEAST_PX_PER_MM or not bubbles:
        return 0.0
    factor = _PX_PER_MM / px_per_mm
    copy = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    circle = _circle(bubbles[0].diameter_mm)
    if min(copy.shape) <= len(circle):
        return 0.0
    alike = cv2.matchTemplate(copy, circle, cv2.TM_CCOEFF_NORMED) >= _LIKE
    rim = len(circle) // 2  # from a place in the map to the middle of the circle that lies there
    found = np.zeros(copy.shape, np.uint8)
    found[rim : rim + alike.shape[0], rim : rim + alike.shape[1]] = alike
    reach = 2 * round(_TOLERANCE_MM * _PX_PER_MM) + 1
    wide = np.asarray(cv2.dilate(found, np.ones((reach, reach), np.uint8)), np.uint8)
    near = wide[::_PX_PER_MM, ::_PX_PER_MM]
    return max(_best_count(near, bubbles, frame, q) for q in range(4)) / len(bubbles)


def _best_count(
    near: NDArray[np.uint8], bubbles: Sequence[Bubble], frame: Layout, quarters: int
) -> int:
    """How many of *bubbles* are near a circle with the sheet where most of them are.

    Args:
        near: 1 where a circle is near, one element to a millimetre.
        bubbles: Of the form.
        frame: Its size.
        quarters: Turned against the clock by so many.
    """
    count = np.zeros(near.shape, np.uint8)
    for bubble in bubbles[:255]:
        off = (
            complex(
                bubble.centre.x_mm - frame.width_mm / 2, bubble.centre.y_mm - frame.height_mm / 2
            )
            * (-1j) ** quarters
        )
        move = np.array([[1, 0, -round(off.real)], [0, 1, -round(off.imag)]], np.float32)
        moved = cv2.warpAffine(near, move, near.shape[::-1], flags=cv2.INTER_NEAREST)
        count += np.asarray(moved, np.uint8)
    return int(count.max())


@cache
def _circle(diameter_mm: float) -> GreyImage:
    """A printed bubble with a rim of white paper round it."""
    size = round((diameter_mm + 2 * _RIM_MM) * _PX_PER_MM)
    down, along = np.mgrid[:size, :size] - (size - 1) / 2
    off_mm = np.hypot(down, along) / _PX_PER_MM - diameter_mm / 2
    return np.asarray(255 - 200 * np.exp(-((off_mm / _LINE_MM) ** 2)), np.uint8)
