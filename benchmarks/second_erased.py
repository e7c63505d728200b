"""Pages of the second generator of which the damage left nothing."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_PER_INCH = 25.4
_PAPER = 128  # grey level of bare paper at least
_RIM_MM = 3.0  # of its edge, which is soft
_VISIBLE = 24  # grey levels, as of what is left of a mark


def shows_nothing(pixels: NDArray[Any], dpi: int) -> bool:
    """Whether nothing but bare paper is on a page: no form is lost with it.

    Args:
        pixels: Shape (h, w) or (h, w, 3), uint8.
        dpi: Pixels to an inch.
    """
    grey = pixels if pixels.ndim == 2 else pixels.min(axis=2)
    outlines, _ = cv2.findContours(
        (grey > _PAPER).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    if not outlines:
        return True
    paper = np.zeros(grey.shape, np.uint8)
    cv2.fillConvexPoly(paper, cv2.convexHull(np.concatenate(outlines)), (255,))
    rim = 2 * round(_RIM_MM * dpi / _PER_INCH) + 1
    inner = cv2.erode(paper, np.ones((rim, rim), np.uint8), borderValue=(0,)) > 0
    levels = grey[inner]
    return bool(levels.size) and int(levels.max()) - int(levels.min()) < _VISIBLE
