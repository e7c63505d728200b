"""What the words in a cell mean: exact lookups under keys, never by likeness or in part.

"Không hài lòng" contains "hài lòng"; a lookup that tests for parts turns an angry answer
into a happy one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from omr.layout import QuestionKind
from omr.survey import SurveyQuestion
from omr.text_key import text_key

_DASHES = re.compile(r"\s*[‐‑‒–—−]\s*|(?<=\d)\s*-\s*(?=\d)")  # 25–34, 25 - 34
_WHOLE_NUMBER = re.compile(r"(\d+)[.,]0+")  # Excel makes 5 into 5.0
_NUMBERING = re.compile(r"\(?\d{1,2}\s*[-–—.):]\s*(?=\D)")  # "5 - ", "1. ", "(2) "
_SEPARATOR = re.compile(r"[;,\n]")
_JOINED_BY = ", "


@dataclass(frozen=True, slots=True)
class Chosen:
    """What one cell says."""

    options: tuple[str, ...] = ()  # option ids in the survey's order
    leftover: str = ""  # words that are no option of this question


@dataclass(slots=True)
class OptionWords:
    """The options of one question by everything they are called.

    Labels go before aliases, aliases before ids; words that would mean two options on the
    same level mean none.
    """

    question: SurveyQuestion
    extra: Mapping[str, str] = field(default_factory=dict)  # words of a profile: option id
    _by_key: dict[str, str] = field(default_factory=dict)
    _most_parts: int = 1  # pieces between separators that one option can have
    understood: dict[str, Chosen] = field(default_factory=dict)  # by cells seen before

    def __post_init__(self) -> None:
        options = self.question.options
        known = {option.id for option in options}
        self.understood[""] = Chosen()
        for level in (
            [(words, name) for words, name in self.extra.items() if name in known],
            [(option.label, option.id) for option in options],
            [(alias, option.id) for option in options for alias in option.aliases],
            [(option.short, option.id) for option in options if option.short],
            [(option.id, option.id) for option in options],
        ):
            self._add(level)

    def chosen(self, cell: str) -> Chosen:
        """What *cell* says to this question."""
        if cell in self.understood:
            return self.understood[cell]
        if self.question.kind is QuestionKind.SINGLE:
            option = self._option(cell)
            chosen = Chosen(leftover=cell) if option is None else Chosen((option,))
        else:
            chosen = self._several(cell)
        if not chosen.leftover:  # free words would fill the memory for nothing
            self.understood[cell] = chosen
        return chosen

    def _add(self, level: Iterable[tuple[str, str]]) -> None:
        found: dict[str, set[str]] = {}
        for words, name in level:
            self._most_parts = max(self._most_parts, len(_SEPARATOR.split(words)))
            found.setdefault(cell_key(words), set()).add(name)
        for key, names in found.items():
            if len(names) == 1:
                self._by_key.setdefault(key, *names)

    def _option(self, text: str) -> str | None:
        for key in (cell_key(text), tidy_key(text)):
            if key in self._by_key:
                return self._by_key[key]
        return None

    def _several(self, cell: str) -> Chosen:
        """Greedy longest match: an option may itself contain the separator."""
        ends = [match.start() for match in _SEPARATOR.finditer(cell)] + [len(cell)]
        starts = [0] + [end + 1 for end in ends[:-1]]
        found: set[str] = set()
        left: list[str] = []
        part = 0
        while part < len(starts):
            for last in reversed(range(part, min(part + self._most_parts, len(ends)))):
                option = self._option(cell[starts[part] : ends[last]])
                if option is not None:
                    found.add(option)
                    part = last + 1
                    break
            else:
                words = cell[starts[part] : ends[part]].strip()
                if words:
                    left.append(words)
                part += 1
        return Chosen(
            options=tuple(o.id for o in self.question.options if o.id in found),
            leftover=_JOINED_BY.join(left),
        )


def cell_key(text: str) -> str:
    """The key of a cell: as :func:`text_key`, for any kind of dash, ``5.0`` being ``5``."""
    key = _DASHES.sub("-", text_key(text))
    number = _WHOLE_NUMBER.fullmatch(key)
    return number[1] if number else key


def tidy_key(text: str) -> str:
    """The key without numbering in front and punctuation or pictures at either end."""
    bare = _NUMBERING.sub("", text.strip(), count=1)
    while bare and _is_decoration(bare[-1]):
        bare = bare[:-1]
    while bare and _is_decoration(bare[0]):
        bare = bare[1:]
    return cell_key(bare)


def _is_decoration(letter: str) -> bool:
    """Punctuation, pictures, blanks and what joins pictures together."""
    return unicodedata.category(letter)[0] in "PSZC" or "\ufe00" <= letter <= "\ufe0f"
