"""Straight ink in bubbles: how far it goes on outside, and whether it has a tick's knee (pure).

A slip of the pen or a fold crosses a bubble as a line; a dash ends at its outline, and a tick
has a second, shorter arm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from omr.field import PX_PER_MM, ZONE_MM, Field
from omr.ink_pieces import DIRECTIONS, Floats, Ink, Integers

_FEWEST = 3  # pixels of ink that have a course


@dataclass(frozen=True, slots=True)
class Lines:
    """How the ink inside every bubble lies; (n,) each. Without ink, or bent: zeros."""

    extent_mm: Floats  # how far apart its ends inside are, bent or not
    straight: NDArray[np.bool_]  # whether it is one straight line, and if so
    leaves_mm: Floats  # how far beyond the outline that line goes on its longer side
    enters_mm: Floats  # ... on its shorter side
    bend: Floats  # share of its piece's ink in and near the bubble that lies off that line
    aligned: NDArray[np.bool_]  # whether it goes on in another bubble
    hidden: Floats  # 1 if it comes out of print again, 0.5 if it may go on under print, else 0
    length_mm: Floats  # from end to end


def lines_of(ink: Ink, mine: NDArray[np.bool_], main: Integers, field: Field) -> Lines:
    """The course of the ink inside every bubble.

    Args:
        ink: Of the field.
        mine: (k,) which of its pixels lie in a bubble and are its own.
        main: (n,) the piece that has most of each bubble's own ink.
        field: Of the sheet.
    """
    from omr import loops_courses, loops_lines  # noqa: PLC0415 - numba, only for measuring

    count = len(field.centres_px)
    starts, pixels = loops_courses.sorted_into(ink.bubble, mine, count)
    longest, ways, straight = np.empty(count), np.empty(count, np.int64), np.empty(count, np.bool_)
    loops_courses.courses(
        ink.places, starts, pixels, _FEWEST, DIRECTIONS, PX_PER_MM, longest, ways, straight
    )
    found = np.empty((8, count))
    loops_lines.lines(
        ink.whole,
        ink.places,
        np.diff(starts),
        longest,
        ways,
        straight,
        main,
        DIRECTIONS,
        field.centres_px,
        field.frame.printed,
        field.seen,
        field.frame.radius_mm,
        ZONE_MM,
        PX_PER_MM,
        found,
    )
    extent, single, leaves, enters, bend, aligned, hidden, length = found
    return Lines(extent, single > 0, leaves, enters, bend, aligned > 0, hidden, length)
