"""From marks to answers, and to reasons for review (pure).

Doubt is an outcome of its own: where the evidence does not settle an answer beyond doubt, a
person does. ``docs/mark-specification.md`` states the same rules for people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from omr.layout import Layout, Question, QuestionKind
from omr.lost_marks import (
    is_fading,
    is_stroke,
    is_whole,
    may_have_lost_marks,
    with_lost_seconds,
)
from omr.mark_rules import ALONE, Sheet, judge_bubble, sheet_of
from omr.marks import Answer, AnswerState, Mark, Reason, doubted
from omr.pale_ink import is_dirt, is_paler_than_all
from omr.rough_sheets import with_rough_rows
from omr.row_doubts import with_doubts_beside
from omr.scoring import BubbleMeasure, SheetMeasure
from omr.thresholds import Thresholds

MAX_NOISE = 0.012  # a sheet whose blank bubbles scatter more than this hides light marks
MIN_CONTRAST = 50.0  # grey levels between paper and black; below, strokes drown in noise
# The printed outlines are lighter than any pen: a scan that loses them loses pencil too. Even
# with an answer everywhere three bubbles of four stay blank and show theirs.
MIN_OUTLINES_FOUND = 0.45
MAX_BENT_MM = 0.8  # the search for outlines ends at 0.9


def judge_sheet(
    measured: SheetMeasure, layout: Layout, thresholds: Thresholds
) -> tuple[dict[str, Answer], tuple[Reason, ...]]:
    """Every answer of a sheet, and what is doubtful about the sheet as a whole.

    A doubt about the sheet makes every answer on it doubtful: what was seen is kept as the
    candidates, but nothing of it stands without a person.
    """
    by_question: dict[str, list[BubbleMeasure]] = {q.id: [] for q in layout.questions}
    for bubble in measured.bubbles:
        by_question[bubble.question].append(bubble)
    sheet = sheet_of(measured, thresholds)
    answers = {
        question.id: judge_question(question, by_question[question.id], thresholds, sheet)
        for question in layout.questions
    }
    lost = measured.bilevel and (
        may_have_lost_marks(measured, layout, thresholds)
        or (not sheet.usual and sheet.grain < thresholds.grainy)
    )
    doubts = doubts_about(measured, lost=lost and not sheet.usual)
    if doubts:
        answers = {name: doubted(answer, *doubts) for name, answer in answers.items()}
    elif lost:
        # Most rows have a stroke, or crumbs of one, in just one bubble: there the answer is
        # seen. What is missing may be lost, and so may a second answer where several are
        # allowed, or the strokes that struck a filling out.
        answers = {
            question.id: answer
            if question.kind is QuestionKind.SINGLE
            and is_stroke(answer, by_question[question.id], thresholds)
            else doubted(answer, Reason.POOR_IMAGE)
            for question, answer in zip(layout.questions, answers.values(), strict=True)
        }
    elif measured.outlines_found < MIN_OUTLINES_FOUND:
        # A 1-bit scan that lost the pale outlines but kept the pen whole: what the pen says
        # stands, what is missing may be lost.
        answers = {
            name: answer
            if is_whole(answer, by_question[name], thresholds)
            else doubted(answer, Reason.POOR_IMAGE)
            for name, answer in answers.items()
        }
    elif 0 < sheet.usual < thresholds.definite_long or is_fading(answers, by_question, thresholds):
        answers = {
            name: doubted(answer, Reason.POOR_IMAGE)
            if answer.state is AnswerState.BLANK
            else answer
            for name, answer in answers.items()
        }
    if measured.bilevel:
        answers = with_lost_seconds(answers, by_question, thresholds, sheet)
    answers = with_doubts_beside(answers, by_question, layout, thresholds)
    if not doubts:
        answers = with_rough_rows(answers, by_question, layout, thresholds, sheet)
    return answers, doubts


def doubts_about(measured: SheetMeasure, *, lost: bool = False) -> tuple[Reason, ...]:
    """Why the whole sheet should be looked at; empty when its answers can stand.

    Args:
        measured: The sheet.
        lost: Whether it is a 1-bit scan that may have lost marks anywhere.
    """
    reasons = []
    pale = not measured.bilevel and measured.outlines_found < MIN_OUTLINES_FOUND
    if lost or pale or measured.contrast < MIN_CONTRAST or measured.noise > MAX_NOISE:
        reasons.append(Reason.POOR_IMAGE)
    if measured.bent_mm > MAX_BENT_MM:
        reasons.append(Reason.REGISTRATION)
    return tuple(reasons)


def judge_question(
    question: Question,
    bubbles: Sequence[BubbleMeasure],
    thresholds: Thresholds,
    sheet: Sheet = ALONE,
) -> Answer:
    """One question's answer.

    Args:
        question: From the layout.
        bubbles: Its measurements, in printed order.
        thresholds: Of this run.
        sheet: The rest of it.
    """
    single = question.kind is QuestionKind.SINGLE
    judged = {b.option: judge_bubble(b, thresholds, sheet) for b in bubbles}
    if single and sheet.usual and not _marked(judged):
        judged |= _lone(bubbles, judged, thresholds, sheet)
    marked = _marked(judged)
    if marked:
        # The row has a mark of its own, so a tail that comes in from another row is none.
        for bubble in bubbles:
            if _is_tail(bubble, thresholds) and marked - {bubble.option}:
                judged[bubble.option] = (Mark.BLANK, None)
                marked.discard(bubble.option)
        if single:
            judged |= _specks(bubbles, judged, thresholds, sheet)
            judged |= _second(bubbles, judged, thresholds, sheet)
        else:  # nothing else says which of two bubbles ink that lies in both was meant for
            judged |= {
                b.option: (Mark.MARGINAL, Reason.STRAY_LINE)
                for b in bubbles
                if b.option in marked and b.share < thresholds.own
            }
        judged |= {
            b.option: (Mark.MARGINAL, Reason.MARGINAL_MARK)
            for b in bubbles
            if b.option in marked
            and (
                is_paler_than_all(b, thresholds, sheet, single=single)
                or is_dirt(b, thresholds, sheet, single=single)
            )
        }
    judged |= _faint(bubbles, judged, thresholds, sheet, single=single)
    if single:
        judged |= _struck_out(bubbles, judged, thresholds)
    return _answer(bubbles, judged, thresholds, sheet, single=single)


def _marked(judged: Mapping[str, tuple[Mark, Reason | None]]) -> set[str]:
    """The options of the bubbles that are marked beyond doubt."""
    return {option for option, (mark, _) in judged.items() if mark is Mark.MARKED}


def _lone(
    bubbles: Sequence[BubbleMeasure],
    judged: Mapping[str, tuple[Mark, Reason | None]],
    thresholds: Thresholds,
    sheet: Sheet,
) -> dict[str, tuple[Mark, Reason | None]]:
    """A doubtful bubble, judged as the only one with ink in its row, if it is that.

    For rows without a mark beyond doubt.
    """
    t = thresholds
    inked = [b for b in bubbles if judged[b.option][0] is not Mark.BLANK]
    if len(inked) != 1:
        return {}
    (only,) = inked
    if any(
        b.darkness >= t.marginal or _left(b, t, sheet) is not None for b in bubbles if b is not only
    ):
        return {}
    return {only.option: judge_bubble(only, t, sheet, lone=True)}


def _left(bubble: BubbleMeasure, thresholds: Thresholds, sheet: Sheet) -> Reason | None:
    """What may have been left in or round a bubble that looks blank; None for nothing."""
    light = sheet.pencil and not sheet.usual
    ring = thresholds.faint_loose if light else thresholds.loose_alone
    if bubble.ring >= thresholds.ring_alone or bubble.loose >= ring:
        return Reason.CIRCLED
    if bubble.outside >= thresholds.outlying_alone:
        return (
            Reason.MARGINAL_MARK
        )  # it may be the row's mark, though it hangs together with another
    if bubble.shown < thresholds.covered and not sheet.bilevel:
        return Reason.CORRECTION  # tape, paint or a slip of paper hides what may be marked
    return Reason.MARGINAL_MARK if _is_trace(bubble, thresholds, sheet) else None


def _answer(
    bubbles: Sequence[BubbleMeasure],
    judged: Mapping[str, tuple[Mark, Reason | None]],
    thresholds: Thresholds,
    sheet: Sheet,
    *,
    single: bool,
) -> Answer:
    """What a row's marks say together."""
    chosen = tuple([option for option, (mark, _) in judged.items() if mark is not Mark.BLANK])
    reasons = [reason for _, reason in judged.values() if reason is not None]
    # What was meant instead may be lost, or where several may be marked, be nothing.
    alone = not single or len(chosen) == 1
    meant = [b for b in bubbles if b.option in chosen]
    if alone and not reasons and any(_looks_struck(b, thresholds) for b in meant):
        reasons.append(Reason.CORRECTION)
    if single and len(chosen) > 1:
        struck = any(b.arms >= thresholds.struck for b in bubbles)
        reasons.append(Reason.CORRECTION if struck else Reason.OVERVOTE)
    if single and not chosen and sheet.bilevel and not _is_bare(bubbles, thresholds, sheet):
        reasons.append(Reason.POOR_IMAGE)  # what stood here may be lost
    if reasons:
        return Answer(AnswerState.DOUBTFUL, chosen, tuple(dict.fromkeys(reasons)))
    return Answer(AnswerState.ANSWERED, chosen) if chosen else Answer(AnswerState.BLANK)


