"""How the ink in a bubble lies, and whether it is really this bubble's (pure).

A tick's tail may run into the bubble above, a pen's slip may cross several, a ring may be
drawn round one. The amount of ink alone cannot tell these from a mark; its course can.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.nearby import BAND_MM, Nearby

_BENT_MM = 0.35  # a line's ink is at most so much broader than the line itself
_ALONG_MM = 1.0  # a hand-drawn line strays so far from straight over a bubble's width
_LINE_RATIO = 1.6  # a line is at least so much longer than broad
_ANGLES = np.arange(16) * np.pi / 16
_DIRECTIONS = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)])
_FEWEST = 3  # samples of ink that have a course


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
    which: NDArray[np.int64],
    around: Nearby,
    radius_mm: float,
    px_per_mm: float,
) -> list[Stroke]:
    """Follow the ink of some bubbles, each in the middle of its patch.

    Args:
        ink: (k, side, side) as wide as the masks of *around*.
        which: (k,) the bubbles' numbers in *around*.
        around: What is printed round every bubble.
        radius_mm: Of every printed outline.
        px_per_mm: Of the patches.
    """
    # Strokes were cut where they cross an outline; growing by half the cut joins them again
    # (one sample more than half, because strokes cross at an angle).
    kernel = _growth(int(np.ceil(BAND_MM * px_per_mm)) + 1)
    middle = _middle(around)
    found = []
    for patch, n in zip(ink, which, strict=True):
        free = patch & around.free[n]
        mine = free & around.inner
        inside = np.count_nonzero(mine)
        if inside < _FEWEST:
            found.append(NOTHING)
            continue
        _count, labels = cv2.connectedComponents(
            cv2.dilate(free.view(np.uint8), kernel), ltype=cv2.CV_16U
        )
        belongs = np.zeros(_count, np.bool_)
        belongs[labels[mine]] = True
        stroke = free & belongs[labels]
        owners = np.bincount(around.owner[n][stroke])
        elsewhere = int(owners[1:].max(initial=0))
        core = mine[middle, middle]
        longest, narrowest, angle = _widths(core)
        thickness = 2 * float(cv2.distanceTransform(core.view(np.uint8), cv2.DIST_L2, 3).max())
        straight = narrowest < min(thickness + _BENT_MM * px_per_mm, longest / _LINE_RATIO)
        far, near = _ends(stroke, mine, angle, px_per_mm) if straight else (0.0, 0.0)
        found.append(
            Stroke(
                extent_mm=longest / px_per_mm,
                straight=straight,
                leaves_mm=max(0.0, far - radius_mm),
                enters_mm=max(0.0, near - radius_mm),
                share=inside / (inside + elsewhere),
                home=inside / np.count_nonzero(stroke),
            )
        )
    return found


def _middle(around: Nearby) -> slice:
    """The rows, and the columns, with the bubble's inside and one sample more each side."""
    used = np.flatnonzero(around.inner.any(axis=1))
    return slice(int(used[0]) - 1, int(used[-1]) + 2)


@lru_cache(maxsize=4)
def _growth(by: int) -> NDArray[np.uint8]:
    return np.asarray(
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * by + 1, 2 * by + 1)), np.uint8
    )


def _ends(
    stroke: NDArray[np.bool_], mine: NDArray[np.bool_], angle: float, px_per_mm: float
) -> tuple[float, float]:
    """How far a line at *angle* reaches from the bubble's centre: longer and shorter side, mm.

    Only the stroke's ink near the line counts, so a word that it touches does not.
    """
    sine, cosine = float(np.sin(angle)), float(np.cos(angle))
    x, y = _points(stroke, px_per_mm)
    across = y * cosine - x * sine
    inside_x, inside_y = _points(mine, px_per_mm)
    offset = float(np.median(inside_y * cosine - inside_x * sine))
    along = (x * cosine + y * sine)[np.abs(across - offset) < _ALONG_MM]
    if not len(along):
        return 0.0, 0.0
    ends = sorted((float(along.max()), float(-along.min())))
    return ends[1], ends[0]


def _points(
    ink: NDArray[np.bool_], px_per_mm: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the ink lies from the patch's middle: x and y, mm."""
    side = ink.shape[1]
    rows, columns = np.divmod(np.flatnonzero(ink), side)
    return (columns - side // 2) / px_per_mm, (rows - side // 2) / px_per_mm


def _widths(ink: NDArray[np.bool_]) -> tuple[float, float, float]:
    """The greatest and the least width of *ink* in px, and the direction of the greatest."""
    rows, columns = np.divmod(np.flatnonzero(ink), ink.shape[1])
    along = np.outer(_DIRECTIONS[0], columns) + np.outer(_DIRECTIONS[1], rows)
    widths = along.max(axis=1) - along.min(axis=1) + 1.0
    return float(widths.max()), float(widths.min()), float(_ANGLES[widths.argmax()])
