"""What a database of many writers would be asked to hold, so that no two take one form.

A file has one writer, so nothing of this shows there; the statements are put into
PostgreSQL's words instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from decision_desk import DOUBTS, Desk, remeasured
from make_ledger import TODAY, answers, fresh_ledger, seen, take
from sqlalchemy import Engine, Select, event
from sqlalchemy.dialects import postgresql

from omr.geometry import PageRect
from omr.ledger import decisions
from omr.ledger.entries import states_in
from omr.ledger.issued import find_all_issued, find_issued
from omr.ledger.pages import keep_part
from omr.ledger.sheets import KeptPart
from omr.ledger.standing import Verdict
from omr.ledger.stock_entries import add_entry, finish_run
from omr.serial_ranges import SerialRange
from omr.stock import Act

pytestmark = pytest.mark.embedded

ISSUED = "FOR UPDATE OF issued"
ONE_FORM = "SELECT issued.serial FROM issued WHERE issued.serial = %(serial_1)s FOR UPDATE"
ONE_SHEET = "SELECT sheet.sheet_id FROM sheet WHERE sheet.record_id ="


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_ledger(tmp_path) as ledger:
        yield Desk(ledger)


@contextmanager
def _locking() -> Iterator[list[str]]:
    """The block's statements that lock rows, in their order."""
    said: list[str] = []

    def note(_connection: object, statement: Any, *_rest: object) -> None:
        if isinstance(statement, Select):
            asked = str(statement.compile(dialect=postgresql.dialect())).replace("::VARCHAR", "")
            words = " ".join(asked.split())
            if "FOR UPDATE" in words:
                said.append(words)

    event.listen(Engine, "before_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_execute", note)


def _number_of(said: list[str], ending: str) -> int:
    return sum(words.endswith(ending) for words in said)


def test_forms_are_locked_in_one_order_unless_they_are_only_looked_up(desk: Desk) -> None:
    with desk.ledger.read() as connection, _locking() as said:
        assert find_issued(connection, desk.serials[0]) is not None
        assert len(find_all_issued(connection, desk.serials, lock=False)) == 6
        assert find_all_issued(connection, []) == {}
    assert said == []

    with desk.ledger.write() as connection, _locking() as said:
        find_issued(connection, desk.serials[0], lock=True)
        find_all_issued(connection, desk.serials)
    ending = f"ORDER BY issued.domain, issued.year, issued.number {ISSUED}"
    assert _number_of(said, ending) == len(said) == 2


def test_who_keeps_a_sheet_holds_its_form_and_looks_at_its_holder_alone(desk: Desk) -> None:
    with _locking() as said:
        desk.read(seen(desk.serials[0]))
    assert _number_of(said, ISSUED) == len(said) == 1

    with _locking() as said:
        desk.read(seen(desk.serials[0]))
    assert (_number_of(said, ISSUED), said.count(ONE_FORM), len(said)) == (1, 1, 2)


def test_who_names_a_sheet_holds_the_sheet_and_the_form(desk: Desk) -> None:
    record = desk.nameless()
    with _locking() as said:
        decisions.find_form(desk.ledger, desk.serials[1], sheet_of=record)
    assert _number_of(said, ISSUED) == 0

    with _locking() as said:
        found = remeasured(desk.serials[1], dict(DOUBTS))
        decisions.identify(desk.ledger, record, found, by="an")
    assert said[0].startswith(ONE_SHEET)
    assert said.count(ONE_FORM) == 1
    assert _number_of(said, ISSUED) == 1


def test_what_lets_a_sheet_count_holds_its_form(desk: Desk) -> None:
    record = desk.doubtful()
    with _locking() as said:
        desk.say(record, "q2", Verdict.BLANK)
    assert said[0].startswith(ONE_SHEET)
    assert _number_of(said, ISSUED) == len(said) - 1 == 1
    with _locking() as said:
        desk.undo(record, "q2")
    assert _number_of(said, ISSUED) == len(said) - 1 == 1


def test_who_says_something_about_forms_holds_them_in_their_order(desk: Desk) -> None:
    forms = SerialRange("GTDB", 2026, 1, 3)
    with desk.ledger.read() as connection, _locking() as said:
        states_in(connection, forms)
    assert said == []

    with _locking() as said:
        add_entry(desk.ledger, Act.LOST, [forms], on_day=TODAY, why="", by="an")
    assert _number_of(said, "ORDER BY issued.number FOR UPDATE") == len(said) == 1
    left = take(desk.ledger, 2, printed=False)
    with _locking() as said:
        finish_run(desk.ledger, left.run_id, left.forms, on_day=TODAY, issue_why=None, by="an")
    assert _number_of(said, "ORDER BY issued.number FOR UPDATE") == len(said) == 1


def test_who_keeps_a_crop_holds_its_sheet(desk: Desk) -> None:
    record = desk.read(seen(desk.serials[0], said=answers(q1="r5")))
    crop = KeptPart("q1", PageRect(1.0, 2.0, 3.0, 4.0), b"")
    with _locking() as said:
        keep_part(desk.ledger, record, crop, "aa" * 32)
    [only] = said
    assert only == f"{ONE_SHEET} %(record_id_1)s FOR UPDATE"