def _is_bare(bubbles: Sequence[BubbleMeasure], thresholds: Thresholds, sheet: Sheet) -> bool:
    """Whether a row has not a crumb of ink, in a 1-bit scan that would have kept some."""
    t = thresholds
    return sheet.sturdy and all(
        b.darkness < t.black / 4 and max(b.zone, b.extent) < t.faint_zone and b.ring < t.strewn
        for b in bubbles
    )


def _is_tail(bubble: BubbleMeasure, thresholds: Thresholds) -> bool:
    """Whether a bubble's ink is the thin end of a stroke made in one further down."""
    if bubble.below <= 0:
        return False
    t = thresholds
    straight = bubble.straight > 0 and bubble.bend < t.crossed and bubble.coverage < t.tail
    bit = bubble.coverage < t.bit
    little = bubble.share < (t.own if straight and bit else t.tail_share)
    # A line that comes up from the next bubble, as broad there, and ends in this one.
    rises = straight and bubble.aligned > 0 and bubble.bend < t.bend and bubble.leaves >= t.leaves
    little |= rises and bubble.share < t.apart and bubble.depth >= t.deep
    return little and (straight or (bit and bubble.arms < t.half_arms))


def _specks(
    bubbles: Sequence[BubbleMeasure],
    judged: Mapping[str, tuple[Mark, Reason | None]],
    thresholds: Thresholds,
    sheet: Sheet,
) -> dict[str, tuple[Mark, Reason | None]]:
    """Doubtful bubbles with a mere speck, in a row with a mark that is not struck out."""
    t = thresholds
    doubtful = [b for b in bubbles if judged[b.option] == (Mark.MARGINAL, Reason.MARGINAL_MARK)]
    marks = [b for b in bubbles if judged[b.option][0] is Mark.MARKED]
    if not doubtful or not marks or any(_looks_struck(b, t) for b in marks):
        return {}
    share = t.speck_pencil if sheet.pencil else t.speck_share
    most = min(t.shading, share * min(b.darkness for b in marks))
    return {
        b.option: (Mark.BLANK, None)
        for b in doubtful
        if max(b.zone, b.extent) < t.speck and b.darkness < most
    }


