"""A row's only ink, on a sheet most of whose rows have ink in just one bubble."""

from __future__ import annotations

from dataclasses import replace

import pytest
from make_layout import make_layout, make_questions
from make_measures import bubble, filled, sheet

from omr.judging import judge_question, judge_sheet
from omr.layout import QuestionKind
from omr.mark_rules import Sheet, judge_bubble, sheet_of
from omr.marks import Answer, AnswerState, Mark, Reason
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
# A tick that hangs together with the mark of the row above, and one with that of the row below.
TICK = bubble(
    darkness=0.1, coverage=0.15, peak=0.5, zone=1.0, extent=0.8, arms=0.25, depth=0.4, length=0.15
)
JOINED = replace(TICK, share=T.own_straight - 0.1, housed=0.55, length=0.25)
OVER = replace(JOINED, below=1.0, arms=T.half_arms + 0.1)
BIG = replace(TICK, outside=0.25, beside=0.25, arms=0.5)  # much of it lies beside the bubble
PALE = replace(TICK, darkness=0.03, peak=T.palest + JUST)
DOT = bubble(darkness=0.03, coverage=0.06, peak=0.4, zone=0.35, extent=T.speck, length=0.03)
END = replace(JOINED, straight=1.0, bend=0.0)


@pytest.mark.parametrize(
    "ink", [JOINED, OVER, BIG, PALE, DOT], ids=["joined", "over", "big", "pale", "dot"]
)
def test_a_rows_only_ink_is_its_answer_on_an_orderly_sheet_alone(ink: BubbleMeasure) -> None:
    assert judge_bubble(ink, T, ORDERLY, lone=True) == MARKED
    assert judge_bubble(ink, T, ORDERLY)[0] is Mark.MARGINAL


@pytest.mark.parametrize(
    "ink",
    [
        replace(JOINED, depth=T.middle - JUST),  # hangs down from the row above
        replace(OVER, arms=0.25),  # a tail that is bent
        replace(END, below=1.0, arms=0.5),  # a tail that is straight
        replace(END, leaves=T.leaves),  # a line that goes through the next mark
        replace(JOINED, length=T.wander_length + JUST, home=T.wander_home - JUST),
        replace(TICK, housed=T.spread - JUST),  # writing, a seal, a ring in the next row
        replace(TICK, straight=1.0, enters=T.enters, leaves=0.5),  # a line that passes
        replace(TICK, straight=1.0, hidden=1.0),
        replace(TICK, coverage=0.5, loose=T.amid),  # part of a seal
        replace(TICK, straight=1.0, length=T.length + JUST),
    ],
    ids=[
        "hangs",
        "tail",
        "end",
        "through",
        "wanders",
        "writing",
        "passes",
        "hidden",
        "seal",
        "long",
    ],
)
def test_a_line_a_tail_and_writing_are_asked_about_even_there(ink: BubbleMeasure) -> None:
    assert judge_bubble(ink, T, ORDERLY, lone=True) == (Mark.MARGINAL, Reason.STRAY_LINE)


@pytest.mark.parametrize(
    "ink",
    [
        replace(PALE, peak=T.palest - JUST),
        replace(PALE, darkness=T.shading - JUST),
        replace(PALE, coverage=T.least - JUST),
        replace(DOT, extent=T.speck - JUST),
        replace(DOT, darkness=T.usual * ORDERLY.usual - JUST),
    ],
    ids=["stain", "shade", "crumbs", "short", "speck"],
)
def test_less_than_a_stroke_or_a_usual_dot_is_asked_about_even_there(ink: BubbleMeasure) -> None:
    assert judge_bubble(ink, T, ORDERLY, lone=True)[0] is Mark.MARGINAL


def test_a_straight_tick_ends_in_the_mark_of_the_row_above() -> None:
    assert judge_bubble(replace(END, leaves=T.leaves - JUST), T, ORDERLY, lone=True) == MARKED


