"""The head of an official document: issuer and number, the State's name, place and date."""

from __future__ import annotations

from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from omr.document_fonts import Serif, serif_words
from omr.document_style import BODY_PT, HEAD_PT, ROOM

VIETNAMESE_STATE = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
_RULE_PT = 0.7


class Head(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """Office and number at the left, the State's name, place and date at the right.

    Args:
        agency: The body above the office.
        office: The office that issues the document.
        number: The line with the document's number and symbol.
        place_and_date: The line that says where and when.
        state: The State's name and its motto.
    """

    def __init__(
        self,
        agency: str,
        office: str,
        number: str,
        place_and_date: str,
        state: tuple[str, str] = VIETNAMESE_STATE,
    ) -> None:
        super().__init__()
        self._left, self._right = 70 * mm, ROOM - 72 * mm
        self._agency = _lines(agency.upper(), Serif.REGULAR, HEAD_PT, self._left)
        self._office = _lines(office.upper(), Serif.BOLD, HEAD_PT, self._left)
        self._number = serif_words(number)
        self._date = serif_words(place_and_date)
        self._state, self._motto = map(serif_words, state)

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
        self._centred(right, height - 12, self._state, Serif.BOLD, HEAD_PT)
        self._centred(right, height - 27, self._motto, Serif.BOLD, BODY_PT)
        self._rule(right, height - 33, stringWidth(self._motto, Serif.BOLD.value, BODY_PT))
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


def _lines(words: str, face: Serif, size: float, room: float) -> list[str]:
    return list(simpleSplit(serif_words(words), face.value, size, room))
