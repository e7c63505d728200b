"""The parts of a receipt that are drawn rather than set: fields, signatures."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from forms.receipt import Party
from omr.document_fonts import Serif, serif_words
from omr.document_style import BODY_PT, LEADING, ROOM

FIELD_GAP = 6.0  # before the next field of a line
_SIGNING_ROOM = 25 * mm  # for a signature and a seal
_DOT_PT, _DOT_PITCH_PT = 0.6, 2.6


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
