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
from make_workbooks import SHEET, rewritten, save_sheet
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from omr.errors import InputUnusable
from reports import file_source, table, xlsx_cells, xlsx_parts, xlsx_rows
from reports.open_table import open_table
from reports.table import Table
from reports.xlsx_cells import number_text

KNOWN = {"Dấu thời gian", "Đơn vị", "Lĩnh vực", "a1", "Mức [Tốt]", "Mức [Xấu]"}
HEADER = ("Dấu thời gian", "Đơn vị", "Lĩnh vực", "a1")
ROW = (datetime(2026, 11, 10, 9, 5, 33), "HP-PC08", "GTDB", 5)


def read(path: Path, sheet: str = "") -> Table:
    return open_table(path, KNOWN.__contains__, sheet)


def cells(path: Path, sheet: str = "") -> list[tuple[int, tuple[str, ...]]]:
    return [(row.number, row.cells) for row in read(path, sheet).rows()]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "phiếu.xlsx"


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
    ("start", "words", "remedy"),
    [
        (b"\xd0\xcf\x11\xe0 Workbook", "97-2003", ".xlsx"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "password", "without"),
        (b"%PDF-1.7", "neither", "CSV"),
        (b"PK\x03\x04 cut off", "damaged", "save"),
    ],
)
def test_files_of_other_kinds_are_refused_with_a_remedy(
    book: Path, start: bytes, words: str, remedy: str
) -> None:
    book.write_bytes(start)
    with pytest.raises(InputUnusable, match=words) as refusal:
        read(book)
    assert remedy in refusal.value.remedy


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_a_workbook_that_is_cut_off_is_refused(book: Path, cut: float) -> None:
    save_sheet(book, [HEADER, *[ROW] * 50])
    body = book.read_bytes()
    book.write_bytes(body[: int(len(body) * cut)])
    with pytest.raises(InputUnusable, match="damaged"):
        read(book)


def test_a_bomb_is_refused_before_it_is_unpacked(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_sheet(book, [HEADER, ROW])
    with zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", b"\0" * 30_000_000)
    monkeypatch.setattr(file_source, "MAX_UNPACKED_BYTES", 20_000_000)
    assert book.stat().st_size < 100_000
    with pytest.raises(InputUnusable, match="unpacks to 28 MB"):
        read(book)


def test_a_part_that_holds_more_than_it_declares_is_refused(book: Path) -> None:
    save_sheet(book, [HEADER, *[ROW] * 500])
    body = bytearray(book.read_bytes())
    info = zipfile.ZipFile(book).getinfo(SHEET)
    true = info.file_size.to_bytes(4, "little")
    assert body.count(true) >= 2
    book.write_bytes(bytes(body).replace(true, (100).to_bytes(4, "little")))
    with pytest.raises(InputUnusable, match="damaged"):
        read(book)


def test_a_cell_at_the_far_corner_is_refused_with_its_row_and_takes_no_memory(book: Path) -> None:
    save_sheet(book, [HEADER, ROW])
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    rewritten(book, lambda xml: xml.replace(b"</sheetData>", far))
    with pytest.raises(InputUnusable, match="row 1048576: 16384 columns"):
        read(book)


def test_formatted_cells_without_words_far_away_do_no_harm(book: Path) -> None:
    save_sheet(book, [HEADER, ROW])
    far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    rewritten(book, lambda xml: xml.replace(b"</sheetData>", far))
    assert len(cells(book)) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((b'r="A2"', b'r="ZZZZ99999999"'), "row 2: there can be no cell"),
        ((b'r="A2"', b'r="A7"'), "row 2: there can be no cell"),
        ((b'r="C2"', b'r="A2"'), "row 2: there can be no cell"),
        ((b'<row r="2"', b'<row r="1"'), "row 1: its rows are not in order"),
        ((b't="n"><v>5<', b't="s"><v>999<'), "row 2: it names words that it does not have"),
        ((b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet'), "DOCTYPE"),
        ((b"<v>5</v>", b"<v>5</w>"), "damaged"),
        ((b"HP-PC08", b"x" * 40_000), "row 2: a cell holds more than 32767"),
        ((b"HP-PC08", b"x" * 5_000_000), "larger|more than"),
        ((b'<c r="B2"', b'<c y="' + b"x" * 9_000_000 + b'" r="B2"'), "larger than anything"),
    ],
)
def test_sheets_that_lie_are_refused_with_the_row(
    book: Path, change: tuple[bytes, bytes], words: str
) -> None:
    save_sheet(book, [HEADER, ROW])
    rewritten(book, lambda xml: xml.replace(*change, 1))
    with pytest.raises(InputUnusable, match=words) as refusal:
        read(book)
    assert refusal.value.remedy


def test_too_many_rows_and_too_many_shared_words_are_refused(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_sheet(book, [HEADER, *[ROW] * 30])
    monkeypatch.setattr(table, "MAX_ROWS", 20)
    with pytest.raises(InputUnusable, match="more than 20 rows"):
        read(book)
    monkeypatch.undo()
    monkeypatch.setattr(xlsx_parts, "_MAX_SMALL_BYTES", 100)
    with pytest.raises(InputUnusable, match="larger than anything"):
        read(book)


def test_links_to_other_files_and_macros_are_left_where_they_are(book: Path) -> None:
    save_sheet(book, [HEADER, ROW])
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
    assert len(cells(book)) == 1


def test_an_empty_workbook_is_refused(book: Path) -> None:
    save_sheet(book, [])
    with pytest.raises(InputUnusable, match="is empty"):
        read(book)


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
