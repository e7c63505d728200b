from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from draw_sheets import LAYOUT, Grey, Matrix, Scan, apply, draw_sheet, place_matrix
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from omr.fiducials import FoundFiducial, find_fiducials
from omr.geometry import PagePoint
from omr.judging import judge_sheet
from omr.marks import AnswerState, Reason
from omr.registration import MIN_PX_PER_MM, SheetPlace, Unplaced, place_sheets
from omr.scoring import measure
from omr.thresholds import Thresholds

PAGE = [PagePoint(x, y) for x in np.linspace(3, 145, 8) for y in np.linspace(3, 207, 9)]


@functools.cache
def _sheet() -> Grey:
    return draw_sheet()


def _seen(matrix: Matrix, markers: tuple[int, ...] = (0, 1, 2, 3)) -> list[FoundFiducial]:
    """What a perfect detector would find of a sheet that lies at *matrix*."""
    found = []
    for marker in markers:
        fiducial = LAYOUT.fiducials[marker]
        x, y, half = fiducial.centre.x_mm, fiducial.centre.y_mm, fiducial.size_mm / 2
        around = ((-half, -half), (half, -half), (half, half), (-half, half))
        corners = np.array([apply(matrix, x + dx, y + dy) for dx, dy in around])
        found.append(FoundFiducial(marker, corners))
    return found


def _only(found: list[FoundFiducial]) -> SheetPlace:
    [place] = place_sheets(found, LAYOUT.fiducials)
    assert isinstance(place, SheetPlace), place
    return place


def _worst_mm(place: SheetPlace, matrix: Matrix) -> float:
    worst = 0.0
    for point in PAGE:
        at = place.registration.locate(point)
        x, y = apply(matrix, point.x_mm, point.y_mm)
        scale = place.registration.px_per_mm(point)
        worst = max(worst, math.hypot(at.x_px - x, at.y_px - y) / scale)
    return worst


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("skew_deg", [-10, 0, 0.7, 10])
def test_any_place_on_the_page_is_known_to_a_tenth_of_a_millimetre(
    dpi: int, skew_deg: float
) -> None:
    matrix = place_matrix(dpi=dpi, skew_deg=skew_deg, at_mm=(31, 43))
    scan = Scan(210, 297, dpi).lay(_sheet(), matrix).noisy(6)

    place = _only(find_fiducials(scan.grey))

    assert place.missing == ()
    assert place.residual_mm < 0.05
    assert _worst_mm(place, matrix) < 0.1


def _bilevel(scan: Scan) -> Scan:
    scan.grey = np.where(scan.noisy(10).grey > 128, 255, 0).astype(np.uint8)
    return scan


@pytest.mark.parametrize("skew_deg", [0.4, -3.3])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda scan: scan.blurred(0.2).noisy(3),
        lambda scan: scan.noisy(25),
        lambda scan: scan.blurred(0.12).noisy(15),
        _bilevel,
    ],
    ids=["soft", "grainy", "soft and grainy", "two levels"],
)
def test_a_poor_scan_is_placed_nearly_as_well(
    spoil: Callable[[Scan], Scan], skew_deg: float
) -> None:
    matrix = place_matrix(dpi=200, skew_deg=skew_deg)
    grey = spoil(Scan(dpi=200).lay(_sheet(), matrix)).grey

    assert _worst_mm(_only(find_fiducials(grey)), matrix) < 0.13


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_sheet_fed_any_way_round_is_placed(quarters: int) -> None:
    matrix = place_matrix(dpi=200, skew_deg=-1.2)
    grey, turn = Scan(dpi=200).lay(_sheet(), matrix).turned(quarters)

    place = _only(find_fiducials(grey))

    assert _worst_mm(place, turn @ matrix) < 0.1


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_a_sheet_with_one_corner_covered_is_placed_and_says_so(missing: int) -> None:
    matrix = place_matrix(dpi=200, skew_deg=2)
    scan = Scan(dpi=200).lay(_sheet(), matrix).noisy(5)
    scan.cover(matrix, LAYOUT.fiducials[missing].centre, 4.0)

    place = _only(find_fiducials(scan.grey))

    assert place.missing == (missing,)
    assert place.residual_mm < 0.05
    assert _worst_mm(place, matrix) < 0.1


