"""Workbooks as tables: what programs write, what people make, what does harm."""

# ruff: noqa: DTZ001 - cells hold times without a zone

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import python_calamine
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make_workbooks import rewritten, save_sheet
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from table_cells import HEADER, ROW, cells, read

from omr.errors import InputUnusable
from reports import xlsx_cells, xlsx_parts, xlsx_rows
from reports.xlsx_cells import number_text


def test_cells_read_as_people_see_them(book: Path) -> None:
    save_sheet(
        book,
        [
            HEADER,
            (datetime(2026, 11, 10, 9, 5, 33), "PC08", 5.0, True),
            (date(2026, 11, 10), 5.5, 1.234, False),
            (time(9, 5), "  hai\ndòng ", 12345678901234, 1e20),
            (46336.378854166665, "Ca\u0309m", None, "000123"),
        ],
    )
    assert cells(book) == [
        (2, ("2026-11-10T09:05:33", "PC08", "5", "TRUE")),
        (3, ("2026-11-10", "5.5", "1.2340", "FALSE")),
        (4, ("09:05:00", "hai\ndòng", "12345678901234", "1e+20")),
        (5, ("46336.37885416667", "Cảm", "", "000123")),
    ]


def test_an_error_in_a_cell_and_a_formula_never_computed_are_not_blank(book: Path) -> None:
    save_sheet(book, [HEADER, (*ROW[:2], "=VLOOKUP(B2,X!A:B,2,0)", "#N/A")])
    found = read(book)
    (row,) = found.rows()
    assert row.cells[2:] == ("=VLOOKUP(B2,X!A:B,2,0)", "#N/A")
    assert any("1 formulas were never computed" in note for note in found.notes)


def test_a_formula_counts_with_the_value_that_its_program_stored(book: Path) -> None:
    save_sheet(book, [HEADER, (*ROW[:3], "=4+1")])
    empty = re.compile(rb"(?<=<f>4\+1</f>)<v ?/>|(?<=<f>4\+1</f>)<v></v>")  # with lxml, and without
    rewritten(book, lambda xml: empty.sub(b"<v>5</v>", xml))
    assert cells(book)[0][1][3] == "5"


def test_a_workbook_that_counts_from_1904_has_the_same_days(book: Path) -> None:
    workbook = Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    sheet: Any = workbook.active
    sheet.append(HEADER)
    sheet.append(ROW)
    workbook.save(book)
    assert cells(book)[0][1][0] == "2026-11-10T09:05:33"


def test_fractions_of_a_second_are_kept_and_rounding_of_the_last_digit_is_not(book: Path) -> None:
    save_sheet(book, [HEADER, (datetime(2026, 11, 10, 9, 5, 33, 600000), "a", "b", 1)])
    assert cells(book)[0][1][0] == "2026-11-10T09:05:33.600"
    for second in range(60):
        at = datetime(2026, 11, 14, 23, 59, second)
        save_sheet(book, [HEADER, (at, "a", "b", 1)])
        assert cells(book)[0][1][0] == at.isoformat()


def test_prefixed_elements_and_cells_without_references_read_the_same(book: Path) -> None:
    save_sheet(book, [HEADER, ROW])
    plain = cells(book)
    rewritten(book, lambda xml: re.sub(rb' r="[A-Z]*\d+"', b"", xml))
    assert cells(book) == plain
    rewritten(
        book,
        lambda xml: re.sub(rb"<(/?)(?=\w)", rb"<\1x:", xml).replace(b"xmlns=", b"xmlns:x="),
    )
    assert cells(book) == plain


def test_phonetic_guides_are_no_words(book: Path) -> None:
    save_sheet(book, [HEADER, ROW])
    guide = '<is><t>PC</t><rPh sb="0" eb="1"><t>pê xê</t></rPh><r><t>08</t></r></is>'.encode()
    rewritten(book, lambda xml: xml.replace(b"<is><t>HP-PC08</t></is>", guide))
    assert cells(book)[0][1][1] == "PC08"


