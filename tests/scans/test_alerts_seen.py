from __future__ import annotations

from make_ledger import answers, seen

from omr.alert_rule import AlertRule
from omr.marks import Answer, AnswerState, SheetStatus
from omr.survey_file import shipped_survey
from scans.alerts_seen import AlertsSeen


def watching() -> AlertsSeen:
    return AlertsSeen(AlertRule([shipped_survey()]), "2026-11")


def test_a_batch_with_low_ratings_ends_in_one_line_with_the_command() -> None:
    alerts = watching()
    alerts.see(seen("A", said=answers(a1="r1", t0="r2", y1="khong")))
    alerts.see(seen("B", said=answers(a1="r5", t0="r5", y1="co")))

    (line,) = alerts.lines()
    assert line.startswith("3 new alerts")
    assert line.endswith("omr reports alerts --period 2026-11")


def test_a_batch_without_any_says_nothing() -> None:
    alerts = watching()
    alerts.see(seen("A", said=answers(a1="r3", t0="", y1="khong")))

    assert list(alerts.lines()) == []


def test_what_waits_for_a_person_or_does_not_count_raises_nothing_yet() -> None:
    alerts = watching()
    low = answers(t0="r1")
    for status in set(SheetStatus) - {SheetStatus.COUNTED}:
        alerts.see(seen("A", status=status, said=low))
    doubtful = {"t0": Answer(AnswerState.DOUBTFUL, ("r1",))}
    alerts.see(seen("A", said=doubtful))

    assert alerts.count == 0
