"""Whatever ink looks like: no answer without ink, none without a doubt where two are marked."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from make_layout import make_layout
from make_measures import SHARES, bubble, filled

from omr.judging import (
    judge_question,
)
from omr.layout import Question, QuestionKind
from omr.marks import AnswerState
from omr.scoring import BubbleMeasure
from omr.thresholds import Thresholds

LAYOUT = make_layout()
SINGLE = LAYOUT.question("q1")
MULTI = LAYOUT.question("q3")
T = Thresholds()
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


FILLED = filled()
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
        # Only what was struck out beside another mark is taken back.
        well_filled = b.darkness >= 0.3 and b.coverage >= 0.5 and b.arms < T.struck
        assert not well_filled or b.option in answer.options


@given(st.sampled_from([SINGLE, MULTI]), ROWS)
def test_no_answer_stands_on_a_bubble_without_ink(
    question: Question, row: list[BubbleMeasure]
) -> None:
    measured = _row(question, **dict(zip(OPTIONS, row, strict=True)))
    answer = judge_question(question, measured, T)

    if answer.state is AnswerState.ANSWERED:
        chosen = [b for b in measured if b.option in answer.options]
        assert all(b.darkness >= T.marginal and b.coverage >= T.least for b in chosen)


@given(ROWS)
def test_two_marks_where_one_is_allowed_are_never_one_answer(row: list[BubbleMeasure]) -> None:
    # (Neither is struck through.)
    said = dict(zip(OPTIONS, row, strict=True)) | {"r1": FILLED, "r4": FILLED}
    answer = judge_question(SINGLE, _row(SINGLE, **said), T)

    assert answer.state is AnswerState.DOUBTFUL
    assert {"r1", "r4"} <= set(answer.options)
