"""A picture of two levels is known, softened, shrunk or packed as JPEG since or not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from draw_ink import LAYOUT
from draw_sheets import Grey, Scan, draw_sheet, place_matrix

from omr.bilevel import is_bilevel, is_thresholded


@pytest.mark.parametrize(("level", "bilevel"), [(24, True), (25, False), (230, False), (231, True)])
def test_a_scan_with_greys_between_is_not_of_two_levels(level: int, *, bilevel: bool) -> None:
    grey = np.zeros((800, 300), np.uint8)
    grey[400:] = 255
    grey[80:240] = level

    assert is_bilevel(grey) is bilevel


def test_two_levels_may_ripple_a_little() -> None:
    grey = np.zeros((800, 300), np.uint8)
    looked_at = [(row, column) for row in range(0, 800, 8) for column in range(0, 300, 3)]
    most = len(looked_at) // 500
    for row, column in looked_at[5000 : 5000 + most - 1]:
        grey[row, column] = 128

    assert is_bilevel(grey)
    row, column = looked_at[-1]
    grey[row, column] = 128
    assert not is_bilevel(grey)


@pytest.fixture(scope="module")
def scanned() -> Grey:
    """A sheet in grey, its paper burnt out to white."""
    matrix = place_matrix(dpi=300, skew_deg=0.6, at_mm=(3, 3))
    scan = Scan(154, 216, 300).lay(draw_sheet(LAYOUT), matrix).blurred(0.08)
    return np.clip(scan.grey.astype(np.float32) * 1.1, 0, 255).astype(np.uint8)


def _packed(grey: Grey, factor: float, sigma: float) -> Grey:
    if sigma:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), sigma), np.uint8)
    if factor < 1:
        small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        grey = np.asarray(small, np.uint8)
    _done, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 75])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


@pytest.mark.parametrize(("factor", "sigma"), [(1, 0.5), (0.75, 0), (0.75, 0.5), (0.67, 0)])
def test_a_page_of_one_bit_that_was_softened_or_shrunk_has_no_tones_of_its_own(
    scanned: Grey, factor: float, sigma: float
) -> None:
    page = _packed(np.where(scanned < 150, 0, 255).astype(np.uint8), factor, sigma)

    assert not is_bilevel(page)
    assert is_thresholded(page, 255.0)


@pytest.mark.parametrize("factor", [1, 0.67, 0.5])
def test_a_grey_scan_on_white_paper_shows_its_pale_outlines(scanned: Grey, factor: float) -> None:
    assert not is_thresholded(_packed(scanned, factor, 0), 255.0)


def test_paper_with_a_tone_of_its_own_was_never_thresholded(scanned: Grey) -> None:
    page = _packed(np.where(scanned < 150, 0, 249).astype(np.uint8), 0.75, 0.5)

    assert not is_thresholded(page, 249.0)


def test_an_even_page_has_nothing_to_tell() -> None:
    assert not is_thresholded(np.full((400, 300), 255, np.uint8), 255.0)
