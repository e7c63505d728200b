from __future__ import annotations

from dataclasses import replace

import pytest
from make_layout import make_layout
from make_measures import bubble, filled, sheet

from omr.mark_rules import (
    Sheet,
    comes_from_elsewhere,
    judge_bubble,
    sheet_of,
)
from omr.marks import Mark, Reason
from omr.scoring import BubbleMeasure
from omr.thresholds import Thresholds

T = Thresholds()
LAYOUT = make_layout()
JUST = 0.001
MARKED = (Mark.MARKED, None)
STRAY = (Mark.MARGINAL, Reason.STRAY_LINE)
UNSURE = (Mark.MARGINAL, Reason.MARGINAL_MARK)

# A ball pen's tick, and the same ink as one straight line: a dash.
TICK = bubble(
    darkness=0.1, coverage=T.broad - 0.02, peak=0.7, zone=1.0, extent=0.9, length=T.length - 0.05
)
DASH = replace(TICK, straight=1.0)
PALE = replace(TICK, peak=(T.pale_thin + T.pale) / 2)  # no pen's, but a mark's
PENCIL = replace(TICK, peak=T.pale_thin - JUST)
ONE_PENCIL = Sheet(peaks=(PENCIL.peak,) * (T.alike + 1))
DOT = bubble(
    darkness=T.dot_darkness,
    coverage=T.dot_coverage,
    peak=T.dot_peak,
    extent=T.dot,
    zone=T.dot,
)
EDGED = bubble(
    darkness=T.marginal,
    coverage=T.edged_coverage,
    peak=max(T.edged_peak, T.pale),
    zone=T.edged_zone,
    extent=0.3,
    home=T.edged_home,
    length=T.length,
)


@pytest.mark.parametrize(
    "mark", [filled(), TICK, DASH, DOT, EDGED], ids=["fill", "tick", "dash", "dot", "at the edge"]
)
def test_what_a_pen_makes_on_purpose_is_a_mark(mark: BubbleMeasure) -> None:
    assert judge_bubble(mark, T) == MARKED


@pytest.mark.parametrize(
    ("darkness", "extent", "judged"),
    [
        (T.marginal - JUST, 1.0, (Mark.BLANK, None)),
        (T.marginal, 0.1, UNSURE),
        (T.definite_long - JUST, 1.0, UNSURE),
        (T.definite_long, T.long, MARKED),
        (T.definite_long, T.long - JUST, UNSURE),
        (T.definite, 0.0, MARKED),
    ],
)
def test_darkness_and_length_divide_blank_unsure_and_marked(
    darkness: float, extent: float, judged: tuple[Mark, Reason | None]
) -> None:
    # (Most of its ink lies elsewhere and it is no dot: either would be a mark of its own.)
    thin = replace(
        TICK,
        darkness=darkness,
        extent=extent,
        home=T.edged_home - JUST,
        peak=T.dot_peak - JUST,
    )

    assert judge_bubble(thin, T) == judged


