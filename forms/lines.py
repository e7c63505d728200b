"""Single lines of words by their left end, middle or right end, for pages that are no forms."""

from __future__ import annotations

from forms.artwork import Item
from forms.fonts import Face
from forms.text_flow import line_width_mm, set_line
from omr.geometry import PagePoint


def line(
    x_mm: float,
    y_mm: float,
    words: str,
    face: Face,
    size_pt: float,
    source: str,
    *,
    align: float = 0.0,
) -> tuple[Item, ...]:
    """One line whose left end (``align`` 0), middle (0.5) or right end (1) is at *x_mm*.

    Raises:
        FormDoesNotFit: If a letter is missing from the face.
    """
    width = line_width_mm(words, face, size_pt) if align else 0.0
    return set_line(PagePoint(x_mm - align * width, y_mm), words, face, size_pt, source)


def broken(words: str, face: Face, size_pt: float, room_mm: float) -> list[str]:
    """*words* in lines as long as the room allows; hard spaces hold a number and its unit."""
    lines: list[str] = []
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and line_width_mm(longer, face, size_pt) <= room_mm:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
