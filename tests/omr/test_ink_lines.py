from __future__ import annotations

import numpy as np
import pytest
from draw_ink import CROSS, DASH, FILL, LEFT_MM, RADIUS_MM, TICK, Drawn, field, line, number, place
from hypothesis import given, settings
from hypothesis import strategies as st

from omr.geometry import PageRect
from omr.ink_lines import Lines
from omr.ink_objects import trace

ROW, COLUMN = 2, 1
HERE = number(ROW, COLUMN)
THROUGH = line((-5.0, 0.2), (6.0, -0.2))


def _lines(*marks: Drawn, artwork: tuple[PageRect, ...] = ()) -> Lines:
    return trace(field(*(mark.at(ROW, COLUMN) for mark in marks), artwork=artwork)).lines


def test_a_line_across_goes_on_beyond_the_outline_on_both_sides() -> None:
    found = _lines(THROUGH)

    assert found.straight[HERE]
    assert found.leaves_mm[HERE] == pytest.approx(6.0 - RADIUS_MM, abs=0.5)
    assert found.enters_mm[HERE] == pytest.approx(5.0 - RADIUS_MM, abs=0.5)
    assert found.length_mm[HERE] == pytest.approx(11.4, abs=0.7)
    assert found.bend[HERE] < 0.03


def test_a_dash_ends_at_the_outline() -> None:
    found = _lines(DASH)

    assert found.straight[HERE]
    assert (found.leaves_mm[HERE], found.enters_mm[HERE]) == (0, 0)
    assert found.extent_mm[HERE] == pytest.approx(3.0, abs=0.6)
    assert not found.hidden[HERE]


def test_a_tail_leaves_on_one_side_alone() -> None:
    found = _lines(line((-0.5, 0.8), (3.4, -4.6)))

    assert found.straight[HERE]
    assert found.leaves_mm[HERE] > 2.5
    assert found.enters_mm[HERE] == 0


@pytest.mark.parametrize("marks", [CROSS, (FILL,), (TICK,)], ids=["cross", "fill", "tick"])
def test_bent_ink_has_an_extent_but_no_line(marks: tuple[Drawn, ...]) -> None:
    found = _lines(*marks)

    assert not found.straight[HERE]
    assert found.extent_mm[HERE] > 3.5
    assert found.length_mm[HERE] == found.leaves_mm[HERE] == found.bend[HERE] == 0


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 180), st.floats(-0.8, 0.8), st.floats(2.5, 6.0))
def test_how_far_a_line_leaves_does_not_depend_on_its_direction(
    turn: float, off_mm: float, reach_mm: float
) -> None:
    way = np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))])
    across = off_mm * np.array([-way[1], way[0]])
    ends = [tuple(way * reach + across) for reach in (-1.2, reach_mm)]
    found = _lines(line(*ends))

    assert found.straight[HERE]
    assert found.leaves_mm[HERE] == pytest.approx(max(0.0, reach_mm - RADIUS_MM), abs=0.7)
    assert found.enters_mm[HERE] < 0.3


def test_a_ticks_knee_just_outside_gives_bend() -> None:
    # The short arm lies below the bubble; what is inside it is the straight long arm.
    found = _lines(line((-2.6, 1.2), (-1.1, 2.3), (1.0, -2.6)))
    straight = _lines(line((-1.1, 2.3), (1.0, -2.6)))

    assert found.straight[HERE]
    assert straight.straight[HERE]
    assert found.bend[HERE] > 0.08
    assert straight.bend[HERE] < 0.03


def test_a_line_that_goes_on_in_the_next_bubble_is_aligned() -> None:
    found = _lines(line((-2.0, 0.2), (13.0, -0.2)))

    assert found.aligned[HERE]
    assert found.aligned[number(ROW, COLUMN + 1)]
    assert not found.aligned[number(ROW + 1, COLUMN)]


def test_two_dashes_in_one_column_are_two_marks_and_no_line() -> None:
    found = trace(field(DASH.at(1, 1), DASH.at(2, 1))).lines

    assert found.straight[[number(1, 1), number(2, 1)]].all()
    assert not found.aligned.any()


def test_a_pale_line_is_one_though_an_outline_swallowed_a_part_of_it() -> None:
    whole = _lines(line((-1.0, 0), (6.0, 0)))
    broken = _lines(line((-1.0, 0), (1.9, 0)), line((2.7, 0), (6.0, 0)))

    assert broken.leaves_mm[HERE] == pytest.approx(whole.leaves_mm[HERE], abs=0.3)


def test_a_line_that_ends_at_a_word_may_go_on_under_it() -> None:
    x, y = place(ROW, COLUMN)
    word = PageRect(x - 7.9, y - 1.5, 4.0, 3.0)
    to_the_word = line((4.0, 0), (-6.0, 0))

    assert _lines(to_the_word, artwork=(word,)).hidden[HERE] == 0.5
    # Crossed to its other side this one would still be no longer than a tick.
    assert not _lines(line((1.0, 0), (-6.0, 0)), artwork=(word,)).hidden[HERE]
    assert not _lines(to_the_word).hidden[HERE]
    assert not _lines(line((1.0, 0), (-2.5, 0)), artwork=(word,)).hidden[HERE]
    assert not _lines(DASH, artwork=(word,)).hidden[HERE]


def test_a_line_that_comes_out_of_a_word_goes_on_under_it() -> None:
    x, y = place(ROW, COLUMN)
    word = PageRect(x - 7.9, y - 1.5, 4.0, 3.0)

    assert _lines(line((2.0, 0), (-9.5, 0)), artwork=(word,)).hidden[HERE] == 1.0
    beside = PageRect(x - 5.5, y - 1.5, 1.5, 3.0)  # a tick may cross the corner of a word
    assert _lines(line((1.0, 0), (-6.0, 0)), artwork=(beside,)).hidden[HERE] < 1.0


def test_under_a_rule_a_line_is_followed() -> None:
    _x, y = place(ROW, COLUMN)
    rule = PageRect(LEFT_MM - 5.0, y + 3.0, 45.0, 0.2)
    through = _lines(line((0, -0.5), (0, 5.0)), artwork=(rule,))
    ended = _lines(line((0, -0.5), (0, 2.9)), artwork=(rule,))

    assert through.leaves_mm[HERE] > 2.0
    assert ended.leaves_mm[HERE] < 1.0
    assert not ended.hidden[HERE]


def test_without_ink_nothing_has_a_course() -> None:
    found = trace(field()).lines

    for values in (found.extent_mm, found.straight, found.leaves_mm, found.aligned, found.hidden):
        assert not values.any()
