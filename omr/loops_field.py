"""The loops of :mod:`omr.field`, compiled: print taken away, pixel by pixel (pure).

Compiled loops know no number of another module: numba would not notice that it changed.
"""

from __future__ import annotations

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
_ONE, _NOTHING = np.float32(1.0), np.float32(0.0)


@part
def _sum_of_few(values: Picture, first: int, count: int) -> np.float32:
    """A sum in the order in which numpy adds up to 128 numbers."""
    if count < 8:
        total = np.float32(-0.0)
        for n in range(first, first + count):
            total += values[n]
        return total
    r0, r1, r2, r3 = values[first], values[first + 1], values[first + 2], values[first + 3]
    r4, r5, r6, r7 = values[first + 4], values[first + 5], values[first + 6], values[first + 7]
    whole = count - count % 8
    for n in range(first + 8, first + whole, 8):
        r0 += values[n]
        r1 += values[n + 1]
        r2 += values[n + 2]
        r3 += values[n + 3]
        r4 += values[n + 4]
        r5 += values[n + 5]
        r6 += values[n + 6]
        r7 += values[n + 7]
    total = ((r0 + r1) + (r2 + r3)) + ((r4 + r5) + (r6 + r7))
    for n in range(first + whole, first + count):
        total += values[n]
    return total


@part
def _half_of(count: int) -> int:
    """Where numpy cuts a longer sum in two, to add up both halves alike."""
    half = count // 2
    return half - half % 8


@part
def _sum_of_256(values: Picture, first: int, count: int) -> np.float32:
    if count <= 128:
        return _sum_of_few(values, first, count)
    half = _half_of(count)
    return _sum_of_few(values, first, half) + _sum_of_few(values, first + half, count - half)


@part
def _sum_of_512(values: Picture, first: int, count: int) -> np.float32:
    if count <= 128:
        return _sum_of_few(values, first, count)
    half = _half_of(count)
    return _sum_of_256(values, first, half) + _sum_of_256(values, first + half, count - half)


@part
def _sum_of(values: Picture, first: int, count: int) -> np.float32:
    """A sum in numpy's own order, the same to the last bit; of more than 1024 nearly so.

    Numba does not keep functions on the disk that call themselves.
    """
    if count <= 128:
        return _sum_of_few(values, first, count)
    half = _half_of(count)
    return _sum_of_512(values, first, half) + _sum_of_512(values, first + half, count - half)


