"""What is printed round every bubble of a layout, as masks over its patch (pure).

The same for every sheet of a layout, so it is made once: which samples lie on no outline,
in which other bubble a sample lies, and which points of the rays lie beside other bubbles.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from omr.discs import distances

REACH_MM = 7.0  # a row away and more: strokes further out are seen from the next bubble
BAND_MM = 0.30  # to each side of the printed outline: its line, blur and a small miss
RAYS = 32
_RAY_END_MM = 6.0  # hand-drawn rings round an option stay within the next row's middle
_RAY_STEP_MM = 0.15


@dataclass(frozen=True, slots=True)
class Nearby:
    """Masks for the n bubbles of one layout, in their order."""

    half_side: int  # samples from the bubble's centre to each side of its patch
    free: NDArray[np.bool_]  # (n, side, side): away from every outline
    inner: NDArray[np.bool_]  # (side, side): within the bubble itself, its outline not touched
    owner: NDArray[np.uint8]  # (n, side, side): within another bubble, numbered from 1; else 0
    rays_mm: NDArray[np.float64]  # (RAYS * steps, 2) where to look for a ring, from the centre
    beside: NDArray[np.bool_]  # (n, RAYS, steps): not within the outline of another bubble


def nearby(centres_mm: NDArray[np.float64], radius_mm: float, px_per_mm: float) -> Nearby:
    """The masks of a layout; kept for the layouts of the last few sheets.

    Args:
        centres_mm: (n, 2) the printed centres.
        radius_mm: Of every printed outline.
        px_per_mm: Of the patches.
    """
    centres = np.ascontiguousarray(centres_mm, np.float64)
    return _nearby(centres.tobytes(), radius_mm, px_per_mm)


@lru_cache(maxsize=8)  # 2 MB each
def _nearby(centres: bytes, radius_mm: float, px_per_mm: float) -> Nearby:
    centres_mm = np.frombuffer(centres, np.float64).reshape(-1, 2)
    half = round(REACH_MM * px_per_mm)
    steps = np.arange(-half, half + 1) / px_per_mm
    gx, gy = np.meshgrid(steps, steps)
    distance = distances(half, px_per_mm)
    within = radius_mm - BAND_MM
    rays = _ray_points(radius_mm)
    shape = (len(centres_mm), *distance.shape)
    free = np.broadcast_to(np.abs(distance - radius_mm) >= BAND_MM, shape).copy()
    owner = np.zeros(shape, np.uint8)
    beside = np.ones((len(centres_mm), *rays.shape[:2]), np.bool_)
    for n, centre in enumerate(centres_mm):
        others = np.delete(centres_mm, n, axis=0) - centre
        near = others[np.abs(others).max(axis=1) < REACH_MM + radius_mm]
        for number, (x, y) in enumerate(near, start=1):
            apart = np.hypot(gx - x, gy - y)
            free[n] &= np.abs(apart - radius_mm) >= BAND_MM
            owner[n][apart < within] = number
            beside[n] &= np.hypot(rays[..., 0] - x, rays[..., 1] - y) > radius_mm + BAND_MM
    return Nearby(half, free, distance < within, owner, rays.reshape(-1, 2), beside)


def _ray_points(radius_mm: float) -> NDArray[np.float64]:
    """Where to look for a ring drawn round a bubble, (RAYS, steps, 2) mm from its centre."""
    lengths = np.arange(radius_mm + BAND_MM + 0.05, _RAY_END_MM, _RAY_STEP_MM)
    angles = np.arange(RAYS) * 2 * np.pi / RAYS
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points: NDArray[np.float64] = directions[:, None, :] * lengths[None, :, None]
    return points
