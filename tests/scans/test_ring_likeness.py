"""A form of which neither a fiducial nor a code can be read is known by where its bubbles lie."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from printed_office import Image, Printed

from omr.fiducials import find_fiducials
from omr.marks import Reason, SheetStatus
from scans.pages import PageRef
from scans.read_page import read_page
from scans.ring_likeness import shows_our_bubbles

REAL = Path(__file__).parents[3] / "shared" / "real"


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return Printed(tmp_path_factory.mktemp("office") / "w")


def _halftone(page: Image) -> Image:
    """As a fax shows a soft copy: grains on a lattice, no cell of any code left."""
    small = cv2.resize(cv2.GaussianBlur(page, (0, 0), 4), None, fx=0.75, fy=0.75)
    down, along = np.indices(small.shape)
    lattice = 128 + 100 * np.cos(down + along) * np.cos(along - down)
    return np.where(small > lattice, 255, 0).astype(np.uint8)


def _blotted(page: Image) -> Image:
    """Ink over three corners and both codes."""
    page = page.copy()
    height, width = page.shape
    page[: height // 4, width // 2 :] = 0
    page[height * 3 // 4 :, : width // 2] = 0
    page[height * 7 // 8 :, width * 3 // 4 :] = 0
    page[: height // 8, : width // 5] = 0
    return page


@pytest.mark.parametrize("spoil", [_halftone, _blotted])
@pytest.mark.parametrize("quarters", [0, 1])
def test_a_spoilt_form_is_refused_not_called_foreign(
    printed: Printed, tmp_path: Path, spoil: object, quarters: int
) -> None:
    assert callable(spoil)
    page = np.ascontiguousarray(np.rot90(spoil(printed.filled()), quarters))
    path = tmp_path / "page.png"
    cv2.imwrite(str(path), page)
    assert find_fiducials(page) == []

    (reading,) = read_page(PageRef(path, 0), printed.context).sheets

    assert (reading.status, reading.reasons) == (SheetStatus.REFUSED, (Reason.REGISTRATION,))


@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real is not there")
@pytest.mark.parametrize("name", ["open-mcr/scanned_page (1).png", "formscanner/T00001.jpg"])
def test_other_makers_bubbles_do_not_lie_where_ours_do(printed: Printed, name: str) -> None:
    page = cv2.imread(str(REAL / name), cv2.IMREAD_GRAYSCALE)
    assert page is not None

    assert not shows_our_bubbles(np.asarray(page, np.uint8), printed.context.frames)


@pytest.mark.parametrize("skew_deg", [-6.0, -3.7, 2.2, 5.3])
def test_a_spoilt_form_that_lies_askew_is_known_too(printed: Printed, skew_deg: float) -> None:
    page = printed.filled()
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), skew_deg, 1)
    askew = cv2.warpAffine(page, turn, (width, height), borderValue=255)
    spoilt = _blotted(np.asarray(askew, np.uint8))

    assert shows_our_bubbles(spoilt, printed.context.frames)


def test_a_page_smaller_than_any_bubble_bears_no_form(printed: Printed) -> None:
    assert not shows_our_bubbles(np.full((5, 300), 255, np.uint8), printed.context.frames)
