"""A light pen's strokes, on a sheet nearly all of whose rows have one."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from make_layout import make_layout, make_questions
from make_measures import bubble, sheet

from omr.judging import judge_sheet
from omr.layout import QuestionKind
from omr.mark_rules import Sheet, judge_bubble, sheet_of
from omr.marks import AnswerState, Mark
from omr.scoring import BubbleMeasure
from omr.thresholds import Thresholds

T = Thresholds()
LAYOUT = make_layout(
    questions=tuple(replace(question, kind=QuestionKind.SINGLE) for question in make_questions())
)
ROWS = [question.id for question in LAYOUT.questions]
JUST = 0.001
MARKED = (Mark.MARKED, None)
ORDERLY = Sheet(usual=0.1, peak=T.pale)
LIGHT = bubble(darkness=T.marginal, coverage=T.least, peak=0.1, extent=T.kneed, zone=T.kneed)


def test_a_light_pens_stroke_is_believed_among_strokes_as_light() -> None:
    pale = replace(ORDERLY, usual=0.02, peak=0.1)
    among = replace(pale, pens=(LIGHT.peak,) * (T.alike + 1))

    assert judge_bubble(LIGHT, T, among, lone=True) == MARKED
    assert judge_bubble(LIGHT, T, pale, lone=True)[0] is Mark.MARGINAL
    few = replace(pale, pens=(LIGHT.peak,) * T.alike)
    assert judge_bubble(LIGHT, T, few, lone=True)[0] is Mark.MARGINAL
    darker = replace(pale, pens=(2 * LIGHT.peak,) * (T.alike + 1))
    assert judge_bubble(LIGHT, T, darker, lone=True)[0] is Mark.MARGINAL


@pytest.mark.parametrize(
    "other",
    [
        {"straight": 1.0, "enters": JUST},
        {"straight": 1.0, "aligned": 1.0},
        {"share": T.own - JUST},
        {"housed": T.apart - JUST},
    ],
    ids=str,
)
def test_folds_and_what_lies_across_bubbles_are_no_pens_strokes(other: dict[str, float]) -> None:
    def pens(ink: BubbleMeasure) -> tuple[float, ...]:
        rows = {(q, "r5"): replace(ink, question=q, option="r5") for q in ROWS}
        return sheet_of(sheet(LAYOUT, rows), T).pens

    assert pens(LIGHT) == (LIGHT.peak,) * len(ROWS)
    assert pens(replace(LIGHT, **other)) == ()


def test_so_few_rows_with_strokes_say_nothing_about_the_pen() -> None:
    enough = math.ceil(T.answered * len(ROWS))
    fold = replace(LIGHT, straight=1.0, aligned=1.0)

    def pens(strokes: int) -> tuple[float, ...]:
        inks = [LIGHT] * strokes + [fold] * (len(ROWS) - strokes)
        rows = {
            (q, "r5"): replace(ink, question=q, option="r5")
            for q, ink in zip(ROWS, inks, strict=True)
        }
        return sheet_of(sheet(LAYOUT, rows), T).pens

    assert len(pens(enough)) == enough
    assert pens(enough - 1) == ()


def test_a_row_without_ink_is_asked_about_where_the_pen_is_very_light() -> None:
    empty, *rest = ROWS

    def answers(darkness: float) -> set[AnswerState]:
        ink = replace(LIGHT, darkness=darkness)
        rows = {(q, "r5"): replace(ink, question=q, option="r5") for q in rest}
        judged, doubts = judge_sheet(sheet(LAYOUT, rows), LAYOUT, T)
        assert doubts == ()
        assert {judged[q].options for q in rest} == {("r5",)}
        return {judged[empty].state}

    assert answers(T.definite_long - JUST) == {AnswerState.DOUBTFUL}
    assert answers(T.definite_long + JUST) == {AnswerState.BLANK}
