"""Which column of an export means what: exact lookups of headers under keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from omr.i18n import _
from omr.survey import Survey, text_for
from omr.text_key import text_key
from reports.cells import tidy_key
from reports.profile import Profile

# What people put in front of a question: "Câu 1:", "Câu hỏi 2.", "Question 3", "Q4)".
_NUMBERED = re.compile(r"(?:câu(?:\s+hỏi)?|question|q)\s*\d{1,3}\s*[-–—.:)]?\s+", re.IGNORECASE)
_ROLES = ("timestamp", "unit", "domain", "row_id", "personal", "ignored", "unmapped")
_GRID_ROW = re.compile(r"(.*)\[([^\[\]]+)\]\s*", re.DOTALL)  # "Câu hỏi [Hàng]"


@dataclass(frozen=True, slots=True)
class Columns:
    """Places of columns (0-based) by what they mean."""

    timestamp: tuple[int, ...]
    unit: tuple[int, ...]
    domain: tuple[int, ...]
    # By survey id, then question id: two surveys may use one text for different questions.
    questions: Mapping[str, Mapping[str, tuple[int, ...]]]
    comments: Mapping[str, tuple[int, ...]]  # by survey id
    row_id: tuple[int, ...]
    personal: tuple[int, ...]
    ignored: tuple[int, ...]
    unmapped: tuple[int, ...]

    @property
    def asks_something(self) -> bool:
        """Whether any question has a column."""
        return any(self.questions.values())


class HeaderWords:
    """Everything that headers may say, by key."""

    def __init__(self, profile: Profile, surveys: Mapping[str, Survey]) -> None:
        self._roles: dict[str, str] = {}
        for role, headers in (
            ("timestamp", profile.timestamp),
            ("unit", profile.unit_headers),
            ("domain", profile.domain_headers),
            ("row_id", profile.row_id),
            ("personal", profile.personal),
            ("ignored", profile.ignored),
        ):
            for header in headers:
                self._roles.setdefault(header_key(header), role)
        self._questions = {survey.id: question_keys(survey, profile) for survey in surveys.values()}
        self._comments = {survey.id: survey.comment.id for survey in surveys.values()}

    def known(self, header: str) -> bool:
        """Whether *header* means something."""
        return self._role(header) is not None or any(self._by_survey(header).values())

    def explained(self, header: str) -> tuple[str, str]:
        """What *header* is taken for and why; nothing and nothing where it means nothing."""
        role = self._role(header) if header else None
        if role is not None:
            return role, _("words in the profile")
        found = self._by_survey(header) if header else {}
        if not found:
            return "", ""
        name = next(iter(found.values()))
        group, row = split_grid(header)
        if header_key(header) == name:
            return name, _("the question's id")
        if group and header_key(header) not in self._questions[next(iter(found))]:
            return name, _("the words '{row}' of a grid").format(row=row)
        return name, _("the question's words")

    def columns(self, headers: Sequence[str]) -> Columns:
        """The meaning of every column."""
        roles: dict[str, list[int]] = {}
        questions: dict[str, dict[str, list[int]]] = {name: {} for name in self._questions}
        for place, header in enumerate(headers):
            role = self._role(header)
            by_survey = {} if role else self._by_survey(header)
            if not by_survey:
                roles.setdefault(role or "unmapped", []).append(place)
            for survey_id, question_id in by_survey.items():
                questions[survey_id].setdefault(question_id, []).append(place)
        comments = {
            name: tuple(found.pop(self._comments[name], ())) for name, found in questions.items()
        }
        return Columns(
            **{role: tuple(roles.get(role, ())) for role in _ROLES},
            questions={
                name: {question: tuple(places) for question, places in found.items()}
                for name, found in questions.items()
            },
            comments=comments,
        )

    def _role(self, header: str) -> str | None:
        return self._roles.get(header_key(header))

    def _by_survey(self, header: str) -> dict[str, str]:
        """The question that *header* means, by survey id, for the surveys that have one."""
        found = {}
        for survey_id, by_key in self._questions.items():
            for key in _keys_of(header):
                if key in by_key:
                    found[survey_id] = by_key[key]
                    break
        return found


def header_key(header: str) -> str:
    """The key of a header, without numbering in front and punctuation at the end."""
    bare = _NUMBERED.sub("", header.strip(), count=1)
    return tidy_key(bare) or text_key(header)


def split_grid(header: str) -> tuple[str, str]:
    """A grid's question and its [row]; no question where there is no row."""
    row = _GRID_ROW.fullmatch(header)
    return (row[1].strip(), row[2].strip()) if row else ("", header)


def _keys_of(header: str) -> Iterator[str]:
    yield header_key(header)
    row = _GRID_ROW.fullmatch(header)
    if row is not None:
        yield header_key(row[2])


def question_keys(survey: Survey, profile: Profile) -> dict[str, str]:
    """Question ids by key; a key that would mean two questions means none.

    What the profile says goes before ids, ids before the survey's own words.
    """
    ids = [*(question.id for question in survey.questions), survey.comment.id]
    levels: tuple[Iterable[tuple[str, str]], ...] = (
        [(words, name) for name in ids for words in profile.headers.get(name, ())],
        [(name, name) for name in ids],
        [
            *(
                (text_for(question, domain), question.id)
                for question in survey.questions
                for domain in survey.domains
            ),
            (survey.comment.text, survey.comment.id),
        ],
    )
    found: dict[str, str] = {}
    for level in levels:
        meanings: dict[str, set[str]] = {}
        for words, name in level:
            meanings.setdefault(header_key(words), set()).add(name)
        for key, names in meanings.items():
            if len(names) == 1:
                found.setdefault(key, *names)
    return found
