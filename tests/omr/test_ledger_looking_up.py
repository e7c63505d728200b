"""Sheets found by file, month, source or serial, and what a refused entry says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from decision_desk import Desk
from make_ledger import TODAY, add_file, add_page, answers, fresh_ledger, seen, take, void

from omr.ledger import decisions, readings
from omr.ledger.entries import entries_about, said_about
from omr.ledger.standing import IDENTITY, Verdict
from omr.ledger.stock import read_stock
from omr.ledger.stock_entries import (
    EntryRefused,
    Obstacle,
    RunOverruled,
    UndoesSeveral,
    add_entry,
    finish_run,
    unfinished_runs,
)
from omr.marks import SheetStatus
from omr.serial_ranges import SerialRange
from omr.stock import Act, Event, FormState
from omr.stock_statement import CameBack

pytestmark = pytest.mark.embedded


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_ledger(tmp_path) as ledger:
        yield Desk(ledger)


def test_sheets_are_found_by_their_file_month_source_and_serial(desk: Desk) -> None:
    borne = desk.read(seen(desk.serials[0], said=answers(q1="r5")))
    again = desk.read(seen(desk.serials[0], said=answers(q1="r5")))
    typed = desk.nameless()
    desk.name(typed, 1)
    desk.undo(typed, IDENTITY)
    source_id, batch_id = add_file(desk.ledger, "later.pdf", period="2026-08")
    later = seen(desk.serials[2], said=answers(q1="r1"))
    add_page(desk.ledger, source_id=source_id, batch_id=batch_id, sheets=[later])

    def found(**what: object) -> list[str]:
        return [row.record_id for row in readings.sheet_rows(desk.ledger, **what)]  # type: ignore[arg-type]

    every = found()
    assert every[:3] == [borne, again, typed]
    assert found(file="later.pdf") == found(period="2026-08") == every[3:]
    assert found(source_id=source_id) == found(serial=desk.serials[2]) == every[3:]
    assert found(source_id=desk.source_id) == found(period="2026-07") == every[:3]
    assert found(serial=desk.serials[0]) == [borne, again]
    assert found(serial=desk.serials[1]) == [typed]  # though it was taken back
    assert found(serial=desk.serials[3]) == []
    assert found(file="later.pdf", period="2026-07") == []


def test_statuses_of_a_month_are_counted_without_those_of_another(desk: Desk) -> None:
    desk.read(seen(desk.serials[0]))
    nameless = desk.nameless()
    desk.say(nameless, IDENTITY, Verdict.NOT_A_FORM)
    source_id, batch_id = add_file(desk.ledger, "later.pdf", period="2026-08")
    add_page(desk.ledger, source_id=source_id, batch_id=batch_id, sheets=[seen(desk.serials[1])])
    none = dict.fromkeys(SheetStatus, 0)

    july = none | {SheetStatus.COUNTED: 1, SheetStatus.BLANK: 1}
    assert readings.count_by_status(desk.ledger, period="2026-07") == july
    august = none | {SheetStatus.COUNTED: 1}
    assert readings.count_by_status(desk.ledger, period="2026-08") == august
    assert readings.count_by_status(desk.ledger) == july | {SheetStatus.COUNTED: 2}


def _range(first: int, last: int) -> SerialRange:
    return SerialRange("GTDB", 2026, first, last)


def test_a_refused_entry_names_forms_and_where_they_are(desk: Desk) -> None:
    add_entry(desk.ledger, Act.LOST, [_range(1, 2)], on_day=TODAY, why="rơi", by="an")
    desk.read(seen(desk.serials[4]))

    with pytest.raises(EntryRefused) as refused:
        add_entry(desk.ledger, Act.VOID, [_range(1, 8)], on_day=TODAY, why="", by="an")

    assert refused.value.obstacles == (
        Obstacle(_range(7, 8), None),
        Obstacle(_range(5, 5), FormState.RETURNED_ANSWERED),
        Obstacle(_range(1, 2), FormState.LOST),
    )
    lost = f"{_range(7, 8)}: None, {_range(5, 5)}: returned-answered, "
    assert str(refused.value) == lost + f"{_range(1, 2)}: lost"
    yesterday = TODAY - timedelta(days=1)
    with pytest.raises(EntryRefused) as refused:
        add_entry(desk.ledger, Act.VOID, [_range(4, 4)], on_day=yesterday, why="", by="an")
    [early] = refused.value.obstacles
    assert early == Obstacle(_range(4, 4), FormState.OUTSTANDING, later_than=TODAY)
    assert [entry.act for entry in entries_about(desk.ledger, _range(3, 9))] == [Act.ISSUE]


def test_an_entry_is_kept_with_day_reason_and_who_said_it(desk: Desk) -> None:
    forms = [_range(4, 5), _range(5, 6), _range(1, 1)]
    entry = add_entry(desk.ledger, Act.LOST, forms, on_day=TODAY, why="rơi", by="bình")

    assert entry.forms == (_range(1, 1), _range(4, 6))
    [*_issue, kept] = entries_about(desk.ledger, _range(1, 6))
    assert kept == entry
    assert (kept.act, kept.on_day, kept.why, kept.said_by) == (Act.LOST, TODAY, "rơi", "bình")
    assert kept.said_at.endswith("+00:00")
    with desk.ledger.read() as connection:
        said = said_about(connection, [desk.serials[0], desk.serials[1]])
    assert [each.act for each in said[desk.serials[0]]] == [Act.ISSUE, Act.LOST]
    assert [each.act for each in said[desk.serials[1]]] == [Act.ISSUE]
    for year in (1999, 2100):
        with pytest.raises(ValueError, match=f"no year of ours: {year}"):
            add_entry(desk.ledger, Act.VOID, forms, on_day=date(year, 1, 1), why="", by="an")


def test_an_undo_takes_back_one_entry_only(desk: Desk) -> None:
    one = add_entry(desk.ledger, Act.LOST, [_range(1, 2)], on_day=TODAY, why="", by="an")
    two = add_entry(desk.ledger, Act.VOID, [_range(3, 3)], on_day=TODAY, why="", by="an")

    with pytest.raises(UndoesSeveral) as several:
        add_entry(desk.ledger, Act.UNDO, [_range(2, 3)], on_day=TODAY, why="", by="an")
    assert [(forms, entry.entry_id) for forms, entry in several.value.last] == [
        (_range(2, 2), one.entry_id),
        (_range(3, 3), two.entry_id),
    ]
    words = f"{_range(2, 2)}: {one.entry_id}, {_range(3, 3)}: {two.entry_id}"
    assert str(several.value) == words
    add_entry(desk.ledger, Act.UNDO, [_range(2, 2)], on_day=TODAY, why="", by="an")
    add_entry(desk.ledger, Act.VOID, [_range(2, 2)], on_day=TODAY, why="", by="an")


def test_a_run_is_finished_once_and_not_over_what_was_said_meanwhile(desk: Desk) -> None:
    left = take(desk.ledger, 4, printed=False)
    spoilt = take(desk.ledger, 2, printed=False)
    assert unfinished_runs(desk.ledger) == [left.forms, spoilt.forms]
    void(desk.ledger, spoilt)
    assert unfinished_runs(desk.ledger) == [left.forms]
    with pytest.raises(RunOverruled, match=str(spoilt.forms)):
        finish_run(desk.ledger, spoilt.run_id, spoilt.forms, on_day=TODAY, issue_why="", by="an")
    finish_run(desk.ledger, left.run_id, left.forms, on_day=TODAY, issue_why="x", by="an")
    assert unfinished_runs(desk.ledger) == []
    [issue] = entries_about(desk.ledger, left.forms)
    assert (issue.act, issue.forms, issue.why) == (Act.ISSUE, (left.forms,), "x")
    assert decisions.open_sheets(desk.ledger) == []


def test_the_stock_is_every_printed_form_once_and_every_form_that_is_back(desk: Desk) -> None:
    take(desk.ledger, 3, unit="HP-PC06", domain="L05", handed_out=False)
    lost = add_entry(desk.ledger, Act.LOST, [_range(2, 2)], on_day=TODAY, why="", by="an")
    desk.read(seen(desk.serials[0], said=answers(q1="r5")))
    desk.read(seen(desk.serials[2], said=answers(q1="")))

    stock = read_stock(desk.ledger, start_day=1, zone=ZoneInfo("Asia/Ho_Chi_Minh"))

    other = SerialRange("L05", 2026, 1, 3)
    assert [(each.unit, each.pad, each.forms) for each in stock.parcels] == [
        ("HP-PC08", _range(1, 6), _range(1, 1)),
        ("HP-PC08", _range(1, 6), _range(2, 2)),
        ("HP-PC08", _range(1, 6), _range(3, 6)),
        ("HP-PC06", other, other),
    ]
    [issued] = stock.parcels[0].events
    assert (issued.act, issued.period) == (Act.ISSUE, "2026-11")
    gone = Event(lost.entry_id, Act.LOST, "2026-11")
    assert [each.events for each in stock.parcels[1:]] == [(issued, gone), (issued,), ()]
    assert sorted(stock.back, key=lambda form: form.number) == [
        CameBack("GTDB", 2026, 1, "2026-07", says_something=True),
        CameBack("GTDB", 2026, 3, "2026-07", says_something=False),
    ]
