"""Pages without a form: each is called what it is."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
import segno
from printed_office import SCALE, Image, Printed, pages_of

from omr.cli import main as omr
from omr.marks import Reason, SheetStatus
from omr.own_pages import CALIBRATION_CODE, kind_of_page
from scans.read_page import read_image


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return Printed(tmp_path_factory.mktemp("office") / "w")


def _scanned(page: Image, seed: int = 0) -> Image:
    """The page as a scanner delivers it: soft, grey, grainy and not quite straight."""
    rng = np.random.default_rng(seed)
    soft = cv2.GaussianBlur(page, (0, 0), 0.9) * 0.93
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.uniform(-3, 3)), 1)
    lying = cv2.warpAffine(soft, turn, (width, height), borderValue=230)
    return np.clip(lying + rng.normal(0, 5, page.shape), 0, 255).astype(np.uint8)


def _board(printed: Printed, folder: Path) -> Image:
    out = folder / "board.pdf"
    order = ["--workspace", str(printed.root), "--unit", "HP-PC06", "--specimen"]
    assert omr(["forms", "board", *order, "--out", str(out)]) == 0
    (page,) = pages_of(out)
    return page


def _pattern(code: str) -> Image:
    buffer = io.BytesIO()
    segno.make(code).save(buffer, kind="png", scale=6, border=4)
    drawn = cv2.imdecode(np.frombuffer(buffer.getvalue(), np.uint8), cv2.IMREAD_GRAYSCALE)
    return np.asarray(drawn, np.uint8)


@pytest.mark.parametrize("quarters", range(4))
def test_the_cover_of_a_pad_is_called_a_cover_however_it_lies(
    printed: Printed, quarters: int
) -> None:
    cover = pages_of(printed.root / "f.pdf")[0]

    (reading,) = read_image(np.rot90(_scanned(cover, quarters), quarters), printed.context)

    assert (reading.status, reading.reasons) == (SheetStatus.BLANK, (Reason.COVER,))


def test_a_cover_beside_a_form_takes_nothing_from_the_form(printed: Printed) -> None:
    cover = pages_of(printed.root / "f.pdf")[0]

    (reading,) = read_image(np.hstack([_scanned(cover), printed.filled()]), printed.context)

    assert (reading.status, reading.serial) == (SheetStatus.COUNTED, printed.serials[0])


@pytest.mark.parametrize("quarters", [0, 1])
def test_a_board_of_qr_codes_is_called_a_board(
    printed: Printed, tmp_path: Path, quarters: int
) -> None:
    board = np.rot90(_scanned(_board(printed, tmp_path)), quarters)

    (reading,) = read_image(board, printed.context)

    assert (reading.status, reading.reasons) == (SheetStatus.BLANK, (Reason.BOARD,))


def test_a_letter_with_a_qr_code_is_a_strangers(printed: Printed) -> None:
    letter = np.full((1650, 1160), 240, np.uint8)
    for line in range(24):
        words = "a letter that somebody else wrote and sent"
        cv2.putText(letter, words, (80, 500 + 45 * line), cv2.FONT_HERSHEY_SIMPLEX, 1, 30, 2)
    code = _pattern("https://example.gov.vn/")
    letter[80 : 80 + len(code), 80 : 80 + len(code)] = code

    (reading,) = read_image(letter, printed.context)

    assert (reading.status, reading.reasons) == (SheetStatus.BLANK, (Reason.FOREIGN_PAGE,))


def test_a_form_beside_the_calibration_code_is_still_a_spoilt_form(printed: Printed) -> None:
    page = printed.filled()
    width = page.shape[1]
    page[:, width // 2 :] = 255  # half of the sheet was torn off, two fiducials with it
    code = _pattern(CALIBRATION_CODE)
    page[40 : 40 + len(code), width - 40 - len(code) : width - 40] = code

    (reading,) = read_image(page, printed.context)

    assert (reading.status, reading.reasons) == (SheetStatus.REFUSED, (Reason.REGISTRATION,))
    assert reading.serial == printed.serials[0]


@pytest.mark.parametrize("factor", [1.0, 3.0])
def test_a_mirrored_form_is_called_mirrored_at_any_resolution(
    printed: Printed, factor: float
) -> None:
    mirrored = cv2.resize(printed.filled()[:, ::-1], None, fx=factor, fy=factor)

    (reading,) = read_image(np.asarray(mirrored, np.uint8), printed.context)

    assert (reading.status, reading.reasons) == (SheetStatus.REFUSED, (Reason.MIRRORED,))


@pytest.mark.parametrize(
    ("codes", "bars", "kind"),
    [
        ((), ("GTDB-26-Q0001-P",), Reason.COVER),
        ((), ("GTDB-26-Q0001-X",), None),  # its check letter is wrong
        ((), ("8934563138165",), None),
        (("https://a.vn/1", "https://a.vn/1"), (), None),
        (("https://a.vn/1", "https://a.vn/2"), (), Reason.BOARD),
        (("WIFI:S:office;;", "https://a.vn/2"), (), None),
        ((CALIBRATION_CODE,), (), Reason.CALIBRATION),
    ],
)
def test_what_the_codes_of_a_page_say_it_is(
    codes: tuple[str, ...], bars: tuple[str, ...], kind: Reason | None
) -> None:
    assert kind_of_page(codes, bars) is kind


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("gone", [(0, 1), (1, 2), (0, 3)])
def test_a_spoilt_sheet_is_never_named_by_its_neighbours_code(
    printed: Printed, gone: tuple[int, int], quarters: int
) -> None:
    spoilt, whole = printed.filled(0), printed.filled(1)
    for marker in gone:
        at = printed.layout.fiducials[marker].centre
        _hide(spoilt, at.x_mm - 5, at.y_mm - 5, 10)
    glass = np.full((2100, 3400), 235, np.uint8)
    turned = np.rot90(whole, quarters)
    glass[20 : 20 + spoilt.shape[0], 20 : 20 + spoilt.shape[1]] = spoilt
    glass[20 : 20 + turned.shape[0], 1240 : 1240 + turned.shape[1]] = turned

    named = read_image(glass, printed.context)
    for place in printed.layout.codes:
        _hide(glass, place.x_mm + 20 / SCALE, place.y_mm + 20 / SCALE, place.w_mm)
    nameless = read_image(glass, printed.context)

    one, other = printed.serials[:2]
    assert sorted((r.status, r.serial) for r in named) == [
        (SheetStatus.COUNTED, other),
        (SheetStatus.REFUSED, one),
    ]
    assert {r.serial for r in nameless if r.status is SheetStatus.REFUSED} == {None}


def _hide(page: Image, x_mm: float, y_mm: float, side_mm: float) -> None:
    x, y, side = (round(value * SCALE) for value in (x_mm, y_mm, side_mm))
    page[y : y + side, x : x + side] = 235
