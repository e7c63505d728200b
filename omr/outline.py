"""Finding each bubble's printed outline: how the paper lies between the fiducials (pure).

The four fiducials hold the sheet at its corners; uneven feed and bent paper move what is
between them. Each outline that can be seen says by how much, and a smooth surface through
what they say moves the bubbles whose outline is hidden under a mark as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.surfaces import TERMS, robust_surface

REACH_MM = 0.9  # as far as an outline is looked for
_BAND_MM = 0.35  # width of the band that stands for the outline: its line and some blur
_CLEAR_PEAK = 0.06  # the outline is so much darker than both sides of it, or it is not seen
_LEAST_SPREAD_MM = 0.03  # outlines of a sharp scan are found to so much


@dataclass(frozen=True, slots=True)
class Settled:
    """Where the bubbles really lie."""

    offsets_mm: NDArray[np.float64]  # (n, 2): to be added to the printed centres
    largest_mm: float
    share_found: float  # of bubbles whose outline was seen


def settle_offsets(
    dark: NDArray[np.float32],
    centres_mm: NDArray[np.float64],
    radius_mm: float,
    px_per_mm: float,
) -> Settled:
    """Compare expected and seen outlines; smooth the differences over the sheet.

    Args:
        dark: (n, side, side) darkness of the patches round the expected centres.
        centres_mm: (n, 2) printed centres.
        radius_mm: Of the printed outline.
        px_per_mm: Of the patches.
    """
    seen, clear = _outline_offsets(dark, radius_mm, px_per_mm)
    nothing = np.zeros_like(centres_mm)
    if np.count_nonzero(clear) < 2 * TERMS:
        return Settled(nothing, 0.0, float(clear.mean()))
    surface = robust_surface(
        centres_mm[clear], seen[clear], centres_mm, least_spread=_LEAST_SPREAD_MM
    )
    surface = np.clip(surface, -REACH_MM, REACH_MM)
    return Settled(surface, float(np.hypot(*surface.T).max()), float(clear.mean()))


def _outline_offsets(
    dark: NDArray[np.float32], radius_mm: float, px_per_mm: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Each outline's offset, (n, 2) mm, and whether it was seen clearly, (n,)."""
    count, side, _side = dark.shape
    kernel = _outline_kernel(radius_mm, px_per_mm)
    reach = round(REACH_MM * px_per_mm)
    middle = side // 2
    offsets = np.zeros((count, 2))
    clear = np.zeros(count, dtype=bool)
    half = kernel.shape[0] // 2
    cut = slice(middle - reach - half, middle + reach + half + 1)
    for n in range(count):
        answer = np.asarray(
            cv2.matchTemplate(dark[n, cut, cut], kernel, cv2.TM_CCORR), dtype=np.float32
        )
        _low, high, _where_low, (column, row) = cv2.minMaxLoc(answer)
        inner = dark[n, middle - 8 : middle + 9, middle - 8 : middle + 9]
        at_edge = not (0 < row < 2 * reach and 0 < column < 2 * reach)
        clear[n] = high > _CLEAR_PEAK and not at_edge and float(inner.mean()) < 0.15
        if clear[n]:
            offsets[n] = _peak(answer, row, column, reach) / px_per_mm
    return offsets, clear


def _peak(answer: NDArray[np.float32], row: int, column: int, reach: int) -> NDArray[np.float64]:
    """The maximum's place relative to the middle, to a part of a pixel (parabola)."""

    def between(before: float, at: float, after: float) -> float:
        bend = before - 2 * at + after
        return 0.0 if abs(bend) < 1e-9 else 0.5 * (before - after) / bend

    dx = between(*(float(v) for v in answer[row, column - 1 : column + 2]))
    dy = between(*(float(v) for v in answer[row - 1 : row + 2, column]))
    return np.array([column + dx - reach, row + dy - reach])


def _outline_kernel(radius_mm: float, px_per_mm: float) -> NDArray[np.float32]:
    """Outline minus what lies on both sides of it; the sum of the positive part is 1."""
    half = int(np.ceil((radius_mm + 2 * _BAND_MM) * px_per_mm))
    steps = np.arange(-half, half + 1) / px_per_mm
    distance = np.hypot(*np.meshgrid(steps, steps))
    band = np.abs(distance - radius_mm)
    line = (band <= _BAND_MM / 2).astype(np.float32)
    sides = ((band > _BAND_MM / 2) & (band <= 1.5 * _BAND_MM)).astype(np.float32)
    return np.asarray(line / line.sum() - sides / sides.sum(), dtype=np.float32)
