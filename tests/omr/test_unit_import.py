"""Lists of units: what may enter the catalogue, and what may not."""

from __future__ import annotations

from datetime import date

import pytest

from omr.provinces import find_province
from omr.unit_import import HeadUnusable, Outcome, Planned, head_mapping, plan, read_list
from omr.unit_records import NotCsv, table_text, with_units
from omr.unit_seed import seed_units
from omr.units import UnitCatalogue, UnitKind
from omr.units_file import table_mistakes

TODAY = date(2026, 9, 1)
CATALOGUE = UnitCatalogue(seed_units(find_province("31")))
TEXT = table_text(CATALOGUE.units)
HEADS = "code,name,kind,valid_from,domains"


def planned(*rows: str, heads: str = HEADS, renamed: tuple[str, ...] = ()) -> list[Planned]:
    return list(
        plan(
            TEXT,
            CATALOGUE,
            read_list("\n".join((heads, *rows)), {}),
            renamed=renamed,
            first_day=None,
            today=TODAY,
        )
    )


def outcome(*rows: str, heads: str = HEADS, renamed: tuple[str, ...] = ()) -> list[Outcome]:
    return [p.outcome for p in planned(*rows, heads=heads, renamed=renamed)]


def why(*rows: str, heads: str = HEADS) -> str:
    (refused,) = (p for p in planned(*rows, heads=heads) if p.outcome is Outcome.REFUSED)
    assert refused.unit is None
    return refused.why


def test_a_unit_that_is_not_there_yet_is_new() -> None:
    (new,) = planned("HP-1,Công an phường Mới,phuong,2026-09-01,QLHC|GTDB")

    assert (new.outcome, new.line) == (Outcome.NEW, 2)
    assert new.unit is not None
    assert new.unit.kind is UnitKind.WARD
    assert new.unit.domains == ("QLHC", "GTDB")
    assert new.unit.parent == ""


def test_the_whole_catalogue_as_a_list_changes_nothing() -> None:
    found = plan(TEXT, CATALOGUE, read_list(TEXT, {}), renamed=(), first_day=None, today=TODAY)

    assert {p.outcome for p in found} == {Outcome.SAME}
    assert len(found) == len(CATALOGUE)


def test_empty_cells_and_missing_columns_change_nothing() -> None:
    assert outcome("HP-PC08,,,,") == [Outcome.SAME]
    assert outcome("HP-PC08", heads="code") == [Outcome.SAME]


def test_a_hyphen_takes_away_what_the_catalogue_says() -> None:
    (p,) = planned("HP-PC08,-", heads="code,aliases")
    assert p.unit is not None
    assert p.unit.aliases == ()


def test_heads_and_kinds_are_understood_as_offices_write_them() -> None:
    given = read_list("MÃ ĐƠN VỊ;Tên  đơn vị;Loại;Từ ngày\nHP-1;X;Đặc khu;2026-09-01\n", {})
    assert given.rows == (
        (2, {"code": "HP-1", "name": "X", "kind": "dackhu", "valid_from": "2026-09-01"}),
    )


def test_heads_can_be_given_a_meaning_and_the_rest_is_named() -> None:
    given = read_list("No,Called,Remark\nHP-1,X,y\n", {"No": "code", "called": "name"})

    assert given.rows == ((2, {"code": "HP-1", "name": "X"}),)
    assert given.unused == ("Remark",)
    assert head_mapping(["Mã = số=code"]) == {"Mã = số": "code"}


@pytest.mark.parametrize(
    ("text", "heads", "said"),
    [
        ("name,kind\nx,y\n", {}, "code"),
        ("", {}, "code"),
        ("code,Mã\nHP,HP\n", {}, "two heads"),
        ("code,x\nHP,HP\n", {"x": "town"}, "no column 'town'"),
        ("code,x\nHP,HP\n", {"y": "name"}, "no head 'y'"),
    ],
)
def test_a_list_whose_heads_are_unclear_is_refused(
    text: str, heads: dict[str, str], said: str
) -> None:
    with pytest.raises(HeadUnusable, match=said):
        read_list(text, heads)


