"""The loops of :mod:`omr.field`, compiled: print taken away, pixel by pixel (pure).

Compiled loops know no number of another module: numba would not notice that it changed.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from omr.compiled import compiled, part

Floats = NDArray[np.float64]
Picture = NDArray[np.float32]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

_BIN_MM = 0.0625
_OUTLINE_MM = 0.75  # the softened outline reaches so far to both sides
_OUTLINE_FACTOR = 4.0  # times the outlines' own scatter
_MISPLACED_MM = 0.15  # an outline may lie so far from where it is expected ...
_UNEVEN = 0.25  # ... and be so much darker at one place than on the mean
_DISPLACED_MM = np.float32(0.2)  # a blank bubble's outline may be so far off its circle
_FAINTEST, _BOLDEST = np.float32(0.3), np.float32(1.3)  # an outline, of the sheet's usual one
_LEAST_USUAL = np.float32(0.02)
_LEAST_SIZE = np.float32(1e-6)
_ONE, _TWO, _NOTHING = np.float32(1.0), np.float32(2.0), np.float32(0.0)
_ALONG = 24  # places of every outline
_FEW, _BUCKETS = 256, 1024  # among fewer a middle is found by sorting, else in one of these
_WITHIN_MM = 0.65  # the softened outline reaches so far into the bubble
_FACTOR, _LEAST, _MOST = 6.0, 0.045, 0.15  # of the level: times the paper's scatter; bounds
_FAINT_FACTOR, _LEAST_FAINT = 4.0, 0.02  # ... and of a trace that is too light to be followed


@part
def _product(one: Picture, other: Picture) -> np.float32:
    """The sum of products, in eight sums that are added up last: processors do those at once."""
    count = len(one)
    r0 = r1 = r2 = r3 = r4 = r5 = r6 = r7 = _NOTHING
    whole = count - count % 8
    for n in range(0, whole, 8):
        r0 += one[n] * other[n]
        r1 += one[n + 1] * other[n + 1]
        r2 += one[n + 2] * other[n + 2]
        r3 += one[n + 3] * other[n + 3]
        r4 += one[n + 4] * other[n + 4]
        r5 += one[n + 5] * other[n + 5]
        r6 += one[n + 6] * other[n + 6]
        r7 += one[n + 7] * other[n + 7]
    total = ((r0 + r1) + (r2 + r3)) + ((r4 + r5) + (r6 + r7))
    for n in range(whole, count):
        total += one[n] * other[n]
    return total


@part
def _gradient(values: Floats) -> Floats:
    """As ``numpy.gradient``."""
    found = np.empty_like(values)
    last = len(values) - 1
    found[0], found[last] = values[1] - values[0], values[last] - values[last - 1]
    for n in range(1, last):
        found[n] = (values[n + 1] - values[n - 1]) / 2.0
    return found


@part
def _middle(values: Picture) -> np.float32:
    """The median; of many numbers only those near it are sorted."""
    count = len(values)
    if not count:
        return _NOTHING
    low, high = values.min(), values.max()
    if count < _FEW or not high > low:
        ordered = np.sort(values)
        return (ordered[(count - 1) // 2] + ordered[count // 2]) / _TWO
    scale = np.float32(_BUCKETS - 1) / (high - low)
    full = np.zeros(_BUCKETS, np.int64)
    for n in range(count):
        full[int((values[n] - low) * scale)] += 1
    first, below = 0, 0
    while below + full[first] <= (count - 1) // 2:
        below += full[first]
        first += 1
    last, up_to = first, below + full[first]
    while up_to <= count // 2:
        last += 1
        up_to += full[last]
    near, found = np.empty(up_to - below, np.float32), 0
    for n in range(count):
        bucket = int((values[n] - low) * scale)
        if first <= bucket <= last:
            near[found] = values[n]
            found += 1
    near.sort()
    return (near[(count - 1) // 2 - below] + near[count // 2 - below]) / _TWO


@part
def _between(ink: Picture, x: np.float32, y: np.float32) -> np.float32:
    """Darkness between four pixels; beyond the edge the edge's."""
    height, width = ink.shape
    x, y = (
        min(max(x, _NOTHING), np.float32(width - 1)),
        min(max(y, _NOTHING), np.float32(height - 1)),
    )
    left, top = min(int(x), width - 2), min(int(y), height - 2)
    across, down = x - np.float32(left), y - np.float32(top)
    above = ink[top, left] + (ink[top, left + 1] - ink[top, left]) * across
    below = ink[top + 1, left] + (ink[top + 1, left + 1] - ink[top + 1, left]) * across
    return above + (below - above) * down