@pytest.mark.parametrize("missing", list(itertools.combinations(range(4), 2)))
def test_a_sheet_with_two_corners_covered_is_not_placed(missing: tuple[int, int]) -> None:
    matrix = place_matrix(dpi=200, skew_deg=2)
    scan = Scan(dpi=200).lay(_sheet(), matrix)
    for marker in missing:
        scan.cover(matrix, LAYOUT.fiducials[marker].centre, 4.0)

    places = place_sheets(find_fiducials(scan.grey), LAYOUT.fiducials)

    assert [place.reason for place in places if isinstance(place, Unplaced)] == [
        Reason.REGISTRATION
    ]
    assert len(places) == 1


def test_no_fiducials_are_no_sheets() -> None:
    assert place_sheets([], LAYOUT.fiducials) == []


def test_a_mirrored_sheet_is_placed_nowhere() -> None:
    places = place_sheets(_seen(place_matrix(dpi=200, mirrored=True)), LAYOUT.fiducials)

    assert places
    assert all(isinstance(place, Unplaced) for place in places)


@pytest.mark.parametrize("dpi", [75, 96, 120, 130])
def test_a_scan_too_coarse_for_thin_strokes_is_refused_by_name(dpi: int) -> None:
    assert dpi / 25.4 < MIN_PX_PER_MM
    places = place_sheets(_seen(place_matrix(dpi=dpi, skew_deg=3)), LAYOUT.fiducials)

    assert [place.reason for place in places if isinstance(place, Unplaced)] == [
        Reason.LOW_RESOLUTION
    ]
    assert len(places) == 1


def test_the_coarsest_scan_that_is_promised_is_placed() -> None:
    assert _only(_seen(place_matrix(dpi=150))).residual_mm < 1e-4


@pytest.mark.parametrize("mm", [10.0, 20.0])
@pytest.mark.parametrize("marker", [0, 1, 2, 3])
def test_a_sheet_with_one_corner_folded_far_out_of_place_is_refused(marker: int, mm: float) -> None:
    found = _seen(place_matrix(dpi=200))
    found[marker] = FoundFiducial(marker, found[marker].corners + mm * 200 / 25.4)

    places = place_sheets(found, LAYOUT.fiducials)

    assert all(isinstance(place, Unplaced) for place in places)


@pytest.mark.parametrize("mm", [0.5, 1.0, 2.0, 3.0, 4.0, 6.0])
@pytest.mark.parametrize(("marker", "towards"), [(0, (1, 1)), (0, (1, 0)), (2, (-1, 1))])
def test_a_sheet_with_one_corner_a_little_out_of_place_is_never_read_wrongly_in_silence(
    marker: int, towards: tuple[int, int], mm: float
) -> None:
    # Four fiducials fit any homography nearly; the bubbles' outlines have to tell.
    said = {q.id: q.bubbles[n % len(q.bubbles)].option for n, q in enumerate(LAYOUT.questions)}
    fiducials = list(LAYOUT.fiducials)
    centre = fiducials[marker].centre
    moved = PagePoint(centre.x_mm + mm * towards[0], centre.y_mm + mm * towards[1])
    fiducials[marker] = replace(fiducials[marker], centre=moved)
    sheet = draw_sheet(replace(LAYOUT, fiducials=tuple(fiducials)), filled=tuple(said.items()))
    grey = Scan(dpi=150).lay(sheet, place_matrix(dpi=150, skew_deg=0.5)).noisy(4).grey

    [place] = place_sheets(find_fiducials(grey), LAYOUT.fiducials)

    if isinstance(place, SheetPlace):
        measured = measure(grey, place.registration, LAYOUT)
        answers, doubts = judge_sheet(measured, LAYOUT, Thresholds())
        wrong = [
            question
            for question, answer in answers.items()
            if answer.state is not AnswerState.DOUBTFUL and answer.options != (said[question],)
        ]
        assert doubts or not wrong


def test_a_scan_much_longer_than_wide_is_refused() -> None:
    matrix = np.diag([1.0, 1.4, 1.0]) @ place_matrix(dpi=200)

    [place] = place_sheets(_seen(matrix), LAYOUT.fiducials)

    assert isinstance(place, Unplaced)
    assert place.reason is Reason.REGISTRATION


