"""What a person means to answer, and the marks that say so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MarkKind(StrEnum):
    """How one bubble was marked."""

    FILL = "fill"
    SCRIBBLE = "scribble"  # loose, with gaps, running out of the bubble
    TICK = "tick"
    CROSS = "cross"
    DASH = "dash"
    DOT = "dot"
    LIGHT_FILL = "light-fill"  # faint pencil
    LIGHT_TICK = "light-tick"
    PARTIAL = "partial"  # 30 to 75 % of the bubble filled
    OFF_CENTRE = "off-centre"
    CIRCLED = "circled"  # a ring round the bubble, nothing in it
    STRUCK = "struck"  # filled, then struck through with an X: taken back
    BLACKED_OUT = "blacked-out"  # crossed, then blackened: taken back the way schools teach it
    SPECK = "speck"  # the pen rested there; nothing meant
    LINE = "line"  # straight across the whole bubble: what a voting standard tests with


class Doubt(StrEnum):
    """Why a person looking at the sheet could not be sure.

    The rules, fixed in advance:

    * ``overvote``: two plain marks in a single-choice question. No clear answer is right.
    * ``circled``: the option is ringed instead of marked. Only that option is right.
    * ``blacked-out``: a mark taken back in a way the form does not offer. Only the other is right.
    * ``speck``: nothing but a resting dot of at most 0.5 mm. Only blank is right.
    * ``stray-line``: nothing but a line drawn for another purpose. Only blank is right.
    * ``faint``: of the marks that were meant, one leaves less than 0.3 mm² of visible ink inside
      its bubble in this scan (too light, beside it, or lost in the conversion to black and
      white). The meant answer is right, and so is the one without the faint mark.
    """

    OVERVOTE = "overvote"
    CIRCLED = "circled"
    BLACKED_OUT = "blacked-out"
    SPECK = "speck"
    STRAY_LINE = "stray-line"
    FAINT = "faint"


class PenKind(StrEnum):
    """Pens people carry (their properties: ``parameters.PENS``)."""

    BLACK = "black"
    BLUE = "blue"
    RED = "red"
    GEL = "gel"
    PENCIL = "pencil"
    FELT = "felt"


@dataclass(frozen=True, slots=True)
class QuestionIntent:
    """One question as its person meant it.

    Attributes:
        question: Question id.
        intended: Option ids meant, in the layout's order; empty for no answer.
        marks: Option id and kind of every mark made, in the order they were made.
        doubt: Set when a person could not be sure.
    """

    question: str
    intended: tuple[str, ...]
    marks: tuple[tuple[str, MarkKind], ...]
    doubt: Doubt | None = None

    def right_readings(self) -> tuple[tuple[str, ...], ...]:
        """The clear answers that would be right (see :class:`Doubt`)."""
        if self.doubt is Doubt.OVERVOTE:
            return ()
        if self.doubt in {Doubt.SPECK, Doubt.STRAY_LINE}:
            return ((),)
        return (self.intended,)


@dataclass(frozen=True, slots=True)
class SheetIntent:
    """What one person does to one sheet.

    Attributes:
        pen: The pen used.
        shaky: 0 a sure hand .. 1 an old one.
        pressure: Of the hand, 1 is usual.
        questions: In the layout's order.
        stray_lines: Lines drawn across the sheet without meaning.
        comment_words: Words written into the comment field.
        nib_mm: Width of the pen's line; None for one of the pens of its kind.
    """

    pen: PenKind
    shaky: float
    pressure: float
    questions: tuple[QuestionIntent, ...]
    stray_lines: int = 0
    comment_words: int = 0
    nib_mm: float | None = None
