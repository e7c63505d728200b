"""The parts of a receipt that are drawn rather than set: head, fields, signatures."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from forms.document_style import BODY_PT, HEAD_PT, LEADING, ROOM
from forms.receipt import Party, Receipt
from forms.report_fonts import Serif, serif_words

FIELD_GAP = 6.0  # before the next field of a line
_STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
_MOTTO = "Độc lập - Tự do - Hạnh phúc"
_SIGNING_ROOM = 25 * mm  # for a signature and a seal
_RULE_PT = 0.7
_DOT_PT, _DOT_PITCH_PT = 0.6, 2.6


class Head(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """Office and number at the left, the State's name, place and date at the right."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__()
        self._left, self._right = 70 * mm, ROOM - 72 * mm
        issuer = receipt.issuer
        self._agency = _lines(issuer.agency.upper(), Serif.REGULAR, HEAD_PT, self._left)
        self._office = _lines(issuer.office.upper(), Serif.BOLD, HEAD_PT, self._left)
        self._number = serif_words(receipt.document_number)
        self._date = serif_words(receipt.place_and_date)

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Width and height, points."""
        lines = max(len(self._agency) + len(self._office), 2)
        return ROOM, 15.0 * lines + 34.0

    def draw(self) -> None:
        """Draw it from its bottom-left corner."""
        height = self.wrap(0, 0)[1]
        left, right = self._left / 2, ROOM - self._right / 2
        y = height - 12
        for line in self._agency:
            self._centred(left, y, line, Serif.REGULAR, HEAD_PT)
            y -= 15
        for line in self._office:
            self._centred(left, y, line, Serif.BOLD, HEAD_PT)
            y -= 15
        widest = max(stringWidth(line, Serif.BOLD.value, HEAD_PT) for line in self._office)
        self._rule(left, y + 9, 0.45 * widest)  # 1/3 to 1/2 of the office's name
        self._centred(right, height - 12, _STATE, Serif.BOLD, HEAD_PT)
        self._centred(right, height - 27, _MOTTO, Serif.BOLD, BODY_PT)
        self._rule(right, height - 33, stringWidth(_MOTTO, Serif.BOLD.value, BODY_PT))
        self._centred(left, 4, self._number, Serif.REGULAR, BODY_PT)
        self._centred(right, 4, self._date, Serif.ITALIC, BODY_PT)

    def _centred(self, x: float, y: float, words: str, face: Serif, size: float) -> None:
        self.canv.setFont(face.value, size)
        self.canv.drawCentredString(x, y, words)

    def _rule(self, x: float, y: float, width: float) -> None:
        self.canv.setLineWidth(_RULE_PT)
        self.canv.line(x - width / 2, y, x + width / 2, y)


class ShortRule(Flowable):  # type: ignore[misc]  # as above
    """The rule under a document's subject."""

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Width and height, points."""
        return ROOM, 6

    def draw(self) -> None:
        """Draw it from its bottom-left corner."""
        self.canv.setLineWidth(_RULE_PT)
        self.canv.line(ROOM / 2 - 15 * mm, 2, ROOM / 2 + 15 * mm, 2)


class Fields(Flowable):  # type: ignore[misc]  # as above
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
        """Width and height, points."""
        return ROOM, LEADING + 3

    def draw(self) -> None:
        """Draw it from its bottom-left corner."""
        left, y = 0.0, 5.0
        for (label, words), share in zip(self._fields, self._shares, strict=True):
            right = left + share * ROOM
            self.canv.setFont(self._face.value, BODY_PT)
            self.canv.drawString(left, y, f"{label} {words}")
            if not words:
                start = left + stringWidth(f"{label} ", self._face.value, BODY_PT)
                end = right - (FIELD_GAP if right < ROOM - 1 else 0)
                self.canv.setLineWidth(_DOT_PT)
                self.canv.setLineCap(1)  # round ends turn dashes without length into dots
                self.canv.setDash([0.01, _DOT_PITCH_PT - 0.01])
                self.canv.line(start, y, end, y)
                self.canv.setDash()
            left = right


class Signatures(Flowable):  # type: ignore[misc]  # as above
    """Room for both sides to sign."""

    def __init__(self, giver: Party, receiver: Party) -> None:
        super().__init__()
        self._sides = [(p.role, serif_words(p.person.name)) for p in (giver, receiver)]

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Width and height, points."""
        return ROOM, _SIGNING_ROOM + 52

    def draw(self) -> None:
        """Draw it from its bottom-left corner."""
        height = self.wrap(0, 0)[1]
        for x, (role, name) in zip((ROOM / 4, ROOM * 3 / 4), self._sides, strict=True):
            for y, words, face in (
                (height - 13, f"ĐẠI DIỆN {role}", Serif.BOLD),
                (height - 30, "(Ký, ghi rõ họ tên)", Serif.ITALIC),
                (4, name, Serif.BOLD),
            ):
                self.canv.setFont(face.value, BODY_PT)
                self.canv.drawCentredString(x, y, words)


def _lines(words: str, face: Serif, size: float, room: float) -> list[str]:
    return list(simpleSplit(serif_words(words), face.value, size, room))
