from __future__ import annotations

import functools
import itertools
import math

import cv2
import numpy as np
import pytest
from draw_sheets import LAYOUT, Grey, Matrix, Scan, apply, draw_sheet, place_matrix
from hypothesis import given, settings
from hypothesis import strategies as st

from omr.fiducials import find_fiducials
from omr.geometry import PagePoint
from omr.glance import place_at_a_glance
from omr.registration import SheetPlace, place_sheets

PAGE = [PagePoint(x, y) for x in np.linspace(3, 145, 5) for y in np.linspace(3, 207, 5)]
_DRAWN_PX_PER_MM = 6
A5 = (148.0, 210.0)
A4 = (210.0, 297.0)
A3 = (297.0, 420.0)


@functools.cache
def _sheet() -> Grey:
    return draw_sheet()


@functools.cache
def _coarse_sheet() -> Grey:
    """The same for fast laying: 6 px/mm."""
    scale = _DRAWN_PX_PER_MM
    size = (round(LAYOUT.width_mm * scale), round(LAYOUT.height_mm * scale))
    return np.asarray(cv2.resize(_sheet(), size, interpolation=cv2.INTER_AREA), np.uint8)


def _laid(
    size_mm: tuple[float, float], places: list[tuple[float, float, float]], dpi: float = 150
) -> Grey:
    """Sheets at (left, top, turn) on white ground, each over those before it."""
    grey = np.full([round(side * dpi / 25.4) for side in reversed(size_mm)], 250, np.uint8)
    to_mm = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, _DRAWN_PX_PER_MM]]) / _DRAWN_PX_PER_MM
    for left, top, turn in places:
        matrix = place_matrix(dpi=dpi, skew_deg=turn, at_mm=(left, top)) @ to_mm
        grey = np.asarray(
            cv2.warpPerspective(
                _coarse_sheet(),
                matrix,
                grey.shape[::-1],
                dst=grey,
                flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_TRANSPARENT,
            ),
            np.uint8,
        )
    noise = np.random.default_rng(1).normal(0, 3, grey.shape)
    return np.clip(grey + noise, 0, 255).astype(np.uint8)


def _worst_mm(place: SheetPlace, matrix: Matrix) -> float:
    worst = 0.0
    for point in PAGE:
        at, (x, y) = place.registration.locate(point), apply(matrix, point.x_mm, point.y_mm)
        off = math.hypot(at.x_px - x, at.y_px - y)
        worst = max(worst, off / place.registration.px_per_mm(point))
    return worst


def _agrees_with_the_whole_search(grey: Grey, glanced: list[SheetPlace]) -> bool:
    searched = place_sheets(find_fiducials(grey), LAYOUT.fiducials)
    return len(searched) == len(glanced) and all(
        isinstance(place, SheetPlace)
        and not place.missing
        and _worst_mm(known, np.array(place.registration.h).reshape(3, 3)) < 0.1
        for known, place in zip(glanced, searched, strict=True)
    )


@pytest.mark.parametrize("dpi", [150, 200, 300, 400])
@pytest.mark.parametrize("skew_deg", [-1.5, 0, 0.4])
def test_a_sheet_that_fills_its_image_is_placed_to_a_twentieth_of_a_millimetre(
    dpi: int, skew_deg: float
) -> None:
    matrix = place_matrix(dpi=dpi, skew_deg=skew_deg)
    grey = Scan(dpi=dpi).lay(_sheet(), matrix).noisy(5).grey

    [place] = place_at_a_glance(grey, LAYOUT)

    assert place.missing == ()
    assert not place.out_of_line
    assert _worst_mm(place, matrix) < 0.05


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_it_does_not_matter_which_way_it_was_fed(quarters: int) -> None:
    matrix = place_matrix(dpi=200, skew_deg=-1)
    grey, turn = Scan(dpi=200).lay(_sheet(), matrix).turned(quarters)

    [place] = place_at_a_glance(grey, LAYOUT)

    assert _worst_mm(place, turn @ matrix) < 0.05


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.parametrize("turns", [(0, 0), (180, 0), (1.2, -0.8)])
def test_two_sheets_that_share_the_glass_come_in_reading_order(
    quarters: int, turns: tuple[float, float]
) -> None:
    one, other = ((0.5, 0, turns[0]), (148.5, 0, turns[1]))
    grey = np.ascontiguousarray(np.rot90(_laid((297, 210), [one, other]), quarters))

    places = place_at_a_glance(grey, LAYOUT)

    assert len(places) == 2
    assert _agrees_with_the_whole_search(grey, places)


