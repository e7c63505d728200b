from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from omr.alert_rule import AlertRatings, AlertRule
from omr.survey_file import shipped_survey

SURVEY = shipped_survey()


def raised(rule: AlertRule, domain: str = "GTDB", **said: str) -> list[tuple[str, str]]:
    return list(rule.raised(domain, {question: (option,) for question, option in said.items()}))


@pytest.mark.parametrize("option", ["r2", "r1"])
def test_both_bottom_levels_of_every_rating_raise_an_alert(option: str) -> None:
    rule = AlertRule([SURVEY])

    assert raised(rule, a1=option) == [("a1", option)]
    assert raised(rule, t0=option) == [("t0", option)]


def test_the_levels_above_and_blank_rows_raise_none() -> None:
    rule = AlertRule([SURVEY])

    assert not raised(rule, a1="r3", a2="r4", t0="r5", y1="khong")
    assert not list(rule.raised("GTDB", {"a1": ()}))


def test_a_reported_extra_cost_raises_an_alert_whatever_the_setting() -> None:
    for ratings in AlertRatings:
        assert raised(AlertRule([SURVEY], ratings), y1="co") == [("y1", "co")]


def test_an_office_may_look_at_the_overall_rating_alone() -> None:
    rule = AlertRule([SURVEY], AlertRatings.OVERALL)

    assert raised(rule, a1="r1", t0="r2") == [("t0", "r2")]


def test_alerts_come_in_the_order_of_questions() -> None:
    assert raised(AlertRule([SURVEY]), t0="r1", y1="co", a1="r2") == [
        ("a1", "r2"),
        ("t0", "r1"),
        ("y1", "co"),
    ]


def test_what_only_an_older_revision_asks_still_raises_an_alert() -> None:
    newer = replace(SURVEY, questions=tuple(q for q in SURVEY.questions if q.id != "a1"))

    assert raised(AlertRule([newer]), a1="r1") == []
    assert raised(AlertRule([newer, SURVEY]), a1="r1") == [("a1", "r1")]


@pytest.mark.parametrize("domain", ["NONE", "", None])
def test_without_a_known_domain_nothing_is_asked(domain: str | None) -> None:
    assert not list(AlertRule([SURVEY]).raised(domain, {"t0": ("r1",)}))


def test_worker_processes_may_have_the_rule() -> None:
    rule = pickle.loads(pickle.dumps(AlertRule([SURVEY])))  # noqa: S301 - made a line above

    assert raised(rule, t0="r1") == [("t0", "r1")]
