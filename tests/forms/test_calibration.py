"""The printer's test page: what is measured on it is where it says, and it is no form."""

from __future__ import annotations

import unicodedata
from io import BytesIO
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
import zxingcpp
from printed_pages import PX_PER_MM, picture

from forms.artwork import Stroke
from forms.calibration import calibration_page, write_calibration
from forms.calibration_paper import CalibrationPaper
from forms.typeset import typeset
from omr.codes import CodeFault, Verifier
from omr.geometry import PageRect
from omr.keys import Keyring
from omr.marks import Reason, SheetStatus
from omr.own_pages import CALIBRATION_CODE
from omr.survey import Survey
from omr.thresholds import Thresholds
from scans.read_page import read_image
from scans.stages import ReadingContext

PAPERS = pytest.mark.parametrize("paper", list(CalibrationPaper))
SIZES = {
    CalibrationPaper.A5: (148.0, 210.0),
    CalibrationPaper.A4: (210.0, 297.0),
    CalibrationPaper.A4_TWO_UP: (297.0, 210.0),
}


def printed(paper: CalibrationPaper, folder: Path) -> Path:
    path = folder / f"{paper}.pdf"
    with path.open("wb") as file:
        write_calibration(file, paper)
    return path


def words_on(path: Path) -> str:
    with pdfium.PdfDocument(path) as document:
        assert len(document) == 1
        text: str = document[0].get_textpage().get_text_range()
        return text


def frames(paper: CalibrationPaper) -> list[PageRect]:
    """The frames as they are drawn: between the middles of their lines."""
    return [
        item.ink.grown(-item.width_mm / 2)
        for item in calibration_page(paper).items
        if isinstance(item, Stroke) and item.source == "frame"
    ]


@PAPERS
def test_the_frame_is_100_by_150_mm_on_the_paper(paper: CalibrationPaper, tmp_path: Path) -> None:
    page = picture(printed(paper, tmp_path))
    assert page.shape == tuple(round(side * PX_PER_MM) for side in reversed(SIZES[paper]))
    for frame in frames(paper):
        assert (frame.w_mm, frame.h_mm) == (pytest.approx(100.0), pytest.approx(150.0))
        # Between two of the ruler's lines, a row or column meets the frame's sides alone.
        row = page[round((frame.bottom_mm - 2.5) * PX_PER_MM)]
        column = page[:, round((frame.right_mm - 2.5) * PX_PER_MM)]
        for line, begin, end in (
            (row, frame.x_mm, frame.right_mm),
            (column, frame.y_mm, frame.bottom_mm),
        ):
            part = line[round((begin - 0.5) * PX_PER_MM) : round((end + 0.5) * PX_PER_MM)]
            dark = np.flatnonzero(part < 128)
            assert (dark[-1] - dark[0]) / PX_PER_MM == pytest.approx(end - begin, abs=0.25)


@PAPERS
def test_a_scale_at_every_edge_counts_the_millimetres_that_are_lost(
    paper: CalibrationPaper, tmp_path: Path
) -> None:
    page = calibration_page(paper)
    size = (page.width_mm, page.height_mm)
    assert size == SIZES[paper]
    crossings = [i for i in page.items if isinstance(i, Stroke) and i.width_mm == 0.25]
    lines = [stroke for stroke in crossings if stroke.source == "edge"]
    upright = [s for s in lines if s.points[0].x_mm == s.points[1].x_mm]
    level = [s for s in lines if s.points[0].y_mm == s.points[1].y_mm]
    places = list(range(1, 11))
    assert [s.points[0].x_mm for s in upright[0::2]] == places
    assert [size[0] - s.points[0].x_mm for s in upright[1::2]] == pytest.approx(places)
    for _frame in frames(paper):
        assert [s.points[0].y_mm for s in level[0:20:2]] == places
        assert [size[1] - s.points[0].y_mm for s in level[1:20:2]] == pytest.approx(places)
        del level[:20]
    assert level == []
    said = words_on(printed(paper, tmp_path)).split()
    assert all(str(number) in said for number in places)


