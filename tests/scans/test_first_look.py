"""A first look with a quarter of the pixels: believed only where it leaves nothing to doubt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from make_scans import pdf_with_image, picture
from PIL import Image as Pillow
from printed_office import CHOSEN, SCALE, Image, Printed, said

from omr.marks import Reason, SheetStatus
from omr.serial_ranges import SerialRange
from scans import read_page as module
from scans.faults import PageFault
from scans.first_look import enlarged, may_be_bilevel
from scans.pages import PageRef, load_enough, load_page
from scans.read_page import read_image, read_page


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return Printed(tmp_path_factory.mktemp("office") / "w")


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[PageRef]:
    """The pages that were loaded a second time."""
    seen: list[PageRef] = []

    def watched(ref: PageRef, **more: Any) -> Any:
        seen.append(ref)
        return load_page(ref, **more)

    monkeypatch.setattr(module, "load_page", watched)
    return seen


def _at_300_dpi(page: Image) -> Image:
    """The 200 dpi drawing as a scanner of 300 sees it: soft edges, a little noise."""
    large = cv2.resize(page, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC)
    noise = np.random.default_rng(5).normal(0, 2, large.shape)
    soft = cv2.GaussianBlur(large, (0, 0), 0.8).astype(float) * 0.85 + 30
    return np.clip(soft + noise, 0, 255).astype(np.uint8)


def _jpeg(path: Path, page: Image, quality: int = 80) -> PageRef:
    data = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    path.write_bytes(data.tobytes())
    return PageRef(path, 0)


def test_a_plain_sheet_is_read_from_a_quarter_of_its_pixels(
    printed: Printed, tmp_path: Path, whole: list[PageRef]
) -> None:
    ref = _jpeg(tmp_path / "a.jpg", _at_300_dpi(printed.filled()))

    [reading] = read_page(ref, printed.context).sheets

    assert whole == []
    assert (reading.status, said(reading)) == (SheetStatus.COUNTED, CHOSEN)


def test_its_place_is_told_in_the_whole_image(
    printed: Printed, tmp_path: Path, whole: list[PageRef]
) -> None:
    page = _at_300_dpi(printed.filled())[3:, 2:]  # an odd number of rows
    ref = _jpeg(tmp_path / "a.jpg", page)
    image = load_page(ref)
    assert not isinstance(image, PageFault)

    [first] = read_page(ref, printed.context).sheets
    [second] = read_image(image, printed.context)

    assert whole == []
    corners = np.array([[[0.0, 0.0]], [[148.0, 0.0]], [[148.0, 210.0]], [[0.0, 210.0]]])
    one, other = (
        cv2.perspectiveTransform(corners, np.array(seen.registration).reshape(3, 3))
        for seen in (first, second)
    )
    assert np.abs(one - other).max() < 0.4  # px; a pixel is 0.085 mm


def test_two_sheets_side_by_side_are_read_so_too(
    printed: Printed, tmp_path: Path, whole: list[PageRef]
) -> None:
    both = np.hstack([_at_300_dpi(printed.filled(n)) for n in (0, 1)])

    readings = read_page(_jpeg(tmp_path / "a.jpg", both), printed.context).sheets

    assert whole == []
    assert [reading.serial for reading in readings] == printed.serials[:2]
    assert [reading.sheet for reading in readings] == [0, 1]


@pytest.mark.parametrize(
    "chosen", [{**CHOSEN, "a1": ""}, {}], ids=["a question left out", "nothing marked"]
)
def test_blank_questions_are_seen_at_first_look(
    printed: Printed, tmp_path: Path, whole: list[PageRef], chosen: dict[str, str]
) -> None:
    page = _at_300_dpi(printed.filled(chosen=chosen))

    [reading] = read_page(_jpeg(tmp_path / "a.jpg", page), printed.context).sheets

    assert whole == []
    assert said(reading) == {name: option for name, option in chosen.items() if option}


def test_a_doubt_is_looked_at_with_all_pixels(
    printed: Printed, tmp_path: Path, whole: list[PageRef]
) -> None:
    page = printed.filled()
    two = printed.filled(chosen={**CHOSEN, "a1": "r1"})
    ref = _jpeg(tmp_path / "a.jpg", _at_300_dpi(np.minimum(page, two)))

    [reading] = read_page(ref, printed.context).sheets

    assert whole == [ref]
    assert reading.status is SheetStatus.REVIEW
    assert Reason.OVERVOTE in reading.reasons
    assert reading.picture is not None
    assert replace(reading, page=0, sheet=0) == read_image(_loaded(ref), printed.context)[0]


@pytest.mark.parametrize("depth", [40, 90])
def test_a_streak_as_wide_as_one_pixel_is_not_lost_at_half_size(
    printed: Printed, tmp_path: Path, whole: list[PageRef], depth: int
) -> None:
    page = _at_300_dpi(printed.filled())
    bubble = printed.layout.question("a1").bubbles[0]
    column = round(bubble.centre.x_mm * SCALE * 1.5)
    page[:, column] = np.maximum(page[:, column].astype(int) - depth, 0)
    ref = _jpeg(tmp_path / "a.jpg", page, 95)

    [reading] = read_page(ref, printed.context).sheets

    assert whole == [ref]
    assert (reading.status, reading.reasons) == (SheetStatus.REFUSED, (Reason.STREAK,))


def _loaded(ref: PageRef) -> Image:
    image = load_page(ref)
    assert not isinstance(image, PageFault)
    return image


def test_a_form_that_a_person_is_asked_about_is_pictured_from_all_pixels(
    printed: Printed, tmp_path: Path, whole: list[PageRef]
) -> None:
    ref = _jpeg(tmp_path / "a.jpg", _at_300_dpi(printed.filled()))
    asked = replace(printed.context, asked_about=(SerialRange("GTDB", 2026, 1, 3),))

    [reading] = read_page(ref, asked).sheets

    assert whole == [ref]
    assert reading.picture is not None


def test_a_coarse_scan_is_read_as_it_is(
    printed: Printed, tmp_path: Path, whole: list[PageRef]
) -> None:
    ref = _jpeg(tmp_path / "a.jpg", printed.filled())  # 200 dpi
    first = load_enough(ref, module._enough_px(printed.context))
    assert not isinstance(first, PageFault)

    [reading] = read_page(ref, printed.context).sheets

    assert (first.shrunk, whole) == (1, [])
    assert said(reading) == CHOSEN


def test_two_sheets_of_a_coarse_scan_are_read_with_all_pixels(
    printed: Printed, tmp_path: Path, whole: list[PageRef]
) -> None:
    # As wide as one sheet at 400 dpi, but its sheets would have 4.3 px/mm at half size.
    ref = _jpeg(
        tmp_path / "a.jpg",
        cv2.resize(np.hstack([printed.filled(n) for n in (0, 1)]), None, fx=1.1, fy=1.1).astype(
            np.uint8
        ),
    )

    readings = read_page(ref, printed.context).sheets

    assert whole == [ref]
    assert [said(reading) for reading in readings] == [CHOSEN, CHOSEN]


@pytest.mark.parametrize("quality", [50, 80, 95])
def test_a_1_bit_scan_in_a_jpeg_is_known_as_such(
    printed: Printed, tmp_path: Path, whole: list[PageRef], quality: int
) -> None:
    page = np.where(_at_300_dpi(printed.filled()) < 128, 0, 255).astype(np.uint8)
    ref = _jpeg(tmp_path / "a.jpg", page, quality)
    first = load_enough(ref, module._enough_px(printed.context))
    assert not isinstance(first, PageFault)

    read_page(ref, printed.context)

    assert first.shrunk == 2
    assert may_be_bilevel(first.grey)
    assert whole == [ref]


def test_speckles_do_not_hide_a_1_bit_scan() -> None:
    page = np.full((2480, 1748), 255, np.uint8)
    page[100:900, 100:900] = 0
    rng = np.random.default_rng(3)
    page[rng.random(page.shape) < 0.005] = 0
    data = cv2.imencode(".jpg", page)[1]
    half = cv2.imdecode(data, cv2.IMREAD_REDUCED_GRAYSCALE_2)
    assert half is not None

    assert may_be_bilevel(np.asarray(half, np.uint8))


def test_a_grey_scan_is_not_taken_for_a_1_bit_one(printed: Printed) -> None:
    page = _at_300_dpi(printed.filled())

    assert not may_be_bilevel(np.asarray(cv2.resize(page, None, fx=0.5, fy=0.5), np.uint8))


def test_nor_is_one_whose_paper_is_burnt_out_and_whose_print_is_black(printed: Printed) -> None:
    soft = cv2.GaussianBlur(_at_300_dpi(printed.filled()), (0, 0), 1.2).astype(float)
    page = np.clip((soft - 60) * 1.6, 0, 255).astype(np.uint8)

    assert float((page == 255).mean()) > 0.5
    assert float((page < 20).mean()) > 0.005
    assert not may_be_bilevel(np.asarray(cv2.resize(page, None, fx=0.5, fy=0.5), np.uint8))


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("size", [(240, 330), (241, 331)])
def test_a_turned_pdf_page_lies_at_half_size_where_it_lies_whole(
    tmp_path: Path, rotate: int, size: tuple[int, int]
) -> None:
    pixels = picture(width=size[0], height=size[1])
    data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    ref = PageRef(pdf_with_image(tmp_path / "a.pdf", data, rotate=rotate), 0)
    half, page = load_enough(ref, 100), _loaded(ref)
    assert not isinstance(half, PageFault)
    assert half.shrunk == (1 if rotate and size[0] % 2 else 2)

    # Each pixel is the mean of those that it covers, counted from the first corner.
    rows, columns = (side // half.shrunk * half.shrunk for side in page.shape)
    blocks = page[:rows, :columns].reshape(
        rows // half.shrunk, half.shrunk, columns // half.shrunk, half.shrunk
    )
    truth = blocks.mean(axis=(1, 3))
    off = np.abs(half.grey[: truth.shape[0], : truth.shape[1]] - truth)
    assert off.mean() < 1.0


def test_nothing_is_placed_anew_where_nothing_was_placed(printed: Printed) -> None:
    [reading] = read_image(np.full((400, 300), 250, np.uint8), printed.context)

    assert enlarged(reading, 2) == reading


def test_a_png_comes_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Pillow.fromarray(picture()).save(path)
    found = load_enough(PageRef(path, 0), 10)

    assert not isinstance(found, PageFault)
    assert (found.shrunk, found.grey.shape) == (1, (330, 240))
