"""Answers that call for somebody to look into them at once, with everything one must know. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from omr.alert_rule import AlertRule
from omr.ledger.alert_notes import AlertNote
from omr.survey import Survey, text_for
from reports.responses import Response
from reports.results import AlertRow

SHORTEST_CODE = 6  # hexadecimal digits: with 1,000 alerts two are alike once in 34 months

Notes = Mapping[tuple[str, str], AlertNote]  # by record id and question


class QuestionWords:
    """Questions and options in words.

    Args:
        surveys: The newest revision of each first; older ones fill in what it has no longer.
    """

    def __init__(self, surveys: Iterable[Survey]) -> None:
        self._texts: dict[tuple[str, str], str] = {}
        self._labels: dict[tuple[str, str, str], str] = {}
        for survey in surveys:
            for domain in survey.domains:
                for question in survey.questions:
                    text = text_for(question, domain)
                    self._texts.setdefault((domain.id, question.id), text)
                    for option in question.options:
                        key = (domain.id, question.id, option.id)
                        self._labels.setdefault(key, option.label)

    def text(self, domain: str, question: str) -> str:
        """The question as the domain's forms ask it; its id if nobody knows the words."""
        return self._texts.get((domain, question), question)

    def label(self, domain: str, question: str, option: str) -> str:
        """The option in words; its id if nobody knows them."""
        return self._labels.get((domain, question, option), option)


def alert_rows(
    responses: Iterable[Response],
    rule: AlertRule,
    words: QuestionWords,
    *,
    unit_name: Callable[[str], str],
    notes: Notes,
) -> tuple[AlertRow, ...]:
    """Every alert, by unit, domain and response, in the order of questions."""
    ordered = sorted(responses, key=lambda r: (r.unit, r.domain, r.record_id))
    rows = [
        AlertRow(
            record_id=response.record_id,
            unit=response.unit,
            unit_name=unit_name(response.unit),
            domain=response.domain,
            channel=response.channel,
            question=question,
            text=words.text(response.domain, question),
            option=option,
            label=words.label(response.domain, question, option),
            file=response.place.file,
            page=response.place.page,
            sheet=response.place.sheet,
            row=response.place.row,
        )
        for response in ordered
        for question, option in rule.raised(response.domain, response.answers)
    ]
    return with_notes(rows, notes)


def with_notes(rows: Iterable[AlertRow], notes: Notes) -> tuple[AlertRow, ...]:
    """*rows* as they stand by *notes*; without a note, as they stood before."""
    found = []
    for row in rows:
        note = notes.get((row.record_id, row.question))
        found.append(row if note is None else replace(row, handled=note.handled, note=note.note))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Coded:
    """An alert with the short code by which people name it."""

    code: str
    row: AlertRow


def coded(rows: Sequence[AlertRow]) -> list[Coded]:
    """*rows* with the shortest codes that tell them apart.

    A code follows from the answer alone, so alerts that come later change no other one's,
    unless two begin alike.
    """
    digests = [
        hashlib.sha256(f"{row.record_id}/{row.question}".encode()).hexdigest() for row in rows
    ]
    length = SHORTEST_CODE
    while len({digest[:length] for digest in digests}) < len(set(digests)):
        length += 1
    return [Coded(digest[:length], row) for digest, row in zip(digests, rows, strict=True)]


def named(rows: Sequence[AlertRow], name: str, question: str = "") -> list[AlertRow]:
    """The alerts that *name* may mean: a code, or a record id (or its start) and a question."""
    key = name.strip().lower()
    if question:
        return [r for r in rows if r.record_id.startswith(key) and r.question == question]
    return [each.row for each in coded(rows) if each.code.startswith(key)]
