"""Refuses a form whose parts touch: a reader could take the one's ink for the other's."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain, combinations

from forms.artwork import Item, Pattern, Slot, Text
from forms.frame import (
    BOTTOM_MM,
    BUBBLE_REACH_MM,
    CLEAR_MM,
    LEFT_MM,
    RIGHT_MM,
    ROW_PITCH_MM,
    TOP_MM,
    quiet_zones,
)
from forms.text_flow import FormDoesNotFit
from omr.geometry import PagePoint, PageRect
from omr.i18n import _
from omr.layout import Layout

_TOLERANCE_MM = 0.005  # places are rounded to micrometres
# Strokes of letters in neighbouring lines may come this near before it looks like a fault.
_HAIR_MM = 0.1  # a rule that ends at the margin has a round end
_LETTERS_MAY_MEET_MM = 0.15


def check(layout: Layout, items: tuple[Item, ...], slots: tuple[Slot, ...]) -> None:
    """Refuse anything that touches what must stay clear.

    Raises:
        FormDoesNotFit: Naming what is too near to what, and by how many mm.
    """
    found = chain(_collisions(layout, items, slots), _public_code_collisions(layout, items))
    for what, other, excess in found:
        if excess > _TOLERANCE_MM:
            raise FormDoesNotFit(
                _("{what} is {excess:.1f} mm too near to {other}").format(
                    what=what, other=other, excess=excess
                ),
                _("Shorten its words, or take a line out of the survey."),
            )


def _collisions(
    layout: Layout, items: tuple[Item, ...], slots: tuple[Slot, ...]
) -> Iterator[tuple[str, str, float]]:
    page = PageRect(LEFT_MM, TOP_MM, RIGHT_MM - LEFT_MM, BOTTOM_MM - TOP_MM)
    bubbles = [
        (_("bubble {question} {option}").format(question=q.id, option=b.option), b.centre)
        for q in layout.questions
        for b in q.bubbles
    ]
    zones = [
        *quiet_zones(),
        (_("the stamp zone"), layout.stamp),
        (_("the comment box"), layout.comment),
    ]
    for name, centre in bubbles:
        box = PageRect(centre.x_mm, centre.y_mm, 0.0, 0.0).grown(BUBBLE_REACH_MM)
        yield name, _("the paper's edge"), _outside(box, page)
        for zone, rect in zones:
            yield name, zone, BUBBLE_REACH_MM + CLEAR_MM - _distance(centre, rect)
        for item in items:
            yield item.source, name, BUBBLE_REACH_MM + CLEAR_MM - _distance(centre, item.ink)
    for (name, one), (other, two) in combinations(bubbles, 2):
        apart = math.hypot(one.x_mm - two.x_mm, one.y_mm - two.y_mm)
        yield name, other, ROW_PITCH_MM - apart
    inks = [(item.source, item.ink) for item in items]
    inks += [(_("the serial's or the unit's place"), slot.ink) for slot in slots]
    for name, ink in inks:
        yield name, _("the paper's edge"), _outside(ink, page) - _HAIR_MM
        for zone, rect in quiet_zones():
            yield name, zone, _depth(ink, rect)
    texts = [(item.source, item.ink) for item in items if isinstance(item, Text)]
    for (name, ink), (other, under) in combinations([*texts, *inks[len(items) :]], 2):
        yield name, other, _depth(ink, under) - _LETTERS_MAY_MEET_MM


def _public_code_collisions(
    layout: Layout, items: tuple[Item, ...]
) -> Iterator[tuple[str, str, float]]:
    """What stands in the white around a code that citizens scan."""
    for code in items:
        if isinstance(code, Pattern):
            quiet = _quiet(code)
            for item in items:
                if item is not code:
                    yield item.source, code.source, _depth(item.ink, quiet)
            for question in layout.questions:
                for bubble in question.bubbles:
                    box = PageRect(bubble.centre.x_mm, bubble.centre.y_mm, 0.0, 0.0)
                    yield question.id, code.source, _depth(box.grown(BUBBLE_REACH_MM), quiet)


def _quiet(pattern: Pattern) -> PageRect:
    """A code with the white around it that readers need (ISO/IEC 18004: four modules)."""
    return pattern.box.grown(4 * pattern.box.w_mm / pattern.columns)


def _distance(point: PagePoint, rect: PageRect) -> float:
    """From *point* to the nearest place of *rect*; 0 inside."""
    dx = max(rect.x_mm - point.x_mm, 0.0, point.x_mm - rect.right_mm)
    dy = max(rect.y_mm - point.y_mm, 0.0, point.y_mm - rect.bottom_mm)
    return math.hypot(dx, dy)


def _outside(box: PageRect, page: PageRect) -> float:
    """How far *box* sticks out of *page*."""
    return max(
        page.x_mm - box.x_mm,
        page.y_mm - box.y_mm,
        box.right_mm - page.right_mm,
        box.bottom_mm - page.bottom_mm,
    )


def _depth(one: PageRect, two: PageRect) -> float:
    """How far the rectangles reach into each other; 0 if they do not."""
    across = min(one.right_mm, two.right_mm) - max(one.x_mm, two.x_mm)
    down = min(one.bottom_mm, two.bottom_mm) - max(one.y_mm, two.y_mm)
    return max(min(across, down), 0.0)
