"""What was done about alerts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select

from omr.ledger import Ledger, now
from omr.ledger.schema import alert_note


@dataclass(frozen=True, slots=True)
class AlertNote:
    """What a person said about an alert."""

    handled: bool
    note: str
    by: str
    at: str  # ISO 8601, UTC


def note_alert(
    ledger: Ledger, record_id: str, question: str, *, handled: bool, note: str, by: str
) -> None:
    """Keep what was done about the alert of one answer; earlier notes stay on record."""
    with ledger.write() as connection:
        connection.execute(
            insert(alert_note).values(
                record_id=record_id,
                question=question,
                handled=int(handled),
                note=note.strip(),
                said_by=by,
                said_at=now(),
            )
        )


def alert_notes(ledger: Ledger) -> dict[tuple[str, str], AlertNote]:
    """The newest note about every alert, by record id and question."""
    with ledger.read() as connection:
        return {
            (row.record_id, row.question): AlertNote(
                bool(row.handled), row.note, row.said_by, row.said_at
            )
            for row in connection.execute(select(alert_note).order_by(alert_note.c.note_id))
        }
