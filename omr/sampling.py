"""Grey levels of the printed page on grids laid over a scan of it (pure).

Over the few millimetres round a bubble the map from page to scan is a plane one, so each
bubble has its own affine map, and OpenCV's ``warpAffine`` does the rest; against the exact
map of a photograph tilted by 3e-4 per mm a sample 7 mm from its bubble lies 0.015 mm off.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.fiducials import GreyImage
from omr.geometry import Registration
from omr.products import product

Floats = NDArray[np.float64]
Samples = NDArray[np.uint8]


def local_maps(registration: Registration, centres_mm: Floats) -> Floats:
    """The affine map round every centre: from mm off the centre to px of the image.

    Args:
        registration: Page to image.
        centres_mm: (n, 2) where the centres lie on the flat page.

    Returns:
        (n, 2, 3): ``map[:, :2] @ (dx_mm, dy_mm) + map[:, 2]`` is (column, row).
    """
    a, b, c, d, e, f, g, h, i = registration.h
    x, y = centres_mm.T
    w = g * x + h * y + i
    column, row = (a * x + b * y + c) / w, (d * x + e * y + f) / w
    maps: Floats = np.empty((len(centres_mm), 2, 3))
    maps[:, 0, 0], maps[:, 0, 1] = (a - g * column) / w, (b - h * column) / w
    maps[:, 1, 0], maps[:, 1, 1] = (d - g * row) / w, (e - h * row) / w
    maps[:, 0, 2], maps[:, 1, 2] = column, row
    return maps


def samples_at(grey: GreyImage, maps: Floats, offsets_mm: Floats) -> Samples:
    """The page's grey levels at the same places round every centre of *maps*.

    Args:
        grey: Shape (h, w), uint8.
        maps: (n, 2, 3), from :func:`local_maps`.
        offsets_mm: (2, m) from the centre.

    Returns:
        Shape (n, m), uint8; beyond the image its edge.
    """
    places = np.ones((3, offsets_mm.shape[1]), np.float32)
    places[:2] = offsets_mm
    at = product(maps.reshape(-1, 3).astype(np.float32), places)
    found = cv2.remap(grey, at[0::2], at[1::2], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.uint8)


def patches(grey: GreyImage, maps: Floats, half_side: int, px_per_mm: float) -> Samples:
    """Upright patches of the page round the centres of *maps*.

    Args:
        grey: Shape (h, w), uint8.
        maps: (n, 2, 3), from :func:`local_maps`.
        half_side: Samples from the centre to each side.
        px_per_mm: Density of the samples.

    Returns:
        Shape (n, 2 * half_side + 1, 2 * half_side + 1), uint8; beyond the image its edge.
    """
    side = 2 * half_side + 1
    matrices = maps.copy()
    matrices[:, :, :2] /= px_per_mm
    matrices[:, :, 2] -= half_side * matrices[:, :, :2].sum(axis=2)
    found: Samples = np.empty((len(maps), side, side), np.uint8)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    for matrix, patch in zip(matrices, found, strict=True):
        cv2.warpAffine(grey, matrix, (side, side), patch, flags, cv2.BORDER_REPLICATE)
    return found
