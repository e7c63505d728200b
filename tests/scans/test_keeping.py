"""What is kept of a sheet: all that people are shown, and no more."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from printed_office import SCALE, Printed, moved

from omr.evidence import PX_PER_MM, from_bilevel, size_px, upright
from omr.ledger.sheets import COMMENT_PART, KeptPart, SheetReading
from omr.marks import Reason, SheetStatus
from omr.serial_ranges import SerialRange
from scans.crops import OVERVIEW_PX_PER_MM
from scans.keeping import COMMENT_PX_PER_MM, comment_part
from scans.look_again import registration_of
from scans.read_page import read_image
from scans.rows_shown import crop_of

Image = NDArray[np.uint8]
TWO = {"a1": "r5", "b1": "r3"}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return Printed(tmp_path_factory.mktemp("office") / "w")


def opened(jpeg: bytes | None) -> Image:
    assert jpeg is not None
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)


def doubted(printed: Printed, questions: tuple[str, ...] = ("a2", "e1")) -> Image:
    """A sheet on which these questions have two marks each, lying askew in its scan."""
    page = printed.filled()
    for name in questions:
        for bubble in printed.layout.question(name).bubbles[:2]:
            at = round(bubble.centre.x_mm * SCALE), round(bubble.centre.y_mm * SCALE)
            cv2.circle(page, at, round(1.8 * SCALE), 40, -1, cv2.LINE_AA)
    grain = np.random.default_rng(1).normal(0, 2.0, page.shape)
    return moved(np.clip(page + grain, 0, 255).astype(np.uint8), turn=1.2)


def with_comment(printed: Printed, page: Image) -> Image:
    field = printed.layout.comment
    at = round((field.x_mm + 5) * SCALE), round((field.y_mm + 16) * SCALE)
    cv2.putText(page, "cam on", at, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.0, 50, 3, cv2.LINE_AA)
    return page


def read(printed: Printed, image: Image) -> SheetReading:
    (reading,) = read_image(image, printed.context)
    return reading


def cover(page: Image, x_mm: float, y_mm: float, size_mm: float) -> None:
    left, top, size = (
        round((x_mm - 1) * SCALE),
        round((y_mm - 1) * SCALE),
        round((size_mm + 2) * SCALE),
    )
    page[top : top + size, left : left + size] = 255


def test_of_a_doubtful_sheet_the_rows_in_doubt_are_kept_sharp_and_the_rest_small(
    printed: Printed,
) -> None:
    image = doubted(printed)
    reading = read(printed, image)

    assert reading.status is SheetStatus.REVIEW
    assert [part.part for part in reading.parts] == ["a2", "e1"]
    small = opened(reading.picture)
    assert small.shape == (210 * OVERVIEW_PX_PER_MM, 148 * OVERVIEW_PX_PER_MM)
    assert reading.registration is not None
    whole = upright(image, registration_of(reading.registration), printed.layout)
    for part in reading.parts:
        _is_exactly(part, whole)
        wanted, _band = crop_of(printed.layout, printed.layout.question(part.part))
        assert part.region.x_mm <= wanted.x_mm
        assert part.region.y_mm <= wanted.y_mm
        assert part.region.right_mm >= wanted.right_mm
        assert part.region.bottom_mm >= wanted.bottom_mm


def _is_exactly(part: KeptPart, whole: Image) -> None:
    left, top = round(part.region.x_mm * PX_PER_MM), round(part.region.y_mm * PX_PER_MM)
    crop = opened(part.jpeg)
    height, width = crop.shape
    assert (width, height) == (part.region.w_mm * PX_PER_MM, part.region.h_mm * PX_PER_MM)
    there = whole[top : top + height, left : left + width].astype(int)
    assert np.abs(crop - there).mean() < 4  # what packing changes
    for dx, dy in ((1, 0), (0, 1)):  # and moved by one pixel it would fit worse
        off = np.abs(crop[dy:, dx:] - there[: height - dy, : width - dx])
        assert off.mean() > np.abs(crop - there).mean() + 1


def test_the_pictures_of_a_doubtful_sheet_are_small(printed: Printed) -> None:
    reading = read(printed, doubted(printed))

    assert reading.picture is not None
    assert len(reading.picture) < 45_000
    assert all(len(part.jpeg) < 45_000 for part in reading.parts)
    whole = read(printed, _without_codes(printed, printed.filled())).picture
    assert whole is not None
    assert len(reading.picture) < len(whole) / 3


def _without_codes(printed: Printed, page: Image) -> Image:
    for place in printed.layout.codes:
        cover(page, place.x_mm, place.y_mm, place.w_mm)
    return page


def test_of_a_sheet_without_a_code_the_whole_picture_is_kept_fit_to_be_measured(
    printed: Printed,
) -> None:
    reading = read(printed, _without_codes(printed, with_comment(printed, printed.filled())))

    assert reading.reasons == (Reason.NO_CODE,)
    assert opened(reading.picture).shape[::-1] == size_px(printed.layout)
    assert reading.parts == ()  # where its comment stands is not known yet


def test_where_a_person_is_asked_about_the_whole_sheet_all_of_it_is_kept_sharp(
    printed: Printed,
) -> None:
    page = printed.filled()
    mark = printed.layout.fiducials[2].centre
    cover(page, mark.x_mm - 5, mark.y_mm - 5, 10)
    torn = read(printed, page)

    assert Reason.FIDUCIAL_MISSING in torn.reasons
    assert opened(torn.picture).shape[::-1] == size_px(printed.layout)
    assert torn.parts == ()


def test_where_nearly_every_row_is_in_doubt_one_picture_shows_them_all(printed: Printed) -> None:
    every = tuple(question.id for question in printed.layout.questions if question.id != "m1")
    reading = read(printed, doubted(printed, every))

    assert reading.status is SheetStatus.REVIEW
    assert opened(reading.picture).shape[::-1] == size_px(printed.layout)
    assert reading.parts == ()


def test_a_sheet_that_the_books_speak_against_is_kept_whole_however_well_it_was_read(
    printed: Printed,
) -> None:
    year = int("20" + printed.serials[0].split("-")[1])
    lost = replace(printed.context, asked_about=(SerialRange("GTDB", year, 1, 3),))
    (reading,) = read_image(printed.filled(), lost)

    assert reading.status is SheetStatus.COUNTED
    assert opened(reading.picture).shape[::-1] == size_px(printed.layout)


def test_of_a_counted_sheet_nothing_is_kept_but_its_comment(printed: Printed) -> None:
    plain = read(printed, printed.filled())
    spoken = read(printed, with_comment(printed, printed.filled()))

    assert (plain.status, plain.picture, plain.parts) == (SheetStatus.COUNTED, None, ())
    assert (spoken.status, spoken.picture) == (SheetStatus.COUNTED, None)
    [part] = spoken.parts
    assert part.part == COMMENT_PART
    field = printed.layout.comment
    assert part.region.x_mm < field.x_mm < field.right_mm < part.region.right_mm
    assert part.region.y_mm < field.y_mm < field.bottom_mm < part.region.bottom_mm
    crop = opened(part.jpeg)
    assert crop.shape == pytest.approx(
        (part.region.h_mm * COMMENT_PX_PER_MM, part.region.w_mm * COMMENT_PX_PER_MM)
    )
    assert len(part.jpeg) < 20_000
    assert spoken.answers == plain.answers


def test_a_doubtful_sheet_and_one_asked_about_as_a_whole_keep_their_comments_too(
    printed: Printed,
) -> None:
    whole = with_comment(printed, printed.filled())
    mark = printed.layout.fiducials[2].centre
    cover(whole, mark.x_mm - 5, mark.y_mm - 5, 10)
    torn = read(printed, whole)

    assert [part.part for part in torn.parts] == [COMMENT_PART]
    spoken = doubted_with_comment(printed)
    assert [part.part for part in read(printed, spoken).parts] == ["a2", COMMENT_PART]


def doubted_with_comment(printed: Printed) -> Image:
    page = with_comment(printed, printed.filled())
    bubble = printed.layout.question("a2").bubbles[1]
    at = round(bubble.centre.x_mm * SCALE), round(bubble.centre.y_mm * SCALE)
    cv2.circle(page, at, round(1.8 * SCALE), 40, -1, cv2.LINE_AA)
    return page


def test_a_comment_is_found_again_on_the_picture_of_the_whole_sheet(printed: Printed) -> None:
    from omr.evidence import ON_UPRIGHT

    page = _without_codes(printed, with_comment(printed, printed.filled()))
    sheet = opened(read(printed, page).picture)

    part = comment_part(sheet, ON_UPRIGHT, printed.layout, contrast=230.0, bilevel=False)

    assert part is not None
    assert part.part == COMMENT_PART


@pytest.mark.parametrize("bilevel", [False, True])
def test_every_picture_notes_whether_its_scan_knew_only_black_and_white(
    printed: Printed, *, bilevel: bool
) -> None:
    page = doubted_with_comment(printed)
    if bilevel:
        page = np.where(page < 160, 0, 255).astype(np.uint8)
    reading = read(printed, page)

    kept = [jpeg for jpeg in (reading.picture, *(p.jpeg for p in reading.parts)) if jpeg]
    assert len(kept) >= 2
    assert {from_bilevel(jpeg) for jpeg in kept} == {bilevel}
