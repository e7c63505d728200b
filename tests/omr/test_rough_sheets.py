"""Where much of a sheet is in doubt only plain marks are answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from make_layout import make_layout, make_questions
from make_measures import bubble, filled, sheet

from omr.judging import judge_sheet
from omr.layout import QuestionKind
from omr.marks import Answer, AnswerState, Reason
from omr.scoring import BubbleMeasure
from omr.thresholds import Thresholds

T = Thresholds()
LAYOUT = make_layout(questions=make_questions())
SINGLE = [q.id for q in LAYOUT.questions if q.kind is QuestionKind.SINGLE]
SEVERAL = [q.id for q in LAYOUT.questions if q.kind is QuestionKind.MULTI]
HERE, *REST = SINGLE
OTHERS = SEVERAL + REST
# As many rows as make a sheet rough, and as many as make it uneasy.
ENOUGH = int(T.rough_rows * len(LAYOUT.questions)) + 1
SOME = int(T.uneasy_rows * len(LAYOUT.questions)) + 1
PLAIN: BubbleMeasure = filled("r3", HERE)


def _speck(question: str) -> BubbleMeasure:
    return bubble("r3", question, darkness=0.03, peak=0.5, extent=0.2)


def _judged(*said: BubbleMeasure, rough: int = ENOUGH) -> Mapping[str, Answer]:
    doubtful = [_speck(name) for name in reversed(OTHERS[-rough:] if rough else [])]
    measured = sheet(LAYOUT, {(b.question, b.option): b for b in (*doubtful, *said)})
    return judge_sheet(measured, LAYOUT, T)[0]


def test_a_plain_mark_stands_on_a_rough_sheet_too() -> None:
    assert _judged(PLAIN)[HERE] == Answer(AnswerState.ANSWERED, ("r3",))


# Each is an answer by itself: see the test after the next.
NOT_PLAIN = {
    "in another bubble too": replace(PLAIN, share=0.9),
    "mostly outside": replace(PLAIN, home=T.plain_home - 0.01),
    "little of it near bubbles": replace(PLAIN, housed=T.apart - 0.01),
    "long": replace(PLAIN, length=T.length + 0.01),
    "amid other ink": replace(PLAIN, loose=T.plain_loose),
    "perhaps struck out": replace(PLAIN, coverage=T.half_struck, arms=T.half_arms),
    "a straight line that goes on": replace(
        PLAIN, coverage=0.15, straight=1, leaves=T.plain_leaves + 0.01, bend=T.bend_long
    ),
}


@pytest.mark.parametrize("mark", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_a_mark_that_is_not_plain_is_asked_about_there(mark: BubbleMeasure) -> None:
    assert _judged(mark)[HERE] == Answer(AnswerState.DOUBTFUL, ("r3",), (Reason.STRAY_LINE,))


@pytest.mark.parametrize("mark", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_the_same_mark_stands_where_fewer_rows_are_in_doubt(mark: BubbleMeasure) -> None:
    assert SOME < ENOUGH
    assert _judged(mark, rough=ENOUGH - 1)[HERE] == Answer(AnswerState.ANSWERED, ("r3",))


# Each is an answer on a sheet on which less is in doubt.
NOT_CLEAR = {
    "mostly another bubble's": replace(PLAIN, share=T.own_straight - 0.01),
    "mostly beside bubbles": replace(PLAIN, housed=T.scattered - 0.01),
    "beyond both sides": replace(
        PLAIN, coverage=0.15, straight=1, enters=T.plain_enters, leaves=0.15, bend=0.15
    ),
    "struck": replace(PLAIN, coverage=T.half_struck, arms=T.struck),
}


@pytest.mark.parametrize("mark", NOT_CLEAR.values(), ids=NOT_CLEAR)
def test_a_mark_that_is_not_clear_is_asked_about_where_some_rows_are_in_doubt(
    mark: BubbleMeasure,
) -> None:
    asked = Answer(AnswerState.DOUBTFUL, ("r3",), (Reason.STRAY_LINE,))

    assert _judged(mark, rough=SOME)[HERE] == asked
    assert _judged(mark, rough=SOME - 1)[HERE] == Answer(AnswerState.ANSWERED, ("r3",))


def test_ink_beside_a_plain_mark_is_asked_about_where_some_rows_are_in_doubt() -> None:
    trace = bubble("r1", HERE, extent=T.speck, zone=T.speck)

    assert _judged(PLAIN, trace)[HERE].state is AnswerState.DOUBTFUL
    assert _judged(PLAIN, trace, rough=0)[HERE].state is AnswerState.ANSWERED


def test_a_blank_row_of_one_choice_is_asked_about_where_some_rows_are_in_doubt() -> None:
    asked = Answer(AnswerState.DOUBTFUL, (), (Reason.MARGINAL_MARK,))

    assert _judged(rough=SOME)[HERE] == asked
    assert _judged(rough=SOME - 1)[HERE] == Answer(AnswerState.BLANK)


def test_blank_rows_stand_where_most_are_and_the_pen_is_known_to_leave_dark_ink() -> None:
    def read(**ink: float) -> AnswerState:
        return _judged(filled("r3", REST[0], **ink), rough=SOME)[HERE].state

    assert read() is AnswerState.BLANK
    assert read(darkness=0.9 * T.pencil, coverage=1.0) is AnswerState.DOUBTFUL


def test_a_blank_row_is_asked_about_where_nearly_all_others_have_a_mark() -> None:
    marks = [filled("r3", name) for name in OTHERS[:-SOME]]

    assert _judged(*marks, rough=SOME)[HERE].state is AnswerState.DOUBTFUL
    assert _judged(*marks, rough=SOME - 1)[HERE].state is AnswerState.BLANK


def test_a_blank_row_of_several_choices_stays_blank() -> None:
    assert _judged()[SEVERAL[0]] == Answer(AnswerState.BLANK)


def test_nothing_stands_where_hardly_any_row_is_beyond_doubt() -> None:
    most = int(T.lost_rows * len(LAYOUT.questions)) + 1
    orderly = [
        replace(_speck(name), coverage=0.05, extent=T.speck - 0.01) for name in reversed(OTHERS)
    ]

    def read(rough: int) -> AnswerState:
        clear = [filled("r3", name) for name in OTHERS[: len(OTHERS) - rough]]
        return _judged(PLAIN, *clear, *orderly[:rough], rough=0)[HERE].state

    assert len(OTHERS) >= most
    assert read(most) is AnswerState.DOUBTFUL
    assert read(most - 1) is AnswerState.ANSWERED


def test_nothing_stands_on_a_sheet_in_disorder_where_fewer_rows_are_in_doubt() -> None:
    many = int(T.lost_disorder * len(LAYOUT.questions)) + 1

    assert _judged(PLAIN, rough=many)[HERE].state is AnswerState.DOUBTFUL
    assert _judged(PLAIN, rough=many - 1)[HERE].state is AnswerState.ANSWERED


@pytest.mark.parametrize(
    ("row", "paler", "state"),
    [
        (SEVERAL[0], 0.60, AnswerState.DOUBTFUL),
        (SEVERAL[0], 0.85, AnswerState.ANSWERED),
        (HERE, 0.60, AnswerState.ANSWERED),  # the only ink of its row, and no fold's
    ],
)
def test_where_several_may_be_marked_ink_paler_than_all_marks_is_asked_about(
    row: str, paler: float, state: AnswerState
) -> None:
    others = [filled("r3", name) for name in REST]
    pale = filled("r1", row, darkness=0.14, coverage=0.2, peak=paler * others[0].peak)

    assert _judged(pale, *others, rough=0)[row].state is state


def test_a_fold_among_dark_marks_is_asked_about_in_a_row_of_one_choice_too() -> None:
    others = [filled("r3", name) for name in REST]
    fold = filled(
        "r1", HERE, darkness=0.06, coverage=0.35, peak=T.pale - 0.01, housed=T.apart - 0.1
    )

    assert _judged(fold, *others, rough=0)[HERE].state is AnswerState.DOUBTFUL