def test_titles_above_the_header_are_told_and_rows_keep_their_numbers(book: Path) -> None:
    save_sheet(
        book,
        [["CÔNG AN TP HẢI PHÒNG"], [], ["TỔNG HỢP Ý KIẾN THÁNG 11"], HEADER, ROW, [], ROW],
        merges=["A1:D1", "A3:D3"],
    )
    found = read(book)
    assert (found.header, found.header_row) == (HEADER, 4)
    assert [row.number for row in found.rows()] == [5, 7]
    (note,) = found.notes
    assert "row 4" in note
    assert "TỔNG HỢP Ý KIẾN" in note


def test_a_header_over_two_rows_names_groups_before_their_columns(book: Path) -> None:
    save_sheet(
        book,
        [["Đơn vị", "Mức", None], [None, "Tốt", "Xấu"], ["PC08", 3, 1]],
        merges=["A1:A2", "B1:C1"],
    )
    found = read(book)
    assert found.header == ("Đơn vị", "Mức [Tốt]", "Mức [Xấu]")
    assert cells(book) == [(3, ("PC08", "3", "1"))]


def test_a_row_that_numbers_the_columns_is_told_and_not_read(book: Path) -> None:
    save_sheet(book, [HEADER, ("A", "B", "1", "2"), ROW])  # two numbers only: not sure enough
    assert len(cells(book)) == 2
    save_sheet(book, [HEADER, ("A", 1, 2, "3=1+2"), ROW])
    assert [number for number, _row in cells(book)] == [3]
    assert any("numbers the columns" in note for note in read(book).notes)


def test_cells_merged_downwards_hold_for_every_row_and_say_so(book: Path) -> None:
    rows = [HEADER, ROW, (ROW[0], None, "QLHC", 4), (ROW[0], "HP-PC06", "QLHC", 3)]
    save_sheet(book, rows, merges=["B2:B3"])
    found = list(read(book).rows())
    assert [row.cells[1] for row in found] == ["HP-PC08", "HP-PC08", "HP-PC06"]
    assert [row.merged for row in found] == [frozenset({1}), frozenset({1}), frozenset()]


def test_hidden_rows_and_columns_are_read_and_named(book: Path) -> None:
    def hide(sheet: Any) -> None:
        sheet.column_dimensions["B"].hidden = True
        sheet.row_dimensions[3].hidden = True

    save_sheet(book, [HEADER, ROW, ROW], dress=hide)
    found = read(book)
    assert len(list(found.rows())) == 2
    assert any("B 'Đơn vị'" in note for note in found.notes)
    assert any(note.endswith(": 3") for note in found.notes)


def several(path: Path, sheets: dict[str, list[Any]], hidden: str = "") -> Path:
    workbook = Workbook()
    for name, rows in sheets.items():
        sheet: Any = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if name == hidden:
            sheet.sheet_state = "hidden"
    workbook.remove(workbook.worksheets[0])
    workbook.save(path)
    return path


def test_of_several_sheets_the_one_with_a_known_header_is_read_and_the_others_named(
    book: Path,
) -> None:
    several(book, {"Ghi chú": [["x"]], "Trả lời": [HEADER, ROW], "Cũ": [HEADER]}, hidden="Cũ")
    found = read(book)
    assert len(list(found.rows())) == 1
    (note,) = found.notes
    assert "'Trả lời' was read; not read: 'Ghi chú', 'Cũ' (hidden)" in note
    assert len(list(read(book, "Cũ").rows())) == 0


def test_two_sheets_that_could_be_meant_are_asked_about(book: Path) -> None:
    several(book, {"GTDB": [HEADER, ROW], "QLHC": [HEADER, ROW, ROW]})
    with pytest.raises(InputUnusable, match="'GTDB', 'QLHC'") as refusal:
        read(book)
    assert "--sheet" in refusal.value.remedy
    assert len(cells(book, "QLHC")) == 2
    with pytest.raises(InputUnusable, match="no sheet 'XNC'") as refusal:
        read(book, "XNC")
    assert "'GTDB'" in refusal.value.remedy


