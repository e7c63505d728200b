from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from omr.provinces import Province, find_province, provinces
from omr.survey_file import shipped_survey
from omr.unit_seed import seed_units
from omr.units import UnitKind
from omr.units_file import parse_units, read_units, units_text

SAMPLE = Path(__file__).parents[3] / "shared" / "units-sample.csv"
TODAY = date(2026, 11, 1)


def test_hai_phong_has_its_offices_114_communes_and_old_units() -> None:
    units = {unit.code: unit for unit in seed_units(find_province("31"))}
    kinds = [unit.kind for unit in units.values()]

    assert len(units) == 1 + 5 + 114 + 2
    assert kinds.count(UnitKind.WARD) == 45
    assert kinds.count(UnitKind.COMMUNE) == 67
    assert kinds.count(UnitKind.SPECIAL_ZONE) == 2
    assert units["HP-PC06"].domains == ("QLHC", "L01", "L02", "L03", "L04", "L11")
    assert units["HP-PC07"].domains == ("PCCC", "L05")
    assert units["HP-PA08"].domains == ("XNC", "L06")
    assert units["HP-PC08"].domains == ("GTDB", "L10", "L12")
    assert units["HP-PV01"].domains == ("L07", "L08", "L09")
    hong_bang = units["HP-11311"]
    assert hong_bang.name == "Công an phường Hồng Bàng"
    assert hong_bang.short == "CAP Hồng Bàng"
    assert hong_bang.domains == (
        *("QLHC", "GTDB"),
        *("L01", "L02", "L03", "L04", "L11"),
        *("L10", "L12"),
    )
    assert units["HP-11948"].domains == ("QLHC", "L01", "L02", "L03", "L04", "L11")


def test_the_seed_agrees_with_the_sample_in_all_but_the_added_parts() -> None:
    if not SAMPLE.exists():
        pytest.skip("the sample in ../shared is not here")
    seeded = {unit.code: unit for unit in seed_units(find_province("31"))}

    for unit in read_units(SAMPLE).units:
        mine = seeded[unit.code]
        assert replace(mine, domains=unit.domains) == unit
        assert tuple(d for d in mine.domains if not d.startswith("L")) == unit.domains


@pytest.mark.parametrize("province", provinces(), ids=lambda province: province.prefix)
def test_the_seed_of_every_province_is_free_of_mistakes(province: Province) -> None:
    units = seed_units(province)

    catalogue = parse_units(units_text(units), Path("units.csv"))

    assert catalogue.units == units
    for commune in province.communes:
        found = catalogue.called(f"Công an {commune.name}", TODAY)
        assert [unit.code for unit in found] == [f"{province.prefix}-{commune.code}"]


def test_every_seeded_domain_is_known_and_every_domain_is_served() -> None:
    known = {domain.id for domain in shipped_survey().domains}

    served = {domain for unit in seed_units(find_province("HN")) for domain in unit.domains}

    assert served == known
