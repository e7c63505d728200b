from __future__ import annotations

import functools
from dataclasses import replace

import cv2
import numpy as np
import pytest
from draw_sheets import LAYOUT, Grey, Matrix, Scan, apply, draw_sheet, place_matrix

from omr import fiducials
from omr.fiducials import FoundFiducial, find_fiducials, find_in_corners


@functools.cache
def _sheet() -> Grey:
    return draw_sheet()


def _true_corners(matrix: Matrix, marker: int) -> np.ndarray:
    fiducial = LAYOUT.fiducials[marker]
    x, y, half = fiducial.centre.x_mm, fiducial.centre.y_mm, fiducial.size_mm / 2
    corners = (
        (x - half, y - half),
        (x + half, y - half),
        (x + half, y + half),
        (x - half, y + half),
    )
    return np.array([apply(matrix, *corner) for corner in corners])


def _worst_px(found: list[FoundFiducial], matrix: Matrix) -> float:
    off = [np.linalg.norm(f.corners - _true_corners(matrix, f.marker), axis=1) for f in found]
    return float(np.max(off))


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("skew_deg", [-10, 0, 1, 10])
def test_all_four_are_found_with_their_corners_to_a_third_of_a_pixel(
    dpi: int, skew_deg: float
) -> None:
    matrix = place_matrix(dpi=dpi, skew_deg=skew_deg, at_mm=(31, 43))
    scan = Scan(210, 297, dpi).lay(_sheet(), matrix).noisy(4)

    found = find_fiducials(scan.grey)

    assert sorted(f.marker for f in found) == [0, 1, 2, 3]
    assert _worst_px(found, matrix) < 0.35


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_corners_begin_at_the_printed_top_left_whichever_way_the_sheet_was_fed(
    quarters: int,
) -> None:
    matrix = place_matrix(dpi=200, skew_deg=2)
    grey, turn = Scan(dpi=200).lay(_sheet(), matrix).turned(quarters)

    found = find_fiducials(grey)

    assert sorted(f.marker for f in found) == [0, 1, 2, 3]
    assert _worst_px(found, turn @ matrix) < 0.35


@pytest.mark.parametrize(
    ("what", "sigma_mm", "noise"),
    [("a soft lens", 0.15, 3), ("a grainy sensor", 0.0, 25), ("both", 0.12, 15)],
)
def test_they_are_found_in_poor_scans(what: str, sigma_mm: float, noise: float) -> None:
    matrix = place_matrix(dpi=200, skew_deg=-2)
    scan = Scan(dpi=200).lay(_sheet(), matrix)
    if sigma_mm:
        scan.blurred(sigma_mm)
    found = find_fiducials(scan.noisy(noise).grey)

    assert sorted(f.marker for f in found) == [0, 1, 2, 3]
    assert _worst_px(found, matrix) < 1.0  # 0.13 mm


def test_they_are_found_on_paper_that_darkens_towards_one_side() -> None:
    matrix = place_matrix(dpi=200)
    scan = Scan(dpi=200).lay(_sheet(), matrix)
    shade = np.linspace(1.0, 0.35, scan.grey.shape[1])

    found = find_fiducials((scan.grey * shade).astype(np.uint8))

    assert sorted(f.marker for f in found) == [0, 1, 2, 3]


def test_they_are_found_on_a_two_level_scan() -> None:
    matrix = place_matrix(dpi=200, skew_deg=1.5)
    scan = Scan(dpi=200).lay(_sheet(), matrix).noisy(10)

    found = find_fiducials(np.where(scan.grey > 128, 255, 0).astype(np.uint8))

    assert sorted(f.marker for f in found) == [0, 1, 2, 3]
    assert _worst_px(found, matrix) < 1.3


def test_they_are_found_in_a_photograph_taken_at_a_slant() -> None:
    matrix = place_matrix(dpi=200, skew_deg=4, at_mm=(20, 25), tilt=(4e-4, -5e-4))
    scan = Scan(200, 270, 200).lay(_sheet(), matrix)

    found = find_fiducials(scan.grey)

    assert sorted(f.marker for f in found) == [0, 1, 2, 3]
    assert _worst_px(found, matrix) < 0.5


def test_both_sheets_of_a_page_are_found() -> None:
    left = place_matrix(dpi=200, at_mm=(0, 0))
    right = place_matrix(dpi=200, at_mm=(149, 0))
    scan = Scan(297, 210, 200).lay(_sheet(), left).lay(_sheet(), right)

    found = find_fiducials(scan.grey)

    assert sorted(f.marker for f in found) == [0, 0, 1, 1, 2, 2, 3, 3]


def test_a_covered_one_is_not_made_up() -> None:
    matrix = place_matrix(dpi=200)
    scan = Scan(dpi=200).lay(_sheet(), matrix).cover(matrix, LAYOUT.fiducials[2].centre, 4.0)

    assert sorted(f.marker for f in find_fiducials(scan.grey)) == [0, 1, 3]


def test_a_mirrored_sheet_shows_none() -> None:
    matrix = place_matrix(dpi=200, mirrored=True)
    scan = Scan(dpi=200).lay(_sheet(), matrix)

    assert find_fiducials(scan.grey) == []


def test_other_marks_of_the_same_family_are_not_ours() -> None:
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    page = np.full((1000, 1000), 255, np.uint8)
    for n, marker in enumerate(range(4, 50)):
        row, column = divmod(n, 7)
        top, left = 30 + 135 * row, 30 + 135 * column
        page[top : top + 60, left : left + 60] = cv2.aruco.generateImageMarker(
            dictionary, marker, 60
        )

    assert find_fiducials(page) == []