def test_the_bytes_decide_what_a_file_is_not_its_name(book: Path, tmp_path: Path) -> None:
    save_sheet(book, [HEADER, ROW])
    book.rename(tmp_path / "phiếu.csv")
    assert len(cells(tmp_path / "phiếu.csv")) == 1


def test_a_zip_with_one_csv_is_read_as_google_sends_it(tmp_path: Path) -> None:
    path = tmp_path / "Phiếu.csv.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Phiếu.csv", "Dấu thời gian,Đơn vị\n1,2\n")
    assert cells(path) == [(2, ("1", "2"))]
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("Khác.csv", "a,b\n")
    with pytest.raises(InputUnusable, match="neither"):
        read(path)


@pytest.mark.parametrize(
    ("written", "text"),
    [("5", "5"), ("5.0", "5"), ("1.234", "1.2340"), ("-3", "-3"), ("4.5E1", "45"), ("x", "x")],
)
def test_numbers_are_written_as_people_do(written: str, text: str) -> None:
    assert number_text(written) == text


values = st.one_of(
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=9),
    st.integers(-(10**9), 10**9),
    st.booleans(),
    st.datetimes(datetime(1990, 1, 1), datetime(2099, 1, 1)).map(
        lambda at: at.replace(microsecond=0)
    ),
    st.none(),
)


def _with_shared_words(path: Path, rows: list[tuple[Any, ...]]) -> Path:
    """As office programs write: words in a part of their own, dates with a style."""
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        moment = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(number, place, value, moment)
                elif isinstance(value, str):
                    sheet.write_string(number, place, value)
                elif value is not None:
                    sheet.write(number, place, value)
    return path


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.tuples(values, values, values), min_size=1, max_size=6))
@pytest.mark.parametrize("write", [save_sheet, _with_shared_words])
def test_another_reader_sees_the_same_cells(
    tmp_path: Path,
    write: Callable[[Path, list[tuple[Any, ...]]], Path],
    rows: list[tuple[Any, ...]],
) -> None:
    path = write(tmp_path / "so.xlsx", [("Đơn vị", "a1", "Lĩnh vực", "z"), *rows])
    theirs = python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()[1:]
    ours = {row.number: row.cells for row in read(path).rows()}
    for number, row in enumerate(theirs, start=2):
        wanted = tuple(_as_ours(value) for value in row)
        wanted += ("",) * (4 - len(wanted))
        assert ours.get(number, ("",) * 4) == wanted


@pytest.mark.parametrize("piece", [1, 7, 64, 4096])
@pytest.mark.parametrize(
    "change",
    [
        (b"", b""),
        (b'<row r="3"', b'<row r="3" hidden="1"'),
        (b"</row><row", b'</row><!-- <row r="2"></row> --><row'),
        (b"</row><row", b"</row>\n  <row"),
        (b"<v>5</v>", b"<f>4+1</f><v>5</v>"),
        (b'<c r="D3"', b'<c x="1" r="D3"'),
        (b"</sheetData>", b'<row r="9"/><row r="12"><c r="B12"/></row></sheetData>'),
    ],
)
def test_plain_rows_taken_past_the_parser_are_the_rows_that_it_would_see(
    book: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[bytes, bytes], piece: int
) -> None:
    _with_shared_words(book, [HEADER, ROW, ("x", None, 1.5, 5), *[ROW] * 3, (None, "c", None, 5)])
    rewritten(book, lambda xml: xml.replace(*change, 1))
    monkeypatch.setattr(xlsx_parts, "_PIECE", piece)
    sifted = cells(book)
    assert len(sifted) == 6
    monkeypatch.setattr(xlsx_rows.RowSifter, "_odd", lambda _self, _body: True)
    assert cells(book) == sifted


def _as_ours(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float):
        return number_text(repr(value))
    return xlsx_cells._tidy(str(value))
