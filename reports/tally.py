"""Counts per unit, domain, channel, question and option. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from omr.survey import Survey
from reports.counts import BLANK, INVALID, Counts, Ratings, count
from reports.responses import Response

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = ["period", "unit", "domain", "channel", "question", "option", "count"]
_NO_RATINGS = Ratings({}, frozenset())  # a tally counts options, whatever they are worth


@dataclass(frozen=True, slots=True)
class Choices:
    """The options that each question offers, by domain; both in printed order."""

    by_domain: Mapping[str, Mapping[str, tuple[str, ...]]]

    @classmethod
    def of(cls, surveys: Iterable[Survey]) -> Choices:
        """What *surveys* offer."""
        return cls(
            {
                domain.id: {
                    q.id: tuple(option.id for option in q.options) for q in survey.questions
                }
                for survey in surveys
                for domain in survey.domains
            }
        )

    @property
    def questions(self) -> tuple[str, ...]:
        """Every question id once, in printed order."""
        return tuple(dict.fromkeys(q for offered in self.by_domain.values() for q in offered))

    def with_counts(self, counts: Counts) -> Choices:
        """These choices and whatever was said besides, at the end.

        Forms printed before a survey was changed may carry questions and options that it
        no longer has; their answers still count.
        """
        found = {
            domain: {question: dict.fromkeys(options) for question, options in offered.items()}
            for domain, offered in self.by_domain.items()
        }
        for key in sorted(counts):
            offered = found.setdefault(key.domain, {})
            for question, said in sorted(counts[key].options.items()):
                more = sorted(said.keys() - {BLANK, INVALID})
                offered.setdefault(question, {}).update(dict.fromkeys(more))
        return Choices(
            {
                domain: {question: tuple(options) for question, options in offered.items()}
                for domain, offered in found.items()
            }
        )

    def with_answers(self, responses: Iterable[Response]) -> Choices:
        """These choices and whatever *responses* say besides, see :meth:`with_counts`."""
        return self.with_counts(count(responses, _NO_RATINGS))


def tally(responses: Iterable[Response], choices: Choices) -> pd.DataFrame:
    """Count every option of every question asked; see :func:`tally_of`.

    Args:
        responses: Each once.
        choices: What was offered; :meth:`Choices.with_answers` of these responses.
    """
    return tally_of(count(responses, _NO_RATINGS), choices)


def tally_of(counts: Counts, choices: Choices) -> pd.DataFrame:
    """The table of *counts*.

    Args:
        counts: From :mod:`reports.counts`.
        choices: What was offered; :meth:`Choices.with_counts` of these counts.

    Returns:
        Columns ``period, unit, domain, channel, question, option, count``. One row for each
        option offered, also where nobody chose it, and one with an empty option for blanks
        (answers found invalid among them), for every unit, domain and channel with a
        response. Sorted by unit, domain and channel, then in printed order. For a question
        with a single choice, the counts of its options and of blank add up to the responses,
        unless some responses are known as counts only and were not asked it.
    """
    import pandas as pd  # noqa: PLC0415 - to import it takes longer than to count a month

    rows = [
        (key.period, key.unit, key.domain, key.channel.value, question, option, people)
        for key in sorted(counts)
        for question, options in choices.by_domain[key.domain].items()
        for option, people in _in_order(counts[key].said(question), options)
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _in_order(said: Mapping[str, int], options: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    for option in options:
        yield option, said.get(option, 0)
    yield BLANK, said.get(BLANK, 0) + said.get(INVALID, 0)
