from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_layout import make_layout
from make_measures import SHARES, bubble, filled, sheet

from omr.judging import (
    MAX_BENT_MM,
    MAX_NOISE,
    MIN_CONTRAST,
    MIN_OUTLINES_FOUND,
    Thresholds,
    is_doubtful,
    judge_bubble,
    judge_question,
    judge_sheet,
)
from omr.layout import Question, QuestionKind
from omr.marks import Answer, AnswerState, Mark, Reason
from omr.scoring import BubbleMeasure

LAYOUT = make_layout()
SINGLE = LAYOUT.question("q1")
MULTI = LAYOUT.question("q3")
T = Thresholds()
ORDER = [Mark.BLANK, Mark.MARGINAL, Mark.MARKED]
OPTIONS = [b.option for b in SINGLE.bubbles]

# What one stroke can look like; darkness is left to the test.
LOOKS = st.fixed_dictionaries({name: st.floats(0, 1) for name in SHARES}).map(
    lambda looks: looks | {"straight": float(looks.get("straight", 0) > 0.5)}
)


def _row(question: Question, **said: BubbleMeasure) -> list[BubbleMeasure]:
    """The question's bubbles, blank where nothing is said."""
    return [
        replace(said.get(b.option, bubble()), question=question.id, option=b.option)
        for b in question.bubbles
    ]


def _judge(question: Question, **said: BubbleMeasure) -> Answer:
    return judge_question(question, _row(question, **said), T)


FILLED = filled()
TICK = bubble(
    darkness=0.12, coverage=0.18, extent=0.9, faint=0.9, outside=0.03, share=0.9, home=0.6
)
DASH = bubble(darkness=0.06, coverage=0.12, extent=0.7, faint=0.7)
SPECK = bubble(darkness=0.018, coverage=0.02, extent=0.1, faint=0.1)
STRAY = bubble(
    darkness=0.08,
    coverage=0.11,
    extent=1.0,
    faint=1.0,
    outside=0.08,
    straight=1.0,
    leaves=1.0,
    enters=0.6,
    share=0.3,
)
CIRCLED = bubble(darkness=0.0, coverage=0.0, around=1.0, outside=0.5)
STRUCK = filled(coverage=0.9, outside=0.2)


@pytest.mark.parametrize(
    ("question", "said", "state", "options", "reasons"),
    [
        (SINGLE, {}, AnswerState.BLANK, (), ()),
        (MULTI, {}, AnswerState.BLANK, (), ()),
        (SINGLE, {"r5": FILLED}, AnswerState.ANSWERED, ("r5",), ()),
        (SINGLE, {"r1": TICK}, AnswerState.ANSWERED, ("r1",), ()),
        (SINGLE, {"r1": DASH}, AnswerState.ANSWERED, ("r1",), ()),
        (MULTI, {"r1": FILLED, "r4": TICK}, AnswerState.ANSWERED, ("r1", "r4"), ()),
        (MULTI, dict.fromkeys(OPTIONS, FILLED), AnswerState.ANSWERED, tuple(OPTIONS), ()),
        (SINGLE, {"r1": FILLED, "r2": FILLED}, AnswerState.DOUBTFUL, ("r1", "r2"),
         (Reason.OVERVOTE,)),
        (SINGLE, dict.fromkeys(OPTIONS, TICK), AnswerState.DOUBTFUL, tuple(OPTIONS),
         (Reason.OVERVOTE,)),
        (SINGLE, {"r3": SPECK}, AnswerState.DOUBTFUL, ("r3",), (Reason.MARGINAL_MARK,)),
        (MULTI, {"r3": SPECK}, AnswerState.DOUBTFUL, ("r3",), (Reason.MARGINAL_MARK,)),
        (MULTI, {"r1": FILLED, "r3": SPECK}, AnswerState.DOUBTFUL, ("r1", "r3"),
         (Reason.MARGINAL_MARK,)),
        (SINGLE, {"r2": CIRCLED}, AnswerState.DOUBTFUL, ("r2",), (Reason.CIRCLED,)),
        (SINGLE, {"r2": STRAY}, AnswerState.DOUBTFUL, ("r2",), (Reason.STRAY_LINE,)),
        (SINGLE, {"r1": STRUCK, "r2": FILLED}, AnswerState.DOUBTFUL, ("r1", "r2"),
         (Reason.CORRECTION,)),
    ],
    ids=[
        "nothing in a single question",
        "nothing in a question for several",
        "one filled",
        "one tick",
        "one dash",
        "two where several are allowed",
        "all where several are allowed",
        "two where one is allowed",
        "all where one is allowed",
        "a speck",
        "a speck where several are allowed",
        "a speck beside a mark where several are allowed",
        "a ring round one",
        "a line through one",
        "one struck out and another filled",
    ],
)  # fmt: skip
def test_marks_become_answers_as_the_specification_says(
    question: Question,
    said: dict[str, BubbleMeasure],
    state: AnswerState,
    options: tuple[str, ...],
    reasons: tuple[Reason, ...],
) -> None:
    assert _judge(question, **said) == Answer(state, options, reasons)


