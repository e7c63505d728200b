"""Every number of a month against a second computation from the list of people."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

import pytest
from made_city import (
    OTHERS,
    RATED,
    REASONS,
    VALUE,
    City,
    Person,
    composite,
    fully,
    groups,
    level_counts,
    mean,
    no_stock,
    people_at,
    plain_settings,
    said_anything,
    share,
    survey_knows,
)

from omr.survey_file import shipped_survey
from reports.counts import BLANK, Counts, Ratings, count
from reports.figures import Figures, Levels
from reports.measures import Band
from reports.month import MonthInputs, month_results
from reports.responses import Channel
from reports.results import Group, MonthResults, Note
from reports.tally import Choices, tally_of

CITY = City(seed=11, units=12, months=3, people=3000)
SURVEY = shipped_survey()


@pytest.fixture(scope="module")
def counts() -> dict[str, Counts]:
    ratings = Ratings.of([SURVEY])
    return {str(period): count(CITY.responses(period), ratings) for period in CITY.periods}


@pytest.fixture(scope="module")
def inputs(counts: dict[str, Counts]) -> MonthInputs:
    return MonthInputs(
        period=CITY.newest,
        counts=counts[str(CITY.newest)],
        surveys=[SURVEY],
        units=CITY.catalogue,
        settings=plain_settings(),
        stock=no_stock(CITY.newest),
        visits=CITY.visits,
        history={name: some for name, some in counts.items() if name != str(CITY.newest)},
    )


@pytest.fixture(scope="module")
def results(inputs: MonthInputs) -> MonthResults:
    return month_results(inputs)


def all_groups(results: MonthResults) -> Iterator[Group]:
    yield results.city
    for some in (
        results.by_section,
        results.by_parent,
        results.by_unit,
        results.by_domain,
        results.by_rollup,
        results.by_channel,
        results.by_unit_domain,
    ):
        yield from some


def as_counts(levels: Levels) -> Counter[str]:
    n5, n4, n3, n2, n1 = (number or 0 for number in levels.counts)
    found = {"r5": n5, "r4": n4, "r3": n3, "r2": n2, "r1": n1}
    return Counter(found | {"": levels.blank or 0, "!": levels.invalid or 0})


def check(figures: Figures, people: list[Person]) -> None:
    assert figures.responses == len(people)
    assert figures.paper == sum(person.paper for person in people)
    assert figures.electronic == len(people) - (figures.paper or 0)
    overall = level_counts(people, "t0")
    assert +as_counts(figures.overall) == +overall
    assert figures.share == share(overall)
    assert figures.mean == mean(overall)
    by_answers = level_counts(people, *RATED)
    assert +as_counts(figures.rated) == +by_answers
    assert figures.share_answers == share(by_answers)
    assert figures.fully == fully(people)
    assert figures.composite == composite(people)


def test_the_second_computation_knows_the_survey() -> None:
    survey_knows()


def test_every_group_has_the_numbers_of_its_people(results: MonthResults) -> None:
    found = {(group.kind.value, group.key): group for group in all_groups(results)}
    expected = {(kind, key): people for kind, key, people in groups(CITY, CITY.of(CITY.newest))}
    assert found.keys() == expected.keys()
    for name, people in expected.items():
        check(found[name].figures, people)
    assert any(not people for people in expected.values())  # empty groups are listed too


def test_every_question_has_the_numbers_of_its_people(results: MonthResults) -> None:
    everybody = CITY.of(CITY.newest)
    assert {(row.question, row.domain) for row in results.questions} == {
        (question, domain)
        for question in (*RATED, "t0")
        for domain in ("", "QLHC", "PCCC", "XNC", "GTDB")
    }
    for row in results.questions:
        people = people_at(everybody, domain=row.domain or None)
        assert +as_counts(row.levels) == +level_counts(people, row.question)
    for options in results.options:
        people = people_at(everybody, domain=options.domain or None)
        if options.question == "m1":
            said = Counter(reason for person in people for reason in person.reasons)
            blank = sum(not person.reasons for person in people)
            assert [each.option for each in options.options] == list(REASONS)
        else:
            said = level_counts(people, options.question)
            blank = said[""] + said["!"]
            assert {each.option for each in options.options} == set(OTHERS[options.question])
        assert {o.option: o.count for o in options.options} == {
            o.option: said[o.option] for o in options.options
        }
        assert (options.blank, options.people) == (blank, len(people))


def test_participation_counts_what_was_said_on_paper_where_visits_are_known(
    results: MonthResults,
) -> None:
    people = CITY.of(CITY.newest)
    visits = {(each.unit, each.domain): each for each in CITY.visits}
    impossible = unknown = 0
    for group in results.by_unit_domain:
        there = [p for p in people if (p.unit, p.domain) == group.key]
        said = sum(person.paper and said_anything(person) for person in there)
        visit = visits.get((group.key[0], group.key[1]))
        if visit is None:
            assert group.figures.visits is None
            unknown += bool(there)
            continue
        assert group.figures.visits is not None
        assert group.figures.visits.answered == said
        assert group.figures.visits.counter == visit.counter
        impossible += said > visit.counter
        assert (group.figures.participation_band is Band.IMPOSSIBLE) is (said > visit.counter)
    total = results.city.figures.visits
    assert total is not None
    assert total.counter == sum(visit.counter for visit in CITY.visits)
    assert total.answered == sum(
        person.paper and said_anything(person) and (person.unit, person.domain) in visits
        for person in people
    )
    notes = {remark.note: remark.number for remark in results.remarks}
    assert notes.get(Note.VISITS_EXCEEDED, 0) == impossible > 0
    assert notes.get(Note.VISITS_MISSING, 0) == unknown > 0
    assert total.complete is False


def test_the_trend_shows_each_month_s_own_numbers(results: MonthResults) -> None:
    assert len(results.trend.points) == 13
    assert [str(p.period) for p in results.trend.points][-3:] == [str(p) for p in CITY.periods]
    for trend in (results.trend, *results.domain_trends):
        domain = trend.key[0] if trend.key else None
        for point in trend.points[-3:]:
            assert point.figures is not None
            check(point.figures, people_at(CITY.of(point.period), domain=domain))
    assert all(point.figures is None for point in results.trend.points[:-3])


def test_places_go_by_the_lower_end_of_the_interval_and_only_to_units_with_enough(
    results: MonthResults,
) -> None:
    def low(people: list[Person]) -> float:
        counts = level_counts(people, "t0")
        n = sum(counts[level] for level in VALUE)
        p, z = (counts["r5"] + counts["r4"]) / n, 1.959963984540054
        spread = z * math.sqrt((p * (1 - p) + z * z / (4 * n)) / n)
        return (p + z * z / (2 * n) - spread) / (1 + z * z / n)

    everybody = CITY.of(CITY.newest)
    there = {u.code: people_at(everybody, unit=u.code) for u in CITY.catalogue.units}
    enough = {
        unit: low(people)
        for unit, people in there.items()
        if sum(person.said["t0"] in VALUE for person in people) >= 30
    }
    ranked = [each for each in results.ranking if each.place is not None]
    assert [each.group.key[0] for each in ranked] == sorted(enough, key=lambda u: -enough[u])
    assert [each.place for each in ranked] == list(range(1, len(ranked) + 1))
    assert len(ranked) < len(results.ranking) == len(results.by_unit)
    assert [group.key[0] for group in results.lowest] == sorted(enough, key=lambda u: enough[u])[:5]


def test_the_tally_has_the_same_numbers(counts: dict[str, Counts]) -> None:
    month = counts[str(CITY.newest)]
    table = tally_of(month, Choices.of([SURVEY]).with_counts(month))
    expected: Counter[tuple[str, str, str, str, str]] = Counter()
    for person in CITY.of(CITY.newest):
        where = (
            person.unit,
            person.domain,
            (Channel.PAPER if person.paper else Channel.ELECTRONIC).value,
        )
        for question, option in person.said.items():
            expected[(*where, question, BLANK if option == "!" else option)] += 1
        for reason in person.reasons or (BLANK,):
            expected[(*where, "m1", reason)] += 1
    columns = ["unit", "domain", "channel", "question", "option"]
    found = Counter(
        dict(zip(table[columns].itertuples(index=False, name=None), table["count"], strict=True))
    )
    assert +found == expected


def test_counts_of_another_month_are_refused(inputs: MonthInputs) -> None:
    with pytest.raises(ValueError, match="given for 2026-10"):
        month_results(
            MonthInputs(
                period=inputs.period.previous(),
                counts=inputs.counts,
                surveys=inputs.surveys,
                units=inputs.units,
                settings=inputs.settings,
                stock=inputs.stock,
            )
        )
