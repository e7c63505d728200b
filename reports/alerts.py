"""Answers that call for somebody to look into them at once. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from omr.survey import Role, Survey, SurveyQuestion
from reports.responses import Response

# The two bottom levels of the scale are what offices are told to act on.
LOW_RATING = 2


@dataclass(frozen=True, slots=True)
class Alert:
    """One low rating or reported extra cost."""

    response: Response
    question: str
    option: str


def alerts(responses: Iterable[Response], surveys: Iterable[Survey]) -> list[Alert]:
    """Every alert, by unit, domain and response, in the order of questions."""
    raising: dict[str, Mapping[str, frozenset[str]]] = {}
    for survey in surveys:
        by_question = {question.id: _raising(question) for question in survey.questions}
        raising.update({domain.id: by_question for domain in survey.domains})
    ordered = sorted(responses, key=lambda r: (r.unit, r.domain, r.record_id))
    return [
        Alert(response, question, option)
        for response in ordered
        for question, options in raising.get(response.domain, {}).items()
        for option in response.answers.get(question, ())
        if option in options
    ]


def _raising(question: SurveyQuestion) -> frozenset[str]:
    """The options that raise an alert."""
    low = {
        option.id
        for option in question.options
        if question.role in {Role.RATED, Role.OVERALL}
        and option.value is not None
        and option.value <= LOW_RATING
    }
    return frozenset(low.union(question.alert_on))