def test_a_ring_beside_a_mark_is_a_doubt_not_a_second_answer() -> None:
    answer = _judge(SINGLE, r1=FILLED, r2=CIRCLED)

    assert answer.state is AnswerState.DOUBTFUL
    assert answer.options == ("r1", "r2")
    assert Reason.CIRCLED in answer.reasons


def test_a_long_trace_too_light_to_be_dark_is_a_doubt_not_a_blank() -> None:
    answer = _judge(SINGLE, r4=bubble(darkness=0.008, faint=0.6))

    assert answer == Answer(AnswerState.DOUBTFUL, ("r4",), (Reason.MARGINAL_MARK,))


@given(LOOKS, st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.02))
def test_more_ink_never_makes_a_bubble_less_marked(
    looks: dict[str, float], one: float, other: float, floor: float
) -> None:
    light, dark = sorted((one, other))
    marks = [judge_bubble(bubble(darkness=d, **looks), T, floor)[0] for d in (light, dark)]

    assert ORDER.index(marks[0]) <= ORDER.index(marks[1])


@given(LOOKS, st.floats(0, 1))
def test_a_bubble_is_marginal_exactly_when_a_reason_is_given(
    looks: dict[str, float], darkness: float
) -> None:
    mark, reason = judge_bubble(bubble(darkness=darkness, **looks), T)

    assert (mark is Mark.MARGINAL) == (reason is not None)


ROWS = st.lists(
    st.tuples(LOOKS, st.floats(0, 1)).map(lambda said: bubble(darkness=said[1], **said[0])),
    min_size=5,
    max_size=5,
)


@given(st.sampled_from([SINGLE, MULTI]), ROWS)
def test_an_answer_stands_only_without_reasons_and_a_doubt_only_with_them(
    question: Question, row: list[BubbleMeasure]
) -> None:
    answer = judge_question(question, _row(question, **dict(zip(OPTIONS, row, strict=True))), T)

    assert (answer.state is AnswerState.DOUBTFUL) == bool(answer.reasons)
    assert len(set(answer.reasons)) == len(answer.reasons)
    assert set(answer.options) <= set(OPTIONS)
    assert list(answer.options) == sorted(set(answer.options))
    if answer.state is AnswerState.BLANK:
        assert answer.options == ()
    else:
        assert answer.options
    if answer.state is AnswerState.ANSWERED and question.kind is QuestionKind.SINGLE:
        assert len(answer.options) == 1


@given(st.sampled_from([SINGLE, MULTI]), ROWS)
def test_ink_that_is_surely_a_mark_is_never_silently_left_out(
    question: Question, row: list[BubbleMeasure]
) -> None:
    measured = _row(question, **dict(zip(OPTIONS, row, strict=True)))
    answer = judge_question(question, measured, T)

    for b in measured:
        well_filled = b.darkness >= 0.3 and b.coverage >= 0.5
        assert not well_filled or b.option in answer.options


@given(st.sampled_from([SINGLE, MULTI]), ROWS)
def test_no_answer_stands_on_a_bubble_without_ink(
    question: Question, row: list[BubbleMeasure]
) -> None:
    measured = _row(question, **dict(zip(OPTIONS, row, strict=True)))
    answer = judge_question(question, measured, T)

    if answer.state is AnswerState.ANSWERED:
        darkness = {b.option: b.darkness for b in measured}
        assert all(darkness[option] >= T.definite_long for option in answer.options)


@given(ROWS)
def test_two_marks_where_one_is_allowed_are_never_one_answer(row: list[BubbleMeasure]) -> None:
    said = dict(zip(OPTIONS, row, strict=True)) | {"r1": FILLED, "r4": FILLED}
    answer = judge_question(SINGLE, _row(SINGLE, **said), T)

    assert answer.state is AnswerState.DOUBTFUL
    assert {"r1", "r4"} <= set(answer.options)


