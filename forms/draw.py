"""Draws a typeset as PDF with reportlab; no position is chosen here.

What is equal on every sheet is one reusable form XObject, so a sheet adds only its two
codes and its serial. Points from the bottom left exist in :func:`to_points` alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any, BinaryIO

from reportlab import rl_config
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFPage, PDFStream
from reportlab.pdfgen.canvas import Canvas

from forms.artwork import Disc, Item, Ring, Slot, Stroke, Text
from forms.codes_art import Run, code_runs, fiducial_runs
from forms.fonts import MM_PER_POINT, Face, font
from forms.frame import BUBBLE_DARKNESS, BUBBLE_LINE_MM, CODE_MODULES, fiducial_box
from forms.typeset import Typeset
from omr.fiducial_bits import CELLS_PER_SIDE
from omr.geometry import PagePoint, PageRect
from omr.layout import Layout

_PAGE_ART = "page-art"
_DOT_PT = 0.01
_ROUND = 1  # PDF's number for round line ends and joins


def to_points(point: PagePoint, page_height_mm: float) -> tuple[float, float]:
    """*point* in PDF's own space: points from the page's bottom-left corner."""
    return point.x_mm / MM_PER_POINT, (page_height_mm - point.y_mm) / MM_PER_POINT


def length_in_points(length_mm: float) -> float:
    """A length in PDF points."""
    return length_mm / MM_PER_POINT


class FormsPdf:
    """A PDF of one typeset's sheets, drawn page by page.

    Args:
        file: Where the PDF goes, at :meth:`save`.
        typeset: The form.
        unit: Words for the unit's place; a run belongs to one unit.
        page_width_mm: Of the printer's paper.
        page_height_mm: Of the printer's paper.
        title: The PDF's title.
    """

    def __init__(
        self,
        file: BinaryIO,
        typeset: Typeset,
        *,
        unit: str,
        page_width_mm: float,
        page_height_mm: float,
        title: str,
    ) -> None:
        rl_config.useA85 = 0  # text encoding of compressed streams would cost a quarter
        for face in Face:
            font(face)
        size = to_points(PagePoint(page_width_mm, 0.0), page_height_mm)
        self._canvas = Canvas(file, pagesize=size, pageCompression=1, lang="vi-VN")
        self._canvas.setTitle(title)
        # Scaled to fit, a page would be some 3 % too small: say so to the print dialogue.
        self._canvas.setViewerPreference("PrintScaling", "None")
        self._page_height_mm = page_height_mm
        self._typeset = typeset
        width, top = to_points(PagePoint(typeset.layout.width_mm, 0.0), typeset.layout.height_mm)
        self._canvas.beginForm(_PAGE_ART, 0, 0, width, top)
        _Pen(self._canvas, typeset.layout.height_mm).page_art(typeset, unit)
        self._canvas.endForm()

    def sheet(self, serial: str, code_text: str, at: PagePoint) -> None:
        """Draw one sheet with its top-left corner at *at* of the present page."""
        layout = self._typeset.layout
        pen = _Pen(self._canvas, layout.height_mm)
        bottom_left = PagePoint(at.x_mm, at.y_mm + layout.height_mm)
        self._canvas.saveState()
        self._canvas.translate(*to_points(bottom_left, self._page_height_mm))
        self._canvas.doForm(_PAGE_ART)
        runs = code_runs(code_text)
        for code in layout.codes:
            pen.pattern(runs, code, CODE_MODULES)
        pen.fill(self._typeset.serial, serial)
        self._canvas.restoreState()

    def end_page(self, marks: Iterable[Stroke] = ()) -> None:
        """Finish the present page, with *marks* in its own millimetres."""
        pen = _Pen(self._canvas, self._page_height_mm)
        for mark in marks:
            pen.item(mark)
        self._canvas.showPage()
        _shrink(self._canvas._doc.Pages.pages[-1])  # noqa: SLF001 - see there

    def save(self) -> None:
        """Write everything to the file; nothing can be drawn afterwards."""
        self._canvas.save()


class _Pen:
    """Draws things given in mm from the top left, on a page or form of some height."""

    def __init__(self, canvas: Canvas, height_mm: float) -> None:
        self._canvas = canvas
        self._height_mm = height_mm

    def page_art(self, typeset: Typeset, unit: str) -> None:
        """What is equal on every sheet of one unit."""
        for item in typeset.items:
            self.item(item)
        for ring in _bubble_outlines(typeset.layout):
            self.item(ring)
        self._canvas.setFillGray(0)
        for fiducial in typeset.layout.fiducials:
            runs = fiducial_runs(fiducial.marker)
            self.pattern(runs, fiducial_box(fiducial), CELLS_PER_SIDE)
        self.fill(typeset.unit, unit)

    def item(self, item: Item) -> None:
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

    def pattern(self, runs: list[Run], box: PageRect, modules: int) -> None:
        """Dark modules as one filled path, so that no seam shows between neighbours."""
        module = length_in_points(box.w_mm / modules)
        x, y = self._points(PagePoint(box.x_mm, box.y_mm))
        # In the pattern's own space: one unit a module, the origin at its top-left corner.
        rects = " ".join(f"{c} {-r} {w} {-h} re" for c, r, w, h in runs)
        self._canvas.addLiteral(f"q {module:.5f} 0 0 {module:.5f} {x:.4f} {y:.4f} cm {rects} f Q")

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


def _shrink(page: PDFPage) -> None:
    """Compress a finished page at once.

    reportlab keeps every page as text until the file is saved, 8 kB for each of ours; a
    run of thousands needs a quarter of the memory this way.
    """
    kind = PDFDictionary({"Filter": PDFName("FlateDecode")})
    page.Contents = PDFStream(kind, zlib.compress(page.stream.encode("latin-1")))
    page.stream = None


def _bubble_outlines(layout: Layout) -> Iterable[Ring]:
    for question in layout.questions:
        for bubble in question.bubbles:
            yield Ring(
                bubble.centre, bubble.diameter_mm, BUBBLE_LINE_MM, BUBBLE_DARKNESS, question.id
            )
