"""The loops of :mod:`omr.ink_lines` and what else follows the course of ink, compiled (pure).

Compiled loops know no number of another module: numba would not notice that it changed.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from omr.compiled import compiled, part

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

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
_TIE_MM = 1e-9  # pixels lie in rows: whether one lies on the very edge is no matter of rounding
_FEWEST = 3  # pixels of ink that have a course
# Of a normal matrix's eigenvalues: what rounding leaves of a direction that does not exist.
_NO_DIRECTION = 1e-8
_MOST_SWEEPS, _ROUNDING = 30, 1e-34  # of Jacobi's method: it needs five or six


@part
def _median(values: Floats) -> float:
    ordered = np.sort(values)
    count = len(ordered)
    return (ordered[(count - 1) // 2] + ordered[count // 2]) / 2


@part
def _least(normal: Floats, right: Floats) -> Floats:
    """The solution x of ``normal @ x = right``, the least one where there are many.

    By Jacobi's rotations: *normal* (n, n) is small and symmetric, with no negative eigenvalue.
    """
    count = len(right)
    left, axes = normal.copy(), np.eye(count)
    for _sweep in range(_MOST_SWEEPS):
        beside, along = 0.0, 0.0
        for p in range(count):
            along += left[p, p] * left[p, p]
            for q in range(p + 1, count):
                beside += left[p, q] * left[p, q]
        if beside <= _ROUNDING * along:
            break
        for p in range(count):
            for q in range(p + 1, count):
                if left[p, q] == 0.0:
                    continue
                ratio = (left[q, q] - left[p, p]) / (2 * left[p, q])
                tangent = 1 / (abs(ratio) + math.sqrt(ratio * ratio + 1))
                if ratio < 0:
                    tangent = -tangent
                cosine = 1 / math.sqrt(tangent * tangent + 1)
                sine = tangent * cosine
                for n in range(count):
                    one, other = left[n, p], left[n, q]
                    left[n, p] = cosine * one - sine * other
                    left[n, q] = sine * one + cosine * other
                for n in range(count):
                    one, other = left[p, n], left[q, n]
                    left[p, n] = cosine * one - sine * other
                    left[q, n] = sine * one + cosine * other
                    one, other = axes[n, p], axes[n, q]
                    axes[n, p] = cosine * one - sine * other
                    axes[n, q] = sine * one + cosine * other
    largest = 0.0
    for n in range(count):
        largest = max(largest, left[n, n])
    found = np.zeros(count)
    for axis in range(count):
        if left[axis, axis] > _NO_DIRECTION * largest:
            share = 0.0
            for n in range(count):
                share += axes[n, axis] * right[n]
            for n in range(count):
                found[n] += axes[n, axis] * share / left[axis, axis]
    return found


@part
def _parabola(x: Floats, y: Floats, dx: float, dy: float, px_per_mm: float) -> Floats:
    """How points that lie roughly along (*dx*, *dy*) really lie.

    Returns:
        (3,) the direction, of length 1, and how far the middle lies off the line through the
        ends, mm.
    """
    along, across = x * dx + y * dy, y * dx - x * dy
    middle = along.mean()
    reach = (along.max() - along.min()) / 2 + 1 / px_per_mm
    normal, right = np.zeros((3, 3)), np.zeros(3)
    terms = np.empty(3)
    for n in range(len(along)):
        u = (along[n] - middle) / reach
        terms[0], terms[1], terms[2] = 1.0, u, u * u
        for i in range(3):
            right[i] += terms[i] * across[n]
            for j in range(3):
                normal[i, j] += terms[i] * terms[j]
    solution = _least(normal, right)
    slope = solution[1] / reach
    turned_x, turned_y = dx + slope * -dy, dy + slope * dx
    length = math.sqrt(turned_x * turned_x + turned_y * turned_y)
    return np.array([turned_x / length, turned_y / length, abs(solution[2])])


@part
def _reach(along: Floats, start: float) -> float:
    """How far a line goes on from *start* without a gap, among places *along* it."""
    ordered = np.sort(along)
    first = np.searchsorted(ordered, start - _GAP_MM)
    if first == len(ordered):
        return start
    end = ordered[first]
    for n in range(first + 1, len(ordered)):
        if ordered[n] - end > _GAP_MM:
            break
        end = ordered[n]
    return end


@part
def _is_inked(seen: Flags, row: int, column: int) -> bool:
    """Whether there is ink at, or as near as a hand-drawn line strays to, a place."""
    for r in range(max(row - _STRAYS_PX, 0), min(row + _STRAYS_PX + 1, seen.shape[0])):
        for c in range(max(column - _STRAYS_PX, 0), min(column + _STRAYS_PX + 1, seen.shape[1])):
            if seen[r, c]:
                return True
    return False


@part
def _hidden(
    printed: Flags,
    seen: Flags,
    px_per_mm: float,
    least_mm: float,
    x: float,
    y: float,
    dx: float,
    dy: float,
    offset_mm: float,
    reach_mm: float,
    other_mm: float,
) -> float:
    """Whether a line goes on under print, longer than any mark's: 0 no, 0.5 perhaps, 1 surely.

    Surely, if it comes out of the print again and is longer than a tick. The line ends, in the
    direction (*dx*, *dy*), *reach_mm* from its bubble's middle (*x*, *y*) (mm from the field's
    corner), which it passes *offset_mm* off, and *other_mm* the other way.
    """
    if reach_mm < least_mm:
        return 0.0
    height, width = seen.shape
    first_mm, last_mm = _BEYOND_MM
    steps = math.ceil((last_mm - first_mm) * px_per_mm)
    rows, columns = np.empty(steps, np.int64), np.empty(steps, np.int64)
    beyond = np.empty(steps)
    count = 0
    for n in range(steps):
        far = reach_mm + (first_mm + n / px_per_mm)
        column = int(np.rint((x + far * dx - offset_mm * dy) * px_per_mm))
        row = int(np.rint((y + far * dy + offset_mm * dx) * px_per_mm))
        if 0 <= row < height and 0 <= column < width:
            rows[count], columns[count], beyond[count] = row, column, far
            count += 1
    touching = False
    for n in range(min(count, round((_TOUCHING_MM - first_mm) * px_per_mm))):
        touching |= printed[rows[n], columns[n]]
    if not touching:
        return 0.0
    # Print that is crossed hides no more than it is broad: the line ends in it, unless it
    # comes out on the other side.
    out = 1
    while out < count and not (
        printed[rows[out - 1], columns[out - 1]] and not printed[rows[out], columns[out]]
    ):
        out += 1
    if out >= count:
        return 0.5
    long = other_mm + beyond[out] + _OUT_PX / px_per_mm > _LONGEST_MM
    for n in range(out, min(out + _OUT_PX, count)):
        if _is_inked(seen, rows[n], columns[n]):
            return 1.0 if long else 0.5
    return 0.5 if other_mm + beyond[out] > _LONGEST_MM else 0.0


@part
def _line(
    whole: Numbers,
    places: Floats,
    printed: Flags,
    seen: Flags,
    middle: Floats,
    piece: int,
    way: Floats,
    radius_mm: float,
    least_mm: float,
    px_per_mm: float,
    found: Floats,
) -> bool:
    """The line along which a bubble's ink lies, into *found*; whether it is straight.

    *found* (8,) becomes: its direction (2), how far it passes from the bubble's middle, how far
    it goes beyond the outline on its shorter and on its longer side, the share of the ink in and
    near the bubble that lies off it, whether it goes on under print (0.5: perhaps), and its length.
    """
    x, y = middle
    size = whole.shape[1]
    near_x, near_y, away = np.empty(size), np.empty(size), np.empty(size)
    own = np.empty(size, np.bool_)
    local, inner = 0, 0
    for k in range(size):
        if abs(places[0, k] - x) < _LOCAL_MM and abs(places[1, k] - y) < _LOCAL_MM:
            here_x, here_y = places[0, k] - x, places[1, k] - y
            near_x[local], near_y[local] = here_x, here_y
            away[local] = math.sqrt(here_x * here_x + here_y * here_y)
            own[local] = whole[1, k] == piece
            inner += own[local] and away[local] < radius_mm
            local += 1
    if inner < _FEWEST:
        return False
    inside_x, inside_y = np.empty(inner), np.empty(inner)
    inner = 0
    for k in range(local):
        if own[k] and away[k] < radius_mm:
            inside_x[inner], inside_y[inner] = near_x[k], near_y[k]
            inner += 1
    course = _parabola(inside_x, inside_y, way[0], way[1], px_per_mm)
    dx, dy = course[0], course[1]
    across = inside_y * dx - inside_x * dy
    offset = _median(across)
    half_width = 2 * _median(np.abs(across - offset))  # evenly spread points' median is half of it
    if course[2] > _SAGITTA_MM + half_width / 3:
        return False
    broad = _KNEE_OFF_MM + half_width
    # Other pieces on the line are parts of it: a pale one breaks where it crosses an outline.
    along, on_line, close, bent = np.empty(local), 0, 0, 0
    for k in range(local):
        off = abs(near_y[k] * dx - near_x[k] * dy - offset)
        if off < broad - _TIE_MM:
            along[on_line] = near_x[k] * dx + near_y[k] * dy
            on_line += 1
        if own[k] and away[k] < radius_mm + _KNEE_ROUND_MM:
            close += 1
            bent += off > broad + _TIE_MM
    inside = inside_x * dx + inside_y * dy
    ahead = _reach(along[:on_line], inside.max())
    behind = _reach(-along[:on_line], (-inside).max())
    found[0], found[1], found[2] = dx, dy, offset
    found[3] = max(0.0, min(ahead, behind) - radius_mm)
    found[4] = max(0.0, max(ahead, behind) - radius_mm)
    found[5] = bent / close
    found[6] = max(
        _hidden(printed, seen, px_per_mm, least_mm, x, y, dx, dy, offset, ahead, behind),
        _hidden(printed, seen, px_per_mm, least_mm, x, y, -dx, -dy, -offset, behind, ahead),
    )
    found[7] = ahead + behind
    return True


@part
def _goes_on(line: Floats, apart_x: float, apart_y: float, other: Floats) -> bool:
    """Whether the lines of two bubbles so far apart are parts of one, as of a fold or a slip."""
    far = math.sqrt(apart_x * apart_x + apart_y * apart_y)
    if not 0 < far < _NEXT_MM:
        return False
    turn = line[0] * other[0] + line[1] * other[1]
    sign = 1.0 if turn > 0 else -1.0
    off = abs(apart_y * line[0] - apart_x * line[1] + sign * other[2] - line[2])
    return abs(turn) > _SAME_WAY and off < _NEAR_LINE_MM


@compiled(
    "i8[:,:]",
    "f8[:,:]",
    "i8[:]",
    "f8[:]",
    "i8[:]",
    "b1[:]",
    "i8[:]",
    "f8[:,:]",
    "f8[:,:]",
    "b1[:,:]",
    "b1[:,:]",
    "f8",
    "f8",
    "f8",
    "out f8[:,:]",
)
def lines(
    whole: Numbers,
    places: Floats,
    inked: Numbers,
    longest: Floats,
    ways: Numbers,
    straight: Flags,
    main: Numbers,
    directions: Floats,
    centres_px: Floats,
    printed: Flags,
    seen: Flags,
    radius_mm: float,
    zone_mm: float,
    px_per_mm: float,
    found: Floats,
) -> None:
    """The course of the ink inside every bubble.

    Args:
        whole: As from :func:`omr.loops_pieces.gather` ...
        places: ... and this.
        inked: (n,) pixels that are each bubble's own, and inside.
        longest: (n,) as from :func:`omr.loops_courses.courses`, over these pixels ...
        ways: (n,) ... and this ...
        straight: (n,) ... and this.
        main: (n,) the piece that has most of each bubble's ink.
        directions: (2, m) of length 1.
        centres_px: (n, 2) where the bubbles lie.
        printed: (h, w) which pixels of the field are print.
        seen: (h, w) which are ink.
        radius_mm: Of the outlines.
        zone_mm: So far outside is just around a bubble.
        px_per_mm: Of the field.
        found: (8, n) becomes what :class:`omr.ink_lines.Lines` names, in its order.
    """
    count = len(centres_px)
    line = np.zeros((count, 8))
    placed = np.zeros(count, np.bool_)
    least_mm = radius_mm + zone_mm - 0.5 / px_per_mm
    found[:] = 0.0
    for n in range(count):
        found[0, n] = longest[n]
        if not straight[n]:
            continue
        middle = centres_px[n] / px_per_mm
        way = directions[:, ways[n]].copy()
        placed[n] = _line(
            whole,
            places,
            printed,
            seen,
            middle,
            main[n],
            way,
            radius_mm,
            least_mm,
            px_per_mm,
            line[n],
        )
        if placed[n]:
            found[1, n] = 1.0
            found[2, n], found[3, n], found[4, n] = line[n, 4], line[n, 3], line[n, 5]
            found[6, n], found[7, n] = line[n, 6], line[n, 7]
    for n in range(count):
        for other in range(count):
            if not (placed[n] and placed[other]) or n == other:
                continue
            # A tick's tail runs on as well, but leaves little in the next bubble.
            if inked[other] < _GOES_ON * inked[n]:
                continue
            apart_x = centres_px[other, 0] / px_per_mm - centres_px[n, 0] / px_per_mm
            apart_y = centres_px[other, 1] / px_per_mm - centres_px[n, 1] / px_per_mm
            if _goes_on(line[n], apart_x, apart_y, line[other]):
                found[5, n] = 1.0
