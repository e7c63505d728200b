"""Several sheets on one page, and sheets in photographs, are told apart."""

from __future__ import annotations

import numpy as np
import pytest
from draw_sheets import LAYOUT, Scan, place_matrix
from see_fiducials import drawn_sheet, only, photographed, seen, worst_mm

from omr.fiducials import FoundFiducial, find_fiducials
from omr.registration import SheetPlace, Unplaced, place_sheets


@pytest.mark.parametrize("seed", range(3))
def test_two_sheets_side_by_side_come_left_to_right(seed: int) -> None:
    left = place_matrix(dpi=150, at_mm=(1, 4), skew_deg=-1)
    right = place_matrix(dpi=150, at_mm=(149, 0), skew_deg=1.5)
    scan = Scan(299, 216, 150).lay(drawn_sheet(), left).lay(drawn_sheet(), right)
    found = find_fiducials(scan.grey)
    np.random.default_rng(seed).shuffle(found)

    first, second = place_sheets(found, LAYOUT.fiducials)

    assert isinstance(first, SheetPlace)
    assert isinstance(second, SheetPlace)
    assert worst_mm(first, left) < 0.1
    assert worst_mm(second, right) < 0.1


def test_two_sheets_one_above_the_other_come_top_to_bottom() -> None:
    upper = place_matrix(dpi=150, at_mm=(6, 0), skew_deg=1)
    lower = place_matrix(dpi=150, at_mm=(0, 211), skew_deg=-1)
    scan = Scan(156, 424, 150).lay(drawn_sheet(), lower).lay(drawn_sheet(), upper)

    first, second = place_sheets(find_fiducials(scan.grey), LAYOUT.fiducials)

    assert isinstance(first, SheetPlace)
    assert isinstance(second, SheetPlace)
    assert worst_mm(first, upper) < 0.1
    assert worst_mm(second, lower) < 0.1


def test_four_sheets_come_row_by_row() -> None:
    corners = [(0, 0), (149, 6), (3, 211), (151, 216)]
    matrices = [place_matrix(dpi=150, at_mm=corner) for corner in corners]
    found = [fiducial for matrix in reversed(matrices) for fiducial in seen(matrix)]

    places = place_sheets(found, LAYOUT.fiducials)

    assert len(places) == 4
    for place, matrix in zip(places, matrices, strict=True):
        assert isinstance(place, SheetPlace)
        assert worst_mm(place, matrix) < 1e-3


def test_sheets_fed_head_to_head_are_told_apart() -> None:
    left = place_matrix(dpi=200, at_mm=(0, 0))
    right = place_matrix(dpi=200, at_mm=(149, 0), skew_deg=180)

    places = place_sheets(seen(right) + seen(left), LAYOUT.fiducials)

    assert [isinstance(place, SheetPlace) for place in places] == [True, True]
    for place, matrix in zip(places, (left, right), strict=True):
        assert isinstance(place, SheetPlace)
        assert worst_mm(place, matrix) < 1e-3


def test_a_spoilt_sheet_does_not_spoil_its_neighbour() -> None:
    left = place_matrix(dpi=200, at_mm=(0, 0))
    right = place_matrix(dpi=200, at_mm=(149, 0))
    found = seen(left, (0, 3)) + seen(right)

    first, second = place_sheets(found, LAYOUT.fiducials)

    assert isinstance(first, Unplaced)
    assert isinstance(second, SheetPlace)
    assert worst_mm(second, right) < 1e-3


def test_halves_of_two_sheets_far_apart_are_not_mixed_into_one() -> None:
    one = place_matrix(dpi=200)
    other = place_matrix(dpi=200, at_mm=(50, 60), skew_deg=10)
    found = seen(one, (0, 1)) + seen(other, (2, 3))

    places = place_sheets(found, LAYOUT.fiducials)

    assert len(places) == 2
    assert all(isinstance(place, Unplaced) for place in places)


@pytest.mark.parametrize("side_deg", range(0, 360, 40))
@pytest.mark.parametrize("tilt_deg", [10, 20, 30])
def test_a_sheet_photographed_from_the_side_is_one_sheet(tilt_deg: float, side_deg: float) -> None:
    matrix = photographed(tilt_deg, side_deg)

    assert worst_mm(only(seen(matrix)), matrix) < 1e-3


@pytest.mark.parametrize("side_deg", [0, 40, 90, 200])
def test_sheets_beside_each_other_are_told_apart_in_a_tilted_photograph(side_deg: float) -> None:
    lie = [(-76, 0), (76, 0), (0, 214)]
    matrices = [photographed(15, side_deg, at_mm=at, away_mm=420) for at in lie]
    found = [fiducial for matrix in matrices for fiducial in seen(matrix)]

    places = place_sheets(found, LAYOUT.fiducials)

    assert len(places) == 3
    for place in places:
        assert isinstance(place, SheetPlace)
        assert min(worst_mm(place, matrix) for matrix in matrices) < 1e-3


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_a_torn_sheet_in_a_tilted_photograph_is_one_sheet_and_refused(missing: int) -> None:
    rest = tuple(marker for marker in range(4) if marker != missing)

    [place] = place_sheets(seen(photographed(20, 40), rest), LAYOUT.fiducials)

    assert isinstance(place, Unplaced)


def test_a_fiducial_seen_twice_on_one_sheet_is_refused() -> None:
    found = seen(place_matrix(dpi=200))
    found.append(FoundFiducial(2, found[2].corners + 3.0))

    places = place_sheets(found, LAYOUT.fiducials)

    assert all(isinstance(place, Unplaced) for place in places)
