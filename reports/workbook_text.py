"""Words in both paper languages, and how much room they take in a cell. Pure."""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from omr.periods import Period
from omr.settings import Language

MOST_LETTERS = 32_767  # of one cell, a limit of the file format
_CUT = " […]"
# What XML 1.0 cannot hold and what no font shows; a file with one of them needs "repair".
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# What a program takes for the beginning of a formula when somebody edits the cell.
_FORMULA = ("=", "+", "-", "@")

# Advance widths of Times in thousandths of its size (Adobe's metrics, which Times New Roman
# and Liberation Serif share), by the letters that have them; others take _OTHER.
_WIDTHS = {
    250: " .,·",
    278: "ijlt/:;",
    333: "frI()-!",
    389: "sJ",
    444: "acez?",
    500: "bdghknopquvxyđ0123456789–…",
    556: "ươFPS",
    564: "+=<>",
    611: "ELTZ",
    667: "BCR",
    722: "wADGHKNOQUVXYĐƯƠ",
    778: "m",
    833: "%",
    889: "M",
    944: "W",
}
_OTHER = 600
_WIDTH_OF = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_BOLD = 1.06  # bold words are wider by 3 to 7 %, measured with Tinos
_HORNS = "\u031b"  # keep ơ and ư whole when accents are taken away
_PIXELS = 96 / 72  # of a point on the screen that column widths are given for
_LINE = 1.22  # height of a line in sizes of its font
_PADDING = 6.0  # pixels of a cell that hold no text
_SAFETY = 1.03  # programs set the same text a little wider or narrower
_REMEMBERED = 8192  # texts: long lists say the same words in row after row


class Pair(NamedTuple):
    """The same words in both languages of papers."""

    vi: str
    en: str

    def said(self, language: Language) -> str:
        """The words in *language*."""
        return self[language is Language.ENGLISH]


def tidy(text: str) -> str:
    """*text* as a cell can hold it: without control characters, and not too long."""
    clean = _NOT_XML.sub("\ufffd", text)
    # No letter takes more than two units, so most texts need not be measured.
    too_long = 2 * len(clean) > MOST_LETTERS and len(clean.encode("utf-16-le")) > 2 * MOST_LETTERS
    return clean[: MOST_LETTERS // 2 - len(_CUT)] + _CUT if too_long else clean


def looks_like_formula(text: str) -> bool:
    """Whether a program may take *text* for a formula when somebody edits its cell."""
    if not text or text[0].isalnum():  # most texts, in far less time
        return False
    return unicodedata.normalize("NFKC", text).lstrip().startswith(_FORMULA)


@lru_cache(maxsize=_REMEMBERED)
def width(text: str, points: float, *, bold: bool = False) -> float:
    """How wide one line of *text* is, in pixels."""
    plain = unicodedata.normalize("NFD", text)
    letters = unicodedata.normalize(
        "NFC", "".join(c for c in plain if c == _HORNS or not unicodedata.combining(c))
    )
    thousandths = sum(_WIDTH_OF.get(letter, _OTHER) for letter in letters)
    return thousandths / 1000 * points * _PIXELS * (_BOLD if bold else 1)


@lru_cache(maxsize=_REMEMBERED)
def lines(text: str, pixels: float, points: float, *, bold: bool = False) -> int:
    """How many lines *text* takes in a cell that is so many *pixels* wide."""
    room = max(1.0, pixels - _PADDING) / _SAFETY
    count = 0
    for paragraph in text.split("\n"):
        count += 1
        used = 0.0
        for word in paragraph.split(" "):
            long = width(word, points, bold=bold)
            gap = width(" ", points, bold=bold) if used else 0.0
            if used and used + gap + long > room:
                count += 1
                used = gap = 0.0
            count += int(long // room) if long > room else 0
            used += gap + long % room if long > room else gap + long
    return count


def height(line_count: int, points: float) -> float:
    """The height in points of a row with so many lines."""
    return math.ceil(line_count * points * _LINE + 3)


def month_text(period: Period, language: Language) -> str:
    """A month as tables name it: ``11/2026``, in English ``2026-11``."""
    if language is Language.ENGLISH:
        return str(period)
    return f"{period.month:02d}/{period.year}"
