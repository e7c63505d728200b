"""How the sheets stand about which people are or were asked, kept up to date between looks.

What a person decided is derived, not stored (:mod:`omr.ledger.standing`). Deriving it for
every such sheet of a year takes seconds; deriving it for those that changed since the last
look takes none that anybody notices. All other sheets stand as they were read.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from omr.ledger import Ledger
from omr.ledger.rows import rows_of, sheets_query
from omr.ledger.schema import sheet, source
from omr.ledger.sheets import SheetRow
from omr.ledger.standing import IDENTITY, PAPER, WHOLE
from omr.ledger.waiting import Point, changed_sheets
from omr.marks import ASKED_WHOLE, DISPUTED, Reason, SheetStatus

_ROWS_AT_ONCE = 500  # ids in one statement


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing on a sheet that waits for a person."""

    about: str  # IDENTITY, PAPER, WHOLE or a question's id
    reason: Reason | None  # the first one; None: a person doubted the sheet as a whole


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One sheet about which people are, or were, asked."""

    sheet_id: int
    record_id: str
    batch_id: int
    seen: SheetStatus  # as the machine left it
    status: SheetStatus  # as it stands
    reasons: tuple[Reason, ...]
    serial: str | None
    unit: str | None
    domain: str | None
    waits: tuple[Wait, ...]


Standing = Mapping[int, Reviewed]  # by sheet id


class Standings:
    """Every reviewed sheet as it stands. Safe to use from several threads.

    Args:
        ledger: Open; the caller closes it.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._reached = Point()
        self._sheets: dict[int, Reviewed] = {}

    def now(self) -> Standing:
        """Every reviewed sheet by its id, as the ledger holds it at this moment.

        What is returned does not change; the next look gives another mapping.
        """
        with self._lock:
            reached, changed = changed_sheets(self._ledger, self._reached)
            if changed:
                with self._ledger.read() as connection:
                    found = {one.sheet_id: one for one in _reviewed(connection, changed)}
                self._sheets = self._sheets | found
            self._reached = reached
            return self._sheets


def _reviewed(connection: Connection, records: Sequence[str]) -> Iterator[Reviewed]:
    for first in range(0, len(records), _ROWS_AT_ONCE):
        some = records[first : first + _ROWS_AT_ONCE]
        ids = {
            row.record_id: (row.sheet_id, row.batch_id)
            for row in connection.execute(
                select(sheet.c.record_id, sheet.c.sheet_id, source.c.batch_id)
                .join(source, source.c.source_id == sheet.c.source_id)
                .where(sheet.c.record_id.in_(some))
            )
        }
        for row in rows_of(connection, sheets_query().where(sheet.c.record_id.in_(some))):
            sheet_id, batch_id = ids[row.record_id]
            yield Reviewed(
                sheet_id=sheet_id,
                record_id=row.record_id,
                batch_id=batch_id,
                seen=row.seen.status,
                status=row.reading.status,
                reasons=row.reading.reasons,
                serial=row.reading.serial,
                unit=row.reading.unit,
                domain=row.reading.domain,
                waits=waits_of(row),
            )


def waits_of(row: SheetRow) -> tuple[Wait, ...]:
    """What waits on a sheet, each with its first reason."""
    return tuple(Wait(about, _first_reason(row, about)) for about in row.open)


def _first_reason(row: SheetRow, about: str) -> Reason | None:
    reasons = row.reading.reasons
    if about == PAPER:
        return next((reason for reason in reasons if reason in DISPUTED), None)
    if about == WHOLE:
        return next((reason for reason in reasons if reason in ASKED_WHOLE), _first(reasons))
    if about == IDENTITY:
        return _first(row.seen.reasons)
    answer = row.reading.answers.get(about)
    # Two people who disagree are a reason of their own, whatever the machine doubted.
    if answer is not None and Reason.DISAGREEMENT in answer.reasons:
        return Reason.DISAGREEMENT
    seen = row.seen_answers.get(about)
    return _first(seen.reasons) if seen is not None else None


def _first(reasons: Sequence[Reason]) -> Reason | None:
    return reasons[0] if reasons else None
