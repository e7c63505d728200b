"""How the ink in a bubble lies, and whether it is really this bubble's (pure).

A tick's tail may run into the bubble above, a pen's slip may cross several, a ring may be
drawn round one. The amount of ink alone cannot tell these from a mark; its course can.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

REACH_MM = 7.0  # a row away and more: strokes further out are seen from the next bubble
BAND_MM = 0.30  # to each side of the printed outline: its line, blur and a small miss
_BENT_MM = 0.35  # a line's ink is at most so much broader than the line itself
_ALONG_MM = 1.0  # a hand-drawn line strays so far from straight over a bubble's width
_LINE_RATIO = 1.6  # a line is at least so much longer than broad
RAYS = 32
_RAY_END_MM = 6.0  # hand-drawn rings round an option stay within the next row's middle
_RAY_STEP_MM = 0.15


@dataclass(frozen=True, slots=True)
class Stroke:
    """The ink in a bubble as part of a stroke."""

    extent_mm: float  # how far apart the ink's ends inside the bubble are
    straight: bool  # whether inside the bubble it is one straight line; if so:
    leaves_mm: float  # how far beyond the outline that line goes on its longer side
    enters_mm: float  # and on its shorter side
    share: float  # of the ink that it leaves in any bubble, the part in this one (0..1)
    home: float  # of all its ink nearby, the part in this bubble (0..1)


NOTHING = Stroke(0.0, straight=False, leaves_mm=0.0, enters_mm=0.0, share=1.0, home=1.0)


def trace(
    ink: NDArray[np.bool_],
    others_mm: NDArray[np.float64],
    radius_mm: float,
    px_per_mm: float,
) -> Stroke:
    """Follow the ink of the bubble in the middle of a patch.

    Args:
        ink: (side, side), the bubble's centre in the middle, ``REACH_MM`` to each side.
        others_mm: (n, 2) centres of the bubbles nearby, relative to this one.
        radius_mm: Of every printed outline.
        px_per_mm: Of the patch.
    """
    side = ink.shape[0]
    steps = (np.arange(side) - side // 2) / px_per_mm
    gx, gy = np.meshgrid(steps, steps)
    distance = np.hypot(gx, gy)
    inner = radius_mm - BAND_MM
    free = ink & (np.abs(distance - radius_mm) >= BAND_MM)
    near = [(x, y) for x, y in others_mm if max(abs(x), abs(y)) < REACH_MM + radius_mm]
    for x, y in near:
        free &= np.abs(np.hypot(gx - x, gy - y) - radius_mm) >= BAND_MM
    mine = free & (distance < inner)
    if np.count_nonzero(mine) < 3:
        return NOTHING
    # Strokes were cut where they cross an outline; growing by half the cut joins them again
    # (one sample more than half, because strokes cross at an angle).
    grow = 2 * (int(np.ceil(BAND_MM * px_per_mm)) + 1) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (grow, grow))
    _count, labels = cv2.connectedComponents(cv2.dilate(free.astype(np.uint8), kernel))
    stroke = free & np.isin(labels, np.unique(labels[mine]))
    inside = float(np.count_nonzero(mine))
    elsewhere = max(
        (float(np.count_nonzero(stroke & (np.hypot(gx - x, gy - y) < inner))) for x, y in near),
        default=0.0,
    )
    longest, narrowest, angle = _widths(mine)
    thickness = 2 * float(cv2.distanceTransform(mine.astype(np.uint8), cv2.DIST_L2, 3).max())
    straight = narrowest < min(thickness + _BENT_MM * px_per_mm, longest / _LINE_RATIO)
    far, near_end = _ends(gx[stroke], gy[stroke], gx[mine], gy[mine], angle)
    return Stroke(
        extent_mm=longest / px_per_mm,
        straight=straight,
        leaves_mm=max(0.0, far - radius_mm) if straight else 0.0,
        enters_mm=max(0.0, near_end - radius_mm) if straight else 0.0,
        share=inside / (inside + elsewhere),
        home=inside / float(np.count_nonzero(stroke)),
    )


def _ends(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    inside_x: NDArray[np.float64],
    inside_y: NDArray[np.float64],
    angle: float,
) -> tuple[float, float]:
    """How far a line at *angle* reaches from the bubble's centre: longer and shorter side.

    Only the stroke's ink near the line counts, so a word that it touches does not.
    """
    offset = float(np.median(-inside_x * np.sin(angle) + inside_y * np.cos(angle)))
    beside = np.abs(-x * np.sin(angle) + y * np.cos(angle) - offset) < _ALONG_MM
    along = (x * np.cos(angle) + y * np.sin(angle))[beside]
    if not len(along):
        return 0.0, 0.0
    ends = sorted((float(along.max()), float(-along.min())))
    return ends[1], ends[0]


def ray_points(radius_mm: float) -> NDArray[np.float64]:
    """Where to look for a ring drawn round a bubble, (RAYS, n, 2) mm from its centre."""
    lengths = np.arange(radius_mm + BAND_MM + 0.05, _RAY_END_MM, _RAY_STEP_MM)
    angles = np.arange(RAYS) * 2 * np.pi / RAYS
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points: NDArray[np.float64] = directions[:, None, :] * lengths[None, :, None]
    return points


def _widths(ink: NDArray[np.bool_]) -> tuple[float, float, float]:
    """The greatest and the least width of *ink* in px, and the direction of the greatest."""
    rows, columns = np.nonzero(ink)
    angles = np.arange(16) * np.pi / 16
    along = np.outer(np.cos(angles), columns) + np.outer(np.sin(angles), rows)
    widths = along.max(axis=1) - along.min(axis=1) + 1.0
    return float(widths.max()), float(widths.min()), float(angles[widths.argmax()])
