"""Counts against counting person by person, and what a count takes for granted."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from itertools import groupby

import pytest

from omr.errors import OmrError
from omr.ledger.aggregates import AggregateCount
from omr.survey import Role
from omr.survey_file import shipped_survey
from reports.counts import (
    BLANK,
    INVALID,
    GroupCounts,
    GroupKey,
    Ratings,
    added,
    count,
    count_aggregates,
)
from reports.merge import merge
from reports.responses import Channel, Place, Response
from reports.tally import Choices, tally_of

SURVEY = shipped_survey()
SCALE = {"r5": 5, "r4": 4, "r3": 3}  # one for all rated questions of a survey, as in its file
LEVELS = {"a": SCALE, "b": SCALE}
RATINGS = Ratings({"GTDB": LEVELS, "L05": {"c": {"r5": 5}}}, frozenset("abc"))
QUESTIONS = ("a", "b", "m", "z")


def _response(
    number: int, answers: dict[str, tuple[str, ...]], *invalid: str, **where: str
) -> Response:
    place = {"unit": "HP-PC08", "domain": "GTDB", "period": "2026-11"} | where
    channel = Channel(place.pop("channel", "paper"))
    return Response(
        record_id=f"{number:032x}",
        channel=channel,
        answers=answers,
        place=Place("a.pdf"),
        invalid=frozenset(invalid),
        **place,
    )


def _people(seed: int) -> list[Response]:
    """Some people, most of whom have the same questions in the same order."""
    rng = random.Random(seed)
    usual = rng.sample(QUESTIONS, rng.randint(1, 4))
    people = []
    for number in range(rng.randint(1, 9)):
        asked = usual if rng.random() < 0.7 else rng.sample(QUESTIONS, rng.randint(0, 4))
        answers: dict[str, tuple[str, ...]] = {}
        for question in asked:
            most = 2 if question == "m" else 1
            answers[question] = tuple(rng.sample(["r5", "r4", "r3", "r9"], rng.randint(0, most)))
        invalid = [q for q in QUESTIONS if rng.random() < 0.05]
        answers |= {q: () for q in invalid if q in answers}
        people.append(_response(number, answers, *invalid))
    return people


def _one_by_one(people: list[Response]) -> GroupCounts:
    """The same numbers, slowly: for each question every person is looked at."""
    every = dict.fromkeys(q for each in people for q in (*each.answers, *sorted(each.invalid)))
    options: dict[str, Counter[str]] = {question: Counter() for question in every}
    content = raters = empty = 0
    for each in people:
        said = {q: (INVALID,) if q in each.invalid else each.answers.get(q, ()) for q in every}
        for question, chosen in said.items():
            options[question].update(chosen or (BLANK,))
        empty += not any(said.values())
        levels = [
            LEVELS[q][chosen[0]]
            for q, chosen in said.items()
            if q in LEVELS and len(chosen) == 1 and chosen[0] in LEVELS[q]
        ]
        raters += bool(levels)
        content += bool(levels) and min(levels) >= 4
    return GroupCounts(
        responses=len(people),
        empty=empty,
        uncounted=0,
        fully=(content, raters),
        options={question: dict(said) for question, said in options.items()},
        asked=dict.fromkeys(every, len(people)),
    )


@pytest.mark.parametrize("seed", range(0, 300, 100))
def test_counts_are_those_of_counting_person_by_person(seed: int) -> None:
    for one in range(seed, seed + 100):
        people = _people(one)
        [(key, counts)] = count(people, RATINGS).items()
        assert key == GroupKey("HP-PC08", "GTDB", Channel.PAPER, "2026-11")
        assert counts == _one_by_one(people), one
        assert list(counts.options) == list(_one_by_one(people).options), one


def test_people_are_counted_where_when_and_how_they_answered() -> None:
    said = {"a": ("r5",)}
    where = [
        {},
        {"unit": "HP-PC06"},
        {"domain": "L05"},
        {"channel": "electronic"},
        {"period": "2026-10"},
    ]
    people = [_response(n, said, **place) for n, place in enumerate([*where, *where])]

    counts = count(people, RATINGS)

    assert list(counts) == sorted(
        GroupKey(each.unit, each.domain, each.channel, each.period) for each in people[:5]
    )
    assert {each.responses for each in counts.values()} == {2}
    # Each domain has ratings of its own; one that no survey has is rated by all.
    assert [each.fully for key, each in counts.items() if key.domain == "L05"] == [(0, 0)]
    [gone] = count([_response(1, {"a": ("r5",), "c": ()}, domain="OLD")], RATINGS).values()
    assert gone.fully == (1, 1)


def test_what_a_survey_rates_and_asks_once_is_known_from_it() -> None:
    ratings = Ratings.of([SURVEY])
    rated = {q.id for q in SURVEY.questions if q.role in {Role.RATED, Role.OVERALL}}

    assert set(ratings.by_domain) == {domain.id for domain in SURVEY.domains}
    for domain in SURVEY.domains:
        assert set(ratings.of_domain(domain.id)) == rated
    assert ratings.of_domain("GTDB")["t0"] == {"r5": 5, "r4": 4, "r3": 3, "r2": 2, "r1": 1}
    assert set(ratings.of_domain("OLD")) == rated
    assert ratings.single == {q.id for q in SURVEY.questions} - {"m1"}


def _aggregate(question: str, option: str, people: int, **where: str) -> AggregateCount:
    place = {"unit": "HP-PC08", "domain": "GTDB", "period": "2026-11"} | where
    return AggregateCount(question=question, option=option, count=people, **place)


def test_as_many_people_answered_elsewhere_as_the_fullest_question_shows() -> None:
    rows = [
        *(_aggregate("a", option, n) for option, n in [("r5", 3), ("r4", 2), ("r4", 1)]),
        *(_aggregate("m", option, n) for option, n in [("x", 4), ("y", 5), (BLANK, 2)]),
        _aggregate("a", "r5", 1, period="2026-10"),
    ]

    october, november = count_aggregates(rows, RATINGS).values()

    assert november == GroupCounts(
        responses=7,
        empty=0,
        uncounted=7,
        fully=(0, 0),
        options={"a": {"r5": 3, "r4": 3, BLANK: 1}, "m": {"x": 4, "y": 5, BLANK: 2}},
        asked={"a": 7, "m": 7},
    )
    assert (october.responses, october.options) == (1, {"a": {"r5": 1, BLANK: 0}})
    rows = [_aggregate("a", option, n) for option, n in [("r5", 3), ("r4", 2), (BLANK, 1)]]
    [single] = count_aggregates(rows, RATINGS).values()
    assert (single.responses, single.options) == (6, {"a": {"r5": 3, "r4": 2, BLANK: 1}})
    [blank] = count_aggregates([_aggregate("m", BLANK, 3)], RATINGS).values()
    assert (blank.responses, blank.options) == (3, {"m": {BLANK: 3}})


def test_counts_added_up_know_who_was_asked_in_each_part() -> None:
    key = GroupKey("HP-PC08", "GTDB", Channel.ELECTRONIC, "2026-11")
    single = count(
        [
            _response(1, {"a": ("r5",)}, channel="electronic"),
            _response(2, {"a": ()}, channel="electronic"),
        ],
        RATINGS,
    )
    elsewhere = count_aggregates([_aggregate("b", "r1", 4)], RATINGS)

    both = added(single, elsewhere)[key]

    assert both == GroupCounts(
        responses=6,
        empty=1,
        uncounted=4,
        fully=(1, 1),
        options={"a": {"r5": 1, BLANK: 1}, "b": {BLANK: 2, "r1": 4}},
        asked={"a": 2, "b": 6},
    )
    assert both.people("z") == 2
    assert both.said("z") == {BLANK: 2}
    assert added(single)[key] is single[key]
    other = {key._replace(unit="A"): single[key]}
    assert list(added(single, other)) == sorted([*single, *other])


def test_two_responses_with_one_id_are_refused_with_what_may_have_happened() -> None:
    one = _response(1, {"a": ("r5",)})

    assert merge([_response(2, {}), one], [one]) == (one, _response(2, {}))
    with pytest.raises(OmrError) as failure:
        merge([one], [replace(one, unit="HP-PC06")])
    assert failure.value.message == f"two different responses have the id {one.record_id}"
    assert failure.value.remedy == (
        "The ledger may have been restored in part; put back the whole backup."
    )


def test_choices_are_what_surveys_offer_and_then_what_was_said_besides() -> None:
    offered = Choices({"GTDB": {"a": ("r5", "r4"), "m": ("x",)}})
    people = [
        _response(1, {"a": ("r9",), "b": ("q",)}),
        _response(2, {"a": ("r1",), "m": ("x", "w")}, "b"),
        _response(3, {"z": ()}, domain="OLD"),
    ]

    found = offered.with_answers(people)

    assert found.by_domain == {
        "GTDB": {"a": ("r5", "r4", "r1", "r9"), "m": ("x", "w"), "b": ("q",)},
        "OLD": {"z": ()},
    }
    assert list(found.by_domain["GTDB"]) == ["a", "m", "b"]
    assert found.questions == ("a", "m", "b", "z")
    assert Choices.of([SURVEY]).by_domain["GTDB"]["t0"] == ("r5", "r4", "r3", "r2", "r1")


def test_a_tally_has_a_row_for_every_option_and_one_for_blanks() -> None:
    people = [
        _response(1, {"a": ("r4",)}),
        _response(2, {"a": ()}, "a"),
        _response(3, {"a": ()}),
        _response(4, {"a": ("r4",)}, unit="HP-PC06", channel="electronic"),
    ]
    table = tally_of(count(people, RATINGS), Choices({"GTDB": {"a": ("r5", "r4"), "b": ("q",)}}))

    rows = [tuple(row) for row in table.itertuples(index=False)]
    where = [list(group) for _, group in groupby(rows, key=lambda row: row[:4])]
    assert [group[0][:4] for group in where] == [
        ("2026-11", "HP-PC06", "GTDB", "electronic"),
        ("2026-11", "HP-PC08", "GTDB", "paper"),
    ]
    assert [row[4:] for row in where[1]] == [
        ("a", "r5", 0),
        ("a", "r4", 1),
        ("a", BLANK, 2),
        ("b", "q", 0),
        ("b", BLANK, 3),
    ]