@part
def _run_sum(values: Picture, count: int) -> np.float32:
    """As ``numpy.add.reduceat`` adds up a run: to its first number the sum of the rest."""
    return values[0] + _sum_of(values, 1, count - 1)


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
    """The median of a few numbers."""
    ordered = np.sort(values)
    count = len(ordered)
    return (ordered[(count - 1) // 2] + ordered[count // 2]) / np.float32(2)


@compiled("f4[:,:]", "b1[:]", "out f4[:]")
def boldness(along: Picture, pale: Flags, bold: Picture) -> None:
    """How dark every outline is, into *bold* (n,), compared with the blank bubbles' of the sheet.

    Args:
        along: (n, m) darkness along every outline.
        pale: (n,) which bubbles look blank, one at least.
        bold: (n,).
    """
    for n in range(len(bold)):
        bold[n] = _middle(along[n])
    usual = max(_middle(bold[pale]), _LEAST_USUAL)
    for n in range(len(bold)):
        bold[n] = min(max(bold[n] / usual, _FAINTEST), _BOLDEST)


@part
def _without_shape(
    left: Picture,
    bins: NDArray[np.int32],
    x: Picture,
    y: Picture,
    own: float,
    slope_of: Picture,
    slopes: Picture,
    pattern: Picture,
    products: Picture,
    found: Picture,
) -> None:
    """Take from a blank bubble's *left* what its outline leaves that lies beside, or is no circle.

    Where a feed slips within a row, its outlines come out longer than the others. To first
    order an outline that lies a little off leaves its slope times how far it is off in each
    direction, (*x*, *y*), of length 1 from the centre: to the right, down, longer than broad,
    larger. *slopes*, *pattern*, *products* and *found* are there to be written to.
    """
    count = len(left)
    for n in range(count):
        slopes[n] = slope_of[bins[n]] * own
        found[n] = 0
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
        for n in range(count):
            products[n] = pattern[n] * pattern[n]
        size = _run_sum(products, count)
        for n in range(count):
            products[n] = pattern[n] * (left[n] - found[n])
        off = _run_sum(products, count) / max(size, _LEAST_SIZE)
        off = min(max(off, -_DISPLACED_MM), _DISPLACED_MM)
        for n in range(count):
            found[n] += pattern[n] * off
    for n in range(count):
        left[n] -= found[n]


@part
def _places(
    zone_x: Picture,
    zone_y: Picture,
    middle_x: float,
    middle_y: float,
    px_per_mm: float,
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


@compiled(
    "out f4[:]",
    "i8[:]",
    "f4[:,:]",
    "i8[:]",
    "f4[:,:]",
    "b1[:]",
    "f4[:]",
    "f8",
    "f4",
    "f4",
    "out b1[:]",
    "out b1[:]",
)
def take_outlines(
    ink: Picture,
    zone: Numbers,
    zone_at: Picture,
    counts: Numbers,
    centres_px: Picture,
    pale: Flags,
    bold: Picture,
    radius_mm: float,
    px_per_mm: float,
    inner_mm: float,
    darker: Flags,
    within: Flags,
) -> Picture:
    """Take the outlines out of *ink*, as blank bubbles show them.

    Args:
        ink: (h * w,) darkness; changed in place.
        zone: (z,) indices of the pixels in and just around bubbles, bubble by bubble ...
        zone_at: (2, z) ... and their columns and rows.
        counts: (n,) how many of them are whose.
        centres_px: (2, n) where the bubbles lie.
        pale: (n,) which look blank.
        bold: (n,) how dark each outline is, of the usual one.
        radius_mm: Of the outlines.
        px_per_mm: Of the field.
        inner_mm: So near to its middle is well inside a bubble.
        darker: (z,) becomes true where a pixel is darker than print alone may leave it ...
        within: (z,) ... and where it lies well inside.

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
    spare = np.empty((4, most), np.float32)
    at, inner = 0, 0
    for bubble in range(len(counts)):
        own = slice(at, at + counts[bubble])
        rest, where, far = left[own], bins[own], away[own]
        for n in range(len(rest)):
            rest[n] -= print_of[where[n]] * bold[bubble]
        if pale[bubble] and len(rest):
            _without_shape(
                rest,
                where,
                x[own],
                y[own],
                bold[bubble],
                slope_of,
                spare[0],
                spare[1],
                spare[2],
                spare[3],
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
    for n in range(size):
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


@compiled(
    "f4[:,:]", "i8[:,:]", "i8[:]", "i8[:]", "b1[:]", "b1[:]", "f4", "f4", "out b1[:,:]", "out f8[:]"
)
def see(
    ink: Picture,
    runs: Numbers,
    zone: Numbers,
    counts: Numbers,
    darker: Flags,
    within: Flags,
    level: float,
    faintest: float,
    seen: NDArray[np.bool_],
    faint: Floats,
) -> None:
    """What is ink, and what is a trace of anything.

    Args:
        ink: (h, w) darkness without print.
        runs: (k, 3) what is looked at: rows, first columns, and those after the last.
        zone: (z,) indices of those in and just around bubbles, bubble by bubble.
        counts: (n,) how many of them are whose.
        darker: (z,) as from :func:`take_outlines` ...
        within: (z,) ... and well inside.
        level: Ink is darker ...
        faintest: ... and so is a trace.
        seen: (h, w) becomes true where there is ink.
        faint: (n,) becomes the share of every bubble's inside with a trace.
    """
    seen[:] = False
    for run in range(len(runs)):
        own = slice(runs[run, 1], runs[run, 2])
        dark, inked = ink[runs[run, 0], own], seen[runs[run, 0], own]
        for n in range(len(dark)):
            inked[n] = dark[n] > level
    flat, marked = ink.reshape(-1), seen.reshape(-1)
    at = 0
    for bubble in range(len(counts)):
        inside, weak = 0.0, 0.0
        for n in range(at, at + counts[bubble]):
            if not darker[n]:
                marked[zone[n]] = False
            if within[n]:
                inside += 1.0
                weak += flat[zone[n]] > faintest
        faint[bubble] = weak / max(inside, 1.0)
        at += counts[bubble]
