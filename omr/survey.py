"""A survey in words: questions, options and domains. Nothing about paper.

:mod:`omr.survey_file` reads surveys from TOML; :mod:`forms` decides where things stand.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

from omr.layout import QuestionKind

SPECIFIC = "{specific}"  # stands for the domain's own line in a question's text


class Role(StrEnum):
    """What a question is for; it decides how it is printed and counted."""

    PROFILE = "profile"  # who answers: single choice, optional
    RATED = "rated"  # a row of the rating table
    OVERALL = "overall"  # the last row of the rating table
    REASONS = "reasons"  # why not satisfied: several choices
    YES_NO = "yes-no"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. ``value`` (5 best, 1 worst) is set for the rating scale only."""

    id: str
    label: str
    value: int | None = None
    short: str = ""  # column head on paper
    aliases: tuple[str, ...] = ()  # what electronic exports really contain


@dataclass(frozen=True, slots=True)
class SurveyQuestion:
    """One question in words."""

    id: str
    text: str
    role: Role
    options: tuple[Option, ...]
    factor: str = ""  # A to E for rated questions
    optional: bool = True
    alert_on: tuple[str, ...] = ()  # option ids that raise an alert

    @property
    def kind(self) -> QuestionKind:
        """How many options may be marked."""
        return QuestionKind.MULTI if self.role is Role.REASONS else QuestionKind.SINGLE


@dataclass(frozen=True, slots=True)
class Domain:
    """A field of service with its own pads."""

    id: str
    name: str
    specific: str  # the domain's own rated line
    procedures: tuple[str, ...] = ()
    group: str = ""  # the domain that lists this one among its parts, e.g. CHUNG for L05
    rollup: str = ""  # the domain this one is also counted under, e.g. PCCC for L05


@dataclass(frozen=True, slots=True)
class Comment:
    """The box for free words."""

    id: str
    text: str
    height_mm: float


@dataclass(frozen=True, slots=True)
class Survey:
    """Questions and choices in words, for several domains at once."""

    id: str  # the file's name without ending
    revision: int
    title: str
    subtitle: str
    intro: str
    how_to: str
    footer: str
    scale: tuple[Option, ...]
    questions: tuple[SurveyQuestion, ...]  # in printed order
    comment: Comment
    domains: tuple[Domain, ...]

    def domain(self, domain_id: str) -> Domain:
        """The domain with that id.

        Raises:
            KeyError: If the survey has no such domain.
        """
        for domain in self.domains:
            if domain.id == domain_id:
                return domain
        raise KeyError(domain_id)

    def with_role(self, role: Role) -> tuple[SurveyQuestion, ...]:
        """The questions of one role, in printed order."""
        return tuple(question for question in self.questions if question.role is role)

    def wording(self, domain: Domain) -> str:
        """Short hash of every word of the survey that a form of *domain* carries.

        What is not printed (aliases, factors, alerts, other domains) does not count.
        """
        words = [
            (self.title, self.subtitle, self.intro, self.how_to, self.footer),
            [(option.id, option.short) for option in self.scale],
            [
                (
                    question.id,
                    text_for(question, domain),
                    [(o.id, o.label) for o in question.options],
                )
                for question in self.questions
            ],
            (self.comment.text, domain.id, domain.name),
        ]
        canonical = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def text_for(question: SurveyQuestion, domain: Domain) -> str:
    """The question's words on a form of *domain*."""
    return question.text.replace(SPECIFIC, domain.specific)
