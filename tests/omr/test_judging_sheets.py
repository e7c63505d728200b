from __future__ import annotations

import pytest
from make_layout import make_layout, make_questions
from make_measures import bubble, filled, sheet

from omr.judging import (
    MAX_BENT_MM,
    MAX_NOISE,
    MIN_CONTRAST,
    MIN_OUTLINES_FOUND,
    doubts_about,
    is_doubtful,
    judge_sheet,
)
from omr.layout import QuestionKind
from omr.marks import Answer, AnswerState, Reason
from omr.scoring import BubbleMeasure
from omr.thresholds import Thresholds

LAYOUT = make_layout()
T = Thresholds()


def test_no_noise_of_a_sheet_excuses_a_pencil() -> None:
    pencil = {("q1", "r2"): bubble("r2", "q1", darkness=0.025, coverage=0.05, extent=0.5, zone=0.5)}
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


def test_only_doubtful_answers_make_a_sheet_doubtful() -> None:
    settled = {
        "a": Answer(AnswerState.ANSWERED, ("r1",)),
        "b": Answer(AnswerState.BLANK),
        "c": Answer(AnswerState.INVALID),
    }

    assert not is_doubtful(settled)
    assert is_doubtful(settled | {"d": Answer(AnswerState.DOUBTFUL, ("r1",))})


def test_where_many_answers_are_mere_traces_the_blank_rows_are_looked_at_too() -> None:
    questions = [q for q in LAYOUT.questions if len(q.bubbles) > 1]
    many = max(T.alike, int(T.fading * len(LAYOUT.questions))) + 1
    traces = {(q.id, "r2"): bubble("r2", q.id, faint=T.light) for q in questions[:many]}
    assert len(traces) < len(LAYOUT.questions)
    fading, _doubts = judge_sheet(sheet(LAYOUT, traces), LAYOUT, T)
    assert not any(answer.state is AnswerState.BLANK for answer in fading.values())
    assert fading[LAYOUT.questions[-1].id].reasons == (Reason.POOR_IMAGE,)

    traces.popitem()
    answers, _doubts = judge_sheet(sheet(LAYOUT, traces), LAYOUT, T)
    assert answers[LAYOUT.questions[-1].id].state is AnswerState.BLANK


def _judged(rows: int, traces: int, **trace: float) -> dict[str, Answer]:
    """A sheet of so many rows: the first with a trace like this, the last blank, others full."""
    layout = make_layout(questions=make_questions(rows, 5))
    *others, last = layout.questions
    assert last.kind is QuestionKind.MULTI  # of one choice it is asked about on any uneasy sheet
    said = {(q.id, "r2"): bubble("r2", q.id, **trace) for q in others[:traces]} | {
        (q.id, "r5"): filled("r5", q.id) for q in others[traces:]
    }
    return judge_sheet(sheet(layout, said), layout, T)[0]


def test_an_answer_stands_among_traces_that_make_blank_rows_doubtful() -> None:
    *_rows, answered, blank = _judged(18, 6, faint=T.light).values()

    assert answered == Answer(AnswerState.ANSWERED, ("r5",))
    assert blank.state is AnswerState.DOUBTFUL


@pytest.mark.parametrize(
    "seen",
    [{"ring": T.ring}, {"darkness": T.definite_long, "coverage": 0.05, "extent": 0.1}],
    ids=["rings", "ink"],
)
def test_rings_and_ink_do_not_show_that_marks_were_lost(seen: dict[str, float]) -> None:
    first, *_rows, blank = _judged(12, 5, **seen).values()

    assert first.state is AnswerState.DOUBTFUL
    assert blank == Answer(AnswerState.BLANK)


def test_on_a_long_sheet_more_rows_must_be_mere_traces() -> None:
    rows = 42
    few = int(T.fading * rows)

    assert list(_judged(rows, few, faint=T.light).values())[-1].state is AnswerState.BLANK
    assert list(_judged(rows, few + 1, faint=T.light).values())[-1].state is AnswerState.DOUBTFUL


def test_a_good_sheet_is_not_doubted() -> None:
    assert doubts_about(sheet(LAYOUT, {})) == ()
    assert doubts_about(sheet(LAYOUT, {}), lost=True) == (Reason.POOR_IMAGE,)
