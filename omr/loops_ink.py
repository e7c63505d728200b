"""The loops of :mod:`omr.ink_objects` and :mod:`omr.ink_pieces`, compiled (pure).

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

_FOREIGN = 0.30  # of a piece's ink in its own bubble: less in another one is a mere tail there
_OWNING_MM2 = 0.4  # so much ink in a bubble makes a piece its own
_FILLED = 0.45  # of a bubble's inside: no line or two
_LEVEL_MM = 2.0  # bubbles of one row differ less in height, those of the next one more
_ARM_MM = 1.0  # strokes that strike a mark through end so far beyond the outline, or further
_ARM_BINS = 8
_LOOSE = 0.55  # a ring, a seal, a stain has less of its ink in and just around bubbles, ...
_LARGELY = 0.30  # ... and less in any one of them: a large cross has more (rings: up to 0.27)
_DIRT_MM2 = 0.3
_RING_REACH_MM = 3.4  # beyond the outline; hand-drawn rings are no wider
_RING_BINS = 24
_CLEAR_MM = 0.2  # between the outline's middle and ink that is surely outside
_TURN, _HALF, _RING_SECTORS = np.float32(2 * np.pi), np.float32(0.5), np.float32(_RING_BINS)


@compiled(
    "i8[:,:]",
    "f8[:,:]",
    "f8[:]",
    "f8",
    "f8",
    "f8",
    "out i8[:,:]",
    "out i8[:,:]",
    "out b1[:,:]",
    "out b1[:,:]",
)
def tally(
    whole: Numbers,
    places: Floats,
    down_mm: Floats,
    radius_mm: float,
    zone_mm: float,
    px_per_mm: float,
    in_bubble: Numbers,
    in_zone: Numbers,
    foreign: Flags,
    spilt: Flags,
) -> None:
    """How many pixels every piece has at every bubble, and where it may be a stranger.

    Args:
        whole: As from :func:`omr.loops_pieces.gather` ...
        places: ... and this.
        down_mm: (n,) how far down the bubbles lie.
        radius_mm: Of the outlines.
        zone_mm: So far outside is just around a bubble.
        px_per_mm: Of the field.
        in_bubble: (pieces, n) becomes the pixels inside ...
        in_zone: (pieces, n) ... and those inside and just around.
        foreign: (pieces, n) becomes true where a piece has much less than in its own bubble ...
        spilt: (pieces, n) ... and where only what spills over can come from that one.
    """
    in_bubble[:] = 0
    in_zone[:] = 0
    for k in range(whole.shape[1]):
        bubble, away = whole[2, k], places[2, k]
        if bubble >= 0 and away < radius_mm + zone_mm:
            in_zone[whole[1, k], bubble] += 1
            in_bubble[whole[1, k], bubble] += away < radius_mm
    pieces, count = in_bubble.shape
    full = _FILLED * np.pi * (radius_mm * px_per_mm) ** 2
    for piece in range(pieces):
        owner = 0
        for bubble in range(count):
            if in_bubble[piece, bubble] > in_bubble[piece, owner]:
                owner = bubble
        most = in_bubble[piece, owner]
        owns = most >= _OWNING_MM2 * px_per_mm**2
        for bubble in range(count):
            foreign[piece, bubble] = owns and in_bubble[piece, bubble] < _FOREIGN * most
            above = down_mm[owner] < down_mm[bubble] + _LEVEL_MM
            spilt[piece, bubble] = most > full or above


@part
def _rings(
    whole: Numbers,
    places: Floats,
    centres_px: Floats,
    px_per_mm: float,
    radius_mm: float,
    loose: Flags,
    rings: Flags,
    loose_rings: Flags,
) -> None:
    """In which directions there is ink round each bubble, outside all of them: (n, bins)."""
    count = len(centres_px)
    x, y = np.empty(count, np.float32), np.empty(count, np.float32)
    for n in range(count):
        x[n] = np.float32(centres_px[n, 0]) / np.float32(px_per_mm)
        y[n] = np.float32(centres_px[n, 1]) / np.float32(px_per_mm)
    reach = np.float32((radius_mm + _RING_REACH_MM) ** 2)
    close, near, row = np.empty(count, np.int64), 0, np.float32(-1)
    for k in range(whole.shape[1]):
        if not places[2, k] > radius_mm + _CLEAR_MM:
            continue
        at_x, at_y = np.float32(places[0, k]), np.float32(places[1, k])
        if at_y != row:  # the pixels come row by row
            row, near = at_y, 0
            for n in range(count):
                if (at_y - y[n]) * (at_y - y[n]) < reach:
                    close[near] = n
                    near += 1
        free = loose[whole[1, k]]
        for c in range(near):
            n = close[c]
            dx, dy = at_x - x[n], at_y - y[n]
            if dx * dx + dy * dy < reach:
                turn = math.atan2(dy, dx) / _TURN + _HALF
                sector = min(int(turn * _RING_SECTORS), _RING_BINS - 1)
                rings[n, sector] = True
                if free:
                    loose_rings[n, sector] = True


@part
def _share(flags: Flags) -> float:
    """The share of *flags* that are true."""
    found = 0
    for n in range(len(flags)):
        found += flags[n]
    return found / len(flags)


@compiled("i8[:,:]", "f8[:,:]", "i8[:,:]", "b1[:,:]", "f8", "out b1[:]", "out i8[:]", "out i8[:]")
def own_ink(
    whole: Numbers,
    places: Floats,
    in_bubble: Numbers,
    foreign: Flags,
    radius_mm: float,
    mine: Flags,
    main: Numbers,
    inked: Numbers,
) -> None:
    """Which inked pixels lie in a bubble and are its own, and which piece has most of them.

    Args:
        whole: As from :func:`omr.loops_pieces.gather` ...
        places: ... and this.
        in_bubble: (pieces, n) pixels inside.
        foreign: (pieces, n) where a piece is a stranger.
        radius_mm: Of the outlines.
        mine: (k,) becomes true where a pixel is its bubble's own.
        main: (n,) becomes the piece that has most of each bubble's own ink ...
        inked: (n,) ... and the number of pixels of it.
    """
    pieces, count = in_bubble.shape
    inked[:] = 0
    for k in range(len(mine)):
        bubble = whole[2, k]
        mine[k] = False
        if bubble >= 0 and places[2, k] < radius_mm and not foreign[whole[1, k], bubble]:
            mine[k] = True
            inked[bubble] += 1
    for bubble in range(count):
        best, most = 0, -1
        for piece in range(pieces):
            here = 0 if foreign[piece, bubble] else in_bubble[piece, bubble]
            if here > most:
                best, most = piece, here
        main[bubble] = best


@compiled(
    "i8[:,:]",
    "f8[:,:]",
    "f4[:]",
    "f8[:,:]",
    "f8[:]",
    "b1[:]",
    "i8[:,:]",
    "i8[:,:]",
    "b1[:,:]",
    "b1[:]",
    "i8[:]",
    "i8[:]",
    "f8",
    "f8",
    "f8",
    "out f8[:,:]",
)
def traces(
    whole: Numbers,
    places: Floats,
    dark: Picture,
    centres_px: Floats,
    lengths: Floats,
    beside_print: Flags,
    in_bubble: Numbers,
    in_zone: Numbers,
    foreign: Flags,
    mine: Flags,
    main: Numbers,
    inked: Numbers,
    radius_mm: float,
    zone_mm: float,
    px_per_mm: float,
    found: Floats,
) -> None:
    """What the pieces of ink say about every bubble.

    Args:
        whole: As from :func:`omr.loops_pieces.gather` ...
        places: ... and this ...
        dark: ... and this.
        centres_px: (n, 2) where the bubbles lie.
        lengths: (pieces,) from end to end, mm; of every *main* one.
        beside_print: (h * w,) which pixels of the field lie next to print.
        in_bubble: As from :func:`tally` ...
        in_zone: ... and this.
        foreign: (pieces, n) where a piece is a stranger.
        mine: As from :func:`own_ink` ...
        main: ... and this ...
        inked: ... and this.
        radius_mm: Of the outlines.
        zone_mm: So far outside is just around a bubble.
        px_per_mm: Of the field.
        found: (15, n) becomes what :class:`omr.ink_objects.Traces` names, in its order.
    """
    pieces, count = in_bubble.shape
    total, housed = np.zeros(pieces), np.zeros(pieces)
    touches = np.zeros(pieces, np.bool_)
    weight, kept, beside = np.zeros(count), np.zeros(count), np.zeros(count)
    peak, depth = np.zeros(count, np.float32), np.zeros(count, np.float32)
    here = np.zeros(count, np.int64)
    arms = np.zeros((count, _ARM_BINS), np.bool_)
    low = np.full((2, pieces, count), np.inf)
    high = np.full((2, pieces, count), -np.inf)
    for bubble in range(count):
        if not foreign[main[bubble], bubble]:
            here[bubble] = in_bubble[main[bubble], bubble]
    for k in range(whole.shape[1]):
        piece, bubble, away = whole[1, k], whole[2, k], places[2, k]
        total[piece] += 1
        if beside_print[whole[0, k]]:
            touches[piece] = True
        if bubble < 0:
            continue
        dx = places[0, k] - centres_px[bubble, 0] / px_per_mm
        dy = places[1, k] - centres_px[bubble, 1] / px_per_mm
        if away < radius_mm:
            weight[bubble] += dark[k]
        if mine[k]:
            kept[bubble] += dark[k]
            peak[bubble] = max(peak[bubble], dark[k])
            depth[bubble] = max(depth[bubble], np.float32(dy))
        if away < radius_mm + zone_mm and not foreign[piece, bubble]:
            for axis in range(2):
                low[axis, piece, bubble] = min(low[axis, piece, bubble], places[axis, k])
                high[axis, piece, bubble] = max(high[axis, piece, bubble], places[axis, k])
            beside[bubble] += away > radius_mm + _CLEAR_MM
        if away > radius_mm + _ARM_MM and main[bubble] == piece and here[bubble] > 0:
            turn = (math.atan2(dy, dx) / (2 * np.pi) + 0.5) * _ARM_BINS
            arms[bubble, min(int(turn), _ARM_BINS - 1)] = True
    loose = np.empty(pieces, np.bool_)
    for piece in range(pieces):
        most = 0
        for bubble in range(count):
            housed[piece] += in_zone[piece, bubble]
            most = max(most, in_bubble[piece, bubble])
        dirt = total[piece] > _DIRT_MM2 * px_per_mm**2
        scattered = housed[piece] < _LOOSE * total[piece] and most < _LARGELY * total[piece]
        loose[piece] = dirt and scattered
    rings, loose_rings = (
        np.zeros((count, _RING_BINS), np.bool_),
        np.zeros((count, _RING_BINS), np.bool_),
    )
    _rings(whole, places, centres_px, px_per_mm, radius_mm, loose, rings, loose_rings)
    found[:] = 0.0
    for n in range(count):
        best, other = 0, 0
        for bubble in range(count):
            there = 0 if bubble == n else in_bubble[main[n], bubble]
            if there > best:
                best, other = there, bubble
        found[0, n] = kept[n] / max(weight[n], 1e-9) if weight[n] > 0 else 1.0
        found[1, n], found[4, n], found[5, n], found[6, n] = 1.0, 1.0, 1.0, 1.0
        if best > 0:
            found[2, n] = (
                centres_px[other, 1] / px_per_mm > centres_px[n, 1] / px_per_mm + _LEVEL_MM
            )
        if here[n] > 0:
            whole_piece = max(total[main[n]], 1.0)
            found[1, n] = here[n] / max(here[n] + best, 1)
            found[3, n] = touches[main[n]]
            found[4, n] = here[n] / whole_piece
            found[5, n] = housed[main[n]] / whole_piece
            found[6, n] = here[n] / max(inked[n], 1)
            found[14, n] = lengths[main[n]]
        found[7, n] = depth[n]
        found[8, n] = _share(arms[n])
        found[9, n] = peak[n]
        for piece in range(pieces):
            across = high[0, piece, n] - low[0, piece, n]
            down = high[1, piece, n] - low[1, piece, n]
            if across >= 0:
                extent = math.sqrt(across * across + down * down) + 1 / px_per_mm
                found[10, n] = max(found[10, n], extent)
        found[11, n] = beside[n] / px_per_mm**2
        found[12, n], found[13, n] = _share(rings[n]), _share(loose_rings[n])
