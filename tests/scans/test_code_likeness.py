"""A page with a QR code that nobody can decode may be a form, and is not called foreign."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
import segno
from printed_office import Image, Printed

from omr.fiducials import find_fiducials
from omr.marks import Reason, SheetStatus
from scans.code_likeness import shows_spoilt_code
from scans.identify import read_page_codes
from scans.pages import PageRef
from scans.read_page import read_page

REAL = Path(__file__).parents[3] / "shared" / "real"


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return Printed(tmp_path_factory.mktemp("office") / "w")


def _code(text: str, *, spoilt: bool) -> Image:
    """A page of other people with one QR code, whole or without its data."""
    buffer = io.BytesIO()
    segno.make(text, micro=False).save(buffer, kind="png", scale=6, border=4)
    code = np.asarray(cv2.imdecode(np.frombuffer(buffer.getvalue(), np.uint8), 0), np.uint8).copy()
    if spoilt:
        side = len(code)
        code[:, 24 + 7 * 6 + 6 : side - 24 - 7 * 6 - 6] = 255
    page = np.full((1700, 1200), 250, np.uint8)
    page[200 : 200 + len(code), 700 : 700 + len(code)] = code
    cv2.putText(page, "Thong bao", (200, 1000), cv2.FONT_HERSHEY_SIMPLEX, 3, (0,), 5)
    return page


@pytest.mark.parametrize("quarters", range(4))
def test_a_form_of_which_only_a_few_words_and_half_a_code_are_left_is_refused(
    printed: Printed, tmp_path: Path, quarters: int
) -> None:
    page = printed.filled()
    height, width = page.shape
    page[:, : width // 3] = 255  # toner that ran out
    page[height // 4 :, width // 2 :] = 255
    page[:, width * 9 // 10 :] = 255
    assert not find_fiducials(page)
    assert not read_page_codes(page)

    turned = np.ascontiguousarray(np.rot90(page, quarters))

    assert printed_reading(printed, tmp_path, turned) == (
        SheetStatus.REFUSED,
        Reason.REGISTRATION,
    )


def test_a_code_is_seen_without_its_data() -> None:
    page = _code("https://example.org/a-long-address-of-somebody", spoilt=True)

    assert not read_page_codes(page)
    assert shows_spoilt_code(page)
    assert shows_spoilt_code(cv2.GaussianBlur(page, (0, 0), 1.5).astype(np.uint8))


def test_one_corner_of_a_code_is_enough_and_other_squares_in_squares_are_none() -> None:
    def shows(*sides: int) -> bool:
        page = np.full((900, 700), 255, np.uint8)
        for side, level in zip(sides, (0, 255, 0), strict=False):
            page[400 - side // 2 : 400 + side // 2, 300 - side // 2 : 300 + side // 2] = level
        return shows_spoilt_code(page)

    assert shows(70, 50, 30)
    assert not shows(70, 66, 20)  # a frame round a dot
    assert not shows(80, 34, 20)
    assert not shows(70, 50)
    assert not shows(70)
    assert not shows()


@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real is not there")
@pytest.mark.parametrize("name", ["open-mcr/scanned_page (1).png", "formscanner/T00001.jpg"])
def test_other_makers_bubbles_and_corner_squares_are_no_code(name: str) -> None:
    page = cv2.imread(str(REAL / name), cv2.IMREAD_GRAYSCALE)
    assert page is not None

    assert not shows_spoilt_code(np.asarray(page, np.uint8))


def test_a_page_with_somebody_elses_code_stays_foreign(printed: Printed, tmp_path: Path) -> None:
    page = _code("https://example.org/", spoilt=False)

    assert printed_reading(printed, tmp_path, page) == (SheetStatus.BLANK, Reason.FOREIGN_PAGE)


def test_a_page_with_a_code_that_cannot_be_read_is_refused(
    printed: Printed, tmp_path: Path
) -> None:
    page = _code("https://example.org/", spoilt=True)

    assert printed_reading(printed, tmp_path, page) == (SheetStatus.REFUSED, Reason.REGISTRATION)


def printed_reading(printed: Printed, folder: Path, page: Image) -> tuple[SheetStatus, Reason]:
    """What a file with the page comes to."""
    path = folder / "page.png"
    cv2.imwrite(str(path), page)
    (reading,) = read_page(PageRef(path, 0), printed.context).sheets
    (reason,) = reading.reasons
    return reading.status, reason
