from __future__ import annotations

import numpy as np
import pytest
from draw_ink import DASH, FILL, RADIUS_MM, Drawn, field, line, number, place
from hypothesis import given, settings
from hypothesis import strategies as st

from omr.field import NO_BUBBLE, PX_PER_MM
from omr.ink_pieces import DIRECTIONS, Ink, ink_of
from omr.loops_courses import courses


def _course(ink: Ink) -> tuple[float, float, bool]:
    """Length, direction in degrees (0 to 180) and straightness of all the ink."""
    every, length, way, straight = (
        np.arange(len(ink.dark)),
        np.empty(1),
        np.array([0]),
        np.array([True]),
    )
    starts = np.array([0, len(every)])
    courses(ink.places, starts, every, 1, DIRECTIONS, PX_PER_MM, length, way, straight)
    right, down = DIRECTIONS[:, way[0]]
    return float(length[0]), float(np.degrees(np.arctan2(down, right)) % 180), bool(straight[0])


def test_a_field_without_ink_has_no_pieces() -> None:
    found = ink_of(field())

    assert len(found.dark) == len(found.piece) == 0
    assert found.pieces == 1  # the paper


def test_every_pixel_knows_its_bubble_and_how_far_it_lies_from_its_centre() -> None:
    on = field(DASH.at(2, 1))
    found = ink_of(on)

    assert set(found.bubble) == {number(2, 1)}
    x, y = place(2, 1)
    left, top = on.frame.left_mm + 0.5 / PX_PER_MM, on.frame.top_mm + 0.5 / PX_PER_MM
    across, down, known = found.places
    away = np.hypot(across + left - x, down + top - y)
    assert known == pytest.approx(away)
    assert away.max() < RADIUS_MM


def test_marks_that_touch_are_one_piece_and_others_are_not() -> None:
    apart = ink_of(field(DASH.at(0, 0), DASH.at(2, 0), FILL.at(4, 3)))
    joined = ink_of(field(DASH.at(0, 0), line((0, 0), (0, 12.4)).at(0, 0), DASH.at(2, 0)))

    assert len(set(apart.piece)) == 3
    assert len(set(joined.piece)) == 1


def test_a_stroke_that_skips_by_a_hair_stays_one_piece() -> None:
    skipping = [line((x, 0), (x + 0.6, 0)).at(1, 1) for x in (-2.0, -0.6, 0.8)]
    apart = [line((x, 0), (x + 0.3, 0)).at(1, 1) for x in (-2.2, 0.0, 2.2)]

    assert len(set(ink_of(field(*skipping)).piece)) == 1
    assert len(set(ink_of(field(*apart)).piece)) == 3


def test_ink_far_from_every_bubble_is_not_looked_at() -> None:
    far = Drawn(((60.0, 101.5), (90.0, 101.5)))  # 16 mm below the last row

    assert not (ink_of(field(far)).bubble != NO_BUBBLE).any()


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 179.9), st.floats(2.0, 5.0), st.floats(0.2, 0.6))
def test_a_strokes_length_and_direction_are_found_whatever_they_are(
    turn: float, length: float, width: float
) -> None:
    x, y = np.cos(np.radians(turn)) * length / 2, np.sin(np.radians(turn)) * length / 2
    found, direction, straight = _course(
        ink_of(field(line((-x, -y), (x, y), width_mm=width).at(2, 1)))
    )

    assert straight
    assert length + width - 0.3 < found < length + width + 1.1  # softened at both ends
    apart = abs(direction - turn)
    assert min(apart, 180 - apart) < 2 * 180 / 16  # a broad stroke is longest across a corner


@pytest.mark.parametrize(
    "bent",
    [
        (line((-1.4, -1.4), (1.4, 1.4)), line((-1.4, 1.4), (1.4, -1.4))),
        (line((-1.4, -0.6), (-0.4, 1.2), (1.8, -1.8)),),
        (FILL,),
    ],
    ids=["a cross", "a tick", "a fill"],
)
def test_what_has_two_arms_or_is_round_is_not_straight(bent: tuple[Drawn, ...]) -> None:
    _length, _direction, straight = _course(ink_of(field(*(mark.at(2, 1) for mark in bent))))

    assert not straight
