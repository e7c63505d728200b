"""The set-apart part of a board: the code of the electronic survey, or of up to four."""

from __future__ import annotations

from dataclasses import dataclass, replace

from forms.board_art import Anchor, Area, Art, Code, Ink, Words
from forms.board_grid import (
    LEADING,
    Grid,
    Group,
    Placed,
    lay_grid,
    quiet_mm,
    wrapped,
)
from forms.board_words import BoardWords
from forms.fonts import MM_PER_POINT, Face, width_mm
from omr.geometry import PagePoint, PageRect
from omr.links import Link, SurveyLink

MAX_SURVEYS = 4  # more would be a second grid, and no citizen would know which to take
_PAD_MM = 7.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a stack, with the white above it."""

    text: str
    face: Face
    size_pt: float
    ink: Ink
    above_mm: float = 0.0

    @property
    def height_mm(self) -> float:
        """The line with the white above it."""
        return self.above_mm + self.size_pt * LEADING * MM_PER_POINT


@dataclass(frozen=True, slots=True)
class SurveyPanel:
    """A panel for one survey (words beside or below its code) or several (a row of codes).

    ``scale`` is that of the paper, 1 for A4.
    """

    surveys: tuple[SurveyLink, ...]
    words: BoardWords
    scale: float
    upright: bool  # words below the code, for the side of a landscape page

    @property
    def _pad(self) -> float:
        return _PAD_MM * self.scale

    @property
    def _link(self) -> Link:
        return self.surveys[0].link

    def width_for(self, side_mm: float) -> float:
        """How wide an upright panel is around a code of that side."""
        return side_mm + 2 * max(self._pad, quiet_mm(self._link, side_mm))

    def height_for(self, width_mm: float, side_mm: float) -> float | None:
        """The least height of the panel, or nothing if it cannot be that narrow."""
        pad = max(self._pad, *(quiet_mm(s.link, side_mm) for s in self.surveys))
        if len(self.surveys) > 1:
            grid = self._row(width_mm, side_mm)
            if grid is None:
                return None
            return 2 * self._pad + _height(self._head(width_mm)) + pad + grid.height_mm
        if self.upright:
            above, under = self._upright(width_mm)
            if not _fits((*above, *under), width_mm - 1.6 * self._pad):
                return None
            return 2 * self._pad + _height(above) + 2 * pad - self._pad + side_mm + _height(under)
        room = width_mm - side_mm - 2 * pad - self._pad
        lines = self._beside(room)
        if not _fits(lines, room):
            return None
        return max(side_mm + 2 * pad, _height(lines) + 2 * self._pad)

    def art(self, box: PageRect, side_mm: float) -> tuple[list[Art], list[Placed]]:
        """The panel in *box*, which is at least as high as :meth:`height_for` says."""
        ground = Area(box, Ink.TINT, Ink.GREEN, 0.5 * self.scale, 2.5 * self.scale)
        if len(self.surveys) > 1:
            art, placed = self._several(box, side_mm)
        elif self.upright:
            art, placed = self._single_upright(box, side_mm)
        else:
            art, placed = self._single_beside(box, side_mm)
        return [ground, *art], placed

    def _single_beside(self, box: PageRect, side: float) -> tuple[list[Art], list[Placed]]:
        pad = max(self._pad, quiet_mm(self._link, side))
        code = PageRect(box.x_mm + pad, box.y_mm + (box.h_mm - side) / 2, side, side)
        left = code.right_mm + pad
        lines = self._beside(box.right_mm - self._pad - left)
        height = _height(lines)
        top = box.y_mm + (box.h_mm - height) / 2
        caption = PageRect(left, top, box.right_mm - left, height)
        art = [Code(self._link.url, code), *_stacked(lines, left, top, Anchor.LEFT)]
        return art, [Placed(self._link, code, caption)]

    def _single_upright(self, box: PageRect, side: float) -> tuple[list[Art], list[Placed]]:
        pad = max(self._pad, quiet_mm(self._link, side))
        above, under = self._upright(box.w_mm)
        used = _height(above) + pad + side + pad + _height(under)
        top = box.y_mm + (box.h_mm - used) / 2
        middle = box.x_mm + box.w_mm / 2
        code = PageRect(middle - side / 2, top + _height(above) + pad, side, side)
        below = code.bottom_mm + pad
        caption = PageRect(box.x_mm, top, box.w_mm, used)
        art = [
            *_stacked(above, middle, top, Anchor.MIDDLE),
            Code(self._link.url, code),
            *_stacked(under, middle, below, Anchor.MIDDLE),
        ]
        return art, [Placed(self._link, code, caption)]

    def _several(self, box: PageRect, side: float) -> tuple[list[Art], list[Placed]]:
        head = self._head(box.w_mm)
        grid = self._row(box.w_mm, side)
        if grid is None:
            raise ValueError("a panel was drawn that does not fit")
        used = _height(head) + max(self._pad, grid.quiet_mm) + grid.height_mm
        top = box.y_mm + (box.h_mm - used) / 2
        art = _stacked(head, box.x_mm + box.w_mm / 2, top, Anchor.MIDDLE)
        codes, placed = grid.art(box.x_mm + self._pad, top + used - grid.height_mm, 0.0)
        return [*art, *codes], placed

    def _row(self, width_mm: float, side_mm: float) -> Grid | None:
        links = tuple(
            replace(survey.link, name=", ".join(domain.name for domain in survey.domains))
            for survey in self.surveys
        )
        room = width_mm - 2 * self._pad
        return lay_grid((Group("", links),), room, len(links), side_mm, self.words)

    def _title(self) -> str:
        """The survey's own name, unless it is only that of its domain."""
        names = {domain.name for survey in self.surveys for domain in survey.domains}
        named = {survey.link.name for survey in self.surveys} - names
        return named.pop() if len(named) == 1 else self.words.survey_title

    def _head(self, width_mm: float) -> tuple[Line, ...]:
        return self._lines(
            width_mm - 2 * self._pad,
            (self._title(), Face.BOLD, 19, Ink.GREEN, 0.0),
            (self.words.survey_invitation, Face.REGULAR, 11.5, Ink.BLACK, 0.5),
        )

    def _beside(self, room_mm: float) -> tuple[Line, ...]:
        return self._lines(
            room_mm,
            (self._title(), Face.BOLD, 22, Ink.GREEN, 0.0),
            (self.words.survey_invitation, Face.REGULAR, 12.5, Ink.BLACK, 1.5),
            *self._small(),
        )

    def _upright(self, width_mm: float) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
        room = width_mm - 1.6 * self._pad
        above = self._lines(room, (self._title(), Face.BOLD, 20, Ink.GREEN, 0.0))
        under = self._lines(
            room,
            *self._small(),
            (self.words.survey_invitation, Face.REGULAR, 11.5, Ink.BLACK, 2.0),
        )
        return above, under

    def _small(self) -> list[tuple[str, Face, float, Ink, float]]:
        """Where the code leads, as a phone will show it and as it can be typed."""
        link = self._link
        lines: list[tuple[str, Face, float, Ink, float]] = [
            (link.short if link.short_shows_site else link.site, Face.BOLD, 12, Ink.GREEN, 2.5)
        ]
        if not link.short_shows_site:
            typed = self.words.or_type.format(short=link.short)
            lines.append((typed, Face.REGULAR, 11, Ink.GREEN, 0.3))
        return lines

    def _lines(
        self, room_mm: float, *texts: tuple[str, Face, float, Ink, float]
    ) -> tuple[Line, ...]:
        lines: list[Line] = []
        for text, face, size, ink, above in texts:
            size_pt = size * self.scale
            for number, words in enumerate(wrapped(text, face, size_pt, room_mm)):
                lines.append(Line(words, face, size_pt, ink, 0 if number else above * self.scale))
        return tuple(lines)


def _height(lines: tuple[Line, ...]) -> float:
    return sum(line.height_mm for line in lines)


def _fits(lines: tuple[Line, ...], room_mm: float) -> bool:
    return all(width_mm(line.text, line.face, line.size_pt) <= room_mm for line in lines)


def _stacked(lines: tuple[Line, ...], x_mm: float, top_mm: float, anchor: Anchor) -> list[Art]:
    art: list[Art] = []
    y = top_mm
    for line in lines:
        y += line.height_mm
        baseline = PagePoint(x_mm, y - 0.32 * line.size_pt * MM_PER_POINT)
        art.append(Words(baseline, line.text, line.face, line.size_pt, line.ink, anchor))
    return art
