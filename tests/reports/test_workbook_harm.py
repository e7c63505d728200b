"""Workbooks that do harm: refused with a remedy before they cost anything."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from make_workbooks import SHEET, rewritten, save_sheet
from table_cells import HEADER, ROW, cells, read

from omr.errors import InputUnusable
from reports import file_source, table, xlsx_parts


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
