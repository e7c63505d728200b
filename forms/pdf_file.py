"""PDF files of forms and boards: sizes in mm, Sarabun, grey alone (see :mod:`omr.pdf_file`)."""

from __future__ import annotations

from typing import BinaryIO

from reportlab.pdfgen.canvas import Canvas

from forms.fonts import Face, font
from forms.pen import length_in_points
from omr import pdf_file
from omr.colour_profiles import grey_profile


def open_canvas(file: BinaryIO, *, width_mm: float, height_mm: float, title: str) -> Canvas:
    """A canvas whose pages go to *file* one by one; ``save`` ends the file.

    Args:
        file: Open for writing; it need not be seekable.
        width_mm: Of the first page.
        height_mm: Of the first page.
        title: The document's title.
    """
    for face in Face:
        font(face)
    return pdf_file.open_canvas(
        file,
        size=(length_in_points(width_mm), length_in_points(height_mm)),
        title=title,
        first_font=Face.REGULAR.value,
        profile=grey_profile(),
    )
