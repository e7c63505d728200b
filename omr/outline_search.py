"""Where each bubble's printed outline is seen, near where it is expected (pure).

Nearly all lie within a few tenths of a millimetre: those are found on a wheel of samples round
the expected circle. Only where that shows no clear outline is a whole patch searched.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.products import product
from omr.shades import Shades
from omr.views import Levels, PatchViews, Views

REACH_MM = 0.9  # as far as an outline is looked for
_BAND_MM = 0.35  # width of the band that stands for the outline: its line and some blur
_CLEAR_PEAK = 0.06  # the outline is so much darker than both sides of it, or it is not seen

_STEP = 2  # px between the shifts that are tried first, on samples averaged 2 x 2
_NEAR = 2  # px: shifts that are tried round the best of the rough ones ...
_AT_WHEEL = 4  # ... and at the wheel: 0.5 mm, farther than nearly all outlines lie off
_SPOKES = 20  # of the wheel: 16 to 32 find the same place to 0.01 mm; 1.3 px on a spoke do not
_QUARTERS = 4
_INNER_HALF = 8  # px: this far round its middle a bubble is light, or a mark hides its outline
_MOST_INNER = 0.15  # darkness

Floats = NDArray[np.float32]
Offsets = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Outlines:
    """Where the outlines are seen.

    Attributes:
        offsets_mm: (n, 2); zero where nothing was seen clearly.
        clear: (n,) whether it was.
        weakest: (n,) how much darker than both sides its least visible quarter is, darkness; an
            outline that is covered in part shows less there.
    """

    offsets_mm: Offsets
    clear: Flags
    weakest: Offsets


@dataclass(frozen=True, slots=True)
class _Search:
    """Everything about looking for outlines that is the same on every sheet."""

    kernel: Floats  # (2 * half + 1,) * 2
    reach: int  # px that an outline may be off
    rough: Floats  # (blocks, shifts): the kernel over 2 x 2 means, at every second shift
    rough_shifts: Integers  # (shifts, 2): dx, dy
    fine: Floats  # (used, 25): the kernel at shifts -2 .. 2, where any of them is not zero
    fine_at: Integers  # (2, used) right and down of the patch's middle


@dataclass(frozen=True, slots=True)
class _Wheel:
    """Samples on spokes across the expected circle, and some well inside it."""

    at_px: Offsets  # (2, rim + inner) right and down of the expected middle
    rim: int  # so many of them lie on the spokes
    answers: Floats  # (rim, 81): the kernel at shifts -4 .. 4


def outline_offsets(
    patches: Levels | Views, radius_mm: float, px_per_mm: float, shades: Shades | None = None
) -> Outlines:
    """Look for every outline.

    Args:
        patches: As for :func:`omr.outline.settle_offsets`.
        radius_mm: Of the printed outline.
        px_per_mm: Of the patches.
        shades: Of this sheet.
    """
    views = PatchViews(patches) if isinstance(patches, np.ndarray) else patches
    wheel = _wheel(radius_mm, px_per_mm)
    dark = _dark(views.around(wheel.at_px), shades)
    rim = np.ascontiguousarray(dark[:, : wheel.rim])
    answers = product(rim, wheel.answers)
    light = dark[:, wheel.rim :].mean(axis=1) < _MOST_INNER
    best = answers.argmax(axis=1)
    clear = light & (answers.max(axis=1) > _CLEAR_PEAK) & ~_is_rim(best, _AT_WHEEL)
    offsets = np.zeros((len(dark), 2))
    offsets[clear] = _refined(answers[clear], best[clear], _AT_WHEEL)
    weakest = _weakest(rim, wheel.answers.T[best])
    elsewhere = np.flatnonzero(light & ~clear)
    if len(elsewhere):
        search = _search(radius_mm, px_per_mm, views.side)
        found, seen, whole = _searched(views, elsewhere, search, shades)
        offsets[elsewhere], clear[elsewhere] = found, seen
        weakest[elsewhere[seen]] = whole[seen]  # the wheel turned in another place
    return Outlines(offsets / px_per_mm, clear, weakest)


def _weakest(rim: Floats, kernels: Floats) -> Offsets:
    """What each outline's own kernel (n, rim) says of its least visible quarter, (n,)."""
    quarters = (rim * kernels).reshape(len(rim), _QUARTERS, -1).sum(axis=2)
    least: Offsets = _QUARTERS * quarters.min(axis=1).astype(np.float64)
    return least


