from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import review_office
from review_office import PERIOD, Office, sheet

from omr.ledger.decisions import append, undo
from omr.ledger.held import HeldForm, held_forms
from omr.ledger.standing import IDENTITY, WHOLE, Verdict
from omr.serial_ranges import SerialRange
from omr.serials import parse_serial
from scans.review.deciding import Deciding

SERIAL = "GTDB-26-000002-F"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with ExitStack() as stack:
        yield review_office.open_office(tmp_path, stack)


def held(office: Office, text: str) -> HeldForm | None:
    """The form as the ledger holds it, asked for alone and among all."""
    serial = parse_serial(text)
    one = SerialRange(serial.domain, serial.year, serial.number, serial.number)
    with office.ledger.read() as connection:
        every = [f for f in held_forms(connection) if f.number == serial.number]
        assert held_forms(connection, one) == every
    assert len(every) <= 1
    return every[0] if every else None


def test_a_form_whose_serial_a_person_typed_is_back(office: Office) -> None:
    record = sheet(office.ledger, 2).record_id
    assert held(office, SERIAL) is None

    Deciding(office.desk).identify("an", record, SERIAL)
    Deciding(office.desk).identify("an", record, SERIAL)
    found = held(office, SERIAL)
    assert found is not None
    assert (found.period, found.says_something) == (PERIOD, True)

    undo(office.ledger, record, IDENTITY, by="an")
    assert held(office, SERIAL) is None


def test_a_form_found_blank_by_a_person_says_nothing(office: Office) -> None:
    row = sheet(office.ledger, 3)
    serial = row.reading.serial or ""
    append(office.ledger, row.record_id, WHOLE, Verdict.DOUBTED, by="an")
    before = held(office, serial)
    assert before is not None
    assert before.says_something

    for question in row.reading.answers:
        append(office.ledger, row.record_id, question, Verdict.BLANK, by="an")

    after = held(office, serial)
    assert after is not None
    assert not after.says_something


def test_a_form_that_a_person_does_not_count_is_not_back(office: Office) -> None:
    row = sheet(office.ledger, 3)
    append(office.ledger, row.record_id, WHOLE, Verdict.INVALID, by="an")
    assert held(office, row.reading.serial or "") is None
    undo(office.ledger, row.record_id, WHOLE, by="an")
    assert held(office, row.reading.serial or "") is not None
