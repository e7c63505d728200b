"""What the page shows of one item: places in millimetres, words, keys (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from omr.geometry import PageRect
from omr.layout import Layout, Question, QuestionKind
from omr.ledger.sheets import SheetRow
from omr.ledger.standing import Decision, Verdict
from omr.marks import Answer, AnswerState, Reason
from omr.survey import Survey, text_for
from scans.review.layers import Layer, crop_layers, whole_layers
from scans.review.queue import Item, Suggestion, is_disputed, suggestion_for
from scans.rows_shown import crop_of, printed_width

RING_MM = 0.7  # between a bubble's outline and the ring drawn round it, so ink stays visible
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
class Said:
    """What one person said, for showing."""

    verdict: Verdict
    options: str  # in words; empty but for ANSWERED
    by: str
    at: str  # ISO 8601, UTC


@dataclass(frozen=True, slots=True)
class AnswerView:
    """A question that waits for a person."""

    title: str
    crop: PageRect
    band: PageRect  # the question's own rows; the rest of the crop is shown dimmed
    layers: tuple[Layer, ...]  # of the crop; empty: there is no picture
    whole: tuple[Layer, ...]  # of the whole sheet
    bubbles: tuple[BubbleView, ...]
    columns: int  # for the options' buttons, so that every line of them is full
    several: bool  # more than one option may be chosen
    blind: bool  # a second reading: nothing is shown of what was seen and said
    reasons: tuple[Reason, ...]  # why it is here
    suggestion: Suggestion | None
    suggested: str  # in words; empty for blank
    said: tuple[Said, ...]  # one if it is decided, two if people disagree
    seen: int  # id of the decision that stands, 0 for none


@dataclass(frozen=True, slots=True)
class MarkView:
    """One bubble on the picture of the whole sheet."""

    x_mm: float
    y_mm: float
    ring_mm: float
    doubtful: bool


def answer_view(
    row: SheetRow,
    layouts: Mapping[str, Layout],
    item: Item,
    surveys: Mapping[str, Survey],
    decided: Decision | None,
) -> AnswerView:
    """The view of one question.

    Args:
        row: The sheet as it stands.
        layouts: By layout id; the sheet's own is among them.
        item: About a question; a second reading shows nothing of the first and the machine's.
        surveys: By id, for words.
        decided: What stands about it now.

    Raises:
        KeyError: If the layout has no such question.
    """
    layout = layouts[row.reading.layout_id or ""]
    question = layout.question(item.about)
    blind = bool(item.second)
    seen = row.seen_answers[item.about]
    stands = row.reading.answers.get(item.about, seen)
    title, labels = words_of(question, layout, surveys)
    suggested = None if blind else suggestion_for(row, layouts, item.about)
    chosen = decided.options if decided and not blind and not is_disputed(stands) else ()
    crop, band = crop_of(layout, question)
    return AnswerView(
        title=title,
        crop=crop,
        band=band,
        layers=crop_layers(row, layout, item.about, crop),
        whole=whole_layers(row, layout),
        bubbles=tuple(
            BubbleView(
                option=bubble.option,
                key=str(n) if n <= 9 else "",
                label=labels[bubble.option],
                x_mm=bubble.centre.x_mm,
                y_mm=bubble.centre.y_mm,
                ring_mm=bubble.diameter_mm / 2 + RING_MM,
                candidate=not blind and bubble.option in seen.options,
                chosen=bubble.option in chosen,
            )
            for n, bubble in enumerate(question.bubbles, start=1)
        ),
        columns=_columns(len(question.bubbles)),
        several=question.kind is QuestionKind.MULTI,
        blind=blind,
        reasons=() if blind else _reasons_first(stands),
        suggestion=suggested,
        suggested=", ".join(labels[option] for option in suggested.options) if suggested else "",
        said=() if blind or decided is None else said_by(decided, labels),
        seen=item.second or (decided.decision_id if decided else 0),
    )


def _reasons_first(answer: Answer) -> tuple[Reason, ...]:
    """The reasons, that people disagree before all others."""
    return tuple(sorted(answer.reasons, key=lambda reason: reason is not Reason.DISAGREEMENT))


def said_by(decided: Decision, labels: Mapping[str, str]) -> tuple[Said, ...]:
    """What stands, and if a second person says something else, that too."""

    def in_words(options: Sequence[str]) -> str:
        return ", ".join(labels.get(option, option) for option in options)

    first = Said(decided.verdict, in_words(decided.options), decided.decided_by, decided.decided_at)
    second = decided.second
    if second is None or not decided.is_disputed:
        return (first,)
    return (
        first,
        Said(second.verdict, in_words(second.options), second.decided_by, second.decided_at),
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
            bubble.diameter_mm / 2 + RING_MM,
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