@pytest.mark.parametrize(
    ("size_mm", "places"),
    [
        (A4, [(0.0, 0.0, 0.0)]),
        (A4, [(31.0, 43.0, 0.0)]),
        (A3, [(0.0, 0.0, 0.0), (149.0, 0.0, 0.0), (0.0, 210.0, 0.0)]),
        (A3, [(0.0, 0.0, 0.0), (149.0, 0.0, 0.0), (0.0, 210.0, 0.0), (149.0, 210.0, 0.0)]),
        (A3, [(0.0, 0.0, 0.0), (149.0, 210.0, 180.0)]),
        ((170.0, 210.0), [(0.0, 0.0, 0.0)]),
        ((148.0, 230.0), [(0.0, 0.0, 0.0)]),
        (A5, [(0.0, 0.0, 10.0)]),
    ],
    ids=[
        "alone on A4",
        "in the middle of A4",
        "three on A3",
        "four on A3",
        "two on A3, corner to corner",
        "room at the side",
        "room below",
        "much askew",
    ],
)
def test_what_does_not_fill_the_image_is_left_to_the_whole_search(
    size_mm: tuple[float, float], places: list[tuple[float, float, float]]
) -> None:
    assert place_at_a_glance(_laid(size_mm, places), LAYOUT) == []


def test_fiducials_of_several_sheets_in_the_four_corners_are_no_sheet() -> None:
    # One sheet in each corner of A3, only its outermost fiducial left.
    corners = [(0.0, 0.0), (149.0, 0.0), (149.0, 210.0), (0.0, 210.0)]
    grey = np.full((420 * 6, 297 * 6), 250, np.uint8)
    for fiducial, (left, top) in zip(LAYOUT.fiducials, corners, strict=True):
        _paste(grey, fiducial.marker, left + fiducial.centre.x_mm, top + fiducial.centre.y_mm)

    assert place_at_a_glance(grey, LAYOUT) == []


def _paste(grey: Grey, marker: int, x_mm: float, y_mm: float, side_mm: float = 7.0) -> None:
    """A fiducial with a white rim, at 6 px/mm."""
    side, rim = round(side_mm * 6), 6
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    mark = cv2.aruco.generateImageMarker(dictionary, marker, side)
    left, top = round((x_mm - side_mm / 2) * 6), round((y_mm - side_mm / 2) * 6)
    grey[top - rim : top + side + rim, left - rim : left + side + rim] = 250
    grey[top : top + side, left : left + side] = mark


@pytest.mark.parametrize("marker", [0, 1, 2, 3])
@pytest.mark.parametrize(("x_mm", "y_mm"), [(22, 11.5), (11.5, 22), (22, 190)])
def test_a_fifth_fiducial_in_a_corner_is_no_ordinary_page(
    marker: int, x_mm: float, y_mm: float
) -> None:
    grey = _laid(A5, [(0, 0, 0)], dpi=6 * 25.4)
    _paste(grey, marker, x_mm, y_mm)

    assert place_at_a_glance(grey, LAYOUT) == []


@pytest.mark.parametrize("along_mm", [40.0, 105.0, 160.0])
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_another_sheets_fiducial_that_just_fits_beside_the_sheet_is_seen(
    along_mm: float, quarters: int
) -> None:
    grey = _laid((158.0, 210.0), [(0.5, 0, 0)], dpi=6 * 25.4)
    assert len(place_at_a_glance(grey, LAYOUT)) == 1
    _paste(grey, 1, 152.6, along_mm)

    assert place_at_a_glance(np.ascontiguousarray(np.rot90(grey, quarters)), LAYOUT) == []


