"""Ink of which only a part lies in a bubble, or is left: measured where it was once misread."""

from __future__ import annotations

from dataclasses import replace

import pytest
from make_layout import make_layout
from make_measures import bubble, filled

from omr.judging import judge_question
from omr.mark_rules import Sheet, judge_bubble
from omr.marks import Answer, AnswerState, Mark, Reason
from omr.pale_ink import is_dirt
from omr.scoring import BubbleMeasure
from omr.thresholds import Thresholds

T = Thresholds()
JUST = 0.001
QUESTION = make_layout().question("q1")  # of which one answer is allowed
MARKED = (Mark.MARKED, None)
STRAY = (Mark.MARGINAL, Reason.STRAY_LINE)
UNSURE = (Mark.MARGINAL, Reason.MARGINAL_MARK)
PENCIL = Sheet(usual=0.08, peak=0.4, peaks=(0.41, 0.39, 0.30, 0.27), thin=True)
INK = Sheet(usual=0.36, peak=0.98, peaks=(0.9, 0.95, 1.0, 0.98))

# The foot of the next row's tick, on a sheet with one pencil mark to a row.
FOOT = bubble(
    darkness=0.06, coverage=0.1, peak=0.4, outside=0.048, beside=0.072, zone=1, arms=0.5,
    extent=0.776, ring=0.248, straight=1, leaves=0.052, enters=0.008, bend=0.376, length=0.196,
    share=0.216, below=1, cut=1, home=0.076, housed=0.568, depth=0.812, faint=0.244, shown=0.968,
)  # fmt: skip
# A felt pen's line that comes out of the print, on a sheet in disorder.
LINE = bubble(
    darkness=0.084, coverage=0.124, peak=0.796, outside=0.116, beside=0.176, zone=1, arms=0.376,
    extent=0.888, ring=0.376, length=0.18, cut=1, home=0.368, housed=0.68, depth=0.392,
    faint=0.18, shown=0.456,
)  # fmt: skip
# Dirt of a drum, in a 1-bit scan.
DIRT = bubble(
    darkness=0.043, coverage=0.064, peak=0.716, zone=0.456, extent=0.392, ring=0.124, length=0.04,
    depth=0.588, faint=0.22, shown=0.992,
)  # fmt: skip
# A bow of the outline itself, where a crease has moved it.
BOW = bubble(
    darkness=0.038, coverage=0.088, peak=0.256, zone=0.568, extent=0.556, ring=0.084, straight=1,
    aligned=1, length=0.056, depth=0.476, faint=0.108, shown=0.108,
)  # fmt: skip


def _beside_a_filling(ink: BubbleMeasure, sheet: Sheet) -> Answer:
    said = {"r1": filled(), "r2": ink}
    row = [
        replace(said.get(b.option, bubble()), question=QUESTION.id, option=b.option)
        for b in QUESTION.bubbles
    ]
    return judge_question(QUESTION, row, T, sheet)


def test_the_foot_of_another_rows_tick_is_no_answer_even_where_nothing_else_is() -> None:
    assert judge_bubble(FOOT, T, PENCIL, lone=True) == STRAY
    assert judge_bubble(replace(FOOT, share=T.tail_share), T, PENCIL, lone=True) == MARKED


def test_a_line_out_of_the_print_is_no_answer_on_a_sheet_in_disorder() -> None:
    assert judge_bubble(LINE, T, replace(INK, usual=0.0)) == STRAY
    assert judge_bubble(LINE, T, INK) == MARKED


@pytest.mark.parametrize(
    "own",
    [
        {"cut": 0.0},
        {"home": T.begun, "coverage": T.broad, "darkness": 0.15},
        {"coverage": T.half_full, "darkness": 0.25},
    ],
    ids=["off the print", "broad and inside", "no mere line"],
)
def test_a_stroke_that_is_plainly_the_bubbles_stands_on_a_sheet_in_disorder(
    own: dict[str, float],
) -> None:
    assert judge_bubble(replace(LINE, **own), T, replace(INK, usual=0.0)) == MARKED


def test_a_dot_of_a_1_bit_scan_has_to_be_one_of_its_sheets_marks() -> None:
    assert judge_bubble(DIRT, T, replace(INK, bilevel=True)) == UNSURE
    assert judge_bubble(DIRT, T, replace(INK, bilevel=True, usual=0.0)) == UNSURE
    assert judge_bubble(DIRT, T, replace(INK, bilevel=True, usual=0.12)) == MARKED
    assert judge_bubble(DIRT, T, INK) == MARKED


def test_an_outline_that_is_not_where_it_was_printed_is_no_mark() -> None:
    pen = replace(PENCIL, peaks=(0.3,) * 4, grain=0.5)

    assert is_dirt(BOW, T, pen, single=True)
    assert not is_dirt(replace(BOW, shown=T.slipped_shown), T, pen, single=True)
    assert not is_dirt(
        replace(BOW, coverage=T.slipped_coverage, darkness=0.12), T, pen, single=True
    )
    assert not is_dirt(BOW, T, replace(pen, bilevel=True), single=True)  # it may just be lost


