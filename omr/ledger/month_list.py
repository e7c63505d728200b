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
from omr.ledger.withdrawals import any_withdrawn, stands


def periods_with_answers(ledger: Ledger) -> list[str]:
    """Every month with a scan file, an electronic response or counts, the newest first."""
    scanned = select(batch.c.period).join(source, source.c.batch_id == batch.c.batch_id)
    with ledger.read() as connection:
        some_back = any_withdrawn(connection)  # without the condition an index alone answers
        queries = [scanned.distinct()]
        for table in (electronic_response, aggregate_count):
            brought = select(table.c.period).distinct()
            queries.append(brought.where(stands(table.c.import_id)) if some_back else brought)
        found = {period for query in queries for period in connection.execute(query).scalars()}
    return sorted(found, reverse=True)


def periods_with_versions(ledger: Ledger) -> list[str]:
    """Every month that was ever closed, the oldest first."""
    query = select(month_version.c.period).distinct().order_by(month_version.c.period)
    with ledger.read() as connection:
        return list(connection.execute(query).scalars())
