"""Merging and counting."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omr.errors import OmrError
from omr.survey_file import shipped_survey
from reports.merge import merge
from reports.responses import Channel, Place, Response
from reports.tally import BLANK, Choices, tally

SURVEY = shipped_survey()
CHOICES = Choices.of([SURVEY])
QUESTIONS = {question.id: question for question in SURVEY.questions}


def response(record_id: str = "r", **said: str) -> Response:
    return Response(
        record_id=record_id,
        channel=Channel.PAPER,
        unit="HP-PC08",
        domain="GTDB",
        period="2026-11",
        answers={name: tuple(filter(None, words.split("|"))) for name, words in said.items()},
        place=Place("lô 1.pdf", 3, 1),
    )


@st.composite
def some_responses(draw: st.DrawFn) -> list[Response]:
    found = []
    for number in range(draw(st.integers(0, 12))):
        answers = {}
        for name in draw(st.sets(st.sampled_from(sorted(QUESTIONS)))):
            options = [option.id for option in QUESTIONS[name].options]
            most = len(options) if name == "m1" else 1
            answers[name] = tuple(
                draw(st.lists(st.sampled_from(options), max_size=most, unique=True))
            )
        found.append(
            Response(
                record_id=f"{number:032x}",
                channel=draw(st.sampled_from(Channel)),
                unit=draw(st.sampled_from(["HP-PC08", "HP-PC06"])),
                domain=draw(st.sampled_from(["GTDB", "L05"])),
                period="2026-11",
                answers=answers,
                place=Place("a.csv"),
            )
        )
    return found


@settings(deadline=None)  # merging takes no time, but other programs may
@given(first=some_responses(), cut=st.integers(0, 12))
def test_merging_is_commutative_and_idempotent(first: list[Response], cut: int) -> None:
    left, right = first[:cut], first[cut:]
    both = merge(left, right)
    assert both == merge(right, left) == merge(both, left) == merge(both)
    assert Counter(r.record_id for r in both) == Counter(r.record_id for r in first)


def test_one_id_for_two_responses_is_refused() -> None:
    with pytest.raises(OmrError):
        merge([response(a1="r5")], [response(a1="r4")])


@settings(max_examples=30, deadline=None)  # each makes a data frame
@given(responses=some_responses())
def test_counts_add_up_to_the_responses(responses: list[Response]) -> None:
    counts = tally(responses, CHOICES.with_answers(responses))
    groups = Counter((r.unit, r.domain, r.channel.value) for r in responses)
    for (unit, domain, channel), size in groups.items():
        of_group = counts[
            (counts.unit == unit) & (counts.domain == domain) & (counts.channel == channel)
        ]
        for name in QUESTIONS:
            of_question = of_group[of_group.question == name].set_index("option")["count"]
            if name == "m1":
                some = sum(
                    bool(r.answers.get(name))
                    for r in responses
                    if (r.unit, r.domain, r.channel.value) == (unit, domain, channel)
                )
                assert of_question[BLANK] == size - some
            else:
                assert of_question.sum() == size
    chosen = Counter(
        (r.unit, r.domain, r.channel.value, name, option)
        for r in responses
        for name, said in r.answers.items()
        for option in said
    )
    counted = {
        (row["unit"], row["domain"], row["channel"], row["question"], row["option"]): row["count"]
        for row in counts.to_dict("records")
        if row["option"] and row["count"]
    }
    assert counted == dict(chosen)


def test_options_that_nobody_chose_are_counted_as_zero_in_printed_order() -> None:
    counts = tally([response(a1="r4")], CHOICES)
    of_a1 = counts[counts.question == "a1"]
    assert list(of_a1["option"]) == ["r5", "r4", "r3", "r2", "r1", BLANK]
    assert list(of_a1["count"]) == [0, 1, 0, 0, 0, 0]
    assert list(dict.fromkeys(counts["question"])) == list(QUESTIONS)


def test_answers_of_a_survey_s_older_wording_still_count() -> None:
    old = [response(a1="r9", z9="ja")]
    choices = CHOICES.with_answers(old)
    assert choices.questions[-1] == "z9"
    counts = tally(old, choices).set_index(["question", "option"])["count"]
    assert counts["a1", "r9"] == 1
    assert counts["z9", "ja"] == 1


def test_no_response_makes_an_empty_tally_with_its_columns() -> None:
    assert list(tally([], CHOICES).columns) == [
        "period",
        "unit",
        "domain",
        "channel",
        "question",
        "option",
        "count",
    ]
