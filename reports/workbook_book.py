"""The workbook's file: fonts, cell styles and what every sheet of it shares.

The only module that knows the library which writes the file.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, time
from enum import StrEnum
from io import BytesIO
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.exceptions import XlsxWriterException  # type: ignore[import-untyped]
from xlsxwriter.image import Image  # type: ignore[import-untyped]

from omr.settings import Language
from reports.results import MonthResults
from reports.workbook_formulas import Z_FORMULA, Z_NAME
from reports.workbook_text import Pair, looks_like_formula, month_text, tidy

FONT = "Times New Roman"
TABLE_PT = 11.0  # 11 to 12 in tables, 13 around them
HEAD_PT, NUMBERS_PT, SMALL_PT = 11.0, 9.0, 11.0
BODY_PT, TITLE_PT = 13.0, 14.0
# Column widths count digits of the workbook's own font: 12 pt Times has digits of 8 pixels,
# which makes an empty column 72 and an empty row 21 pixels.
_DEFAULT_PT, _COLUMN_PX, _ROW_PX = 12, 72, 21
ROW_PT = _ROW_PX * 72 / 96
INDENT_PX = 10  # of one step, about
_LIGHT, _MIDDLE, _DARK = "#F2F2F2", "#E0E0E0", "#D0D0D0"  # told apart in grey print as well

_TITLE = Pair(
    "Tổng hợp kết quả đo lường sự hài lòng của người dân",
    "Satisfaction of citizens: tallies",
)


class Tone(StrEnum):
    """How much a row weighs."""

    LEAF = "leaf"  # counts, and what follows from them
    UNIT = "unit"  # the sum of a few rows
    GROUP = "group"  # the head of a part, with its sum
    TOTAL = "total"


class Kind(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    INDENTED = "indented"  # text below a row that it belongs to
    AGAIN = "again"  # text of a row above, repeated for filters and for the next page
    CENTRE = "centre"
    COUNT = "count"
    DECIMAL = "decimal"
    SIGNED = "signed"  # a difference
    SERIAL = "serial"  # a running number, six digits
    YEAR = "year"


_KINDS: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: {"align": "left", "text_wrap": True},
    Kind.INDENTED: {"align": "left", "text_wrap": True, "indent": 1},
    Kind.AGAIN: {"align": "left", "text_wrap": True, "indent": 1, "font_color": "#7F7F7F"},
    Kind.CENTRE: {"align": "center", "text_wrap": True},
    Kind.COUNT: {"align": "right", "num_format": "#,##0"},
    Kind.DECIMAL: {"align": "right", "num_format": "0.00"},
    Kind.SIGNED: {"align": "right", "num_format": '+0.00;"−"0.00;0.00'},
    Kind.SERIAL: {"align": "center", "num_format": "000000"},
    Kind.YEAR: {"align": "center", "num_format": "0"},
}
_TONES: dict[Tone, dict[str, Any]] = {
    Tone.LEAF: {},
    Tone.UNIT: {"italic": False, "bg_color": _LIGHT},
    Tone.GROUP: {"bold": True, "bg_color": _MIDDLE},
    Tone.TOTAL: {"bold": True, "bg_color": _DARK},
}


class Book:
    """A workbook that is being written.

    Args:
        results: What it shows.
    """

    def __init__(self, results: MonthResults) -> None:
        self.results = results
        self.language: Language = results.language
        self._stream = BytesIO()
        self._file: Any = xlsxwriter.Workbook(
            self._stream,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
                "default_format_properties": {"font_name": FONT, "font_size": _DEFAULT_PT},
                "default_column_width": _COLUMN_PX,
                "default_row_height": _ROW_PX,
            },
        )
        self._styles: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._cells: dict[tuple[Kind, Tone, bool], Any] = {}
        self._file.define_name(Z_NAME, Z_FORMULA)
        self._file.set_size(2400, 1500)
        # The clock would make every file another one: a month's file says when the month ended.
        ended = datetime.combine(results.period.last_day, time(), tzinfo=UTC)
        month = month_text(results.period, self.language)
        self._file.set_properties(
            {
                "title": f"{_TITLE.said(self.language)} {month}",
                "author": tidy(results.office),
                "created": ended.replace(tzinfo=None),
            }
        )

    def said(self, words: Pair) -> str:
        """*words* in the paper language."""
        return words.said(self.language)

    def add_worksheet(self, name: str) -> Any:
        """A new page of the file, called *name*."""
        return self._file.add_worksheet(name)

    def chart(self, kind: str, subtype: str = "") -> Any:
        """A new native chart."""
        return self._file.add_chart({"type": kind} | ({"subtype": subtype} if subtype else {}))

    def style(self, **properties: Any) -> Any:
        """A cell style of its own; the same properties, the same style."""
        key = tuple(sorted(properties.items()))
        if key not in self._styles:
            base = {"font_name": FONT, "font_size": TABLE_PT, "valign": "vcenter"}
            self._styles[key] = self._file.add_format(base | properties)
        return self._styles[key]

    def cell(self, kind: Kind, tone: Tone, text: str = "") -> Any:
        """The style of a table's cell.

        Args:
            kind: What it holds.
            tone: Of its row.
            text: What stands in it; what might be taken for a formula stays text even when
                somebody edits the cell.
        """
        quoted = looks_like_formula(text)
        style = self._cells.get((kind, tone, quoted))
        if style is None:
            extra = {"quote_prefix": True} if quoted else {}
            style = self.style(border=1, **_KINDS[kind], **_TONES[tone], **extra)
            self._cells[kind, tone, quoted] = style
        return style

    def difference(self, **properties: Any) -> Any:
        """What a condition changes in a cell's style; nothing else of it."""
        key = (("difference", True), *sorted(properties.items()))
        if key not in self._styles:
            # Without a font: only what differs is written for conditions.
            self._styles[key] = self._file.add_format(properties)
        return self._styles[key]

    def finished(self) -> bytes:
        """The file; nothing can be written any more."""
        self._file.close()
        return self._stream.getvalue()


def picture_size(data: bytes) -> tuple[float, float] | None:
    """Width and height at which a picture is shown, in pixels; None if it is none."""
    try:
        image = Image(BytesIO(data))
        wide, high = image.width * 96 / image.x_dpi, image.height * 96 / image.y_dpi
    except (XlsxWriterException, struct.error, ValueError, IndexError, ZeroDivisionError):
        return None
    return (wide, high) if wide > 0 and high > 0 else None