def _second(
    bubbles: Sequence[BubbleMeasure],
    judged: Mapping[str, tuple[Mark, Reason | None]],
    thresholds: Thresholds,
    sheet: Sheet,
) -> dict[str, tuple[Mark, Reason | None]]:
    """Blank bubbles beside a good mark with traces that may be a second, lighter one."""
    t = thresholds
    blank = [b for b in bubbles if judged[b.option][0] is Mark.BLANK]
    if not sheet.pencil and not sheet.bilevel:  # as mostly: most of them show far too little
        least = min(t.second, t.second_light)
        blank = [b for b in blank if b.zone >= least or b.extent >= least]
    if not blank:
        return {}
    marks = [b for b in bubbles if judged[b.option][0] is Mark.MARKED]
    darkest = max(b.peak for b in marks)
    struck = any(b.coverage >= t.half_struck and b.arms >= t.half_arms for b in marks)
    pencil = sheet.pencil or any(b.darkness < t.pencil * b.coverage for b in marks)

    def may_be_one(b: BubbleMeasure) -> bool:
        reach = max(b.zone, b.extent)
        light = reach >= t.second_light and b.extent >= t.second_inside
        if (struck or pencil) and light and b.darkness >= t.second_darkness:
            return True
        if sheet.pencil and b.faint >= t.second_faint and b.darkness >= t.marginal / 2:
            return True
        if sheet.bilevel:  # crumbs of an outline are paler than those of any stroke
            least = t.palest if reach < t.second else t.crumbly
            if reach >= t.kneed and not sheet.usual:
                least = t.crumbled
            return b.darkness >= t.black or (reach >= t.rough and b.peak >= least)
        if b.ring >= t.ring_alone and b.loose >= t.second_loose and b.zone >= t.second_zone:
            return True  # a light tick that just misses its bubble
        inside = b.extent > 0 or b.ring >= t.ring_alone
        if reach < t.second or not inside or _is_tip(b, t, sheet):
            return False
        return b.beside >= t.second_beside or b.peak >= t.second_peak * darkest

    return {
        b.option: (Mark.MARGINAL, Reason.MARGINAL_MARK)
        for b in blank
        if not _is_tail(b, t) and may_be_one(b)
    }


