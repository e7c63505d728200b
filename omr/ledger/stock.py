"""What became of every printed form: the ledger's side of reconciliation."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import select

from omr.ledger import Ledger
from omr.ledger.entries import all_entries, history_of, split
from omr.ledger.held import held_forms
from omr.ledger.schema import pad, print_run
from omr.periods import Period
from omr.serial_ranges import SerialRange
from omr.stock import Event
from omr.stock_statement import CameBack, Parcel, Stock


def read_stock(ledger: Ledger, *, start_day: int, zone: ZoneInfo) -> Stock:
    """Everything that the ledger knows about forms, at one moment.

    Args:
        ledger: The open ledger.
        start_day: Of the reporting month, see :mod:`omr.periods`.
        zone: Of the office.

    Raises:
        LedgerUnusable: If entries contradict each other.
    """

    @cache
    def period_of(day: date) -> str:
        return str(Period.containing(day, start_day))

    @cache
    def period_of_moment(moment: str) -> str:
        return period_of(datetime.fromisoformat(moment).astimezone(zone).date())

    with ledger.read() as connection:
        pads = connection.execute(
            select(print_run.c.unit, print_run.c.taken_at, pad)
            .join(print_run, print_run.c.run_id == pad.c.run_id)
            .order_by(pad.c.domain, pad.c.year, pad.c.number)
        ).all()
        entries = all_entries(connection)
        back = tuple(
            CameBack(each.domain, each.year, each.number, each.period, each.says_something)
            for each in held_forms(connection)
        )
    ranges = [SerialRange(row.domain, row.year, row.first, row.last) for row in pads]
    parcels = []
    for row, whole, parts in zip(pads, ranges, split(ranges, entries), strict=True):
        for part, said in parts:
            history_of(said)  # refuses entries that contradict each other
            events = tuple(Event(e.entry_id, e.act, period_of(e.on_day)) for e in said)
            printed = period_of_moment(row.taken_at)
            parcels.append(Parcel(row.unit, whole, part, printed, events))
    return Stock(tuple(parcels), back)
