"""Dark lines that a dirty scanner glass draws along the feed direction (pure).

A sheet-fed scanner pulls the paper past one line of sensors, so dust draws a line that is
exactly parallel to an edge of the image and as long as the sheet; nothing printed or
written is both.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.fiducials import GreyImage

Places = NDArray[np.int64]

_WIDEST_MM = 0.7  # a streak is 1 to 5 sensor elements wide, 0.1 to 0.6 mm
_MIN_STEP = 0.12  # darker than both neighbours by this share of paper minus black
_MIN_LENGTH = 0.55  # share of the sheet's length; our longest printed rule is level, not upright
_LINES_LOOKED_AT = 400
# A first look at every fourth of them: a streak is there all the way, so half of what it must
# show at least cannot be missing by chance.
_FEW, _MIN_HINT = 4, _MIN_LENGTH / 2


def find_streaks(
    grey: GreyImage, *, box: tuple[int, int, int, int], px_per_mm: float, contrast: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Columns and rows of the image along which a streak runs.

    Args:
        grey: Shape (h, w), uint8.
        box: Left, top, right, bottom of the sheet, px.
        px_per_mm: Scale of the image.
        contrast: Paper minus black, grey levels.

    Returns:
        Column indices and row indices in the whole image.
    """
    left, top, right, bottom = box
    left, top = max(0, left), max(0, top)
    sheet = grey[top : min(bottom, grey.shape[0]), left : min(right, grey.shape[1])]
    if min(sheet.shape) < 50:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    apart = max(2, round(_WIDEST_MM * px_per_mm))
    step = max(0, math.floor(_MIN_STEP * contrast))  # whole levels: above it is above both
    high, wide = (max(1, length // _LINES_LOOKED_AT) for length in sheet.shape)
    columns = _streaked(sheet[::high], apart, step, along=0)
    rows = _streaked(sheet[:, ::wide], apart, step, along=1)
    return columns + left, rows + top


def _streaked(lines: GreyImage, apart: int, step: int, *, along: int) -> NDArray[np.int64]:
    """Which columns (*along* 0) or rows (1) are darker than both neighbours nearly everywhere."""
    few = np.ascontiguousarray(lines[::_FEW] if along == 0 else lines[:, ::_FEW])
    every = slice(0, -2 * apart), slice(apart, -apart), slice(2 * apart, None)
    hint = _dark_share(few, every, step, along=along)
    hinted = np.flatnonzero(hint > _MIN_HINT)
    if not len(hinted):
        return hinted
    # A long rule hints at a streak on nearly every sheet: only where it does is looked at again.
    again = hinted, hinted + apart, hinted + 2 * apart
    share = _dark_share(lines, again, step, along=along)
    return hinted[share > _MIN_LENGTH] + apart


def _dark_share(
    lines: GreyImage,
    places: tuple[slice, slice, slice] | tuple[Places, Places, Places],
    step: int,
    *,
    along: int,
) -> NDArray[np.float64]:
    """How much of n columns or rows is darker than both neighbours, shape (n,).

    A step needs no sign: bytes subtracted stop at 0, and a streak is dark.

    Args:
        lines: Shape (h, w), uint8.
        places: The neighbours before, those looked at, the neighbours after.
        step: Grey levels.
        along: 0 for columns, 1 for rows.
    """
    before, middle, after = (
        np.ascontiguousarray(lines[:, place] if along == 0 else lines[place]) for place in places
    )
    deeper = cv2.subtract(cv2.min(before, after), middle)
    darker = cv2.threshold(deeper, step, 1, cv2.THRESH_BINARY)[1]
    count = cv2.reduce(darker, along, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
    return np.asarray(count / middle.shape[along], np.float64)
