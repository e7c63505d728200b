"""What stands on a 1-bit scan, which may have lost strokes without a trace."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from make_layout import make_layout, make_questions
from make_measures import bubble, filled, sheet

from omr.judging import MIN_OUTLINES_FOUND, judge_sheet
from omr.layout import QuestionKind
from omr.lost_marks import with_lost_seconds
from omr.mark_rules import Sheet
from omr.marks import Answer, AnswerState, Reason
from omr.scoring import BubbleMeasure
from omr.thresholds import Thresholds

T = Thresholds()
JUST = 0.001
# Eleven rows where one answer is allowed, and one where several are.
QUESTIONS = tuple(
    replace(question, kind=QuestionKind.SINGLE if n < 11 else QuestionKind.MULTI)
    for n, question in enumerate(make_questions())
)
LAYOUT = make_layout(questions=QUESTIONS)
ROWS = [question.id for question in QUESTIONS]
EMPTY, *REST = ROWS[:-1]
MANY = ROWS[-1]
LOST = Answer(AnswerState.DOUBTFUL, (), (Reason.POOR_IMAGE,))
STROKE = bubble(
    darkness=0.15, coverage=T.sturdy, peak=0.7, zone=1.0, extent=0.9, length=0.1, depth=0.5
)
CRUMBS = replace(STROKE, darkness=T.marginal, coverage=T.least, peak=T.palest, extent=T.kneed)


def _judged(
    mark: BubbleMeasure, also: dict[tuple[str, str], BubbleMeasure] | None = None, **about: Any
) -> dict[str, Answer]:
    """Every row but one marked like this in a 1-bit scan."""
    said = {(q, "r5"): replace(mark, question=q, option="r5") for q in REST}
    measured = sheet(LAYOUT, said | (also or {}), **({"bilevel": True} | about))
    return judge_sheet(measured, LAYOUT, T)[0]


def test_an_empty_row_is_blank_only_where_the_thinnest_mark_came_out_whole() -> None:
    assert _judged(STROKE)[EMPTY] == Answer(AnswerState.BLANK)
    assert _judged(replace(STROKE, coverage=T.sturdy - JUST))[EMPTY] == LOST
    assert _judged(STROKE, outlines_found=T.sturdy_outlines)[EMPTY] == Answer(AnswerState.BLANK)
    assert _judged(STROKE, outlines_found=T.sturdy_outlines - JUST)[EMPTY] == LOST


def test_fillings_must_have_no_holes_to_show_that_a_stroke_would_have_stayed() -> None:
    assert _judged(filled(coverage=0.8, darkness=0.8 * T.crisp))[EMPTY] == Answer(AnswerState.BLANK)
    starved = filled(coverage=0.8, darkness=0.8 * T.crisp - JUST)
    assert _judged(starved)[EMPTY] == LOST


def test_grains_all_over_the_bubbles_are_starved_fillings_however_little_they_cover() -> None:
    grains = replace(STROKE, coverage=T.fine - JUST, faint=T.grained)
    assert _judged(grains)[EMPTY] == LOST
    assert _judged(replace(grains, faint=T.grained - JUST))[EMPTY] == Answer(AnswerState.BLANK)


def test_strokes_are_never_so_dark_as_fillings_and_need_not_be() -> None:
    pale = replace(STROKE, darkness=0.1, coverage=T.fine - JUST)
    assert _judged(pale)[EMPTY] == Answer(AnswerState.BLANK)
    assert _judged(replace(pale, coverage=T.fine))[EMPTY] == LOST


@pytest.mark.parametrize(
    "crumb", [{"darkness": T.black / 4}, {"zone": T.faint_zone}, {"extent": T.faint_zone}], ids=str
)
def test_a_row_with_a_crumb_is_never_blank(crumb: dict[str, float]) -> None:
    [(name, limit)] = crumb.items()
    answers = _judged(STROKE, {(EMPTY, "r1"): bubble("r1", EMPTY, **crumb)})
    assert answers[EMPTY].state is AnswerState.DOUBTFUL
    less = bubble("r1", EMPTY, **{name: 0.95 * limit})
    assert _judged(STROKE, {(EMPTY, "r1"): less})[EMPTY] == Answer(AnswerState.BLANK)


def test_crumbs_that_stand_one_to_a_row_are_answers_and_nothing_else_stands() -> None:
    answers = _judged(CRUMBS, {(MANY, "r2"): filled("r2", MANY)})

    assert {answers[row] for row in REST} == {Answer(AnswerState.ANSWERED, ("r5",))}
    assert answers[EMPTY] == LOST
    assert answers[MANY].state is AnswerState.DOUBTFUL  # a second answer may be lost


def test_a_filling_among_crumbs_may_have_been_struck_out() -> None:
    for coverage in (filled().coverage, T.half_struck):
        answers = _judged(CRUMBS, {(EMPTY, "r1"): filled("r1", EMPTY, coverage=coverage)})
        assert answers[EMPTY] == Answer(AnswerState.DOUBTFUL, ("r1",), (Reason.POOR_IMAGE,))


def test_a_scan_without_the_outlines_keeps_what_a_whole_pen_says_and_nothing_else() -> None:
    weak, *strong = REST
    worn = replace(STROKE, question=weak, option="r5", coverage=T.whole - JUST)
    pale = MIN_OUTLINES_FOUND - JUST
    answers = _judged(STROKE, {(weak, "r5"): worn}, outlines_found=pale)

    assert {answers[row] for row in strong} == {Answer(AnswerState.ANSWERED, ("r5",))}
    assert answers[weak] == Answer(AnswerState.DOUBTFUL, ("r5",), (Reason.POOR_IMAGE,))
    assert answers[EMPTY] == LOST
    # What is no mark of the row's answer may be as weak as it likes.
    edge = replace(STROKE, coverage=T.whole)
    touched = {(strong[0], "r1"): bubble("r1", strong[0], coverage=0.01)}
    assert _judged(edge, touched, outlines_found=pale)[strong[0]].state is AnswerState.ANSWERED
    # Where the outlines are there a worn mark is as good as others.
    seen = _judged(STROKE, {(weak, "r5"): worn}, outlines_found=MIN_OUTLINES_FOUND)
    assert seen[weak] == Answer(AnswerState.ANSWERED, ("r5",))


def _is_lost(*coverages: float) -> bool:
    """Whether nothing stands where several answers are allowed, after marks like these.

    One mark to a row, from the last row up; when every row has one, second marks.
    """
    places = [(q, option) for option in ("r5", "r1") for q in reversed(ROWS)]
    said = {
        (q, option): replace(STROKE, question=q, option=option, coverage=coverage)
        for (q, option), coverage in zip(places, reversed(coverages), strict=False)
    }
    answers = judge_sheet(sheet(LAYOUT, said, bilevel=True), LAYOUT, T)[0]
    assert answers[MANY].options[0] in {"r1", "r5"}
    return answers[MANY].state is AnswerState.DOUBTFUL


def test_marks_may_be_lost_where_most_are_crumbs_or_few_are_left() -> None:
    whole, worn, crumb = T.sturdy, T.crumb, T.crumb - JUST

    assert not _is_lost(*[whole] * 6)
    assert _is_lost(*[whole] * 5)  # of twelve rows
    assert not _is_lost(crumb, *[whole] * 11)
    assert _is_lost(crumb, crumb, *[whole] * 10)
    assert not _is_lost(worn, worn, *[whole] * 10)
    assert not _is_lost(crumb, *[whole] * 7)  # one of eight
    assert not _is_lost(crumb, crumb, *[whole] * 14)
    assert _is_lost(crumb, crumb, *[whole] * 13)
    assert not _is_lost(*[worn] * 5, *[T.whole] * 7)  # the middle one is whole
    assert _is_lost(*[worn] * 7, *[T.whole] * 5)


@pytest.mark.parametrize("outlines", [MIN_OUTLINES_FOUND, 0.0])
def test_crumbs_without_order_send_the_whole_sheet_to_a_person(outlines: float) -> None:
    twice = {(q, "r1"): replace(CRUMBS, question=q, option="r1") for q in REST}
    measured = sheet(
        LAYOUT,
        twice | {(q, "r5"): replace(CRUMBS, question=q, option="r5") for q in REST},
        bilevel=True,
        outlines_found=outlines,
    )
    answers, doubts = judge_sheet(measured, LAYOUT, T)

    assert doubts == (Reason.POOR_IMAGE,)
    assert {answer.state for answer in answers.values()} == {AnswerState.DOUBTFUL}


def test_grains_without_order_send_the_whole_sheet_to_a_person() -> None:
    # Fillings in the upper rows alone, of which the scan kept grains: it lost thin strokes.
    def judged(darkness: float) -> tuple[Reason, ...]:
        mark = filled(coverage=0.4, darkness=darkness)
        some = ROWS[: int(T.orderly * len(ROWS))]
        said = {(q, "r5"): replace(mark, question=q, option="r5") for q in some}
        measured = sheet(LAYOUT, said, bilevel=True)
        return judge_sheet(measured, LAYOUT, T)[1]

    assert judged((T.grainy - JUST) * 0.4) == (Reason.POOR_IMAGE,)
    assert judged((T.grainy + JUST) * 0.4) == ()


def test_grains_without_order_may_have_lost_marks_however_whole_they_look() -> None:
    even = replace(STROKE, coverage=0.25, darkness=T.grainy * 0.25)
    grains = replace(even, darkness=even.darkness - JUST)

    def judged(mark: BubbleMeasure) -> dict[str, Answer]:
        second = {(q, "r1"): replace(mark, question=q, option="r1") for q in REST}
        return _judged(mark, second)

    assert judged(even)[MANY] == Answer(AnswerState.BLANK)
    assert judged(grains)[MANY] == LOST
    assert _judged(grains)[MANY] == Answer(AnswerState.BLANK)


def test_crumbs_round_a_bubble_may_be_all_that_is_left_of_a_ring() -> None:
    strewn = bubble("r1", EMPTY, ring=T.strewn)
    fewer = bubble("r1", EMPTY, ring=T.strewn - JUST)

    assert _judged(STROKE, {(EMPTY, "r1"): strewn})[EMPTY] == LOST
    assert _judged(STROKE, {(EMPTY, "r1"): fewer})[EMPTY] == Answer(AnswerState.BLANK)


GRAINS = replace(STROKE, faint=T.scanty_faint, coverage=T.scanty - JUST)


def _with_lost_rows(mark: BubbleMeasure, lost: int) -> dict[str, Answer]:
    """So many rows have a crumb too much to be blank; the others are marked like this."""
    crumb = {
        (q, option): bubble(option, q, **({"zone": T.faint_zone} if option == "r1" else {}))
        for q in ROWS[:lost]
        for option in ("r1", "r5")
    }
    return _judged(mark, crumb)


def test_grains_of_a_filling_stand_unless_other_rows_lost_their_marks() -> None:
    kept = _with_lost_rows(GRAINS, T.alike)[ROWS[-2]]
    lost = _with_lost_rows(GRAINS, T.alike + 1)

    assert kept == Answer(AnswerState.ANSWERED, ("r5",))
    assert {lost[q] for q in ROWS[T.alike + 1 : -1]} == {
        Answer(AnswerState.DOUBTFUL, ("r5",), (Reason.POOR_IMAGE,))
    }


@pytest.mark.parametrize(
    "more", [{"coverage": T.scanty}, {"faint": T.scanty_faint - JUST}], ids=["dense", "thin"]
)
def test_a_stroke_or_a_denser_filling_stands_beside_lost_rows(more: dict[str, float]) -> None:
    answers = _with_lost_rows(replace(GRAINS, **more), T.alike + 1)

    assert answers[ROWS[-2]] == Answer(AnswerState.ANSWERED, ("r5",))


def test_a_mark_gone_over_may_be_blacked_out_where_strokes_may_be_lost() -> None:
    thin = replace(STROKE, coverage=T.sturdy - JUST)
    dark = replace(STROKE, darkness=T.gone_over * STROKE.darkness + JUST, coverage=0.4)
    gone_over = {(EMPTY, "r1"): replace(dark, question=EMPTY, option="r1")}

    assert _judged(thin, gone_over)[EMPTY] == Answer(
        AnswerState.DOUBTFUL, ("r1",), (Reason.POOR_IMAGE,)
    )
    assert _judged(STROKE, gone_over)[EMPTY] == Answer(AnswerState.ANSWERED, ("r1",))


def test_a_frayed_filling_may_be_struck_out_where_the_rows_do_not_mostly_have_one_mark() -> None:
    frayed = filled("r5", beside=T.frayed_beside, ring=T.frayed_ring, coverage=0.75, darkness=0.7)
    answered = Answer(AnswerState.ANSWERED, ("r5",))

    def read(mark: BubbleMeasure, sheet: Sheet) -> Answer:
        bubbles = [replace(mark, question="q1", option="r5")]
        return with_lost_seconds({"q1": answered}, {"q1": bubbles}, T, sheet)["q1"]

    disorder = Sheet(bilevel=True)
    assert read(frayed, disorder) == Answer(AnswerState.DOUBTFUL, ("r5",), (Reason.POOR_IMAGE,))
    assert read(frayed, replace(disorder, usual=0.6)) == answered
    for less in ({"beside": T.frayed_beside - JUST}, {"ring": T.frayed_ring - JUST}):
        assert read(replace(frayed, **less), disorder) == answered
    assert read(replace(frayed, coverage=T.half_struck - JUST), disorder) == answered
