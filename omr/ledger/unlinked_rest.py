"""What :mod:`omr.ledger.unlinking` destroyed, and which pictures go with it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from omr.ledger import Ledger
from omr.ledger.schema import batch, picture_part, sheet, source, unlinked


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


def _unlinked(period: str) -> Select[Any]:
    return (
        select(sheet.c.record_id)
        .join(unlinked, unlinked.c.sheet_id == sheet.c.sheet_id)
        .join(source, source.c.source_id == sheet.c.source_id)
        .join(batch, batch.c.batch_id == source.c.batch_id)
        .where(batch.c.period == period)
    )