def test_a_scan_slightly_longer_than_wide_is_placed() -> None:
    matrix = np.diag([1.0, 1.03, 1.0]) @ place_matrix(dpi=200)

    assert _worst_mm(_only(_seen(matrix)), matrix) < 1e-3


@pytest.mark.parametrize("seed", range(3))
def test_two_sheets_side_by_side_come_left_to_right(seed: int) -> None:
    left = place_matrix(dpi=150, at_mm=(1, 4), skew_deg=-1)
    right = place_matrix(dpi=150, at_mm=(149, 0), skew_deg=1.5)
    scan = Scan(299, 216, 150).lay(_sheet(), left).lay(_sheet(), right)
    found = find_fiducials(scan.grey)
    np.random.default_rng(seed).shuffle(found)

    first, second = place_sheets(found, LAYOUT.fiducials)

    assert isinstance(first, SheetPlace)
    assert isinstance(second, SheetPlace)
    assert _worst_mm(first, left) < 0.1
    assert _worst_mm(second, right) < 0.1


def test_two_sheets_one_above_the_other_come_top_to_bottom() -> None:
    upper = place_matrix(dpi=150, at_mm=(6, 0), skew_deg=1)
    lower = place_matrix(dpi=150, at_mm=(0, 211), skew_deg=-1)
    scan = Scan(156, 424, 150).lay(_sheet(), lower).lay(_sheet(), upper)

    first, second = place_sheets(find_fiducials(scan.grey), LAYOUT.fiducials)

    assert isinstance(first, SheetPlace)
    assert isinstance(second, SheetPlace)
    assert _worst_mm(first, upper) < 0.1
    assert _worst_mm(second, lower) < 0.1


def test_four_sheets_come_row_by_row() -> None:
    corners = [(0, 0), (149, 6), (3, 211), (151, 216)]
    matrices = [place_matrix(dpi=150, at_mm=corner) for corner in corners]
    found = [fiducial for matrix in reversed(matrices) for fiducial in _seen(matrix)]

    places = place_sheets(found, LAYOUT.fiducials)

    assert len(places) == 4
    for place, matrix in zip(places, matrices, strict=True):
        assert isinstance(place, SheetPlace)
        assert _worst_mm(place, matrix) < 1e-3


def test_sheets_fed_head_to_head_are_told_apart() -> None:
    left = place_matrix(dpi=200, at_mm=(0, 0))
    right = place_matrix(dpi=200, at_mm=(149, 0), skew_deg=180)

    places = place_sheets(_seen(right) + _seen(left), LAYOUT.fiducials)

    assert [isinstance(place, SheetPlace) for place in places] == [True, True]
    for place, matrix in zip(places, (left, right), strict=True):
        assert isinstance(place, SheetPlace)
        assert _worst_mm(place, matrix) < 1e-3


def test_a_spoilt_sheet_does_not_spoil_its_neighbour() -> None:
    left = place_matrix(dpi=200, at_mm=(0, 0))
    right = place_matrix(dpi=200, at_mm=(149, 0))
    found = _seen(left, (0, 3)) + _seen(right)

    first, second = place_sheets(found, LAYOUT.fiducials)

    assert isinstance(first, Unplaced)
    assert isinstance(second, SheetPlace)
    assert _worst_mm(second, right) < 1e-3


def test_halves_of_two_sheets_far_apart_are_not_mixed_into_one() -> None:
    one = place_matrix(dpi=200)
    other = place_matrix(dpi=200, at_mm=(50, 60), skew_deg=10)
    found = _seen(one, (0, 1)) + _seen(other, (2, 3))

    places = place_sheets(found, LAYOUT.fiducials)

    assert len(places) == 2
    assert all(isinstance(place, Unplaced) for place in places)


