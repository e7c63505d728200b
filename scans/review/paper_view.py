"""What the page shows of two papers with one serial (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from omr.geometry import PageRect
from omr.layout import Layout
from omr.ledger.papers import Pair
from omr.ledger.sheets import SheetRow
from omr.marks import Answer, AnswerState
from omr.survey import Survey
from scans.review.layers import Layer, whole_layers
from scans.review.view import MarkView, marks_of, words_of
from scans.rows_shown import crop_of


@dataclass(frozen=True, slots=True)
class Sheet:
    """One of the two."""

    row: SheetRow
    layout: Layout
    layers: tuple[Layer, ...]  # empty: it is drawn from its answers
    marks: tuple[MarkView, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A question that both answer otherwise."""

    question: str  # its text
    first: str  # in words; empty for blank
    second: str
    band: PageRect  # its rows


@dataclass(frozen=True, slots=True)
class PaperView:
    """Two papers with one serial."""

    serial: str
    first: Sheet
    second: Sheet
    differences: tuple[Difference, ...]


def paper_view(
    pair: Pair, layouts: Mapping[str, Layout], surveys: Mapping[str, Survey]
) -> PaperView | None:
    """The view of two papers; None if their layout is not known."""
    layout = layouts.get(pair.second.reading.layout_id or "")
    if layout is None:
        return None
    # Nothing is left of a first paper whose month was closed and its answers destroyed, not
    # even which layout a typed serial has: one serial has one.
    own = layouts.get(pair.first.reading.layout_id or "", layout)
    first, second = _sheet(pair.first, own), _sheet(pair.second, layout)
    return PaperView(
        pair.second.seen.serial or "", first, second, _differences(first, second, surveys)
    )


def _sheet(row: SheetRow, layout: Layout) -> Sheet:
    layers = whole_layers(row, layout)
    # On a picture rings say what the machine took for marked; without one they are the marks.
    answers = row.seen_answers if layers else row.reading.answers
    return Sheet(row, layout, layers, marks_of(layout, answers))


def _differences(
    first: Sheet, second: Sheet, surveys: Mapping[str, Survey]
) -> tuple[Difference, ...]:
    found = []
    for question in second.layout.questions:
        one = first.row.seen_answers.get(question.id)
        other = second.row.seen_answers.get(question.id)
        if _said(one) == _said(other):
            continue
        title, labels = words_of(question, second.layout, surveys)
        _crop, band = crop_of(second.layout, question)
        found.append(Difference(title, _in_words(one, labels), _in_words(other, labels), band))
    return tuple(found)


def _said(answer: Answer | None) -> tuple[bool, frozenset[str]]:
    if answer is None:
        return False, frozenset()
    return answer.state is AnswerState.DOUBTFUL, frozenset(answer.options)


def _in_words(answer: Answer | None, labels: Mapping[str, str]) -> str:
    said = ", ".join(labels.get(option, option) for option in answer.options) if answer else ""
    return f"{said} ?" if answer and answer.state is AnswerState.DOUBTFUL and said else said
