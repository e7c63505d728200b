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
    """What divides blank, marginal and marked. Darkness is a mean over the bubble's inside.

    The defaults were set on virtual scans of our own forms (``benchmarks/``): a blank
    bubble stays below 0.012 at 200 dpi, a hesitation speck of 0.5 mm measures 0.015, the
    thinnest ball-pen tick 0.07, a light pencil tick 0.05.
    """

    marginal: float = 0.020
    definite: float = 0.060
    noise_factor: float = 6.0  # blank bubbles' spread times this is no evidence of ink
    around: float = 0.60  # share of directions with ink outside the outline: circled
    through: float = 0.85  # share of ink on one line right across: a stray line
    solid: float = 0.90  # coverage from which strokes over a filled bubble are looked for

    def __post_init__(self) -> None:
        if not 0 < self.marginal < self.definite <= 1:
            raise ValueError(
                f"need 0 < marginal < definite <= 1, got {self.marginal} and {self.definite}"
            )

    def judge(self, darkness: float) -> Mark:
        """What one bubble's darkness means by itself."""
        if darkness >= self.definite:
            return Mark.MARKED
        if darkness >= self.marginal:
            return Mark.MARGINAL
        return Mark.BLANK

    def as_dict(self) -> dict[str, float]:
        """For the record of a batch."""
        return asdict(self)


# A sheet whose blank bubbles scatter more than this hides light marks: a person reads it.
MAX_NOISE = 0.012
MIN_CONTRAST = 50.0  # grey levels between paper and black; below, strokes drown in noise
MAX_BENT_MM = 0.8  # the search for outlines ends at 0.9


def judge_sheet(
    measured: SheetMeasure, layout: Layout, thresholds: Thresholds
) -> tuple[dict[str, Answer], tuple[Reason, ...]]:
    """Every answer of a sheet, and what is doubtful about the sheet as a whole."""
    by_question: dict[str, list[BubbleMeasure]] = {q.id: [] for q in layout.questions}
    for bubble in measured.bubbles:
        by_question[bubble.question].append(bubble)
    floor = thresholds.noise_factor * measured.noise
    answers = {
        question.id: judge_question(question, by_question[question.id], thresholds, floor)
        for question in layout.questions
    }
    return answers, doubts_about(measured)


def doubts_about(measured: SheetMeasure) -> tuple[Reason, ...]:
    """Why the whole sheet should be looked at; empty when its answers can stand."""
    reasons = []
    if measured.noise > MAX_NOISE or measured.contrast < MIN_CONTRAST:
        reasons.append(Reason.POOR_IMAGE)
    if measured.bent_mm > MAX_BENT_MM:
        reasons.append(Reason.REGISTRATION)
    return tuple(reasons)


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
    marks = {b.option: _judge_bubble(b, thresholds, floor) for b in bubbles}
    marked = tuple(o for o, (mark, _) in marks.items() if mark is Mark.MARKED)
    marginal = tuple(o for o, (mark, _) in marks.items() if mark is Mark.MARGINAL)
    reasons = [reason for _, reason in marks.values() if reason is not None]
    if question.kind is QuestionKind.SINGLE and len(marked) + len(marginal) > 1:
        struck = _struck_through(bubbles, thresholds)
        reasons.append(Reason.CORRECTION if struck else Reason.OVERVOTE)
    if reasons:
        candidates = tuple(o for o, (mark, _) in marks.items() if mark is not Mark.BLANK)
        return Answer(AnswerState.DOUBTFUL, candidates, _unique(reasons))
    if marked:
        return Answer(AnswerState.ANSWERED, marked)
    return Answer(AnswerState.BLANK)


def _judge_bubble(
    bubble: BubbleMeasure, thresholds: Thresholds, floor: float
) -> tuple[Mark, Reason | None]:
    """One bubble's mark, and why it is marginal if it is."""
    mark = thresholds.judge(bubble.darkness)
    if mark is Mark.MARGINAL and bubble.darkness < floor:
        mark = Mark.BLANK
    if bubble.around >= thresholds.around and bubble.coverage < thresholds.solid / 2:
        return Mark.MARGINAL, Reason.CIRCLED
    if mark is not Mark.BLANK and bubble.through >= thresholds.through:
        return Mark.MARGINAL, Reason.STRAY_LINE
    return mark, Reason.MARGINAL_MARK if mark is Mark.MARGINAL else None


def _struck_through(bubbles: Sequence[BubbleMeasure], thresholds: Thresholds) -> bool:
    """Whether one of several marked bubbles looks filled first and then crossed out."""
    return any(b.coverage >= thresholds.solid * 0.75 and b.outside > 0.08 for b in bubbles)


def _unique(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(reasons))


def is_doubtful(answers: Mapping[str, Answer]) -> bool:
    """Whether a person has to decide at least one of *answers*."""
    return any(answer.state is AnswerState.DOUBTFUL for answer in answers.values())
