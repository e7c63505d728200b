"""Straight ink in bubbles: how far it goes on outside, and whether it has a tick's knee (pure).

A slip of the pen or a fold crosses a bubble as a line; a dash ends at its outline, and a tick
has a second, shorter arm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from omr.field import PX_PER_MM, ZONE_MM, Field
from omr.ink_pieces import DIRECTIONS, Floats, Ink, Integers, courses
from omr.medians import median
from omr.surfaces import solved

_TOUCHING_MM = 0.5  # a line that ends so near to print may go on under it
_BEYOND_MM = (-0.3, 6.5)  # where that is looked for: a line of words is crossed by then
_OUT_PX = 6  # beyond print in which a line that comes out of it is looked for, ...
_STRAYS_PX = 3  # ... so far to both sides
_LONGEST_MM = 10.5  # no tick is longer; a slip of the pen is
_KNEE_ROUND_MM = 1.7  # a tick's short arm lies in the bubble, or so near to it, ...
_KNEE_OFF_MM = 0.25  # ... and is no part of the line: so far from its edge
_GAP_MM = 1.3  # in a line: where an outline swallows it, or the pen skips
_SAGITTA_MM = 0.3  # a line is no more bent within a bubble; a tick's knee is
_GOES_ON = 0.6  # of the ink in one bubble, the least in the next of a line through both
_NEXT_MM = 16.0  # the next bubble but one, along a column
_SAME_WAY = 0.92  # cosine: two steps of the directions
_NEAR_LINE_MM = 0.8  # ink so far from a line belongs to it: its own width and its wavering
_LOCAL_MM = 7.0  # a line is looked at so far from its bubble
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
    hidden: NDArray[np.bool_]  # whether it may go on under print
    length_mm: Floats  # from end to end


def lines_of(ink: Ink, mine: NDArray[np.bool_], main: Integers, field: Field) -> Lines:
    """The course of the ink inside every bubble."""
    count = len(field.centres_px)
    lines = Lines(
        *(np.zeros(count, kind) for kind in (float, bool, float, float, float, bool, bool, float))
    )
    at = np.flatnonzero(mine)
    at = at[np.argsort(ink.bubble[at], kind="stable")]
    number = np.bincount(ink.bubble[at], minlength=count)
    inked = np.flatnonzero(number >= _FEWEST)
    at = at[number[ink.bubble[at]] >= _FEWEST]
    if not len(inked):
        return lines
    starts = np.concatenate([[0], np.cumsum(number[inked])[:-1]])
    longest, angles, straight = courses(ink, at, starts, number[inked])
    lines.extent_mm[inked] = longest
    lines.straight[inked] = straight
    centres = field.centres_px / PX_PER_MM
    places = []
    for k in np.flatnonzero(straight):
        line = _line(ink, field, int(inked[k]), int(main[inked[k]]), DIRECTIONS[:, angles[k]])
        if line is None:
            lines.straight[inked[k]] = False
            continue
        n = inked[k]
        lines.enters_mm[n], lines.leaves_mm[n], lines.bend[n] = line.enters, line.leaves, line.bend
        lines.hidden[n], lines.length_mm[n] = line.hidden, line.length
        places.append((n, line))
    for n, line in places:
        lines.aligned[n] = any(
            n != other
            # A tick's tail runs on as well, but leaves little in the next bubble.
            and number[other] >= _GOES_ON * number[n]
            and _goes_on(line, centres[n], centres[other], two)
            for other, two in places
        )
    return lines


@dataclass(frozen=True, slots=True)
class _Line:
    """The straight ink in one bubble; mm from its centre."""

    direction: Floats  # (2,) of length 1
    offset: float  # how far it passes from the centre
    enters: float  # how far it goes beyond the outline on its shorter side ...
    leaves: float  # ... and on its longer one
    bend: float  # share of the ink in and near the bubble that lies off it
    hidden: bool  # whether it may go on under print
    length: float  # from end to end


def _line(ink: Ink, field: Field, bubble: int, piece: int, direction: Floats) -> _Line | None:
    """The line along which a bubble's ink lies, or None if it is bent."""
    radius, centre = field.frame.radius_mm, field.centres_px[bubble] / PX_PER_MM
    at = np.flatnonzero(np.abs(ink.x - centre[0]) < _LOCAL_MM)
    at = at[np.abs(ink.y[at] - centre[1]) < _LOCAL_MM]
    dx, dy, own = ink.x[at] - centre[0], ink.y[at] - centre[1], ink.piece[at] == piece
    away = np.hypot(dx, dy)
    inside = own & (away < radius)
    if np.count_nonzero(inside) < _FEWEST:
        return None
    course = _course(dx[inside], dy[inside], direction)
    direction = course.direction
    along, across = dx * direction[0] + dy * direction[1], dy * direction[0] - dx * direction[1]
    offset = median(across[inside])
    off, half_width = np.abs(across - offset), _half_width(across[inside], offset)
    if course.sagitta_mm > _SAGITTA_MM + half_width / 3:
        return None
    broad = _KNEE_OFF_MM + half_width
    # Other pieces on the line are parts of it: a pale one breaks where it crosses an outline.
    ends, hidden = [], False
    for sign in (1.0, -1.0):
        reach = _reach(np.sort(sign * along[off < broad]), float((sign * along[inside]).max()))
        ends.append(reach)
    for sign, reach, other in zip((1.0, -1.0), ends, ends[::-1], strict=True):
        hidden |= _is_hidden(field, centre, sign * direction, sign * offset, reach, other)
    enters, leaves = (max(0.0, end - radius) for end in sorted(ends))
    close = own & (away < radius + _KNEE_ROUND_MM)
    bend = np.count_nonzero((off > broad) & close) / np.count_nonzero(close)
    return _Line(direction, offset, enters, leaves, bend, hidden, sum(ends))


