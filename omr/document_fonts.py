"""The four faces of Tinos that official documents are set in: Times New Roman's metrics."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from omr.errors import UsageError
from omr.i18n import _

_FOLDER = Path(__file__).parent / "data" / "fonts"
_FILES = ("Tinos-Regular", "Tinos-Bold", "Tinos-Italic", "Tinos-BoldItalic")


class Serif(StrEnum):
    """A face by its PostScript name, in the order regular, bold, italic, both."""

    REGULAR = "Tinos"
    BOLD = "Tinos-Bold"
    ITALIC = "Tinos-Italic"
    BOLD_ITALIC = "Tinos-BoldItalic"


@cache
def serif_font(face: Serif) -> Any:
    """The reportlab font of *face*; at first use all four are registered as one family."""
    return _family()[face]


@cache
def _family() -> dict[Serif, Any]:
    loaded = {}
    for number, (face, file) in enumerate(zip(Serif, _FILES, strict=True)):
        loaded[face] = TTFont(face.value, _FOLDER / f"{file}.ttf")
        pdfmetrics.registerFont(loaded[face])
        addMapping(Serif.REGULAR.value, number & 1, number >> 1, face.value)  # for <b> and <i>
    return loaded


def serif_words(words: str) -> str:
    """*words* in NFC, as they are drawn.

    Raises:
        UsageError: If the fonts lack one of the letters; reportlab would draw an empty box.
    """
    tidy = unicodedata.normalize("NFC", words)
    known = serif_font(Serif.REGULAR).face.charToGlyph
    strange = "".join(dict.fromkeys(letter for letter in tidy if ord(letter) not in known))
    if strange:
        raise UsageError(
            _("the document's font cannot draw '{letters}' in: {words}").format(
                letters=strange, words=tidy
            ),
            _("Take these letters out."),
        )
    return tidy
