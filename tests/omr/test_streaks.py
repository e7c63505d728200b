from __future__ import annotations

import functools

import cv2
import numpy as np
import pytest
from draw_sheets import LAYOUT, Grey, Scan, draw_sheet, place_matrix
from hypothesis import given, settings
from hypothesis import strategies as st

from omr.streaks import find_streaks


@functools.cache
def _clean(dpi: int = 200, skew_deg: float = 0.0) -> Grey:
    filled = tuple((q.id, "r3") for q in LAYOUT.questions)
    sheet = draw_sheet(filled=filled)
    return Scan(dpi=dpi).lay(sheet, place_matrix(dpi=dpi, skew_deg=skew_deg)).noisy(4).grey


def _find(grey: Grey, dpi: int = 200, contrast: float = 230.0) -> tuple[list[int], list[int]]:
    box = (0, 0, grey.shape[1], grey.shape[0])
    columns, rows = find_streaks(grey, box=box, px_per_mm=dpi / 25.4, contrast=contrast)
    return columns.tolist(), rows.tolist()


def _near(found: list[int], at: int, width: int) -> bool:
    return bool(found) and all(at - 2 <= place <= at + width + 1 for place in found)


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("width", [1, 2, 5])
@pytest.mark.parametrize("level", [0, 90, 190])
def test_a_line_down_the_whole_sheet_is_found_at_its_column(
    dpi: int, width: int, level: int
) -> None:
    grey = _clean(dpi).copy()
    at = round(60 * dpi / 25.4)
    grey[:, at : at + width] = np.minimum(grey[:, at : at + width], level)

    columns, rows = _find(grey, dpi)
    assert _near(columns, at, width)
    assert rows == []


def test_a_line_across_the_whole_sheet_is_found_at_its_row() -> None:
    grey = _clean().copy()
    grey[901:903] = np.minimum(grey[901:903], 60)

    columns, rows = _find(grey)
    assert columns == []
    assert _near(rows, 901, 2)


def test_two_lines_are_both_found() -> None:
    grey = _clean().copy()
    grey[:, 300] = 30
    grey[:, 700:702] = 120

    columns, _rows = _find(grey)
    assert any(abs(column - 300) <= 2 for column in columns)
    assert any(abs(column - 700) <= 3 for column in columns)
    assert all(abs(c - 300) <= 3 or abs(c - 700) <= 4 for c in columns)


def test_a_line_down_a_skewed_sheet_is_found_since_the_scanner_drew_it() -> None:
    grey = _clean(skew_deg=2.0).copy()
    grey[:, 500:502] = 40

    assert _near(_find(grey)[0], 500, 2)


def test_a_line_on_shaded_paper_is_found() -> None:
    grey = (_clean() * np.linspace(1, 0.6, 1165)[None, :]).astype(np.uint8)
    grey[:, 640:642] = grey[:, 640:642] // 3

    assert _near(_find(grey)[0], 640, 2)


@pytest.mark.parametrize("skew_deg", [0.0, 0.3, 2.0])
@pytest.mark.parametrize("dpi", [150, 300])
def test_a_clean_sheet_has_no_lines(dpi: int, skew_deg: float) -> None:
    assert _find(_clean(dpi, skew_deg), dpi) == ([], [])


def test_text_is_no_line() -> None:
    grey = np.full((1653, 1165), 250, np.uint8)
    for row in range(40, 1640, 22):
        cv2.putText(
            grey, "PHIEU KHAO SAT lll iii |||| HHH" * 3, (20, row), 0, 0.6, 20, 1, cv2.LINE_AA
        )

    assert _find(grey) == ([], [])


def test_upright_text_strokes_below_one_another_are_no_line() -> None:
    grey = np.full((1653, 1165), 250, np.uint8)
    for row in range(40, 1640, 30):
        grey[row : row + 14, 200:202] = 20

    assert _find(grey)[0] == []


