"""Traces too light to be ink by their darkness: a hard pencil, a dying pen (pure).

Averaged over the width of a stroke, paper grain and JPEG noise nearly vanish while a
stroke, however light, stays; and unlike a speck of dirt it is long.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_STROKE_MM = 0.25  # sigma of the averaging: half the width of a pencil's stroke
_MARGIN_MM = 0.65  # the averaged outline reaches so far into the bubble
_FACTOR = 6.0  # times the averaged paper's own scatter
_LEAST, _MOST = 0.035, 0.15  # bounds of the level, in darkness


def faint_traces(
    dark: NDArray[np.float32],
    blank: NDArray[np.bool_],
    radius_mm: float,
    px_per_mm: float,
) -> NDArray[np.float64]:
    """The extent of the largest faint trace in every bubble, (n,) mm.

    Args:
        dark: (n, side, side) darkness of the patches.
        blank: (n,) which of them look blank.
        radius_mm: Of the printed outline.
        px_per_mm: Of the patches.
    """
    sigma = _STROKE_MM * px_per_mm
    smooth = np.stack([cv2.GaussianBlur(patch, (0, 0), sigma) for patch in dark])
    smooth -= np.median(smooth[blank], axis=0)  # what the print itself leaves inside
    side = dark.shape[1]
    steps = (np.arange(side) - side // 2) / px_per_mm
    inside = np.hypot(*np.meshgrid(steps, steps)) <= radius_mm - _MARGIN_MM
    level_of_paper = np.median(smooth[:, inside], axis=1)
    scatter = 1.4826 * float(np.median(np.abs(smooth[blank][:, inside])))
    level = float(np.clip(_FACTOR * scatter, _LEAST, _MOST))
    extents = np.zeros(len(dark))
    for n, patch in enumerate(smooth):
        # A bubble's own level: shading moves it as a whole, a stroke covers less than half.
        trace = (patch - min(level_of_paper[n], level) > level) & inside
        if np.count_nonzero(trace) >= 4:
            extents[n] = _largest_extent(trace) / px_per_mm
    return extents


def _largest_extent(trace: NDArray[np.bool_]) -> float:
    """The longer side of the largest connected part's bounding box, px."""
    _count, _labels, stats, _centres = cv2.connectedComponentsWithStats(trace.astype(np.uint8))
    largest = stats[1:][stats[1:, cv2.CC_STAT_AREA].argmax()]
    return float(max(largest[cv2.CC_STAT_WIDTH], largest[cv2.CC_STAT_HEIGHT]))
