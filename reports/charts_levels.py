"""Bars of five levels: one line for each domain, its share at the end, its legend below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from reportlab.pdfgen.canvas import Canvas

from omr.document_fonts import Serif
from omr.settings import Language
from reports.charts import (
    CAP_HEIGHT,
    HAIR,
    LABEL_PT,
    LEVEL_INKS,
    MIDDLE,
    PALE,
    Ink,
    fill,
    level_words,
    lines,
    put,
    put_lines,
    stroke,
    width,
)
from reports.figures import Levels
from reports.number_text import EMPTY, WITHHELD, count_text, percent_text
from reports.rounding import percent
from reports.words import Word, word

_ROWS = (25.0, 22.0)  # points from one bar to the next: of few, and of many
_MANY = 6
_LEGEND = 20.0
_HEAD = 13.0
_BAR = 15.0
_NAMES = 132.0  # room for names, at the left
_PEOPLE, _SHARE = 46.0, 50.0  # columns at the right
_SEAM = 0.8  # white between neighbours, so that they end visibly in any grey
_PAD = 3.0  # at least so much room beside a label in its piece


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the chart."""

    name: str
    levels: Levels


def bars_height(count: int) -> float:
    """What a chart of so many bars takes, points."""
    return _HEAD + _row(count) * count + _LEGEND


def _row(count: int) -> float:
    return _ROWS[count >= _MANY]


def draw_bars(
    canvas: Canvas, x: float, top: float, room: float, bars: Sequence[Bar], language: Language
) -> None:
    """Draw the chart below *top*, *room* points wide."""
    left = x + _NAMES
    long = room - _NAMES - _PEOPLE - _SHARE
    base = top - 9
    size = LABEL_PT - 0.5
    answered = "Số người" if language is Language.VIETNAMESE else "Answers"
    put(canvas, left + long + _PEOPLE, base, answered, size=size, align="right", ink=MIDDLE)
    satisfied = "Hài lòng" if language is Language.VIETNAMESE else "Satisfied"
    put(canvas, x + room, base, satisfied, size=size, align="right", ink=MIDDLE)
    row = _row(len(bars))
    middle = top - _HEAD - row / 2
    for bar in bars:
        found = lines(bar.name, Serif.REGULAR, LABEL_PT + 0.5, _NAMES - 8, 2)
        put_lines(canvas, x, middle, found, size=LABEL_PT + 0.5)
        draw_levels(canvas, left, middle - _BAR / 2, long, _BAR, bar.levels)
        y = middle - CAP_HEIGHT * LABEL_PT / 2
        people = count_text(bar.levels.n, language)
        put(canvas, left + long + _PEOPLE, y, people, size=LABEL_PT + 0.5, align="right")
        share = percent_text(bar.levels.share, language, withheld=bar.levels.n is None)
        put(
            canvas,
            x + room,
            y,
            share,
            size=LABEL_PT + 1,
            face=Serif.BOLD,
            align="right",
        )
        middle -= row
    partly = any(_is_partly_known(bar.levels) for bar in bars)
    _legend(canvas, left, top - _HEAD - row * len(bars) - _LEGEND / 2, language, partly=partly)


def draw_levels(
    canvas: Canvas, x: float, y: float, long: float, high: float, levels: Levels
) -> None:
    """One bar; only its two ends where the levels are not to be shown."""
    if not levels.n:
        stroke(canvas, HAIR, 0.6)
        canvas.rect(x, y, long, high, stroke=1, fill=0)
        why = EMPTY if levels.n == 0 else f"{WITHHELD} "
        put(canvas, x + long / 2, y + high / 2 - 3, why, align="centre", ink=MIDDLE)
        return
    pieces = _pieces(levels)
    at = x
    for count, ink in pieces:
        piece = long * count / levels.n
        if count:
            shown = max(piece - _SEAM, 0.5)
            fill(canvas, ink)
            canvas.rect(at, y, shown, high, stroke=0, fill=1)
            _label(canvas, at + shown / 2, y + high / 2, shown, count, levels.n, ink)
        at += piece


def _pieces(levels: Levels) -> list[tuple[int, Ink]]:
    known = [count for count in levels.counts if count is not None]
    if len(known) == len(levels.counts):
        return list(zip(known, LEVEL_INKS, strict=True))
    satisfied, n = levels.satisfied, levels.n
    if satisfied is None or n is None:
        return []
    return [(satisfied, LEVEL_INKS[1]), (n - satisfied, PALE)]


def _is_partly_known(levels: Levels) -> bool:
    return bool(levels.n) and None in levels.counts


def _label(
    canvas: Canvas,
    x: float,
    middle: float,
    room: float,
    count: int,
    n: int,
    ink: Ink,
) -> None:
    """The piece's share in whole percent, where it fits; two places stand at the end."""
    value = percent(Fraction(count, n), 0)
    words = f"{value}%"
    if width(words, Serif.REGULAR, LABEL_PT) + _PAD <= room:
        grey = Ink(ink.words, ink.words, ink.words)
        put(canvas, x, middle - CAP_HEIGHT * LABEL_PT / 2, words, align="centre", ink=grey)


def _legend(canvas: Canvas, x: float, y: float, language: Language, *, partly: bool) -> None:
    """The levels in the order of the bars' pieces."""
    square, gap, size = 7.5, 11.0, LABEL_PT - 0.5
    for ink, words in zip(LEVEL_INKS, level_words(language), strict=True):
        fill(canvas, ink)
        stroke(canvas, MIDDLE, 0.3)
        canvas.rect(x, y - 1, square, square, stroke=1, fill=1)
        put(canvas, x + square + 3, y, words, size=size)
        x += square + 3 + width(words, Serif.REGULAR, size) + gap
    if partly:
        put(canvas, x, y, f"({word(Word.WITHHELD, language)[0]})", size=size)