@pytest.mark.parametrize(
    "ink",
    [
        replace(JOINED, home=T.wander_home - JUST),
        replace(JOINED, length=T.wander_length, home=T.wander_home - JUST),
        replace(JOINED, length=T.wander_length + JUST, home=T.wander_home),
        replace(BIG, housed=T.spread),
        replace(TICK, housed=T.spread - JUST, coverage=T.half_full),
        replace(TICK, loose=T.amid - JUST),
        replace(END, below=1.0, arms=0.5, bend=T.bend_long),
        replace(OVER, arms=T.half_arms),
        replace(JOINED, depth=T.middle),
        replace(BIG, depth=0.0, share=T.own),
        replace(DOT, extent=T.kneed, darkness=T.shading),
        replace(DOT, darkness=T.usual * ORDERLY.usual),
        replace(END, peak=T.pale, leaves=0.5),
        replace(END, leaves=0.5, enters=0.29),
        replace(PALE, share=T.own),
        replace(PALE, coverage=T.least),
        replace(PALE, peak=T.palest),
    ],
    ids=[
        "short and far",
        "not long",
        "at home",
        "housed",
        "full",
        "not amid",
        "kneed tail",
        "three ends",
        "below the middle",
        "its own",
        "a short stroke",
        "a usual dot",
        "as dark as no pencil",
        "little beyond it",
        "shared",
        "thin",
        "palest",
    ],
)
def test_what_only_just_belongs_to_the_row_is_its_answer(ink: BubbleMeasure) -> None:
    assert judge_bubble(ink, T, ORDERLY, lone=True) == MARKED


def test_a_straight_line_that_just_runs_on_is_asked_about() -> None:
    line = replace(END, leaves=T.leaves, length=T.length)

    assert judge_bubble(line, T, ORDERLY, lone=True) == (Mark.MARGINAL, Reason.STRAY_LINE)
    assert judge_bubble(replace(line, leaves=T.leaves - JUST), T, ORDERLY, lone=True) == MARKED
    both = replace(END, leaves=0.6, enters=0.25)  # beyond the outline on both sides together
    assert judge_bubble(both, T, ORDERLY, lone=True) == (Mark.MARGINAL, Reason.STRAY_LINE)


def test_one_scribble_over_two_rows_is_no_answer_of_the_one_that_has_less_of_it() -> None:
    less = replace(JOINED, outside=JOINED.coverage + JUST)

    assert judge_bubble(less, T, ORDERLY, lone=True) == (Mark.MARGINAL, Reason.STRAY_LINE)
    inside = replace(less, outside=less.coverage)
    assert judge_bubble(inside, T, ORDERLY, lone=True) == MARKED


THIN = replace(ORDERLY, thin=True)
AT_PRINT = replace(TICK, straight=1.0, bend=0.0, hidden=0.5, leaves=0.4, cut=1.0)


def test_a_tick_without_a_knee_may_end_at_print_among_ticks() -> None:
    assert judge_bubble(AT_PRINT, T, THIN, lone=True) == MARKED
    assert judge_bubble(replace(AT_PRINT, darkness=0.05 - JUST), T, THIN, lone=True)[0] is (
        Mark.MARGINAL  # not half as dark as the others
    )
    light = replace(THIN, usual=0.04)
    assert judge_bubble(replace(AT_PRINT, darkness=0.04), T, light, lone=True) == MARKED
    assert judge_bubble(AT_PRINT, T, THIN)[0] is Mark.MARGINAL  # beside another
    assert judge_bubble(AT_PRINT, T, ORDERLY, lone=True)[0] is Mark.MARGINAL  # among fillings


@pytest.mark.parametrize(
    "other",
    [
        {"hidden": 1.0},  # it comes out of the print: a line that passes
        {"enters": JUST},  # it does not begin here
        {"depth": T.deep - JUST},
        {"length": T.length + JUST},
        {"darkness": 2 * ORDERLY.usual + JUST},
    ],
    ids=str,
)
def test_a_line_that_passes_is_asked_about_among_ticks(other: dict[str, float]) -> None:
    assert judge_bubble(replace(AT_PRINT, **other), T, THIN, lone=True)[0] is Mark.MARGINAL


