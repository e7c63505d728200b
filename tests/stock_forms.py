"""Forms of one domain in the books and on the scanner, for tests."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from make_ledger import add_file, add_page, answers, seen

from omr.ledger import Ledger
from omr.ledger.entries import states_in
from omr.serial_ranges import SerialRange
from omr.serials import Serial
from omr.stock import FormState

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def gtdb(first: int, last: int) -> SerialRange:
    """Forms of 2026, by their numbers."""
    return SerialRange("GTDB", 2026, first, last)


def states(ledger: Ledger, forms: SerialRange) -> dict[int, FormState]:
    """How each of them stands."""
    with ledger.read() as connection:
        found = states_in(connection, forms)
    return {n: state for part, state in found for n in range(part.first, part.last + 1)}


def read_sheet(ledger: Ledger, number: int, *, name: str = "", period: str = "2026-11") -> object:
    """Scan the form with that number."""
    source_id, batch_id = add_file(ledger, name or f"{number}.pdf", period=period)
    [kept] = add_page(
        ledger,
        source_id=source_id,
        batch_id=batch_id,
        sheets=[seen(str(Serial("GTDB", 2026, number)), said=answers(q1="r5"))],
    )
    return kept
