"""The pieces of ink on a sheet, each with the bubble that it belongs to (pure).

A mark is made in one bubble, but its ink goes where the hand goes: a tick's tail runs into
the bubble above, a fill spills into its neighbour's white, a slip of the pen crosses several
rows. Seen as a whole, each piece of ink has one bubble in which most of it lies; what it
leaves elsewhere is not evidence there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from omr.field import PX_PER_MM, ZONE_MM, Field
from omr.ink_lines import Lines, lines_of
from omr.ink_pieces import Floats, Ink, Integers, begins, courses, ink_of, widths_of

_FOREIGN = 0.30  # of a piece's ink in its own bubble: less in another one is a mere tail there
_OWNING_MM2 = 0.4  # so much ink in a bubble makes a piece its own
_FILLED = 0.45  # of a bubble's inside: no line or two
_KNEE_MM = 1.8  # a shorter end of a stroke shows no bend
_MUCH_MM2 = 0.4  # of ink, for a mere end that is short
_GRAZED_MM2 = 0.15  # so little of a straight end in a bubble: it stops at the outline
_BEGINS_MM = 0.35  # a stroke whose lowest point lies so far within the outline begins here
_BEGUN_MM2 = 0.25
_TAIL_MM = 3.4  # of a stroke that runs on through a bubble, its white included
_SPILT_MM = 2.5  # what spills over an outline is no longer
_LEVEL_MM = 2.0  # bubbles of one row differ less in height, those of the next one more
_ARM_MM = 1.0  # strokes that strike a mark through end so far beyond the outline, or further
_ARM_BINS = 8
_LOOSE = 0.55  # a ring, a seal, a stain has less of its ink in and just around bubbles
_DIRT_MM2 = 0.3
_RING_REACH_MM = 3.4  # beyond the outline; hand-drawn rings are no wider
_RING_BINS = 24
_CLEAR_MM = 0.2  # between the outline's middle and ink that is surely outside


@dataclass(frozen=True, slots=True)
class Traces:
    """What the pieces of ink say about every bubble; (n,) each."""

    own: Floats  # of the ink in the bubble, the share that no other bubble has more of (0..1)
    share: Floats  # of its piece's ink in this and that other bubble which has most, here (0..1)
    below: NDArray[np.bool_]  # whether that other bubble is further down on the sheet
    cut: NDArray[np.bool_]  # whether its piece touches print, and may go on under it
    home: Floats  # of all its piece's ink, the share in this bubble (0..1)
    housed: Floats  # ... and the share in and just around any bubbles
    whole: Floats  # of its own ink inside, the share in one piece
    depth_mm: Floats  # how far below the bubble's middle that ink reaches inside
    arms: Floats  # share of the directions in which that piece ends well outside the bubble
    peak: Floats  # darkness of its darkest ink
    zone_mm: Floats  # how far apart the ends of its largest ink in and just around it are
    beside_mm2: Floats  # ink just around the bubble
    ring: Floats  # share of the directions in which there is ink round it
    loose: Floats  # ... ink of pieces that hardly enter any bubble
    lines: Lines  # how the ink inside each bubble goes on
    length_mm: Floats  # how far apart the ends of that line, or of its piece, are


def trace(field: Field) -> Traces:
    """Follow every piece of ink on *field*."""
    ink = ink_of(field)
    count, radius = len(field.centres_px), field.frame.radius_mm
    near = ink.bubble >= 0
    inside = near & (ink.away < radius)
    zone = near & (ink.away < radius + ZONE_MM)
    key = ink.piece * count + np.maximum(ink.bubble, 0)
    in_bubble = _tally(key, inside, ink.pieces, count)
    in_zone = _tally(key, zone, ink.pieces, count)
    total = np.bincount(ink.piece, minlength=ink.pieces)
    most, housed = in_bubble.max(axis=1), in_zone.sum(axis=1)
    owning = _OWNING_MM2 * PX_PER_MM**2
    foreign = (in_bubble < _FOREIGN * most[:, None]) & (most >= owning)[:, None]
    filled = most > _FILLED * np.pi * (radius * PX_PER_MM) ** 2
    down = field.centres_px[:, 1] / PX_PER_MM
    owner = in_bubble.argmax(axis=1)
    from_above = down[owner][:, None] < down + _LEVEL_MM
    foreign &= ~_is_more(ink, zone, key, foreign, filled[:, None] | from_above, radius)
    strange = foreign.ravel()[key] & near
    mine, around = inside & ~strange, zone & ~strange
    main = np.where(foreign, 0, in_bubble).argmax(axis=0)
    each = np.arange(count)
    here = np.where(foreign[main, each], 0, in_bubble[main, each])
    others = in_bubble[main]
    others[each, each] = 0
    elsewhere, other = others.max(axis=1), others.argmax(axis=1)
    weight = np.bincount(ink.bubble[inside], ink.dark[inside], minlength=count)
    kept = np.bincount(ink.bubble[mine], ink.dark[mine], minlength=count)
    lines = lines_of(ink, mine, main, field)
    inked = np.bincount(ink.bubble[mine], minlength=count)
    return Traces(
        own=np.where(weight > 0, kept / np.maximum(weight, 1e-9), 1.0),
        share=np.where(here > 0, here / np.maximum(here + elsewhere, 1), 1.0),
        below=(elsewhere > 0) & (down[other] > down + _LEVEL_MM),
        cut=(here > 0) & _touches_print(ink, field)[main],
        home=np.where(here > 0, here / np.maximum(total[main], 1), 1.0),
        housed=np.where(here > 0, housed[main] / np.maximum(total[main], 1), 1.0),
        whole=np.where(here > 0, here / np.maximum(inked, 1), 1.0),
        depth_mm=_depths(ink, mine, down),
        arms=_arms(ink, main, here, field),
        peak=_highest(ink.bubble[mine], ink.dark[mine], count),
        zone_mm=_extents(key[around], ink.x[around], ink.y[around], count),
        beside_mm2=np.bincount(
            ink.bubble[around & (ink.away > radius + _CLEAR_MM)], minlength=count
        )
        / PX_PER_MM**2,
        ring=_rings(ink, field, np.ones(ink.pieces, np.bool_)),
        loose=_rings(ink, field, (housed < _LOOSE * total) & (total > _DIRT_MM2 * PX_PER_MM**2)),
        lines=lines,
        length_mm=np.where(here > 0, np.maximum(_lengths(ink)[main], lines.length_mm), 0.0),
    )


def _is_more(
    ink: Ink,
    zone: NDArray[np.bool_],
    key: Integers,
    which: NDArray[np.bool_],
    spilt: NDArray[np.bool_],
    radius_mm: float,
) -> NDArray[np.bool_]:
    """Of the pieces at bubbles *which* (pieces, count) those that are more than an end there.

    The end of a stroke that comes from further down is straight, without a tick's knee, and
    does not begin inside. Where *spilt* (pieces, count), nothing but what spills over an
    outline can come from the owner: that is short.
    """
    found = np.zeros_like(which)
    at = np.flatnonzero(which.ravel()[key] & zone)
    at = at[np.argsort(key[at], kind="stable")]
    if not len(at):
        return found
    starts = begins(key[at])
    number = np.diff(np.append(starts, len(at)))
    longest, _angle, straight = courses(ink, at, starts, number)
    where = np.divmod(key[at][starts], which.shape[1])
    much = number > _MUCH_MM2 * PX_PER_MM**2
    enters = np.add.reduceat(ink.away[at] < radius_mm, starts) > _GRAZED_MM2 * PX_PER_MM**2
    bent = np.where(straight, (longest < _TAIL_MM) & much & enters, (longest > _KNEE_MM) | much)
    found[where] = np.where(spilt[where], longest > _SPILT_MM, bent)
    return found | _begins(ink, key, which, radius_mm)


def _begins(
    ink: Ink, key: Integers, which: NDArray[np.bool_], radius_mm: float
) -> NDArray[np.bool_]:
    """Of the pieces at bubbles *which* those whose lowest ink inside lies well within."""
    found = np.zeros_like(which)
    at = np.flatnonzero(which.ravel()[key] & (ink.away < radius_mm))
    at = at[np.lexsort((ink.y[at], key[at]))]
    if len(at):
        ends = np.flatnonzero(np.diff(key[at], append=-1))
        number = np.diff(ends, prepend=-1)
        within = ink.away[at[ends]] < radius_mm - _BEGINS_MM
        enough = number > _BEGUN_MM2 * PX_PER_MM**2
        found[np.divmod(key[at[ends]], which.shape[1])] = within & enough
    return found


def _tally(key: Integers, which: NDArray[np.bool_], pieces: int, count: int) -> Integers:
    """Pixels of every piece at every bubble, (pieces, count)."""
    return np.bincount(key[which], minlength=pieces * count).reshape(pieces, count)


def _highest(bubble: Integers, dark: NDArray[np.float32], count: int) -> Floats:
    found = np.zeros(count, np.float32)  # of the values' own kind: it is thirty times as fast
    np.maximum.at(found, bubble, dark)
    return found.astype(np.float64)


def _depths(ink: Ink, mine: NDArray[np.bool_], down_mm: Floats) -> Floats:
    """How far below its middle the lowest of every bubble's own ink lies, (n,) mm."""
    bubble = ink.bubble[mine]
    return _highest(bubble, (ink.y[mine] - down_mm[bubble]).astype(np.float32), len(down_mm))


