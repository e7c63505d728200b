"""Sheets on which much is in doubt: there only plain marks are answers (pure).

Who strikes out, scribbles over rows or lets lines run through bubbles does so on most of a
sheet, and each of the rules for single bubbles fails once on some such sheet. A person has to
look at it anyway, so that a few rows more cost little.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from omr.layout import Layout, QuestionKind
from omr.mark_rules import Sheet
from omr.marks import Answer, AnswerState, Reason, doubted
from omr.scoring import BubbleMeasure
from omr.thresholds import Thresholds


def with_rough_rows(
    answers: Mapping[str, Answer],
    bubbles: Mapping[str, Sequence[BubbleMeasure]],
    layout: Layout,
    thresholds: Thresholds,
    sheet: Sheet,
) -> dict[str, Answer]:
    """*answers*, of an uneasy sheet only the clear ones, of a rough one those of plain marks.

    Args:
        answers: Of every question.
        bubbles: Their measurements.
        layout: Their sheet's.
        thresholds: Of this run.
        sheet: What all of them say together.
    """
    t = thresholds
    drawn = _share_in_doubt(answers, but=Reason.POOR_IMAGE)
    found = dict(answers)
    if drawn > t.uneasy_rows:
        blanks = _may_have_lost_rows(answers, t, sheet)
        for question in layout.questions:
            answer, its = answers[question.id], bubbles[question.id]
            single = question.kind is QuestionKind.SINGLE
            if answer.state is AnswerState.BLANK and single and blanks:
                found[question.id] = doubted(answer, Reason.MARGINAL_MARK)
            if answer.state is not AnswerState.ANSWERED:
                continue
            marks = [b for b in its if b.option in answer.options]
            stands = all(_is_clear(b, t, sheet) for b in marks)
            stands &= drawn <= t.rough_rows or all(_is_plain(b, t) for b in marks)
            stands &= not single or not any(_is_touched(b, t) for b in its if b not in marks)
            if not stands:
                found[question.id] = doubted(answer, Reason.STRAY_LINE)
    disorder = not sheet.usual and len(sheet.peaks) > 0
    disorder = disorder and _share_in_doubt(found, but=Reason.POOR_IMAGE) > t.lost_disorder
    if disorder or _share_in_doubt(found) > t.lost_rows:
        return {
            name: doubted(answer, Reason.STRAY_LINE)
            if answer.state is AnswerState.ANSWERED
            else answer
            for name, answer in found.items()
        }
    return found


def _may_have_lost_rows(
    answers: Mapping[str, Answer], thresholds: Thresholds, sheet: Sheet
) -> bool:
    """Whether blank rows are rare, so that each may have lost its mark, or its pen loses some.

    Where there is no mark on the sheet nobody knows its pen.
    """
    blank = sum(answer.state is AnswerState.BLANK for answer in answers.values())
    few = blank <= (1 - thresholds.orderly) * len(answers)
    return few or sheet.pencil or not (sheet.peaks or sheet.usual)


def _share_in_doubt(answers: Mapping[str, Answer], but: Reason | None = None) -> float:
    """Of the rows, how many are in doubt, but for one reason."""
    doubtful = sum(
        a.state is AnswerState.DOUBTFUL and but not in a.reasons for a in answers.values()
    )
    return doubtful / len(answers)


def _is_clear(bubble: BubbleMeasure, thresholds: Thresholds, sheet: Sheet) -> bool:
    """Whether a mark is no line that passes, no end of another one, no speck and not struck."""
    t = thresholds
    its = bubble.share >= t.own_straight and bubble.housed >= t.scattered
    ends = bubble.hidden == 0 and bubble.enters < t.plain_enters
    struck = bubble.coverage >= t.half_struck and bubble.arms >= t.struck
    return its and ends and not struck and bubble.darkness >= t.usual * sheet.usual


def _is_plain(bubble: BubbleMeasure, thresholds: Thresholds) -> bool:
    """Whether all of a mark is its bubble's, and ends there or near it."""
    t = thresholds
    goes_on = bubble.straight > 0 and bubble.bend < t.crossed and bubble.leaves > t.plain_leaves
    alone = bubble.share >= t.alone and bubble.home >= t.plain_home and bubble.housed >= t.apart
    struck = bubble.coverage >= t.half_struck and bubble.arms >= t.half_arms
    short = bubble.length <= t.length and not goes_on
    return alone and short and not struck and bubble.loose < t.plain_loose


def _is_touched(bubble: BubbleMeasure, thresholds: Thresholds) -> bool:
    """Whether a bubble beside a mark has ink, whosever it is."""
    t = thresholds
    return bubble.darkness >= t.marginal or bubble.extent >= t.speck