def test_noise_of_the_sheet_excuses_a_little_darkness_but_never_a_pencil() -> None:
    hint = bubble(darkness=0.015, coverage=0.01)
    row = _row(SINGLE, r2=hint)

    assert judge_question(SINGLE, row, T, floor=0.0).state is AnswerState.DOUBTFUL
    assert judge_question(SINGLE, row, T, floor=0.02).state is AnswerState.BLANK

    pencil = {
        ("q1", "r2"): bubble("r2", "q1", darkness=0.025, coverage=0.05, extent=0.5, faint=0.5)
    }
    answers, _doubts = judge_sheet(sheet(LAYOUT, pencil, noise=MAX_NOISE), LAYOUT, T)
    assert answers["q1"].state is not AnswerState.BLANK


def _said(**options: str) -> dict[tuple[str, str], BubbleMeasure]:
    return {(q, option): filled(option, q) for q, option in options.items()}


def test_every_question_of_a_sheet_has_an_answer_in_printed_order() -> None:
    answers, doubts = judge_sheet(sheet(LAYOUT, _said(q1="r5", q7="r2")), LAYOUT, T)

    assert list(answers) == [q.id for q in LAYOUT.questions]
    assert doubts == ()
    assert answers["q1"] == Answer(AnswerState.ANSWERED, ("r5",))
    assert answers["q7"] == Answer(AnswerState.ANSWERED, ("r2",))
    assert not is_doubtful(answers)
    assert sum(a.state is AnswerState.BLANK for a in answers.values()) == 10


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ({"noise": MAX_NOISE + 0.001}, Reason.POOR_IMAGE),
        ({"contrast": MIN_CONTRAST - 1}, Reason.POOR_IMAGE),
        ({"outlines_found": MIN_OUTLINES_FOUND - 0.01}, Reason.POOR_IMAGE),
        ({"bent_mm": MAX_BENT_MM + 0.01}, Reason.REGISTRATION),
    ],
    ids=str,
)
def test_nothing_on_a_doubtful_sheet_stands_without_a_person(
    about: dict[str, float], reason: Reason
) -> None:
    answers, doubts = judge_sheet(sheet(LAYOUT, _said(q1="r5"), **about), LAYOUT, T)

    assert doubts == (reason,)
    assert {answer.state for answer in answers.values()} == {AnswerState.DOUBTFUL}
    assert answers["q1"].options == ("r5",)
    assert is_doubtful(answers)


def test_a_sheet_just_good_enough_stands() -> None:
    about = {
        "noise": MAX_NOISE,
        "contrast": MIN_CONTRAST,
        "outlines_found": MIN_OUTLINES_FOUND,
        "bent_mm": MAX_BENT_MM,
    }
    answers, doubts = judge_sheet(sheet(LAYOUT, _said(q1="r5"), **about), LAYOUT, T)

    assert doubts == ()
    assert answers["q1"].state is AnswerState.ANSWERED


def test_a_two_level_scan_with_hardly_any_mark_left_proves_no_blank() -> None:
    answers, doubts = judge_sheet(
        sheet(LAYOUT, _said(q1="r5"), bilevel=True, outlines_found=0.1), LAYOUT, T
    )

    assert doubts == (Reason.POOR_IMAGE,)
    assert is_doubtful(answers)


@given(st.floats(), st.floats())
def test_thresholds_out_of_order_are_refused(marginal: float, definite: float) -> None:
    if 0 < marginal < definite <= 1:
        assert Thresholds(marginal=marginal, definite=definite).marginal == marginal
    else:
        with pytest.raises(ValueError, match="marginal"):
            Thresholds(marginal=marginal, definite=definite)


def test_thresholds_can_be_kept_as_json_and_come_back_the_same() -> None:
    kept = json.loads(json.dumps(T.as_dict()))

    assert Thresholds(**kept) == T


def test_only_doubtful_answers_make_a_sheet_doubtful() -> None:
    settled = {
        "a": Answer(AnswerState.ANSWERED, ("r1",)),
        "b": Answer(AnswerState.BLANK),
        "c": Answer(AnswerState.INVALID),
    }

    assert not is_doubtful(settled)
    assert is_doubtful(settled | {"d": Answer(AnswerState.DOUBTFUL, ("r1",))})
