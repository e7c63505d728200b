from __future__ import annotations

from io import BytesIO

import pytest
import segno
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from forms.proof import codes_on, page_count, page_png

MM = 72 / 25.4


def document(pages: list[list[tuple[str, float, float]]], module_mm: float = 1.0) -> bytes:
    """A4 pages with QR codes, each with the mm of its top-left module."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=(210 * MM, 297 * MM))
    for codes in pages:
        canvas.rect(0, 0, 1, 1)  # a page without anything is not written at all
        for text, left, top in codes:
            for y, row in enumerate(segno.make(text, error="m", micro=False).matrix):
                for x, dark in enumerate(row):
                    if dark:
                        at = ((left + x * module_mm) * MM, (297 - top - (y + 1) * module_mm) * MM)
                        canvas.rect(*at, module_mm * MM, module_mm * MM, stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def test_every_code_of_a_page_is_read_with_its_place() -> None:
    pdf = document([[("b", 100, 150)], [("https://a.vn/x", 20, 30), ("Hải Phòng", 120, 30)]])

    assert page_count(pdf) == 2
    [only] = codes_on(pdf, 0)
    assert only.text == "b"
    assert (only.box.x_mm, only.box.y_mm) == pytest.approx((100, 150), abs=0.5)
    assert (only.box.w_mm, only.box.h_mm) == pytest.approx((21, 21), abs=0.7)
    assert [code.text for code in codes_on(pdf, 1)] == ["https://a.vn/x", "Hải Phòng"]


def test_a_phone_reads_large_codes_and_misses_small_ones() -> None:
    large = document([[("https://a.vn/x", 20, 30)]], module_mm=1.0)
    small = document([[("https://a.vn/x", 20, 30)]], module_mm=0.3)

    assert [code.text for code in codes_on(large, 0, phone_m=1.0)] == ["https://a.vn/x"]
    assert [code.text for code in codes_on(small, 0)] == ["https://a.vn/x"]
    assert codes_on(small, 0, phone_m=1.0) == ()


def test_a_picture_of_a_page_has_the_resolution_asked_for() -> None:
    pdf = document([[], [("a", 20, 30)]])

    with Image.open(BytesIO(page_png(pdf, 1, 50))) as picture:
        assert picture.format == "PNG"
        assert picture.size == (414, 585)
        assert picture.info["dpi"] == pytest.approx((50, 50), abs=0.1)
        assert picture.convert("L").getextrema() == (0, 255)


def test_a_page_that_is_not_there_is_refused() -> None:
    pdf = document([[]])

    for page in (-1, 1):
        with pytest.raises(IndexError):
            page_png(pdf, page, 50)
        with pytest.raises(IndexError):
            codes_on(pdf, page)
