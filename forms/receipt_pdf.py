"""Draws a receipt as an administrative document: A4, Times metrics, layout of NĐ 30/2020.

Margins, sizes and the parts of the head are those of the decree's appendix I, as noted in
the table of sizes below.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from forms.receipt import Party, Receipt, grouped
from forms.report_fonts import Serif, serif_font, serif_words

_TOP, _BOTTOM, _LEFT, _RIGHT = (
    20 * mm,
    20 * mm,
    30 * mm,
    15 * mm,
)  # NĐ 30: 20-25, 20-25, 30-35, 15-20
_ROOM = A4[0] - _LEFT - _RIGHT
_BODY_PT = 13.0  # 13-14
_LEADING = 1.3 * _BODY_PT  # single to 1.5 lines
_INDENT = 10 * mm  # first line, 1-1.27 cm
_PARAGRAPH_GAP = 6.0  # at least 6 pt
_TABLE_PT = 11.5
_TABLE_LEADING = 1.2 * _TABLE_PT  # stacked accents need 1.12
_STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
_MOTTO = "Độc lập - Tự do - Hạnh phúc"
_CELL_PT = 3.5  # white beside the words of a table's cell
_HEADS = ("STT", "Quyển số", "Từ số", "Đến số", "Số lượng", "Ghi chú")
_COLUMNS = tuple(w * mm for w in (12, 37, 38, 38, 19, 21))
_SIGNING_ROOM = 25 * mm  # for a signature and a seal
_RULE_PT = 0.7
_HAIR_PT = 0.5
_DOT_PITCH_PT = 2.6
_NAME, _POSITION = "Ông (bà):", "Cấp bậc, chức vụ:"
_SHARES = (0.42, 0.58)  # of a line, where both stand on one
_FIELD_GAP = 6.0


def write_receipt(file: BinaryIO, receipt: Receipt) -> None:
    """Write *receipt* as a PDF.

    Raises:
        UsageError: If a letter of its words cannot be drawn.
    """
    serif_font(Serif.REGULAR)
    story = _story(receipt)
    document = BaseDocTemplate(
        file,
        pagesize=A4,
        leftMargin=_LEFT,
        rightMargin=_RIGHT,
        topMargin=_TOP,
        bottomMargin=_BOTTOM,
        title=serif_words(f"{receipt.title} – {receipt.unit}"),
        author=receipt.issuer.office,
        lang="vi-VN",
        initialFontName=Serif.REGULAR.value,
    )
    frame = Frame(
        _LEFT, _BOTTOM, _ROOM, A4[1] - _TOP - _BOTTOM,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=_page_number))
    document.build(story)


def _page_number(canvas: Canvas, document: BaseDocTemplate) -> None:
    """In the middle of the top margin, from the second page on."""
    if document.page > 1:
        canvas.setFont(Serif.REGULAR.value, _BODY_PT)
        canvas.drawCentredString(A4[0] / 2, A4[1] - _TOP / 2 - _BODY_PT / 3, str(document.page))


def _story(receipt: Receipt) -> list[Flowable]:
    giver, receiver = receipt.parties
    duty, copies = receipt.closing
    story: list[Flowable] = [
        _Head(receipt),
        Spacer(0, 18),
        _paragraph(receipt.title, _style(14, Serif.BOLD, TA_CENTER)),
        _paragraph(receipt.subject, _style(13, Serif.BOLD, TA_CENTER)),
        _ShortRule(),
        Spacer(0, 8),
        _body(receipt.opening),
        *_parties(receipt.parties),
        Spacer(0, _PARAGRAPH_GAP),
        _body(receipt.lead),
        Spacer(0, 2),
        _table(receipt),
        Spacer(0, _PARAGRAPH_GAP),
        _body(receipt.total),
        _body(duty),
        KeepTogether([_body(copies), Spacer(0, 14), _Signatures(giver, receiver)]),
    ]
    return story


def _style(size: float, face: Serif, align: int, **more: Any) -> ParagraphStyle:
    leading = more.pop("leading", 1.3 * size)
    return ParagraphStyle(
        face.value, fontName=face.value, fontSize=size, leading=leading, alignment=align, **more
    )


def _paragraph(words: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(serif_words(words)), style)


def _body(words: str) -> Paragraph:
    style = _style(
        _BODY_PT,
        Serif.REGULAR,
        TA_JUSTIFY,
        leading=_LEADING,
        firstLineIndent=_INDENT,
        spaceAfter=_PARAGRAPH_GAP,
        allowWidows=0,
        allowOrphans=0,
    )
    return _paragraph(words, style)


def _parties(parties: Sequence[Party]) -> list[Flowable]:
    """Each side's name and who acts for it: in one line, or in two where words are long."""
    people = [((_NAME, party.person.name), (_POSITION, party.person.position)) for party in parties]
    in_one_line = all(
        stringWidth(f"{label} {words}", Serif.REGULAR.value, _BODY_PT) < share * _ROOM - _FIELD_GAP
        for fields in people
        for (label, words), share in zip(fields, _SHARES, strict=True)
    )
    shown: list[Flowable] = []
    for party, fields in zip(parties, people, strict=True):
        if party.name:
            style = _style(_BODY_PT, Serif.BOLD, TA_LEFT)
            shown.append(_paragraph(f"{party.role}: {party.name}", style))
        else:
            shown.append(_Fields([(f"{party.role}:", "")], [1.0], Serif.BOLD))
        if in_one_line:
            shown.append(_Fields(fields, _SHARES))
        else:
            shown += [_Fields([field], [1.0]) for field in fields]
        shown.append(Spacer(0, 3))
    return shown


