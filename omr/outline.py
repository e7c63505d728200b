"""Finding each bubble's printed outline: how the paper lies between the fiducials (pure).

The four fiducials hold the sheet at its corners; uneven feed and bent paper move what is
between them. Each outline that can be seen says by how much, and a smooth surface through
what they say moves the bubbles whose outline is hidden under a mark as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.products import product
from omr.shades import Shades
from omr.surfaces import TERMS, Surface, fit_surface, shared_out
from omr.views import PatchViews, Views

REACH_MM = 0.9  # as far as an outline is looked for
_BAND_MM = 0.35  # width of the band that stands for the outline: its line and some blur
_CLEAR_PEAK = 0.06  # the outline is so much darker than both sides of it, or it is not seen
_LEAST_SPREAD_MM = 0.03  # outlines of a sharp scan are found to so much


_STEP = 2  # px between the shifts that are tried first, on samples averaged 2 x 2
_INNER_HALF = 8  # px: this far round its middle a bubble is light, or a mark hides its outline
_MOST_INNER = 0.15  # darkness

_LOCAL_MM = 12.0  # two rows: what moves one moves its neighbours
_HALF_A_NEIGHBOUR = 0.5  # weight of "nothing was missed" there
_OUT_OF_PLACE_MM = 0.12  # half of the outline's line: less hardly shows inside
_LOST_MM = 0.20  # no surface follows this paper; a flat sheet's outlines agree to 0.05 mm
_MOST_OUTLINES = 0.9  # share of them
_ONE_OUTLINE_MM = 0.35  # the band that stands for an outline; further off is something else

Floats = NDArray[np.float32]
Levels = NDArray[np.float32 | np.uint8]


@dataclass(frozen=True, slots=True)
class Settled:
    """Where the bubbles really lie."""

    offsets_mm: NDArray[np.float64]  # (n, 2): to be added to the printed centres
    largest_mm: float
    share_found: float  # of bubbles whose outline was seen
    surface: Surface | None = None  # through the offsets; None where too few were seen

    def shifts(
        self, points_mm: NDArray[np.float64], centres_mm: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """How far the paper lies from where it should anywhere, (m, 2) mm.

        Args:
            points_mm: (m, 2) on the flat page.
            centres_mm: (n, 2) the printed centres of the bubbles.
        """
        if self.surface is None:
            return np.zeros_like(points_mm)
        smooth = self.surface.at(points_mm)
        every = np.ones(len(centres_mm), np.bool_)
        return smooth + _local(points_mm, centres_mm, self.offsets_mm, every, self.surface)


@dataclass(frozen=True, slots=True)
class _Search:
    """Everything about looking for outlines that is the same on every sheet."""

    kernel: Floats  # (2 * half + 1,) * 2
    reach: int  # px that an outline may be off
    rough: Floats  # (blocks, shifts): the kernel over 2 x 2 means, at every second shift
    rough_shifts: NDArray[np.int64]  # (shifts, 2): dx, dy
    fine: Floats  # (used, 25): the kernel at shifts -2 .. 2, where any of them is not zero
    fine_at: NDArray[np.int64]  # (2, used) right and down of the patch's middle


def settle_offsets(
    patches: Levels | Views,
    centres_mm: NDArray[np.float64],
    radius_mm: float,
    px_per_mm: float,
    shades: Shades | None = None,
) -> Settled:
    """Compare expected and seen outlines; smooth the differences over the sheet.

    Args:
        patches: (n, side, side) round the expected centres, or views of them: darkness, or
            grey levels and the *shades* that turn them into darkness.
        centres_mm: (n, 2) printed centres.
        radius_mm: Of the printed outline.
        px_per_mm: Of the patches.
        shades: Of this sheet.
    """
    seen, clear = _outline_offsets(patches, radius_mm, px_per_mm, shades)
    share = float(clear.mean())
    if np.count_nonzero(clear) < 2 * TERMS:
        nothing = np.zeros_like(centres_mm)
        return Settled(nothing, 0.0, share)
    surface = fit_surface(centres_mm, seen, which=clear, least_spread=_LEAST_SPREAD_MM)
    smooth = surface.at(centres_mm) + _local(centres_mm, centres_mm, seen, clear, surface)
    off = np.where(clear, np.hypot(*(seen - smooth).T), 0.0)
    offsets = np.clip(_snapped(smooth, seen, off), -REACH_MM, REACH_MM)
    # Where many outlines lie elsewhere still, nobody knows where the hidden ones lie.
    lost = _quantile(off[clear], _MOST_OUTLINES) > _LOST_MM
    largest = REACH_MM if lost else float(np.hypot(*offsets.T).max())
    return Settled(offsets, largest, share, surface)


def _quantile(values: NDArray[np.float64], share: float) -> float:
    """As ``numpy.quantile``, for a few values a twentieth of its time."""
    ordered = np.sort(values).tolist()
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (at - low) * (ordered[high] - ordered[low]))


def _local(
    wanted_mm: NDArray[np.float64],
    at_mm: NDArray[np.float64],
    seen_mm: NDArray[np.float64],
    clear: NDArray[np.bool_],
    surface: Surface,
) -> NDArray[np.float64]:
    """What the surface misses round each of *wanted_mm*, (m, 2) mm, by what was *clear* (n,).

    Feed slips and creases move a few rows together, which six terms cannot follow.
    """
    missed = seen_mm - surface.at(at_mm)
    near = clear & (np.hypot(*missed.T) < _ONE_OUTLINE_MM)
    return shared_out(
        wanted_mm, at_mm, missed, which=near, reach_mm=_LOCAL_MM, nothing=_HALF_A_NEIGHBOUR
    )


def _snapped(
    smooth: NDArray[np.float64], seen: NDArray[np.float64], off_mm: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Offsets with those of blank bubbles moved to their own outline where it lies elsewhere.

    Else the outline would come inside the bubble and pass for ink. What lies further off
    than an outline ever does is something else: a ring drawn by hand, a printed word.
    """
    own = (off_mm > _OUT_OF_PLACE_MM) & (off_mm < _ONE_OUTLINE_MM)
    return np.where(own[:, None], seen, smooth)


