"""Sheets that lie badly: read, or sent to a person, but never read wrongly in silence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image as PillowImage
from printed_office import CHOSEN, SCALE, Image, Printed, moved, said

from omr.fiducials import FoundFiducial
from omr.ledger.readings import SheetReading
from omr.marks import AnswerState, Reason, SheetStatus
from scans.pages import PageRef
from scans.read_page import read_image, read_page


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return Printed(tmp_path_factory.mktemp("office") / "w")


def _is_right_or_asks(reading: SheetReading) -> bool:
    """Whether nothing stands without a person that was not marked."""
    if reading.status is SheetStatus.REFUSED:
        return not reading.answers
    return all(
        answer.state is AnswerState.DOUBTFUL or "|".join(answer.options) == CHOSEN.get(question, "")
        for question, answer in reading.answers.items()
    )


def _bent(page: Image, across: np.ndarray, along: np.ndarray) -> Image:
    """The page with every point moved by *across* and *along* px, each shape (h, w)."""
    rows, columns = np.indices(page.shape).astype(np.float32)
    map_x, map_y = columns - across, rows - along
    bent = cv2.remap(
        page,
        map_x.astype(np.float32),
        map_y.astype(np.float32),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=235,
    )
    return np.asarray(bent, np.uint8)


def _unevenly_fed(page: Image, slip: float, wave_mm: float, seed: int) -> Image:
    """The page pulled past the sensors up to *slip* too fast and too slow in turn."""
    start = np.random.default_rng(seed).uniform(0, 2 * np.pi)
    rows = np.arange(page.shape[0]) / SCALE
    off_mm = slip * wave_mm / (2 * np.pi) * np.sin(2 * np.pi * rows / wave_mm + start)
    along = np.repeat((off_mm * SCALE)[:, None], page.shape[1], axis=1)
    return _bent(page, np.zeros_like(along), along - along.mean())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("wave_mm", [30.0, 90.0, 200.0])
def test_a_feed_whose_speed_varies_by_two_per_cent_is_read(
    printed: Printed, wave_mm: float, seed: int
) -> None:
    scan = _unevenly_fed(printed.filled(), 0.01, wave_mm, seed)

    (reading,) = read_image(scan, printed.context)

    # A wave shorter than a group of rows puts a few bubbles a little off their places.
    assert reading.status in {SheetStatus.COUNTED, SheetStatus.REVIEW}
    assert not {Reason.REGISTRATION, Reason.POOR_IMAGE}.intersection(reading.reasons)
    assert sum(a.state is AnswerState.DOUBTFUL for a in reading.answers.values()) <= 3
    assert _is_right_or_asks(reading)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("wave_mm", [30.0, 90.0, 200.0, 400.0])
@pytest.mark.parametrize("slip", [0.02, 0.04])
def test_a_worse_feed_is_never_read_wrongly_in_silence(
    printed: Printed, slip: float, wave_mm: float, seed: int
) -> None:
    scan = _unevenly_fed(printed.filled(), slip, wave_mm, seed)

    assert all(_is_right_or_asks(reading) for reading in read_image(scan, printed.context))


@dataclass(frozen=True)
class _Photo:
    """How a sheet was photographed."""

    tilt: float
    curl_mm: float
    shadow: float
    seed: int

    def of(self, page: Image) -> Image:
        """The photograph: curled like a sheet that was rolled up, tilted, shaded, grainy."""
        lying = moved(page, turn=2.0, tilt=self.tilt, scale=1.2, seed=self.seed)
        rng = np.random.default_rng(self.seed)
        across = np.linspace(-1, 1, lying.shape[1])[None]
        bow = self.curl_mm * 1.2 * SCALE * (1 - across**2) * np.ones((lying.shape[0], 1))
        curled = _bent(lying, np.zeros_like(bow), bow)
        rows = np.arange(lying.shape[0])[:, None]
        edge = rows + 0.6 * np.arange(lying.shape[1])[None] - 0.8 * lying.shape[0]
        light = 1 - self.shadow / (1 + np.exp(-edge / 90))
        noise = rng.normal(0, 4, lying.shape)
        return np.clip(curled * light + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("tilt", [0.02, 0.06])
def test_a_photograph_in_perspective_with_a_hands_shadow_on_it_is_read(
    printed: Printed, tilt: float, seed: int
) -> None:
    (reading,) = read_image(_Photo(tilt, 0.0, 0.4, seed).of(printed.filled()), printed.context)

    assert reading.status is SheetStatus.COUNTED
    assert said(reading) == CHOSEN


@pytest.mark.parametrize("seed", range(2))
def test_a_slightly_curled_sheet_is_read(printed: Printed, seed: int) -> None:
    (reading,) = read_image(_Photo(0.03, 0.8, 0.3, seed).of(printed.filled()), printed.context)

    assert reading.serial == printed.serials[0]
    assert _is_right_or_asks(reading)
    assert reading.status is SheetStatus.COUNTED


@pytest.mark.parametrize("curl_mm", [2.0, 4.0, 8.0])
@pytest.mark.parametrize("seed", range(2))
def test_a_curled_sheet_is_never_read_wrongly_in_silence(
    printed: Printed, curl_mm: float, seed: int
) -> None:
    photo = _Photo(0.03, curl_mm, 0.3, seed).of(printed.filled())

    assert all(_is_right_or_asks(reading) for reading in read_image(photo, printed.context))


@pytest.mark.parametrize(("orientation", "quarters"), [(1, 0), (3, 2), (6, 1), (8, 3)])
def test_a_photograph_that_says_how_the_camera_was_held_is_read(
    printed: Printed, tmp_path: Path, orientation: int, quarters: int
) -> None:
    about = PillowImage.Exif()
    about[0x0112] = orientation
    stored = np.ascontiguousarray(np.rot90(moved(printed.filled(), turn=3), quarters))
    path = tmp_path / "photo.jpg"
    PillowImage.fromarray(stored).save(path, quality=90, exif=about)

    outcome = read_page(PageRef(path, 0), printed.context)

    (reading,) = outcome.sheets
    assert reading.status is SheetStatus.COUNTED
    assert said(reading) == CHOSEN


def _displaced(page: Image, printed: Printed, marker: int, dx_mm: float, dy_mm: float) -> Image:
    """The page with one fiducial at another place, as of a corner that was folded or patched."""
    at = printed.layout.fiducials[marker].centre
    reach = 4.2  # with a rim of paper
    top, left = round((at.y_mm - reach) * SCALE), round((at.x_mm - reach) * SCALE)
    side = round(2 * reach * SCALE)
    mark = page[top : top + side, left : left + side].copy()
    out = page.copy()
    out[top : top + side, left : left + side] = 255
    top, left = top + round(dy_mm * SCALE), left + round(dx_mm * SCALE)
    out[top : top + side, left : left + side] = mark
    return out


@pytest.mark.parametrize("mm", [1.0, 2.0, 3.0, 5.0])
@pytest.mark.parametrize(("dx", "dy"), [(1, 0), (0, 1), (0.7, 0.7), (0.7, -0.7)])
@pytest.mark.parametrize("marker", [0, 2])
@pytest.mark.parametrize("turn", [0.0, 5.0])
def test_a_fiducial_out_of_its_place_lets_no_answer_stand(
    printed: Printed, marker: int, dx: float, dy: float, mm: float, turn: float
) -> None:
    inwards = 1 if marker == 0 else -1
    page = _displaced(printed.filled(), printed, marker, inwards * dx * mm, inwards * dy * mm)

    (reading,) = read_image(moved(page, turn=turn), printed.context)

    assert reading.status in {SheetStatus.REVIEW, SheetStatus.REFUSED}
    if reading.status is SheetStatus.REVIEW:
        assert Reason.REGISTRATION in reading.reasons
    assert all(answer.state is AnswerState.DOUBTFUL for answer in reading.answers.values())


@pytest.mark.parametrize("mm", [1.0, 3.0, 5.0])
@pytest.mark.parametrize("seed", range(3))
def test_a_fiducial_out_of_its_place_does_no_harm_in_a_photograph_either(
    printed: Printed, mm: float, seed: int
) -> None:
    page = _displaced(printed.filled(), printed, seed, mm, mm if seed == 0 else -mm)
    photo = moved(page, turn=2, tilt=0.04, scale=1.2, seed=seed)

    assert all(_is_right_or_asks(reading) for reading in read_image(photo, printed.context))


@pytest.mark.parametrize("marker", range(4))
@pytest.mark.parametrize("tilt", [0.0, 0.01, 0.03, 0.06])
def test_a_photograph_of_a_torn_sheet_waits_for_a_person_and_says_nothing_wrong(
    printed: Printed, marker: int, tilt: float
) -> None:
    page = printed.filled()
    at = printed.layout.fiducials[marker].centre
    top, left = round((at.y_mm - 5) * SCALE), round((at.x_mm - 5) * SCALE)
    page[top : top + round(10 * SCALE), left : left + round(10 * SCALE)] = 90
    photo = moved(page, turn=2, tilt=tilt, seed=marker)

    (reading,) = read_image(photo, printed.context)

    assert reading.status in {SheetStatus.REVIEW, SheetStatus.REFUSED}
    assert _is_right_or_asks(reading)
    if not tilt:
        assert Reason.FIDUCIAL_MISSING in reading.reasons
        assert said(reading) == CHOSEN


@pytest.mark.parametrize("markers", [(0, 1), (0, 2), (1, 3), (2, 3), (0, 1, 2), (0, 1, 2, 3)])
def test_with_two_or_more_corners_gone_nothing_is_kept(
    printed: Printed, markers: tuple[int, ...]
) -> None:
    page = printed.filled()
    for marker in markers:
        at = printed.layout.fiducials[marker].centre
        top, left = round((at.y_mm - 5) * SCALE), round((at.x_mm - 5) * SCALE)
        page[top : top + round(10 * SCALE), left : left + round(10 * SCALE)] = 235

    (reading,) = read_image(page, printed.context)

    assert (reading.status, reading.reasons) == (SheetStatus.REFUSED, (Reason.REGISTRATION,))
    assert reading.serial == printed.serials[0]
    assert reading.answers == {}


@pytest.mark.parametrize("quarters", [1, 3])
def test_a_sheet_that_lies_crosswise_over_another_is_not_overlooked(
    printed: Printed, quarters: int
) -> None:
    below, above = printed.filled(0), np.rot90(printed.filled(1), quarters)
    page = below.copy()
    top, left = round(31 * SCALE), round(18 * SCALE)  # all corners of the lower one to be seen
    bottom = top + above.shape[0]
    page[top:bottom, left:] = above[:, : page.shape[1] - left]

    readings = read_image(page, printed.context)

    assert len(readings) == 2
    assert all(reading.status is not SheetStatus.COUNTED for reading in readings)


@pytest.mark.parametrize("over_mm", [12.0, 30.0, 60.0])
@pytest.mark.parametrize("quarters", [0, 2])
def test_what_another_sheet_covers_never_passes_for_blank(
    printed: Printed, over_mm: float, quarters: int
) -> None:
    below = np.rot90(printed.filled(0), quarters)
    above = printed.filled(1, {"b2": "r2"})
    height, width = below.shape
    start = width - round(over_mm * SCALE)
    down = round(18 * SCALE)  # the lower sheet shows three corner marks
    glass = np.full((height + down, start + width), 235, np.uint8)
    glass[:height, :width] = below
    glass[down:, start:] = above

    readings = read_image(glass, printed.context)

    by_serial = {reading.serial: reading for reading in readings}
    covered = by_serial[printed.serials[0]]
    assert covered.status in {SheetStatus.REFUSED, SheetStatus.REVIEW}
    assert Reason.REGISTRATION in covered.reasons
    assert all(answer.state is AnswerState.DOUBTFUL for answer in covered.answers.values())


def test_sheets_whose_edges_touch_are_both_counted(printed: Printed) -> None:
    sheets = [printed.filled(0), printed.filled(1, {"b2": "r2"})]
    height, width = sheets[0].shape
    start = width - round(5 * SCALE)
    glass = np.full((height + 100, start + width + 100), 235, np.uint8)
    glass[50 : 50 + height, :width] = sheets[0]
    glass[50 : 50 + height, start : start + width] = sheets[1]

    readings = read_image(glass, printed.context)

    assert [reading.status for reading in readings] == [SheetStatus.COUNTED] * 2
    assert [said(reading) for reading in readings] == [CHOSEN, {"b2": "r2"}]


def test_two_sheets_on_one_glass_are_read_without_a_search_of_the_whole(
    printed: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_grey: Image) -> list[object]:
        raise AssertionError("searched everywhere")

    monkeypatch.setattr("scans.read_page.find_fiducials", never)
    sheets = [printed.filled(0), np.rot90(printed.filled(1, {"b2": "r2"}), 2)]

    readings = read_image(np.hstack(sheets), printed.context)

    assert [reading.serial for reading in readings] == printed.serials[:2]
    assert [said(reading) for reading in readings] == [CHOSEN, {"b2": "r2"}]


def test_a_sheet_that_a_1_bit_scan_left_pale_is_not_searched_for_a_second_time(
    printed: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    harder: list[bool] = []

    def searched(_grey: Image, **words: Any) -> list[FoundFiducial]:
        harder.append(words.get("harder", True))
        return []  # so worn that the first look at the whole shows none

    monkeypatch.setattr("scans.read_page.find_fiducials", searched)
    page = np.where(printed.filled(0) < 90, 0, 255).astype(np.uint8)

    (reading,) = read_image(page, printed.context)

    assert reading.status is SheetStatus.REVIEW
    assert reading.serial == printed.serials[0]
    assert harder == [False]


def test_what_another_sheet_shows_beside_a_pale_one_is_looked_at_harder(
    printed: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = np.where(printed.filled(0) < 90, 0, 255).astype(np.uint8)
    height, width = page.shape
    middle = np.array([(0, 0), (60, 0), (60, 60), (0, 60)], np.float64)
    middle += (width / 2, height / 2)
    harder: list[bool] = []

    def searched(_grey: Image, **words: Any) -> list[FoundFiducial]:
        harder.append(words.get("harder", True))
        return [FoundFiducial(0, middle)]

    monkeypatch.setattr("scans.read_page.find_fiducials", searched)
    read_image(page, printed.context)

    assert harder == [False, True]