# A tick whose long arm runs up into another mark, which has more of the ink.
KNEED = replace(DASH, share=T.own_straight - JUST, bend=T.bend_long, depth=T.deep)
# Each rule: a mark to which it applies, and one to which it only just does not.
ELSEWHERE = {
    "a line that goes on in the next bubble": (
        replace(DASH, aligned=1.0, leaves=T.goes_on, bend=T.bend_long - JUST),
        replace(DASH, aligned=1.0, leaves=T.goes_on, bend=T.bend_long),
    ),
    "a line across": (
        replace(DASH, enters=T.enters, leaves=T.enters),
        replace(DASH, enters=T.enters - JUST, leaves=T.enters),
    ),
    "a line across with hardly a knee": (
        replace(DASH, enters=T.enters, leaves=T.enters, bend=T.crossed - JUST),
        replace(DASH, enters=T.enters, leaves=T.enters, bend=T.crossed),
    ),
    "a line longer than a tick": (
        replace(DASH, length=T.length + JUST),
        replace(DASH, length=T.length),
    ),
    "a long line without a clear knee": (
        replace(DASH, length=T.wander_length, bend=T.bend_long - JUST),
        replace(DASH, length=T.wander_length, bend=T.bend_long),
    ),
    "a line longer than two ticks": (
        replace(DASH, length=1.0, bend=T.crossed - JUST),
        replace(DASH, length=1.0, bend=T.crossed),
    ),
    "ink that another bubble shares, much of it outside": (
        replace(TICK, share=T.shared - JUST, outside=T.outlying * TICK.coverage + JUST),
        replace(TICK, share=T.shared - JUST, outside=T.outlying * TICK.coverage - JUST),
    ),
    "a knee that hangs down from the row above": (
        replace(KNEED, depth=T.deep - JUST),
        KNEED,
    ),
    "a knee that goes on beyond the outline on both sides": (replace(KNEED, enters=0.1), KNEED),
    "a knee of a stroke that comes from further down": (replace(KNEED, below=1.0), KNEED),
    "a line that may go on under print": (
        replace(DASH, hidden=1.0),
        replace(DASH, hidden=1.0, bend=T.bend),
    ),
    "a line that goes on in a mark further down, longer than two ticks": (
        replace(TICK, below=1.0, share=T.shared - JUST, length=T.wander_length + JUST),
        replace(TICK, below=1.0, share=T.shared - JUST, length=T.wander_length),
    ),
    "a bent line that comes in above and leaves below": (
        replace(TICK, arms=0.25, depth=T.through, length=T.winds + JUST),
        replace(TICK, arms=0.25, depth=T.through - JUST, length=T.winds + JUST),
    ),
    "such a line that may go on under print": (
        replace(TICK, arms=0.25, depth=T.through, length=T.winds_cut + JUST, cut=1.0),
        replace(TICK, arms=0.25, depth=T.through, length=T.winds_cut, cut=1.0),
    ),
    "a cross as large is none": (
        replace(TICK, arms=T.half_arms - JUST, depth=1.0, length=T.winds + JUST),
        replace(TICK, arms=T.half_arms, depth=1.0, length=T.winds + JUST),
    ),
    "a scribble as large is none": (
        replace(TICK, arms=0.25, depth=1.0, length=T.winds + JUST, coverage=T.half_full - JUST),
        replace(TICK, arms=0.25, depth=1.0, length=T.winds + JUST, coverage=T.half_full),
    ),
    "ink that spilt in": (
        replace(TICK, outside=max(T.spilt * TICK.coverage, T.spilt_least) + JUST),
        replace(TICK, outside=max(T.spilt * TICK.coverage, T.spilt_least)),
    ),
    "faint ink that spilt in": (
        replace(PALE, beside=max(T.spilt * TICK.coverage, T.spilt_least) + JUST),
        replace(PALE, beside=max(T.spilt * TICK.coverage, T.spilt_least)),
    ),
    "ink that is mostly beside the bubble, of something large": (
        replace(TICK, outside=TICK.coverage + JUST, housed=T.scattered - JUST),
        replace(TICK, outside=TICK.coverage + JUST, housed=T.scattered),
    ),
    "ink amid a seal or a stain": (replace(TICK, loose=T.amid), replace(TICK, loose=T.amid - JUST)),
    "the end of a stroke that has more ink in another bubble": (
        replace(DASH, share=T.own - JUST),
        replace(DASH, share=T.own),
    ),
    "thin ink that has more of itself elsewhere": (
        replace(TICK, share=T.own - JUST, housed=T.apart - JUST),
        replace(TICK, share=T.own - JUST, housed=T.apart),
    ),
    "a line with most of its ink in another bubble": (
        replace(DASH, share=T.own_straight - JUST, bend=0.5),
        replace(DASH, share=T.own_straight, bend=0.5),
    ),
    "handwriting or a seal": (
        replace(TICK, housed=T.spread - JUST),
        replace(TICK, housed=T.spread),
    ),
}


@pytest.mark.parametrize("rule", ELSEWHERE)
def test_ink_that_comes_from_elsewhere_goes_to_a_person(rule: str) -> None:
    applies, does_not = ELSEWHERE[rule]

    assert comes_from_elsewhere(applies, T)
    assert judge_bubble(applies, T) == STRAY
    assert not comes_from_elsewhere(does_not, T)
    assert judge_bubble(does_not, T) == MARKED


def test_who_answers_with_dashes_may_end_one_at_print() -> None:
    hidden = replace(DASH, hidden=0.5)
    dashes = (DASH.length - JUST,) * T.alike
    dasher = Sheet(dashes=(*dashes, DASH.length))

    assert judge_bubble(hidden, T, Sheet(dashes=dashes)) == STRAY
    assert judge_bubble(hidden, T, dasher) == MARKED
    assert judge_bubble(replace(hidden, leaves=T.enters), T, dasher) == STRAY


def test_a_line_that_comes_out_of_print_or_is_longer_than_all_dashes_is_none_of_them() -> None:
    hidden = replace(DASH, hidden=0.5)
    dasher = Sheet(dashes=(DASH.length,) * (T.alike + 1))

    assert judge_bubble(hidden, T, dasher) == MARKED
    assert judge_bubble(replace(hidden, hidden=1.0), T, dasher) == STRAY
    assert judge_bubble(replace(hidden, length=DASH.length + T.dashes + JUST), T, dasher) == STRAY