MISSED = bubble(zone=T.second_zone, ring=T.ring_alone, loose=T.second_loose, beside=0.032)


def test_a_pencils_tick_that_just_misses_its_bubble_is_asked_about_beside_a_mark() -> None:
    pencil = replace(PENCIL, pencil=True)

    assert _beside_a_filling(MISSED, pencil).state is AnswerState.DOUBTFUL
    for less in (
        {"zone": T.second_zone - JUST},
        {"ring": T.ring_alone - JUST},
        {"loose": T.second_loose - JUST},
    ):
        answer = _beside_a_filling(replace(MISSED, **less), pencil)
        assert answer == Answer(AnswerState.ANSWERED, ("r1",)), less


def test_pale_crumbs_as_long_as_a_stroke_may_be_a_second_mark_in_a_1_bit_scan() -> None:
    crumbs = bubble(peak=T.crumbly, zone=0.3, extent=T.second, whole=0.67, home=0.57)
    binary = replace(INK, bilevel=True)

    assert _beside_a_filling(crumbs, binary).state is AnswerState.DOUBTFUL
    for less in ({"peak": T.crumbly - JUST}, {"extent": T.second - JUST}):
        answer = _beside_a_filling(replace(crumbs, **less), binary)
        assert answer == Answer(AnswerState.ANSWERED, ("r1",)), less


# The end of a line that goes on over the print below.
TIP = bubble(
    darkness=0.053, coverage=0.116, peak=0.676, outside=0.068, beside=0.08, zone=0.724,
    extent=0.488, ring=0.168, length=0.072, cut=1, home=0.616, housed=0.896, depth=0.988,
)  # fmt: skip


def test_the_tip_of_a_line_from_the_print_is_no_answer_on_a_sheet_in_disorder() -> None:
    disorder = replace(INK, usual=0.0)

    assert judge_bubble(TIP, T, disorder) == STRAY
    assert judge_bubble(replace(TIP, straight=1.0, extent=T.kneed), T, disorder) == STRAY
    assert judge_bubble(replace(TIP, coverage=T.broad), T, disorder) == MARKED
    assert judge_bubble(TIP, T, INK) == MARKED


def test_paler_crumbs_count_where_the_rows_do_not_mostly_have_one_mark() -> None:
    crumbs = bubble(peak=T.crumbled, zone=0.136, extent=T.kneed, ring=0.292, home=0.168)
    disorder = replace(INK, bilevel=True, usual=0.0)

    assert _beside_a_filling(crumbs, disorder).state is AnswerState.DOUBTFUL
    for sheet, less in (
        (disorder, {"peak": T.crumbled - JUST}),
        (disorder, {"extent": T.kneed - JUST}),
        (replace(INK, bilevel=True), {}),
    ):
        answer = _beside_a_filling(replace(crumbs, **less), sheet)
        assert answer == Answer(AnswerState.ANSWERED, ("r1",)), less


def test_much_ink_beside_a_bubble_of_an_empty_row_is_asked_about_whosever_it_is() -> None:
    beside = bubble(own=0.0, outside=T.outlying_alone, ring=0.376, loose=0.04)

    assert _alone(beside).state is AnswerState.DOUBTFUL
    assert _alone(replace(beside, outside=T.outlying_alone - JUST)).state is AnswerState.BLANK
    assert _beside_a_filling(beside, INK) == Answer(AnswerState.ANSWERED, ("r1",))


def _alone(ink: BubbleMeasure) -> Answer:
    row = [replace(ink, question=QUESTION.id, option=QUESTION.bubbles[0].option)]
    row += [replace(bubble(), question=QUESTION.id, option=b.option) for b in QUESTION.bubbles[1:]]
    return judge_question(QUESTION, row, T, INK)


# The arm of a pencil tick whose knee lies between this row's bubble and the next one's.
ARM = bubble(
    darkness=0.048, coverage=0.14, peak=0.316, outside=0.028, beside=0.028, zone=1, arms=0.124,
    extent=0.852, ring=0.168, straight=1, leaves=0.696, length=0.164, share=0.96, below=1,
    home=0.44, housed=0.624, depth=0.964, faint=0.368, shown=0.988,
)  # fmt: skip


def test_an_arm_that_comes_up_from_a_knee_below_is_no_answer_even_where_nothing_else_is() -> None:
    assert judge_bubble(ARM, T, PENCIL, lone=True) == STRAY
    for other in ({"below": 0.0}, {"leaves": T.goes_on - JUST}, {"home": T.own}):
        assert judge_bubble(replace(ARM, **other), T, PENCIL, lone=True) == MARKED, other
