"""How many people came, for the share of them that answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select

from omr.ledger import Ledger
from omr.ledger.counted_imports import add_numbers, is_known, newest_rows
from omr.ledger.schema import electronic_import, visit_count
from omr.ledger.withdrawals import stands

_SOURCE = "visits"


@dataclass(frozen=True, slots=True)
class VisitCount:
    """People who filed or collected something in one month."""

    unit: str
    domain: str
    period: str
    counter: int  # at the counter
    online: int


def add_visits(ledger: Ledger, *, file_name: str, sha256: str, counts: Sequence[VisitCount]) -> int:
    """Keep the visit counts of one file; they stand instead of earlier ones.

    Returns:
        How many counts were added; 0 for a file that was the newest already.
    """
    rows = [asdict(each) for each in counts]
    with ledger.write() as connection:
        if is_known(connection, visit_count, rows, source=_SOURCE, sha256=sha256):
            return 0
        add_numbers(
            connection, visit_count, rows, source=_SOURCE, file_name=file_name, sha256=sha256
        )
    return len(rows)


def visits(ledger: Ledger, period: str) -> list[VisitCount]:
    """The visit counts of one reporting month that stand, by unit and domain."""
    query = (
        select(visit_count, electronic_import.c.profile)
        .join(electronic_import, electronic_import.c.import_id == visit_count.c.import_id)
        .where(visit_count.c.period == period, stands(visit_count.c.import_id))
        .order_by(visit_count.c.import_id)
    )
    with ledger.read() as connection:
        rows = newest_rows(connection.execute(query), by_source=False)
    found = [VisitCount(r.unit, r.domain, r.period, r.counter, r.online) for r in rows]
    return sorted(found, key=lambda each: (each.unit, each.domain))
