"""Imports that are taken back: nothing of them counts, nothing of them is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from make_ledger import fresh_ledger

from omr.errors import UsageError
from omr.ledger import Ledger
from omr.ledger.aggregates import AggregateCount, add_aggregate, aggregate_counts
from omr.ledger.electronic import ImportOutcome, NewResponse, add_import, electronic_rows
from omr.ledger.inputs import inputs
from omr.ledger.month_list import periods_with_answers
from omr.ledger.months import close_month, reopen_month
from omr.ledger.visits import VisitCount, add_visits, visits
from omr.ledger.withdrawals import kept_imports, withdraw_import

MONTH = "2026-11"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with fresh_ledger(tmp_path) as opened:
        yield opened


def row(number: int, option: str = "r5") -> NewResponse:
    return NewResponse(
        group=f"g{number}",
        unit="HP-PC08",
        domain="GTDB",
        period=MONTH,
        answered_on="2026-11-10",
        answers={"t0": (option,)},
        row=number,
    )


def add(ledger: Ledger, sha256: str, *rows: NewResponse) -> ImportOutcome:
    return add_import(
        ledger,
        profile="p",
        file_name=f"{sha256}.csv",
        sha256=sha256,
        rows_seen=len(rows),
        problems=[],
        responses=rows,
    )


def said(ledger: Ledger) -> dict[int, str]:
    return {each.row: each.answers["t0"][0] for each in electronic_rows(ledger, period=MONTH)}


def take_back(ledger: Ledger, import_id: int) -> None:
    withdraw_import(ledger, import_id, why="tệp của tháng khác", by="an")


def test_the_rows_of_one_import_stop_counting_and_stay_on_record(ledger: Ledger) -> None:
    add(ledger, "a", row(2))
    add(ledger, "b", row(2), row(3, "r1"))
    take_back(ledger, 2)

    assert said(ledger) == {2: "r5"}
    assert [one.sha256 for one in inputs(ledger, MONTH).imports] == ["a"]
    first, second = kept_imports(ledger)
    assert (first.withdrawn, first.brought) == (None, {MONTH: 1})
    assert second.withdrawn is not None
    assert (second.withdrawn.why, second.withdrawn.by) == ("tệp của tháng khác", "an")
    assert second.brought == {MONTH: 1}


def test_what_an_edited_row_said_before_counts_again(ledger: Ledger) -> None:
    add(ledger, "a", row(2), row(3, "r2"), row(4))
    edited = NewResponse(
        group="later", unit="HP-PC08", domain="GTDB", period=MONTH,
        answered_on="2026-11-10", answers={"t0": ("r5",)}, row=3,
    )  # fmt: skip
    assert add(ledger, "b", row(2), edited, row(4)).edited == 1
    assert said(ledger)[3] == "r5"
    take_back(ledger, 2)

    assert said(ledger) == {2: "r5", 3: "r2", 4: "r5"}


def test_a_file_that_was_taken_back_can_be_imported_again(ledger: Ledger) -> None:
    add(ledger, "a", row(2), row(3))
    take_back(ledger, 1)
    assert said(ledger) == {}
    assert periods_with_answers(ledger) == []

    assert add(ledger, "a", row(2), row(3)).new == 2
    assert said(ledger) == {2: "r5", 3: "r5"}
    assert add(ledger, "a", row(2), row(3)).new == 0


def test_earlier_numbers_stand_again(ledger: Ledger) -> None:
    def came(counter: int) -> VisitCount:
        return VisitCount("HP-PC08", "GTDB", MONTH, counter, 0)

    def chose(count: int) -> AggregateCount:
        return AggregateCount("HP-PC08", "GTDB", MONTH, "t0", "r5", count)

    add_visits(ledger, file_name="a", sha256="a", counts=[came(10)])
    add_visits(ledger, file_name="b", sha256="b", counts=[came(1000)])
    add_aggregate(ledger, source="x", file_name="c", sha256="c", counts=[chose(7)])
    for import_id in (2, 3):
        take_back(ledger, import_id)

    assert visits(ledger, MONTH) == [came(10)]
    assert aggregate_counts(ledger, MONTH) == []
    assert add_visits(ledger, file_name="b", sha256="b", counts=[came(1000)]) == 1
    assert add_aggregate(ledger, source="x", file_name="c", sha256="c", counts=[chose(7)]) == 1


def test_a_closed_month_a_missing_reason_and_a_second_time_are_refused(ledger: Ledger) -> None:
    add(ledger, "a", row(2))
    with pytest.raises(UsageError, match="needs a reason"):
        withdraw_import(ledger, 1, why=" ", by="an")
    with pytest.raises(UsageError, match="no import 7"):
        take_back(ledger, 7)
    close_month(ledger, MONTH, b"", by="an")
    with pytest.raises(UsageError, match="closed months: 2026-11"):
        take_back(ledger, 1)
    assert said(ledger) == {2: "r5"}
    reopen_month(ledger, MONTH, by="an", why="nhập nhầm tệp")
    take_back(ledger, 1)
    with pytest.raises(UsageError, match="already: tệp của tháng khác"):
        take_back(ledger, 1)
