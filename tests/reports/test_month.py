"""Every number of a month against a second computation from the list of people."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import pytest
from city_checks import wrong_figures, wrong_groups, wrong_options, wrong_questions
from made_city import (
    VALUE,
    City,
    Person,
    level_counts,
    no_stock,
    people_at,
    plain_settings,
    said_anything,
    survey_knows,
)

from omr.survey_file import shipped_survey
from reports.counts import BLANK, Counts, Ratings, count
from reports.measures import Band
from reports.month import MonthInputs, month_results
from reports.responses import Channel
from reports.results import MonthResults, Note
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


def test_the_second_computation_knows_the_survey() -> None:
    survey_knows()


def test_every_group_has_the_numbers_of_its_people(results: MonthResults) -> None:
    assert wrong_groups(CITY, results) == []
    assert any(group.figures.responses == 0 for group in results.by_unit_domain)


def test_every_question_has_the_numbers_of_its_people(results: MonthResults) -> None:
    assert wrong_questions(CITY, results) == []
    assert wrong_options(CITY, results) == []


def test_a_wrong_number_would_be_found(results: MonthResults) -> None:
    first, *others = results.by_unit_domain
    more = replace(first.figures, responses=(first.figures.responses or 0) + 1)
    wrong = replace(results, by_unit_domain=(replace(first, figures=more), *others))
    assert len(wrong_groups(CITY, wrong)) == 1
    question, *rest = results.questions
    levels = replace(question.levels, n1=(question.levels.n1 or 0) + 1)
    wrong = replace(results, questions=(replace(question, levels=levels), *rest))
    assert len(wrong_questions(CITY, wrong)) == 1
    assert len(wrong_options(CITY, replace(results, options=results.options[1:]))) == 1


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
            people = people_at(CITY.of(point.period), domain=domain)
            assert wrong_figures(point.figures, people) == []
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
