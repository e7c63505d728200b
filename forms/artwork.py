"""What is printed: text runs, strokes, rings, discs and codes, each at its place in mm.

Made by :mod:`forms.typeset`, read by :mod:`forms.draw`. Ink is 0 (paper) to 1 (black).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from forms.fonts import Face, ink_mm, missing, width_mm
from omr.geometry import PagePoint, PageRect
from omr.layout import Bubble, Question


@dataclass(frozen=True, slots=True)
class Text:
    """Words on one line, from the left end of their baseline."""

    at: PagePoint
    words: str
    face: Face
    size_pt: float
    source: str  # the survey's line that the words come from, for messages

    @property
    def width_mm(self) -> float:
        """How far the words advance."""
        return width_mm(self.words, self.face, self.size_pt)

    @property
    def ink(self) -> PageRect:
        """The box around the printed letters."""
        above, below = ink_mm(self.words, self.face, self.size_pt)
        return PageRect(self.at.x_mm, self.at.y_mm - above, self.width_mm, above + below)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points, solid or (with ``dot_pitch_mm``) of round dots."""

    points: tuple[PagePoint, ...]
    width_mm: float
    darkness: float
    source: str
    dot_pitch_mm: float = 0.0

    @property
    def ink(self) -> PageRect:
        """The box around the line, its thickness included."""
        xs = [point.x_mm for point in self.points]
        ys = [point.y_mm for point in self.points]
        box = PageRect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
        return box.grown(self.width_mm / 2)


@dataclass(frozen=True, slots=True)
class Ring:
    """The outline of a circle; ``diameter_mm`` is at the middle of the line."""

    centre: PagePoint
    diameter_mm: float
    width_mm: float
    darkness: float
    source: str

    @property
    def ink(self) -> PageRect:
        """The box around the outline, its thickness included."""
        side = self.diameter_mm + self.width_mm
        return PageRect(self.centre.x_mm - side / 2, self.centre.y_mm - side / 2, side, side)


@dataclass(frozen=True, slots=True)
class Disc:
    """A filled circle."""

    centre: PagePoint
    diameter_mm: float
    darkness: float
    source: str

    @property
    def ink(self) -> PageRect:
        """The box around the disc."""
        side = self.diameter_mm
        return PageRect(self.centre.x_mm - side / 2, self.centre.y_mm - side / 2, side, side)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Black modules of a code in a box, as runs ``(column, row, columns, rows)``."""

    runs: tuple[tuple[int, int, int, int], ...]
    box: PageRect
    columns: int  # modules across the box
    rows: int  # modules down the box
    source: str

    @property
    def ink(self) -> PageRect:
        """The box."""
        return self.box


Item = Text | Stroke | Ring | Disc | Pattern
_Placed = TypeVar("_Placed", bound=Text | Stroke | Ring | Disc | Pattern | Bubble)


@dataclass(frozen=True, slots=True)
class Slot:
    """Room for words that differ from sheet to sheet; they end at ``right``."""

    right: PagePoint  # of the baseline
    face: Face
    size_pt: float
    room_mm: float

    @property
    def ink(self) -> PageRect:
        """The box that any words may fill, stacked accents and descenders included."""
        above, below = ink_mm("Ẳg", self.face, self.size_pt)
        left = self.right.x_mm - self.room_mm
        return PageRect(left, self.right.y_mm - above, self.room_mm, above + below)

    def holds(self, words: str) -> bool:
        """Whether *words* fit and can be drawn."""
        if missing(words, self.face):
            return False
        return width_mm(words, self.face, self.size_pt) <= self.room_mm


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the form: a height, and things placed with y from the block's top."""

    name: str
    height_mm: float
    items: tuple[Item, ...] = ()
    questions: tuple[Question, ...] = ()

    def moved_down(self, by_mm: float) -> Block:
        """The block with everything in it lowered by *by_mm*."""
        return replace(
            self,
            items=tuple(_lowered(item, by_mm) for item in self.items),
            questions=tuple(
                replace(q, bubbles=tuple(_lowered(b, by_mm) for b in q.bubbles))
                for q in self.questions
            ),
        )


def _lowered(thing: _Placed, by_mm: float) -> _Placed:
    if isinstance(thing, Text):
        return replace(thing, at=_down(thing.at, by_mm))
    if isinstance(thing, Stroke):
        return replace(thing, points=tuple(_down(point, by_mm) for point in thing.points))
    if isinstance(thing, Pattern):
        return replace(thing, box=replace(thing.box, y_mm=round(thing.box.y_mm + by_mm, 3)))
    return replace(thing, centre=_down(thing.centre, by_mm))


def _down(point: PagePoint, by_mm: float) -> PagePoint:
    # Micrometres: finer than any printer, and the same on every machine, since the
    # layout's id is a hash of these numbers.
    return PagePoint(round(point.x_mm, 3), round(point.y_mm + by_mm, 3))
