"""Puts things given in mm on a reportlab canvas; no position is chosen here.

Points from the bottom left exist in :func:`to_points` alone.
"""

from __future__ import annotations

from typing import Any

from reportlab.pdfgen.canvas import Canvas

from forms.artwork import Disc, Item, Pattern, Ring, Slot, Stroke, Text
from forms.fonts import MM_PER_POINT
from omr.geometry import PagePoint

_DOT_PT = 0.01
_ROUND = 1  # PDF's number for round line ends and joins


def to_points(point: PagePoint, page_height_mm: float) -> tuple[float, float]:
    """*point* in PDF's own space: points from the page's bottom-left corner."""
    return point.x_mm / MM_PER_POINT, (page_height_mm - point.y_mm) / MM_PER_POINT


def length_in_points(length_mm: float) -> float:
    """A length in PDF points."""
    return length_mm / MM_PER_POINT


class Pen:
    """Draws things given in mm from the top left, on a page or form of some height."""

    def __init__(self, canvas: Canvas, height_mm: float) -> None:
        self._canvas = canvas
        self._height_mm = height_mm

    def item(self, item: Item) -> None:
        """Draw one thing in black or grey."""
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
            case Pattern():
                self.pattern(item)

    def pattern(self, pattern: Pattern) -> None:
        """Dark modules as one filled path, so that no seam shows between neighbours."""
        box = pattern.box
        across = length_in_points(box.w_mm / pattern.columns)
        down = length_in_points(box.h_mm / pattern.rows)
        x, y = self._points(PagePoint(box.x_mm, box.y_mm))
        # In the pattern's own space: one unit a module, the origin at its top-left corner.
        rects = " ".join(f"{c} {-r} {w} {-h} re" for c, r, w, h in pattern.runs)
        self._canvas.addLiteral(f"0 g q {across:.5f} 0 0 {down:.5f} {x:.4f} {y:.4f} cm {rects} f Q")

    def fill(self, slot: Slot, words: str) -> None:
        """Words in a place of their own, ending at its right."""
        self._canvas.setFillGray(0)
        self._canvas.setFont(slot.face.value, slot.size_pt)
        self._canvas.drawRightString(*self._points(slot.right), words)

    def _points(self, point: PagePoint) -> tuple[float, float]:
        return to_points(point, self._height_mm)

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
            # Round ends turn tiny dashes into dots; of dashes without any length, viewers
            # disagree on the pitch.
            canvas.setDash([_DOT_PT, length_in_points(stroke.dot_pitch_mm) - _DOT_PT])
        path: Any = canvas.beginPath()
        path.moveTo(*self._points(stroke.points[0]))
        for point in stroke.points[1:]:
            path.lineTo(*self._points(point))
        canvas.drawPath(path, stroke=1, fill=0)
        canvas.restoreState()
