"""Marks become answers as the specification says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from make_layout import make_layout
from make_measures import bubble, filled

from omr.judging import (
    judge_question,
)
from omr.layout import Question
from omr.mark_rules import ALONE, Sheet
from omr.marks import Answer, AnswerState, Reason
from omr.scoring import BubbleMeasure
from omr.thresholds import Thresholds

LAYOUT = make_layout()
SINGLE = LAYOUT.question("q1")
MULTI = LAYOUT.question("q3")
T = Thresholds()
OPTIONS = [b.option for b in SINGLE.bubbles]


def _row(question: Question, **said: BubbleMeasure) -> list[BubbleMeasure]:
    """The question's bubbles, blank where nothing is said."""
    return [
        replace(said.get(b.option, bubble()), question=question.id, option=b.option)
        for b in question.bubbles
    ]


def _judge(question: Question, sheet: Sheet = ALONE, **said: BubbleMeasure) -> Answer:
    return judge_question(question, _row(question, **said), T, sheet)


FILLED = filled()
TICK = bubble(
    darkness=0.12, coverage=0.18, peak=0.7, zone=1.0, extent=0.9, length=0.12, share=0.9, home=0.6
)
DASH = bubble(
    darkness=0.06, coverage=0.12, peak=0.7, zone=0.7, extent=0.7, straight=1.0, length=0.07
)
SPECK = bubble(darkness=0.018, coverage=0.02, peak=0.5, zone=0.1, extent=0.1)
STRAY = bubble(
    darkness=0.08,
    coverage=0.11,
    peak=0.7,
    outside=0.08,
    zone=1.0,
    extent=1.0,
    straight=1.0,
    leaves=1.0,
    enters=0.6,
    length=0.3,
    home=0.3,
)
CIRCLED = bubble(ring=1.0, loose=1.0, outside=0.5)
STRUCK = filled(coverage=0.99, arms=0.75, outside=0.2)
CRAMPED = filled(coverage=0.85, arms=0.75, outside=0.2)  # a scribble, or struck out
TAIL = bubble(
    darkness=0.06,
    coverage=0.1,
    peak=0.7,
    zone=0.6,
    extent=0.6,
    straight=1.0,
    length=0.15,
    leaves=0.4,
    share=0.2,
    below=1.0,
    home=0.2,
)
LIGHT = bubble(extent=0.1, darkness=0.005, zone=T.second + 0.01, beside=T.second_beside + 0.01)


