"""Draws a typeset on a reportlab canvas; no position is chosen here.

What is equal on every sheet is one reusable form XObject, so a sheet adds only its two
codes and its serial. Points from the bottom left exist in :func:`to_points` alone.
"""

from __future__ import annotations

from typing import Any

from reportlab.pdfgen.canvas import Canvas

from forms.artwork import Disc, Item, Ring, Slot, Stroke, Text
from forms.codes_art import Run, code_runs, fiducial_runs
from forms.fonts import MM_PER_POINT, Face, font
from forms.frame import BUBBLE_DARKNESS, BUBBLE_LINE_MM, CODE_MODULES, fiducial_box
from forms.typeset import Typeset
from omr.fiducial_bits import CELLS_PER_SIDE
from omr.geometry import PagePoint, PageRect

_PAGE_ART = "page-art"
_DOT = 0.01  # points
_ROUND = 1  # PDF's round line cap and join


def to_points(point: PagePoint, page_height_mm: float) -> tuple[float, float]:
    """*point* in PDF's own space: points from the page's bottom-left corner."""
    return point.x_mm / MM_PER_POINT, (page_height_mm - point.y_mm) / MM_PER_POINT


def length_in_points(length_mm: float) -> float:
    """A length in PDF points."""
    return length_mm / MM_PER_POINT


class SheetArtist:
    """Draws the sheets of one typeset on one canvas."""

    def __init__(self, canvas: Canvas, typeset: Typeset, unit: str) -> None:
        """Draw the page-constant art once.

        Args:
            canvas: Fresh, with no page begun.
            typeset: The form.
            unit: The unit's short name; it belongs to the pad, so it is equal on all sheets.
        """
        for face in Face:
            font(face)
        self._canvas = canvas
        self._typeset = typeset
        layout = typeset.layout
        width, top = to_points(PagePoint(layout.width_mm, 0.0), layout.height_mm)
        canvas.beginForm(_PAGE_ART, 0, 0, width, top)
        for item in typeset.items:
            self._item(item)
        for question in layout.questions:
            for bubble in question.bubbles:
                outline = Ring(
                    bubble.centre, bubble.diameter_mm, BUBBLE_LINE_MM, BUBBLE_DARKNESS, ""
                )
                self._item(outline)
        canvas.setFillGray(0)
        for fiducial in layout.fiducials:
            box = fiducial_box(fiducial)
            self._pattern(fiducial_runs(fiducial.marker), box, CELLS_PER_SIDE)
        self._fill_slot(typeset.unit, unit)
        canvas.endForm()

    def draw(self, serial: str, code_text: str, sheet: PagePoint, page_height_mm: float) -> None:
        """Draw one sheet with its top-left corner at *sheet* of the present page."""
        canvas = self._canvas
        layout = self._typeset.layout
        corner = PagePoint(sheet.x_mm, sheet.y_mm + layout.height_mm)
        canvas.saveState()
        canvas.translate(*to_points(corner, page_height_mm))
        canvas.doForm(_PAGE_ART)
        runs = code_runs(code_text)
        for code in layout.codes:
            self._pattern(runs, code, CODE_MODULES)
        self._fill_slot(self._typeset.serial, serial)
        canvas.restoreState()

    def _points(self, point: PagePoint) -> tuple[float, float]:
        return to_points(point, self._typeset.layout.height_mm)

    def _item(self, item: Item) -> None:
        canvas = self._canvas
        match item:
            case Text():
                canvas.setFillGray(0)
                canvas.setFont(item.face.value, item.size_pt)
                canvas.drawString(*self._points(item.at), item.words)
            case Stroke():
                self._stroke(item)
            case Ring():
                canvas.setLineWidth(length_in_points(item.width_mm))
                canvas.setStrokeGray(1 - item.darkness)
                self._circle(item.centre, item.diameter_mm, stroke=1, fill=0)
            case Disc():
                canvas.setFillGray(1 - item.darkness)
                self._circle(item.centre, item.diameter_mm, stroke=0, fill=1)

    def _circle(self, centre: PagePoint, diameter_mm: float, *, stroke: int, fill: int) -> None:
        radius = length_in_points(diameter_mm / 2)
        self._canvas.circle(*self._points(centre), radius, stroke=stroke, fill=fill)

    def _stroke(self, stroke: Stroke) -> None:
        canvas = self._canvas
        canvas.saveState()
        canvas.setLineWidth(length_in_points(stroke.width_mm))
        canvas.setStrokeGray(1 - stroke.darkness)
        canvas.setLineCap(_ROUND)
        canvas.setLineJoin(_ROUND)
        if stroke.dot_pitch_mm:
            # Round caps turn tiny dashes into dots (of no length, viewers disagree on the pitch).
            canvas.setDash([_DOT, length_in_points(stroke.dot_pitch_mm) - _DOT])
        path: Any = canvas.beginPath()
        path.moveTo(*self._points(stroke.points[0]))
        for point in stroke.points[1:]:
            path.lineTo(*self._points(point))
        canvas.drawPath(path, stroke=1, fill=0)
        canvas.restoreState()

    def _pattern(self, runs: list[Run], box: PageRect, modules: int) -> None:
        """Dark runs as one filled path, so that no seam shows between neighbours."""
        module = length_in_points(box.w_mm / modules)
        x, y = self._points(PagePoint(box.x_mm, box.y_mm))
        rects = " ".join(f"{c} {-r} {w} {-h} re" for c, r, w, h in runs)
        # The code's own space: one unit a module, its origin at the code's top-left corner.
        self._canvas.addLiteral(f"q {module:.5f} 0 0 {module:.5f} {x:.4f} {y:.4f} cm {rects} f Q")

    def _fill_slot(self, slot: Slot, words: str) -> None:
        canvas = self._canvas
        canvas.setFillGray(0)
        canvas.setFont(slot.face.value, slot.size_pt)
        canvas.drawRightString(*self._points(slot.right), words)
