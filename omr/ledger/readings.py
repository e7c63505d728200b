"""Sheets as they stand, and how many of each kind: the ledger's readings, read."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import Connection, and_, exists, func, or_, select

from omr.ledger import Ledger
from omr.ledger.held import among
from omr.ledger.pages import Page, add_pages
from omr.ledger.rows import rows_of, sheets_query
from omr.ledger.schema import (
    batch,
    decision,
    identified,
    issued,
    paper_choice,
    sheet,
    source,
    unlinked,
)
from omr.ledger.sheets import SheetReading, SheetRow
from omr.ledger.sources import (
    NewSource,
    Source,
    add_sources,
    announce_sources,
    find_source,
    find_sources,
    open_batch,
    pages_done,
)
from omr.marks import Reason, SheetStatus
from omr.serial_ranges import SerialRange

__all__ = [
    "NewSource",
    "Page",
    "SheetReading",
    "SheetRow",
    "Source",
    "add_pages",
    "add_sources",
    "announce_sources",
    "count_by_status",
    "find_source",
    "find_sources",
    "open_batch",
    "pages_done",
    "refused_as_void",
    "sheet_rows",
]


def sheet_rows(
    ledger: Ledger,
    *,
    file: str | None = None,
    period: str | None = None,
    source_id: int | None = None,
    serial: str | None = None,
) -> Iterator[SheetRow]:
    """Every sheet seen, as it stands after people's decisions, in file and page order.

    Args:
        ledger: The open ledger.
        file: Only files of that name.
        period: Only batches of that reporting month.
        source_id: Only that file.
        serial: Only sheets that bear it, or for which somebody typed it at some time.
    """
    query = sheets_query()
    if file is not None:
        query = query.where(source.c.name == file)
    if period is not None:
        query = query.where(batch.c.period == period)
    if source_id is not None:
        query = query.where(sheet.c.source_id == source_id)
    if serial is not None:
        typed = (
            select(decision.c.sheet_id)
            .join(identified, identified.c.decision_id == decision.c.decision_id)
            .where(identified.c.serial == serial)
        )
        query = query.where(or_(sheet.c.serial == serial, sheet.c.sheet_id.in_(typed)))
    with ledger.read() as connection:
        yield from rows_of(connection, query)


def refused_as_void(connection: Connection, forms: SerialRange) -> Iterator[tuple[str, str, int]]:
    """Sheets of *forms* that were refused since they were void: serial, file, page from 0."""
    rows = connection.execute(
        select(sheet.c.serial, source.c.name, sheet.c.page, sheet.c.reasons_json)
        .join(source, source.c.source_id == sheet.c.source_id)
        .join(issued, issued.c.serial == sheet.c.serial)
        .where(
            among(forms),
            sheet.c.status == SheetStatus.REFUSED.value,
        )
        .order_by(sheet.c.sheet_id)
    )
    for row in rows:
        if Reason.VOIDED.value in json.loads(row.reasons_json):
            yield row.serial, row.name, row.page


def count_by_status(ledger: Ledger, *, period: str | None = None) -> dict[SheetStatus, int]:
    """How many sheets stand how after people's decisions; every status has an entry."""
    query = (
        select(sheet.c.status, func.count())
        .join(source, source.c.source_id == sheet.c.source_id)
        .join(batch, batch.c.batch_id == source.c.batch_id)
        .group_by(sheet.c.status)
    )
    chosen = or_(
        sheet.c.sheet_id.in_(select(paper_choice.c.first_id)),
        sheet.c.sheet_id.in_(select(paper_choice.c.second_id)),
    )
    decided = exists().where(decision.c.sheet_id == sheet.c.sheet_id)
    looked_at = sheets_query().where(
        or_(
            and_(sheet.c.status == SheetStatus.REVIEW.value, decided),
            chosen,
            sheet.c.sheet_id.in_(select(unlinked.c.sheet_id)),
        )
    )
    if period is not None:
        query = query.where(batch.c.period == period)
        looked_at = looked_at.where(batch.c.period == period)
    with ledger.read() as connection:
        found = {row[0]: row[1] for row in connection.execute(query)}
        counts = {status: found.get(status.value, 0) for status in SheetStatus}
        for row in rows_of(connection, looked_at):
            counts[row.seen.status] -= 1
            counts[row.reading.status] += 1
    return counts
