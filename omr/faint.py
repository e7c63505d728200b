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
from omr.medians import median, medians
from omr.products import product
from omr.sampling import Samples
from omr.shades import Shades

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
    samples: Samples,
    shades: Shades,
    blank: NDArray[np.bool_],
    radius_mm: float,
    px_per_mm: float,
) -> NDArray[np.float64]:
    """The extent of the largest faint trace in every bubble, (n,) mm.

    Args:
        samples: (n, side, side) grey levels, from :func:`faint_reach` samples to each side
            of the bubbles' centres.
        shades: Of this sheet.
        blank: (n,) which of them look blank.
        radius_mm: Of the printed outline.
        px_per_mm: Of the patches.
    """
    count, side, _side = samples.shape
    half = _inner_half(radius_mm, px_per_mm)
    width = 2 * half + 1
    inside = np.flatnonzero(distances(half, px_per_mm) <= radius_mm - _MARGIN_MM)
    averaged = _averaged(samples, _average(side, half, _STROKE_MM * px_per_mm))
    smooth = shades.dark(averaged.reshape(count, -1)[:, inside])
    smooth -= medians(np.ascontiguousarray(smooth[blank].T))  # what the print itself leaves inside
    scatter = 1.4826 * median(np.abs(smooth[blank]))
    level = float(np.clip(_FACTOR * scatter, _LEAST, _MOST))
    # Nothing lies the level above the middle that is not so far above the lightest sample.
    lightest = np.minimum(smooth.min(axis=1), level)
    looked_at = np.flatnonzero(smooth.max(axis=1) - lightest > level)
    # A bubble's own level: shading moves it as a whole, a stroke covers less than half.
    paper = np.minimum(medians(smooth[looked_at]), level)
    traces = np.zeros((len(looked_at), width * width), np.uint8)
    traces[:, inside] = smooth[looked_at] - paper[:, None] > level
    extents = np.zeros(count)
    extents[looked_at] = _largest_extents(traces.reshape(-1, width, width)) / px_per_mm
    return extents


def _inner_half(radius_mm: float, px_per_mm: float) -> int:
    return int((radius_mm - _MARGIN_MM) * px_per_mm)


def _averaged(samples: Samples, average: Floats) -> Floats:
    """Both ways averaged patches, (n, width, width): two products of matrices for them all."""
    count, side, _side = samples.shape
    width = average.shape[1]
    levels = samples.astype(np.float32).reshape(-1, side)
    across = product(levels, average).reshape(count, side, width)
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


def _largest_extents(traces: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The longer side of each largest connected part's bounding box, (k,) px; 0 if too small."""
    count, height, width = traces.shape
    extents = np.zeros(count)
    if not count:  # of an empty picture OpenCV finds no parts but its end
        return extents
    # One picture of them all, a line apart.
    apart = np.zeros((count, height + 1, width), np.uint8)
    apart[:, :height] = traces
    _count, _labels, stats, _centres = cv2.connectedComponentsWithStats(apart.reshape(-1, width))
    parts = np.asarray(stats[1:], np.int64)
    patch = parts[:, cv2.CC_STAT_TOP] // (height + 1)
    sizes = parts[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    for part in np.argsort(parts[:, cv2.CC_STAT_AREA], kind="stable"):  # the largest comes last
        extents[patch[part]] = sizes[part]
    extents[np.count_nonzero(traces, axis=(1, 2)) < _FEWEST] = 0.0
    return extents