def _table(receipt: Receipt) -> Table:
    def style(face: Serif, align: int) -> ParagraphStyle:
        return _style(_TABLE_PT, face, align, leading=_TABLE_LEADING)

    def code(words: str, column: int) -> Paragraph:
        """A pad's name or a serial on one line: in smaller letters if it is a long one."""
        room = _COLUMNS[column] - 2 * _CELL_PT - 1
        width = stringWidth(words, Serif.REGULAR.value, _TABLE_PT)
        size = _TABLE_PT * min(1.0, room / width)
        return _paragraph(words, _style(size, Serif.REGULAR, TA_CENTER, leading=_TABLE_LEADING))

    centre, heads = style(Serif.REGULAR, TA_CENTER), style(Serif.BOLD, TA_CENTER)
    right, bold_right = style(Serif.REGULAR, TA_RIGHT), style(Serif.BOLD, TA_RIGHT)
    bold, left = style(Serif.BOLD, TA_LEFT), style(Serif.REGULAR, TA_LEFT)
    rows: list[list[Any]] = [[_paragraph(head, heads) for head in _HEADS]]
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
        name = _paragraph(f"Lĩnh vực: {domain}", bold)
        sum_of = _paragraph(grouped(sum(len(row) for row in forms)), bold_right)
        rows.append([_paragraph(_roman(index), heads), name, "", "", sum_of, ""])
        rules.append(("SPAN", (1, at), (3, at)))
        rules.append(("NOSPLIT", (0, at), (-1, at + 1)))  # a domain's name is not left alone
        for row in forms:
            number += 1
            words = (row.pad or "phiếu lẻ", str(row.first), str(row.last))
            codes = [code(each, column) for column, each in enumerate(words, start=1)]
            cells = [_paragraph(str(number), centre), *codes]
            rows.append([*cells, _paragraph(grouped(len(row)), right), _paragraph(row.note, left)])
    last = len(rows)
    sum_of = _paragraph(grouped(receipt.count), bold_right)
    rows.append([_paragraph("Tổng cộng", heads), "", "", "", sum_of, ""])
    rules.append(("SPAN", (0, last), (3, last)))
    rules.append(("NOSPLIT", (0, last - 1), (-1, last)))  # nor the sum
    return Table(rows, colWidths=_COLUMNS, repeatRows=1, style=rules)


