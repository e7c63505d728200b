"""The end of a stroke that was made in a lower row, and what is more than that."""

from __future__ import annotations

from dataclasses import replace

import pytest
from make_layout import make_layout
from make_measures import bubble, filled

from omr.judging import judge_question
from omr.mark_rules import Sheet, judge_bubble
from omr.marks import Answer, AnswerState, Mark
from omr.scoring import BubbleMeasure
from omr.thresholds import Thresholds

T = Thresholds()
JUST = 0.001
QUESTION = make_layout().question("q1")  # of which one answer is allowed
FILLED = filled()


def _judge(**said: BubbleMeasure) -> Answer:
    row = [
        replace(said.get(b.option, bubble()), question=QUESTION.id, option=b.option)
        for b in QUESTION.bubbles
    ]
    return judge_question(QUESTION, row, T)


TAIL = bubble(
    darkness=0.06, coverage=T.tail - JUST, peak=0.7, zone=0.6, extent=0.6, straight=1.0,
    length=0.15, leaves=0.4, share=T.tail_share - JUST, bend=T.crossed - JUST, below=1.0, home=0.2,
)  # fmt: skip
BIT = replace(TAIL, coverage=T.bit - JUST, share=T.own - JUST)
BENT_BIT = replace(BIT, straight=0.0, bend=0.5, share=T.tail_share - JUST, arms=T.half_arms - JUST)


# A line that comes up from the next bubble, as broad there, and ends in this one.
RISING = replace(
    TAIL, share=T.apart - JUST, bend=T.bend - JUST, aligned=1.0, leaves=T.leaves, depth=T.deep
)


@pytest.mark.parametrize(
    "tail", [TAIL, BIT, BENT_BIT, RISING], ids=["tail", "bit", "bent bit", "rising"]
)
def test_the_end_of_a_lower_rows_stroke_is_no_mark_beside_one(tail: BubbleMeasure) -> None:
    assert _judge(r1=FILLED, r2=tail) == Answer(AnswerState.ANSWERED, ("r1",))
    assert _judge(r1=FILLED, r2=replace(tail, below=0.0)).options == ("r1", "r2")
    assert _judge(r2=tail).state is AnswerState.DOUBTFUL


@pytest.mark.parametrize(
    "more",
    [
        replace(TAIL, coverage=T.tail),
        replace(TAIL, share=T.tail_share),
        replace(TAIL, bend=T.crossed),
        replace(TAIL, straight=0.0),
        replace(BIT, coverage=T.bit),
        replace(BIT, share=T.own),
        replace(BENT_BIT, coverage=T.bit),
        replace(BENT_BIT, share=T.tail_share),
        replace(BENT_BIT, arms=T.half_arms),
        replace(RISING, coverage=T.tail),
        replace(RISING, straight=0.0),
        replace(RISING, share=T.apart),
        replace(RISING, bend=T.bend),
        replace(RISING, aligned=0.0),
        replace(RISING, leaves=T.leaves - JUST),
        replace(RISING, depth=T.deep - JUST),
    ],
)
def test_more_than_the_end_of_a_stroke_is_a_second_mark(more: BubbleMeasure) -> None:
    answer = _judge(r1=FILLED, r2=more)

    assert (answer.state, answer.options) == (AnswerState.DOUBTFUL, ("r1", "r2"))


CUT = bubble(
    darkness=0.06, coverage=0.13, peak=0.53, zone=0.8, extent=0.68, straight=1.0, leaves=0.17,
    length=0.08, home=0.76, depth=0.2, cut=1.0,
)  # fmt: skip
HANGING = bubble(
    darkness=0.09, coverage=0.1, peak=0.95, zone=0.9, extent=0.6, straight=1.0, bend=0.33,
    length=0.1, share=0.85, home=T.hanging - JUST, leaves=0.26,
)  # fmt: skip


def test_a_stroke_that_goes_under_print_is_a_mark_only_among_others_like_it() -> None:
    others = (CUT.peak,) * T.alike

    assert judge_bubble(CUT, T, Sheet(peaks=(CUT.peak,), usual=0.1))[0] is Mark.MARGINAL
    assert judge_bubble(CUT, T, Sheet(peaks=(1.0,) * 9, usual=0.1))[0] is Mark.MARGINAL
    assert judge_bubble(CUT, T, Sheet(peaks=(CUT.peak, *others), usual=0.1))[0] is Mark.MARKED
    assert judge_bubble(CUT, T, Sheet(peaks=(CUT.peak, *others)))[0] is Mark.MARGINAL  # disorder
    assert judge_bubble(replace(CUT, cut=0.0), T, Sheet(peaks=(1.0,) * 9))[0] is Mark.MARKED


def test_a_stroke_that_hangs_down_into_a_bubble_is_no_mark_of_it_unless_it_reaches_the_middle() -> (
    None
):
    assert judge_bubble(HANGING, T)[0] is Mark.MARGINAL
    for more in ({"depth": T.middle}, {"home": T.hanging}, {"share": 1.0}):
        assert judge_bubble(replace(HANGING, **more), T)[0] is Mark.MARKED


def test_a_filling_under_a_line_longer_than_a_strike_is_not_taken_for_cancelled() -> None:
    struck = filled(coverage=0.99, arms=0.75, outside=0.2, length=T.struck_length)
    answer = _judge(r1=struck, r2=FILLED)

    assert answer == Answer(AnswerState.ANSWERED, ("r2",))
    longer = replace(struck, length=T.struck_length + JUST)
    assert _judge(r1=longer, r2=FILLED).state is AnswerState.DOUBTFUL