def test_a_mapping_without_a_column_is_refused() -> None:
    with pytest.raises(HeadUnusable, match="HEAD=column"):
        head_mapping(["code"])


def test_a_list_with_open_quotation_marks_is_refused() -> None:
    with pytest.raises(NotCsv):
        read_list('code,name\nHP,"x\n', {})


def test_a_name_spelt_otherwise_is_a_correction_and_another_name_is_not() -> None:
    row = "HP-11560,Công an phường Thuỷ Nguyên,,,"
    assert outcome(row) == [Outcome.CHANGED]
    assert "--renamed HP-11560" in why("HP-11560,Công an phường Thủy Sơn,,,")


def test_a_rename_that_is_meant_keeps_the_old_name_as_an_alias() -> None:
    (p,) = planned("HP-11311,Công an phường Hạ Lý,,,", renamed=("HP-11311",))

    assert p.outcome is Outcome.CHANGED
    assert p.unit is not None
    assert p.unit.aliases == ("Công an phường Hồng Bàng",)


@pytest.mark.parametrize(
    ("row", "heads", "said"),
    [
        ("HP-11311,xa", "code,kind", "from phuong to xa"),
        ("HP-11311,2026-01-01", "code,valid_from", "earlier answers"),
        ("HP-CU-DUONGQUAN,-", "code,valid_to", "never used again"),
        ("HP-CU-DUONGQUAN,2027-01-01", "code,valid_to", "never used again"),
        ("HP-11311,HP-404", "code,parent", "unknown unit 'HP-404'"),
        ("HP-11311,1/7/2026", "code,valid_to", "no date"),
        ("HP-11311,-", "code,name", "no name"),
        ("hp-11311,x", "code,name", "no valid unit code"),
        (",x", "code,name", "no valid unit code"),
        ("HP-1,x,phuong", "code,name,kind", "valid_from is empty"),
        ("HP-1,Hồng B?ng,phuong,2026-01-01", HEADS, "letters were lost"),
        ("HP-1,Công an phường Hồng Bàng,phuong,2026-01-01", HEADS, "HP-11311"),
        ("HP-PC06,Phòng CSGT", "code,aliases", "HP-PC08"),
    ],
)
def test_what_would_harm_the_catalogue_is_refused_with_its_reason(
    row: str, heads: str, said: str
) -> None:
    assert said in why(row, heads=heads)


def test_a_code_twice_in_a_list_counts_once() -> None:
    assert outcome("HP-PC08,,,,QLHC", "HP-PC08,,,,XNC") == [Outcome.CHANGED, Outcome.REFUSED]


def test_new_units_may_stand_below_each_other_in_any_order() -> None:
    heads = "code,name,kind,valid_from,parent"
    rows = ("HP-1-D,Điểm,diem,2026-09-01,HP-1", "HP-1,Phường,phuong,2026-09-01,HP")
    assert outcome(*rows, heads=heads) == [Outcome.NEW, Outcome.NEW]


def test_a_refused_unit_takes_those_below_it_along_and_leaves_the_others() -> None:
    heads = "code,name,kind,valid_from,parent"
    rows = (
        "HP-1-D,Điểm,diem,2026-09-01,HP-1",
        "HP-1,Công an phường Hồng Bàng,phuong,2026-09-01,HP",
        "HP-2,Công an phường Khác,phuong,2026-09-01,HP",
    )
    assert outcome(*rows, heads=heads) == [Outcome.REFUSED, Outcome.REFUSED, Outcome.NEW]


def test_what_is_planned_can_always_be_written() -> None:
    found = planned(
        "HP-PC06,,,,QLHC|NOPE",
        "HP-1,Phòng QLHC,phong,2026-09-01,QLHC",
        "HP-2,Mới,phong,2026-09-01,QLHC",
        "HP-3,MỚI,phong,2026-09-01,QLHC",
    )
    units = [p.unit for p in found if p.unit is not None]

    assert table_mistakes(with_units(TEXT, units)) == {}
    assert [p.outcome for p in found] == [
        Outcome.CHANGED,
        Outcome.REFUSED,
        Outcome.NEW,
        Outcome.REFUSED,
    ]
