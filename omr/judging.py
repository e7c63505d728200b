"""From measurements to marks, from marks to answers, and to reasons for review (pure).

Doubt is an outcome of its own: where the evidence does not settle an answer beyond doubt, a
person does. ``docs/mark-specification.md`` states the same rules for people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from omr.layout import Layout, Question, QuestionKind
from omr.marks import Answer, AnswerState, Mark, Reason
from omr.scoring import BubbleMeasure, SheetMeasure


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What divides blank, marginal and marked; see :class:`omr.scoring.BubbleMeasure`.

    The defaults were set on virtual scans of our own forms at 150, 200 and 300 dpi
    (``docs/decisions.md``): 99 % of blank bubbles measure below 0.008, a hesitation speck
    of 0.5 mm 0.015, a light pencil's dash 0.014, a ball pen's tick 0.03 to 0.2.
    """

    marginal: float = 0.012  # darkness
    light: float = 0.008  # darkness of a light trace that is shorter than ``faint`` ...
    light_extent: float = 0.15  # ... but no speck, or goes on outside: it may be the answer
    faint: float = 0.25  # extent of a trace too light for that: a hard pencil's tick
    definite: float = 0.050
    long: float = 0.40  # extent of a stroke that is meant though it is thin, ...
    definite_long: float = 0.027  # ... and the darkness that it must have
    own: float = 0.50  # share of a stroke's ink in this bubble, below which it is another's
    broad: float = 0.30  # coverage of a mark that is more than a line or two, ...
    pale: float = 0.55  # ... whose ink is no darker than this on the mean, ...
    home: float = 0.21  # ... and has no more than this share of it here: a seal's
    tail: float = 0.20  # coverage that the end of another bubble's stroke may have, ...
    tail_share: float = 0.40  # ... and the share of that stroke's ink
    here: float = 0.20  # share of a thin line's ink nearby, below which it is not this bubble's
    leaves: float = 0.95  # how far beyond the outline a line runs that is not this bubble's ...
    enters: float = 0.25  # ... or beyond it on both sides
    beside: float = 0.04  # ink in the clear ring of a bubble that is itself blank
    around: float = 0.72  # share of directions with ink outside: circled ...
    hollow: float = 0.10  # ... if no more of the inside than this is ink
    solid: float = 0.65  # coverage from which strokes over a filled bubble are looked for
    struck: float = 0.08  # ink in the clear ring of such a bubble: its strokes' ends
    spilt: float = 1.3  # ink outside per ink inside from which it comes from elsewhere, ...
    spilt_least: float = 0.12  # ... if there is so much of it
    # Middle coverage of a sheet's marks in a 1-bit scan: the thinnest ball pen's ticks make
    # 0.09, pencil that has fallen to pieces at most 0.06.
    whole: float = 0.085
    crumb: float = 0.050  # coverage of what is left of a mark that fell to pieces
    noise_factor: float = 5.0  # blank bubbles' spread times this is no evidence of ink

    def __post_init__(self) -> None:
        if not 0 < self.marginal < self.definite <= 1:
            raise ValueError(
                f"need 0 < marginal < definite <= 1, got {self.marginal} and {self.definite}"
            )

    def as_dict(self) -> dict[str, float]:
        """For the record of a batch."""
        return asdict(self)


MAX_NOISE = 0.012  # a sheet whose blank bubbles scatter more than this hides light marks
_MOST_FLOOR = 0.020  # noise excuses no more: a light pencil's tick begins at 0.02
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
    floor = min(thresholds.noise_factor * measured.noise, _MOST_FLOOR)
    answers = {
        question.id: judge_question(question, by_question[question.id], thresholds, floor)
        for question in layout.questions
    }
    doubts = doubts_about(measured, layout, thresholds)
    if doubts:
        answers = {name: _doubted(answer, doubts) for name, answer in answers.items()}
    elif measured.outlines_found < MIN_OUTLINES_FOUND:
        # A 1-bit scan that lost the pale outlines but kept the pen whole: what the pen says
        # stands, what is missing may be lost.
        answers = {
            name: answer
            if _is_whole(answer, by_question[name], thresholds)
            else _doubted(answer, (Reason.POOR_IMAGE,))
            for name, answer in answers.items()
        }
    return answers, doubts


def doubts_about(
    measured: SheetMeasure, layout: Layout, thresholds: Thresholds
) -> tuple[Reason, ...]:
    """Why the whole sheet should be looked at; empty when its answers can stand."""
    reasons = []
    lost = (
        _may_have_lost_marks(measured, layout, thresholds)
        if measured.bilevel
        else measured.outlines_found < MIN_OUTLINES_FOUND
    )
    if lost or measured.contrast < MIN_CONTRAST or measured.noise > MAX_NOISE:
        reasons.append(Reason.POOR_IMAGE)
    if measured.bent_mm > MAX_BENT_MM:
        reasons.append(Reason.REGISTRATION)
    return tuple(reasons)


def _may_have_lost_marks(measured: SheetMeasure, layout: Layout, thresholds: Thresholds) -> bool:
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


def _is_whole(answer: Answer, bubbles: Sequence[BubbleMeasure], thresholds: Thresholds) -> bool:
    """Whether an answer's marks are as strong as a pen makes them."""
    return answer.state is AnswerState.ANSWERED and all(
        bubble.coverage >= thresholds.whole for bubble in bubbles if bubble.option in answer.options
    )