def test_a_sheets_rows_have_strokes_if_nearly_all_of_them_are_no_fillings() -> None:
    def thin(strokes: int) -> bool:
        rows = {(q, "r5"): filled("r5", q) for q in ROWS}
        rows |= {(q, "r5"): replace(TICK, question=q, option="r5") for q in ROWS[:strokes]}
        return sheet_of(sheet(LAYOUT, rows), T).thin

    enough = int(T.orderly * len(ROWS)) + 1
    assert thin(enough)
    assert not thin(enough - 1)
    assert not sheet_of(sheet(LAYOUT, {}), T).thin


def test_a_dark_line_that_ends_before_the_next_bubble_is_not_aligned_with_it() -> None:
    dash = replace(TICK, straight=1.0, aligned=1.0, leaves=T.goes_on - JUST)
    pale = replace(dash, peak=T.pale - JUST)

    assert judge_bubble(dash, T) == MARKED
    assert judge_bubble(replace(dash, leaves=T.goes_on), T)[0] is Mark.MARGINAL
    assert judge_bubble(pale, T)[0] is Mark.MARGINAL  # a fold breaks


def _rows(**said: str) -> dict[tuple[str, str], BubbleMeasure]:
    return {(q, option): filled(option, q) for q, option in said.items()}


def test_a_sheet_is_orderly_where_most_rows_have_ink_in_just_one_bubble() -> None:
    some = dict.fromkeys(ROWS[: int(T.orderly * len(ROWS))], "r5")

    assert sheet_of(sheet(LAYOUT, _rows(**some)), T).usual == 0.0
    every = _rows(**dict.fromkeys(ROWS, "r5"))
    orderly = sheet_of(sheet(LAYOUT, every), T)
    assert (orderly.usual, orderly.peak) == (filled().darkness, filled().peak)
    twice = every | _rows(**dict.fromkeys(ROWS, "r1"))
    assert sheet_of(sheet(LAYOUT, twice), T).usual == 0.0


@pytest.mark.parametrize(
    "other",
    [
        None,
        {"zone": T.trace},
        {"beside": T.beside},
        {"ring": T.ring_alone},
        {"darkness": 0.02},
        {"darkness": T.marginal},
    ],
    ids=str,
)
def test_ink_counts_as_a_rows_only_if_no_other_bubble_of_it_has_a_trace(
    other: dict[str, float] | None,
) -> None:
    first, *rest = ROWS
    said = _rows(**dict.fromkeys(rest, "r5"))
    said[first, "r2"] = replace(JOINED, question=first, option="r2")
    if other is not None:
        said[first, "r4"] = bubble("r4", first, **other)
    answers, doubts = judge_sheet(sheet(LAYOUT, said), LAYOUT, T)

    assert doubts == ()
    if other is None:
        assert answers[first] == Answer(AnswerState.ANSWERED, ("r2",))
    else:
        assert answers[first].state is AnswerState.DOUBTFUL


def _row(sheet: Sheet, **said: BubbleMeasure) -> Answer:
    options = (bubble.option for bubble in LAYOUT.questions[0].bubbles)
    row = [replace(said.get(option, bubble()), option=option) for option in options]
    return judge_question(LAYOUT.questions[0], row, T, sheet)


def test_what_just_touches_a_bubble_on_its_way_is_no_trace_on_an_orderly_sheet() -> None:
    few = {"share": T.tip - JUST, "coverage": T.least - JUST}
    tip = bubble(zone=1.0, beside=T.beside - JUST, extent=0.3, **few)

    assert _row(ORDERLY, r2=tip).state is AnswerState.BLANK
    assert _row(ORDERLY, r1=filled(), r2=replace(tip, peak=1.0)).options == ("r1",)
    assert _row(Sheet(), r2=tip).state is AnswerState.DOUBTFUL
    # Seed 2026112503: a tick made beside its bubble, whose tail ends in the row above.
    assert _row(ORDERLY, r2=replace(tip, beside=T.beside)).state is AnswerState.DOUBTFUL
    for more in ({"share": T.tip}, {"coverage": T.least}):
        assert _row(ORDERLY, r2=replace(tip, **more)).state is AnswerState.DOUBTFUL


