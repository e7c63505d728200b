"""A key under which two spellings of the same Vietnamese words are equal.

Typing habits, programs and systems write ``Thủy``, ``Thuỷ`` and the same with loose
accents; all get one key. Words that differ in a tone keep different keys: ``Cẩm Giang`` and
``Cẩm Giàng`` are two communes of one city, so accents are never simply dropped.
"""

from __future__ import annotations

import re
import unicodedata

# The five written tones, each with a digit to stand for it at the word's end. Superscripts,
# because compatibility normalisation leaves none in a text: "Bá" and "Ba1" stay different.
_TONES = {"\u0300": "¹", "\u0301": "²", "\u0303": "³", "\u0309": "⁴", "\u0323": "⁵"}
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*")
# Eth and the African D look like Đ in print and are typed for it by old keyboard programs.
_LOOKALIKES = str.maketrans({"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "ɖ": "đ"})


def text_key(text: str) -> str:
    """The key of *text*: equal for spellings of the same words, in NFC.

    Compatibility forms, case, invisible characters, kinds and numbers of blanks and the
    place of the tone mark within a word make no difference; letters and tones do.
    """
    visible = "".join(
        letter
        for letter in unicodedata.normalize("NFKC", text).translate(_LOOKALIKES)
        if unicodedata.category(letter) != "Cf"  # zero-width characters, soft hyphen
    )
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", visible).casefold())
    spaced = " ".join(folded.split())
    return unicodedata.normalize("NFC", _WORD.sub(_tones_last, spaced))


def _tones_last(word: re.Match[str]) -> str:
    letters = "".join(letter for letter in word[0] if letter not in _TONES)
    return letters + "".join(_TONES[letter] for letter in word[0] if letter in _TONES)
