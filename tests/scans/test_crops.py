"""Parts of a sheet: in place to the pixel, whatever their scale, without the rest of it."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
from draw_sheets import LAYOUT, Scan, draw_sheet, place_matrix
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from omr.evidence import PX_PER_MM, upright
from omr.geometry import PageRect, Registration
from scans.crops import OVERVIEW_PX_PER_MM, overview, upright_part, whole_pixels
from scans.rows_shown import crop_of

Grey = NDArray[np.uint8]


def scanned(dpi: float, *, skew_deg: float = 1.3) -> tuple[Grey, Registration]:
    matrix = place_matrix(dpi=dpi, skew_deg=skew_deg, at_mm=(3.0, 4.0), tilt=(1e-5, -2e-5))
    a, b, c, d, e, f, g, h, i = (matrix / matrix[2, 2]).ravel().tolist()
    scan = Scan(156.0, 220.0, dpi).lay(draw_sheet(filled=(("a1", "r1"),)), matrix).noisy(2.0)
    return scan.grey, Registration((a, b, c, d, e, f, g, h, i))


def shown_at(picture: Grey, region: PageRect, px_per_mm: float = PX_PER_MM) -> Grey:
    left, top = round(region.x_mm * px_per_mm), round(region.y_mm * px_per_mm)
    width, height = round(region.w_mm * px_per_mm), round(region.h_mm * px_per_mm)
    return picture[top : top + height, left : left + width]


@pytest.mark.parametrize("dpi", [150, 200, 300])
def test_a_crop_shows_the_very_pixels_that_the_whole_picture_has_there(dpi: float) -> None:
    grey, where = scanned(dpi)
    whole = upright(grey, where, LAYOUT)
    for question in LAYOUT.questions:
        region = whole_pixels(crop_of(LAYOUT, question)[0], LAYOUT)
        part = upright_part(grey, where, region)
        there = shown_at(whole, region)

        assert part.shape == there.shape
        # Where a sample falls between two pixels may be rounded otherwise.
        off = np.abs(part.astype(int) - there)
        assert off.mean() < 0.5
        assert (off > 24).mean() < 1e-3


def shift_px(one: Grey, other: Grey) -> float:
    """How far the picture *one* lies from where *other* does: the least squares of small moves."""
    soft = [cv2.GaussianBlur(each, (0, 0), 6.0).astype(np.float64) for each in (one, other)]
    inner = (slice(20, -20), slice(20, -20))
    slopes = [
        cv2.Sobel(soft[1], cv2.CV_64F, *d, scale=1 / 8)[inner].ravel() for d in ((1, 0), (0, 1))
    ]
    off = (soft[0] - soft[1])[inner].ravel()
    move, *_rest = np.linalg.lstsq(np.stack(slopes, axis=1), off, rcond=None)
    return float(np.hypot(*move))


def test_of_a_fine_scan_a_crop_shows_the_same_a_little_softer() -> None:
    grey, where = scanned(600)
    region = whole_pixels(crop_of(LAYOUT, LAYOUT.questions[0])[0], LAYOUT)
    there = shown_at(upright(grey, where, LAYOUT), region)
    part = upright_part(grey, where, region)

    assert part.shape == there.shape
    assert part.std() == pytest.approx(there.std(), rel=0.05)
    assert shift_px(part, there) < 0.05  # of 1/8 mm


@pytest.mark.parametrize("dpi", [150, 200, 300, 600])
@pytest.mark.parametrize("px_per_mm", [3.0, 4.0, 6.0])
def test_stretched_over_its_region_a_smaller_crop_lies_where_the_print_is(
    dpi: float, px_per_mm: float
) -> None:
    grey, where = scanned(dpi)
    region = whole_pixels(crop_of(LAYOUT, LAYOUT.questions[0])[0], LAYOUT, px_per_mm)
    part = upright_part(grey, where, region, px_per_mm=px_per_mm)
    whole = upright(grey, where, LAYOUT)
    size = (round(LAYOUT.width_mm * 24), round(LAYOUT.height_mm * 24))
    fine = cv2.resize(whole, size, interpolation=cv2.INTER_LINEAR)  # of which both are parts
    there = shown_at(np.asarray(fine, np.uint8), region, 24)
    drawn = cv2.resize(part, there.shape[::-1], interpolation=cv2.INTER_LINEAR)

    assert shift_px(np.asarray(drawn, np.uint8), there) < 0.3  # of 1/24 mm


def test_the_overview_shows_the_whole_sheet() -> None:
    grey, where = scanned(300)
    small = overview(grey, where, LAYOUT)
    size = round(LAYOUT.width_mm * OVERVIEW_PX_PER_MM), round(LAYOUT.height_mm * OVERVIEW_PX_PER_MM)
    whole = cv2.resize(upright(grey, where, LAYOUT), size, interpolation=cv2.INTER_AREA)

    assert small.shape == whole.shape
    assert np.abs(small.astype(int) - whole).mean() < 3


def test_a_part_beyond_the_image_is_no_trouble() -> None:
    grey, where = scanned(300)
    lower = grey[: len(grey) // 2]
    bottom = PageRect(0.0, LAYOUT.height_mm - 10, LAYOUT.width_mm, 10.0)
    for px_per_mm in (3.0, 8.0):
        part = upright_part(np.ascontiguousarray(lower), where, bottom, px_per_mm=px_per_mm)
        assert part.max() == 0


LENGTHS = st.floats(0.5, 60.0)
STARTS = st.floats(-5.0, 140.0)


@given(STARTS, STARTS, LENGTHS, LENGTHS, st.sampled_from([3.0, 4.0, 6.0, 8.0]))
def test_a_regions_sides_lie_between_pixels_and_hold_what_was_wanted(
    x: float, y: float, w: float, h: float, px_per_mm: float
) -> None:
    wanted = PageRect(x, y, w, h)
    region = whole_pixels(wanted, LAYOUT, px_per_mm)

    for side in (region.x_mm, region.y_mm, region.w_mm, region.h_mm):
        assert side * px_per_mm == pytest.approx(round(side * px_per_mm), abs=1e-6)
    for low, high in pairwise((0.0, region.x_mm, min(max(x, 0.0), LAYOUT.width_mm) + 1e-9)):
        assert low <= high
    assert region.right_mm >= min(wanted.right_mm, LAYOUT.width_mm) - 1 / px_per_mm
    assert region.right_mm <= LAYOUT.width_mm + 1e-9
    assert region.bottom_mm <= LAYOUT.height_mm + 1e-9