def _faint(
    bubbles: Sequence[BubbleMeasure],
    judged: Mapping[str, tuple[Mark, Reason | None]],
    thresholds: Thresholds,
    sheet: Sheet,
    *,
    single: bool,
) -> dict[str, tuple[Mark, Reason | None]]:
    """Blank bubbles with traces in or round them that may have been meant for them.

    In a row with one good mark such ink is that mark's overflow or a neighbour's tail; in a
    row without any, or whose only mark looks struck through, it may be the answer.
    """
    t = thresholds
    marked = [b for b in bubbles if judged[b.option][0] is not Mark.BLANK]
    if single and any(not _looks_struck(b, t) for b in marked):
        return {}
    found: dict[str, tuple[Mark, Reason | None]] = {}
    usual = Reason.CORRECTION if marked and single else Reason.MARGINAL_MARK
    for b in bubbles:
        if judged[b.option][0] is not Mark.BLANK:
            continue
        left = _left(b, t, sheet)
        if left is not None:
            found[b.option] = (Mark.MARGINAL, usual if left is Reason.MARGINAL_MARK else left)
    return found


def _is_trace(bubble: BubbleMeasure, thresholds: Thresholds, sheet: Sheet) -> bool:
    """Whether something may have been drawn in or round a bubble, however lightly."""
    t = thresholds
    if bubble.beside >= t.beside:  # a mere tip leaves less of the white round the bubble dark
        return True
    if _is_tip(bubble, t, sheet):
        return False
    if sheet.bilevel:
        return bubble.zone >= t.rough or bubble.darkness >= t.black
    if sheet.peak >= t.inky:  # no pen leaves less, however short it rests
        return bubble.zone >= t.speck and bubble.peak >= t.spot_peak
    return (
        bubble.faint >= (t.faint if sheet.pencil else t.light)
        or bubble.zone >= t.trace
        or (bubble.zone >= t.spot and bubble.peak >= t.spot_peak)
    )


def _is_tip(bubble: BubbleMeasure, thresholds: Thresholds, sheet: Sheet) -> bool:
    """Whether another bubble's mark just touches this one, on a sheet with one to a row."""
    t = thresholds
    return sheet.usual > 0 and bubble.share < t.tip and bubble.coverage < t.least


def _struck_out(
    bubbles: Sequence[BubbleMeasure],
    judged: Mapping[str, tuple[Mark, Reason | None]],
    thresholds: Thresholds,
) -> dict[str, tuple[Mark, Reason | None]]:
    """The one of two marks that is cancelled beyond doubt: struck through, the other not."""
    t = thresholds
    marks = [b for b in bubbles if judged[b.option][0] is not Mark.BLANK]
    if len(marks) != 2:
        return {}
    meant, cancelled = sorted(marks, key=lambda b: b.arms)
    clear = judged[meant.option][0] is Mark.MARKED and meant.arms <= t.not_struck
    alone = cancelled.share >= t.alone and cancelled.housed >= t.spread
    alone &= cancelled.length <= t.struck_length  # a line that passes over it is longer
    alone &= cancelled.outside < t.overflow
    if clear and alone and cancelled.coverage >= t.cancelled and cancelled.arms >= t.struck:
        return {cancelled.option: (Mark.BLANK, None)}
    return {}


def _looks_struck(bubble: BubbleMeasure, thresholds: Thresholds) -> bool:
    """Whether a bubble looks filled first and then crossed out: strokes end outside it."""
    return bubble.coverage >= thresholds.solid and bubble.arms >= thresholds.struck


def is_doubtful(answers: Mapping[str, Answer]) -> bool:
    """Whether a person has to decide at least one of *answers*."""
    return any(answer.state is AnswerState.DOUBTFUL for answer in answers.values())