def test_handwriting_is_no_line() -> None:
    grey = np.full((1653, 1165), 250, np.uint8)
    rng = np.random.default_rng(5)
    for _ in range(60):
        points = np.cumsum(rng.normal(0, 30, (60, 2)), axis=0) + rng.uniform(200, 1000, 2)
        cv2.polylines(grey, [np.round(points).astype(np.int32)], False, 40, 2, cv2.LINE_AA)

    assert _find(grey) == ([], [])


def test_a_pens_long_stroke_is_no_line_since_no_hand_is_so_straight() -> None:
    grey = np.full((1653, 1165), 250, np.uint8)
    rng = np.random.default_rng(8)
    ys = np.linspace(100, 1550, 40)
    xs = 500 + np.cumsum(rng.normal(0, 1.5, 40))
    stroke = np.round(np.stack([xs, ys], axis=1)).astype(np.int32)
    cv2.polylines(grey, [stroke], False, 40, 2, cv2.LINE_AA)

    assert _find(grey) == ([], [])


@pytest.mark.parametrize("share", [0.3, 0.5])
def test_a_printed_rule_along_part_of_the_sheet_is_no_line(share: float) -> None:
    grey = np.full((1653, 1165), 250, np.uint8)
    for row in range(400, 1200, 49):
        grey[row : row + 2, 60 : 60 + round(share * 1165)] = 20
    grey[400 : 400 + round(share * 1653), 60:62] = 20

    assert _find(grey) == ([], [])


def test_the_edge_of_a_dark_field_is_no_line() -> None:
    grey = np.full((1653, 1165), 250, np.uint8)
    grey[:, 900:] = 60

    assert _find(grey) == ([], [])


@pytest.mark.parametrize(
    "box", [(0, 0, 20, 20), (-500, -500, -10, -10), (2000, 0, 3000, 900), (5, 5, 5, 5)]
)
def test_a_sheet_that_hardly_lies_on_the_image_has_no_lines(box: tuple[int, int, int, int]) -> None:
    columns, rows = find_streaks(_clean(), box=box, px_per_mm=7.87, contrast=200)

    assert columns.size == 0
    assert rows.size == 0


def test_columns_are_counted_from_the_image_not_from_the_sheet() -> None:
    page = np.full((2339, 1654), 250, np.uint8)
    page[400 : 400 + 1654, 300 : 300 + 1165] = _clean()
    page[:, 811:813] = 40

    columns, rows = find_streaks(page, box=(300, 400, 1465, 2054), px_per_mm=7.87, contrast=230)
    assert _near(columns.tolist(), 811, 2)
    assert rows.size == 0


def _by_definition(grey: Grey, px_per_mm: float, contrast: float) -> list[int]:
    """Columns darker than both neighbours, written as the words say it."""
    every = max(1, grey.shape[0] // 400)
    lines = grey[::every].astype(int)
    apart = max(2, round(0.7 * px_per_mm))
    middle = lines[:, apart:-apart]
    beside = np.minimum(lines[:, : -2 * apart], lines[:, 2 * apart :])
    share = (beside - middle > 0.12 * contrast).mean(axis=0)
    return [int(column) + apart for column in np.flatnonzero(share > 0.55)]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(60, 900),
    st.integers(60, 900),
    st.floats(4, 24),
    st.floats(20, 250),
    st.integers(0, 2**32 - 1),
)
def test_any_image_gives_what_the_definition_says(
    height: int, width: int, px_per_mm: float, contrast: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    grey = rng.integers(150, 256, (height, width), dtype=np.uint8)
    for _ in range(4):
        dark, length = int(rng.integers(0, 200)), int(rng.integers(height // 2, height))
        grey[:length, rng.integers(width)] = dark
        grey[rng.integers(height), : rng.integers(width // 2, width)] = dark
    before = grey.copy()
    box = (0, 0, width, height)

    columns, rows = find_streaks(grey, box=box, px_per_mm=px_per_mm, contrast=contrast)

    assert columns.tolist() == _by_definition(grey, px_per_mm, contrast)
    assert rows.tolist() == _by_definition(grey.T, px_per_mm, contrast)
    assert np.array_equal(grey, before)