def _outline_offsets(
    patches: Levels | Views, radius_mm: float, px_per_mm: float, shades: Shades | None = None
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Each outline's offset, (n, 2) mm, and whether it was seen clearly, (n,).

    The kernel's answer is looked for roughly first, then exactly at the 25 shifts round the
    best. Where the best of those is at their rim the rough look was deceived, and all
    shifts are tried.
    """
    views = PatchViews(patches) if isinstance(patches, np.ndarray) else patches
    count = len(views.coarse)
    search = _search(radius_mm, px_per_mm, views.side)
    every, unmoved = np.arange(count), np.zeros((count, 2), np.int64)
    best = _rough_shifts(views, search, darker=1 if shades is None else -1)
    answers = product(_dark(views.near(every, best, search.fine_at), shades), search.fine)
    window = answers.reshape(count, 5, 5)
    # Shifts beyond the reach are there for the parabola's sake only.
    allowed = np.abs(best[:, :, None] + np.arange(-2, 3)) <= search.reach
    held = np.where(allowed[:, 1, :, None] & allowed[:, 0, None, :], window, -np.inf)
    where = held.reshape(count, -1).argmax(axis=1)
    row, column = where // 5, where % 5
    shift = best + np.stack([column, row], axis=1) - 2
    light = _dark(views.near(every, unmoved, _INNER), shades).mean(axis=1) < _MOST_INNER
    inside = (np.abs(shift) < search.reach).all(axis=1)
    high = answers[np.arange(count), where] > _CLEAR_PEAK
    rim = (np.abs(np.stack([column, row])) % 4 == 0).any(axis=0)
    clear = light & high & inside & ~rim
    offsets = np.zeros((count, 2))
    found = np.flatnonzero(clear)
    offsets[found] = best[found] - 2 + _peaks(window[found], row[found], column[found])
    again = np.flatnonzero(light & high & inside & rim)
    if len(again):
        side = views.side
        patch = views.near(again, unmoved[again], _square(side // 2)).reshape(-1, side, side)
        for n, dark in zip(again, _dark(patch, shades and shades.of(again)), strict=True):
            offset = _search_all(dark, search)
            if offset is not None:
                offsets[n], clear[n] = offset, True
    return offsets / px_per_mm, clear


def _square(half: int) -> NDArray[np.int64]:
    """Every sample of a square patch, row by row, (2, m) right and down of its middle."""
    down, across = np.mgrid[-half : half + 1, -half : half + 1]
    return np.stack([across.ravel(), down.ravel()])


_INNER = _square(_INNER_HALF)


def _dark(levels: Levels, shades: Shades | None) -> Floats:
    return np.asarray(levels, np.float32) if shades is None else shades.dark(levels)


def _rough_shifts(views: Views, search: _Search, *, darker: int) -> NDArray[np.int64]:
    """The best of every second shift, (n, 2) px, near enough to the edge to look round it.

    Grey levels do as well as darkness here: the kernel's sum is zero, so paper and contrast
    change the size of its answers, not which is the greatest (*darker* is -1 for levels).
    """
    blocks = np.asarray(views.coarse, np.float32)
    answers = product(blocks.reshape(len(blocks), -1), search.rough)
    found = search.rough_shifts[(darker * answers).argmax(axis=1)]
    most = (views.side - search.kernel.shape[0]) // 2 - 2
    near: NDArray[np.int64] = np.clip(found, -most, most)
    return near


def _search_all(dark: Floats, search: _Search) -> NDArray[np.float64] | None:
    """The offset of one patch's outline in px, from every shift; None if it is not clear."""
    middle, half, reach = dark.shape[0] // 2, search.kernel.shape[0] // 2, search.reach
    cut = slice(middle - reach - half, middle + reach + half + 1)
    answer = np.asarray(
        cv2.matchTemplate(dark[cut, cut], search.kernel, cv2.TM_CCORR), dtype=np.float32
    )
    _low, high, _where_low, (column, row) = cv2.minMaxLoc(answer)
    at_edge = not (0 < row < 2 * reach and 0 < column < 2 * reach)
    if high <= _CLEAR_PEAK or at_edge:
        return None
    peak: NDArray[np.float64] = _peaks(answer[None], np.array([row]), np.array([column]))[0]
    return peak - reach


def _peaks(
    answers: Floats, rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The maxima's places in *answers* (n, h, w), (x, y) to a part of a pixel (parabola)."""
    n = np.arange(len(answers))
    at = answers[n, rows, columns].astype(np.float64)

    def between(before: Floats, after: Floats) -> NDArray[np.float64]:
        bend = before - 2 * at + after
        bent = np.abs(bend) >= 1e-9
        return np.where(bent, 0.5 * (before - after) / np.where(bent, bend, 1.0), 0.0)

    dx = between(answers[n, rows, columns - 1], answers[n, rows, columns + 1])
    dy = between(answers[n, rows - 1, columns], answers[n, rows + 1, columns])
    return np.stack([columns + dx, rows + dy], axis=1)


@lru_cache(maxsize=8)
def _search(radius_mm: float, px_per_mm: float, side: int) -> _Search:
    kernel = _outline_kernel(radius_mm, px_per_mm)
    half, reach, middle = kernel.shape[0] // 2, round(REACH_MM * px_per_mm), side // 2
    if middle < half + reach:
        raise ValueError(f"patches of {side} samples are too small for outlines {reach} off")
    even = middle * 2
    steps = np.arange(-(reach // _STEP + 1) * _STEP, reach + _STEP + 1, _STEP)
    shifts = np.array([(dx, dy) for dy in steps for dx in steps])
    rough = []
    for dx, dy in shifts:
        placed = _placed(kernel, middle + dx, middle + dy, side)[:even, :even]
        rough.append(placed.reshape(middle, 2, middle, 2).sum(axis=(1, 3)).ravel())
    fine = [
        _placed(kernel, middle + dx, middle + dy, side).ravel()
        for dy in range(-2, 3)
        for dx in range(-2, 3)
    ]
    stacked = np.stack(fine, axis=1)
    used = np.flatnonzero(stacked.any(axis=1))
    return _Search(
        kernel=kernel,
        reach=reach,
        rough=np.ascontiguousarray(np.stack(rough, axis=1), np.float32),
        rough_shifts=shifts,
        fine=np.ascontiguousarray(stacked[used], np.float32),
        fine_at=np.stack([used % side, used // side]) - middle,
    )


def _placed(kernel: Floats, column: int, row: int, side: int) -> Floats:
    """The kernel on an empty patch with its middle there; what sticks out is cut off."""
    half = kernel.shape[0] // 2
    wide = np.zeros((side + 2 * half, side + 2 * half), np.float32)
    wide[row : row + 2 * half + 1, column : column + 2 * half + 1] = kernel
    return wide[half : half + side, half : half + side]


def _outline_kernel(radius_mm: float, px_per_mm: float) -> NDArray[np.float32]:
    """Outline minus what lies on both sides of it; the sum of the positive part is 1."""
    half = int(np.ceil((radius_mm + 2 * _BAND_MM) * px_per_mm))
    steps = np.arange(-half, half + 1) / px_per_mm
    distance = np.hypot(*np.meshgrid(steps, steps))
    band = np.abs(distance - radius_mm)
    line = (band <= _BAND_MM / 2).astype(np.float32)
    sides = ((band > _BAND_MM / 2) & (band <= 1.5 * _BAND_MM)).astype(np.float32)
    return np.asarray(line / line.sum() - sides / sides.sum(), dtype=np.float32)
