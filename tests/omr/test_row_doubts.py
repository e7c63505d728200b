"""A row without a mark beside one that is in doubt, and a light trace beside a light mark."""

from __future__ import annotations

import pytest
from make_layout import make_layout, make_questions
from make_measures import bubble, filled, sheet

from omr.judging import judge_sheet
from omr.marks import Answer, AnswerState, Reason
from omr.scoring import BubbleMeasure
from omr.thresholds import Thresholds

T = Thresholds()
LAYOUT = make_layout(questions=make_questions(20))  # two in doubt leave the others alone
ABOVE, HERE, *_OTHERS = (question.id for question in LAYOUT.questions)
FAR = LAYOUT.questions[3].id
BLANK = Answer(AnswerState.BLANK)
# Ink that is another bubble's, since most of its piece lies there.
ROUND = bubble("r3", HERE, outside=T.strange)


def _judged(*said: BubbleMeasure) -> dict[str, Answer]:
    measured = sheet(LAYOUT, {(b.question, b.option): b for b in said})
    return judge_sheet(measured, LAYOUT, T)[0]


def test_ink_round_a_bubble_is_asked_about_where_the_next_row_is_in_doubt() -> None:
    end = bubble("r3", ABOVE, darkness=0.02, coverage=0.05, peak=0.5, extent=0.3, zone=0.3)
    answers = _judged(end, ROUND)

    assert answers[ABOVE].state is AnswerState.DOUBTFUL
    assert answers[HERE] == Answer(AnswerState.DOUBTFUL, ("r3",), (Reason.STRAY_LINE,))
    assert answers[FAR] == BLANK


@pytest.mark.parametrize(
    "said",
    [
        (ROUND,),  # no row is in doubt
        (filled("r3", ABOVE), ROUND),  # the ink is a clear mark's
        (bubble("r1", ABOVE, darkness=0.03, peak=0.5, extent=0.2), ROUND),  # a doubt elsewhere
        (bubble("r3", FAR, darkness=0.03, peak=0.5, extent=0.2), ROUND),
        (
            bubble("r3", ABOVE, darkness=0.03, peak=0.5, extent=0.2),
            bubble("r3", HERE, outside=T.strange - 0.001),
        ),
    ],
    ids=["no doubt", "a clear mark", "another column", "another row", "too little"],
)
def test_otherwise_it_is_the_next_rows(said: tuple[BubbleMeasure, ...]) -> None:
    assert _judged(*said)[HERE] == BLANK


def test_a_light_trace_beside_a_mark_by_a_light_pen_may_be_a_second_one() -> None:
    trace = bubble(
        "r3", HERE, darkness=T.second_darkness, zone=T.second_light, extent=T.second_inside
    )

    def read(grain: float) -> AnswerState:
        mark = filled("r1", HERE, coverage=0.7, darkness=0.7 * grain)
        others = [filled("r1", question.id) for question in LAYOUT.questions[2:]]
        return _judged(mark, trace, *others)[HERE].state

    assert read(T.pencil - 0.01) is AnswerState.DOUBTFUL
    assert read(T.pencil + 0.01) is AnswerState.ANSWERED
