from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from make_ledger import fresh_ledger

from omr.ledger import Ledger
from omr.ledger.aggregates import AggregateCount, add_aggregate, aggregate_counts
from omr.ledger.alert_notes import alert_notes, note_alert
from omr.ledger.aliases import AliasKind, aliases, confirm_alias
from omr.ledger.visits import VisitCount, add_visits, visits

MONTH = "2026-10"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with fresh_ledger(tmp_path) as opened:
        yield opened


def count(unit: str, option: str, times: int, period: str = MONTH) -> AggregateCount:
    return AggregateCount(unit, "QLHC", period, "t0", option, times)


def add(ledger: Ledger, source: str, sha256: str, *counts: AggregateCount) -> int:
    return add_aggregate(
        ledger, source=source, file_name=f"{sha256}.xlsx", sha256=sha256, counts=counts
    )


def test_counts_of_several_sources_are_added_up(ledger: Ledger) -> None:
    add(ledger, "vneid", "a", count("HP-1", "r5", 10), count("HP-1", "r4", 2))
    add(ledger, "zalo", "b", count("HP-1", "r5", 1))

    assert aggregate_counts(ledger, MONTH) == [count("HP-1", "r4", 2), count("HP-1", "r5", 11)]
    assert aggregate_counts(ledger, "2026-09") == []


def test_a_newer_file_of_a_source_stands_instead_of_its_older_ones_place_by_place(
    ledger: Ledger,
) -> None:
    add(
        ledger,
        "vneid",
        "a",
        count("HP-1", "r5", 10),
        count("HP-1", "r4", 2),
        count("HP-2", "r5", 7),
    )
    add(ledger, "vneid", "b", count("HP-1", "r5", 12))

    assert aggregate_counts(ledger, MONTH) == [count("HP-1", "r5", 12), count("HP-2", "r5", 7)]


def test_the_same_file_twice_adds_nothing(ledger: Ledger) -> None:
    assert add(ledger, "vneid", "a", count("HP-1", "r5", 10)) == 1
    assert add(ledger, "vneid", "a", count("HP-1", "r5", 10)) == 0
    assert aggregate_counts(ledger, MONTH) == [count("HP-1", "r5", 10)]


def test_the_newest_visit_counts_stand(ledger: Ledger) -> None:
    def visit(counter: int) -> VisitCount:
        return VisitCount("HP-1", "QLHC", MONTH, counter, 5)

    assert add_visits(ledger, file_name="v.csv", sha256="a", counts=[visit(100)]) == 1
    assert add_visits(ledger, file_name="v.csv", sha256="a", counts=[visit(100)]) == 0
    add_visits(ledger, file_name="v2.csv", sha256="b", counts=[visit(120)])

    assert visits(ledger, MONTH) == [visit(120)]
    assert visits(ledger, "2026-11") == []


def test_confirmed_words_are_known_however_they_are_typed_and_can_be_taken_back(
    ledger: Ledger,
) -> None:
    confirm_alias(ledger, AliasKind.UNIT, "google", "CAP Hoà Bình", "HP-11407", by="an")
    confirm_alias(ledger, AliasKind.UNIT, "google", "cap h\u00f2a bi\u0300nh", "HP-11408", by="an")
    confirm_alias(ledger, AliasKind.DOMAIN, "google", "Hộ tịch", "QLHC", by="an")

    found = aliases(ledger, "google")
    assert [(a.kind, a.code) for a in found] == [
        (AliasKind.DOMAIN, "QLHC"),
        (AliasKind.UNIT, "HP-11408"),
    ]
    assert aliases(ledger, "other") == []
    confirm_alias(ledger, AliasKind.DOMAIN, "google", "hộ tịch", "", by="an")
    assert [a.kind for a in aliases(ledger, "google")] == [AliasKind.UNIT]
    with pytest.raises(ValueError, match="needs words"):
        confirm_alias(ledger, AliasKind.UNIT, "google", "  ", "HP-1", by="an")


def test_the_newest_note_about_an_alert_counts(ledger: Ledger) -> None:
    note_alert(ledger, "r1", "t0", handled=False, note="đang hỏi", by="an")
    note_alert(ledger, "r1", "t0", handled=True, note=" đã xin lỗi ", by="bình")

    [(key, said)] = alert_notes(ledger).items()
    assert key == ("r1", "t0")
    assert (said.handled, said.note, said.by) == (True, "đã xin lỗi", "bình")
