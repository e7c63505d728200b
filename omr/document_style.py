"""How official documents are set: A4, Times metrics, sizes of NĐ 30/2020's appendix I."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph

from omr.document_fonts import Serif, serif_words

TOP, BOTTOM = 20 * mm, 20 * mm  # the decree: 20 to 25 mm
LEFT, RIGHT = 30 * mm, 15 * mm  # 30 to 35, 15 to 20
ROOM = A4[0] - LEFT - RIGHT
HEAD_PT = 12.0  # 12 to 13, capitals
BODY_PT = 13.0  # 13 to 14
TITLE_PT = 14.0  # 13 to 14, bold capitals
LEADING = 1.3 * BODY_PT  # single to 1.5 lines
PARAGRAPH_GAP = 6.0  # at least 6 pt
_INDENT = 10 * mm  # of a first line, 1 to 1.27 cm


def style(size: float, face: Serif, align: int, **more: Any) -> ParagraphStyle:
    """A paragraph's style; *more* as reportlab names it."""
    leading = more.pop("leading", LEADING / BODY_PT * size)
    return ParagraphStyle(
        face.value, fontName=face.value, fontSize=size, leading=leading, alignment=align, **more
    )


def paragraph(words: str, its_style: ParagraphStyle) -> Paragraph:
    """Plain *words*, none of them markup.

    Raises:
        UsageError: If a letter cannot be drawn.
    """
    return Paragraph(escape(serif_words(words)), its_style)


def body(words: str) -> Paragraph:
    """A paragraph of running text."""
    return paragraph(
        words,
        style(
            BODY_PT,
            Serif.REGULAR,
            TA_JUSTIFY,
            firstLineIndent=_INDENT,
            spaceAfter=PARAGRAPH_GAP,
            allowWidows=0,
            allowOrphans=0,
        ),
    )