@part
def _boldness(ink: Picture, centres_px: Picture, radius_px: float, pale: Flags) -> Picture:
    """How dark every outline is, (n,), compared with the blank bubbles' of the sheet."""
    count = len(pale)
    bold, along = np.empty(count, np.float32), np.empty(_ALONG, np.float32)
    for n in range(count):
        for k in range(_ALONG):
            turn = 2 * np.pi * k / _ALONG
            x = centres_px[0, n] + np.float32(radius_px * math.cos(turn))
            along[k] = _between(ink, x, centres_px[1, n] + np.float32(radius_px * math.sin(turn)))
        bold[n] = _middle(along)
    usual = max(_middle(bold[pale]), _LEAST_USUAL)
    for n in range(count):
        bold[n] = min(max(bold[n] / usual, _FAINTEST), _BOLDEST)
    return bold


@part
def _without_shape(
    left: Picture,
    bins: NDArray[np.int32],
    x: Picture,
    y: Picture,
    own: np.float32,
    slope_of: Picture,
    slopes: Picture,
    pattern: Picture,
) -> None:
    """Take from a blank bubble's *left* what its outline leaves that lies beside, or is no circle.

    Where a feed slips within a row, its outlines come out longer than the others. To first
    order an outline that lies a little off leaves its slope times how far it is off in each
    direction, (*x*, *y*), of length 1 from the centre: to the right, down, longer than broad,
    larger. *slopes* and *pattern* are there to be written to.
    """
    count = len(left)
    for n in range(count):
        slopes[n] = slope_of[bins[n]] * own
    for kind in range(4):
        if kind == 0:
            for n in range(count):
                pattern[n] = slopes[n] * x[n]
        elif kind == 1:
            for n in range(count):
                pattern[n] = slopes[n] * y[n]
        elif kind == 2:
            for n in range(count):
                pattern[n] = slopes[n] * (x[n] * x[n] - y[n] * y[n])
        else:
            for n in range(count):
                pattern[n] = slopes[n]
        off = _product(pattern, left) / max(_product(pattern, pattern), _LEAST_SIZE)
        off = min(max(off, -_DISPLACED_MM), _DISPLACED_MM)
        for n in range(count):
            left[n] -= pattern[n] * off


@part
def _places(
    zone_x: Picture,
    zone_y: Picture,
    middle_x: float,
    middle_y: float,
    px_per_mm: np.float32,
    x: Picture,
    y: Picture,
    away: Picture,
) -> None:
    """How far pixels lie from a bubble's middle, mm, and in which direction."""
    for n in range(len(away)):
        across, down = zone_x[n] - middle_x, zone_y[n] - middle_y
        far = np.sqrt(across * across + down * down) / px_per_mm
        away[n] = far
        unit = max(far * px_per_mm, _ONE)
        x[n], y[n] = across / unit, down / unit


@part
def _take_outlines(
    ink: Picture,
    zone: Numbers,
    zone_at: Picture,
    counts: Numbers,
    centres_px: Picture,
    pale: Flags,
    bold: Picture,
    radius_mm: float,
    px_per_mm: np.float32,
    inner_mm: np.float32,
    darker: Flags,
    within: Flags,
) -> Picture:
    """Take the outlines out of *ink*, (h * w,), as blank bubbles show them.

    Returns:
        Darkness well inside blank bubbles.
    """
    size = len(zone)
    away, left = np.empty(size, np.float32), np.empty(size, np.float32)
    x, y = np.empty(size, np.float32), np.empty(size, np.float32)
    bins = np.empty(size, np.int32)
    per_bin = np.float32(1.0 / _BIN_MM)
    at = 0
    for bubble in range(len(counts)):
        own = slice(at, at + counts[bubble])
        _places(
            zone_at[0, own],
            zone_at[1, own],
            centres_px[0, bubble],
            centres_px[1, bubble],
            px_per_mm,
            x[own],
            y[own],
            away[own],
        )
        at += counts[bubble]
    for n in range(size):
        bins[n] = np.int32(away[n] * per_bin)
        left[n] = ink[zone[n]]
    count = bins.max() + 1 if size else 1
    number, profile = np.zeros(count), np.zeros(count)
    at = 0
    for bubble in range(len(counts)):
        if pale[bubble]:
            for n in range(at, at + counts[bubble]):
                number[bins[n]] += 1.0
                profile[bins[n]] += left[n]
        at += counts[bubble]
    first, last = int((radius_mm - _OUTLINE_MM) / _BIN_MM), int((radius_mm + _OUTLINE_MM) / _BIN_MM)
    for n in range(count):
        number[n] += 1e-6
        profile[n] = profile[n] / number[n] if first <= n < last else 0.0
    gradient = _gradient(profile)
    print_of, slope_of = np.empty(count, np.float32), np.empty(count, np.float32)
    for n in range(count):
        print_of[n], slope_of[n] = profile[n], gradient[n] / _BIN_MM
    squares = np.zeros(count)
    most = counts.max() if size else 0
    slopes, pattern = np.empty(most, np.float32), np.empty(most, np.float32)
    at, inner = 0, 0
    for bubble in range(len(counts)):
        own = slice(at, at + counts[bubble])
        rest, where, far = left[own], bins[own], away[own]
        for n in range(len(rest)):
            rest[n] -= print_of[where[n]] * bold[bubble]
        if pale[bubble] and len(rest):
            size = len(rest)
            _without_shape(
                rest, where, x[own], y[own], bold[bubble], slope_of, slopes[:size], pattern[:size]
            )
            for n in range(len(rest)):
                light = min(rest[n], _NOTHING)  # the dark side may be ink
                squares[where[n]] += light * light
                inner += far[n] < inner_mm
        at += counts[bubble]
    excused = np.empty(count, np.float32)
    for n in range(count):
        steep = max(abs(gradient[n - 1]), abs(gradient[n]), abs(gradient[(n + 1) % count]))
        excused[n] = max(
            _OUTLINE_FACTOR * np.sqrt(2 * squares[n] / number[n]),
            _MISPLACED_MM * (steep / _BIN_MM) + _UNEVEN * profile[n],
        )
    inside = np.empty(inner, np.float32)
    at, inner = 0, 0
    for n in range(len(zone)):
        ink[zone[n]] = left[n]
        darker[n] = left[n] > excused[bins[n]]
        within[n] = away[n] < inner_mm
    for bubble in range(len(counts)):
        if pale[bubble]:
            for n in range(at, at + counts[bubble]):
                if within[n]:
                    inside[inner] = left[n]
                    inner += 1
        at += counts[bubble]
    return inside


