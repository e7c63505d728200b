"""A sheet put together from what was kept of it: old whole pictures, overviews, crops."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from draw_sheets import LAYOUT, draw_sheet
from make_ledger import seen
from numpy.typing import NDArray

from omr.evidence import PX_PER_MM, jpeg_of, size_px
from omr.geometry import PageRect
from omr.ledger.sheets import WHOLE_PART, Part, SheetRow
from omr.pictures import PictureStore
from scans.crops import OVERVIEW_PX_PER_MM
from scans.kept_sheet import kept_sheet

Image = NDArray[np.uint8]
REGION = PageRect(6.0, 60.0, 136.0, 20.5)


@pytest.fixture(scope="module")
def whole() -> Image:
    size = size_px(LAYOUT)
    return np.asarray(cv2.resize(draw_sheet(), size, interpolation=cv2.INTER_AREA), np.uint8)


@pytest.fixture
def store(tmp_path: Path) -> PictureStore:
    return PictureStore(tmp_path)


def keep(store: PictureStore, image: Image) -> str:
    return store.keep(jpeg_of(image, bilevel=False))


def small(whole: Image) -> Image:
    size = round(148 * OVERVIEW_PX_PER_MM), round(210 * OVERVIEW_PX_PER_MM)
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)


def row(picture: str | None = None, **parts: Part) -> SheetRow:
    reading = seen("GTDB-26-000001-D")
    return SheetRow("a.png", "2026-11", "0", reading, reading, picture=picture, parts=parts)


def test_a_whole_picture_is_shown_as_it_was_kept(store: PictureStore, whole: Image) -> None:
    shown = kept_sheet(store, row(keep(store, whole)), LAYOUT)

    assert shown is not None
    assert np.abs(shown.astype(int) - whole).mean() < 2


def test_over_an_overview_the_crops_are_sharp_and_in_their_place(
    store: PictureStore, whole: Image
) -> None:
    top, bottom = round(REGION.y_mm * PX_PER_MM), round(REGION.bottom_mm * PX_PER_MM)
    left, right = round(REGION.x_mm * PX_PER_MM), round(REGION.right_mm * PX_PER_MM)
    part = Part("a1", REGION, keep(store, np.ascontiguousarray(whole[top:bottom, left:right])))
    overview = keep(store, small(whole))

    shown = kept_sheet(store, row(overview, a1=part), LAYOUT)
    blurred = kept_sheet(store, row(overview), LAYOUT)

    assert shown is not None
    assert blurred is not None
    assert shown.shape == blurred.shape == whole.shape
    inside = (slice(top, bottom), slice(left, right))
    assert np.abs(shown[inside].astype(int) - whole[inside]).mean() < 0.6
    assert np.abs(blurred[inside].astype(int) - whole[inside]).mean() > 1.5
    shown[inside] = blurred[inside]
    assert (shown == blurred).all()


def test_the_picture_made_for_a_second_paper_goes_before_an_overview(
    store: PictureStore, whole: Image
) -> None:
    page = PageRect(0.0, 0.0, LAYOUT.width_mm, LAYOUT.height_mm)
    part = Part(WHOLE_PART, page, keep(store, whole))

    for picture in (None, keep(store, small(whole))):
        shown = kept_sheet(store, row(picture, whole=part), LAYOUT)
        assert shown is not None
        assert np.abs(shown.astype(int) - whole).mean() < 2


def test_of_a_sheet_with_nothing_but_a_comment_there_is_no_picture(
    store: PictureStore, whole: Image
) -> None:
    comment = Part("comment", REGION, keep(store, whole[:160, :1088].copy()))

    assert kept_sheet(store, row(comment=comment), LAYOUT) is None
    assert kept_sheet(store, row(), LAYOUT) is None


def test_a_picture_that_is_missing_or_damaged_costs_only_itself(
    store: PictureStore, whole: Image, tmp_path: Path
) -> None:
    overview = keep(store, small(whole))
    gone = Part("a1", REGION, "0" * 64)
    broken = Part("a2", REGION, store.keep(b"no picture at all"))

    shown = kept_sheet(store, row(overview, a1=gone, a2=broken), LAYOUT)
    alone = kept_sheet(store, row(overview), LAYOUT)

    assert shown is not None
    assert alone is not None
    assert (shown == alone).all()
    assert kept_sheet(store, replace(row(), picture="0" * 64), LAYOUT) is None
