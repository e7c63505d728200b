from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omr.errors import ExitCode, UsageError
from omr.units import Unit, UnitCatalogue, UnitKind, name_key

MERGER = date(2025, 7, 1)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def unit(
    code: str,
    name: str = "Phòng",
    *,
    begin: date = MERGER,
    end: date | None = None,
    aliases: tuple[str, ...] = (),
) -> Unit:
    return Unit(code, name, "", UnitKind.WARD, "", "", begin, end, (), (), aliases)


def test_validity_includes_the_first_day_and_excludes_the_last() -> None:
    old = unit("A", begin=date(2025, 3, 1), end=MERGER)

    assert old.valid_on(date(2025, 3, 1))
    assert old.valid_on(date(2025, 6, 30))
    assert not old.valid_on(MERGER)
    assert not old.valid_on(date(2025, 2, 28))
    assert unit("B").valid_on(date(2999, 1, 1))


@given(DAYS, st.integers(1, 900), DAYS, st.integers(0, 900), DAYS)
def test_units_overlap_exactly_when_some_day_sees_both(
    begin: date, days: int, other_begin: date, other_days: int, day: date
) -> None:
    one = unit("A", begin=begin, end=begin + timedelta(days))
    other = unit(
        "B", begin=other_begin, end=other_begin + timedelta(other_days) if other_days else None
    )

    assert one.overlaps(other) == other.overlaps(one)
    if one.valid_on(day) and other.valid_on(day):
        assert one.overlaps(other)
    last = begin + timedelta(days - 1)
    common = max(begin, other_begin)
    assert one.overlaps(other) == (common <= last and other.valid_on(common))


def test_a_unit_is_found_by_code_whatever_its_case() -> None:
    catalogue = UnitCatalogue([unit("HP-PC08"), unit("HP-PC07")])

    assert catalogue.unit(" hp-pc08 ").code == "HP-PC08"
    assert "HP-PC08" in catalogue
    assert "HP-PC09" not in catalogue
    assert len(catalogue) == 2
    assert [u.code for u in catalogue.units] == ["HP-PC08", "HP-PC07"]


def test_an_unknown_code_is_refused_with_codes_like_it() -> None:
    catalogue = UnitCatalogue([unit("HP-PC08"), unit("HP-11311")])

    with pytest.raises(UsageError, match="no unit 'HP-PC8'") as caught:
        catalogue.unit("HP-PC8")

    assert "HP-PC08" in caught.value.remedy
    assert "units.csv" in caught.value.remedy
    assert caught.value.exit_code is ExitCode.BAD_USAGE
    with pytest.raises(UsageError) as caught:
        catalogue.unit("zzz")
    assert "Codes like it" not in caught.value.remedy


def test_only_units_of_the_day_are_listed() -> None:
    catalogue = UnitCatalogue([unit("A", begin=date(2025, 3, 1), end=MERGER), unit("B")])

    assert [u.code for u in catalogue.valid_on(date(2025, 4, 1))] == ["A"]
    assert [u.code for u in catalogue.valid_on(MERGER)] == ["B"]


@pytest.mark.parametrize(
    "written",
    [
        "Công an phường Thủy Nguyên",
        "CÔNG AN PHƯỜNG THUỶ NGUYÊN",
        "phường Thuỷ Nguyên",
        "CA phường Thủy Nguyên",
        "CA P. Thủy Nguyên",
        "CA P.Thủy Nguyên",
        "P Thủy Nguyên",
        "TN",
        "hp-11560",
    ],
)
def test_a_unit_is_found_by_every_usual_spelling_of_its_names(written: str) -> None:
    catalogue = UnitCatalogue([unit("HP-11560", "Công an phường Thủy Nguyên", aliases=("TN",))])

    assert [u.code for u in catalogue.called(written, MERGER)] == ["HP-11560"]


@pytest.mark.parametrize(
    "written",
    ["Thủy Nguyên", "xã Thủy Nguyên", "phường Thúy Nguyên", "phường Thuy Nguyen", "Nguyên", ""],
)
def test_a_unit_is_never_found_by_mere_likeness(written: str) -> None:
    catalogue = UnitCatalogue([unit("HP-11560", "Công an phường Thủy Nguyên")])

    assert catalogue.called(written, MERGER) == ()


def test_communes_that_differ_in_a_tone_stay_apart() -> None:
    catalogue = UnitCatalogue(
        [unit("HP-10888", "Công an xã Cẩm Giang"), unit("HP-10903", "Công an xã Cẩm Giàng")]
    )

    assert [u.code for u in catalogue.called("X. Cẩm Giang", MERGER)] == ["HP-10888"]
    assert [u.code for u in catalogue.called("CAX. Cẩm Giàng", MERGER)] == []
    assert [u.code for u in catalogue.called("CA xã Cẩm Giàng", MERGER)] == ["HP-10903"]


def test_a_name_means_the_unit_that_bore_it_on_the_day() -> None:
    old = unit("OLD", "Công an phường Hải Dương", begin=date(2018, 1, 1), end=MERGER)
    new = unit("NEW", "Công an phường Hải Dương")
    catalogue = UnitCatalogue([old, new])

    assert catalogue.called("phường Hải Dương", date(2025, 6, 30)) == (old,)
    assert catalogue.called("phường Hải Dương", MERGER) == (new,)
    assert catalogue.called("phường Hải Dương", date(2017, 1, 1)) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("phường Hải Dương", "tỉnh Hải Dương"),
        ("Công an tỉnh Cà Mau", "Mau"),
        ("Cà Mau", "Mau"),
        ("Công anh", "h"),
        ("Công an", ""),
    ],
)
def test_stripping_police_words_keeps_different_names_apart(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)
