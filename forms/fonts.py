"""The three faces of Sarabun that forms are set in, and how much room their letters take.

Static faces only: two instances cut from one variable font share a PostScript name, and
bold would silently print as regular. reportlab embeds subsets of what a form uses.
"""

from __future__ import annotations

import struct
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from omr.geometry import MM_PER_INCH

MM_PER_POINT = MM_PER_INCH / 72
_FOLDER = Path(__file__).parent / "fonts"
_WORDS_KEPT = 4096  # the forms of 16 domains measure 480 pieces of text, each 250 times


class Face(StrEnum):
    """A face by its PostScript name."""

    REGULAR = "Sarabun-Regular"
    BOLD = "Sarabun-Bold"
    ITALIC = "Sarabun-Italic"


@cache
def font(face: Face) -> Any:
    """The reportlab font of *face*, registered at first use."""
    loaded = TTFont(face.value, _FOLDER / f"{face.value}.ttf")
    pdfmetrics.registerFont(loaded)
    return loaded


@lru_cache(maxsize=_WORDS_KEPT)
def width_mm(words: str, face: Face, size_pt: float) -> float:
    """How far *words* advance on the line, in mm."""
    return float(font(face).stringWidth(words, size_pt)) * MM_PER_POINT


def missing(words: str, face: Face) -> str:
    """The letters of *words* that *face* cannot draw, each once."""
    known = font(face).face.charToGlyph
    return "".join(dict.fromkeys(letter for letter in words if ord(letter) not in known))


@lru_cache(maxsize=_WORDS_KEPT)
def ink_mm(words: str, face: Face, size_pt: float) -> tuple[float, float]:
    """How far the ink of *words* reaches above and below the baseline, in mm, both >= 0."""
    extents = [_ink_em(face, letter) for letter in words]
    scale = size_pt * MM_PER_POINT
    return (
        max((top for top, _bottom in extents), default=0.0) * scale,
        max((bottom for _top, bottom in extents), default=0.0) * scale,
    )


@cache
def _ink_em(face: Face, letter: str) -> tuple[float, float]:
    """Ink above and below the baseline, in em: from the glyph's own header in ``glyf``."""
    outlines = font(face).face
    glyph = outlines.charToGlyph[ord(letter)]
    start, end = outlines.glyphPos[glyph], outlines.glyphPos[glyph + 1]
    if start == end:  # a blank
        return 0.0, 0.0
    table = outlines.get_table_pos("glyf")[0]
    # numberOfContours, xMin, yMin, xMax, yMax (OpenType specification, glyf table).
    _n, _x0, y_min, _x1, y_max = struct.unpack_from(">5h", outlines._ttf_data, table + start)  # noqa: SLF001 - reportlab offers no bounding boxes
    per_em = outlines.unitsPerEm
    return max(y_max, 0) / per_em, max(-y_min, 0) / per_em