@pytest.mark.parametrize(
    ("question", "said", "state", "options", "reasons"),
    [
        (SINGLE, {}, AnswerState.BLANK, (), ()),
        (MULTI, {}, AnswerState.BLANK, (), ()),
        (SINGLE, {"r5": FILLED}, AnswerState.ANSWERED, ("r5",), ()),
        (SINGLE, {"r1": TICK}, AnswerState.ANSWERED, ("r1",), ()),
        (SINGLE, {"r1": DASH}, AnswerState.ANSWERED, ("r1",), ()),
        (MULTI, {"r1": FILLED, "r4": TICK}, AnswerState.ANSWERED, ("r1", "r4"), ()),
        (MULTI, dict.fromkeys(OPTIONS, FILLED), AnswerState.ANSWERED, tuple(OPTIONS), ()),
        (SINGLE, {"r1": FILLED, "r2": FILLED}, AnswerState.DOUBTFUL, ("r1", "r2"),
         (Reason.OVERVOTE,)),
        (SINGLE, dict.fromkeys(OPTIONS, TICK), AnswerState.DOUBTFUL, tuple(OPTIONS),
         (Reason.OVERVOTE,)),
        (SINGLE, {"r3": SPECK}, AnswerState.DOUBTFUL, ("r3",), (Reason.MARGINAL_MARK,)),
        (MULTI, {"r3": SPECK}, AnswerState.DOUBTFUL, ("r3",), (Reason.MARGINAL_MARK,)),
        (MULTI, {"r1": FILLED, "r3": SPECK}, AnswerState.DOUBTFUL, ("r1", "r3"),
         (Reason.MARGINAL_MARK,)),
        (SINGLE, {"r2": CIRCLED}, AnswerState.DOUBTFUL, ("r2",), (Reason.CIRCLED,)),
        (SINGLE, {"r2": STRAY}, AnswerState.DOUBTFUL, ("r2",), (Reason.STRAY_LINE,)),
        (SINGLE, {"r1": CRAMPED, "r2": FILLED}, AnswerState.DOUBTFUL, ("r1", "r2"),
         (Reason.CORRECTION,)),
        (SINGLE, {"r1": STRUCK, "r2": FILLED}, AnswerState.ANSWERED, ("r2",), ()),
        (SINGLE, {"r1": STRUCK, "r2": STRUCK}, AnswerState.DOUBTFUL, ("r1", "r2"),
         (Reason.CORRECTION,)),
        (SINGLE, {"r1": STRUCK, "r2": FILLED, "r3": TICK}, AnswerState.DOUBTFUL,
         ("r1", "r2", "r3"), (Reason.CORRECTION,)),
        (SINGLE, {"r1": STRUCK, "r2": SPECK}, AnswerState.DOUBTFUL, ("r1", "r2"),
         (Reason.MARGINAL_MARK, Reason.CORRECTION)),
        (SINGLE, {"r1": STRUCK}, AnswerState.DOUBTFUL, ("r1",), (Reason.CORRECTION,)),
        (SINGLE, {"r1": FILLED, "r2": LIGHT}, AnswerState.DOUBTFUL, ("r1", "r2"),
         (Reason.MARGINAL_MARK, Reason.OVERVOTE)),
        (SINGLE, {"r1": FILLED, "r2": TAIL}, AnswerState.ANSWERED, ("r1",), ()),
        (MULTI, {"r1": FILLED, "r2": TAIL}, AnswerState.DOUBTFUL, ("r1", "r2"),
         (Reason.MARGINAL_MARK,)),
        (SINGLE, {"r2": TAIL}, AnswerState.DOUBTFUL, ("r2",), (Reason.STRAY_LINE,)),
    ],
    ids=[
        "nothing in a single question",
        "nothing in a question for several",
        "one filled",
        "one tick",
        "one dash",
        "two where several are allowed",
        "all where several are allowed",
        "two where one is allowed",
        "all where one is allowed",
        "a speck",
        "a speck where several are allowed",
        "a speck beside a mark where several are allowed",
        "a ring round one",
        "a line through one",
        "one perhaps struck out and another filled",
        "one struck out and another filled",
        "two struck out",
        "one struck out and two others marked",
        "one struck out and a speck",
        "one struck out alone",
        "a second light mark",
        "the tail of a tick from another row beside a mark",
        "such a tail where several are allowed",
        "such a tail alone",
    ],
)  # fmt: skip
def test_marks_become_answers_as_the_specification_says(
    question: Question,
    said: dict[str, BubbleMeasure],
    state: AnswerState,
    options: tuple[str, ...],
    reasons: tuple[Reason, ...],
) -> None:
    assert _judge(question, **said) == Answer(state, options, reasons)


def test_a_ring_beside_a_mark_is_a_doubt_not_a_second_answer() -> None:
    answer = _judge(SINGLE, r1=FILLED, r2=CIRCLED)

    assert answer.state is AnswerState.DOUBTFUL
    assert answer.options == ("r1", "r2")
    assert Reason.CIRCLED in answer.reasons


