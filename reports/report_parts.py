"""Parts of the report: paragraphs, tables, charts and the block to be signed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, Spacer, Table

from omr.document_fonts import Serif
from omr.document_style import BODY_PT, ROOM, style
from reports.charts import HAIR, WASH, drawable, lines, put

TABLE_PT = 11.0  # offices set tables in 11 to 12
NOTE_PT = 10.5
LEFT, CENTRE, RIGHT = "left", "centre", "right"
_ALIGN = {LEFT: TA_LEFT, CENTRE: TA_CENTER, RIGHT: TA_RIGHT}
_LEADING = 1.17  # the decree: single at least
_CELL_LEADING = 1.16  # stacked accents need 1.12
_INDENT = 10 * mm  # of a first line
_SIGNING_ROOM = 24 * mm  # for a signature and a seal
_RECEIVERS = 0.56  # of the line; the rest is for who signs

Cell = str | Flowable


def plain(words: str, its_style: ParagraphStyle) -> Paragraph:
    """A paragraph of words that are text, never markup."""
    return Paragraph(escape(drawable(words)), its_style)


def text(words: str, *, gap: float = 5.0) -> Paragraph:
    """A paragraph of running text."""
    return plain(
        words,
        style(
            BODY_PT, Serif.REGULAR, TA_JUSTIFY, leading=_LEADING * BODY_PT,
            firstLineIndent=_INDENT, spaceAfter=gap, allowWidows=0, allowOrphans=0,
        ),
    )  # fmt: skip


def item(words: str, number: str) -> Paragraph:
    """One line of a list, with a hanging number."""
    return plain(
        f"{number} {words}",
        style(
            BODY_PT, Serif.REGULAR, TA_JUSTIFY, leading=_LEADING * BODY_PT,
            firstLineIndent=_INDENT, spaceAfter=2.5, allowWidows=0, allowOrphans=0,
        ),
    )  # fmt: skip


def heading(words: str, *, centred: bool = False) -> Paragraph:
    """The heading of a part; it stays with what follows and is a bookmark."""
    found = plain(
        words,
        style(
            BODY_PT, Serif.BOLD, TA_CENTER if centred else TA_LEFT, leading=_LEADING * BODY_PT,
            spaceBefore=7, spaceAfter=6 if centred else 4, keepWithNext=1,
            firstLineIndent=0 if centred else _INDENT,
        ),
    )  # fmt: skip
    found.bookmark = drawable(words)
    return found


def caption(words: str, *, above: bool = True) -> Paragraph:
    """The title of a table or chart."""
    return plain(
        words,
        style(
            TABLE_PT, Serif.BOLD, TA_LEFT, leading=1.2 * TABLE_PT,
            spaceBefore=4 if above else 1, spaceAfter=3 if above else 7, keepWithNext=int(above),
        ),
    )  # fmt: skip


def note(words: str) -> Paragraph:
    """A remark under a table or chart."""
    leading = 1.2 * NOTE_PT
    return plain(
        words, style(NOTE_PT, Serif.ITALIC, TA_LEFT, leading=leading, spaceBefore=2, spaceAfter=6)
    )


def line_of_notes(words: str, number: str, *, small: bool = False) -> Paragraph:
    """One of several remarks, with its number hanging at the left."""
    size = TABLE_PT - 1 if small else TABLE_PT
    found = style(
        size, Serif.REGULAR, TA_LEFT, leading=1.2 * size,
        spaceAfter=1.5 if small else 3, leftIndent=16, bulletIndent=0,
        bulletFontName=Serif.REGULAR.value, bulletFontSize=size,
    )  # fmt: skip
    return Paragraph(escape(drawable(words)), found, bulletText=number)


def table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    aligns: Sequence[str],
    *,
    bold: Sequence[int] = (),
    spans: Sequence[int] = (),
) -> Table:
    """A table as wide as the page.

    Args:
        heads: Titles of the columns; repeated on every page.
        rows: Words of the cells.
        widths: Shares of the width, for each column.
        aligns: LEFT, CENTRE or RIGHT, for each column.
        bold: Rows (from 0) in bold.
        spans: Rows whose first cell goes over all columns.
    """
    head = _cell_style(Serif.BOLD, CENTRE)
    shown: list[list[Any]] = [[plain(words, head) for words in heads]]
    for number, row in enumerate(rows):
        face = Serif.BOLD if number in bold else Serif.REGULAR
        shown.append(
            [
                plain(words, _cell_style(face, CENTRE if number in spans else align))
                for words, align in zip(row, aligns, strict=True)
            ]
        )
    whole = sum(widths)
    rule = (HAIR.red / 1.6,) * 3
    commands: list[tuple[Any, ...]] = [
        # Else reportlab names a face that is not embedded, though nothing is set in it.
        ("FONTNAME", (0, 0), (-1, -1), Serif.REGULAR.value),
        ("GRID", (0, 0), (-1, -1), 0.4, rule),
        ("BACKGROUND", (0, 0), (-1, 0), (WASH.red, WASH.green, WASH.blue)),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 2.0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3.2),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        *(("SPAN", (0, row + 1), (-1, row + 1)) for row in spans),
    ]
    return Table(
        shown,
        colWidths=[ROOM * share / whole for share in widths],
        style=commands,
        repeatRows=1,
        hAlign="LEFT",
        spaceAfter=6,
    )


class Chart(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """A chart as wide as the page.

    Args:
        height: Points.
        draw: Draws on a canvas within a width and height from the bottom left.
    """

    def __init__(self, height: float, draw: Callable[[Canvas, float, float], None]) -> None:
        super().__init__()
        self._height = height
        self._draw = draw

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Width and height, points."""
        return ROOM, self._height

    def draw(self) -> None:
        """Draw it from its bottom-left corner."""
        self.canv.saveState()
        self._draw(self.canv, ROOM, self._height)
        self.canv.restoreState()


class SigningBlock(Flowable):  # type: ignore[misc]  # as above
    """Who gets the report at the left, who signs it at the right."""

    def __init__(self, receivers: Sequence[str], signer: str, hint: str) -> None:
        super().__init__()
        self._title, *self._receivers = receivers
        self._signer, self._hint = signer, hint

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Width and height, points."""
        return ROOM, max(_SIGNING_ROOM + 34, 18 + 13.5 * 2 * len(self._receivers))

    def draw(self) -> None:
        """Draw it from its bottom-left corner."""
        height = self.wrap(0, 0)[1]
        put(self.canv, 0, height - 13, self._title, size=12, face=Serif.BOLD_ITALIC)
        y = height - 27
        for receiver in self._receivers:
            for line in lines(receiver, Serif.REGULAR, TABLE_PT, _RECEIVERS * ROOM - 8, 2):
                put(self.canv, 0, y, line, size=TABLE_PT)
                y -= 13.5
        middle = ROOM * (1 + _RECEIVERS) / 2
        signer = {"size": BODY_PT, "align": "centre"}
        put(self.canv, middle, height - 13, self._signer, face=Serif.BOLD, **signer)  # type: ignore[arg-type]  # its two words
        put(self.canv, middle, height - 29, self._hint, face=Serif.ITALIC, **signer)  # type: ignore[arg-type]  # its two words


def space(points: float) -> Spacer:
    """White."""
    return Spacer(0, points)


def _cell_style(face: Serif, align: str) -> ParagraphStyle:
    return style(TABLE_PT, face, _ALIGN[align], leading=_CELL_LEADING * TABLE_PT)
