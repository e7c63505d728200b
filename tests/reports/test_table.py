from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from omr.errors import InputUnusable
from reports.open_table import open_table
from reports.table import Table, damaged

KNOWN = {"Đơn vị", "Giấy tờ, phí và lệ phí"}
TEXT = 'Đơn vị,Ý kiến\nHP-PC08,"Tốt,\nrất tốt"\n\nHP-PC06,\n'


def read(path: Path) -> Table:
    return open_table(path, KNOWN.__contains__)


def cells(table: Table) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.number, row.cells) for row in table.rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_unicode_encoding_is_read(write: Callable[..., Path], encoding: str) -> None:
    table = read(write(TEXT, encoding=encoding))
    assert table.header == ("Đơn vị", "Ý kiến")
    assert cells(table) == [(2, ("HP-PC08", "Tốt,\nrất tốt")), (4, ("HP-PC06", ""))]


def test_rows_can_be_read_twice(write: Callable[..., Path]) -> None:
    table = read(write(TEXT))
    assert cells(table) == cells(table)


def test_decomposed_letters_are_composed(write: Callable[..., Path]) -> None:
    table = read(write(unicodedata.normalize("NFD", TEXT)))
    assert table.header[0] == "Đơn vị"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_under_which_headers_are_known(
    write: Callable[..., Path], delimiter: str
) -> None:
    header = delimiter.join(['"Đơn vị"', '"Giấy tờ, phí và lệ phí"', '"a; b; c; d"'])
    table = read(write(f"{header}\n1{delimiter}2{delimiter}3\n"))
    assert table.header == ("Đơn vị", "Giấy tờ, phí và lệ phí", "a; b; c; d")


def test_commas_in_unquoted_headers_do_not_outvote_semicolons(write: Callable[..., Path]) -> None:
    table = read(write("Đơn vị;Giấy tờ, phí và lệ phí;x, y, z\n1;2;3\n"))
    assert table.header[1] == "Giấy tờ, phí và lệ phí"


def test_the_hint_that_excel_writes_is_followed_and_counted_as_a_row(
    write: Callable[..., Path],
) -> None:
    table = read(write("sep=;\nĐơn vị;Ý kiến\n1;2\n"))
    assert cells(table) == [(3, ("1", "2"))]


@pytest.mark.parametrize("encoding", ["cp1258", "utf-16-le"])
def test_an_encoding_that_loses_letters_is_refused_with_advice(
    write: Callable[..., Path], encoding: str
) -> None:
    text = "Đơn vi\u0323,Ghi chu\u0301\nHP,tô\u0301t\n"
    with pytest.raises(InputUnusable) as refusal:
        read(write(text, encoding=encoding))
    assert "UTF-8" in refusal.value.remedy


def test_a_replacement_character_is_refused_with_its_line(write: Callable[..., Path]) -> None:
    with pytest.raises(InputUnusable, match="line 2"):
        read(write("Đơn vị,Ý kiến\nC\ufffdm Giang,tốt\n"))


@pytest.mark.parametrize(
    "text", ["H?i lòng", "R?t t?t", "??n v?", "HÃ\u00a0i lÃ²ng", "Ä\x90Æ¡n vá»‹"]
)
def test_marks_of_lost_letters_are_seen(text: str) -> None:
    assert damaged(text)


@pytest.mark.parametrize(
    "text", ["Có phải chi thêm không?", "Có? Không?", "Hài lòng", "Đúng hẹn", "Café", "Có"]
)
def test_sound_words_are_not_taken_for_damaged(text: str) -> None:
    assert not damaged(text)


def test_a_quotation_that_never_ends_is_refused_before_any_row_is_used(
    write: Callable[..., Path],
) -> None:
    with pytest.raises(InputUnusable, match="after row 2"):
        read(write('Đơn vị,Ý kiến\n1,2\n3,"4'))


def test_a_file_cut_off_within_its_last_row_says_so(write: Callable[..., Path]) -> None:
    rows = list(read(write("Đơn vị,a,b\n1,2,3\n1,2")).rows())
    assert [row.cut_off for row in rows] == [False, True]
    whole = list(read(write("Đơn vị,a,b\n1,2,3\n1,2\n")).rows())
    assert [row.cut_off for row in whole] == [False, False]


def test_cells_beyond_the_header_are_kept_apart(write: Callable[..., Path]) -> None:
    (row,) = read(write("Đơn vị,a\n1,2,3,,4\n")).rows()
    assert (row.cells, row.surplus) == (("1", "2"), ("3", "4"))


def test_a_missing_file_a_folder_an_empty_file_and_a_zip_are_refused(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    for path in (tmp_path / "none.csv", tmp_path, write(""), write("PK\x03\x04", "a.zip")):
        with pytest.raises(InputUnusable) as refusal:
            read(path)
        assert refusal.value.remedy
