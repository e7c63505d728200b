"""Electronic answers that came already counted, as from another system's statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select

from omr.ledger import Ledger
from omr.ledger.counted_imports import add_numbers, is_known, newest_rows
from omr.ledger.schema import aggregate_count, electronic_import
from omr.ledger.withdrawals import stands


@dataclass(frozen=True, slots=True)
class AggregateCount:
    """How often one option was chosen."""

    unit: str
    domain: str
    period: str
    question: str
    option: str  # empty: asked and left blank
    count: int


def add_aggregate(
    ledger: Ledger,
    *,
    source: str,
    file_name: str,
    sha256: str,
    counts: Sequence[AggregateCount],
) -> int:
    """Keep the counts of one file.

    For every unit, domain and period in it, its counts stand instead of those that earlier
    files of the same source had. The same file twice adds nothing.

    Returns:
        How many counts were added.
    """
    rows = [asdict(each) for each in counts]
    with ledger.write() as connection:
        if is_known(connection, aggregate_count, rows, source=source, sha256=sha256):
            return 0
        add_numbers(
            connection, aggregate_count, rows, source=source, file_name=file_name, sha256=sha256
        )
    return len(rows)


def aggregate_counts(ledger: Ledger, period: str) -> list[AggregateCount]:
    """The counts of one reporting month that stand, of every source, added up."""
    query = (
        select(
            aggregate_count,
            aggregate_count.c["count"].label("times"),
            electronic_import.c.profile,
        )
        .join(electronic_import, electronic_import.c.import_id == aggregate_count.c.import_id)
        .where(aggregate_count.c.period == period, stands(aggregate_count.c.import_id))
        .order_by(aggregate_count.c.import_id)
    )
    with ledger.read() as connection:
        rows = newest_rows(connection.execute(query), by_source=True)
    totals: dict[tuple[str, str, str, str], int] = {}
    for row in rows:
        key = (row.unit, row.domain, row.question, row.option)
        totals[key] = totals.get(key, 0) + row.times
    return [
        AggregateCount(unit, domain, period, question, option, count)
        for (unit, domain, question, option), count in sorted(totals.items())
    ]