UNCERTAIN = {
    "a mark that fell to pieces": (replace(TICK, whole=T.crumbs - JUST), replace(TICK, whole=0.6)),
    "dark without any ink": (replace(TICK, coverage=T.least - JUST), replace(TICK, coverage=0.1)),
    "a pale line": (PENCIL, replace(TICK, peak=T.pale_thin)),
    "a pale patch": (
        replace(TICK, coverage=T.broad, peak=T.pale - JUST),
        replace(TICK, coverage=T.broad, peak=T.pale),
    ),
    "a fold without a knee": (
        replace(DASH, peak=T.pale - JUST, bend=T.bend - JUST),
        replace(DASH, peak=T.pale - JUST, bend=T.bend),
    ),
    "pale ink of something large": (
        replace(TICK, peak=T.pale - JUST, housed=T.apart - JUST),
        replace(TICK, peak=T.pale - JUST, housed=T.apart),
    ),
}


@pytest.mark.parametrize("rule", UNCERTAIN)
def test_a_shade_a_fold_and_crumbs_go_to_a_person(rule: str) -> None:
    applies, does_not = UNCERTAIN[rule]

    assert judge_bubble(applies, T) == UNSURE
    assert judge_bubble(does_not, T) == MARKED


def test_a_pencil_that_made_all_marks_of_a_sheet_is_believed() -> None:
    assert judge_bubble(PENCIL, T, ONE_PENCIL) == MARKED
    few = Sheet(peaks=(PENCIL.peak,) * T.alike)
    assert judge_bubble(PENCIL, T, few) == UNSURE
    pens = Sheet(peaks=(PENCIL.peak,) + (0.8,) * 20)
    assert judge_bubble(PENCIL, T, pens) == UNSURE


def test_the_palest_ink_is_believed_only_on_a_sheet_with_one_stroke_to_a_row() -> None:
    palest = replace(PENCIL, peak=T.palest - JUST)
    alike = (palest.peak,) * (T.alike + 1)

    assert judge_bubble(palest, T, Sheet(peaks=alike)) == UNSURE
    assert judge_bubble(palest, T, Sheet(strokes=alike)) == MARKED


LIGHT = replace(PENCIL, darkness=T.stroke, extent=T.kneed, zone=T.kneed, depth=T.deep)
LIGHT_SHEET = Sheet(strokes=(LIGHT.peak,) * (T.alike + 1))


def test_a_light_stroke_like_all_others_of_a_sheet_is_a_mark() -> None:
    assert judge_bubble(LIGHT, T, LIGHT_SHEET) == MARKED
    assert judge_bubble(LIGHT, T) == UNSURE
    assert judge_bubble(LIGHT, T, Sheet(strokes=LIGHT_SHEET.strokes[1:])) == UNSURE
    assert judge_bubble(LIGHT, T, Sheet(strokes=(0.8,) * 20)) == UNSURE
    dash = replace(LIGHT, depth=0.0, straight=1.0)
    assert judge_bubble(dash, T, LIGHT_SHEET) == MARKED


@pytest.mark.parametrize(
    "less",
    [
        {"darkness": T.stroke - JUST},
        {"extent": T.kneed - JUST},
        {"coverage": T.least},
        {"share": T.own - JUST},
        {"depth": T.deep - JUST},
        {"depth": 0.0, "straight": 1.0, "bend": T.bend},
        {"depth": 0.0, "straight": 1.0, "leaves": T.enters},
    ],
    ids=" ".join,
)
def test_less_than_a_stroke_is_asked_about_however_many_are_like_it(less: dict[str, float]) -> None:
    assert judge_bubble(replace(LIGHT, **less), T, LIGHT_SHEET)[0] is Mark.MARGINAL


def test_strokes_tell_about_a_sheet_only_where_most_rows_have_just_one() -> None:
    places = [(q.id, q.bubbles) for q in LAYOUT.questions]
    one = {(q, bs[0].option): replace(LIGHT, question=q, option=bs[0].option) for q, bs in places}
    two = one | {
        (q, bs[1].option): replace(LIGHT, question=q, option=bs[1].option) for q, bs in places
    }

    assert sheet_of(sheet(LAYOUT, one), T).strokes == (LIGHT.peak,) * len(places)
    assert sheet_of(sheet(LAYOUT, two), T).strokes == ()
    assert sheet_of(sheet(LAYOUT, {}), T).strokes == ()


@pytest.mark.parametrize("less", ["darkness", "coverage", "peak", "extent"])
def test_less_than_a_dot_is_where_a_pen_rested(less: str) -> None:
    assert judge_bubble(replace(DOT, **{less: getattr(DOT, less) - JUST}), T) == UNSURE