def _extents(key: Integers, x: Floats, y: Floats, count: int) -> Floats:
    """Of every bubble's pieces the greatest extent, (count,) mm; *key* is piece and bubble."""
    found = np.zeros(count)
    if not len(key):
        return found
    order = np.argsort(key, kind="stable")
    starts = begins(key[order])
    bubble = key[order][starts] % count
    spans = [
        np.maximum.reduceat(v[order], starts) - np.minimum.reduceat(v[order], starts)
        for v in (x, y)
    ]
    np.maximum.at(found, bubble, np.hypot(*spans) + 1 / PX_PER_MM)
    return found


def _lengths(ink: Ink) -> Floats:
    """The greatest width of every piece, (pieces,) mm."""
    found = np.zeros(ink.pieces)
    if not len(ink.piece):
        return found
    order = np.argsort(ink.piece, kind="stable")
    pieces = ink.piece[order]
    starts = begins(pieces)
    found[pieces[starts]] = widths_of(ink.x[order], ink.y[order], starts).max(axis=0)
    return found


def _touches_print(ink: Ink, field: Field) -> NDArray[np.bool_]:
    """Which pieces touch what is printed, (pieces,)."""
    touching = field.frame.beside_print.ravel()[ink.at]
    return np.bincount(ink.piece[touching], minlength=ink.pieces) > 0


