"""Units with their intervals: a dot for the share, a line for what it may be."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

from reportlab.pdfgen.canvas import Canvas

from omr.document_fonts import Serif
from omr.settings import Language
from reports.charts import (
    BLUE,
    CAP_HEIGHT,
    HAIR,
    LABEL_PT,
    MIDDLE,
    fill,
    lines,
    put,
    put_lines,
    stroke,
)
from reports.number_text import count_text, interval_text, percent_text
from reports.results import Group

ROW = 24.0
_NAMES = 0.40  # of the room
_NUMBERS = 0.32
_STEP = 10  # percent


def draw_intervals(
    canvas: Canvas, x: float, top: float, room: float, groups: Sequence[Group], language: Language
) -> None:
    """Draw the units in the given order below *top*; their scales are one."""
    left, long = x + _NAMES * room, (1 - _NAMES - _NUMBERS) * room - 8
    lowest = min((i.low for g in groups if (i := g.figures.share_interval)), default=0.5)
    low = max(0, min(_STEP * floor(10 * lowest), 80))
    bottom = top - ROW * len(groups)

    def across(share: float) -> float:
        return left + long * (100 * share - low) / (100 - low)

    for value in {low, 100} | ({(low + 100) // 2} if (low + 100) % 20 == 0 else set()):
        stroke(canvas, HAIR, 0.4)
        canvas.line(across(value / 100), top - 2, across(value / 100), bottom)
        words = percent_text(value / 100, language, places=0)
        put(
            canvas,
            across(value / 100),
            bottom - 9,
            words,
            size=LABEL_PT - 1,
            align="centre",
            ink=MIDDLE,
        )
    middle = top - ROW / 2
    for group in groups:
        _line(canvas, x, middle, room, group, language)
        interval, share = group.figures.share_interval, group.figures.share
        if interval is not None and share is not None:
            stroke(canvas, BLUE, 1.3)
            canvas.line(across(interval.low), middle, across(interval.high), middle)
            for end in (interval.low, interval.high):
                canvas.line(across(end), middle - 2.5, across(end), middle + 2.5)
            fill(canvas, BLUE)
            canvas.circle(across(float(share)), middle, 3.0, stroke=0, fill=1)
        middle -= ROW


def _line(
    canvas: Canvas, x: float, middle: float, room: float, group: Group, language: Language
) -> None:
    """The unit's name and its numbers."""
    found = lines(group.name, Serif.REGULAR, LABEL_PT, _NAMES * room - 8, 2)
    put_lines(canvas, x, middle, found)
    figures = group.figures
    y = middle - CAP_HEIGHT * LABEL_PT / 2
    share = percent_text(figures.share, language, withheld=figures.hidden)
    put(canvas, x + room, y + 5, share, face=Serif.BOLD, align="right")
    count = count_text(figures.overall.n, language)
    small = interval_text(figures.share_interval, language, withheld=figures.hidden)
    put(
        canvas,
        x + room,
        y - 5,
        f"{small}  (n = {count})",
        size=LABEL_PT - 1.5,
        align="right",
        ink=MIDDLE,
    )