JUST = 0.001
# What may be the answer of a row without a mark, and what is a little less than that.
TRACES = {
    "a long trace": (bubble(zone=T.trace), bubble(zone=T.trace - JUST)),
    "a shorter, darker one": (
        bubble(zone=T.spot, peak=T.spot_peak),
        bubble(zone=T.spot, peak=T.spot_peak - JUST),
    ),
    "ink beside it": (bubble(beside=T.beside), bubble(beside=T.beside - JUST)),
    "ink too light to be followed": (bubble(faint=T.light), bubble(faint=T.light - JUST)),
    "half a ring": (bubble(ring=T.ring_alone), bubble(ring=T.ring_alone - JUST)),
    "an arc that belongs to no bubble": (
        bubble(loose=T.loose_alone),
        bubble(loose=T.loose_alone - JUST),
    ),
}


@pytest.mark.parametrize("trace", TRACES)
def test_a_trace_is_asked_about_in_a_row_without_a_mark_and_nowhere_else(trace: str) -> None:
    seen, less = TRACES[trace]
    reason = Reason.CIRCLED if seen.ring or seen.loose else Reason.MARGINAL_MARK

    assert _judge(SINGLE, r4=seen) == Answer(AnswerState.DOUBTFUL, ("r4",), (reason,))
    assert _judge(SINGLE, r4=less) == Answer(AnswerState.BLANK)
    assert _judge(SINGLE, r1=FILLED, r4=seen) == Answer(AnswerState.ANSWERED, ("r1",))
    # Where several may be marked it may be another answer.
    assert _judge(MULTI, r1=FILLED, r4=seen).state is AnswerState.DOUBTFUL


def test_beside_a_mark_that_looks_struck_out_traces_are_asked_about() -> None:
    answer = _judge(SINGLE, r1=STRUCK, r4=bubble(zone=T.trace))

    assert answer.state is AnswerState.DOUBTFUL
    assert answer.options == ("r1", "r4")
    assert Reason.CORRECTION in answer.reasons


@pytest.mark.parametrize(
    "less",
    [
        replace(LIGHT, zone=T.second - JUST),
        replace(LIGHT, beside=T.second_beside - JUST),
        replace(LIGHT, share=T.tail_share - JUST, below=1.0, straight=1.0),
        replace(LIGHT, extent=0.0),
    ],
    ids=["shorter", "with less of it in the white", "another's tail", "wholly outside"],
)
def test_less_than_a_second_light_mark_does_not_disturb_the_answer(less: BubbleMeasure) -> None:
    assert _judge(SINGLE, r1=FILLED, r2=less) == Answer(AnswerState.ANSWERED, ("r1",))


def test_a_speck_beside_a_mark_does_not_disturb_the_answer() -> None:
    speck = bubble(darkness=T.marginal, zone=T.speck - JUST, extent=T.speck - JUST)

    assert _judge(SINGLE, r1=FILLED, r2=speck) == Answer(AnswerState.ANSWERED, ("r1",))
    for more in ({"zone": T.speck}, {"extent": T.speck}, {"darkness": T.shading}):
        assert _judge(SINGLE, r1=FILLED, r2=replace(speck, **more)).options == ("r1", "r2")
    light = replace(FILLED, darkness=speck.darkness / T.speck_share)
    assert _judge(SINGLE, r1=light, r2=speck).state is AnswerState.DOUBTFUL
    mark = replace(FILLED, darkness=speck.darkness / T.speck_pencil)
    assert _judge(SINGLE, r1=mark, r2=speck).state is AnswerState.ANSWERED
    pencil = Sheet(pencil=True)
    assert _judge(SINGLE, pencil, r1=mark, r2=speck).state is AnswerState.DOUBTFUL
    assert _judge(SINGLE, r2=speck).state is AnswerState.DOUBTFUL


def test_a_second_mark_as_dark_as_the_first_is_asked_about_though_it_is_small() -> None:
    light = bubble(extent=T.second, zone=T.second, peak=T.second_peak * FILLED.peak)

    assert _judge(SINGLE, r1=FILLED, r2=light).state is AnswerState.DOUBTFUL
    paler = replace(light, peak=light.peak - 0.01)
    assert _judge(SINGLE, r1=FILLED, r2=paler) == Answer(AnswerState.ANSWERED, ("r1",))