@PAPERS
def test_a_printer_that_loses_four_millimetres_shows_five_as_the_smallest(
    paper: CalibrationPaper, tmp_path: Path
) -> None:
    page = picture(printed(paper, tmp_path)).copy()
    lost = 4 * PX_PER_MM + PX_PER_MM // 4  # and a quarter, so that the fourth line is gone
    page[:, :lost] = 255
    depths = []
    for stroke in calibration_page(paper).items:
        if not (isinstance(stroke, Stroke) and stroke.source == "edge" and stroke.width_mm == 0.25):
            continue
        (one, two) = stroke.points
        if one.x_mm == two.x_mm and one.x_mm <= 10:
            near = page[
                round(one.y_mm * PX_PER_MM) + 4 : round(two.y_mm * PX_PER_MM) - 4,
                round(one.x_mm * PX_PER_MM) - 2 : round(one.x_mm * PX_PER_MM) + 2,
            ]
            depths += [one.x_mm] if near.min(axis=1).max() < 200 else []
    assert min(depths) == 5


@PAPERS
@pytest.mark.parametrize("turns", [0, 1, 2])
def test_a_scanned_test_page_never_counts_as_a_form(
    paper: CalibrationPaper, turns: int, survey: Survey, keyring: Keyring, tmp_path: Path
) -> None:
    layout = typeset(survey, survey.domain("GTDB")).layout
    verifier = Verifier(keyring)
    names = {("unit", 1): "HP-PC08", ("domain", 1): "GTDB"}
    context = ReadingContext(verifier, {layout.layout_id[:6]: layout}, names, Thresholds())
    seen = np.rot90(picture(printed(paper, tmp_path), px_per_mm=8), turns).copy()

    codes = {code.text for code in zxingcpp.read_barcodes(seen)}
    readings = read_image(seen, context)

    assert codes == {CALIBRATION_CODE}
    assert isinstance(verifier.verify(CALIBRATION_CODE), CodeFault)
    assert {(r.status, r.reasons) for r in readings} == {(SheetStatus.BLANK, (Reason.CALIBRATION,))}
    assert all(r.serial is None and not r.answers for r in readings)


@PAPERS
def test_the_words_say_what_to_measure_and_can_be_copied(
    paper: CalibrationPaper, tmp_path: Path
) -> None:
    text = words_on(printed(paper, tmp_path))
    flat = " ".join(text.split())

    assert unicodedata.is_normalized("NFC", text)
    for words in ("TRANG KIỂM TRA MÁY IN", "100%", "rộng 100 mm, cao 150 mm", "ẨẾỖỮỚẶỴ"):
        assert words in flat
    for frame in frames(paper):
        away = min(frame.x_mm, SIZES[paper][0] - frame.right_mm)
        said = f"{away:g} mm, mép trên {frame.y_mm:g} mm".replace(".", ",")
        assert said in flat


@PAPERS
def test_everything_stays_on_the_paper(paper: CalibrationPaper) -> None:
    page = calibration_page(paper)
    for item in page.items:
        box = item.ink
        assert box.x_mm >= 0, item
        assert box.y_mm >= 0, item
        assert box.right_mm <= page.width_mm, item
        assert box.bottom_mm <= page.height_mm, item
        if item.source == "calibration":  # words inside a frame or at its rulers
            assert any(
                box.x_mm >= f.x_mm - 8 and box.right_mm <= f.right_mm + 3 for f in frames(paper)
            ), item


def test_fonts_are_embedded_and_the_printer_is_told_not_to_scale() -> None:
    file = BytesIO()
    write_calibration(file, CalibrationPaper.A5)
    data = file.getvalue()
    assert data.count(b"/FontFile2") == 2
    assert b"Helvetica" not in data
    assert b"/PrintScaling /None" in data
