from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from omr.errors import MistakesInFile, UsageError
from omr.unit_records import COLUMNS
from omr.units import UnitCatalogue, UnitKind
from omr.units_file import parse_units, read_units, scan_units, units_text

FILE = Path("units.csv")
SAMPLE = Path(__file__).parents[3] / "shared" / "units-sample.csv"

HEADER = ",".join(COLUMNS)
CITY = "HP,Công an thành phố Hải Phòng,CATP,tinh,,31,2025-07-01,,,,CAHP"
FIRE = 'HP-PC07,"Phòng cháy, chữa cháy",PC07,phong,HP,,2025-07-01,,,PCCC|L05,Phòng PCCC'
WARD = "HP-11311,Công an phường Hồng Bàng,CAP,phuong,HP,11311,2025-07-01,,,QLHC,"


def parse(*rows: str) -> UnitCatalogue:
    return parse_units("\n".join((HEADER, *rows)) + "\n", FILE)


def mistakes(*rows: str) -> list[str]:
    with pytest.raises(MistakesInFile) as caught:
        parse(*rows)
    return caught.value.problems


def test_every_column_is_understood() -> None:
    fire = parse(CITY, FIRE).unit("HP-PC07")

    assert fire.name == "Phòng cháy, chữa cháy"
    assert fire.short == "PC07"
    assert fire.kind is UnitKind.OFFICE
    assert fire.parent == "HP"
    assert fire.admin_code == ""
    assert fire.valid_from == date(2025, 7, 1)
    assert fire.valid_to is None
    assert fire.successors == ()
    assert fire.domains == ("PCCC", "L05")
    assert fire.aliases == ("Phòng PCCC",)


def test_the_sample_catalogue_survives_reading_and_writing() -> None:
    if not SAMPLE.exists():
        pytest.skip("the sample in ../shared is not here")
    text = SAMPLE.read_text(encoding="utf-8")

    catalogue = parse_units(text, SAMPLE)

    assert units_text(catalogue.units) == text
    assert catalogue.unit("HP-CU-DUONGQUAN").successors == ("HP-11560",)


def test_columns_may_stand_in_any_order_and_be_separated_as_excel_does() -> None:
    plain = parse(CITY, WARD)
    for delimiter in ";\t":
        rows = [line.replace(",", delimiter) for line in (HEADER, CITY, WARD)]
        assert parse_units("\n".join(rows), FILE).units == plain.units
    turned = [",".join(reversed(line.split(","))) for line in (HEADER, CITY, WARD)]
    assert parse_units("\n".join(turned), FILE).units == plain.units


def test_blank_lines_and_blanks_round_values_are_no_mistakes(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    text = f"\ufeff{HEADER}\r\n\r\n{CITY.replace(',', ' , ')}\r\n,,,,,,,,,,\r\n"
    path.write_bytes(text.encode())

    assert read_units(path).units == parse(CITY).units


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (WARD.replace("HP-11311", "hp-11311"), "'hp-11311' is no valid unit code"),
        (WARD.replace("HP-11311", "HP_1"), "'HP_1' is no valid unit code"),
        (WARD.replace("HP-11311", "ĐB-1"), "'ĐB-1' is no valid unit code"),
        (WARD.replace("HP-11311", "H" * 33), "is no valid unit code"),
        (WARD.replace("HP-11311", "HP"), "the code HP is already on line 2"),
        (WARD.replace("Công an phường Hồng Bàng", ""), "the unit has no name"),
        (WARD.replace("Hồng", "H?ng"), "a question mark in a name"),
        (WARD.replace("phuong", "ward"), "unknown kind 'ward'; known kinds: tinh, phong"),
        (WARD.replace("HP,11311", "HX,11311"), "parent names the unknown unit 'HX'"),
        (WARD.replace("HP,11311", "HP-11311,11311"), "its own parent"),
        (WARD.replace(",,,QLHC", ",,HP-1|HP,QLHC"), "successors names the unknown unit 'HP-1'"),
        (WARD.replace(",,,QLHC", ",,HP-11311,QLHC"), "its own parent or successor"),
        (WARD.replace("2025-07-01", "1/7/2025"), "'1/7/2025' in valid_from is no date"),
        (WARD.replace("2025-07-01", "2025-02-30"), "'2025-02-30' in valid_from is no date"),
        (WARD.replace("2025-07-01", ""), "valid_from is empty"),
        (WARD.replace("2025-07-01,", "2025-07-01,2025-07-01"), "valid_to is not after"),
        (WARD.replace(",11311,", ",311,"), "'311' is no administrative code"),
        (WARD.replace("QLHC", "qlhc"), "'qlhc' is no valid domain id"),
        (WARD.replace("QLHC", "QLHC||GTDB"), "an item of domains is empty"),
        (WARD.replace("QLHC", "QLHC|QLHC"), "an item of domains is empty or given twice"),
        (WARD + "cahp", "has a name, short name or alias of HP (line 2)"),
        (WARD + "Công an TP Hải Phòng", "has a name, short name or alias of HP (line 2)"),
        (WARD + ",more", "12 values where there are 11 columns"),
        ("HP-1,too few", "2 values where there are 11 columns"),
        (WARD + '"open', "this is not CSV"),
    ],
)
def test_a_mistake_is_reported_with_its_line(row: str, expected: str) -> None:
    found = mistakes(CITY, "", row)

    assert len(found) == 1, found
    assert found[0].startswith("units.csv:4: "), found
    assert expected in found[0]