def _doubted(answer: Answer, why: Sequence[Reason]) -> Answer:
    """The same candidates, for a person to decide."""
    return Answer(AnswerState.DOUBTFUL, answer.options, _unique((*why, *answer.reasons)))


def judge_question(
    question: Question,
    bubbles: Sequence[BubbleMeasure],
    thresholds: Thresholds,
    floor: float = 0.0,
) -> Answer:
    """One question's answer.

    Args:
        question: From the layout.
        bubbles: Its measurements, in printed order.
        thresholds: Of this run.
        floor: Darkness that this sheet's blank bubbles may reach by noise alone.
    """
    judged = {b.option: judge_bubble(b, thresholds, floor) for b in bubbles}
    single = question.kind is QuestionKind.SINGLE
    if any(mark is Mark.MARKED for mark, _ in judged.values()):
        # The row has a mark of its own, so a tail that comes in from another row is none.
        for bubble in bubbles:
            if _is_tail(bubble, thresholds):
                judged[bubble.option] = (Mark.BLANK, None)
    elif faint := [
        b.option for b in bubbles if judged[b.option][0] is Mark.BLANK and _is_trace(b, thresholds)
    ]:
        # (Beside a good mark a faint trace is what an eraser or the next sheet left.)
        judged |= dict.fromkeys(faint, (Mark.MARGINAL, Reason.MARGINAL_MARK))
    judged |= _beside(bubbles, judged, thresholds, single=single)
    chosen = tuple(option for option, (mark, _) in judged.items() if mark is not Mark.BLANK)
    reasons = [reason for _, reason in judged.values() if reason is not None]
    if single and len(chosen) > 1:
        struck = any(_looks_struck(b, thresholds) for b in bubbles)
        reasons.append(Reason.CORRECTION if struck else Reason.OVERVOTE)
    if reasons:
        return Answer(AnswerState.DOUBTFUL, chosen, _unique(reasons))
    if chosen:
        return Answer(AnswerState.ANSWERED, chosen)
    return Answer(AnswerState.BLANK)


def judge_bubble(
    bubble: BubbleMeasure, thresholds: Thresholds, floor: float = 0.0
) -> tuple[Mark, Reason | None]:
    """One bubble's mark by itself, and why it is marginal if it is."""
    if bubble.around >= thresholds.around and bubble.coverage < thresholds.hollow:
        return Mark.MARGINAL, Reason.CIRCLED
    if bubble.darkness < max(thresholds.marginal, floor):
        return Mark.BLANK, None
    long = bubble.extent >= thresholds.long and bubble.darkness >= thresholds.definite_long
    if bubble.darkness < thresholds.definite and not long:
        return Mark.MARGINAL, Reason.MARGINAL_MARK
    passing = bubble.straight > 0 and (
        bubble.leaves >= thresholds.leaves
        or bubble.enters >= thresholds.enters
        or bubble.home < thresholds.here
    )
    spilt = bubble.outside > max(thresholds.spilt * bubble.coverage, thresholds.spilt_least)
    thin = bubble.straight > 0 or bubble.coverage < thresholds.hollow
    sealed = (
        bubble.coverage >= thresholds.broad
        and bubble.darkness < thresholds.pale * bubble.coverage
        and bubble.home < thresholds.home
    )
    foreign = sealed or (thin and bubble.share < thresholds.own)
    if passing or spilt or foreign:
        return Mark.MARGINAL, Reason.STRAY_LINE
    return Mark.MARKED, None


def _is_trace(bubble: BubbleMeasure, thresholds: Thresholds) -> bool:
    """Whether something long was drawn here, though too lightly to be dark on the whole."""
    seen = bubble.darkness >= thresholds.light or bubble.outside >= thresholds.beside / 2
    light = seen and bubble.faint >= thresholds.light_extent
    return light or bubble.faint >= thresholds.faint or bubble.extent >= thresholds.long


def _is_tail(bubble: BubbleMeasure, thresholds: Thresholds) -> bool:
    """Whether a bubble's ink is the thin, straight end of a stroke made in another one."""
    return (
        bubble.share < thresholds.tail_share
        and bubble.straight > 0
        and bubble.coverage < thresholds.tail
    )


def _beside(
    bubbles: Sequence[BubbleMeasure],
    judged: Mapping[str, tuple[Mark, Reason | None]],
    thresholds: Thresholds,
    *,
    single: bool,
) -> dict[str, tuple[Mark, Reason | None]]:
    """Blank bubbles with ink just outside that may have been meant for them.

    In a row with one good mark such ink is that mark's overflow or a neighbour's tail; in a
    row without any, or whose only mark looks struck through, it may be the answer.
    """
    marked = [b for b in bubbles if judged[b.option][0] is not Mark.BLANK]
    settled = single and any(not _looks_struck(b, thresholds) for b in marked)
    if settled:
        return {}
    reason = Reason.CORRECTION if marked and single else Reason.MARGINAL_MARK
    return {
        b.option: (Mark.MARGINAL, reason)
        for b in bubbles
        if judged[b.option][0] is Mark.BLANK and b.outside >= thresholds.beside
    }


def _looks_struck(bubble: BubbleMeasure, thresholds: Thresholds) -> bool:
    """Whether a bubble looks filled first and then crossed out: strokes end outside it."""
    return bubble.coverage >= thresholds.solid and bubble.outside >= thresholds.struck


def _unique(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(reasons))


def is_doubtful(answers: Mapping[str, Answer]) -> bool:
    """Whether a person has to decide at least one of *answers*."""
    return any(answer.state is AnswerState.DOUBTFUL for answer in answers.values())
