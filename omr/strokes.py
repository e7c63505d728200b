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

Masks = NDArray[np.bool_]


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
    ink: Masks,
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
    found = [NOTHING] * len(which)
    middle = _middle(around)
    core = ink[:, middle, middle] & around.free[which, middle, middle]
    core &= around.inner[middle, middle]
    inside = np.count_nonzero(core, axis=(1, 2))
    kept = np.flatnonzero(inside >= _FEWEST)
    if not len(kept):
        return found
    core, inside, numbers = core[kept], inside[kept], which[kept]
    free = ink[kept] & around.free[numbers]
    stroke = _whole(free, core, middle.start, int(np.ceil(BAND_MM * px_per_mm)) + 1)
    nearby, elsewhere = _shared(stroke, around.owner[numbers])
    longest, narrowest, angles = _widths(core)
    bent = 2 * _depths(core) + _BENT_MM * px_per_mm
    straight = narrowest < np.minimum(bent, longest / _LINE_RATIO)
    for k, n in enumerate(kept):
        far, near = 0.0, 0.0
        if straight[k]:
            mine = stroke[k] & around.inner
            far, near = _ends(stroke[k], mine, float(angles[k]), px_per_mm)
        found[n] = Stroke(
            extent_mm=float(longest[k]) / px_per_mm,
            straight=bool(straight[k]),
            leaves_mm=max(0.0, far - radius_mm),
            enters_mm=max(0.0, near - radius_mm),
            share=float(inside[k] / (inside[k] + elsewhere[k])),
            home=float(inside[k] / nearby[k]),
        )
    return found


def _whole(free: Masks, core: Masks, first: int, growth: int) -> Masks:
    """Of the ink in *free* (k, side, side) what hangs together with the bubble's own.

    Strokes were cut where they cross an outline; growing by half the cut joins them again
    (one sample more than half, because strokes cross at an angle).

    Args:
        free: Away from every outline.
        core: (k, width, width) the part of it that is inside, ...
        first: ... from this row and column of the patch on.
        growth: Samples to each side.
    """
    count, side, _side = free.shape
    # One picture of all patches, so far apart that none grows into the next.
    grown = np.zeros((count, side + growth, side), np.uint8)
    grown[:, :side] = free
    tall = grown.reshape(-1, side)
    cv2.dilate(tall, _disc(growth), dst=tall)
    grown[:, side:] = 0
    parts, tall_labels = cv2.connectedComponents(tall, ltype=cv2.CV_16U)
    labels = tall_labels.reshape(grown.shape)[:, :side]
    last = first + core.shape[1]
    belongs = np.zeros(parts, np.bool_)
    belongs[labels[:, first:last, first:last][core]] = True
    whole = free.copy()
    whole[free] = belongs[labels[free]]
    return whole


def _shared(stroke: Masks, owner: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each stroke's ink in all, (k,), and in that other bubble which has most of it, (k,)."""
    count, side, _side = stroke.shape
    at = np.flatnonzero(stroke)
    numbered = at // (side * side) * 256 + owner.ravel()[at]
    tally = np.bincount(numbered, minlength=256 * count).reshape(count, 256)
    return tally.sum(axis=1), tally[:, 1:].max(axis=1)


def _depths(core: Masks) -> NDArray[np.float64]:
    """How far the ink's innermost sample lies from its edge, (k,) px."""
    count, side, _side = core.shape
    tall = core.view(np.uint8).reshape(-1, side)
    depths = np.asarray(cv2.distanceTransform(tall, cv2.DIST_L2, 3), np.float64)
    deepest: NDArray[np.float64] = depths.reshape(count, -1).max(axis=1)
    return deepest


def _widths(core: Masks) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Each ink's greatest and least width in px, and the direction of the greatest; (k,) each."""
    count, side, _side = core.shape
    at = np.flatnonzero(core)
    patch, place = np.divmod(at, side * side)
    starts = np.searchsorted(patch, np.arange(count))
    along = np.array(np.divmod(place, side)[::-1]).T @ _DIRECTIONS
    widths = np.maximum.reduceat(along, starts) - np.minimum.reduceat(along, starts) + 1.0
    return widths.max(axis=1), widths.min(axis=1), _ANGLES[widths.argmax(axis=1)]


def _middle(around: Nearby) -> slice:
    """The rows, and the columns, with the bubble's inside and one sample more each side."""
    used = np.flatnonzero(around.inner.any(axis=1))
    return slice(int(used[0]) - 1, int(used[-1]) + 2)


@lru_cache(maxsize=4)
def _disc(by: int) -> NDArray[np.uint8]:
    return np.asarray(
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * by + 1, 2 * by + 1)), np.uint8
    )


def _ends(stroke: Masks, mine: Masks, angle: float, px_per_mm: float) -> tuple[float, float]:
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


def _points(ink: Masks, px_per_mm: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the ink lies from the patch's middle: x and y, mm."""
    side = ink.shape[1]
    rows, columns = np.divmod(np.flatnonzero(ink), side)
    return (columns - side // 2) / px_per_mm, (rows - side // 2) / px_per_mm
