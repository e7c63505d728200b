"""Traces too light to be ink by their darkness: a hard pencil, a dying pen (pure).

Averaged over the width of a stroke, paper grain and JPEG noise nearly vanish while a
stroke, however light, stays; and unlike a speck of dirt it is long.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.discs import distances
from omr.products import product

Floats = NDArray[np.float32]

_STROKE_MM = 0.25  # sigma of the averaging: half the width of a pencil's stroke
_REACH = 4.0  # sigmas that the averaging reaches to each side; OpenCV's default for floats
_MARGIN_MM = 0.65  # the averaged outline reaches so far into the bubble
_FACTOR = 6.0  # times the averaged paper's own scatter
_LEAST, _MOST = 0.035, 0.15  # bounds of the level, in darkness
_FEWEST = 4  # samples of a trace


def faint_reach(radius_mm: float, px_per_mm: float) -> int:
    """So many samples from its middle :func:`faint_traces` needs of a patch."""
    return _inner_half(radius_mm, px_per_mm) + round(_REACH * _STROKE_MM * px_per_mm)


def faint_traces(
    dark: Floats,
    blank: NDArray[np.bool_],
    radius_mm: float,
    px_per_mm: float,
) -> NDArray[np.float64]:
    """The extent of the largest faint trace in every bubble, (n,) mm.

    Args:
        dark: (n, side, side) darkness of the patches, from :func:`faint_reach` samples to
            each side of the bubbles' centres.
        blank: (n,) which of them look blank.
        radius_mm: Of the printed outline.
        px_per_mm: Of the patches.
    """
    count, side, _side = dark.shape
    half = _inner_half(radius_mm, px_per_mm)
    width = 2 * half + 1
    inside = np.flatnonzero(distances(half, px_per_mm) <= radius_mm - _MARGIN_MM)
    averaged = _averaged(dark, _average(side, half, _STROKE_MM * px_per_mm))
    smooth = averaged.reshape(count, -1)[:, inside]
    smooth -= np.median(smooth[blank], axis=0)  # what the print itself leaves inside
    scatter = 1.4826 * float(np.median(np.abs(smooth[blank])))
    level = float(np.clip(_FACTOR * scatter, _LEAST, _MOST))
    extents = np.zeros(count)
    # Nothing lies the level above the middle that is not so far above the lightest sample.
    lightest = np.minimum(smooth.min(axis=1), level)
    looked_at = np.flatnonzero(smooth.max(axis=1) - lightest > level)
    # A bubble's own level: shading moves it as a whole, a stroke covers less than half.
    paper = np.minimum(np.median(smooth[looked_at], axis=1), level)
    traces = smooth[looked_at] - paper[:, None] > level
    patch = np.zeros(width * width, np.uint8)
    for n, trace in zip(looked_at, traces, strict=True):
        if np.count_nonzero(trace) >= _FEWEST:
            patch[inside] = trace
            extents[n] = _largest_extent(patch.reshape(width, width)) / px_per_mm
    return extents


def _inner_half(radius_mm: float, px_per_mm: float) -> int:
    return int((radius_mm - _MARGIN_MM) * px_per_mm)


def _averaged(dark: Floats, average: Floats) -> Floats:
    """Both ways averaged patches, (n, width, width): two products of matrices for them all."""
    count, side, _side = dark.shape
    width = average.shape[1]
    across = product(dark.reshape(-1, side), average).reshape(count, side, width)
    upright = np.ascontiguousarray(across.transpose(0, 2, 1)).reshape(-1, side)
    both: Floats = product(upright, average).reshape(count, width, width).transpose(0, 2, 1)
    return np.ascontiguousarray(both)


@lru_cache(maxsize=16)
def _average(side: int, half: int, sigma: float) -> Floats:
    """(side, 2 * half + 1): takes a line of samples to its Gaussian means round the middle."""
    reach = round(_REACH * sigma)
    kernel = np.asarray(cv2.getGaussianKernel(2 * reach + 1, sigma, cv2.CV_32F), np.float32)
    width, first = 2 * half + 1, side // 2 - half - reach
    if first < 0:
        raise ValueError(f"patches of {side} samples are too small for {half + reach} each side")
    matrix = np.zeros((side, width), np.float32)
    for n in range(width):
        matrix[first + n : first + n + len(kernel), n] = kernel[:, 0]
    return matrix


def _largest_extent(trace: NDArray[np.uint8]) -> float:
    """The longer side of the largest connected part's bounding box, px."""
    _count, _labels, stats, _centres = cv2.connectedComponentsWithStats(trace)
    largest = stats[1:][stats[1:, cv2.CC_STAT_AREA].argmax()]
    return float(max(largest[cv2.CC_STAT_WIDTH], largest[cv2.CC_STAT_HEIGHT]))