def _searched(
    views: Views, which: Integers, search: _Search, shades: Shades | None
) -> tuple[Offsets, Flags, Floats]:
    """Of *which* (k,) outlines that are not where they are expected: offsets in px, if clear.

    How dark the whole outline is comes third.

    The kernel's answer is looked for roughly first, then exactly at the 25 shifts round the
    best. Where the best of those is at their rim the rough look was deceived, and all
    shifts are tried.
    """
    own = shades and shades.of(which)
    rough = _rough_shifts(views, which, search, darker=1 if shades is None else -1)
    answers = product(_dark(views.near(which, rough, search.fine_at), own), search.fine)
    # Shifts beyond the reach are there for the parabola's sake only.
    allowed = np.abs(rough[:, :, None] + np.arange(-_NEAR, _NEAR + 1)) <= search.reach
    within = (allowed[:, 1, :, None] & allowed[:, 0, None, :]).reshape(len(which), -1)
    best = np.where(within, answers, -np.inf).argmax(axis=1)
    shift = rough + _shift_of(best, _NEAR)
    inside = (np.abs(shift) < search.reach).all(axis=1)
    whole = answers[np.arange(len(which)), best]
    high = whole > _CLEAR_PEAK
    rim = _is_rim(best, _NEAR)
    clear = high & inside & ~rim
    offsets = np.zeros((len(which), 2))
    offsets[clear] = rough[clear] + _refined(answers[clear], best[clear], _NEAR)
    again = np.flatnonzero(high & inside & rim)
    if len(again):
        side, unmoved = views.side, np.zeros((len(again), 2), np.int64)
        square = views.near(which[again], unmoved, _square(side // 2))
        patches = square.reshape(-1, side, side)
        for n, dark in zip(again, _dark(patches, own and own.of(again)), strict=True):
            offset = _search_all(dark, search)
            if offset is not None:
                offsets[n], clear[n] = offset, True
    return offsets, clear, whole


def _shift_of(best: Integers, reach: int) -> Integers:
    """Right and down, px, of the *best* (n,) of the shifts within *reach*, (n, 2)."""
    rows, columns = np.divmod(best, 2 * reach + 1)
    return np.stack([columns, rows], axis=1) - reach


def _is_rim(best: Integers, reach: int) -> Flags:
    """Whether the *best* of the shifts within *reach* are the outermost ones."""
    found: Flags = (np.abs(_shift_of(best, reach)) == reach).any(axis=1)
    return found


def _refined(answers: Floats, best: Integers, reach: int) -> Offsets:
    """The *best* (n,) shifts of *answers* (n, shifts), to a part of a pixel, (n, 2) px."""
    side = 2 * reach + 1
    return _peaks(answers.reshape(-1, side, side), *np.divmod(best, side)) - reach


def _square(half: int, step: int = 1) -> Integers:
    """Samples of a square patch, row by row, (2, m) right and down of its middle."""
    down, across = np.mgrid[-half : half + 1 : step, -half : half + 1 : step]
    return np.stack([across.ravel(), down.ravel()])


def _dark(levels: Levels, shades: Shades | None) -> Floats:
    return np.asarray(levels, np.float32) if shades is None else shades.dark(levels)


def _rough_shifts(views: Views, which: Integers, search: _Search, *, darker: int) -> Integers:
    """The best of every second shift, (k, 2) px, near enough to the edge to look round it.

    Grey levels do as well as darkness here: the kernel's sum is zero, so paper and contrast
    change the size of its answers, not which is the greatest (*darker* is -1 for levels).
    """
    blocks = np.asarray(views.coarse(which), np.float32)
    answers = product(blocks.reshape(len(blocks), -1), search.rough)
    found = search.rough_shifts[(darker * answers).argmax(axis=1)]
    most = (views.side - search.kernel.shape[0]) // 2 - _NEAR
    near: Integers = np.clip(found, -most, most)
    return near


def _search_all(dark: Floats, search: _Search) -> Offsets | None:
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
    peak: Offsets = _peaks(answer[None], np.array([row]), np.array([column]))[0]
    return peak - reach


def _peaks(answers: Floats, rows: Integers, columns: Integers) -> Offsets:
    """The maxima's places in *answers* (n, h, w), (x, y) to a part of a pixel (parabola)."""
    n = np.arange(len(answers))
    at = answers[n, rows, columns].astype(np.float64)

    def between(before: Floats, after: Floats) -> Offsets:
        bend = before - 2 * at + after
        bent = np.abs(bend) >= 1e-9
        return np.where(bent, 0.5 * (before - after) / np.where(bent, bend, 1.0), 0.0)

    dx = between(answers[n, rows, columns - 1], answers[n, rows, columns + 1])
    dy = between(answers[n, rows - 1, columns], answers[n, rows + 1, columns])
    return np.stack([columns + dx, rows + dy], axis=1)


@lru_cache(maxsize=8)
def _wheel(radius_mm: float, px_per_mm: float) -> _Wheel:
    spare = int(np.ceil(np.hypot(_AT_WHEEL, _AT_WHEEL) + 1.5 * _BAND_MM * px_per_mm))
    out = radius_mm * px_per_mm + np.arange(-spare, spare + 1)
    turn = np.arange(_SPOKES) * 2 * np.pi / _SPOKES
    across, down = (np.outer(part, out).ravel() for part in (np.cos(turn), np.sin(turn)))
    answers = []
    for dy in range(-_AT_WHEEL, _AT_WHEEL + 1):
        for dx in range(-_AT_WHEEL, _AT_WHEEL + 1):
            off = np.abs(np.hypot(across - dx, down - dy) / px_per_mm - radius_mm)
            # The bands' edges run between samples: each counts as far as it reaches in.
            line, both = (
                np.clip((band / 2 * _BAND_MM - off) * px_per_mm + 0.5, 0, 1) for band in (1, 3)
            )
            answers.append(line / line.sum() - (both - line) / (both - line).sum())
    rim = np.stack([across, down])
    inner = _square(_INNER_HALF, 2)
    weights = np.ascontiguousarray(np.stack(answers, axis=1), np.float32)
    return _Wheel(np.hstack([rim, inner]), rim.shape[1], weights)


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


def _outline_kernel(radius_mm: float, px_per_mm: float) -> Floats:
    """Outline minus what lies on both sides of it; the sum of the positive part is 1."""
    half = int(np.ceil((radius_mm + 2 * _BAND_MM) * px_per_mm))
    steps = np.arange(-half, half + 1) / px_per_mm
    distance = np.hypot(*np.meshgrid(steps, steps))
    band = np.abs(distance - radius_mm)
    line = (band <= _BAND_MM / 2).astype(np.float32)
    sides = ((band > _BAND_MM / 2) & (band <= 1.5 * _BAND_MM)).astype(np.float32)
    return np.asarray(line / line.sum() - sides / sides.sum(), dtype=np.float32)