def _photographed(
    tilt_deg: float,
    side_deg: float,
    *,
    at_mm: tuple[float, float] = (0, 0),
    away_mm: float = 190.0,
) -> Matrix:
    """Where a phone's camera sees a sheet; from 190 mm away one nearly fills the picture."""
    tilt, side = math.radians(tilt_deg), math.radians(side_deg)
    about_z = np.array(
        [
            [math.cos(side), -math.sin(side), 0],
            [math.sin(side), math.cos(side), 0],
            [0, 0, 1],
        ]
    )
    about_x = np.array(
        [
            [1, 0, 0],
            [0, math.cos(tilt), -math.sin(tilt)],
            [0, math.sin(tilt), math.cos(tilt)],
        ]
    )
    turned = about_x @ about_z
    to_camera = np.column_stack([turned[:, 0], turned[:, 1], [0, 0, away_mm]])
    lens = np.array([[2880.0, 0, 1500], [0, 2880.0, 2000], [0, 0, 1]])
    middle = np.array([[1, 0, at_mm[0] - 74.0], [0, 1, at_mm[1] - 105.0], [0, 0, 1]])
    return np.asarray(lens @ to_camera @ middle, np.float64)


@pytest.mark.parametrize("side_deg", range(0, 360, 40))
@pytest.mark.parametrize("tilt_deg", [10, 20, 30])
def test_a_sheet_photographed_from_the_side_is_one_sheet(tilt_deg: float, side_deg: float) -> None:
    matrix = _photographed(tilt_deg, side_deg)

    assert _worst_mm(_only(_seen(matrix)), matrix) < 1e-3


@pytest.mark.parametrize("side_deg", [0, 40, 90, 200])
def test_sheets_beside_each_other_are_told_apart_in_a_tilted_photograph(side_deg: float) -> None:
    lie = [(-76, 0), (76, 0), (0, 214)]
    matrices = [_photographed(15, side_deg, at_mm=at, away_mm=420) for at in lie]
    found = [fiducial for matrix in matrices for fiducial in _seen(matrix)]

    places = place_sheets(found, LAYOUT.fiducials)

    assert len(places) == 3
    for place in places:
        assert isinstance(place, SheetPlace)
        assert min(_worst_mm(place, matrix) for matrix in matrices) < 1e-3


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_a_torn_sheet_in_a_tilted_photograph_is_one_sheet_and_refused(missing: int) -> None:
    rest = tuple(marker for marker in range(4) if marker != missing)

    [place] = place_sheets(_seen(_photographed(20, 40), rest), LAYOUT.fiducials)

    assert isinstance(place, Unplaced)


def test_a_fiducial_seen_twice_on_one_sheet_is_refused() -> None:
    found = _seen(place_matrix(dpi=200))
    found.append(FoundFiducial(2, found[2].corners + 3.0))

    places = place_sheets(found, LAYOUT.fiducials)

    assert all(isinstance(place, Unplaced) for place in places)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0, 360),
    st.floats(140, 620),
    st.tuples(st.floats(-3e-4, 3e-4), st.floats(-3e-4, 3e-4)),
    st.floats(0, 0.3),
    st.integers(0, 2**32 - 1),
)
def test_corners_that_are_a_little_off_still_give_a_place_that_is_right(
    skew: float, dpi: float, tilt: tuple[float, float], off_px: float, seed: int
) -> None:
    matrix = place_matrix(dpi=dpi, skew_deg=skew, at_mm=(60, 60), tilt=tilt)
    rng = np.random.default_rng(seed)
    found = [
        FoundFiducial(f.marker, f.corners + rng.uniform(-off_px, off_px, (4, 2)))
        for f in _seen(matrix)
    ]

    place = _only(found)

    assert _worst_mm(place, matrix) < 0.15


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_corners_anywhere_at_all_give_a_place_with_a_small_residual_or_a_refusal(
    data: st.DataObject,
) -> None:
    px = st.floats(-50, 4000)
    found = [
        FoundFiducial(
            marker,
            np.array(data.draw(st.lists(st.tuples(px, px), min_size=4, max_size=4)), np.float64),
        )
        for marker in data.draw(st.lists(st.integers(0, 3), min_size=1, max_size=6))
    ]

    for place in place_sheets(found, LAYOUT.fiducials):
        if isinstance(place, SheetPlace):
            assert place.residual_mm <= 0.35


