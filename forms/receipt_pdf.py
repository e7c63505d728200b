"""Draws a receipt as an administrative document in the layout of NĐ 30/2020."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from reportlab.lib.enums import TA_CENTER, TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Spacer,
)

from forms.receipt import Party, Receipt
from forms.receipt_parts import FIELD_GAP, Fields, Signatures
from forms.receipt_table import pads_table
from omr.document_fonts import Serif, serif_font, serif_words
from omr.document_head import Head, ShortRule
from omr.document_style import (
    BODY_PT,
    BOTTOM,
    LEFT,
    PARAGRAPH_GAP,
    RIGHT,
    ROOM,
    TITLE_PT,
    TOP,
    body,
    paragraph,
    style,
)

_NAME, _POSITION = "Ông (bà):", "Cấp bậc, chức vụ:"
_SHARES = (0.42, 0.58)  # of a line, where both stand on one


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
        leftMargin=LEFT,
        rightMargin=RIGHT,
        topMargin=TOP,
        bottomMargin=BOTTOM,
        title=serif_words(f"{receipt.title} – {receipt.unit}"),
        author=receipt.issuer.office,
        lang="vi-VN",
        initialFontName=Serif.REGULAR.value,
    )
    frame = Frame(
        LEFT, BOTTOM, ROOM, A4[1] - TOP - BOTTOM,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=_page_number))
    document.build(story)


def _page_number(canvas: Canvas, document: BaseDocTemplate) -> None:
    """In the middle of the top margin, from the second page on."""
    if document.page > 1:
        canvas.setFont(Serif.REGULAR.value, BODY_PT)
        canvas.drawCentredString(A4[0] / 2, A4[1] - TOP / 2 - BODY_PT / 3, str(document.page))


def _story(receipt: Receipt) -> list[Flowable]:
    giver, receiver = receipt.parties
    duty, copies = receipt.closing
    story: list[Flowable] = [
        Head(
            receipt.issuer.agency,
            receipt.issuer.office,
            receipt.document_number,
            receipt.place_and_date,
        ),
        Spacer(0, 18),
        paragraph(receipt.title, style(TITLE_PT, Serif.BOLD, TA_CENTER)),
        paragraph(receipt.subject, style(BODY_PT, Serif.BOLD, TA_CENTER)),
        ShortRule(),
        Spacer(0, 8),
        body(receipt.opening),
        *_parties(receipt.parties),
        Spacer(0, PARAGRAPH_GAP),
        body(receipt.lead),
        Spacer(0, 2),
        pads_table(receipt),
        Spacer(0, PARAGRAPH_GAP),
        body(receipt.total),
        body(duty),
        KeepTogether([body(copies), Spacer(0, 14), Signatures(giver, receiver)]),
    ]
    return story


def _parties(parties: Sequence[Party]) -> list[Flowable]:
    """Each side's name and who acts for it: in one line, or in two where words are long."""
    people = [((_NAME, party.person.name), (_POSITION, party.person.position)) for party in parties]
    in_one_line = all(
        stringWidth(f"{label} {words}", Serif.REGULAR.value, BODY_PT) < share * ROOM - FIELD_GAP
        for fields in people
        for (label, words), share in zip(fields, _SHARES, strict=True)
    )
    shown: list[Flowable] = []
    for party, fields in zip(parties, people, strict=True):
        if party.name:
            bold = style(BODY_PT, Serif.BOLD, TA_LEFT)
            shown.append(paragraph(f"{party.role}: {party.name}", bold))
        else:
            shown.append(Fields([(f"{party.role}:", "")], [1.0], Serif.BOLD))
        if in_one_line:
            shown.append(Fields(fields, _SHARES))
        else:
            shown += [Fields([field], [1.0]) for field in fields]
        shown.append(Spacer(0, 3))
    return shown