@pytest.mark.parametrize(
    "less",
    [
        {"share": T.alone - JUST},
        {"home": T.edged_home - JUST},
        {"coverage": T.edged_coverage - JUST},
        {"peak": T.edged_peak - JUST},
        {"zone": T.edged_zone - JUST},
        {"length": T.edged_length - JUST, "zone": 1.0},
        {"length": T.length + JUST},
        {"straight": 1.0},
        {"hidden": 1.0},
    ],
    ids="-".join,
)
def test_a_stroke_at_the_edge_is_a_mark_only_if_it_is_a_whole_one_of_this_bubble(
    less: dict[str, float],
) -> None:
    assert judge_bubble(replace(EDGED, **less), T) == UNSURE


def test_a_light_stroke_that_may_go_on_under_print_is_asked_about_unless_it_has_a_knee() -> None:
    light = replace(TICK, darkness=T.definite_long)

    assert judge_bubble(light, T) == MARKED
    short = replace(light, cut=1.0, extent=T.kneed - JUST)
    assert judge_bubble(short, T) == MARKED  # it begins here
    assert judge_bubble(replace(short, home=T.begun - JUST), T) == UNSURE
    assert judge_bubble(replace(short, length=T.length + JUST), T) == UNSURE
    assert judge_bubble(replace(light, cut=1.0, extent=T.kneed), T) == MARKED
    dash = replace(DASH, darkness=T.definite_long, cut=1.0, home=T.begun - JUST)
    assert judge_bubble(replace(dash, bend=T.bend - JUST), T) == UNSURE
    assert judge_bubble(replace(dash, bend=T.bend), T) == MARKED
    assert judge_bubble(replace(DASH, darkness=T.definite, cut=1.0), T) == MARKED


def test_darkness_without_any_ink_is_the_papers_shading() -> None:
    shade = bubble(darkness=T.shading - JUST)

    assert judge_bubble(shade, T) == (Mark.BLANK, None)
    assert judge_bubble(replace(shade, darkness=T.shading), T) == UNSURE
    assert judge_bubble(replace(shade, extent=0.1), T) == UNSURE


def test_a_ring_round_an_empty_bubble_is_a_doubt_of_its_own() -> None:
    ringed = bubble(ring=T.ring)

    assert judge_bubble(ringed, T) == (Mark.MARGINAL, Reason.CIRCLED)
    assert judge_bubble(bubble(ring=T.ring - JUST), T) == (Mark.BLANK, None)
    assert judge_bubble(filled(ring=1.0), T) == MARKED


def _sheet(*marks: BubbleMeasure, **about: float) -> Sheet:
    said = {
        (q.id, "r1"): replace(mark, question=q.id, option="r1")
        for q, mark in zip(LAYOUT.questions, marks, strict=False)
    }
    return sheet_of(sheet(LAYOUT, said, **about), T)


def test_a_sheets_pen_is_known_from_its_marks_alone() -> None:
    fold = replace(DASH, enters=1.0, leaves=1.0)
    seal = replace(TICK, housed=T.apart - JUST)
    hint = replace(TICK, darkness=T.definite_long - JUST)

    assert _sheet(TICK, DASH, fold, seal, hint).peaks == (TICK.peak, DASH.peak)


def test_a_light_pen_is_known_by_the_darkness_of_its_ink() -> None:
    light = replace(TICK, darkness=(T.pencil - 0.02) * TICK.coverage)

    assert _sheet(light, light, TICK).pencil
    assert _sheet(light, light, TICK).grain == pytest.approx(T.pencil - 0.02)
    assert not _sheet(light, TICK, TICK).pencil
    assert not _sheet().pencil


def test_only_straight_marks_that_end_in_time_are_dashes() -> None:
    assert _sheet(DASH, TICK, DASH, replace(DASH, leaves=T.enters)).dashes == (DASH.length,) * 2


def test_noise_raises_the_floor_but_not_as_high_as_a_pencil() -> None:
    assert _sheet(noise=0.001).floor == pytest.approx(0.001 * T.noise_factor)
    assert _sheet(noise=0.5).floor < T.definite_long
    assert _sheet(bilevel=True).bilevel


def test_a_thin_line_that_wanders_through_bubbles_is_no_mark_of_any() -> None:
    wandering = bubble(
        darkness=0.09,
        coverage=T.broad - JUST,
        peak=0.6,
        extent=0.9,
        zone=1.0,
        length=T.wander_length + JUST,
        home=T.wander_home - JUST,
        share=T.wander_share - JUST,
        depth=T.middle,
    )

    assert judge_bubble(wandering, T) == (Mark.MARGINAL, Reason.STRAY_LINE)
    at_home = replace(wandering, home=T.wander_home)
    assert judge_bubble(at_home, T) == (Mark.MARKED, None)
