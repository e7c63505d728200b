"""Whether the fonts of forms and documents are here, whole, and have every Vietnamese letter."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import product

from forms.fonts import Face, font
from omr.document_fonts import Serif, serif_font

_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng
_VOWELS = "aăâeêioôơuưy"


def vietnamese_letters() -> str:
    """All 29 letters, the vowels with every tone, small and capital."""
    toned = "".join(unicodedata.normalize("NFC", v + t) for v, t in product(_VOWELS, _TONES))
    small = "abcdđeghiklmnopqrstuvxy" + _VOWELS + toned
    return small + small.upper()


def broken_fonts() -> Iterator[tuple[str, str]]:
    """Each face that cannot be used, and why: the letters it lacks, or how its file fails."""
    for face, load in ((f, s) for s, faces in ((font, Face), (serif_font, Serif)) for f in faces):
        try:
            known = load(face).face.charToGlyph
        except Exception as error:  # noqa: BLE001 - a damaged file fails in any way
            yield face.value, f"{type(error).__name__}: {error}".splitlines()[0]
            continue
        lacking = "".join(letter for letter in vietnamese_letters() if ord(letter) not in known)
        if lacking:
            yield face.value, lacking
