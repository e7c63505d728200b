"""What a board is drawn of, and the drawing itself: words, areas and codes in colour.

Colours are few and keep their order of darkness in grey, for printers without colour.
Codes are black on white or on a tint that reflects as white does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import BinaryIO

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from forms.artwork import Pattern
from forms.codes_art import Run, link_runs
from forms.fonts import Face, font, width_mm
from forms.pen import Pen, length_in_points, to_points
from omr.geometry import PagePoint, PageRect
from omr.settings import Language

QUIET_MODULES = 4  # of white around a code (ISO/IEC 18004, 6.3.8)


class Ink(StrEnum):
    """The colours, from dark to light."""

    BLACK = "#1b1f1d"
    GREEN = "#0f4a38"  # the uniform's; 22 % grey
    RED = "#b3261e"
    GREY = "#5b6661"
    PINK = "#f8e3e1"  # a specimen's mark, below everything else
    LINE = "#b9c7c0"
    TINT = "#eef4f0"  # reflects 95 %: a code's quiet zone may lie on it
    WHITE = "#ffffff"


class Anchor(StrEnum):
    """Which end of a line its point is."""

    LEFT = "left"
    MIDDLE = "middle"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Words:
    """One line of words; ``at`` is on its baseline."""

    at: PagePoint
    text: str
    face: Face
    size_pt: float
    ink: Ink = Ink.BLACK
    anchor: Anchor = Anchor.LEFT
    turned_deg: float = 0.0  # anticlockwise about ``at``


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle, filled or outlined or both."""

    box: PageRect
    fill: Ink | None = None
    outline: Ink | None = None
    line_mm: float = 0.3
    radius_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code; the box is that of its modules, without the quiet zone."""

    text: str
    box: PageRect


Art = Words | Area | Code


def code_modules(text: str) -> int:
    """How many modules the code of *text* has on a side, without the quiet zone."""
    return _modules(text)[0]


def draw_board(
    file: BinaryIO,
    pages: Iterable[tuple[float, float, tuple[Art, ...]]],
    *,
    title: str,
    language: Language,
) -> None:
    """Write a PDF of *pages*, each given as width mm, height mm and what is on it."""
    for face in Face:
        font(face)
    canvas = Canvas(file, pageCompression=1, lang="en" if language is Language.ENGLISH else "vi-VN")
    canvas.setTitle(title)
    # Scaled to fit, the codes would be smaller than was verified: say so to the dialogue.
    canvas.setViewerPreference("PrintScaling", "None")
    for width_mm_, height_mm, art in pages:
        canvas.setPageSize((length_in_points(width_mm_), length_in_points(height_mm)))
        for each in art:
            _draw(canvas, each, height_mm)
        canvas.showPage()
    canvas.save()


def _draw(canvas: Canvas, art: Art, height_mm: float) -> None:
    match art:
        case Words():
            _draw_words(canvas, art, height_mm)
        case Area():
            _draw_area(canvas, art, height_mm)
        case Code():
            Pen(canvas, height_mm).pattern(_pattern(art))


def _draw_words(canvas: Canvas, words: Words, height_mm: float) -> None:
    share = {Anchor.LEFT: 0.0, Anchor.MIDDLE: 0.5, Anchor.RIGHT: 1.0}[words.anchor]
    back = length_in_points(width_mm(words.text, words.face, words.size_pt) * share)
    canvas.saveState()
    canvas.translate(*to_points(words.at, height_mm))
    canvas.rotate(words.turned_deg)
    canvas.setFillColor(HexColor(words.ink.value))
    canvas.setFont(words.face.value, words.size_pt)
    canvas.drawString(-back, 0, words.text)
    canvas.restoreState()


def _draw_area(canvas: Canvas, area: Area, height_mm: float) -> None:
    box = area.box
    x, y = to_points(PagePoint(box.x_mm, box.bottom_mm), height_mm)
    if area.fill:
        canvas.setFillColor(HexColor(area.fill.value))
    if area.outline:
        canvas.setStrokeColor(HexColor(area.outline.value))
        canvas.setLineWidth(length_in_points(area.line_mm))
    canvas.roundRect(
        x,
        y,
        length_in_points(box.w_mm),
        length_in_points(box.h_mm),
        length_in_points(area.radius_mm),
        stroke=1 if area.outline else 0,
        fill=1 if area.fill else 0,
    )


def _pattern(code: Code) -> Pattern:
    modules, runs = _modules(code.text)
    return Pattern(runs, code.box, modules, modules, code.text)


@lru_cache(maxsize=256)
def _modules(text: str) -> tuple[int, tuple[Run, ...]]:
    modules, runs = link_runs(text, least_version=1)
    return modules, tuple(runs)
