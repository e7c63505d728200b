"""Dark lines that a dirty scanner glass draws along the feed direction (pure).

A sheet-fed scanner pulls the paper past one line of sensors, so dust draws a line that is
exactly parallel to an edge of the image and as long as the sheet; nothing printed or
written is both.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from omr.fiducials import GreyImage

_WIDEST_MM = 0.7  # a streak is 1 to 5 sensor elements wide, 0.1 to 0.6 mm
_MIN_STEP = 0.12  # darker than both neighbours by this share of paper minus black
_MIN_LENGTH = 0.55  # share of the sheet's length; our longest printed rule is level, not upright
_ROWS_LOOKED_AT = 400


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
    columns = _streaked_columns(sheet, px_per_mm, contrast) + left
    rows = _streaked_columns(sheet.T, px_per_mm, contrast) + top
    return columns, rows


def _streaked_columns(sheet: GreyImage, px_per_mm: float, contrast: float) -> NDArray[np.int64]:
    every = max(1, sheet.shape[0] // _ROWS_LOOKED_AT)
    lines = sheet[::every].astype(np.int16)
    apart = max(2, round(_WIDEST_MM * px_per_mm))
    middle = lines[:, apart:-apart]
    beside = np.minimum(lines[:, : -2 * apart], lines[:, 2 * apart :])
    darker = beside - middle > _MIN_STEP * contrast
    return np.flatnonzero(darker.mean(axis=0) > _MIN_LENGTH) + apart
