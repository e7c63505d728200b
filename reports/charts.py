"""What charts on paper are drawn with: inks that stay apart in grey, words that fit their room.

Positions are PDF points from the bottom left; nothing is rounded or counted here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from omr.document_fonts import Serif, serif_font
from omr.settings import Language

ELLIPSIS = "…"
_NO_SHAPE = "□"  # stands for a letter that the font cannot draw
LABEL_PT = 9.0
CAP_HEIGHT = 0.66  # of Tinos, em: what centres a line of digits beside a bar


@dataclass(frozen=True, slots=True)
class Ink:
    """A colour (0 to 1 each) and the colour of words on it."""

    red: float
    green: float
    blue: float
    words: float = 0.0  # a grey: 0 black, 1 white


BLACK = Ink(0, 0, 0, 1)
DARK = Ink(0.13, 0.13, 0.13, 1)
MIDDLE = Ink(0.38, 0.38, 0.38, 1)
PALE = Ink(0.80, 0.80, 0.80)
HAIR = Ink(0.72, 0.72, 0.72)
WASH = Ink(0.945, 0.945, 0.945)
ALARM = Ink(0.60, 0.06, 0.10, 1)
BLUE = Ink(0.11, 0.29, 0.48, 1)
# Best to worst. In grey (Rec. 709 luma) 27, 58, 91, 72 and 14 %: neighbours differ by 19 or
# more, so that a printer without colour keeps them apart.
LEVEL_INKS = (
    Ink(0.11, 0.29, 0.48, 1),
    Ink(0.42, 0.62, 0.77),
    Ink(0.91, 0.91, 0.90),
    Ink(0.95, 0.68, 0.42),
    Ink(0.42, 0.05, 0.10, 1),
)
_LEVEL_WORDS: Mapping[Language, tuple[str, ...]] = {
    Language.VIETNAMESE: (
        "Rất hài lòng",
        "Hài lòng",
        "Bình thường",
        "Không hài lòng",
        "Rất không hài lòng",
    ),
    Language.ENGLISH: (
        "Very satisfied",
        "Satisfied",
        "Neutral",
        "Dissatisfied",
        "Very dissatisfied",
    ),
}


def level_words(language: Language) -> tuple[str, ...]:
    """What the five levels are called, the best first."""
    return _LEVEL_WORDS[language]


def drawable(words: str) -> str:
    """*words* in NFC on one line; letters that the font lacks show as an empty square.

    Names come from files of others: a report with a square in a name is of more use than none.
    """
    known = serif_font(Serif.REGULAR).face.charToGlyph
    tidy = " ".join(unicodedata.normalize("NFC", words).split())
    return "".join(
        letter if ord(letter) in known else _NO_SHAPE
        for letter in tidy
        if unicodedata.category(letter) not in {"Cc", "Cf"}
    )


def width(words: str, face: Serif, size: float) -> float:
    """How far *words* advance, points."""
    serif_font(face)
    return float(stringWidth(words, face.value, size))


def shortened(words: str, face: Serif, size: float, room: float) -> str:
    """*words*, or as many letters of them as fit before an ellipsis."""
    tidy = drawable(words)
    if width(tidy, face, size) <= room:
        return tidy
    while tidy and width(f"{tidy}{ELLIPSIS}", face, size) > room:
        tidy = tidy[:-1].rstrip(" ,.;-–(…")
    return f"{tidy}{ELLIPSIS}"


def lines(words: str, face: Serif, size: float, room: float, most: int) -> list[str]:
    """*words* broken into *most* lines at the utmost; the last one is shortened.

    Two lines that hold everything are made about equally long.
    """
    left = drawable(words).split(" ")
    if most > 1 and width(" ".join(left), face, size) > room:
        halves = [(" ".join(left[:at]), " ".join(left[at:])) for at in range(1, len(left))]
        longer = [max(width(half, face, size) for half in pair) for pair in halves]
        if longer and min(longer) <= room:
            return list(halves[longer.index(min(longer))])
    found: list[str] = []
    while left and len(found) < most - 1:
        line = left.pop(0)
        while left and width(f"{line} {left[0]}", face, size) <= room:
            line += f" {left.pop(0)}"
        found.append(shortened(line, face, size, room))
    if left:
        found.append(shortened(" ".join(left), face, size, room))
    return found


def fill(canvas: Canvas, ink: Ink) -> None:
    """Fill what comes next with *ink*."""
    canvas.setFillColorRGB(ink.red, ink.green, ink.blue)


def stroke(canvas: Canvas, ink: Ink, line: float) -> None:
    """Draw lines of *line* points with *ink* from now on."""
    canvas.setStrokeColorRGB(ink.red, ink.green, ink.blue)
    canvas.setLineWidth(line)


def put(
    canvas: Canvas,
    x: float,
    y: float,
    words: str,
    *,
    size: float = LABEL_PT,
    face: Serif = Serif.REGULAR,
    align: str = "left",
    ink: Ink = BLACK,
) -> None:
    """Write *words* (as :func:`drawable` made them) with their baseline at *y*."""
    serif_font(face)
    canvas.setFont(face.value, size)
    fill(canvas, ink)
    if align == "right":
        canvas.drawRightString(x, y, words)
    elif align == "centre":
        canvas.drawCentredString(x, y, words)
    else:
        canvas.drawString(x, y, words)


def put_lines(
    canvas: Canvas, x: float, middle: float, found: list[str], *, size: float = LABEL_PT
) -> None:
    """Write lines one below the other, their block centred on the height *middle*."""
    leading = 1.15 * size
    y = middle + leading * (len(found) - 1) / 2 - CAP_HEIGHT * size / 2
    for line in found:
        put(canvas, x, y, line, size=size)
        y -= leading
