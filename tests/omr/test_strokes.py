from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from omr.nearby import nearby
from omr.strokes import NOTHING, Stroke, trace

RADIUS_MM, DENSITY = 2.25, 8.0
# Three rows of three, as far apart as on our forms.
CENTRES = np.array([(x, y) for y in (60.0, 66.2, 72.4) for x in (90.0, 101.0, 112.0)])
MIDDLE = 4
AROUND = nearby(CENTRES, RADIUS_MM, DENSITY)
SIDE = 2 * AROUND.half_side + 1
Ink = NDArray[np.bool_]


def _ink(*lines: tuple[float, float, float, float], width_mm: float = 0.4) -> Ink:
    """Lines from (x, y) to (x, y), mm from the bubble's centre."""
    picture = np.zeros((SIDE, SIDE), np.uint8)
    for x0, y0, x1, y1 in lines:
        ends = [round(v * DENSITY) + AROUND.half_side for v in (x0, y0, x1, y1)]
        cv2.line(picture, tuple(ends[:2]), tuple(ends[2:]), 1, round(width_mm * DENSITY))
    return picture.astype(np.bool_)


def _stroke(ink: Ink) -> Stroke:
    (found,) = trace(ink[None], np.array([MIDDLE]), AROUND, RADIUS_MM, DENSITY)
    return found


DASH = _ink((-1.2, 0, 1.2, 0))
CROSS = _ink((-1.3, -1.3, 1.3, 1.3), (-1.3, 1.3, 1.3, -1.3))
TAIL = _ink((-0.5, 1.0, 4.0, -6.0))  # from the bubble up between its neighbours
THROUGH = _ink((-6.5, 0.2, 6.5, -0.2))
INTO_NEXT = _ink((0.5, 1.5, -0.5, -6.5), width_mm=0.5)


def test_a_dash_is_one_straight_line_that_stays_inside() -> None:
    found = _stroke(DASH)

    assert found.straight
    assert found.extent_mm == pytest.approx(2.9, abs=0.3)
    assert (found.leaves_mm, found.enters_mm) == (0, 0)
    assert (found.share, found.home) == (1, 1)


def test_a_cross_is_not_one_line() -> None:
    assert not _stroke(CROSS).straight


def test_a_line_through_the_bubble_leaves_it_on_both_sides() -> None:
    found = _stroke(THROUGH)

    assert found.straight
    assert found.leaves_mm > 3.5
    assert found.enters_mm > 3.5
    assert found.home < 0.5


def test_a_tail_leaves_on_one_side() -> None:
    found = _stroke(TAIL)

    assert found.straight
    assert found.leaves_mm > 3
    assert found.enters_mm == 0
    assert found.share == 1


def test_a_stroke_into_the_next_bubble_is_shared_with_it() -> None:
    found = _stroke(INTO_NEXT)

    assert 0.3 < found.share < 0.7


def test_ink_that_does_not_touch_is_not_followed() -> None:
    apart = DASH | _ink((-4, 4.0, 4, 4.0))

    assert _stroke(apart) == _stroke(DASH)


def test_a_bubble_without_ink_of_its_own_has_no_stroke() -> None:
    assert _stroke(_ink((-6, -4.0, 6, -4.0))) == NOTHING
    assert _stroke(np.zeros((SIDE, SIDE), np.bool_)) == NOTHING


def test_together_the_bubbles_give_what_each_gives_alone() -> None:
    full = np.ones((SIDE, SIDE), np.bool_)
    empty = np.zeros((SIDE, SIDE), np.bool_)
    kinds = [DASH, empty, CROSS, full, TAIL, THROUGH, INTO_NEXT, full, DASH]
    which = np.arange(len(CENTRES))

    together = trace(np.stack(kinds), which, AROUND, RADIUS_MM, DENSITY)

    alone = [
        trace(ink[None], which[n : n + 1], AROUND, RADIUS_MM, DENSITY)[0]
        for n, ink in enumerate(kinds)
    ]
    assert together == alone


def test_no_inked_bubble_gives_no_stroke() -> None:
    none = np.zeros((0, SIDE, SIDE), np.bool_)

    assert trace(none, np.zeros(0, np.int64), AROUND, RADIUS_MM, DENSITY) == []


def test_the_printed_outlines_themselves_are_no_ink() -> None:
    outline = ~AROUND.free[MIDDLE]

    assert _stroke(outline) == NOTHING
    assert _stroke(outline | DASH) == _stroke(DASH)
