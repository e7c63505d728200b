"""The table of a receipt: a row for each pad, a sum for each domain and for all."""

from __future__ import annotations

from typing import Any

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Paragraph, Table

from forms.receipt import Receipt, ReceiptRow, grouped
from omr.document_fonts import Serif
from omr.document_style import paragraph, style

_PT = 11.5  # offices set tables in 11 to 12
_LEADING = 1.2 * _PT  # stacked accents need 1.12
_HEADS = ("STT", "Quyển số", "Từ số", "Đến số", "Số lượng", "Ghi chú")
_COLUMNS = tuple(w * mm for w in (12, 37, 38, 38, 19, 21))
_CELL_PT = 3.5  # white beside the words of a cell
_HAIR_PT = 0.5


def pads_table(receipt: Receipt) -> Table:
    """The table; its head is repeated on every page."""
    centre, head = _style(Serif.REGULAR, TA_CENTER), _style(Serif.BOLD, TA_CENTER)
    bold, bold_right = _style(Serif.BOLD, TA_LEFT), _style(Serif.BOLD, TA_RIGHT)
    rows: list[list[Any]] = [[paragraph(words, head) for words in _HEADS]]
    rules: list[tuple[Any, ...]] = [
        ("GRID", (0, 0), (-1, -1), _HAIR_PT, colors.black),
        ("FONTNAME", (0, 0), (-1, -1), Serif.REGULAR.value),  # of empty cells: else Helvetica
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), _CELL_PT),
        ("RIGHTPADDING", (0, 0), (-1, -1), _CELL_PT),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
    ]
    number = 0
    for index, (domain, forms) in enumerate(receipt.groups, start=1):
        at = len(rows)
        name = paragraph(f"Lĩnh vực: {domain}", bold)
        sum_of = paragraph(grouped(sum(len(row) for row in forms)), bold_right)
        rows.append([paragraph(_roman(index), head), name, "", "", sum_of, ""])
        rules.append(("SPAN", (1, at), (3, at)))
        rules.append(("NOSPLIT", (0, at), (-1, at + 1)))  # a domain's name is not left alone
        for row in forms:
            number += 1
            rows.append([paragraph(str(number), centre), *_cells(row)])
    last = len(rows)
    sum_of = paragraph(grouped(receipt.count), bold_right)
    rows.append([paragraph("Tổng cộng", head), "", "", "", sum_of, ""])
    rules.append(("SPAN", (0, last), (3, last)))
    rules.append(("NOSPLIT", (0, last - 1), (-1, last)))  # nor the sum
    return Table(rows, colWidths=_COLUMNS, repeatRows=1, style=rules)


def _cells(row: ReceiptRow) -> list[Paragraph]:
    codes = (row.pad or "–", str(row.first), str(row.last))
    return [
        *(_unbroken(code, _COLUMNS[column], TA_CENTER) for column, code in enumerate(codes, 1)),
        paragraph(grouped(len(row)), _style(Serif.REGULAR, TA_RIGHT)),
        _unbroken(row.note, _COLUMNS[-1], TA_LEFT),
    ]


def _unbroken(words: str, column: float, align: int) -> Paragraph:
    """*words* of which none is broken: in smaller letters if the column is too narrow."""
    room = column - 2 * _CELL_PT - 1
    widest = max((stringWidth(w, Serif.REGULAR.value, _PT) for w in words.split()), default=room)
    size = _PT * min(1.0, room / widest)
    return paragraph(words, style(size, Serif.REGULAR, align, leading=_LEADING))


def _style(face: Serif, align: int) -> ParagraphStyle:
    return style(_PT, face, align, leading=_LEADING)


def _roman(number: int) -> str:
    words = ""
    for value, letters in ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        words += letters * (number // value)
        number %= value
    return words