def _roman(number: int) -> str:
    words = ""
    for value, letters in ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        words += letters * (number // value)
        number %= value
    return words


class _Head(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """Office and number at the left, the State's name, place and date at the right."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__()
        self._left, self._right = 70 * mm, _ROOM - 72 * mm
        issuer = receipt.issuer
        self._agency = _lines(issuer.agency.upper(), Serif.REGULAR, 12, self._left)
        self._office = _lines(issuer.office.upper(), Serif.BOLD, 12, self._left)
        self._number = serif_words(receipt.document_number)
        self._date = serif_words(receipt.place_and_date)

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        lines = max(len(self._agency) + len(self._office), 2)
        return _ROOM, 15.0 * lines + 34.0

    def draw(self) -> None:
        height = self.wrap(0, 0)[1]
        left, right = self._left / 2, _ROOM - self._right / 2
        y = height - 12
        for line in self._agency:
            self._centred(left, y, line, Serif.REGULAR, 12)
            y -= 15
        for line in self._office:
            self._centred(left, y, line, Serif.BOLD, 12)
            y -= 15
        widest = max(stringWidth(line, Serif.BOLD.value, 12) for line in self._office)
        self._rule(left, y + 9, 0.45 * widest)  # 1/3 to 1/2 of the office's name
        self._centred(right, height - 12, _STATE, Serif.BOLD, 12)
        self._centred(right, height - 27, _MOTTO, Serif.BOLD, 13)
        self._rule(right, height - 33, stringWidth(_MOTTO, Serif.BOLD.value, 13))
        self._centred(left, 4, self._number, Serif.REGULAR, 13)
        self._centred(right, 4, self._date, Serif.ITALIC, 13)

    def _centred(self, x: float, y: float, words: str, face: Serif, size: float) -> None:
        self.canv.setFont(face.value, size)
        self.canv.drawCentredString(x, y, words)

    def _rule(self, x: float, y: float, width: float) -> None:
        self.canv.setLineWidth(_RULE_PT)
        self.canv.line(x - width / 2, y, x + width / 2, y)


class _ShortRule(Flowable):  # type: ignore[misc]  # as above
    """The rule under a document's subject."""

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return _ROOM, 6

    def draw(self) -> None:
        self.canv.setLineWidth(_RULE_PT)
        self.canv.line(_ROOM / 2 - 15 * mm, 2, _ROOM / 2 + 15 * mm, 2)


class _Fields(Flowable):  # type: ignore[misc]  # as above
    """One line of labels, each with its words, or with dots where they are not known."""

    def __init__(
        self,
        fields: Sequence[tuple[str, str]],
        shares: Sequence[float],  # of the line, for each field
        face: Serif = Serif.REGULAR,
    ) -> None:
        super().__init__()
        self._fields = [(serif_words(label), serif_words(words)) for label, words in fields]
        self._shares = shares
        self._face = face

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return _ROOM, _LEADING + 3

    def draw(self) -> None:
        left, y = 0.0, 5.0
        for (label, words), share in zip(self._fields, self._shares, strict=True):
            right = left + share * _ROOM
            self.canv.setFont(self._face.value, _BODY_PT)
            self.canv.drawString(left, y, f"{label} {words}")
            if not words:
                start = left + stringWidth(f"{label} ", self._face.value, _BODY_PT)
                end = right - (_FIELD_GAP if right < _ROOM - 1 else 0)
                self.canv.setLineWidth(0.6)
                self.canv.setLineCap(1)  # round ends turn dashes without length into dots
                self.canv.setDash([0.01, _DOT_PITCH_PT - 0.01])
                self.canv.line(start, y, end, y)
                self.canv.setDash()
            left = right


class _Signatures(Flowable):  # type: ignore[misc]  # as above
    """Room for both sides to sign."""

    def __init__(self, giver: Party, receiver: Party) -> None:
        super().__init__()
        self._sides = [(p.role, serif_words(p.person.name)) for p in (giver, receiver)]

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return _ROOM, _SIGNING_ROOM + 52

    def draw(self) -> None:
        height = self.wrap(0, 0)[1]
        for x, (role, name) in zip((_ROOM / 4, _ROOM * 3 / 4), self._sides, strict=True):
            for y, words, face in (
                (height - 13, f"ĐẠI DIỆN {role}", Serif.BOLD),
                (height - 30, "(Ký, ghi rõ họ tên)", Serif.ITALIC),
                (4, name, Serif.BOLD),
            ):
                self.canv.setFont(face.value, _BODY_PT)
                self.canv.drawCentredString(x, y, words)


def _lines(words: str, face: Serif, size: float, room: float) -> list[str]:
    return list(simpleSplit(serif_words(words), face.value, size, room))