def _arms(ink: Ink, main: Integers, here: Integers, field: Field) -> Floats:
    """Share of the directions in which each bubble's main piece ends well outside it."""
    count, radius = len(field.centres_px), field.frame.radius_mm
    at = np.flatnonzero(ink.bubble >= 0)
    at = at[ink.away[at] > radius + _ARM_MM]
    bubble = ink.bubble[at]
    at = at[(main[bubble] == ink.piece[at]) & (here[bubble] > 0)]
    bubble, centres = ink.bubble[at], field.centres_px / PX_PER_MM
    turn = np.arctan2(ink.y[at] - centres[bubble, 1], ink.x[at] - centres[bubble, 0])
    bins = np.minimum((turn / (2 * np.pi) + 0.5) * _ARM_BINS, _ARM_BINS - 1).astype(np.int64)
    met = np.zeros((count, _ARM_BINS), np.bool_)
    met[bubble, bins] = True
    found: Floats = met.mean(axis=1)
    return found


def _rings(ink: Ink, field: Field, which: NDArray[np.bool_]) -> Floats:
    """Share of the directions in which there is ink of some pieces round each bubble.

    Only ink outside all bubbles counts.
    """
    count, radius = len(field.centres_px), field.frame.radius_mm
    at = np.flatnonzero((ink.away > radius + _CLEAR_MM) & which[ink.piece])
    if not len(at):
        return np.zeros(count)
    centres = field.centres_px.astype(np.float32) / PX_PER_MM
    dx = ink.x[at].astype(np.float32) - centres[:, 0, None]
    dy = ink.y[at].astype(np.float32) - centres[:, 1, None]
    close = np.flatnonzero(dx * dx + dy * dy < (radius + _RING_REACH_MM) ** 2)
    bubble, near = np.divmod(close, len(at))  # np.nonzero takes ten times as long
    turn = np.arctan2(dy[bubble, near], dx[bubble, near]) / (2 * np.pi) + 0.5
    bins = np.minimum((turn * _RING_BINS).astype(np.int64), _RING_BINS - 1)
    met = np.zeros((count, _RING_BINS), np.bool_)
    met[bubble, bins] = True
    found: Floats = met.mean(axis=1)
    return found
