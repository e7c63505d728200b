"""Counts per unit, domain, channel, question and option. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from omr.survey import Survey
from reports.responses import Response

BLANK = ""  # the option of a question that nothing was chosen for
_KEYS = ["period", "unit", "domain", "channel", "question", "option"]


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

    def with_answers(self, responses: Iterable[Response]) -> Choices:
        """These choices and whatever *responses* say besides, at the end.

        Forms printed before a survey was changed may carry questions and options that it
        no longer has; their answers still count.
        """
        found = {
            domain: {question: dict.fromkeys(options) for question, options in offered.items()}
            for domain, offered in self.by_domain.items()
        }
        for response in responses:
            offered = found.setdefault(response.domain, {})
            for question, said in response.answers.items():
                offered.setdefault(question, {}).update(dict.fromkeys(said))
        return Choices(
            {
                domain: {question: tuple(options) for question, options in offered.items()}
                for domain, offered in found.items()
            }
        )


def tally(responses: Sequence[Response], choices: Choices) -> pd.DataFrame:
    """Count every option of every question asked.

    Args:
        responses: Each once.
        choices: What was offered; :meth:`Choices.with_answers` of these responses.

    Returns:
        Columns ``period, unit, domain, channel, question, option, count``. One row for each
        option offered, also where nobody chose it, and one with an empty option for blanks,
        for every unit, domain and channel with a response. Sorted by unit, domain and
        channel, then in printed order. For a question with a single choice, the counts of
        its options and of blank add up to the responses.
    """
    said = pd.DataFrame(
        (
            (r.period, r.unit, r.domain, r.channel.value, question, option)
            for r in responses
            for question in choices.by_domain[r.domain]
            for option in r.answers.get(question) or (BLANK,)
        ),
        columns=_KEYS,
    )
    counts = said.groupby(_KEYS, sort=False).size()
    groups = sorted({(r.unit, r.domain, r.channel.value, r.period) for r in responses})
    every = pd.MultiIndex.from_tuples(
        [
            (period, unit, domain, channel, question, option)
            for unit, domain, channel, period in groups
            for question, options in choices.by_domain[domain].items()
            for option in (*options, BLANK)
        ],
        names=_KEYS,
    )
    return counts.reindex(every, fill_value=0).rename("count").reset_index()
