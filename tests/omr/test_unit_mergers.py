"""Units end and others go on; answers stay with the unit of their day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from omr.errors import UsageError
from omr.provinces import find_province
from omr.unit_mergers import NewUnit, merge, retire
from omr.unit_seed import seed_units
from omr.units import Unit, UnitCatalogue, UnitKind

DAY = date(2026, 10, 1)
EVE = DAY - timedelta(days=1)
BEFORE = UnitCatalogue(seed_units(find_province("31")))
NEW = {"HP-20000": NewUnit("Công an phường Hồng Ngô", "CAP Hồng Ngô", admin_code="20000")}


def after(units: tuple[Unit, ...], before: UnitCatalogue = BEFORE) -> UnitCatalogue:
    changed = {unit.code: unit for unit in units}
    kept = [changed.pop(unit.code, unit) for unit in before.units]
    return UnitCatalogue([*kept, *changed.values()])


def merged() -> tuple[Unit, ...]:
    return merge(BEFORE, ["HP-11311", "hp-11341"], ["HP-20000"], DAY, NEW)


def test_merged_units_end_on_the_day_on_which_their_successor_begins() -> None:
    one, two, new = merged()

    assert (one.code, two.code, new.code) == ("HP-11311", "HP-11341", "HP-20000")
    for old in (one, two):
        assert old.valid_to == DAY
        assert old.successors == ("HP-20000",)
        assert replace(old, valid_to=None, successors=()) == BEFORE.unit(old.code)
    assert new.valid_from == DAY
    assert new.valid_to is None
    assert (new.kind, new.parent) == (UnitKind.WARD, "HP")
    assert set(new.domains) == set(one.domains) | set(two.domains)


def test_an_answer_belongs_to_the_unit_that_existed_on_its_day() -> None:
    catalogue = after(merged())

    def codes(name: str, day: date) -> list[str]:
        return [unit.code for unit in catalogue.called(name, day)]

    assert codes("CA P. Hồng Bàng", EVE) == ["HP-11311"]
    assert codes("CA P. Hồng Bàng", DAY) == []
    assert codes("phường Hồng Ngô", EVE) == []
    assert codes("phường Hồng Ngô", DAY) == ["HP-20000"]
    assert catalogue.unit("HP-11311").name == "Công an phường Hồng Bàng"
    for day, there in ((EVE, {"HP-11311", "HP-11341"}), (DAY, {"HP-20000"})):
        valid = {unit.code for unit in catalogue.valid_on(day)}
        assert valid & {"HP-11311", "HP-11341", "HP-20000"} == there


def test_one_name_may_pass_to_the_successor_on_the_day() -> None:
    units = merge(
        BEFORE,
        ["HP-11311", "HP-11341"],
        ["HP-20000"],
        DAY,
        {"HP-20000": NewUnit("Công an phường Hồng Bàng")},
    )
    catalogue = after(units)

    assert [u.code for u in catalogue.called("P. Hồng Bàng", EVE)] == ["HP-11311"]
    assert [u.code for u in catalogue.called("P. Hồng Bàng", DAY)] == ["HP-20000"]


def test_old_names_mean_the_successor_afterwards_if_that_is_wanted() -> None:
    units = merge(BEFORE, ["HP-11311", "HP-11341"], ["HP-20000"], DAY, NEW, keep_names=True)
    catalogue = after(units)

    assert [u.code for u in catalogue.called("P. Hồng Bàng", EVE)] == ["HP-11311"]
    assert [u.code for u in catalogue.called("P. Hồng Bàng", DAY)] == ["HP-20000"]
    assert catalogue.unit("HP-20000").aliases == (
        "Công an phường Hồng Bàng",
        "Công an phường Ngô Quyền",
    )


@pytest.mark.parametrize("into", [["HP-11560"], ["HP-20000", "HP-11560"]])
def test_an_old_name_is_never_given_to_a_unit_that_lived_beside_it_or_to_two(
    into: list[str],
) -> None:
    new = {code: NEW[code] for code in into if code in NEW}
    with pytest.raises(UsageError, match="one new unit"):
        merge(BEFORE, ["HP-11311"], into, DAY, new, keep_names=True)


def test_a_unit_that_goes_on_is_not_touched_by_what_joins_it() -> None:
    (ended,) = merge(BEFORE, ["HP-11311"], ["HP-11560"], DAY, {})

    assert ended.code == "HP-11311"
    assert ended.successors == ("HP-11560",)


def test_a_split_names_every_successor_made_or_there_already() -> None:
    new = {
        "HP-20001": NewUnit("Công an phường A"),
        "HP-20002": NewUnit("Công an xã B", kind=UnitKind.COMMUNE, domains=("QLHC",)),
    }
    old, one, two = merge(BEFORE, ["HP-11311"], ["HP-20001", "HP-20002", "HP-11341"], DAY, new)

    assert old.successors == ("HP-20001", "HP-20002", "HP-11341")
    assert one.kind is UnitKind.WARD
    assert (two.kind, two.domains) == (UnitKind.COMMUNE, ("QLHC",))


def test_the_same_merger_twice_changes_nothing() -> None:
    assert merge(after(merged()), ["HP-11311", "HP-11341"], ["HP-20000"], DAY, NEW) == ()
    closed = after(retire(BEFORE, "HP-11311", DAY))
    assert retire(closed, "HP-11311", DAY) == ()


def test_a_unit_that_was_closed_gets_its_successor_later() -> None:
    closed = after(retire(BEFORE, "HP-11311", DAY))

    (unit,) = merge(closed, ["HP-11311"], ["HP-11560"], DAY, {})

    assert (unit.valid_to, unit.successors) == (DAY, ("HP-11560",))


@pytest.mark.parametrize(
    ("ended", "into", "on", "new", "said"),
    [
        (["HP-11311"], ["HP-11311"], DAY, {}, "cannot end and go on"),
        (["HP-99"], ["HP-11311"], DAY, {}, "no unit 'HP-99'"),
        (["HP-11311"], ["HP-99"], DAY, {}, "no unit 'HP-99'"),
        (["HP-11311"], ["HP-11341"], date(2025, 7, 1), {}, "began on 2025-07-01"),
        (["HP-CU-DUONGQUAN"], ["HP-11341"], DAY, {}, "has ended already, on 2025-07-01"),
        (["HP-11311"], ["HP-CU-DUONGQUAN"], DAY, {}, "does not exist on 2026-10-01"),
        (["HP-11311"], ["HP-11341"], DAY, {"HP-11341": NewUnit("x")}, "never used again"),
        (["HP-11311"], ["HP-11341"], DAY, {"HP-5": NewUnit("x")}, "not made"),
    ],
)
def test_what_cannot_be_merged_is_refused(
    ended: list[str], into: list[str], on: date, new: dict[str, NewUnit], said: str
) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        merge(BEFORE, ended, into, on, new)
    assert caught.value.remedy


def test_a_unit_cannot_end_before_it_began_or_twice() -> None:
    with pytest.raises(UsageError, match="cannot end"):
        retire(BEFORE, "HP-11311", date(2025, 7, 1))
    with pytest.raises(UsageError, match="has ended already"):
        retire(after(retire(BEFORE, "HP-11311", DAY)), "HP-11311", EVE)
