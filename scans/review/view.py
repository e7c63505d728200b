"""What the page shows of one item: places in millimetres, words, keys (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from omr.geometry import PageRect
from omr.layout import Layout, Question, QuestionKind
from omr.ledger.sheets import SheetRow
from omr.ledger.standing import Decision
from omr.marks import Answer, AnswerState
from omr.survey import Survey, text_for
from scans.review.queue import Suggestion, suggestion
from scans.rows_shown import crop_of, printed_width

_RING_MM = 0.7  # between a bubble's outline and the ring drawn round it, so ink stays visible
_SERIAL_LEFT_MM, _SERIAL_BELOW_MM = 16.0, 13.0  # the serial stands under the upper code


@dataclass(frozen=True, slots=True)
class BubbleView:
    """One bubble of the question, for drawing over the picture."""

    option: str
    key: str  # the digit that chooses it; empty beyond nine
    label: str
    x_mm: float
    y_mm: float
    ring_mm: float  # radius
    candidate: bool  # the machine saw something there
    chosen: bool  # by the decision that stands now


@dataclass(frozen=True, slots=True)
class AnswerView:
    """A question that waits for a person."""

    title: str
    crop: PageRect
    band: PageRect  # the question's own rows; the rest of the crop is shown dimmed
    bubbles: tuple[BubbleView, ...]
    columns: int  # for the options' buttons, so that every line of them is full
    several: bool  # more than one option may be chosen
    suggestion: Suggestion | None
    suggested: str  # in words; empty for blank
    decided: Decision | None
    decided_words: str


@dataclass(frozen=True, slots=True)
class MarkView:
    """One bubble on the picture of the whole sheet."""

    x_mm: float
    y_mm: float
    ring_mm: float
    doubtful: bool


def answer_view(
    row: SheetRow,
    layout: Layout,
    question_id: str,
    surveys: Mapping[str, Survey],
    decided: Decision | None,
) -> AnswerView:
    """The view of one question.

    Raises:
        KeyError: If the layout has no such question.
    """
    question = layout.question(question_id)
    seen = row.seen_answers[question_id]
    title, labels = words_of(question, layout, surveys)
    suggested = suggestion(question, seen)
    said = decided.options if decided else ()
    crop, band = crop_of(layout, question)
    return AnswerView(
        title=title,
        crop=crop,
        band=band,
        bubbles=tuple(
            BubbleView(
                option=bubble.option,
                key=str(n) if n <= 9 else "",
                label=labels[bubble.option],
                x_mm=bubble.centre.x_mm,
                y_mm=bubble.centre.y_mm,
                ring_mm=bubble.diameter_mm / 2 + _RING_MM,
                candidate=bubble.option in seen.options,
                chosen=bubble.option in said,
            )
            for n, bubble in enumerate(question.bubbles, start=1)
        ),
        columns=_columns(len(question.bubbles)),
        several=question.kind is QuestionKind.MULTI,
        suggestion=suggested,
        suggested=", ".join(labels[option] for option in suggested.options) if suggested else "",
        decided=decided,
        decided_words=", ".join(labels.get(option, option) for option in said),
    )


def words_of(
    question: Question, layout: Layout, surveys: Mapping[str, Survey]
) -> tuple[str, dict[str, str]]:
    """A question's text and its options' labels, as printed.

    A survey of another revision says something else than the paper; then the ids stand for
    themselves, and the picture shows the printed words.
    """
    labels = {bubble.option: bubble.option for bubble in question.bubbles}
    survey = surveys.get(layout.survey)
    domain = next((d for d in survey.domains if d.id == layout.domain), None) if survey else None
    if survey is None or domain is None or survey.revision != layout.revision:
        return question.id, labels
    for written in survey.questions:
        if written.id == question.id:
            labels |= {o.id: o.label for o in written.options if o.id in labels}
            return text_for(written, domain), labels
    return question.id, labels


def serial_crop(layout: Layout) -> PageRect:
    """Where the serial is printed: below the upper code."""
    code = min(layout.codes, key=lambda place: place.y_mm)
    _left, right = printed_width(layout)
    left = max(0.0, code.x_mm - _SERIAL_LEFT_MM)
    top = code.y_mm + code.h_mm / 2  # enough of the code to show what is to be seen
    return PageRect(left, top, right - left, code.h_mm / 2 + _SERIAL_BELOW_MM)


def marks_of(layout: Layout, answers: Mapping[str, Answer]) -> tuple[MarkView, ...]:
    """Every bubble that the machine takes, or may take, for marked."""
    return tuple(
        MarkView(
            bubble.centre.x_mm,
            bubble.centre.y_mm,
            bubble.diameter_mm / 2 + _RING_MM,
            doubtful=answers[question.id].state is AnswerState.DOUBTFUL,
        )
        for question in layout.questions
        if question.id in answers
        for bubble in question.bubbles
        if bubble.option in answers[question.id].options
    )


def _columns(count: int) -> int:
    """Two to five columns; a last line as full as can be."""
    return max(range(min(count, 5), 1, -1), key=lambda n: (count - 1) % n, default=1)
