"""The workbook as a file: office conventions, safety, the same bytes, and being written."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from openpyxl import load_workbook
from sample_results import sample_results

from omr.errors import UsageError
from omr.settings import Language
from reports.results import MonthResults
from reports.workbook import workbook_bytes, write_workbook

FORMS = ("01", "01a", "02", "02a", "02b", "03", "03a", "04", "05", "05a", "06", "07")
# A picture of one pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c63600000000200014873 5bd30000000049454e44ae426082".replace(" ", "")
)


@pytest.fixture(scope="module")
def body() -> bytes:
    return workbook_bytes(sample_results())


@pytest.fixture(scope="module")
def book(body: bytes) -> Any:
    return load_workbook(BytesIO(body))


def texts(sheet: Any) -> list[str]:
    return [c.value for row in sheet.iter_rows() for c in row if isinstance(c.value, str)]


def parts(body: bytes, start: str) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(body)) as file:
        return {
            name: file.read(name).decode() for name in file.namelist() if name.startswith(start)
        }


def test_the_contents_come_first_and_every_form_is_there(book: Any) -> None:
    assert book.sheetnames == ["Mục lục, ghi chú", *(f"Biểu {number}" for number in FORMS)]
    links = {
        cell.hyperlink.location
        for row in book.worksheets[0].iter_rows()
        for cell in row
        if cell.hyperlink
    }
    assert links == {f"'Biểu {number}'!A1" for number in FORMS}


def test_every_sheet_is_landscape_a4_one_page_wide_with_repeated_heads_in_sight(
    book: Any, body: bytes
) -> None:
    for sheet in book.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert int(sheet.page_setup.paperSize) == 9
        if sheet.row_breaks.brk:  # a signature keeps its company: no pages to fit, but a scale
            assert 10 <= int(sheet.page_setup.scale) <= 97
        else:
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            assert sheet.page_setup.fitToWidth in {1, None}
        first, last = map(int, re.findall(r"\d+", sheet.print_title_rows))
        assert last == first + 2  # two rows of heads, and the columns' numbers
        assert sheet.freeze_panes is not None
        assert int(re.sub(r"\D", "", sheet.freeze_panes)) == last + 1
        assert sheet.print_area
    assert "&amp;P" in "".join(parts(body, "xl/worksheets/").values())


def test_every_form_has_the_head_the_title_the_columns_numbers_and_the_signatures(
    book: Any,
) -> None:
    for number in FORMS:
        sheet = book[f"Biểu {number}"]
        words = texts(sheet)
        assert f"Biểu số: {number}/ĐLHL" in words
        assert words.index("CÔNG AN THÀNH PHỐ HẢI PHÒNG") < words.index(
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
        )
        assert "PHÒNG THAM MƯU" in words
        assert "Độc lập - Tự do - Hạnh phúc" in words
        title = sheet.cell(5, 1)
        assert title.value == title.value.upper()
        assert title.font.bold
        assert "(Từ ngày 15/10/2026 đến ngày 14/11/2026)" in words
        assert any(text.startswith("Đơn vị tính: ") for text in words)
        numbers = [cell.value for cell in sheet[int(sheet.print_title_rows.split("$")[-1])]]
        assert numbers[0] == "A"
        assert None not in numbers[: sheet.max_column if number != "05" else 13]
        whole = "\n".join(words)
        assert "NGƯỜI LẬP BIỂU\n(Ký, ghi rõ họ tên)" in whole
        assert "THỦ TRƯỞNG ĐƠN VỊ\n(Ký tên, đóng dấu)" in whole


def test_everything_is_set_in_times_new_roman_and_tables_in_eleven_points(book: Any) -> None:
    for sheet in book.worksheets:
        fonts = {cell.font.name for row in sheet.iter_rows() for cell in row if cell.value}
        assert fonts == {"Times New Roman"}
        first = int(re.findall(r"\d+", sheet.print_title_rows)[1]) + 1
        assert sheet.cell(first, 2).font.size == 11


def test_counts_and_measures_are_numbers_in_the_reader_s_own_format(book: Any) -> None:
    sheet = book["Biểu 01"]
    formats = {
        cell.number_format
        for row in sheet.iter_rows(min_row=11)
        for cell in row[3:]
        if cell.value is not None
        if cell.data_type == "n" or str(cell.value).startswith("=")
    }
    assert formats == {"#,##0", "0.00"}
    for sheet in book.worksheets:
        for text in texts(sheet):
            assert not re.fullmatch(r"[\d.,]+%", text), text  # no number dressed up as text


def test_groups_have_roman_numbers_and_totals_are_live_sums(book: Any) -> None:
    sheet = book["Biểu 01"]
    symbols = [sheet.cell(row, 1).value for row in range(11, sheet.max_row)]
    assert {"I", "II"} <= set(symbols)
    total = next(row for row in range(11, 90) if sheet.cell(row, 2).value == "TỔNG CỘNG")
    head = next(row for row in range(11, 90) if sheet.cell(row, 1).value == "I")
    for column in (5, 6, 8, 9, 10, 11, 12, 13, 18, 19):
        assert sheet.cell(total, column).value.startswith("=SUM(")
        assert sheet.cell(head, column).value.startswith("=SUMIF($A$")
    assert sheet.cell(total, 14).value.startswith("=IF(")


def test_charts_are_native_and_told_apart_without_colour(body: bytes) -> None:
    charts = parts(body, "xl/charts/")
    assert len(charts) == 2
    bars = next(text for text in charts.values() if "barChart" in text)
    lines = next(text for text in charts.values() if "lineChart" in text)
    assert 'val="percentStacked"' in bars
    assert "pattFill" in bars
    assert bars.count("<c:ser>") == 5
    dashes = re.findall(r'prstDash val="(\w+)"', lines)
    assert len(set(dashes)) == len(dashes) >= 3
    assert not re.search('dispBlanksAs val="(zero|span)"', lines)  # a gap is the format's own way


def test_a_month_that_must_not_be_compared_is_a_mark_and_no_part_of_a_line(body: bytes) -> None:
    sheet = load_workbook(BytesIO(body), data_only=True)["Biểu 05"]
    head = next(
        row for row in range(100, sheet.max_row) if sheet.cell(row, 4).value == "Không so sánh được"
    )
    connected, alone = (
        [sheet.cell(row, column).value for row in range(head + 1, head + 14)] for column in (3, 4)
    )
    assert [value is None for value in connected] == [True] * 2 + [False] * 2 + [True] + [False] * 8
    assert [value is None for value in alone] == [False] * 2 + [True] * 11


NASTY = (
    "=1+1",
    '=HYPERLINK("http://example.invalid","x")',
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "＝1",
    "{=1}",
    "http://example.invalid/",
    "_x0041_",
    "a\x07b\x00c",
    "<b>&amp;</b>",
    "\ud800",
    "12.345",
    "x" * 40_000,
)  # fmt: skip


@pytest.fixture(scope="module")
def formula_count(body: bytes) -> int:
    return sum(_formulas(sheet) for sheet in load_workbook(BytesIO(body)).worksheets)


@pytest.mark.parametrize("nasty", NASTY)
def test_words_from_outside_never_become_formulas_links_or_numbers(
    nasty: str, formula_count: int
) -> None:
    results = sample_results()
    alert = replace(
        results.alerts[0], file=nasty, note=nasty, label=nasty, text=nasty, unit_name=nasty
    )
    unit = replace(results.by_unit[0], name=nasty)
    burst = replace(results.quality.bursts[0], where=nasty, unit_name=nasty)
    spoilt = workbook_bytes(
        replace(
            results,
            agency=nasty[:400],
            office=nasty[:400],
            alerts=(alert, *results.alerts[1:]),
            by_unit=(unit, *results.by_unit[1:]),
            trend=replace(results.trend, name=nasty[:400]),
            stock=(replace(results.stock[0], name=nasty), *results.stock[1:]),
            quality=replace(results.quality, bursts=(burst, burst)),
        )
    )
    found = load_workbook(BytesIO(spoilt))
    assert sum(_formulas(sheet) for sheet in found.worksheets) == formula_count
    shown = [
        cell
        for row in found["Biểu 04"].iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value[:3] == _seen(nasty)[:3]
    ]
    assert shown
    assert {cell.data_type for cell in shown} == {"s"}
    assert not any(cell.hyperlink for cell in shown)
    for name, text in parts(spoilt, "xl/").items():
        if name.endswith(".xml"):
            ET.fromstring(text)  # noqa: S314 - our own file


def _formulas(sheet: Any) -> int:
    return sum(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def _seen(nasty: str) -> str:
    return re.sub("[\x00-\x08\ud800-\udfff]", "\ufffd", nasty)


def test_text_that_looks_like_a_formula_stays_text_when_its_cell_is_edited(body: bytes) -> None:
    results = sample_results()
    alert = replace(results.alerts[0], note="=1+1")
    spoilt = workbook_bytes(replace(results, alerts=(alert,)))
    cells = [
        cell
        for row in load_workbook(BytesIO(spoilt))["Biểu 04"].iter_rows()
        for cell in row
        if cell.value == "=1+1"
    ]
    assert [cell.quotePrefix for cell in cells] == [True]


def test_the_same_results_give_the_same_bytes_and_no_clock_is_in_them(body: bytes) -> None:
    assert workbook_bytes(sample_results()) == body
    properties = load_workbook(BytesIO(body)).properties
    assert properties.created == properties.modified == datetime(2026, 11, 14)  # noqa: DTZ001
    with zipfile.ZipFile(BytesIO(body)) as file:
        assert {info.date_time for info in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_provisional_month_says_so_on_every_sheet_and_every_page() -> None:
    body = workbook_bytes(replace(sample_results(), provisional=True, version=None))
    for sheet in load_workbook(BytesIO(body)).worksheets:
        assert any("SỐ LIỆU TẠM TÍNH" in text for text in texts(sheet))
        assert "SỐ LIỆU TẠM TÍNH" in sheet.oddFooter.center.text


def test_the_version_is_named_on_every_sheet(book: Any) -> None:
    for sheet in book.worksheets:
        assert "Phiên bản 2" in texts(sheet)


def test_an_english_workbook_has_no_vietnamese_words_of_ours() -> None:
    book = load_workbook(BytesIO(workbook_bytes(sample_results(Language.ENGLISH))))
    words = [text for sheet in book.worksheets for text in texts(sheet)]
    for vietnamese in ("TỔNG CỘNG", "Tỷ lệ hài lòng (%)", "NGƯỜI LẬP BIỂU", "Ghi chú:", "Từ"):
        assert vietnamese not in words
    assert {"TOTAL", "Share satisfied (%)", "Notes:", "Form 01/ĐLHL"} <= set(words)


def test_pictures_of_alerts_lie_in_their_rows_and_what_is_no_picture_is_left_out() -> None:
    results = sample_results()
    first, second, *others = results.alerts
    some = (replace(first, crop=PNG), replace(second, crop=b"no picture"), *others)
    body = workbook_bytes(replace(results, alerts=some))
    sheet = load_workbook(BytesIO(body))["Biểu 04"]

    assert len(parts_raw(body, "xl/media/")) == 1
    [image] = sheet._images
    place = image.anchor._from
    assert sheet.cell(place.row + 1, 1).value == 1
    assert sheet.row_dimensions[place.row + 1].height >= 45
    assert any("1 ý kiến đầu" in text for text in texts(sheet))


def parts_raw(body: bytes, start: str) -> list[str]:
    with zipfile.ZipFile(BytesIO(body)) as file:
        return [name for name in file.namelist() if name.startswith(start)]


def test_alerts_are_listed_open_ones_first_and_none_leaves_the_office(book: Any) -> None:
    states = [cell.value for cell in book["Biểu 04"]["C"] if cell.value in {"mới", "đã xử lý"}]
    assert states == ["mới"] * 16 + ["đã xử lý"] * 6
    outside = replace(sample_results(), outside=True, alerts=())
    words = texts(load_workbook(BytesIO(workbook_bytes(outside)))["Biểu 04"])
    assert any("không có trong bản gửi ra ngoài" in text for text in words)


def test_whole_results_are_refused_where_only_part_may_leave(tmp_path: Path) -> None:
    path = tmp_path / "tally.xlsx"
    with pytest.raises(ValueError, match="must not leave"):
        write_workbook(sample_results(), path, outside=True)
    assert not path.exists()


def test_a_file_that_cannot_be_written_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "tally.xlsx").mkdir()
    with pytest.raises(UsageError) as caught:
        write_workbook(sample_results(), tmp_path / "tally.xlsx")
    assert "tally.xlsx" in str(caught.value)
    assert caught.value.remedy
    assert [each.name for each in tmp_path.iterdir()] == ["tally.xlsx"]


def test_an_older_file_is_replaced_by_a_complete_one(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "new" / "tally.xlsx"
    write_workbook(sample_results(), path)
    assert path.read_bytes() == body
    write_workbook(_provisional(), path)
    assert path.read_bytes() != body
    assert [each.name for each in path.parent.iterdir()] == ["tally.xlsx"]


def _provisional() -> MonthResults:
    return replace(sample_results(), provisional=True)
