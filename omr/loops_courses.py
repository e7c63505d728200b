"""How ink runs, compiled: the pixels of each group, and how long and straight these are (pure).

Compiled loops know no number of another module: numba would not notice that it changed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from omr.compiled import compiled, fused, part

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

_LINE_RATIO = 1.6  # a line is at least so much longer than broad
_BENT_MM = 0.3  # and at most so much broader than its ink is on the mean
_KNEE_MM = 1.8  # a shorter end of a stroke shows no bend
_MUCH_MM2 = 0.4  # of ink, for a mere end that is short
_GRAZED_MM2 = 0.15  # so little of a straight end in a bubble: it stops at the outline
_BEGINS_MM = 0.35  # a stroke whose lowest point lies so far within the outline begins here
_BEGUN_MM2 = 0.25
_TAIL_MM = 3.4  # of a stroke that runs on through a bubble, its white included
_SPILT_MM = 2.5  # what spills over an outline is no longer


@part
def _course(
    x: Floats, y: Floats, which: Numbers, directions: Floats, px_per_mm: float
) -> tuple[float, int, bool]:
    """How long the pixels *which* are, in which direction, and whether they are straight."""
    longest, narrowest, way = -1.0, np.inf, 0
    for n in range(directions.shape[1]):
        low, high = np.inf, -np.inf
        for k in which:
            along = fused(directions[1, n], y[k], directions[0, n] * x[k])
            low, high = min(low, along), max(high, along)
        width = high - low + 1 / px_per_mm
        narrowest = min(narrowest, width)
        if width > longest:
            longest, way = width, n
    thick = len(which) / px_per_mm**2 / longest
    limit = min(_LINE_RATIO * thick + _BENT_MM, longest / _LINE_RATIO)
    return longest, way, narrowest < limit


@compiled("i8[:]", "b1[:]", "i8")
def sorted_into(keys: Numbers, wanted: Flags, groups: int) -> tuple[Numbers, Numbers]:
    """The places of *wanted* pixels by their keys, in their order.

    Args:
        keys: (k,) the number of each pixel's group.
        wanted: (k,) which pixels count.
        groups: So many groups there are.

    Returns:
        Where each group begins among the places, and the last one ends, (groups + 1,); the places.
    """
    starts = np.zeros(groups + 1, np.int64)
    for k in range(len(keys)):
        if wanted[k]:
            starts[keys[k] + 1] += 1
    for group in range(groups):
        starts[group + 1] += starts[group]
    places, filled = np.empty(starts[groups], np.int64), starts.copy()
    for k in range(len(keys)):
        if wanted[k]:
            places[filled[keys[k]]] = k
            filled[keys[k]] += 1
    return starts, places


@compiled("f8[:,:]", "i8[:]", "i8[:]", "i8", "f8[:,:]", "f8", "out f8[:]", "out i8[:]", "out b1[:]")
def courses(
    places: Floats,
    starts: Numbers,
    pixels: Numbers,
    fewest: int,
    directions: Floats,
    px_per_mm: float,
    longest: Floats,
    ways: Numbers,
    straight: Flags,
) -> None:
    """How each group of pixels runs.

    Args:
        places: (2 or more, k) mm from the left and from the top.
        starts: As from :func:`sorted_into` ...
        pixels: ... and this.
        fewest: Fewer pixels have no course.
        directions: (2, m) of length 1.
        px_per_mm: Of the field.
        longest: (groups,) becomes the greatest width in any direction, mm ...
        ways: (groups,) ... the number of that direction ...
        straight: (groups,) ... and whether it is a line.
    """
    for group in range(len(starts) - 1):
        which = pixels[starts[group] : starts[group + 1]]
        longest[group], ways[group], straight[group] = 0.0, 0, False
        if len(which) >= fewest:
            longest[group], ways[group], straight[group] = _course(
                places[0], places[1], which, directions, px_per_mm
            )


@compiled("i8[:,:]", "f8[:,:]", "b1[:,:]", "f8", "out i8[:]", "out b1[:]")
def strange_ends(
    whole: Numbers, places: Floats, foreign: Flags, reach_mm: float, keys: Numbers, wanted: Flags
) -> int:
    """Number the ends of strange pieces in and just around bubbles.

    Args:
        whole: As from :func:`omr.loops_pieces.gather` ...
        places: ... and this.
        foreign: (pieces, n) where a piece is a stranger.
        reach_mm: So far from its middle is just around a bubble.
        keys: (k,) becomes the number of each pixel's end ...
        wanted: (k,) ... if it is part of one.

    Returns:
        How many there are.
    """
    slots = np.full(foreign.shape, -1)
    found = 0
    for k in range(whole.shape[1]):
        piece, bubble = whole[1, k], whole[2, k]
        keys[k] = 0
        wanted[k] = bubble >= 0 and foreign[piece, bubble] and places[2, k] < reach_mm
        if wanted[k]:
            if slots[piece, bubble] < 0:
                slots[piece, bubble] = found
                found += 1
            keys[k] = slots[piece, bubble]
    return found


@compiled(
    "i8[:,:]", "f8[:,:]", "i8[:]", "i8[:]", "f8[:]", "b1[:]", "b1[:,:]", "f8", "f8", "out b1[:,:]"
)
def keep_marks(
    whole: Numbers,
    places: Floats,
    starts: Numbers,
    pixels: Numbers,
    longest: Floats,
    straight: Flags,
    spilt: Flags,
    radius_mm: float,
    px_per_mm: float,
    foreign: Flags,
) -> None:
    """Pieces that are more than an end in a strange bubble are strangers there no more.

    The end of a stroke that comes from further down is straight, without a tick's knee, and
    does not begin inside. Where it is *spilt*, nothing but what spills over an outline can come
    from the owner: that is short.

    Args:
        whole: As from :func:`omr.loops_pieces.gather` ...
        places: ... and this.
        starts: The pixels of each end, as from :func:`sorted_into` ...
        pixels: ... and this.
        longest: As from :func:`courses` ...
        straight: ... and this.
        spilt: (pieces, n) as from :func:`omr.loops_ink.tally`.
        radius_mm: Of the outlines.
        px_per_mm: Of the field.
        foreign: (pieces, n) where a piece is a stranger; becomes false where it is not.
    """
    per_mm2 = px_per_mm**2
    for end in range(len(longest)):
        which = pixels[starts[end] : starts[end + 1]]
        piece, bubble = whole[1, which[0]], whole[2, which[0]]
        much = len(which) > _MUCH_MM2 * per_mm2
        inside, lowest = 0, -1
        for k in which:
            if places[2, k] < radius_mm:
                inside += 1
                lowest = k  # the pixels come row by row
        if spilt[piece, bubble]:
            more = longest[end] > _SPILT_MM
        elif straight[end]:
            more = longest[end] < _TAIL_MM and much and inside > _GRAZED_MM2 * per_mm2
        else:
            more = longest[end] > _KNEE_MM or much
        begins = inside > _BEGUN_MM2 * per_mm2 and places[2, lowest] < radius_mm - _BEGINS_MM
        if more or begins:
            foreign[piece, bubble] = False


@compiled("i8[:,:]", "f8[:,:]", "b1[:]", "f8[:,:]", "f8", "out f8[:]")
def lengths(
    whole: Numbers,
    places: Floats,
    wanted: Flags,
    directions: Floats,
    px_per_mm: float,
    found: Floats,
) -> None:
    """The greatest width of the pieces *wanted* (pieces,), mm, into *found*; 0 for others."""
    pieces, ways = len(wanted), directions.shape[1]
    low, high = np.full((pieces, ways), np.inf), np.full((pieces, ways), -np.inf)
    for k in range(whole.shape[1]):
        piece = whole[1, k]
        if wanted[piece]:
            for way in range(ways):
                across = directions[0, way] * places[0, k]
                along = fused(directions[1, way], places[1, k], across)
                low[piece, way] = min(low[piece, way], along)
                high[piece, way] = max(high[piece, way], along)
    found[:] = 0.0
    for piece in range(pieces):
        if wanted[piece]:
            for way in range(ways):
                found[piece] = max(found[piece], high[piece, way] - low[piece, way] + 1 / px_per_mm)