@pytest.mark.parametrize(
    ("struck", "other"),
    [
        (replace(STRUCK, coverage=T.cancelled - JUST), FILLED),
        (replace(STRUCK, arms=T.struck - JUST), FILLED),
        (STRUCK, replace(FILLED, arms=T.not_struck + JUST)),
        (replace(STRUCK, housed=T.spread - JUST), FILLED),
        (replace(STRUCK, share=T.alone - JUST), FILLED),
    ],
    ids=["not black enough", "too few ends", "the other has ends too", "handwriting", "shared"],
)
def test_a_correction_that_is_not_beyond_doubt_goes_to_a_person(
    struck: BubbleMeasure, other: BubbleMeasure
) -> None:
    answer = _judge(SINGLE, r1=struck, r2=other)

    assert answer.state is AnswerState.DOUBTFUL
    assert answer.options == ("r1", "r2")


def test_on_a_sheet_filled_with_a_light_pencil_fainter_traces_are_asked_about() -> None:
    pencil = Sheet(pencil=True)
    trace = bubble(faint=T.faint)
    assert _judge(SINGLE, pencil, r2=trace).state is AnswerState.DOUBTFUL
    assert _judge(SINGLE, pencil, r2=bubble(faint=T.faint - JUST)).state is AnswerState.BLANK
    assert _judge(SINGLE, r2=trace).state is AnswerState.BLANK
    second = bubble(zone=T.second_light, extent=T.second_inside, darkness=T.second_darkness)
    assert _judge(SINGLE, pencil, r1=FILLED, r2=second).state is AnswerState.DOUBTFUL
    assert _judge(SINGLE, r1=FILLED, r2=second).state is AnswerState.ANSWERED


def test_beside_a_mark_that_may_be_struck_out_a_lighter_second_one_is_asked_about() -> None:
    half = replace(FILLED, coverage=T.half_struck, arms=T.half_arms)
    second = bubble(zone=T.second_light, extent=T.second_inside, darkness=T.second_darkness)

    assert _judge(SINGLE, r1=half, r2=second).state is AnswerState.DOUBTFUL
    less = replace(half, arms=T.half_arms - JUST)
    assert _judge(SINGLE, r1=less, r2=second).state is AnswerState.ANSWERED


def test_a_1_bit_scan_proves_no_blank_and_no_only_mark() -> None:
    bilevel = Sheet(bilevel=True)

    assert _judge(SINGLE, bilevel) == Answer(AnswerState.DOUBTFUL, (), (Reason.POOR_IMAGE,))
    assert _judge(MULTI, bilevel).state is AnswerState.BLANK
    assert _judge(SINGLE, bilevel, r1=FILLED).state is AnswerState.ANSWERED
    crumb = bubble(zone=T.rough, peak=T.palest)
    assert _judge(SINGLE, bilevel, r1=FILLED, r2=crumb).state is AnswerState.DOUBTFUL
    assert _judge(SINGLE, r1=FILLED, r2=crumb).state is AnswerState.ANSWERED
    of_an_outline = replace(crumb, peak=T.palest - JUST)
    assert _judge(SINGLE, bilevel, r1=FILLED, r2=of_an_outline).state is AnswerState.ANSWERED


def test_a_stroke_from_the_row_above_is_no_tail() -> None:
    from_above = replace(TAIL, below=0.0)

    assert _judge(SINGLE, r1=FILLED, r2=from_above).state is AnswerState.DOUBTFUL


