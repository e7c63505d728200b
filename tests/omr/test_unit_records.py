"""One row changes; whatever else a person wrote into the table stays."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omr.unit_records import COLUMNS, NotCsv, delimiter_of, records, with_units
from omr.units import Unit
from omr.units_file import parse_units

FILE = Path("units.csv")
HEADER = ",".join(COLUMNS)
CITY = "HP,Công an thành phố Hải Phòng,CATP,tinh,,31,2025-07-01,,,,CAHP"
FIRE = 'HP-PC07,"Phòng cháy, chữa cháy",PC07,phong,HP,,2025-07-01,,,PCCC|L05,Phòng PCCC'
WARD = "HP-11311,Công an phường Hồng Bàng,CAP,phuong,HP,11311,2025-07-01,,,QLHC,"
TEXT = f"# kept by PV01; ask before editing\n{HEADER}\n\n{CITY}\n{FIRE}\n#, a note\n{WARD}\n\n"


def unit(code: str, text: str = TEXT) -> Unit:
    return parse_units(text, FILE).unit(code)


def test_notes_and_blank_lines_are_no_rows_and_keep_the_line_numbers() -> None:
    rows = [(record.line, record.cells[0]) for record in records(TEXT) if record.cells]

    assert rows == [(2, "code"), (4, "HP"), (5, "HP-PC07"), (7, "HP-11311")]
    assert "\n".join(record.text for record in records(TEXT)) + "\n" == TEXT


def test_a_note_with_one_quotation_mark_hides_no_row() -> None:
    text = f'{HEADER}\n# 5" paper\n{CITY}\n'
    assert [r.cells[0] for r in records(text) if r.cells] == ["code", "HP"]


def test_a_row_over_several_lines_is_one_record() -> None:
    text = f"{HEADER}\n{CITY.replace('CAHP', chr(34) + 'CA' + chr(10) + 'HP' + chr(34))}\n{FIRE}\n"
    assert [record.line for record in records(text)] == [1, 2, 4]


def test_an_open_quotation_mark_is_refused_with_its_line() -> None:
    with pytest.raises(NotCsv) as caught:
        list(records(f'{HEADER}\n{CITY}\n{WARD}"open\n{FIRE}\n'))
    assert caught.value.line == 3


def test_the_separator_comes_from_the_head_and_not_from_a_note() -> None:
    assert delimiter_of("# a;b;c;d;e;f;g;h;i;j;k;l;m\n\n" + HEADER) == ","
    assert delimiter_of("# a,b,c\n" + HEADER.replace(",", ";")) == ";"


def test_changing_one_unit_changes_one_line() -> None:
    ended = replace(unit("HP-PC07"), valid_to=date(2027, 1, 1))

    after = with_units(TEXT, [ended])

    before_lines, after_lines = TEXT.split("\n"), after.split("\n")
    changed = [i for i, line in enumerate(before_lines) if line not in after_lines]
    assert changed == [4]
    assert unit("HP-PC07", after) == ended
    assert after.startswith("# kept by PV01")
    assert "#, a note" in after


def test_a_unit_that_is_as_it_was_leaves_the_text_as_it_was() -> None:
    shouting = TEXT.replace("HP-PC07,", " HP-PC07  ,")
    assert (
        with_units(TEXT, [unit(code) for code in ("HP", "HP-PC07")]) == TEXT.rstrip("\n") + "\n\n"
    )
    assert with_units(shouting, [unit("HP-PC07")]).count(" HP-PC07  ,") == 1


def test_new_units_come_after_the_last_row_in_the_files_own_columns_and_separator() -> None:
    turned = "\n".join(
        ";".join(reversed(line.replace('"Phòng cháy, chữa cháy"', "Phòng").split(",")))
        for line in (HEADER, CITY, FIRE)
    )
    new = replace(unit("HP-11311"), code="HP-1", name="Mới; thật", aliases=("M",))

    after = with_units(turned + "\n\n", [new])

    assert after.startswith(turned + "\n")
    assert after.split("\n")[3].startswith("M;QLHC;")
    assert parse_units(after, FILE).unit("HP-1") == new


words = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="|?\ufffd"),
    min_size=1,
    max_size=12,
)


@given(name=words, short=words, alias=words, delimiter=st.sampled_from(",;\t"))
def test_any_words_come_back_from_the_table(
    name: str, short: str, alias: str, delimiter: str
) -> None:
    text = "\n".join(
        line.replace('"Phòng cháy, chữa cháy"', "Phòng").replace(",", delimiter)
        for line in (HEADER, CITY, FIRE)
    )
    told = replace(
        parse_units(text, FILE).unit("HP-PC07"),
        name=name,
        short=short,
        aliases=(alias,),
    )
    if told.text_keys() & parse_units(text, FILE).unit("HP").text_keys():
        return

    after = with_units(text, [told])

    (found,) = (u for u in parse_units(after, FILE).units if u.code == "HP-PC07")
    assert found.name == unicodedata.normalize("NFC", name)
    assert found.aliases == (unicodedata.normalize("NFC", alias),)
    assert after.split("\n")[1] == text.split("\n")[1]
