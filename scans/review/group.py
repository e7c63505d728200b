"""Which items look alike enough to be settled on one screen (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from omr.layout import Layout
from omr.ledger.sheets import SheetRow
from omr.ledger.standing import Verdict
from omr.marks import Reason
from omr.measure_codec import unpack
from scans.review.queue import Item, Kind, main_reason, suggestion_for

MOST = 40  # on one screen
FEWEST = 2  # else the item by itself is faster


@dataclass(frozen=True, slots=True)
class Sort:
    """What the items of one group have in common."""

    reason: Reason | None
    verdict: Verdict  # ANSWERED: each has one candidate; BLANK: none


def sort_of(row: SheetRow, layouts: Mapping[str, Layout], item: Item) -> Sort | None:
    """The sort of group that *item* belongs to; None if it must be looked at by itself."""
    if item.kind is not Kind.ANSWER or item.about not in row.open:
        return None
    seen = row.seen_answers.get(item.about)
    suggested = suggestion_for(row, layouts, item.about)
    if seen is None or suggested is None or len(seen.options) > 1:
        return None
    return Sort(main_reason(row, item.about), suggested.verdict)


def alike(
    sort: Sort, items: Iterable[Item], rows: Mapping[str, SheetRow], layouts: Mapping[str, Layout]
) -> list[Item]:
    """The first :data:`MOST` of *items* that are of *sort*, in their order."""
    found: list[Item] = []
    for item in items:
        row = rows.get(item.record_id)
        if row is not None and sort_of(row, layouts, item) == sort:
            found.append(item)
            if len(found) == MOST:
                break
    return found


def darkness_of(row: SheetRow, layouts: Mapping[str, Layout], question_id: str) -> float:
    """How dark the candidate is, or where there is none, the question's darkest bubble; 0 to 1.

    0 where the sheet's measurements are not kept, or by another version.
    """
    layout = layouts.get(row.reading.layout_id or "")
    packed = row.reading.measurements
    if layout is None or packed is None:
        return 0.0
    try:
        measured = unpack(packed, layout)
    except ValueError:
        return 0.0
    wanted = row.seen_answers[question_id].options
    return max(
        (
            bubble.darkness
            for bubble in measured.bubbles
            if bubble.question == question_id and (not wanted or bubble.option in wanted)
        ),
        default=0.0,
    )