def test_a_line_number_counts_line_breaks_inside_quotation_marks() -> None:
    (found,) = mistakes(CITY.replace("CAHP", '"CA\nHP"'), WARD.replace("phuong", "ward"))

    assert found.startswith("units.csv:4: ")


def test_all_mistakes_are_listed_at_once() -> None:
    found = mistakes(
        CITY.replace("tinh", "city"), FIRE.replace("HP,", "HX,"), WARD.replace("2025", "25")
    )

    assert [sentence.split(": ")[0] for sentence in found] == [
        "units.csv:2",
        "units.csv:3",
        "units.csv:4",
    ]


def test_a_faulty_unit_does_not_make_its_children_faulty() -> None:
    (found,) = mistakes(CITY.replace("HP,", "H_P,", 1), WARD.replace(",HP,", ",H_P,"))

    assert "no valid unit code" in found


def test_units_that_stand_above_each_other_are_refused() -> None:
    found = mistakes(CITY.replace("tinh,,", "tinh,HP-11311,"), WARD)

    assert len(found) == 2
    assert all("its own parent" in sentence for sentence in found)


def test_one_name_may_pass_from_an_old_unit_to_a_new_one() -> None:
    old = WARD.replace("HP-11311", "HP-CU").replace("2025-07-01,", "2020-01-01,2025-07-01")

    catalogue = parse(CITY, old, WARD)

    assert [u.code for u in catalogue.called("P. Hồng Bàng", date(2024, 1, 1))] == ["HP-CU"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            HEADER.replace("aliases", "alias"),
            ["columns missing: aliases", "unknown columns: alias"],
        ),
        (HEADER + ",code", ["columns given twice: code"]),
        ("", ["the file is empty"]),
    ],
)
def test_a_wrong_first_line_is_refused(header: str, expected: list[str]) -> None:
    with pytest.raises(MistakesInFile) as caught:
        parse_units(header + "\n", FILE)

    assert len(caught.value.problems) == len(expected)
    for sentence, words in zip(caught.value.problems, expected, strict=True):
        assert sentence.startswith(f"units.csv:1: {words}")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        read_units(tmp_path / "units.csv")


def test_a_head_without_a_name_does_not_hide_that_a_row_is_too_short(tmp_path: Path) -> None:
    head = "code,name,short,kind,parent,admin_code,valid_from,valid_to,successors,domains,,aliases"
    text = f"{head}\nHP,Công an,CATP,tinh,,31,2025-07-01,,,,CAHP\n"

    [problem] = scan_units(text, tmp_path / "units.csv").problems.sentences()

    assert "11 values where there are 12 columns" in problem
