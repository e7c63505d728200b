"""What is left to destroy beside the rows that :mod:`omr.ledger.unlinking` deletes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, delete, func, select, text

from omr.ledger import Ledger
from omr.ledger.metadata import append_only_ddl, may_delete_ddl
from omr.ledger.schema import alert_note, batch, picture_part, sheet, source, unlinked

_NOTES = ("alert_note",)


def pictures_of_month(ledger: Ledger, period: str) -> set[str]:
    """SHA-256 of every picture that a month's sheets have."""
    of_month = (
        select(sheet.c.sheet_id)
        .join(source, source.c.source_id == sheet.c.source_id)
        .join(batch, batch.c.batch_id == source.c.batch_id)
        .where(batch.c.period == period)
    )
    queries = (
        select(sheet.c.picture).where(sheet.c.sheet_id.in_(of_month)),
        select(picture_part.c.sha256).where(picture_part.c.sheet_id.in_(of_month)),
    )
    with ledger.read() as connection:
        return {
            digest
            for query in queries
            for digest in connection.execute(query).scalars()
            if digest is not None
        }


def unlinked_records(ledger: Ledger, period: str) -> set[str]:
    """The sheets of a month whose answers were destroyed, by record id."""
    with ledger.read() as connection:
        return set(connection.execute(_unlinked(period)).scalars())


def forget_alert_notes(ledger: Ledger, period: str) -> int:
    """Delete what was noted about alerts on sheets whose answers were destroyed.

    A note names the sheet's record and a question, so it says that this form complained.

    Returns:
        How many notes there were.
    """
    about = alert_note.c.record_id.in_(_unlinked(period))
    with ledger.write() as connection:
        dialect = connection.dialect.name
        count = connection.execute(
            select(func.count()).select_from(alert_note).where(about)
        ).scalar_one()
        if count:
            for statement in may_delete_ddl(dialect, _NOTES):
                connection.execute(text(statement))
            connection.execute(delete(alert_note).where(about))
            for statement in append_only_ddl(dialect, _NOTES):
                connection.execute(text(statement))
    if count:
        ledger.forget_deleted()
    return int(count)


def _unlinked(period: str) -> Select[Any]:
    return (
        select(sheet.c.record_id)
        .join(unlinked, unlinked.c.sheet_id == sheet.c.sheet_id)
        .join(source, source.c.source_id == sheet.c.source_id)
        .join(batch, batch.c.batch_id == source.c.batch_id)
        .where(batch.c.period == period)
    )