def _seen_displaced(
    matrix: Matrix, marker: int, dx_mm: float, dy_mm: float, noise_px: float, seed: int
) -> list[FoundFiducial]:
    """What a good detector would find if one fiducial were printed elsewhere."""
    rng = np.random.default_rng(seed)
    elsewhere = np.array([[1, 0, dx_mm], [0, 1, dy_mm], [0, 0, 1]])
    found = []
    for n in range(4):
        [seen] = _seen(matrix @ elsewhere if n == marker else matrix, (n,))
        found.append(FoundFiducial(n, seen.corners + rng.normal(0, noise_px, (4, 2))))
    return found


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 3),
    st.floats(0, 2 * math.pi),
    st.floats(2.0, 8.0),
    st.floats(-10, 10),
    st.floats(150, 400),
    st.integers(0, 2**32 - 1),
)
def test_on_a_flat_sheet_a_fiducial_two_millimetres_out_of_place_is_never_overlooked(
    marker: int, direction: float, mm: float, skew: float, dpi: float, seed: int
) -> None:
    matrix = place_matrix(dpi=dpi, skew_deg=skew, at_mm=(20, 20))
    off = mm * math.cos(direction), mm * math.sin(direction)

    [place] = place_sheets(_seen_displaced(matrix, marker, *off, 0.15, seed), LAYOUT.fiducials)

    assert isinstance(place, Unplaced) or place.out_of_line


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 3),
    st.floats(0, 2 * math.pi),
    st.floats(4.0, 8.0),
    st.tuples(st.floats(-5e-4, 5e-4), st.floats(-5e-4, 5e-4)),
    st.integers(0, 2**32 - 1),
)
def test_in_a_photograph_a_fiducial_four_millimetres_out_of_place_is_not_taken_for_tilt(
    marker: int, direction: float, mm: float, tilt: tuple[float, float], seed: int
) -> None:
    matrix = place_matrix(dpi=200, skew_deg=3, at_mm=(20, 20), tilt=tilt)
    off = mm * math.cos(direction), mm * math.sin(direction)
    found = _seen_displaced(matrix, marker, *off, 0.15, seed)
    centres = np.array([f.corners.mean(axis=0) for f in found])
    skewed = np.linalg.norm(centres[0] - centres[1] + centres[2] - centres[3]) * 25.4 / 200
    assume(skewed > 1.0)  # where it undoes the tilt the sheet looks flat, and its bubbles tell

    [place] = place_sheets(found, LAYOUT.fiducials)

    assert isinstance(place, Unplaced) or place.out_of_line


@settings(max_examples=150, deadline=None)
@given(
    st.floats(0, 360),
    st.floats(150, 400),
    st.tuples(st.floats(-6e-4, 6e-4), st.floats(-6e-4, 6e-4)),
    st.floats(0.99, 1.06),
    st.integers(0, 2**32 - 1),
)
def test_neither_tilt_nor_stretch_is_taken_for_a_fiducial_out_of_place(
    skew: float, dpi: float, tilt: tuple[float, float], stretch: float, seed: int
) -> None:
    assume(math.hypot(*tilt) > 1e-4 or tilt == (0.0, 0.0))
    matrix = np.diag([1, stretch, 1]) @ place_matrix(
        dpi=dpi, skew_deg=skew, at_mm=(60, 60), tilt=tilt
    )

    [place] = place_sheets(_seen_displaced(matrix, 0, 0, 0, 0.15, seed), LAYOUT.fiducials)

    assert isinstance(place, SheetPlace)
    assert not place.out_of_line


@pytest.mark.parametrize("swollen_mm", [-0.2, 0.2])
def test_print_that_a_one_bit_scan_swelled_or_wore_away_is_in_line(swollen_mm: float) -> None:
    found = _seen(place_matrix(dpi=300, skew_deg=2, tilt=(1e-4, 1e-4)))
    swollen = [
        FoundFiducial(f.marker, c + (f.corners - c) * (1 + swollen_mm / 7))
        for f in found
        for c in [f.corners.mean(axis=0)]
    ]

    assert not _only(swollen).out_of_line


def test_three_fiducials_of_a_tilted_sheet_are_doubted_then_refused() -> None:
    flat, tilted, steep = (
        place_sheets(
            _seen(place_matrix(dpi=200, at_mm=(20, 20), tilt=(tilt, tilt)), (0, 1, 2)),
            LAYOUT.fiducials,
        )[0]
        for tilt in (0.0, 2e-4, 9e-4)
    )

    assert isinstance(flat, SheetPlace)
    assert not flat.out_of_line
    assert isinstance(tilted, SheetPlace)
    assert tilted.out_of_line
    assert isinstance(steep, Unplaced)
