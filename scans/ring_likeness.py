"""Whether the outlines of our bubbles lie on a page, though nothing else on it can be read.

Blots, halftones and soft copies close the cells of fiducials and codes; circles of a known size,
dozens of them in a known arrangement, are still where they were printed. Each is worth little,
so they are counted wherever the middle of a sheet could lie.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.fiducials import GreyImage
from omr.layout import Bubble, Layout
from omr.scoring import bubbles_of
from scans.likeness import copies_of, matched

_PX_PER_MM = 4  # of the copy in which circles are looked for
_LIKE = 0.42  # a circle's likeness (a correlation) at 0.5 mm of blur
_TOLERANCE_MM = 1.0  # by which it may lie elsewhere: half a step of skew, a step of scale
_SKEWS_DEG = (0.0, 1.5, -1.5, 3.0, -3.0, 4.5, -4.5, 6.0, -6.0)
_RIM_MM = 0.8  # of white inside and outside the outline that a circle is compared with
_LINE_MM = 0.25  # half the width of a printed line after scanning
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
        _share_in_place(copy, frame) >= _OURS
        for frame in frames
        for copy in copies_of(grey, frame, _PX_PER_MM, _LEAST_PX_PER_MM)
    )


def _share_in_place(copy: GreyImage, frame: Layout) -> float:
    """Of a form's bubbles, the share that a page's copy shows where they should be."""
    bubbles = [bubble for _question, bubble in bubbles_of(frame)]
    if not bubbles:
        return 0.0
    circle = _circle(bubbles[0].diameter_mm)
    if min(copy.shape) <= len(circle):
        return 0.0
    found = np.asarray(matched(copy, circle) >= _LIKE, np.uint8)
    reach = 2 * round(_TOLERANCE_MM * _PX_PER_MM) + 1
    wide = np.asarray(cv2.dilate(found, np.ones((reach, reach), np.uint8)), np.uint8)
    near = wide[::_PX_PER_MM, ::_PX_PER_MM]
    turns = [90.0 * quarter + skew for quarter in range(4) for skew in _SKEWS_DEG]
    return max(_best_count(near, bubbles, frame, turn) for turn in turns) / len(bubbles)


def _best_count(
    near: NDArray[np.uint8], bubbles: Sequence[Bubble], frame: Layout, turn_deg: float
) -> int:
    """How many of *bubbles* are near a circle with the sheet where most of them are.

    Args:
        near: 1 where a circle is near, one element to a millimetre.
        bubbles: Of the form.
        frame: Its size.
        turn_deg: By which the sheet is turned against the clock.
    """
    height, width = near.shape
    count = np.zeros((height, width), np.uint8)  # a form has fewer bubbles than 255
    turned = cmath.exp(-1j * math.radians(turn_deg))
    for bubble in bubbles:
        off = turned * complex(
            bubble.centre.x_mm - frame.width_mm / 2, bubble.centre.y_mm - frame.height_mm / 2
        )
        x, y = round(off.real), round(off.imag)
        if abs(x) < width and abs(y) < height:
            here = count[max(-y, 0) : height - max(y, 0), max(-x, 0) : width - max(x, 0)]
            here += near[max(y, 0) : height + min(y, 0), max(x, 0) : width + min(x, 0)]
    return int(count.max())


@cache
def _circle(diameter_mm: float) -> GreyImage:
    """A printed bubble with a rim of white paper round it."""
    size = round((diameter_mm + 2 * _RIM_MM) * _PX_PER_MM)
    down, along = np.mgrid[:size, :size] - (size - 1) / 2
    off_mm = np.hypot(down, along) / _PX_PER_MM - diameter_mm / 2
    return np.asarray(255 - 200 * np.exp(-((off_mm / _LINE_MM) ** 2)), np.uint8)
