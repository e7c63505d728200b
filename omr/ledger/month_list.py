"""Which reporting months the ledger knows."""

from __future__ import annotations

from sqlalchemy import select

from omr.ledger import Ledger
from omr.ledger.schema import (
    aggregate_count,
    batch,
    electronic_response,
    month_version,
    source,
)


def periods_with_answers(ledger: Ledger) -> list[str]:
    """Every month with a scan file, an electronic response or counts, the newest first."""
    scanned = select(batch.c.period).join(source, source.c.batch_id == batch.c.batch_id)
    queries = (
        scanned.distinct(),
        select(electronic_response.c.period).distinct(),
        select(aggregate_count.c.period).distinct(),
    )
    with ledger.read() as connection:
        found = {period for query in queries for period in connection.execute(query).scalars()}
    return sorted(found, reverse=True)


def periods_with_versions(ledger: Ledger) -> list[str]:
    """Every month that was ever closed, the oldest first."""
    query = select(month_version.c.period).distinct().order_by(month_version.c.period)
    with ledger.read() as connection:
        return list(connection.execute(query).scalars())
