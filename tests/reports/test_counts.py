"""Counting, adding up, and what is told apart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_city import City, no_stock, plain_settings

from omr.ledger.aggregates import AggregateCount
from omr.survey_file import shipped_survey
from reports.counts import BLANK, INVALID, GroupKey, Ratings, added, count, count_aggregates
from reports.month import MonthInputs, month_results
from reports.responses import Channel, Place, Response
from reports.results import Note
from reports.tally import Choices, tally_of

SURVEY = shipped_survey()
RATINGS = Ratings.of([SURVEY])
CITY = City(seed=2, units=3, months=1, people=120)
PEOPLE = CITY.responses(CITY.newest)


def response(number: int, answers: dict[str, tuple[str, ...]], *invalid: str) -> Response:
    return Response(
        record_id=f"{number:032x}",
        channel=Channel.PAPER,
        unit="HP-PC08",
        domain="GTDB",
        period="2026-11",
        answers=answers,
        place=Place("a.pdf"),
        invalid=frozenset(invalid),
    )


KEY = GroupKey("HP-PC08", "GTDB", Channel.PAPER, "2026-11")


@settings(max_examples=30, deadline=None)
@given(cut=st.integers(0, len(PEOPLE)), order=st.randoms())
def test_counts_of_parts_add_up_to_those_of_all_in_any_order(cut: int, order: object) -> None:
    shuffled = list(PEOPLE)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    parts = count(shuffled[:cut], RATINGS), count(shuffled[cut:], RATINGS)
    whole = count(PEOPLE, RATINGS)
    assert added(*parts) == added(*parts[::-1]) == whole
    assert added(whole) == whole


@settings(max_examples=20, deadline=None)
@given(cut=st.integers(0, len(PEOPLE)))
def test_totals_of_every_roll_up_are_the_sums_of_their_parts(cut: int) -> None:
    results = month_results(
        MonthInputs(
            period=CITY.newest,
            counts=count(PEOPLE[:cut], RATINGS),
            surveys=[SURVEY],
            units=CITY.catalogue,
            settings=plain_settings(),
            stock=no_stock(CITY.newest),
        )
    )
    for groups in (
        results.by_section,
        results.by_unit,
        results.by_domain,
        results.by_rollup,
        results.by_channel,
        results.by_unit_domain,
    ):
        whole = results.city.figures
        assert sum(group.figures.responses or 0 for group in groups) == whole.responses == cut
        for name in ("n5", "n4", "n3", "n2", "n1", "blank", "invalid", "n", "points"):
            for part in ("overall", "rated"):
                numbers = [getattr(getattr(g.figures, part), name) for g in groups]
                assert sum(numbers) == getattr(getattr(whole, part), name)


def test_questions_that_some_forms_lack_are_blank_there() -> None:
    mixed = [
        response(1, {"t0": ("r5",), "a1": ("r4",)}),
        response(2, {"a1": ("r2",), "t0": ("r4",)}),  # another order of questions
        response(3, {"t0": ("r3",)}),
    ]
    counts = count(mixed, RATINGS)[KEY]
    assert counts.options["a1"] == {"r4": 1, "r2": 1, BLANK: 1}
    assert counts.options["t0"] == {"r5": 1, "r4": 1, "r3": 1}
    assert counts.said("b1") == {BLANK: 3}
    assert counts.fully == (1, 3)
    apart = added(count(mixed[:2], RATINGS), count(mixed[2:], RATINGS))
    assert apart[KEY] == counts


def test_an_invalid_answer_is_no_blank_in_the_levels_and_one_in_the_tally() -> None:
    some = [response(1, {"t0": ()}, "t0"), response(2, {"t0": ()}), response(3, {}, "a1")]
    counts = count(some, RATINGS)
    assert counts[KEY].options["t0"] == {INVALID: 1, BLANK: 2}
    assert counts[KEY].options["a1"] == {INVALID: 1, BLANK: 2}
    assert counts[KEY].empty == 1  # who marked too much said something
    table = tally_of(counts, Choices.of([SURVEY]).with_counts(counts))
    blanks = table[(table.question == "t0") & (table.option == BLANK)]
    assert list(blanks["count"]) == [3]
    assert INVALID not in set(table.option)


def test_people_with_only_good_ratings_are_counted_among_those_that_rated() -> None:
    some = [
        response(1, {"t0": ("r5",), "a1": ("r4",), "gt": ("nu",)}),
        response(2, {"t0": ("r5",), "a1": ("r3",), "gt": ()}),
        response(3, {"t0": (), "a1": ("r4",), "gt": ()}),
        response(4, {"t0": (), "a1": (), "gt": ("nam",)}),
        response(5, {"t0": ("r9",), "a1": (), "gt": ()}),  # a level that the scale lacks
    ]
    assert count(some, RATINGS)[KEY].fully == (2, 3)


def aggregate(question: str, option: str, people: int) -> AggregateCount:
    return AggregateCount("HP-PC08", "GTDB", "2026-11", question, option, people)


def test_counts_from_elsewhere_count_as_electronic_people() -> None:
    rows = [
        aggregate("t0", "r5", 60),
        aggregate("t0", "r4", 30),
        aggregate("t0", "", 5),
        aggregate("a1", "r5", 100),
        aggregate("m1", "cho", 7),
        aggregate("m1", "", 80),
    ]
    found = count_aggregates(rows, RATINGS)
    [(key, counts)] = found.items()
    assert key.channel is Channel.ELECTRONIC
    assert (counts.responses, counts.uncounted, counts.fully) == (100, 100, (0, 0))
    assert counts.said("t0") == {"r5": 60, "r4": 30, BLANK: 10}
    assert counts.said("a1") == {"r5": 100, BLANK: 0}
    assert counts.said("m1") == {"cho": 7, BLANK: 80}
    assert counts.said("b1") == {BLANK: 0}  # it was not asked


def test_counts_from_elsewhere_are_remarked_upon() -> None:
    both = added(count(PEOPLE, RATINGS), count_aggregates([aggregate("t0", "r2", 40)], RATINGS))
    inputs = MonthInputs(
        period=CITY.newest,
        counts=both,
        surveys=[SURVEY],
        units=CITY.catalogue,
        settings=plain_settings(),
        stock=no_stock(CITY.newest),
    )
    results = month_results(inputs)
    notes = {remark.note: remark.number for remark in results.remarks}
    assert notes[Note.COUNTED_ELSEWHERE] == 40
    assert results.city.figures.responses == len(PEOPLE) + 40
    assert (
        results.city.figures.fully
        == month_results(
            MonthInputs(
                period=CITY.newest,
                counts=count(PEOPLE, RATINGS),
                surveys=[SURVEY],
                units=CITY.catalogue,
                settings=plain_settings(),
                stock=no_stock(CITY.newest),
            )
        ).city.figures.fully
    )


@pytest.mark.parametrize("people", [[], [response(1, {})]])
def test_nothing_said_is_counted_without_a_share(people: list[Response]) -> None:
    counts = count(people, RATINGS)
    assert sum(each.responses for each in counts.values()) == len(people)
    assert all(each.empty == each.responses for each in counts.values())
    assert all(each.fully == (0, 0) for each in counts.values())
