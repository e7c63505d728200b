"""The tiles of the group view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from omr.geometry import PageRect
from omr.layout import Bubble, Layout, Question
from scans.review.desk import Desk
from scans.review.group import darkness_of
from scans.review.item_pages import address_of, key_of
from scans.review.layers import Layer, crop_layers
from scans.review.queue import Item
from scans.review.view import RING_MM, words_of

_AROUND_X_MM, _AROUND_Y_MM = 8.0, 4.0  # from the candidate's centre; the next bubbles are seen
_ROW_MM = 4.5  # round a row of bubbles


@dataclass(frozen=True, slots=True)
class Tile:
    """One item of a group."""

    key: str
    address: str
    seen: int  # id of the decision that stands, 0 for none
    question: str  # its text
    option: str  # the candidate's label; empty where the row is thought blank
    serial: str
    crop: PageRect
    layers: tuple[Layer, ...]
    x_mm: float  # of the candidate's centre
    y_mm: float
    ring_mm: float  # 0: there is no candidate


def tiles_of(desk: Desk, items: Sequence[Item]) -> list[Tile]:
    """A tile for each of *items*, the faintest first."""
    found = []
    for item in items:
        row = desk.sheet(item.record_id)
        layout = desk.layout(row) if row else None
        if row is None or layout is None or item.about not in row.open:
            continue
        question = layout.question(item.about)
        seen = row.seen_answers[item.about]
        title, labels = words_of(question, layout, desk.surveys)
        candidate = next((b for b in question.bubbles if b.option in seen.options), None)
        crop = _crop(layout, question, candidate)
        tile = Tile(
            key=key_of(item),
            address=address_of(item),
            seen=0,  # it waits, and not because two people disagree
            question=title,
            option=labels[candidate.option] if candidate else "",
            serial=row.reading.serial or "",
            crop=crop,
            layers=crop_layers(row, layout, item.about, crop),
            x_mm=candidate.centre.x_mm if candidate else 0.0,
            y_mm=candidate.centre.y_mm if candidate else 0.0,
            ring_mm=candidate.diameter_mm / 2 + RING_MM if candidate else 0.0,
        )
        found.append((darkness_of(row, desk.layouts, item.about), tile))
    return [tile for _dark, tile in sorted(found, key=lambda pair: pair[0])]


def _crop(layout: Layout, question: Question, candidate: Bubble | None) -> PageRect:
    """What a tile shows: the candidate and what is beside it, or the whole row."""
    if candidate is not None:
        at = candidate.centre
        left = min(max(0.0, at.x_mm - _AROUND_X_MM), layout.width_mm - 2 * _AROUND_X_MM)
        top = min(max(0.0, at.y_mm - _AROUND_Y_MM), layout.height_mm - 2 * _AROUND_Y_MM)
        return PageRect(left, top, 2 * _AROUND_X_MM, 2 * _AROUND_Y_MM)
    xs = [bubble.centre.x_mm for bubble in question.bubbles]
    ys = [bubble.centre.y_mm for bubble in question.bubbles]
    return PageRect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)).grown(_ROW_MM)