@pytest.mark.parametrize(
    "page",
    [
        np.full((2339, 1654), 255, np.uint8),
        np.zeros((2339, 1654), np.uint8),
        np.random.default_rng(3).integers(0, 256, (2339, 1654), dtype=np.uint8),
        np.full((1, 1), 255, np.uint8),
        np.full((3, 5000), 0, np.uint8),
        np.full((5000, 2), 90, np.uint8),
    ],
    ids=["white", "black", "noise", "one pixel", "a strip", "a thread"],
)
def test_pages_without_any_show_none(page: Grey) -> None:
    assert find_fiducials(page) == []


def test_the_image_that_was_given_is_not_changed() -> None:
    scan = Scan(dpi=150).lay(_sheet(), place_matrix(dpi=150))
    before = scan.grey.copy()

    find_fiducials(scan.grey)

    assert np.array_equal(scan.grey, before)


@pytest.mark.parametrize("level", [255, 240, 120])
@pytest.mark.parametrize("noise", [0, 6])
def test_a_bare_back_is_looked_at_once(
    monkeypatch: pytest.MonkeyPatch, level: int, noise: float
) -> None:
    def harder() -> cv2.aruco.ArucoDetector:
        raise AssertionError("looked harder at bare paper")

    monkeypatch.setattr("omr.fiducials._thorough_detector", harder)
    scan = Scan(dpi=200)
    scan.grey[:] = level

    assert find_fiducials(scan.noisy(noise).grey) == []


@pytest.mark.parametrize("share", [0.16, 0.3])
@pytest.mark.parametrize("kept", [0, 2])
def test_one_pale_fiducial_is_not_taken_for_bare_paper(kept: int, share: float) -> None:
    without = tuple(marker for marker in range(4) if marker != kept)
    blank = draw_sheet(replace(LAYOUT, questions=()), without=without)
    scan = Scan(dpi=200).lay(blank, place_matrix(dpi=200, skew_deg=1))
    pale = (245 - (255 - scan.grey.astype(float)) * share).astype(np.uint8)

    assert [f.marker for f in find_fiducials(pale)] == [kept]


def test_in_the_corners_only_what_lies_there_is_found() -> None:
    matrix = place_matrix(dpi=200)
    grey = Scan(dpi=200).lay(_sheet(), matrix).grey
    height, width = grey.shape
    side = 7 * 200 / 25.4

    all_four = find_in_corners(grey, (0, 0, width, height), side_px=side, reach_px=4 * side)
    inner = (200, 200, width - 200, height - 200)

    assert sorted(f.marker for f in all_four) == [0, 1, 2, 3]
    assert _worst_px(all_four, matrix) < 0.35
    assert find_in_corners(grey, inner, side_px=side, reach_px=4 * side) == []


@pytest.mark.parametrize("expected", [1.5, 3.0])
def test_in_the_corners_smaller_fiducials_than_expected_do_not_count(expected: float) -> None:
    grey = Scan(dpi=200).lay(_sheet(), place_matrix(dpi=200)).grey
    height, width = grey.shape
    side = 7 * 200 / 25.4

    found = find_in_corners(grey, (0, 0, width, height), side_px=expected * side, reach_px=4 * side)

    assert found == []


@pytest.mark.parametrize("skew_deg", [0, 2])
def test_they_are_found_where_toner_is_missing_in_thin_white_lines(skew_deg: float) -> None:
    matrix = place_matrix(dpi=200, skew_deg=skew_deg)
    scan = Scan(dpi=200).lay(_sheet(), matrix).noisy(4)
    for row in range(3, scan.grey.shape[0], 13):
        scan.grey[row : row + 2] = 250

    found = find_fiducials(scan.grey)

    assert sorted(f.marker for f in found) == [0, 1, 2, 3]
    assert _worst_px(found, matrix) < 2.2  # a line may run along the edge itself


@pytest.mark.parametrize("dpi", [200, 400])
def test_they_are_found_under_specks_of_pepper_and_salt(dpi: int) -> None:
    matrix = place_matrix(dpi=dpi)
    grey = Scan(dpi=dpi).lay(_sheet(), matrix).grey
    small = np.random.default_rng(5).random([side * 200 // dpi for side in grey.shape])
    drawn = cv2.resize(small, grey.shape[::-1], interpolation=cv2.INTER_NEAREST)
    grey[drawn < 0.04], grey[drawn > 0.94] = 0, 255

    assert sorted(f.marker for f in find_fiducials(grey)) == [0, 1, 2, 3]


def test_a_huge_page_is_never_searched_with_all_its_pixels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sizes: list[int] = []
    real = fiducials._detect

    def watched(image: Grey, scale: int, detector: cv2.aruco.ArucoDetector) -> list[FoundFiducial]:
        sizes.append(max(image.shape))
        return real(image, scale, detector)

    monkeypatch.setattr(fiducials, "_detect", watched)
    page = np.full((7016, 4961), 240, np.uint8)
    cv2.putText(page, "a letter", (300, 900), cv2.FONT_HERSHEY_SIMPLEX, 20, 30, 30)

    assert find_fiducials(page) == []
    assert 1800 < max(sizes) <= 4000


@pytest.mark.parametrize("share", [0.8, 0.2])
def test_a_sheet_that_is_small_on_a_huge_page_is_found(share: float) -> None:
    matrix = place_matrix(dpi=250, skew_deg=3, at_mm=(350, 250))
    scan = Scan(640, 800, 250).lay(_sheet(), matrix)
    pale = (235 - (255 - scan.grey.astype(np.float32)) * share).astype(np.uint8)

    found = find_fiducials(pale)

    assert sorted(f.marker for f in found) == [0, 1, 2, 3]
    assert _worst_px(found, matrix) < 1.0
