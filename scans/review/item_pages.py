"""What the templates of single items are filled in with."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from omr.ledger.sheets import SheetRow
from omr.ledger.standing import Verdict
from omr.marks import AGAINST_THE_BOOKS
from scans.review.desk import Desk
from scans.review.language import Words
from scans.review.layers import whole_layers
from scans.review.paper_view import paper_view
from scans.review.queue import Item, Kind
from scans.review.units_view import domains_of, units_of
from scans.review.view import answer_view, marks_of, said_by, serial_crop

Found = tuple[str, dict[str, Any]]  # a template, and what it needs


def key_of(item: Item) -> str:
    """An item as one word, for the script and for forms."""
    return f"{item.record_id} {item.about} {item.second}"


def item_of(key: str) -> Item | None:
    """The item that :func:`key_of` named; None if *key* is no such word."""
    parts = key.split(" ")
    if len(parts) != 3 or not parts[2].isascii() or not parts[2].isdecimal():
        return None
    return Item(parts[0], parts[1], int(parts[2][:18]))


def query_of(item: Item) -> str:
    """An item as an address names it."""
    query: dict[str, object] = {"record": item.record_id, "about": item.about}
    return urlencode(query | ({"second": item.second} if item.second else {}))


def address_of(item: Item) -> str:
    """The item's page."""
    return f"/item?{query_of(item)}"


class ItemPages:
    """Items as the templates need them.

    Args:
        desk: What they show.
        words: In the office's language.
    """

    def __init__(self, desk: Desk, words: Words) -> None:
        self._desk = desk
        self._words = words

    def of(self, person: str, here: Item, *, typed: str = "", held: bool = False) -> Found | None:
        """The template for *here* and what it needs; None if there is no such item.

        Args:
            person: Who looks.
            here: The item.
            typed: What the person had typed before, where something was wrong with it.
            held: Whether it is known to be theirs.
        """
        row = self._desk.sheet(here.record_id)
        if row is None or here.about not in row.asked:
            return None
        layout = self._desk.layout(row)
        settled = not here.second and here.about not in row.open
        common = {
            "row": row,
            "item": here,
            "key": key_of(here),
            "here": query_of(here),
            "address": address_of(here),
            "kind": here.kind.name.lower(),
            "taken": not (held or settled or self._desk.hold(person, [here])),
            "layout": layout,
        }
        if here.kind is Kind.PAPER:
            return self._paper(here, common)
        if here.kind is Kind.IDENTITY:
            return self._identity(here, row, common | {"typed": typed})
        if layout is None:
            return None
        if here.kind is Kind.WHOLE:
            return self._whole(here, row, common)
        if here.kind is Kind.SECOND and not self._is_due(here):
            return None
        decided = self._desk.decision(here)
        view = answer_view(row, self._desk.layouts, here, self._desk.surveys, decided)
        return "answer.html", common | {"view": view, "seen": view.seen}

    def _is_due(self, here: Item) -> bool:
        """Whether the decision that should be read again still stands unread."""
        stands = self._desk.decision(Item(here.record_id, here.about))
        due = stands is not None and stands.decision_id == here.second and stands.second is None
        if not due:
            self._desk.seconds.drop(here)
        return due

    def _whole(self, here: Item, row: SheetRow, common: dict[str, Any]) -> Found:
        layout, decided = common["layout"], self._desk.decision(here)
        return "whole.html", common | {
            "marks": marks_of(layout, row.seen_answers),
            "whole": whole_layers(row, layout),
            "said": said_by(decided, {}) if decided else (),
            "seen": decided.decision_id if decided else 0,
            "odd": bool(AGAINST_THE_BOOKS.intersection(row.reading.reasons)),
        }

    def _identity(self, here: Item, row: SheetRow, common: dict[str, Any]) -> Found:
        layout = common["layout"] or self._desk.newest_layout()
        decided = self._desk.decision(here)
        placed = decided and decided.verdict is Verdict.IDENTIFIED and row.reading.serial is None
        return "identity.html", common | {
            "layout": layout,
            "whole": whole_layers(row, layout) if layout else (),
            "crop": serial_crop(layout) if layout else None,
            "said": said_by(decided, {}) if decided else (),
            "placed": bool(placed),
            "seen": decided.decision_id if decided else 0,
            "units": units_of(self._desk.units),
            "domains": domains_of(self._desk.layouts.values(), self._desk.surveys),
        }

    def _paper(self, here: Item, common: dict[str, Any]) -> Found | None:
        pair = self._desk.pair(here.record_id)
        if pair is None:
            return None
        view = paper_view(pair, self._desk.layouts, self._desk.surveys)
        if view is None:
            return None
        return "paper.html", common | {
            "view": view,
            "said": pair.said,
            "seen": pair.said.choice_id if pair.said else 0,
        }