def _reach(along: Floats, start: float) -> float:
    """How far a line goes on from *start* without a gap, among places sorted *along* it."""
    beyond = along[np.searchsorted(along, start - _GAP_MM) :]
    gaps = np.flatnonzero(np.diff(beyond) > _GAP_MM)
    return float(beyond[gaps[0]] if len(gaps) else beyond[-1])


def _half_width(across: Floats, offset: float) -> float:
    """Half of how broad a line is: evenly spread points' median is half of it."""
    return 2 * median(np.abs(across - offset))


@dataclass(frozen=True, slots=True)
class _Course:
    direction: Floats  # (2,) of length 1
    sagitta_mm: float  # how far its middle lies off the line through its ends


def _course(x: Floats, y: Floats, direction: Floats) -> _Course:
    """How points that lie roughly along *direction* really lie: a parabola through them."""
    along, across = x * direction[0] + y * direction[1], y * direction[0] - x * direction[1]
    middle, reach = along.mean(), np.ptp(along) / 2 + 1 / PX_PER_MM
    u = (along - middle) / reach
    terms = np.stack([np.ones_like(u), u, u * u])
    solution = solved(terms @ terms.T, (terms @ across)[:, None])[:, 0]
    turned = direction + solution[1] / reach * np.array([-direction[1], direction[0]])
    return _Course(turned / np.hypot(*turned), float(abs(solution[2])))


def _goes_on(line: _Line, here: Floats, there: Floats, other: _Line) -> bool:
    """Whether two bubbles' lines are parts of one, as of a fold or a slip of the pen."""
    apart = there - here
    if not 0 < np.hypot(*apart) < _NEXT_MM:
        return False
    turn = abs(float(line.direction @ other.direction))
    normal = np.array([-line.direction[1], line.direction[0]])
    sign = 1.0 if line.direction @ other.direction > 0 else -1.0
    off = abs(float(normal @ apart) + sign * other.offset - line.offset)
    return turn > _SAME_WAY and off < _NEAR_LINE_MM


def _is_hidden(
    field: Field,
    centre: Floats,
    direction: Floats,
    offset_mm: float,
    reach_mm: float,
    other_mm: float,
) -> bool:
    """Whether a line may go on under print, longer than any mark's.

    Args:
        field: Of the sheet.
        centre: Of the bubble, mm from the field's corner.
        direction: (2,) of length 1, along which the line ends *reach_mm* from the centre.
        offset_mm: How far it passes from the centre.
        reach_mm: Where it ends that way ...
        other_mm: ... and the other way.
    """
    if reach_mm < field.frame.radius_mm + ZONE_MM - 0.5 / PX_PER_MM:
        return False
    normal = np.array([-direction[1], direction[0]])
    height, width = field.seen.shape
    beyond = reach_mm + np.arange(_BEYOND_MM[0], _BEYOND_MM[1], 1 / PX_PER_MM)
    at = centre + beyond[:, None] * direction + offset_mm * normal
    columns, rows = np.rint(at * PX_PER_MM).astype(np.int64).T
    within = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    rows, columns = rows[within], columns[within]
    printed = field.frame.printed[rows, columns]
    if not printed[: round((_TOUCHING_MM - _BEYOND_MM[0]) * PX_PER_MM)].any():
        return False
    # Print that is crossed hides no more than it is broad: the line ends in it, unless it
    # comes out on the other side.
    outside = np.flatnonzero(np.diff(printed.astype(np.int8)) == -1)
    if not len(outside):
        return True
    first = int(outside[0]) + 1
    if any(
        _is_inked(field, row, column)
        for row, column in zip(
            rows[first : first + _OUT_PX], columns[first : first + _OUT_PX], strict=True
        )
    ):
        return True
    return bool(other_mm + beyond[within][first] > _LONGEST_MM)


def _is_inked(field: Field, row: int, column: int) -> bool:
    """Whether there is ink at, or as near as a hand-drawn line strays to, a place."""
    rows = slice(max(row - _STRAYS_PX, 0), row + _STRAYS_PX + 1)
    columns = slice(max(column - _STRAYS_PX, 0), column + _STRAYS_PX + 1)
    return bool(field.seen[rows, columns].any())
