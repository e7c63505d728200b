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
from omr.ink_pieces import DIRECTIONS, Floats, Ink, ink_of

_KINDS = 15  # of what is said about every bubble, beside its lines


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
    from omr import loops_courses, loops_ink  # noqa: PLC0415 - numba, which only measuring needs

    ink = ink_of(field)
    count, frame = len(field.centres_px), field.frame
    shape, radius = (ink.pieces, count), frame.radius_mm
    in_bubble, in_zone = np.empty(shape, np.int64), np.empty(shape, np.int64)
    foreign, spilt = np.empty(shape, np.bool_), np.empty(shape, np.bool_)
    down = np.ascontiguousarray(field.centres_px[:, 1]) / PX_PER_MM
    loops_ink.tally(
        ink.whole, ink.places, down, radius, ZONE_MM, PX_PER_MM, in_bubble, in_zone, foreign, spilt
    )
    _keep_marks(ink, spilt, radius, foreign)
    mine = np.empty(len(ink.dark), np.bool_)
    main, inked = np.empty(count, np.int64), np.empty(count, np.int64)
    loops_ink.own_ink(ink.whole, ink.places, in_bubble, foreign, radius, mine, main, inked)
    lines = lines_of(ink, mine, main, field)
    wanted = np.zeros(ink.pieces, np.bool_)
    wanted[main] = True
    wanted[0] = False  # the paper
    lengths = np.empty(ink.pieces)
    loops_courses.lengths(ink.whole, ink.places, wanted, DIRECTIONS, PX_PER_MM, lengths)
    found = np.empty((_KINDS, count))
    loops_ink.traces(
        ink.whole,
        ink.places,
        ink.dark,
        field.centres_px,
        lengths,
        frame.beside_print.reshape(-1),
        in_bubble,
        in_zone,
        foreign,
        mine,
        main,
        inked,
        radius,
        ZONE_MM,
        PX_PER_MM,
        found,
    )
    own, share, below, cut, home, housed, whole, depth, arms, peak, zone, beside = found[:12]
    ring, loose, length = found[12:]
    length_mm = np.where(length > 0, np.maximum(length, lines.length_mm), 0.0)
    return Traces(
        own=own,
        share=share,
        below=below > 0,
        cut=cut > 0,
        home=home,
        housed=housed,
        whole=whole,
        depth_mm=depth,
        arms=arms,
        peak=peak,
        zone_mm=zone,
        beside_mm2=beside,
        ring=ring,
        loose=loose,
        lines=lines,
        length_mm=length_mm,
    )


def _keep_marks(
    ink: Ink, spilt: NDArray[np.bool_], radius_mm: float, foreign: NDArray[np.bool_]
) -> None:
    """Pieces that are more than a mere end in a strange bubble are no strangers there any more.

    Args:
        ink: Of the field.
        spilt: (pieces, n) where only what spills over an outline can come from the owner.
        radius_mm: Of the outlines.
        foreign: (pieces, n) where a piece is a stranger; changed in place.
    """
    from omr import loops_courses as loops  # noqa: PLC0415 - numba, which only measuring needs

    size = len(ink.dark)
    keys, wanted = np.empty(size, np.int64), np.empty(size, np.bool_)
    reach = radius_mm + ZONE_MM
    ends = loops.strange_ends(ink.whole, ink.places, foreign, reach, keys, wanted)
    if not ends:
        return
    starts, pixels = loops.sorted_into(keys, wanted, ends)
    longest, ways, straight = np.empty(ends), np.empty(ends, np.int64), np.empty(ends, np.bool_)
    loops.courses(ink.places, starts, pixels, 1, DIRECTIONS, PX_PER_MM, longest, ways, straight)
    loops.keep_marks(
        ink.whole,
        ink.places,
        starts,
        pixels,
        longest,
        straight,
        spilt,
        radius_mm,
        PX_PER_MM,
        foreign,
    )
