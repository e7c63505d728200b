"""What words that mean nothing exactly might mean: proposals for a person. Pure.

Nothing here is ever taken by itself: likeness confuses Cẩm Giang with Cẩm Giàng. A person
looks at the proposals and confirms one.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from omr.survey import Survey, text_for
from omr.text_key import text_key
from omr.units import UnitCatalogue, name_key

MOST = 3  # proposals for one thing
_LIKE_ENOUGH = 0.6  # difflib's own measure and default
_TONES = "¹²³⁴⁵"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing that words might mean."""

    code: str
    name: str


class Nearest:
    """Finds the names that are most like some words, without tones and accents."""

    def __init__(self, names: Iterable[tuple[str, Proposal]]) -> None:
        self._by_key: dict[str, list[Proposal]] = {}
        for words, proposal in names:
            key = _folded(words)
            found = self._by_key.setdefault(key, [])
            if key and proposal not in found:
                found.append(proposal)

    def to(self, words: str) -> list[Proposal]:
        """The nearest, best first; at most :data:`MOST`, none where nothing is near."""
        key = _folded(words)
        if not key or len(key) > 200:
            return []
        near = difflib.get_close_matches(key, self._by_key, n=2 * MOST, cutoff=_LIKE_ENOUGH)
        near += [k for k in self._by_key if _holds(k, key) and k not in near]
        found: list[Proposal] = []
        for each in near:
            found += [one for one in self._by_key[each] if one not in found]
        return found[:MOST]


def near_units(units: UnitCatalogue) -> Nearest:
    """Units by all their names."""
    return Nearest(
        (words, Proposal(unit.code, unit.name))
        for unit in units.units
        for words in (unit.code, unit.name, unit.short, *unit.aliases)
        if words
    )


def near_domains(surveys: Mapping[str, Survey]) -> Nearest:
    """Domains by id, name and their procedures."""
    return Nearest(
        (words, Proposal(domain.id, domain.name))
        for survey in surveys.values()
        for domain in survey.domains
        for words in (domain.id, domain.name, *domain.procedures)
    )


def near_options(surveys: Mapping[str, Survey], question_id: str) -> Nearest:
    """The options of one question."""
    return Nearest(
        (words, Proposal(option.id, option.label))
        for survey in surveys.values()
        for question in survey.questions
        if question.id == question_id
        for option in question.options
        for words in (option.label, option.short, *option.aliases)
        if words
    )


def near_questions(surveys: Mapping[str, Survey]) -> Nearest:
    """Questions by their words on every domain's form."""
    return Nearest(
        (text_for(question, domain), Proposal(question.id, text_for(question, domain)))
        for survey in surveys.values()
        for question in survey.questions
        for domain in survey.domains
    )


def sample(values: Sequence[str], most: int = 3, length: int = 30) -> str:
    """A few different values on one line."""
    different = list(dict.fromkeys(value for value in values if value))[:most]
    short = [v if len(v) <= length else v[: length - 1] + "…" for v in different]
    return " | ".join("".join(c if c.isprintable() else " " for c in v) for v in short)


def _folded(words: str) -> str:
    key = name_key(words) or text_key(words)
    apart = unicodedata.normalize("NFD", key.replace("đ", "d"))
    return "".join(
        letter for letter in apart if not unicodedata.combining(letter) and letter not in _TONES
    )


def _holds(one: str, other: str) -> bool:
    """Whether one key holds the other as whole words."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) > 3 and f" {shorter} " in f" {longer} "
