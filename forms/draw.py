"""Draws a typeset as PDF with reportlab; no position is chosen here.

What is equal on every sheet is one reusable form XObject, so a sheet adds only its two
codes and its serial.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from forms.artwork import Item, Pattern, Ring, Stroke
from forms.codes_art import code_runs, fiducial_runs
from forms.frame import BUBBLE_DARKNESS, BUBBLE_LINE_MM, CODE_MODULES, fiducial_box
from forms.pdf_file import open_canvas
from forms.pen import Pen, to_points
from forms.typeset import Typeset
from omr.fiducial_bits import CELLS_PER_SIDE
from omr.geometry import PagePoint
from omr.layout import Layout

_PAGE_ART = "page-art"


class FormsPdf:
    """A PDF of one typeset's sheets, drawn page by page.

    Args:
        file: Where the PDF goes, page by page; open for writing.
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
        self._canvas = open_canvas(
            file, width_mm=page_width_mm, height_mm=page_height_mm, title=title
        )
        self._page_height_mm = page_height_mm
        self._typeset = typeset
        width, top = to_points(PagePoint(typeset.layout.width_mm, 0.0), typeset.layout.height_mm)
        self._canvas.beginForm(_PAGE_ART, 0, 0, width, top)
        _page_art(Pen(self._canvas, typeset.layout.height_mm), typeset, unit)
        self._canvas.endForm()

    def sheet(self, serial: str, code_text: str, at: PagePoint) -> None:
        """Draw one sheet with its top-left corner at *at* of the present page."""
        layout = self._typeset.layout
        runs = tuple(code_runs(code_text))
        with self._sheet_at(at) as pen:
            self._canvas.doForm(_PAGE_ART)
            for code in layout.codes:
                pen.pattern(Pattern(runs, code, CODE_MODULES, CODE_MODULES, "code"))
            pen.fill(self._typeset.serial, serial)

    def artwork(self, items: Iterable[Item], at: PagePoint) -> None:
        """Draw something else of a sheet's size, such as a pad's cover."""
        with self._sheet_at(at) as pen:
            for item in items:
                pen.item(item)

    @contextmanager
    def _sheet_at(self, at: PagePoint) -> Iterator[Pen]:
        """A pen for a sheet whose top-left corner lies at *at* of the present page."""
        height_mm = self._typeset.layout.height_mm
        bottom_left = PagePoint(at.x_mm, at.y_mm + height_mm)
        self._canvas.saveState()
        self._canvas.translate(*to_points(bottom_left, self._page_height_mm))
        yield Pen(self._canvas, height_mm)
        self._canvas.restoreState()

    def end_page(self, marks: Iterable[Stroke] = ()) -> None:
        """Finish the present page, with *marks* in its own millimetres; it goes to the file."""
        pen = Pen(self._canvas, self._page_height_mm)
        for mark in marks:
            pen.item(mark)
        self._canvas.showPage()

    def save(self) -> None:
        """Write what the pages share and end the file; nothing can be drawn afterwards."""
        self._canvas.save()


def _page_art(pen: Pen, typeset: Typeset, unit: str) -> None:
    """What is equal on every sheet of one unit."""
    for item in typeset.items:
        pen.item(item)
    for ring in _bubble_outlines(typeset.layout):
        pen.item(ring)
    cells = CELLS_PER_SIDE
    for fiducial in typeset.layout.fiducials:
        runs = tuple(fiducial_runs(fiducial.marker))
        pen.pattern(Pattern(runs, fiducial_box(fiducial), cells, cells, "fiducial"))
    pen.fill(typeset.unit, unit)


def _bubble_outlines(layout: Layout) -> Iterable[Ring]:
    for question in layout.questions:
        for bubble in question.bubbles:
            yield Ring(
                bubble.centre, bubble.diameter_mm, BUBBLE_LINE_MM, BUBBLE_DARKNESS, question.id
            )