def test_dust_and_the_papers_noise_are_no_trace_on_a_sheet_filled_with_an_inky_pen() -> None:
    inky = replace(ORDERLY, peak=T.inky)
    dust = bubble(zone=T.speck - JUST, peak=T.palest, faint=T.light)

    assert _row(inky, r2=dust).state is AnswerState.BLANK
    assert _row(ORDERLY, r2=dust).state is AnswerState.DOUBTFUL
    assert _row(inky, r2=replace(dust, zone=T.speck)).state is AnswerState.DOUBTFUL
    assert _row(inky, r2=bubble(beside=T.beside)).state is AnswerState.DOUBTFUL
    assert _row(inky, r2=bubble(zone=0.9, peak=T.spot_peak - JUST)).state is AnswerState.BLANK


def test_pale_ink_is_believed_only_where_the_sheets_other_ink_is_no_fold() -> None:
    folded = replace(ORDERLY, peak=T.pale - JUST)

    assert judge_bubble(PALE, T, folded, lone=True)[0] is Mark.MARGINAL
    assert judge_bubble(JOINED, T, folded, lone=True) == MARKED


def test_an_arc_by_a_light_pencil_is_asked_about_only_on_a_sheet_without_order() -> None:
    arc = bubble(loose=T.faint_loose)

    assert _row(Sheet(pencil=True), r2=arc).state is AnswerState.DOUBTFUL
    assert _row(replace(ORDERLY, pencil=True), r2=arc).state is AnswerState.BLANK


# A light tick that ends at print, so that its knee is not seen, among ticks as dark.
ENDING = replace(
    TICK, darkness=0.04, cut=1.0, hidden=0.5, depth=T.deep, extent=T.kneed - JUST, length=T.length
)


def test_a_stroke_that_ends_at_print_is_one_of_a_sheets_strokes() -> None:
    strokes = replace(ORDERLY, usual=0.08, thin=True)

    assert judge_bubble(ENDING, T, strokes, lone=True) == MARKED
    assert judge_bubble(ENDING, T, replace(strokes, usual=0.02), lone=True) == MARKED
    straight = replace(ENDING, straight=1.0)
    assert judge_bubble(straight, T, strokes, lone=True) == MARKED
    assert judge_bubble(straight, T, replace(strokes, thin=False), lone=True)[0] is Mark.MARGINAL
    assert judge_bubble(ENDING, T, strokes)[0] is Mark.MARGINAL
    for usual in (0.082, 0.019):  # twice as dark as this one, or half
        asked = judge_bubble(ENDING, T, replace(strokes, usual=usual), lone=True)
        assert asked == (Mark.MARGINAL, Reason.MARGINAL_MARK)


@pytest.mark.parametrize(
    "more",
    [{"enters": 0.1}, {"hidden": 1.0}, {"depth": T.deep - JUST}, {"length": T.length + JUST}],
    ids=str,
)
def test_a_line_that_may_pass_through_print_is_none_of_a_sheets_strokes(
    more: dict[str, float],
) -> None:
    strokes = replace(ORDERLY, usual=0.08, thin=True)

    asked = judge_bubble(replace(ENDING, **more), T, strokes, lone=True)
    assert asked == (Mark.MARGINAL, Reason.MARGINAL_MARK)


def test_a_sheet_is_thin_where_seven_marks_of_ten_are_strokes() -> None:
    layout = make_layout(questions=make_questions(10, 5))

    def is_thin(strokes: int, coverage: float = T.half_full - JUST) -> bool:
        said = {
            (q.id, "r5"): filled("r5", q.id, coverage=coverage if n < strokes else T.half_full)
            for n, q in enumerate(layout.questions)
        }
        return sheet_of(sheet(layout, said), T).thin

    assert is_thin(7)
    assert not is_thin(6)
    assert not is_thin(10, T.half_full)
    assert not sheet_of(sheet(layout, {}), T).thin
