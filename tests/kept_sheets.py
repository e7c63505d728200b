"""Sheets kept in a ledger, in a line each, for tests."""

from __future__ import annotations

from typing import Any

from make_ledger import add_page, take

from omr.ledger import Ledger, readings
from omr.ledger.readings import SheetReading


def serials_in(ledger: Ledger, count: int = 10, **options: Any) -> list[str]:
    """Serials of forms that were handed out."""
    return [str(serial) for serial in take(ledger, count, **options).serials()]


def add_to(ledger: Ledger, source: tuple[int, int], *sheets: SheetReading) -> list[SheetReading]:
    """Keep one page of *source*, which is a source id and a batch id."""
    return add_page(ledger, source_id=source[0], batch_id=source[1], sheets=sheets)


def rows_of(ledger: Ledger, **which: Any) -> list[SheetReading]:
    """What was seen, in order."""
    return [row.reading for row in readings.sheet_rows(ledger, **which)]
