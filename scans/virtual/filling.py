"""A person fills a printed sheet: the plan's marks as ink, and what of them can be seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from scans.virtual import parameters as p
from scans.virtual.contract import Spot, spots
from scans.virtual.gestures import handwriting, mark, stray_line
from scans.virtual.ink import Pen, draw, take_pen, visible_ink_mm2
from scans.virtual.intent import Doubt, MarkKind, QuestionIntent, SheetIntent
from scans.virtual.strokes import Hand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scans.virtual.canvas import Canvas
    from scans.virtual.ink import InkPatch

_FAR_MM = 20.0  # to the next bubble, where there is but one
_MEANT = set(MarkKind) - {
    MarkKind.STRUCK,
    MarkKind.BLACKED_OUT,
    MarkKind.SPECK,
    MarkKind.CIRCLED,
}


@dataclass(frozen=True, slots=True)
class Sight:
    """What a scan lets be seen: its blur (sd, mm), and the light below which ink shows."""

    blur_mm: float
    least_light: float


@dataclass(frozen=True, slots=True)
class Filled:
    """A question after filling: the intent, doubt included, and the readings that are right."""

    intent: QuestionIntent
    right: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=8)
def _gaps(everything: tuple[Spot, ...]) -> dict[Spot, float]:
    """Distance (mm) from every bubble's centre to the nearest other one's."""
    at = np.array([(spot.x_mm, spot.y_mm) for spot in everything])
    away = np.hypot(*(at[:, None] - at[None, :]).transpose(2, 0, 1))
    np.fill_diagonal(away, np.inf)
    nearest = np.minimum(away.min(axis=1), _FAR_MM if len(everything) == 1 else np.inf)
    return dict(zip(everything, nearest.tolist(), strict=True))


def fill(
    canvas: Canvas,
    layout: Mapping[str, Any],
    intent: SheetIntent,
    rng: np.random.Generator,
    lamp: tuple[float, float, float],
    sight: Sight,
) -> list[Filled]:
    """Carry out *intent* on *canvas* (changed in place) and say what became of each question."""
    pen = take_pen(intent.pen, rng)
    if intent.nib_mm is not None:
        pen = replace(pen, nib_mm=intent.nib_mm)
    hand = Hand(p.TREMOR_MM.at(intent.shaky), intent.pressure)
    everything = spots(layout)
    place = {(spot.question, spot.option): spot for spot in everything}
    strays = _stray_lines(canvas, layout, intent, rng, lamp, (pen, hand))
    crossed = {
        spot.question
        for spot in everything
        for patch in strays
        if _touches(canvas, patch, spot, sight)
    }
    gaps = _gaps(everything)
    done: list[Filled] = []
    for question in intent.questions:
        faint: list[str] = []
        for option, kind in question.marks:
            spot = place[question.question, option]
            size = (spot.w_mm, spot.h_mm)
            strokes = mark(rng, kind, hand, size, pen.nib_mm, gaps[spot])
            for stroke in strokes:
                stroke.points_mm[:] += (spot.x_mm, spot.y_mm)
            patch = draw(canvas, strokes, pen, rng, lamp)
            if (
                kind in _MEANT
                and option in question.intended
                and not _seen(canvas, patch, spot, sight)
            ):
                faint.append(option)
        done.append(_judged(question, faint, stray=question.question in crossed))
    _comment(canvas, layout, intent, rng, lamp, (pen, hand))
    return done


def _seen(canvas: Canvas, patch: InkPatch | None, spot: Spot, sight: Sight) -> bool:
    """Whether *patch* shows enough ink inside *spot* (the rule of :class:`Doubt`)."""
    if patch is None:
        return False
    area = visible_ink_mm2(canvas, patch, spot, sight.blur_mm, sight.least_light)
    return area >= p.CLEAR_INK_MM2


def _touches(canvas: Canvas, patch: InkPatch, spot: Spot, sight: Sight) -> bool:
    """Whether any visible ink of *patch* lies inside *spot*."""
    return visible_ink_mm2(canvas, patch, spot, sight.blur_mm, sight.least_light) > 0.0


def _judged(question: QuestionIntent, faint: list[str], *, stray: bool) -> Filled:
    """Apply the rules for doubt that depend on the ink."""
    right = question.right_readings()
    if question.doubt is None and stray and not question.marks:
        stained = replace(question, doubt=Doubt.STRAY_LINE)
        return Filled(stained, stained.right_readings())
    if question.doubt is None and faint:
        rest = tuple(option for option in question.intended if option not in faint)
        return Filled(replace(question, doubt=Doubt.FAINT), (*right, rest))
    return Filled(question, right)


def _stray_lines(
    canvas: Canvas,
    layout: Mapping[str, Any],
    intent: SheetIntent,
    rng: np.random.Generator,
    lamp: tuple[float, float, float],
    tool: tuple[Pen, Hand],
) -> list[InkPatch]:
    """Draw the lines that mean nothing."""
    page = (layout["page"]["width_mm"], layout["page"]["height_mm"])
    patches = []
    for _ in range(intent.stray_lines):
        patch = draw(canvas, stray_line(rng, tool[1], page), tool[0], rng, lamp)
        if patch is not None:
            patches.append(patch)
    return patches


def _comment(
    canvas: Canvas,
    layout: Mapping[str, Any],
    intent: SheetIntent,
    rng: np.random.Generator,
    lamp: tuple[float, float, float],
    tool: tuple[Pen, Hand],
) -> None:
    """Write the comment into its field, where the layout has one."""
    room = layout.get("comment")
    if not room or not intent.comment_words:
        return
    area = (room["x_mm"], room["y_mm"], room["w_mm"], room["h_mm"])
    for word in handwriting(rng, tool[1], area, intent.comment_words):
        draw(canvas, word, tool[0], rng, lamp)
