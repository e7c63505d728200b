from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from omr.geometry import PagePoint, PageRect, Registration

PAGE_POINTS = st.builds(PagePoint, st.floats(0, 210), st.floats(0, 297))
RECTS = st.builds(
    PageRect,
    st.floats(-50, 250),
    st.floats(-50, 350),
    st.floats(0.5, 100),
    st.floats(0.5, 100),
)


@st.composite
def registrations(draw: st.DrawFn) -> Registration:
    """Any turn, 100 to 600 dpi, some stretch and shear, and a mild tilt towards the lens."""
    turn = draw(st.floats(0, 2 * math.pi))
    scale = draw(st.floats(4, 24))
    stretch = draw(st.floats(0.95, 1.05))
    shear = draw(st.floats(-0.05, 0.05))
    dx, dy = draw(st.floats(-3000, 6000)), draw(st.floats(-3000, 6000))
    tilt_x, tilt_y = draw(st.floats(-3e-4, 3e-4)), draw(st.floats(-3e-4, 3e-4))
    c, s = math.cos(turn) * scale, math.sin(turn) * scale
    return Registration(
        (c, -s * stretch + c * shear, dx, s, c * stretch + s * shear, dy, tilt_x, tilt_y, 1.0)
    )


@given(registrations(), PAGE_POINTS)
def test_a_printed_point_survives_the_trip_through_the_scanner(
    registration: Registration, point: PagePoint
) -> None:
    back = registration.unlocate(registration.locate(point))

    assert (back.x_mm, back.y_mm) == pytest.approx((point.x_mm, point.y_mm), abs=1e-6)


@given(registrations())
def test_a_sheet_seen_from_the_front_is_never_called_mirrored(registration: Registration) -> None:
    assert not registration.mirrored


@given(registrations(), st.sampled_from(["x", "y"]))
def test_a_sheet_seen_from_behind_is_always_called_mirrored(
    registration: Registration, axis: str
) -> None:
    a, b, c, d, e, f, g, h, i = registration.h
    if axis == "x":
        seen = Registration((-a, b, c, -d, e, f, -g, h, i))
    else:
        seen = Registration((a, -b, c, d, -e, f, g, -h, i))

    assert seen.mirrored


@given(st.integers(0, 8), st.sampled_from([math.nan, math.inf, -math.inf]))
def test_a_registration_with_a_number_that_is_none_is_refused(place: int, bad: float) -> None:
    values = [8.0, 0.0, 0.0, 0.0, 8.0, 0.0, 0.0, 0.0, 1.0]
    values[place] = bad

    with pytest.raises(ValueError, match="finite"):
        Registration(tuple(values))  # type: ignore[arg-type]  # nine of them


@given(st.floats(4, 24), st.floats(-3, 3), st.floats(-3000, 3000), st.floats(-3000, 3000))
def test_a_map_that_folds_the_page_into_a_line_is_refused(
    scale: float, ratio: float, dx: float, dy: float
) -> None:
    with pytest.raises(ValueError, match="invertible"):
        Registration((scale, 0.0, dx, scale * ratio, 0.0, dy, 0.0, 0.0, 1.0))


@given(st.floats(4, 24), st.floats(0, 2 * math.pi), PAGE_POINTS)
def test_the_scale_of_a_turned_scan_is_the_same_everywhere(
    scale: float, turn: float, at: PagePoint
) -> None:
    c, s = scale * math.cos(turn), scale * math.sin(turn)
    registration = Registration((c, -s, 40.0, s, c, -7.0, 0.0, 0.0, 1.0))

    assert registration.px_per_mm(at) == pytest.approx(scale, rel=1e-9)


def test_the_scale_of_a_stretched_scan_is_the_mean_of_its_directions() -> None:
    registration = Registration((9.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 1.0))

    assert registration.px_per_mm(PagePoint(10, 10)) == pytest.approx(6.0)


def test_the_scale_of_a_mirrored_scan_is_positive() -> None:
    registration = Registration((-8.0, 0.0, 900.0, 0.0, 8.0, 0.0, 0.0, 0.0, 1.0))

    assert registration.px_per_mm(PagePoint(10, 10)) == pytest.approx(8.0)


def test_the_scale_of_a_tilted_photograph_falls_with_distance() -> None:
    registration = Registration((8.0, 0.0, 0.0, 0.0, 8.0, 0.0, 0.0, 2e-3, 1.0))

    near, far = PagePoint(74, 5), PagePoint(74, 205)

    assert registration.px_per_mm(near) > 1.5 * registration.px_per_mm(far)


def test_corners_run_clockwise_from_the_top_left() -> None:
    rect = PageRect(1, 2, 10, 20)

    assert rect.corners() == (
        PagePoint(1, 2),
        PagePoint(11, 2),
        PagePoint(11, 22),
        PagePoint(1, 22),
    )
    assert (rect.right_mm, rect.bottom_mm) == (11, 22)


@given(RECTS, RECTS)
def test_rectangles_overlap_exactly_when_their_common_part_has_an_area(
    one: PageRect, other: PageRect
) -> None:
    width = min(one.right_mm, other.right_mm) - max(one.x_mm, other.x_mm)
    height = min(one.bottom_mm, other.bottom_mm) - max(one.y_mm, other.y_mm)
    assume(abs(width) > 1e-9)
    assume(abs(height) > 1e-9)

    assert one.overlaps(other) == (width > 0 and height > 0)
    assert one.overlaps(other) == other.overlaps(one)


def test_rectangles_that_only_touch_do_not_overlap() -> None:
    assert not PageRect(0, 0, 10, 10).overlaps(PageRect(10, 0, 10, 10))
    assert not PageRect(0, 0, 10, 10).overlaps(PageRect(0, 10, 10, 10))


@given(RECTS, st.floats(0, 20))
def test_a_grown_rectangle_keeps_its_middle_and_gains_on_every_side(
    rect: PageRect, by_mm: float
) -> None:
    grown = rect.grown(by_mm)

    assert grown.x_mm == pytest.approx(rect.x_mm - by_mm)
    assert grown.y_mm == pytest.approx(rect.y_mm - by_mm)
    assert grown.right_mm == pytest.approx(rect.right_mm + by_mm)
    assert grown.bottom_mm == pytest.approx(rect.bottom_mm + by_mm)
