"""Ink that is poorer than a sheet's pen, and has the shape of no stroke, is asked about."""

from __future__ import annotations

from dataclasses import replace

import pytest
from make_layout import make_layout, make_questions
from make_measures import bubble, filled

from omr.judging import judge_question
from omr.layout import Layout, QuestionKind
from omr.mark_rules import Sheet
from omr.marks import Answer, AnswerState, Reason
from omr.pale_ink import is_dirt
from omr.scoring import BubbleMeasure
from omr.thresholds import Thresholds

T = Thresholds()
LAYOUT: Layout = make_layout(questions=make_questions())
ROW = next(q for q in LAYOUT.questions if q.kind is QuestionKind.SINGLE)
SEVERAL = next(q for q in LAYOUT.questions if q.kind is QuestionKind.MULTI)


def _sheet(peak: float, grain: float) -> Sheet:
    """Filled with one pen: its marks' middle peak, and how dark their ink is."""
    return Sheet(peaks=(peak,) * (T.alike + 1), grain=grain)


# As measured on the second generator's pages, seed 2.
DUST = bubble(
    darkness=0.179, coverage=0.552, peak=0.444, outside=0.116, beside=0.08, zone=1, arms=0.248,
    extent=0.916, ring=0.208, length=0.148, home=0.624, housed=0.692, depth=0.856, faint=0.952,
)  # fmt: skip
CLOT = bubble(
    darkness=0.0781, coverage=0.224, peak=0.444, outside=0.004, beside=0.012, zone=0.84,
    extent=0.624, ring=0.124, loose=0.124, length=0.076, home=0.96, housed=0.988, depth=0.968,
    faint=0.448,
)  # fmt: skip
STAIN = bubble(
    darkness=0.159, coverage=0.5, peak=0.42, outside=0.004, beside=0.064, zone=1, arms=0.124,
    extent=0.84, ring=0.248, length=0.116, home=0.836, housed=0.912, depth=0.744, faint=0.876,
)  # fmt: skip
SLIPPED = bubble(
    darkness=0.0531, coverage=0.172, peak=0.3, outside=0.208, beside=0.208, zone=1, arms=0.124,
    extent=0.948, ring=0.708, loose=0.084, length=0.132, home=0.424, housed=0.772, depth=0.632,
    faint=0.288,
)  # fmt: skip
DIRT = [
    pytest.param(DUST, _sheet(0.56, 0.50), id="dust"),
    pytest.param(CLOT, _sheet(0.80, 0.69), id="clot"),
    pytest.param(STAIN, _sheet(0.77, 0.66), id="stain"),
    pytest.param(SLIPPED, _sheet(0.61, 0.51), id="outline elsewhere"),
]


def _there(ink: BubbleMeasure, sheet: Sheet) -> Answer:
    option = ROW.bubbles[0].option
    its = [replace(ink, question=ROW.id, option=option)]
    its += [bubble(b.option, ROW.id) for b in ROW.bubbles[1:]]
    return judge_question(ROW, its, T, sheet)


@pytest.mark.parametrize(("ink", "sheet"), DIRT)
def test_dirt_in_a_blank_row_is_asked_about(ink: BubbleMeasure, sheet: Sheet) -> None:
    answer = _there(ink, sheet)

    assert answer.state is AnswerState.DOUBTFUL
    assert answer.reasons == (Reason.MARGINAL_MARK,)


@pytest.mark.parametrize(("ink", "sheet"), DIRT)
def test_the_same_ink_is_a_mark_where_the_sheets_pen_makes_such(
    ink: BubbleMeasure, sheet: Sheet
) -> None:
    like = _sheet(ink.peak, ink.darkness / ink.coverage)

    assert _there(ink, like).state is AnswerState.ANSWERED
    assert _there(ink, sheet).state is AnswerState.DOUBTFUL


@pytest.mark.parametrize(
    ("limit", "toner"),
    [("darker", {"peak": 0.5 * T.darker + 0.001}), ("cloudy", {"loose": T.cloudy})],
    ids=["darker", "cloudy"],
)
def test_where_several_may_be_marked_toner_is_none_of_the_pens_marks(
    limit: str, toner: dict[str, float]
) -> None:
    pen = _sheet(0.5, 0.5)
    mark = filled(darkness=0.4, coverage=0.8, peak=0.5)

    assert not is_dirt(mark, T, pen, single=False)
    assert is_dirt(replace(mark, **toner), T, pen, single=False), limit
    assert not is_dirt(replace(mark, **toner), T, pen, single=True)


def test_a_light_pencils_darkest_stroke_is_no_toner() -> None:
    dark = filled(darkness=0.25, coverage=0.6, peak=T.dot_peak)

    assert not is_dirt(dark, T, _sheet(0.3, 0.4), single=False)
    assert is_dirt(replace(dark, peak=T.dot_peak + 0.001), T, _sheet(0.3, 0.4), single=False)


def test_the_darkest_of_a_sheets_own_marks_is_compared_with_the_others() -> None:
    mark = filled(darkness=0.4, coverage=0.8, peak=0.6)
    pens = (0.5, 0.5, 0.5, 0.5)

    assert is_dirt(mark, T, Sheet(peaks=(*pens, 0.6), grain=0.5), single=False)
    assert not is_dirt(mark, T, Sheet(peaks=(*pens, 0.55, 0.6), grain=0.5), single=False)


@pytest.mark.parametrize(
    ("grain", "said"),
    [
        (T.shade_grain, {"arms": 0.5, "length": 0.2}),
        (T.clot_grain, {"length": T.blot_length - 0.001}),
    ],
    ids=["shade", "clot"],
)
def test_ink_of_grains_is_dirt_however_dark_each_grain_is(
    grain: float, said: dict[str, float]
) -> None:
    pen = _sheet(0.8, 1.0)
    ink = bubble(**({"coverage": 0.2, "peak": 0.8, "zone": 1.0, "extent": 0.6} | said))

    assert is_dirt(replace(ink, darkness=0.2 * grain - 0.001), T, pen, single=True)
    assert not is_dirt(replace(ink, darkness=0.2 * grain + 0.001), T, pen, single=True)


def test_too_few_marks_say_nothing_about_a_pen() -> None:
    few = Sheet(peaks=(0.9,) * T.alike, grain=0.9)

    assert not is_dirt(STAIN, T, few, single=True)


def test_a_starved_pens_tick_is_no_dirt() -> None:
    tick = bubble(
        darkness=0.07, coverage=0.2, peak=0.45, zone=1, extent=0.8, arms=0.25, length=0.15,
        home=0.5, housed=0.7, depth=0.6,
    )  # fmt: skip

    assert _there(tick, _sheet(0.77, 0.66)) == Answer(
        AnswerState.ANSWERED, (ROW.bubbles[0].option,)
    )


def test_poor_ink_is_asked_about_in_any_shape_where_several_may_be_marked() -> None:
    smear = bubble(darkness=0.119, coverage=0.38, peak=0.3, zone=1, extent=0.828, arms=0.5)
    poor = _sheet(0.46, 0.44)
    first, second, *rest = SEVERAL.bubbles
    its = [
        replace(smear, question=SEVERAL.id, option=first.option),
        filled(second.option, SEVERAL.id),
        *(bubble(b.option, SEVERAL.id) for b in rest),
    ]

    answer = judge_question(SEVERAL, its, T, poor)

    assert not is_dirt(smear, T, poor, single=True)
    assert answer.state is AnswerState.DOUBTFUL
    assert set(answer.options) == {first.option, second.option}
