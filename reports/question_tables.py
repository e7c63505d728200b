"""The answers to single questions, for all domains together and for each. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from omr.layout import QuestionKind
from omr.settings import Language
from omr.survey import SPECIFIC, Survey, SurveyQuestion, text_for
from reports.counts import BLANK, INVALID, RATED_ROLES, Counts
from reports.results import OptionCount, QuestionLevels, QuestionOptions
from reports.rollup import SLOTS, Rules, levels_of, slots
from reports.structure import Structure
from reports.words import Word, word

ALL = ""  # the domain that stands for all of them


def question_levels(
    counts: Counts,
    surveys: Collection[Survey],
    structure: Structure,
    rules: Rules,
    language: Language,
) -> tuple[QuestionLevels, ...]:
    """Every rated question in printed order: of all domains, then of each that is listed."""
    found: dict[tuple[str, str], list[int]] = {}
    for key, part in counts.items():
        for question, levels in rules.ratings.of_domain(key.domain).items():
            people = slots(part.said(question), levels)
            for domain in (ALL, key.domain):
                mine = found.setdefault((domain, question), [0] * SLOTS)
                mine[:] = map(sum, zip(mine, people, strict=True))
    return tuple(
        QuestionLevels(
            question.id,
            _text(question, domain, structure, language),
            question.role,
            question.factor,
            domain,
            levels_of(found.get((domain, question.id), [0] * SLOTS)),
        )
        for domain, question in _asked(surveys, structure)
        if question.role in RATED_ROLES
    )


def question_options(
    counts: Counts, surveys: Collection[Survey], structure: Structure, language: Language
) -> tuple[QuestionOptions, ...]:
    """Every other question, likewise; options that no survey has any more come last."""
    said: dict[tuple[str, str], Counter[str]] = {}
    asked: Counter[tuple[str, str]] = Counter()
    for key, part in counts.items():
        for question in {q.id for survey in surveys for q in survey.questions}:
            for domain in (ALL, key.domain):
                said.setdefault((domain, question), Counter()).update(part.said(question))
                asked[domain, question] += part.people(question)
    return tuple(
        QuestionOptions(
            question.id,
            _text(question, domain, structure, language),
            question.role,
            domain,
            tuple(_options(question, said.get((domain, question.id), {}))),
            blank=_unsaid(said.get((domain, question.id), {})),
            people=asked[domain, question.id],
            several=question.kind is QuestionKind.MULTI,
        )
        for domain, question in _asked(surveys, structure)
        if question.role not in RATED_ROLES
    )


def _asked(
    surveys: Collection[Survey], structure: Structure
) -> Iterator[tuple[str, SurveyQuestion]]:
    """Every listed domain, and before them all together, with its questions."""
    every = {q.id: q for survey in surveys for q in survey.questions}
    by_domain: dict[str, Sequence[SurveyQuestion]] = {
        domain.id: survey.questions for survey in surveys for domain in survey.domains
    }
    for domain in (ALL, *structure.domains):
        for question in by_domain.get(domain, tuple(every.values())):
            yield domain, question


def _text(question: SurveyQuestion, domain: str, structure: Structure, language: Language) -> str:
    known = structure.domain(domain)
    if known is not None:
        return text_for(question, known)
    return question.text.replace(SPECIFIC, word(Word.SPECIFIC, language))


def _options(question: SurveyQuestion, said: Mapping[str, int]) -> Iterator[OptionCount]:
    known = {option.id: option.label for option in question.options}
    for option, label in known.items():
        yield OptionCount(option, label, said.get(option, 0))
    for option in sorted(said.keys() - known.keys() - {BLANK, INVALID}):
        yield OptionCount(option, option, said[option])


def _unsaid(said: Mapping[str, int]) -> int:
    return said.get(BLANK, 0) + said.get(INVALID, 0)
