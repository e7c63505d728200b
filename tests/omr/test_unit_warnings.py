from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from omr.provinces import find_province, provinces
from omr.survey_file import shipped_survey
from omr.unit_seed import seed_units
from omr.unit_warnings import warnings
from omr.units import Unit, UnitKind

DOMAINS = {domain.id for domain in shipped_survey().domains}
SEED = {unit.code: unit for unit in seed_units(find_province("31"))}
DAY = date(2026, 10, 1)


def found(**changed: Unit) -> list[tuple[str, str]]:
    units = SEED | {unit.code: unit for unit in changed.values()}
    return list(warnings(list(units.values()), DOMAINS))


KNOWN = found()


def new(code: str, **changes: object) -> list[tuple[str, str]]:
    return [w for w in found(unit=replace(SEED[code], **changes)) if w not in KNOWN]


def test_the_shipped_catalogue_has_one_pair_of_names_that_differ_in_a_tone() -> None:
    ((code, words),) = KNOWN
    assert code == "HP-10903"
    assert "HP-10888" in words
    assert "Cẩm Giang" in words


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"valid_to": DAY}, "without a successor"),
        ({"valid_to": DAY, "successors": ("HP-CU-DUONGQUAN",)}, "does not exist on 2026-10-01"),
        ({"successors": ("HP-11341",)}, "no valid_to"),
        ({"domains": ("QLHC", "NOPE")}, "NOPE"),
        ({"domains": ("CHUNG",)}, "CHUNG"),
        ({"name": "Công an phường Ngo Quyến"}, "accents only"),
        ({"aliases": ("phường Do Son",), "short": "CA Nam Do Son"}, "accents only"),
        ({"admin_code": "11341"}, "11341"),
        ({"parent": "HP-CU-DUONGQUAN"}, "still below HP-CU-DUONGQUAN"),
    ],
)
def test_what_looks_wrong_is_named(changes: dict[str, object], said: str) -> None:
    told = new("HP-11311", **changes)
    assert any(said in words for _code, words in told), told


def test_a_merger_in_order_is_no_warning() -> None:
    assert new("HP-11311", valid_to=DAY, successors=("HP-11341",)) == []


def test_a_counter_shares_the_number_of_its_commune() -> None:
    counter = replace(
        SEED["HP-11311"], code="HP-D1", name="Điểm 1", short="", kind=UnitKind.COUNTER
    )
    assert [w for w in found(counter=counter) if w not in KNOWN] == []


def test_names_that_never_met_are_not_compared() -> None:
    old = replace(
        SEED["HP-11311"],
        code="HP-CU-1",
        name="Công an phường Ngo Quyen",
        short="",
        admin_code="",
        valid_from=date(2020, 1, 1),
        valid_to=date(2025, 7, 1),
        successors=("HP-11341",),
    )
    assert [w for w in found(old=old) if w not in KNOWN] == []


def test_a_whole_country_is_checked_within_seconds() -> None:
    units = [unit for province in provinces() for unit in seed_units(province)]
    assert len(units) > 3000
    assert sum("accents only" in words for _code, words in warnings(units, DOMAINS)) > 1
