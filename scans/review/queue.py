"""What to show next, and what the machine would suggest (pure over the ledger's rows)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from omr.layout import Layout, Question, QuestionKind
from omr.ledger.sheets import SheetRow
from omr.ledger.standing import IDENTITY, WHOLE, Verdict
from omr.marks import Answer, Reason

# What these reasons leave open no rule can settle; a person must look and say.
_NO_SUGGESTION = frozenset({Reason.CORRECTION, Reason.OVERVOTE})


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits for a person."""

    record_id: str
    about: str  # IDENTITY, WHOLE or a question's id


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a person most likely says."""

    verdict: Verdict
    options: tuple[str, ...] = ()


def items_of(rows: Iterable[SheetRow], layouts: Mapping[str, Layout]) -> list[Item]:
    """Everything that waits: sheet by sheet, in printed order on each.

    Args:
        rows: Sheets as they stand, in file and page order.
        layouts: By layout id.
    """
    items = []
    for row in rows:
        layout = layouts.get(row.reading.layout_id or "")
        printed = [question.id for question in layout.questions] if layout else []
        order = {about: n for n, about in enumerate((IDENTITY, WHOLE, *printed))}
        abouts = sorted(row.open, key=lambda about: order.get(about, len(order)))
        items += [Item(row.record_id, about) for about in abouts]
    return items


def after(items: Sequence[Item], here: Item, order: Sequence[str]) -> Item | None:
    """The open item after *here*, beginning again at the end; None if there is none.

    Args:
        items: What is open.
        here: What was on the screen; it may be settled by now.
        order: Record ids of all sheets, in file and page order.
    """
    return _neighbour(items, here, order, step=1)


def before(items: Sequence[Item], here: Item, order: Sequence[str]) -> Item | None:
    """The open item before *here*, beginning again at the start; None if there is none."""
    return _neighbour(items, here, order, step=-1)


def _neighbour(
    items: Sequence[Item], here: Item, order: Sequence[str], *, step: int
) -> Item | None:
    if not items:
        return None
    if here in items:
        return items[(items.index(here) + step) % len(items)]
    # Settled meanwhile: what is left of its sheet, else the sheet next to it.
    place = {record_id: n for n, record_id in enumerate(order)}
    at = place.get(here.record_id, 0)
    if step > 0:
        later = (item for item in items if place.get(item.record_id, 0) >= at)
        return next(later, items[0])
    earlier = (item for item in reversed(items) if place.get(item.record_id, 0) <= at)
    return next(earlier, items[-1])


def suggestion(question: Question, answer: Answer) -> Suggestion | None:
    """What Enter accepts; None where only a person can tell."""
    if question.kind is QuestionKind.MULTI:
        return _said(answer.options)
    if len(answer.options) > 1 or _NO_SUGGESTION.intersection(answer.reasons):
        return None
    return _said(answer.options)


def _said(options: tuple[str, ...]) -> Suggestion:
    return Suggestion(Verdict.ANSWERED, options) if options else Suggestion(Verdict.BLANK)
