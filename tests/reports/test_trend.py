"""Months side by side: compared where that is honest, and why not where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from made_city import City, no_stock, plain_settings

from omr.periods import Period
from omr.survey_file import shipped_survey
from omr.units import Unit, UnitCatalogue, UnitKind
from reports.counts import Counts, GroupCounts, GroupKey
from reports.measures import Change
from reports.month import MonthInputs, month_results
from reports.ranking import ranked
from reports.responses import Channel
from reports.results import Break, Group, MonthPoint, MonthResults, Note, Section

SURVEY = shipped_survey()
NOW = Period(2026, 11)
BEFORE = NOW.previous()
UNITS = City(seed=1, units=2, months=1, people=0).catalogue
EVERYWHERE = {
    ("HP-PC06", "QLHC"): (90, 100),
    ("HP-PC07", "PCCC"): (45, 50),
    ("HP-PA08", "XNC"): (45, 50),
    ("HP-PC08", "GTDB"): (90, 100),
}


def month(
    period: Period,
    said: Mapping[tuple[str, str], tuple[int, int]],
    questions: tuple[str, ...] = ("t0",),
) -> Counts:
    """A month in which so many of so many were satisfied."""
    return {
        GroupKey(unit, domain, Channel.PAPER, str(period)): GroupCounts(
            whole,
            0,
            0,
            (0, 0),
            {question: {"r4": good, "r2": whole - good} for question in questions},
            dict.fromkeys(questions, whole),
        )
        for (unit, domain), (good, whole) in said.items()
    }


def results(now: Counts, before: Counts | None, units: UnitCatalogue = UNITS) -> MonthResults:
    return month_results(
        MonthInputs(
            period=NOW,
            counts=now,
            surveys=[SURVEY],
            units=units,
            settings=plain_settings(),
            stock=no_stock(NOW),
            history={} if before is None else {str(BEFORE): before},
        )
    )


def last_but_one(found: MonthResults) -> MonthPoint:
    return found.trend.points[-2]


def unit(found: MonthResults, code: str) -> Group:
    return next(group for group in found.by_unit if group.key == (code,))


def test_the_same_units_domains_and_questions_may_be_compared() -> None:
    found = results(
        month(NOW, EVERYWHERE), month(BEFORE, EVERYWHERE | {("HP-PC08", "GTDB"): (60, 100)})
    )
    assert last_but_one(found).comparable
    assert unit(found, "HP-PC08").change is Change.UP
    assert unit(found, "HP-PC06").change is Change.UNCLEAR
    assert found.city.change is Change.UP
    assert found.city.before is not None
    assert found.city.before.overall.n == 300


def test_months_without_data_are_gaps_and_no_zeros() -> None:
    found = results(month(NOW, EVERYWHERE), None)
    assert found.city.change is None
    for point in found.trend.points[:-1]:
        assert point.figures is None
        assert point.breaks == (Break.NO_DATA,)
        assert not point.comparable
    assert found.trend.points[-1].comparable


def test_a_changed_list_of_units_breaks_the_city_s_trend_and_no_unit_s() -> None:
    newly = Unit(
        "HP-19999", "Công an xã mới", "CAX mới", UnitKind.COMMUNE, "HP", "", NOW.first_day,
        None, (), ("QLHC",), (),
    )  # fmt: skip
    units = UnitCatalogue([*UNITS.units, newly])
    before = month(BEFORE, EVERYWHERE | {("HP-PC08", "GTDB"): (60, 100)})
    found = results(month(NOW, EVERYWHERE), before, units)
    assert last_but_one(found).breaks == (Break.UNITS,)
    assert last_but_one(found).figures is not None  # it is shown, and called not comparable
    assert found.city.change is None
    assert unit(found, "HP-PC08").change is Change.UP
    offices = next(g for g in found.by_section if g.section is Section.OFFICES)
    assert offices.change is Change.UP  # the new unit is a commune's


def test_a_unit_that_ended_within_the_month_breaks_it_as_well() -> None:
    old = replace(UNITS.unit("HP-10000"), valid_to=NOW.first_day)
    units = UnitCatalogue([u if u.code != old.code else old for u in UNITS.units])
    found = results(month(NOW, EVERYWHERE), month(BEFORE, EVERYWHERE), units)
    assert Break.UNITS in last_but_one(found).breaks
    assert old.code not in {group.key[0] for group in found.by_unit}


def test_other_questions_break_every_trend() -> None:
    found = results(month(NOW, EVERYWHERE, ("t0", "a1")), month(BEFORE, EVERYWHERE))
    assert last_but_one(found).breaks == (Break.QUESTIONS,)
    assert unit(found, "HP-PC08").change is None


def test_other_domains_break_the_city_s_trend_and_parts_of_one_only_its_own() -> None:
    parts = {("HP-PC07", "L05") if key[1] == "PCCC" else key: n for key, n in EVERYWHERE.items()}
    found = results(month(NOW, EVERYWHERE), month(BEFORE, parts))
    assert last_but_one(found).comparable  # L05 is counted under PCCC
    by_domain = {trend.key[0]: trend.points[-2] for trend in found.domain_trends}
    assert by_domain["PCCC"].breaks == (Break.DOMAINS,)
    assert by_domain["GTDB"].comparable
    fewer = {key: n for key, n in EVERYWHERE.items() if key[1] != "XNC"}
    assert last_but_one(results(month(NOW, EVERYWHERE), month(BEFORE, fewer))).breaks == (
        Break.DOMAINS,
    )


def test_a_small_domain_without_answers_for_a_month_breaks_nothing() -> None:
    few = EVERYWHERE | {("HP-PA08", "XNC"): (4, 5)}
    silent = {key: n for key, n in few.items() if key[1] != "XNC"}
    for now, before in ((few, silent), (silent, few)):
        assert last_but_one(results(month(NOW, now), month(BEFORE, before))).comparable
    # A domain that nobody could have answered in is another list, however small.
    unknown = silent | {("HP-PC06", "Z99"): (4, 5)}
    found = last_but_one(results(month(NOW, silent), month(BEFORE, unknown)))
    assert found.breaks == (Break.DOMAINS,)


def test_parts_of_a_domain_are_rolled_up_under_it() -> None:
    said = EVERYWHERE | {("HP-PC07", "L05"): (10, 20), ("HP-PC06", "L07"): (1, 2)}
    found = results(month(NOW, said), None)
    rollups = {group.key[0]: group.figures.responses for group in found.by_rollup}
    domains = {group.key[0]: group.figures.responses for group in found.by_domain}
    assert rollups == {"QLHC": 100, "PCCC": 70, "XNC": 50, "GTDB": 100, "L07": 2}
    assert domains == {"QLHC": 100, "PCCC": 50, "XNC": 50, "GTDB": 100, "L05": 20, "L07": 2}
    assert found.names["L05"] == "Phòng cháy, chữa cháy"


def test_a_counter_is_counted_with_the_unit_above_it_and_for_itself() -> None:
    counter = Unit(
        "HP-PC08-1", "Điểm tiếp dân số 1", "Điểm 1", UnitKind.COUNTER, "HP-PC08", "",
        date(2020, 1, 1), None, (), ("GTDB",), (),
    )  # fmt: skip
    units = UnitCatalogue([*UNITS.units, counter])
    found = results(month(NOW, EVERYWHERE | {("HP-PC08-1", "GTDB"): (5, 10)}), None, units)
    parents = {group.key[0]: group.figures.responses for group in found.by_parent}
    assert parents == {"HP": 310, "HP-PC08": 110}
    assert unit(found, "HP-PC08").figures.responses == 100
    assert unit(found, "HP-PC08-1").section is Section.OFFICES


def test_units_that_the_catalogue_lacks_are_counted_and_remarked_upon() -> None:
    found = results(month(NOW, EVERYWHERE | {("HP-XX", "GTDB"): (5, 10)}), None)
    assert found.city.figures.responses == 310
    assert unit(found, "HP-XX").section is Section.OTHER
    assert unit(found, "HP-XX").name == "HP-XX"
    notes = {remark.note: remark.number for remark in found.remarks}
    assert notes[Note.UNIT_NOT_VALID] == 1


def test_equals_share_a_place_and_few_answers_get_none() -> None:
    said = {
        ("HP-PC06", "QLHC"): (90, 100),
        ("HP-PC07", "PCCC"): (90, 100),
        ("HP-PA08", "XNC"): (29, 29),
        ("HP-PC08", "GTDB"): (30, 100),
    }
    found = results(month(NOW, said), None)
    places = [(each.group.key[0], each.place) for each in found.ranking]
    assert places[:4] == [("HP-PC06", 1), ("HP-PC07", 1), ("HP-PC08", 3), ("HP-PA08", None)]
    assert {place for _, place in places[4:]} == {None}
    assert ranked([], 30) == ()


def test_hundreds_of_answers_outrank_a_few_perfect_ones() -> None:
    said = {("HP-PC06", "QLHC"): (960, 1000), ("HP-PC07", "PCCC"): (30, 30)}
    found = results(month(NOW, said), None)
    assert [each.group.key[0] for each in found.ranking[:2]] == ["HP-PC06", "HP-PC07"]
