"""A page that bears a form is never called a stranger's, however little of it can be read."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from printed_office import CHOSEN, Image, Printed, moved, pages_of, said
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from omr.evidence import upright
from omr.fiducials import find_fiducials
from omr.ledger.readings import SheetReading
from omr.marks import Reason, SheetStatus
from scans.look_again import page_image, registration_of
from scans.pages import PageRef
from scans.read_page import read_page

REAL = Path(__file__).parents[3] / "shared" / "real"


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return Printed(tmp_path_factory.mktemp("office") / "w")


def _read(printed: Printed, folder: Path, page: Image) -> SheetReading:
    path = folder / "page.png"
    cv2.imwrite(str(path), page)
    (reading,) = read_page(PageRef(path, 0), printed.context).sheets
    return reading


def _is_refused(reading: SheetReading) -> bool:
    return (reading.status, reading.reasons) == (SheetStatus.REFUSED, (Reason.REGISTRATION,))


def _noisy(page: Image, sigma: float, seed: int = 0) -> Image:
    """Print that is faint under coarse noise: no detector and no decoder reads it."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, sigma, (page.shape[0] // 3 + 1, page.shape[1] // 3 + 1))
    coarse = cv2.resize(noise, page.shape[::-1], interpolation=cv2.INTER_NEAREST)
    return np.clip(90 + page * 0.35 + coarse, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("quarters", [0, 3])
def test_a_form_drowned_in_noise_is_refused_not_called_foreign(
    printed: Printed, tmp_path: Path, quarters: int
) -> None:
    page = np.rot90(_noisy(printed.filled(), 60), quarters)
    assert find_fiducials(page) == []

    assert _is_refused(_read(printed, tmp_path, page))


@pytest.mark.parametrize(("room", "turn"), [(1.1, 2), (1.8, -1.5)])
def test_a_lost_form_is_noticed_anywhere_on_the_glass(
    printed: Printed, tmp_path: Path, room: float, turn: float
) -> None:
    sheet = moved(printed.filled(), turn=turn)
    height, width = sheet.shape
    glass = np.full((round(height * room), round(width * room)), 235, np.uint8)
    top, left = (glass.shape[0] - height) // 2, (glass.shape[1] - width) // 3
    glass[top : top + height, left : left + width] = sheet
    page = _noisy(glass, 45)

    assert _is_refused(_read(printed, tmp_path, page))


def test_a_form_whose_fiducials_are_streaked_and_smeared_is_not_called_foreign(
    printed: Printed, tmp_path: Path
) -> None:
    page = cv2.GaussianBlur(printed.filled(), (0, 0), 5.5)
    page[:, ::37] = 60
    height, width = page.shape
    page[height * 2 // 3 :, : width // 3] = 70  # one fiducial and one code are gone
    assert find_fiducials(page) == []

    reading = _read(printed, tmp_path, np.asarray(page, np.uint8))

    assert reading.status is SheetStatus.REFUSED


def _letter() -> Image:
    letter = np.full((1650, 1160), 240, np.uint8)
    for line in range(30):
        words = "a letter that somebody else wrote and sent"
        cv2.putText(letter, words, (80, 100 + 45 * line), cv2.FONT_HERSHEY_SIMPLEX, 1, 30, 2)
    return letter


def _table() -> Image:
    table = np.full((1650, 1160), 245, np.uint8)
    for row in range(14):
        for column in range(9):
            at = (120 + 110 * column, 120 + 105 * row)
            cv2.rectangle(table, (at[0] - 55, at[1] - 52), (at[0] + 55, at[1] + 52), 40, 2)
            cv2.circle(table, at, 16, 40, 2 if (row + column) % 3 else -1, cv2.LINE_AA)
    return table


def _squares() -> Image:
    page = np.full((1650, 1160), 245, np.uint8)
    for y in (150, 800, 1450):
        for x in (60, 1040):
            cv2.rectangle(page, (x, y), (x + 40, y + 40), 10, -1)
    return page


@pytest.mark.parametrize(
    "page", [_letter(), _table(), _squares()], ids=["letter", "table", "squares"]
)
@pytest.mark.parametrize("sigma", [0, 30])
def test_what_others_print_stays_foreign(
    printed: Printed, tmp_path: Path, page: Image, sigma: float
) -> None:
    reading = _read(printed, tmp_path, _noisy(page, sigma) if sigma else page)

    assert (reading.status, reading.reasons) == (SheetStatus.BLANK, (Reason.FOREIGN_PAGE,))


@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real is not there")
def test_real_forms_of_other_makers_stay_foreign(printed: Printed) -> None:
    pages = sorted(REAL.glob("*/*.[jp]*g"))[::9]

    for page in pages:
        (reading,) = read_page(PageRef(page, 0), printed.context).sheets
        assert reading.status is SheetStatus.BLANK, page.name


def test_an_empty_back_with_a_shadow_stays_empty(printed: Printed, tmp_path: Path) -> None:
    back = np.full((1650, 1160), 240, np.float32)
    back[:, :40] *= np.linspace(0.3, 1, 40)
    back += np.random.default_rng(0).normal(0, 4, back.shape)

    reading = _read(printed, tmp_path, np.clip(back, 0, 255).astype(np.uint8))

    assert (reading.status, reading.reasons) == (SheetStatus.BLANK, (Reason.EMPTY_PAGE,))


@pytest.mark.parametrize("turn", [0, 90, 4])
def test_a_negative_is_read_like_any_other_page(
    printed: Printed, tmp_path: Path, turn: float
) -> None:
    reading = _read(printed, tmp_path, 255 - moved(printed.filled(), turn=turn))

    assert reading.status is SheetStatus.COUNTED
    assert reading.serial == printed.serials[0]
    assert said(reading) == CHOSEN


def test_a_negative_in_a_pdf_is_read_and_found_again(printed: Printed, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "n.png"), 255 - printed.filled())
    canvas = Canvas(str(tmp_path / "n.pdf"), pagesize=(420, 595))
    canvas.drawImage(ImageReader(str(tmp_path / "n.png")), 0, 0, 420, 595)
    canvas.save()
    ref = PageRef(tmp_path / "n.pdf", 0)

    (reading,) = read_page(ref, printed.context).sheets

    assert (reading.status, reading.serial) == (SheetStatus.COUNTED, printed.serials[0])
    assert reading.registration is not None
    where = registration_of(reading.registration)
    shown = page_image(ref, where, printed.layout)
    assert shown is not None
    assert np.median(upright(shown, where, printed.layout)) > 200


def test_a_negative_that_lost_two_fiducials_is_refused(printed: Printed, tmp_path: Path) -> None:
    page = printed.filled()
    page[page.shape[0] // 2 :] = 255

    reading = _read(printed, tmp_path, 255 - page)

    assert (reading.status, reading.reasons) == (SheetStatus.REFUSED, (Reason.REGISTRATION,))
    assert reading.serial == printed.serials[0]


def test_a_dark_page_without_a_form_is_foreign(printed: Printed, tmp_path: Path) -> None:
    reading = _read(printed, tmp_path, 255 - _letter())

    assert (reading.status, reading.reasons) == (SheetStatus.BLANK, (Reason.FOREIGN_PAGE,))


def test_a_negative_of_our_cover_is_no_lost_form(printed: Printed, tmp_path: Path) -> None:
    cover = pages_of(printed.root / "f.pdf")[0]

    reading = _read(printed, tmp_path, 255 - cover)

    assert (reading.status, reading.reasons) == (SheetStatus.BLANK, (Reason.COVER,))


def test_a_page_with_hardly_anything_left_that_is_not_black_is_refused_too(
    printed: Printed, tmp_path: Path
) -> None:
    page = printed.filled()
    height, width = page.shape
    page[height // 12 :] = 0
    page[: height // 12, : width // 4] = 0

    assert _is_refused(_read(printed, tmp_path, page))


def test_a_page_that_is_black_all_over_is_no_lost_form(printed: Printed, tmp_path: Path) -> None:
    reading = _read(printed, tmp_path, np.full((1240, 874), 20, np.uint8))

    assert (reading.status, reading.reasons) == (SheetStatus.BLANK, (Reason.FOREIGN_PAGE,))


def test_a_page_that_is_mostly_black_may_hide_a_form_and_is_refused(
    printed: Printed, tmp_path: Path
) -> None:
    page = printed.filled()
    height, width = page.shape
    page[height // 3 :, width // 4 :] = 0
    page[:, : width // 4 : 9] = 0
    page[: height // 3, width // 3 : width * 2 // 3] = 0
    page[:, ::23] = 0
    side = width // 6
    for rows in (np.s_[:side], np.s_[-side:]):
        page[rows, :side], page[rows, -side:] = 0, 0
    assert find_fiducials(page) == []

    assert _is_refused(_read(printed, tmp_path, page))