@part
def _bounded(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)


@compiled(
    "out f4[:,:]",
    "i8[:,:]",
    "i8[:]",
    "f4[:,:]",
    "i8[:]",
    "f4[:,:]",
    "b1[:]",
    "f8",
    "f8",
    "out b1[:,:]",
    "out f8[:]",
)
def print_away(
    ink: Picture,
    runs: Numbers,
    zone: Numbers,
    zone_at: Picture,
    counts: Numbers,
    centres_px: Picture,
    pale: Flags,
    radius_mm: float,
    px_per_mm: float,
    seen: NDArray[np.bool_],
    faint: Floats,
) -> float:
    """Take the bubbles' outlines out of *ink*, and tell what is ink and what a mere trace.

    Args:
        ink: (h, w) darkness; changed in place.
        runs: (k, 3) what is looked at: rows, first columns, and those after the last.
        zone: (z,) indices of the pixels in and just around bubbles, bubble by bubble ...
        zone_at: (2, z) ... and their columns and rows.
        counts: (n,) how many of them are whose.
        centres_px: (2, n) where the bubbles lie.
        pale: (n,) which look blank, one at least.
        radius_mm: Of the outlines.
        px_per_mm: Of the field.
        seen: (h, w) becomes true where there is ink.
        faint: (n,) becomes the share of every bubble's inside with a trace of anything.

    Returns:
        The darkness from which on a pixel is ink.
    """
    darker, within = np.empty(len(zone), np.bool_), np.empty(len(zone), np.bool_)
    flat, marked = ink.reshape(-1), seen.reshape(-1)
    inside = _take_outlines(
        flat,
        zone,
        zone_at,
        counts,
        centres_px,
        pale,
        _boldness(ink, centres_px, radius_mm * px_per_mm, pale),
        radius_mm,
        np.float32(px_per_mm),
        np.float32(radius_mm - _WITHIN_MM),
        darker,
        within,
    )
    middle = _middle(inside)
    spread = 1.4826 * float(_middle(np.abs(inside - middle)))
    level = np.float32(_bounded(_FACTOR * spread, _LEAST, _MOST))
    faintest = np.float32(float(middle) + _bounded(_FAINT_FACTOR * spread, _LEAST_FAINT, _MOST))
    seen[:] = False
    for run in range(len(runs)):
        own = slice(runs[run, 1], runs[run, 2])
        dark, inked = ink[runs[run, 0], own], seen[runs[run, 0], own]
        for n in range(len(dark)):
            inked[n] = dark[n] > level
    at = 0
    for bubble in range(len(counts)):
        all_inside, weak = 0.0, 0.0
        for n in range(at, at + counts[bubble]):
            if not darker[n]:
                marked[zone[n]] = False
            if within[n]:
                all_inside += 1.0
                weak += flat[zone[n]] > faintest
        faint[bubble] = weak / max(all_inside, 1.0)
        at += counts[bubble]
    return float(level)
