from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import review_office
from review_office import PERIOD, Office, sheet

from omr.ledger.decisions import append, undo
from omr.ledger.standing import IDENTITY, Verdict
from omr.ledger.stock import StockForm, stock_forms

SERIAL = "GTDB-26-000002-F"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with ExitStack() as stack:
        yield review_office.open_office(tmp_path, stack)


def form(office: Office, serial: str) -> StockForm:
    (found,) = [each for each in stock_forms(office.ledger) if each.serial == serial]
    return found


def test_a_form_whose_serial_a_person_typed_is_back(office: Office) -> None:
    record = sheet(office.ledger, 2).record_id
    assert form(office, SERIAL).returned_in is None

    office.desk.identify(record, SERIAL, 0)
    assert form(office, SERIAL).returned_in == PERIOD
    assert form(office, SERIAL).says_something

    undo(office.ledger, record, IDENTITY, by="an")
    assert form(office, SERIAL).returned_in is None
    assert len(list(stock_forms(office.ledger))) == 8


def test_a_typed_form_counts_once_however_often_it_was_typed(office: Office) -> None:
    record = sheet(office.ledger, 2).record_id
    office.desk.identify(record, SERIAL, 0)
    office.desk.identify(record, SERIAL, 0)

    assert len(list(stock_forms(office.ledger))) == 8


def test_a_form_found_blank_by_a_person_says_nothing(office: Office) -> None:
    row = sheet(office.ledger, 3)
    append(office.ledger, row.record_id, "*", Verdict.DOUBTED, by="an")
    assert form(office, row.reading.serial or "").says_something

    for question in row.reading.answers:
        append(office.ledger, row.record_id, question, Verdict.BLANK, by="an")

    assert not form(office, row.reading.serial or "").says_something
