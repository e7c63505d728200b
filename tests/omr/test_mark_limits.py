"""Marks exactly at a limit of the rules, and what lies just beyond it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from make_layout import make_layout, make_questions
from make_measures import bubble, filled, sheet

from omr.judging import judge_question
from omr.layout import Question
from omr.mark_rules import ALONE, Sheet, judge_bubble, sheet_of
from omr.marks import Answer, AnswerState, Mark, Reason
from omr.scoring import BubbleMeasure
from omr.thresholds import Thresholds

T = Thresholds()
JUST = 0.001
MARKED = (Mark.MARKED, None)
STRAY = (Mark.MARGINAL, Reason.STRAY_LINE)
UNSURE = (Mark.MARGINAL, Reason.MARGINAL_MARK)
BROAD = T.broad - 0.02
TICK = bubble(darkness=0.1, coverage=BROAD, peak=0.7, zone=1.0, extent=0.9, length=T.length - 0.05)
DASH = replace(TICK, straight=1.0)
THIN = replace(TICK, coverage=0.05)
SHARED = replace(TICK, share=T.own - JUST)
BENT = replace(TICK, bend=T.bend_long, depth=T.deep)
LIGHT = replace(
    TICK, darkness=T.stroke, extent=T.kneed, zone=T.kneed, depth=T.deep, peak=T.pale_thin - JUST
)
CUT = replace(TICK, darkness=T.definite_long, cut=1.0, extent=T.kneed - JUST)
DOT = bubble(
    darkness=T.dot_darkness, coverage=T.dot_coverage, peak=T.dot_peak, extent=T.dot, zone=T.dot
)
EDGED = bubble(
    darkness=T.marginal,
    coverage=T.edged_coverage,
    peak=T.pale,
    zone=T.edged_zone,
    extent=0.3,
    home=T.edged_home,
    length=T.length,
)
WANDERING = replace(
    TICK,
    depth=T.middle,
    length=T.wander_length + JUST,
    home=T.wander_home - JUST,
    share=T.wander_share - JUST,
)


def _many(peak: float) -> Sheet:
    return Sheet(peaks=(peak,) * (T.alike + 1), strokes=(peak,) * (T.alike + 1))


# What stands, what does not any more, and on which sheet.
LIMITS = {
    "a light stroke that is mostly this bubble's": (
        replace(LIGHT, share=T.own),
        replace(LIGHT, share=T.own - JUST),
        _many(LIGHT.peak),
    ),
    "a light stroke as dark as the others": (
        LIGHT,
        replace(LIGHT, peak=LIGHT.peak - JUST),
        _many(1.6 * LIGHT.peak),
    ),
    "a light stroke as light as the others": (
        LIGHT,
        replace(LIGHT, peak=LIGHT.peak + JUST),
        _many(LIGHT.peak / 1.6),
    ),
    "a pale mark that is no stain": (
        replace(TICK, peak=T.palest),
        replace(TICK, peak=T.palest - JUST),
        Sheet(peaks=(T.palest,) * (T.alike + 1)),
    ),
    "a mark half in pieces": (
        replace(TICK, whole=T.crumbs),
        replace(TICK, whole=T.crumbs - JUST),
        ALONE,
    ),
    "a light stroke that begins here": (
        replace(CUT, home=T.begun, length=T.length),
        replace(CUT, home=T.begun, length=T.length, hidden=1.0),
        ALONE,
    ),
    "a dot that is mostly this bubble's": (
        replace(DOT, share=T.own),
        replace(DOT, share=T.own - JUST),
        ALONE,
    ),
    "a stroke at the edge that enters no other bubble": (
        replace(EDGED, share=T.alone),
        replace(EDGED, share=T.alone - JUST),
        ALONE,
    ),
    "a pale stroke at the edge": (
        replace(EDGED, peak=T.edged_peak),
        replace(EDGED, peak=T.edged_peak - JUST),
        Sheet(peaks=(T.edged_peak,) * (T.alike + 1)),
    ),
    "a stroke at the edge with a knee": (
        replace(EDGED, straight=1.0, bend=T.bend),
        replace(EDGED, straight=1.0, bend=T.bend - JUST),
        ALONE,
    ),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_a_mark_at_its_limit_stands_and_less_is_asked_about(limit: str) -> None:
    stands, less, among = LIMITS[limit]

    assert judge_bubble(stands, T, among) == MARKED
    assert judge_bubble(less, T, among)[0] is Mark.MARGINAL


# Ink of this bubble, and ink that just belongs elsewhere.
ELSEWHERE = {
    "it goes on in the next bubble": (
        replace(DASH, aligned=1.0, leaves=T.goes_on - JUST, peak=T.pale),
        replace(DASH, aligned=1.0, leaves=T.goes_on - JUST, peak=T.pale - JUST),
    ),
    "beside a pale one": (
        replace(TICK, beside=0.3, peak=T.pale),
        replace(TICK, beside=0.3, peak=T.pale - JUST),
    ),
    "a little spilt in": (
        replace(THIN, outside=T.spilt_least),
        replace(THIN, outside=T.spilt_least + JUST),
    ),
    "traces all round": (
        replace(TICK, beside=2 * TICK.coverage),
        replace(TICK, beside=2 * TICK.coverage + JUST),
    ),
    "some traces round little ink": (
        replace(THIN, beside=T.spilt_far),
        replace(THIN, beside=T.spilt_far + JUST),
    ),
    "an end without a knee": (
        replace(DASH, share=T.own - JUST, bend=T.bend),
        replace(DASH, share=T.own - JUST, bend=T.bend - JUST),
    ),
    "thin ink of something large": (
        replace(SHARED, housed=T.apart - JUST, coverage=T.broad),
        replace(SHARED, housed=T.apart - JUST),
    ),
    "more beside than inside": (
        replace(TICK, outside=TICK.coverage, housed=T.scattered - JUST),
        replace(TICK, outside=TICK.coverage + JUST, housed=T.scattered - JUST),
    ),
    "shared": (
        replace(TICK, share=T.shared, outside=T.outlying * TICK.coverage + JUST),
        replace(TICK, share=T.shared - JUST, outside=T.outlying * TICK.coverage + JUST),
    ),
    "shared, and no scribble": (
        replace(TICK, share=0.6, outside=0.25, coverage=T.half_full),
        replace(TICK, share=0.6, outside=0.25, coverage=T.half_full - JUST),
    ),
    "shared, with enough outside": (
        replace(TICK, share=0.6, outside=T.outlying * TICK.coverage),
        replace(BENT, share=0.6, outside=T.outlying * TICK.coverage + JUST),
    ),
    "a tail from further down": (
        replace(SHARED, share=T.own, below=1.0),
        replace(SHARED, below=1.0),
    ),
    "a broad mark's tail": (
        replace(SHARED, below=1.0, coverage=T.broad),
        replace(SHARED, below=1.0),
    ),
    "a line that is not long": (replace(WANDERING, length=T.wander_length), WANDERING),
    "a line that is mostly here": (replace(WANDERING, share=T.wander_share), WANDERING),
    "a broad line": (replace(WANDERING, coverage=T.broad), WANDERING),
}


@pytest.mark.parametrize("limit", ELSEWHERE)
def test_ink_at_the_limit_is_this_bubbles_and_beyond_it_asked_about(limit: str) -> None:
    here, elsewhere = ELSEWHERE[limit]
    alike = _many(here.peak)  # so that pale ink is no stain

    assert judge_bubble(here, T, alike) == MARKED
    assert judge_bubble(elsewhere, T, alike) == STRAY


def test_noise_hides_only_what_is_lighter_than_it() -> None:
    hint = bubble(darkness=0.018, coverage=0.01, extent=0.1)

    assert judge_bubble(hint, T, Sheet(floor=0.018)) == UNSURE
    assert judge_bubble(hint, T, Sheet(floor=0.018 + JUST)) == (Mark.BLANK, None)


def test_a_ring_with_some_ink_inside_is_judged_by_that_ink() -> None:
    assert judge_bubble(replace(TICK, ring=1.0, coverage=T.hollow), T) == MARKED
    less = replace(TICK, ring=1.0, coverage=T.hollow - JUST)
    assert judge_bubble(less, T) == (Mark.MARGINAL, Reason.CIRCLED)


ROWS = make_layout(questions=make_questions(10, 5))


def _sheet(rows: int, mark: BubbleMeasure, *more: BubbleMeasure, **about: float) -> Sheet:
    """Of ten rows so many begin with *mark*, followed by *more* in the same row."""
    said = {
        (q.id, option): replace(seen, question=q.id, option=option)
        for q in ROWS.questions[:rows]
        for option, seen in zip(("r1", "r2", "r3"), (mark, *more), strict=False)
    }
    return sheet_of(sheet(ROWS, said, **about), T)


def test_a_sheets_marks_are_those_dark_and_near_enough() -> None:
    edge = replace(TICK, darkness=T.definite_long, housed=T.apart)

    assert _sheet(1, edge).peaks == (TICK.peak,)
    assert _sheet(1, replace(edge, housed=T.apart - JUST)).peaks == ()
    assert _sheet(1, replace(edge, coverage=T.least)).peaks == ()
    assert _sheet(2, TICK, TICK).peaks == ()  # rows with two say nothing about the pen


def test_strokes_count_where_six_rows_of_ten_have_just_one() -> None:
    assert _sheet(6, LIGHT).strokes == (LIGHT.peak,) * 6
    assert _sheet(5, LIGHT).strokes == ()
    assert _sheet(6, LIGHT, LIGHT).strokes == ()


def test_a_sheet_is_orderly_from_seven_rows_of_ten_on() -> None:
    ink = replace(TICK, darkness=T.marginal, coverage=T.least, peak=0.4)

    assert (_sheet(7, ink).usual, _sheet(7, ink).peak) == (T.marginal, 0.4)
    assert (_sheet(6, ink).usual, _sheet(6, ink).peak) == (0.0, 0.0)
    assert _sheet(7, ink, ink).usual == 0.0
    for less in ({"darkness": T.marginal - JUST}, {"coverage": T.least - JUST}):
        assert _sheet(7, replace(ink, **less)).usual == 0.0
        assert _sheet(7, ink, replace(ink, **less)).usual == T.marginal


def test_a_light_pen_is_known_by_its_traces_where_a_sheet_has_no_mark() -> None:
    trace = bubble(zone=T.faint_zone, peak=T.faint_peak)

    assert _sheet(T.alike + 1, trace).pencil
    assert not _sheet(T.alike, trace).pencil
    assert not _sheet(10, replace(trace, zone=T.faint_zone - JUST)).pencil
    assert not _sheet(10, replace(trace, peak=T.faint_peak - JUST)).pencil
    assert not _sheet(10, TICK, trace).pencil


def test_a_pen_is_light_only_below_its_limit() -> None:
    edge = replace(TICK, coverage=0.25, darkness=T.pencil * 0.25)

    assert not _sheet(3, edge).pencil
    assert _sheet(3, replace(edge, darkness=edge.darkness - JUST)).pencil


def test_dashes_are_measured_in_rows_with_two_as_well() -> None:
    assert _sheet(3, DASH).dashes == (DASH.length,) * 3
    assert _sheet(3, DASH, TICK, replace(DASH, length=0.1)).dashes == (DASH.length, 0.1) * 3
    assert _sheet(3, DASH, noise=0.0003).floor == pytest.approx(0.0003 * T.noise_factor)
    assert _sheet(3, DASH, noise=0.5).floor == pytest.approx(0.020)


def test_who_answers_with_dashes_ends_one_at_print_that_is_hardly_longer_than_the_longest() -> None:
    dasher = Sheet(dashes=(0.1,) * T.alike + (DASH.length,))
    hidden = replace(DASH, hidden=0.5)

    assert judge_bubble(hidden, T, dasher) == MARKED
    longest = replace(hidden, length=DASH.length + T.dashes)
    assert judge_bubble(longest, T, dasher) == MARKED
    assert judge_bubble(replace(longest, length=longest.length + JUST), T, dasher) == STRAY
    assert judge_bubble(replace(hidden, hidden=1.0), T, dasher) == STRAY
    assert judge_bubble(hidden, T, Sheet(dashes=dasher.dashes[1:])) == STRAY


def test_the_grain_of_a_sheet_is_the_middle_marks_darkness_of_ink() -> None:
    assert _sheet(0, TICK).grain == 1.0
    assert not _sheet(0, TICK).pencil
    dark, light = replace(TICK, darkness=0.15), replace(TICK, darkness=0.1)
    assert _sheet(1, dark, light, light).grain == pytest.approx(0.1 / TICK.coverage)
    assert _sheet(1, dark, dark, light).grain == pytest.approx(0.15 / TICK.coverage)


SINGLE, MULTI = (make_layout().question(name) for name in ("q1", "q3"))
FILLED = filled()
LIMIT = filled(coverage=T.cancelled, arms=T.struck, share=T.alone, housed=T.spread, outside=0.2)
SOLID = filled(coverage=T.solid, arms=T.struck, outside=0.2)


def _judge(question: Question, among: Sheet = ALONE, **said: BubbleMeasure) -> Answer:
    row = [
        replace(said.get(b.option, bubble()), question=question.id, option=b.option)
        for b in question.bubbles
    ]
    return judge_question(question, row, T, among)


def test_a_mark_struck_out_just_beyond_doubt_gives_way() -> None:
    other = replace(FILLED, arms=T.not_struck)

    assert _judge(SINGLE, r1=LIMIT, r2=other) == Answer(AnswerState.ANSWERED, ("r2",))
    assert _judge(SINGLE, r1=other, r4=LIMIT) == Answer(AnswerState.ANSWERED, ("r1",))


@pytest.mark.parametrize("question", [SINGLE, MULTI], ids=["one answer", "several"])
def test_a_filled_mark_with_many_ends_outside_may_be_struck_out(question: Question) -> None:
    doubted = Answer(AnswerState.DOUBTFUL, ("r2",), (Reason.CORRECTION,))
    stands = Answer(AnswerState.ANSWERED, ("r2",))

    assert _judge(question, r2=SOLID) == doubted
    assert _judge(question, r2=replace(SOLID, coverage=T.solid - JUST)) == stands
    assert _judge(question, r2=replace(SOLID, arms=T.struck - JUST)) == stands


def test_what_may_be_struck_out_is_a_correction_beside_another_mark_or_a_trace() -> None:
    both = _judge(MULTI, r1=FILLED, r2=SOLID)
    assert both == Answer(AnswerState.DOUBTFUL, ("r1", "r2"), (Reason.CORRECTION,))
    meant = _judge(SINGLE, r1=SOLID, r4=bubble(zone=T.trace))
    assert meant == Answer(AnswerState.DOUBTFUL, ("r1", "r4"), (Reason.CORRECTION,))


def test_two_marks_are_a_correction_only_if_one_has_many_ends() -> None:
    ends = filled(arms=T.struck)

    assert _judge(SINGLE, r1=ends, r2=FILLED).reasons == (Reason.CORRECTION,)
    fewer = filled(arms=T.struck - JUST)
    assert _judge(SINGLE, r1=fewer, r2=FILLED).reasons == (Reason.OVERVOTE,)


def test_a_second_light_mark_is_known_by_traces_in_the_white_or_a_ring() -> None:
    light = bubble(extent=0.1, zone=T.second, beside=T.second_beside)

    for seen in (light, replace(light, extent=0.0, ring=T.ring_alone)):
        assert _judge(SINGLE, r1=FILLED, r2=seen).options == ("r1", "r2")
    fainter = replace(light, extent=0.0, ring=T.ring_alone - JUST)
    assert _judge(SINGLE, r1=FILLED, r2=fainter).options == ("r1",)
    # As dark as a share of the darkest mark, not of any.
    dark = bubble(extent=T.second, zone=T.second, peak=T.second_peak * 0.6)
    paler = replace(FILLED, peak=0.6)
    assert _judge(SINGLE, r1=paler, r2=dark).options == ("r1", "r2")


def test_crumbs_beside_a_mark_of_a_1_bit_scan_are_asked_about_from_their_limit_on() -> None:
    bilevel = Sheet(bilevel=True)

    assert _judge(SINGLE, bilevel, r1=FILLED, r2=bubble(darkness=T.black)).options == ("r1", "r2")
    less = bubble(darkness=T.black - JUST)
    assert _judge(SINGLE, bilevel, r1=FILLED, r2=less).options == ("r1",)
    rough = bubble(zone=T.rough - JUST, extent=T.rough - JUST, peak=T.palest)
    assert _judge(SINGLE, bilevel, r1=FILLED, r2=rough).options == ("r1",)
    assert _judge(MULTI, bilevel, r2=bubble(zone=T.rough)).options == ("r2",)


def test_a_light_second_mark_is_long_enough_and_enough_of_it_inside() -> None:
    light = bubble(zone=T.second_light, extent=T.second_inside, darkness=T.second_darkness)
    pencil = Sheet(pencil=True)

    assert _judge(SINGLE, pencil, r1=FILLED, r2=light).options == ("r1", "r2")
    for less in ({"zone": T.second_light - JUST}, {"extent": T.second_inside - JUST}):
        assert _judge(SINGLE, pencil, r1=FILLED, r2=replace(light, **less)).options == ("r1",)


def test_so_may_who_answers_with_light_dashes() -> None:
    dasher = Sheet(dashes=(DASH.length,) * (T.alike + 1))
    light = replace(DASH, darkness=T.definite_long, cut=1.0, hidden=0.5)

    assert judge_bubble(light, T, dasher) == MARKED
    assert judge_bubble(light, T, Sheet(dashes=dasher.dashes[1:])) == UNSURE
    assert judge_bubble(replace(light, leaves=T.enters), T, dasher) == UNSURE
    assert judge_bubble(replace(light, hidden=1.0), T, dasher) == UNSURE
