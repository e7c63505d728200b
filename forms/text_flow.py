"""Breaking words into lines and setting one line; no page, no positions of its own."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from forms.artwork import Item, Stroke, Text
from forms.fonts import MM_PER_POINT, Face, missing, width_mm
from omr.errors import UsageError
from omr.geometry import PagePoint
from omr.i18n import _

TICK = "✓"  # in no text face we ship, so it is drawn
_TICK_ADVANCE_EM = 0.72
# Small words before which a Vietnamese line may break without parting a compound, such as
# "hành chính" or "phương tiện", whose two syllables are written apart.
_PHRASES_BEGIN = frozenset(
    ("và", "hoặc", "về", "của", "có", "bằng", "theo", "tại", "trong", "để", "khi", "đối")
)
_TICK_SHAPE_EM = ((0.08, -0.30), (0.27, -0.06), (0.64, -0.66))  # y down from the baseline


class FormDoesNotFit(UsageError):
    """A survey's words need more room than the form has, or letters that cannot be drawn."""


def line_width_mm(words: str, face: Face, size_pt: float) -> float:
    """How far *words* advance, drawn ticks included."""
    ticks = words.count(TICK)
    letters = width_mm(words.replace(TICK, ""), face, size_pt)
    return letters + ticks * _TICK_ADVANCE_EM * size_pt * MM_PER_POINT


def set_line(
    at: PagePoint, words: str, face: Face, size_pt: float, source: str
) -> tuple[Item, ...]:
    """One line of words from the left end of its baseline; ticks become strokes.

    Raises:
        FormDoesNotFit: If a letter is missing from the face.
    """
    tidy = unicodedata.normalize("NFC", words)
    strange = missing(tidy.replace(TICK, ""), face)
    if strange:
        raise FormDoesNotFit(
            _("{source}: the form's font cannot draw '{letters}'").format(
                source=source, letters=strange
            ),
            _("Take these letters out of the survey's words."),
        )
    return tuple(_pieces(at, tidy, face, size_pt, source))


def wrap(words: str, face: Face, size_pt: float, room_mm: float, *, even: bool = True) -> list[str]:
    """*words* in as few lines as *room_mm* allows.

    Two lines part where the words pause, else before a word that begins a phrase; otherwise
    lines are as *even* as they can be, or full. A word longer than the room stands alone on
    its line; the caller sees that it is too wide.
    """
    lines = _greedy(words, face, size_pt, room_mm)
    if len(lines) == 2 and (parts := _at_a_phrase(words, face, size_pt, room_mm)):
        return parts
    if not even:
        return lines
    narrow, wide = 0.0, room_mm
    while wide - narrow > 0.25:  # even lines: the narrowest room that needs no line more
        middle = (narrow + wide) / 2
        tried = _greedy(words, face, size_pt, middle)
        fits = all(line_width_mm(line, face, size_pt) <= middle for line in tried)
        if fits and len(tried) <= len(lines):
            wide, lines = middle, tried
        else:
            narrow = middle
    return lines


def refuse_wider(source: str, words: str, width: float, room: float) -> None:
    """Refuse a line that is wider than its room.

    Raises:
        FormDoesNotFit: Naming the survey's line and the excess in mm.
    """
    if width > room + 1e-6:
        raise FormDoesNotFit(
            _('{source} is {excess:.1f} mm too long for the form: "{words}"').format(
                source=source, excess=width - room, words=words
            ),
            _("Shorten it in the survey file."),
        )


def _greedy(words: str, face: Face, size_pt: float, room_mm: float) -> list[str]:
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and line_width_mm(longer, face, size_pt) <= room_mm:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _at_a_phrase(words: str, face: Face, size_pt: float, room_mm: float) -> list[str] | None:
    """Two lines that part between phrases, if neither is much shorter; else None."""
    parts = words.split()
    found: list[tuple[bool, float, list[str]]] = []
    for count, (word, after) in enumerate(pairwise(parts), start=1):
        pause = word.endswith((",", ";", ":", "."))
        lines = [" ".join(parts[:count]), " ".join(parts[count:])]
        short, long = sorted(line_width_mm(line, face, size_pt) for line in lines)
        if (pause or after in _PHRASES_BEGIN) and long <= room_mm and short >= long / 2:
            found.append((not pause, long, lines))
    return min(found)[2] if found else None


def _pieces(at: PagePoint, words: str, face: Face, size_pt: float, source: str) -> Iterator[Item]:
    em = size_pt * MM_PER_POINT
    x = at.x_mm
    for index, piece in enumerate(words.split(TICK)):
        if index:
            shape = tuple(PagePoint(x + dx * em, at.y_mm + dy * em) for dx, dy in _TICK_SHAPE_EM)
            yield Stroke(shape, 0.09 * em, 1.0, source)
            x += _TICK_ADVANCE_EM * em
        if piece.strip():
            yield Text(PagePoint(x, at.y_mm), piece, face, size_pt, source)
        x += width_mm(piece, face, size_pt)
