"""Which answers call for somebody to look into them at once (pure).

Reading says after each batch how many there are, reports list them: both by this rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from omr.survey import Role, Survey, SurveyQuestion

# The two bottom levels of the scale are what offices are told to act on.
LOW_RATING = 2


class AlertRatings(StrEnum):
    """Which low ratings raise an alert; what a question names itself always does."""

    ALL = "all"  # of every rated row and the overall one
    OVERALL = "overall"  # of the overall rating alone


class AlertRule:
    """The options that raise an alert. Plain data, so that worker processes may have it.

    Args:
        surveys: The newest revision of each first. Forms printed before a survey was changed
            come back later, so what only an older revision asks counts as well.
        ratings: Which low ratings raise one.
    """

    def __init__(self, surveys: Iterable[Survey], ratings: AlertRatings = AlertRatings.ALL) -> None:
        self._options: dict[str, dict[str, frozenset[str]]] = {}
        for survey in surveys:
            raising = {each.id: raised_by(each, ratings) for each in survey.questions}
            for domain in survey.domains:
                known = self._options.setdefault(domain.id, {})
                for question, options in raising.items():
                    known[question] = known.get(question, frozenset()) | options

    def raised(
        self, domain: str | None, answers: Mapping[str, Iterable[str]]
    ) -> Iterator[tuple[str, str]]:
        """The question and option of every alert, in the order of questions.

        Args:
            domain: Its id; without one, or with an unknown one, nothing is known to be asked.
            answers: Chosen option ids by question.
        """
        for question, options in self._options.get(domain or "", {}).items():
            for option in answers.get(question, ()):
                if option in options:
                    yield question, option


def raised_by(question: SurveyQuestion, ratings: AlertRatings) -> frozenset[str]:
    """The options of one question that raise an alert."""
    rated = {Role.OVERALL} if ratings is AlertRatings.OVERALL else {Role.RATED, Role.OVERALL}
    low = {
        option.id
        for option in question.options
        if question.role in rated and option.value is not None and option.value <= LOW_RATING
    }
    return frozenset(low.union(question.alert_on))