@pytest.mark.parametrize("x_mm", [151.6, 153.5, 155.4])
def test_a_third_sheets_fiducial_between_two_sheets_is_seen(x_mm: float) -> None:
    grey = _laid((307.0, 210.0), [(0, 0, 0), (159, 0, 0)], dpi=6 * 25.4)
    assert len(place_at_a_glance(grey, LAYOUT)) == 2
    _paste(grey, 2, x_mm, 90.0)

    assert place_at_a_glance(grey, LAYOUT) == []


@pytest.mark.parametrize("torn", [0, 1, 2, 3])
def test_a_torn_sheet_is_left_to_the_whole_search(torn: int) -> None:
    matrix = place_matrix(dpi=200)
    scan = Scan(dpi=200).lay(_sheet(), matrix).cover(matrix, LAYOUT.fiducials[torn].centre, 4.0)

    assert place_at_a_glance(scan.grey, LAYOUT) == []


@pytest.mark.parametrize("torn", list(itertools.product((0, 1), (0, 1, 2, 3))))
def test_two_sheets_are_both_left_if_one_is_torn(torn: tuple[int, int]) -> None:
    grey = _laid((297, 210), [(0.5, 0, 0), (148.5, 0, 0)], dpi=6 * 25.4)
    sheet, marker = torn
    at = LAYOUT.fiducials[marker].centre
    left, top = (0.5 + 148 * sheet + at.x_mm - 5) * 6, (at.y_mm - 5) * 6
    grey[round(top) : round(top) + 60, round(left) : round(left) + 60] = 200

    assert place_at_a_glance(grey, LAYOUT) == []


def test_a_mirrored_sheet_is_none() -> None:
    grey = np.ascontiguousarray(_laid(A5, [(0, 0, 0)])[:, ::-1])

    assert place_at_a_glance(grey, LAYOUT) == []


@pytest.mark.parametrize(
    "grey",
    [
        np.full((1654, 1165), 255, np.uint8),
        np.zeros((1654, 1165), np.uint8),
        np.random.default_rng(3).integers(0, 256, (1654, 1165), dtype=np.uint8),
        np.full((1, 1), 255, np.uint8),
        np.full((0, 0), 255, np.uint8),
        np.full((3, 5000), 0, np.uint8),
        np.full((5000, 2), 90, np.uint8),
    ],
    ids=["white", "black", "noise", "one pixel", "no pixel", "a strip", "a thread"],
)
def test_pages_without_a_sheet_have_none(grey: Grey) -> None:
    assert place_at_a_glance(grey, LAYOUT) == []


def test_the_image_that_was_given_is_not_changed() -> None:
    grey = _laid(A5, [(0, 0, 0.3)])
    before = grey.copy()

    place_at_a_glance(grey, LAYOUT)

    assert np.array_equal(grey, before)


_PLACES = st.tuples(
    st.floats(-20, 160), st.floats(-20, 220), st.sampled_from((0.0, 90.0, 180.0)), st.floats(-4, 4)
)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from((A5, (A5[1], A5[0]), (155.0, 218.0), A4, (A4[1], A4[0]), A3)),
    st.lists(_PLACES, min_size=0, max_size=3),
    st.sampled_from(((), ((0.0, 0.0),), ((0.0, 0.0), (149.0, 0.0)), ((1.0, 1.0), (1.0, 211.0)))),
)
def test_whatever_lies_on_the_glass_a_glance_says_what_the_whole_search_says_or_nothing(
    size_mm: tuple[float, float],
    strewn: list[tuple[float, float, float, float]],
    laid: tuple[tuple[float, float], ...],
) -> None:
    places = [(x, y, quarter + skew) for x, y, quarter, skew in strewn]
    places += [(x, y, 0.0) for x, y in laid]  # on top
    grey = _laid(size_mm, places)

    glanced = place_at_a_glance(grey, LAYOUT)

    assert not glanced or _agrees_with_the_whole_search(grey, glanced)