def test_a_line_that_rises_from_the_next_bubble_is_no_second_mark() -> None:
    """The end of a tick's long arm, as broad here as in the row below where it began."""
    rises = replace(TAIL, share=T.apart - JUST, leaves=T.leaves, aligned=1.0, depth=T.deep)

    assert _judge(SINGLE, r1=FILLED, r2=rises) == Answer(AnswerState.ANSWERED, ("r1",))
    assert _judge(SINGLE, r2=rises).state is AnswerState.DOUBTFUL  # its row has no other mark
    for other in (
        {"share": T.apart},
        {"leaves": T.leaves - JUST},
        {"aligned": 0.0},
        {"depth": T.deep - JUST},
        {"bend": T.bend},
        {"below": 0.0},
        {"coverage": T.tail},
    ):
        row = _judge(SINGLE, r1=FILLED, r2=replace(rises, **other))
        assert row.state is AnswerState.DOUBTFUL, other


def test_crumbs_of_a_1_bit_scan_are_asked_about_and_its_rough_outlines_are_not() -> None:
    crumb, rough = bubble(darkness=T.black), bubble(zone=T.rough - JUST, peak=T.spot_peak)
    bilevel = Sheet(bilevel=True)

    assert _judge(SINGLE, bilevel, r2=crumb).state is AnswerState.DOUBTFUL
    assert _judge(SINGLE, r2=crumb).state is AnswerState.BLANK
    assert _judge(MULTI, bilevel, r2=rough).state is AnswerState.BLANK
    assert _judge(SINGLE, r2=rough).state is AnswerState.DOUBTFUL
    assert _judge(SINGLE, bilevel, r2=bubble(zone=T.rough)).state is AnswerState.DOUBTFUL


def test_noise_of_the_sheet_excuses_a_little_darkness() -> None:
    hint = bubble(darkness=0.015, coverage=0.01, extent=0.1)
    row = _row(SINGLE, r2=hint)

    assert judge_question(SINGLE, row, T, Sheet(floor=0.0)).state is AnswerState.DOUBTFUL
    assert judge_question(SINGLE, row, T, Sheet(floor=0.02)).state is AnswerState.BLANK


HIDDEN = bubble(shown=T.covered - 0.001)


def test_a_row_without_a_mark_is_not_blank_while_something_hides_one_of_its_bubbles() -> None:
    answer = _judge(SINGLE, r2=HIDDEN)

    assert answer == Answer(AnswerState.DOUBTFUL, ("r2",), (Reason.CORRECTION,))
    assert _judge(SINGLE, r2=bubble(shown=T.covered)) == Answer(AnswerState.BLANK)


def test_who_covered_one_bubble_and_marked_another_has_answered() -> None:
    assert _judge(SINGLE, r2=HIDDEN, r4=FILLED) == Answer(AnswerState.ANSWERED, ("r4",))


def test_where_several_may_be_marked_any_hidden_bubble_is_asked_about() -> None:
    first, second, *_rest = [b.option for b in MULTI.bubbles]

    answer = _judge(MULTI, **{first: FILLED, second: HIDDEN})

    assert answer == Answer(AnswerState.DOUBTFUL, (first, second), (Reason.CORRECTION,))


def test_ink_over_two_bubbles_of_which_several_may_be_marked_is_asked_about() -> None:
    first, second, *_rest = [b.option for b in MULTI.bubbles]
    cloud = replace(FILLED, share=T.own - 0.001, outside=0.3)
    greater = replace(FILLED, share=1 - cloud.share, outside=0.3)

    answer = _judge(MULTI, **{first: greater, second: cloud})

    assert answer == Answer(AnswerState.DOUBTFUL, (first, second), (Reason.STRAY_LINE,))
    alone = replace(cloud, share=T.own)
    assert _judge(MULTI, **{first: alone}).state is AnswerState.ANSWERED


def test_a_broad_pens_overflow_is_no_striking_out() -> None:
    struck = filled(coverage=T.cancelled, arms=T.struck, length=0.15, outside=T.overflow - 0.001)
    overflow = replace(struck, outside=T.overflow)

    assert _judge(SINGLE, r2=FILLED, r3=struck) == Answer(AnswerState.ANSWERED, ("r2",))
    assert _judge(SINGLE, r2=FILLED, r3=overflow).state is AnswerState.DOUBTFUL
