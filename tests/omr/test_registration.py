"""One sheet on a page is placed to a tenth of a millimetre, or refused by name."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from draw_sheets import LAYOUT, Scan, draw_sheet, place_matrix
from see_fiducials import drawn_sheet, only, seen, worst_mm

from omr.fiducials import FoundFiducial, find_fiducials
from omr.geometry import PagePoint
from omr.judging import judge_sheet
from omr.marks import AnswerState, Reason
from omr.registration import MIN_PX_PER_MM, SheetPlace, Unplaced, place_sheets
from omr.scoring import measure
from omr.thresholds import Thresholds


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("skew_deg", [-10, 0, 0.7, 10])
def test_any_place_on_the_page_is_known_to_a_tenth_of_a_millimetre(
    dpi: int, skew_deg: float
) -> None:
    matrix = place_matrix(dpi=dpi, skew_deg=skew_deg, at_mm=(31, 43))
    scan = Scan(210, 297, dpi).lay(drawn_sheet(), matrix).noisy(6)

    place = only(find_fiducials(scan.grey))

    assert place.missing == ()
    assert place.residual_mm < 0.05
    assert worst_mm(place, matrix) < 0.1


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
    grey = spoil(Scan(dpi=200).lay(drawn_sheet(), matrix)).grey

    assert worst_mm(only(find_fiducials(grey)), matrix) < 0.13


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_sheet_fed_any_way_round_is_placed(quarters: int) -> None:
    matrix = place_matrix(dpi=200, skew_deg=-1.2)
    grey, turn = Scan(dpi=200).lay(drawn_sheet(), matrix).turned(quarters)

    place = only(find_fiducials(grey))

    assert worst_mm(place, turn @ matrix) < 0.1


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_a_sheet_with_one_corner_covered_is_placed_and_says_so(missing: int) -> None:
    matrix = place_matrix(dpi=200, skew_deg=2)
    scan = Scan(dpi=200).lay(drawn_sheet(), matrix).noisy(5)
    scan.cover(matrix, LAYOUT.fiducials[missing].centre, 4.0)

    place = only(find_fiducials(scan.grey))

    assert place.missing == (missing,)
    assert place.residual_mm < 0.05
    assert worst_mm(place, matrix) < 0.1


@pytest.mark.parametrize("missing", list(itertools.combinations(range(4), 2)))
def test_a_sheet_with_two_corners_covered_is_not_placed(missing: tuple[int, int]) -> None:
    matrix = place_matrix(dpi=200, skew_deg=2)
    scan = Scan(dpi=200).lay(drawn_sheet(), matrix)
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
    places = place_sheets(seen(place_matrix(dpi=200, mirrored=True)), LAYOUT.fiducials)

    assert places
    assert all(isinstance(place, Unplaced) for place in places)


@pytest.mark.parametrize("dpi", [75, 96, 120, 130])
def test_a_scan_too_coarse_for_thin_strokes_is_refused_by_name(dpi: int) -> None:
    assert dpi / 25.4 < MIN_PX_PER_MM
    places = place_sheets(seen(place_matrix(dpi=dpi, skew_deg=3)), LAYOUT.fiducials)

    assert [place.reason for place in places if isinstance(place, Unplaced)] == [
        Reason.LOW_RESOLUTION
    ]
    assert len(places) == 1


def test_the_coarsest_scan_that_is_promised_is_placed() -> None:
    assert only(seen(place_matrix(dpi=150))).residual_mm < 1e-4


@pytest.mark.parametrize("mm", [10.0, 20.0])
@pytest.mark.parametrize("marker", [0, 1, 2, 3])
def test_a_sheet_with_one_corner_folded_far_out_of_place_is_refused(marker: int, mm: float) -> None:
    found = seen(place_matrix(dpi=200))
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

    [place] = place_sheets(seen(matrix), LAYOUT.fiducials)

    assert isinstance(place, Unplaced)
    assert place.reason is Reason.REGISTRATION


def test_a_scan_slightly_longer_than_wide_is_placed() -> None:
    matrix = np.diag([1.0, 1.03, 1.0]) @ place_matrix(dpi=200)

    assert worst_mm(only(seen(matrix)), matrix) < 1e-3


@pytest.mark.parametrize("swollen_mm", [-0.2, 0.2])
def test_print_that_a_one_bit_scan_swelled_or_wore_away_is_in_line(swollen_mm: float) -> None:
    found = seen(place_matrix(dpi=300, skew_deg=2, tilt=(1e-4, 1e-4)))
    swollen = [
        FoundFiducial(f.marker, c + (f.corners - c) * (1 + swollen_mm / 7))
        for f in found
        for c in [f.corners.mean(axis=0)]
    ]

    assert not only(swollen).out_of_line


def test_three_fiducials_of_a_tilted_sheet_are_doubted_then_refused() -> None:
    flat, tilted, steep = (
        place_sheets(
            seen(place_matrix(dpi=200, at_mm=(20, 20), tilt=(tilt, tilt)), (0, 1, 2)),
            LAYOUT.fiducials,
        )[0]
        for tilt in (0.0, 2e-4, 9e-4)
    )

    assert isinstance(flat, SheetPlace)
    assert not flat.out_of_line
    assert isinstance(tilted, SheetPlace)
    assert tilted.out_of_line
    assert isinstance(steep, Unplaced)
