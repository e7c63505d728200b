from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from draw_ink import (
    COLUMNS,
    CROSS,
    DASH,
    FILL,
    RADIUS_MM,
    ROWS,
    TICK,
    Drawn,
    disc,
    field,
    line,
    number,
    place,
    ring,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from omr.ink_objects import Traces, trace

HERE, ABOVE, BELOW = number(2, 1), number(1, 1), number(3, 1)
SHARES = ("own", "share", "home", "housed", "whole", "arms", "ring", "loose")
LONG_TICK = line((-1.4, 0), (-0.4, 1.4), (2.0, -5.2))
STRIKES = (line((-4, -4), (4, 4)), line((-4, 4), (4, -4)))


def _trace(*marks: Drawn) -> Traces:
    return trace(field(*marks))


def _as_if_blank(found: Traces, bubble: int) -> bool:
    """Whether nothing in or just round a bubble is left that counts."""
    seen = (found.peak, found.zone_mm, found.beside_mm2, found.length_mm, found.lines.extent_mm)
    return not any(values[bubble] for values in seen)


def test_a_blank_bubble_shows_nothing() -> None:
    found = _trace()

    assert all(_as_if_blank(found, bubble) for bubble in range(ROWS * COLUMNS))
    assert (found.own == 1).all()


@pytest.mark.parametrize(
    "marks", [(TICK,), CROSS, (DASH,), (FILL,)], ids=["tick", "cross", "dash", "fill"]
)
def test_a_mark_belongs_to_its_bubble_alone(marks: tuple[Drawn, ...]) -> None:
    found = _trace(*(mark.at(2, 1) for mark in marks))

    assert (found.own[HERE], found.share[HERE], found.whole[HERE]) == (1, 1, 1)
    assert found.home[HERE] > 0.8
    assert found.housed[HERE] > 0.9
    assert found.peak[HERE] > 0.5
    assert found.ring[HERE] < 0.1
    assert all(_as_if_blank(found, n) for n in range(ROWS * COLUMNS) if n != HERE)


def test_a_tail_that_ends_in_the_next_bubble_is_known_as_coming_from_below() -> None:
    found = _trace(LONG_TICK.at(2, 1))

    assert found.own[HERE] == 1
    assert found.share[HERE] > 0.7
    assert found.share[ABOVE] < 0.3
    assert found.below[ABOVE]
    assert not found.below[HERE]
    assert not found.lines.aligned[HERE]


def test_the_end_of_a_tick_that_stops_at_the_outline_above_is_no_ink_there() -> None:
    found = _trace(line((-1.4, 0), (-0.4, 1.4), (1.0, -3.5)).at(2, 1))

    assert _as_if_blank(found, ABOVE)


def test_depth_is_how_far_below_the_middle_the_ink_of_a_bubble_reaches() -> None:
    found = _trace(TICK.at(2, 1), line((0, -1.5), (0, -1.0)).at(1, 1))

    assert found.depth_mm[HERE] == pytest.approx(1.2, abs=0.5)
    assert found.depth_mm[ABOVE] == 0
    assert found.depth_mm[BELOW] == 0


def test_what_a_fill_spills_is_no_ink_of_its_neighbours() -> None:
    # A loop of the pen ends half a millimetre inside each neighbour.
    up = line((0.4, -2.0), (0.6, -4.4), (1.4, -4.2), (1.5, -1.5))
    found = _trace(*(mark.at(2, 1) for mark in (FILL, up, up.mirrored())))

    assert found.own[HERE] == 1
    for neighbour in (ABOVE, BELOW):
        assert found.own[neighbour] == 0
        assert _as_if_blank(found, neighbour)


def test_a_tick_that_touches_a_filled_bubble_stays_a_mark() -> None:
    found = _trace(
        FILL.at(1, 1), line((-1.4, -0.2), (-0.4, 1.2), (2.0, -3.2), (1.0, -5.0)).at(2, 1)
    )

    assert found.own[HERE] == found.own[ABOVE] == 1
    assert found.share[HERE] < 0.5  # they are one piece ...
    assert found.lines.extent_mm[HERE] > 3  # ... and this is a mark all the same
    assert not found.lines.straight[HERE]


def test_a_ring_round_a_bubble_is_seen_in_nearly_all_directions() -> None:
    found = _trace(ring(3.2, upto=0.95).at(2, 1))

    assert found.ring[HERE] > 0.85
    assert found.loose[HERE] == found.ring[HERE]
    assert found.peak[HERE] == 0  # nothing of it is inside
    assert max(found.ring[ABOVE], found.ring[BELOW]) < 0.45


def test_a_mark_is_no_ring_and_not_loose() -> None:
    found = _trace(TICK.at(2, 1))

    assert found.ring.max() < 0.15
    assert not found.loose.any()


def test_a_cross_much_larger_than_its_bubble_is_not_loose() -> None:
    large = (line((-4.2, -3.2), (4.2, 3.2)), line((-4.2, 3.2), (4.2, -3.2)))
    found = _trace(*(stroke.at(2, 1) for stroke in large))

    assert found.housed[HERE] < 0.55
    assert not found.loose.any()
    assert found.ring[HERE] > 0.15


def test_dirt_too_small_for_a_ring_is_not_loose() -> None:
    x, y = place(2, 1)
    speck = Drawn(((x + 3.0, y), (x + 3.02, y)), width_mm=0.15)

    assert not _trace(speck).loose.any()


def test_a_cross_struck_through_a_fill_has_arms_and_a_fill_has_none() -> None:
    struck = _trace(FILL.at(2, 1), *(strike.at(2, 1) for strike in STRIKES))
    filled = _trace(FILL.at(2, 1))

    assert struck.arms[HERE] > 0.45
    assert filled.arms[HERE] == 0
    assert struck.ring[HERE] < 0.6


def test_strokes_that_stay_near_the_outline_are_no_arms() -> None:
    assert _trace(*(mark.at(2, 1) for mark in CROSS)).arms[HERE] == 0
    assert _trace(TICK.at(2, 1)).arms[HERE] <= 0.25


def test_a_line_over_several_rows_is_hardly_housed() -> None:
    between = line((5.5, -8.0), (5.5, 8.0))  # between two columns
    touching = _trace(between.at(2, 0), line((2.0, 0), (5.5, 0)).at(2, 0))

    assert touching.housed[number(2, 0)] < 0.3
    assert touching.home[number(2, 0)] < 0.1


def test_marks_that_fell_to_pieces_are_not_whole() -> None:
    crumbs = [line((x, y), (x + 0.2, y)) for x in (-1.4, 1.2) for y in (-1.3, 1.3)]

    assert _trace(*(crumb.at(2, 1) for crumb in crumbs)).whole[HERE] < 0.3
    assert _trace(DASH.at(2, 1)).whole[HERE] == 1


def test_traces_just_round_a_bubble_are_measured_though_it_is_blank() -> None:
    found = _trace(line((-1.0, 2.75), (1.0, 2.75)).at(2, 1))

    assert found.zone_mm[HERE] == pytest.approx(2.4, abs=0.5)
    assert found.beside_mm2[HERE] > 0.5
    assert found.peak[HERE] < 0.2


POINTS = st.tuples(st.floats(58, 96), st.floats(58, 87))
SCRAWLS = st.lists(
    st.builds(
        lambda points, width: Drawn(tuple(points), width),
        st.lists(POINTS, min_size=2, max_size=5),
        st.floats(0.2, 1.0),
    ),
    max_size=5,
)


@settings(max_examples=40, deadline=None)
@given(SCRAWLS)
def test_whatever_is_scrawled_every_measure_is_within_its_range(marks: list[Drawn]) -> None:
    found = _trace(*marks)

    for name in SHARES:
        values = getattr(found, name)
        assert values.shape == (ROWS * COLUMNS,)
        assert (values >= 0).all(), name
        assert (values <= 1).all(), name
    # Only darkness in the bubble itself: whoever has none has no piece either.
    assert not (found.lines.extent_mm[found.peak == 0] > 0).any()
    assert np.isfinite([getattr(found.lines, f.name) for f in fields(found.lines)]).all()


@settings(max_examples=25, deadline=None)
@given(SCRAWLS, st.integers(0, ROWS - 1), st.integers(0, COLUMNS - 1))
def test_a_bubble_that_is_filled_keeps_its_ink_whatever_else_is_scrawled(
    marks: list[Drawn], row: int, column: int
) -> None:
    found = _trace(disc(RADIUS_MM).at(row, column), *marks)

    assert found.own[number(row, column)] > 0.9
