"""What a scan may have lost of a sheet's marks, and which marks are whole (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from omr.layout import Layout
from omr.mark_rules import Sheet
from omr.marks import Answer, AnswerState, Reason, doubted
from omr.scoring import BubbleMeasure, SheetMeasure
from omr.thresholds import Thresholds


def is_fading(
    answers: Mapping[str, Answer],
    bubbles: Mapping[str, Sequence[BubbleMeasure]],
    thresholds: Thresholds,
) -> bool:
    """Whether so many answers are mere traces that others may be lost altogether."""
    t = thresholds
    traces = sum(
        answer.state is AnswerState.DOUBTFUL
        and answer.reasons == (Reason.MARGINAL_MARK,)
        and max(b.darkness for b in bubbles[name]) < t.definite_long
        for name, answer in answers.items()
    )
    return traces > max(t.alike, t.fading * len(answers))


def may_have_lost_marks(measured: SheetMeasure, layout: Layout, thresholds: Thresholds) -> bool:
    """Whether a 1-bit scan may have turned marks into paper.

    One person fills a sheet with one pen. Where that pen's marks are whole, a blank bubble
    is blank; where they are crumbs, or hardly any are left, blanks prove nothing.
    """
    coverages = sorted(b.coverage for b in measured.bubbles if b.coverage > 0)
    if len(coverages) < len(layout.questions) / 2:
        return True
    crumbs = sum(coverage < thresholds.crumb for coverage in coverages)
    broken = crumbs > max(1, len(coverages) / 8)
    return broken or coverages[len(coverages) // 2] < thresholds.whole


def is_whole(answer: Answer, bubbles: Sequence[BubbleMeasure], thresholds: Thresholds) -> bool:
    """Whether an answer's marks are as strong as a pen makes them."""
    return answer.state is AnswerState.ANSWERED and all(
        bubble.coverage >= thresholds.whole and not _is_grained(bubble, thresholds)
        for bubble in bubbles
        if bubble.option in answer.options
    )


def with_lost_seconds(
    answers: Mapping[str, Answer],
    bubbles: Mapping[str, Sequence[BubbleMeasure]],
    thresholds: Thresholds,
    sheet: Sheet,
) -> dict[str, Answer]:
    """*answers* of a 1-bit scan, but for those beside which a second one may be lost.

    Where rows have lost their marks and the pen's fillings are a few grains, no stroke of it
    had to stay. And a mark that is much darker than the others was gone over: it may be blacked
    out, and what was meant instead be lost.

    Args:
        answers: Of every question.
        bubbles: Their measurements.
        thresholds: Of this run.
        sheet: What all of them say together.
    """
    t = thresholds
    lost = sum(Reason.POOR_IMAGE in answer.reasons for answer in answers.values()) > t.alike
    dark = t.gone_over * sheet.usual if sheet.usual and not sheet.sturdy else 1.0

    def may_hide_one(answer: Answer, its: Sequence[BubbleMeasure]) -> bool:
        marks = [b for b in its if b.option in answer.options]
        return any(
            (lost and _is_scanty(b, t))
            or b.darkness > dark
            or (not sheet.usual and _is_frayed(b, t))
            for b in marks
        )

    return {
        name: doubted(answer, Reason.POOR_IMAGE)
        if answer.state is AnswerState.ANSWERED and may_hide_one(answer, bubbles[name])
        else answer
        for name, answer in answers.items()
    }


def _is_scanty(bubble: BubbleMeasure, thresholds: Thresholds) -> bool:
    """Whether of a filling hardly anything is left."""
    t = thresholds
    return bubble.faint >= t.scanty_faint and bubble.coverage < t.scanty


def _is_frayed(bubble: BubbleMeasure, thresholds: Thresholds) -> bool:
    """Whether a filling has ends in the white round it: all that may be left of striking it out."""
    t = thresholds
    ends = bubble.beside >= t.frayed_beside and bubble.ring >= t.frayed_ring
    return ends and bubble.coverage >= t.half_struck


def is_stroke(answer: Answer, bubbles: Sequence[BubbleMeasure], thresholds: Thresholds) -> bool:
    """Whether an answer's marks are no fillings, which may have been struck out."""
    return answer.state is AnswerState.ANSWERED and all(
        bubble.coverage < thresholds.half_struck
        for bubble in bubbles
        if bubble.option in answer.options
    )


def _is_grained(bubble: BubbleMeasure, thresholds: Thresholds) -> bool:
    """Whether a mark is a filling of which a 1-bit scan kept grains: a stroke may be lost."""
    t = thresholds
    return bubble.faint >= t.grained and bubble.coverage < t.broad
