"""What was read and what became of it, batch by batch and file by file, for people to see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from omr.ledger import Ledger
from omr.ledger.deciders import made_in
from omr.ledger.reviewed import Reviewed, Standing
from omr.ledger.schema import batch, sheet, source
from omr.marks import SheetStatus


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """The files that one command read, and how their sheets stand."""

    batch_id: int
    period: str
    started_at: str  # ISO 8601, UTC
    software: str
    files: int
    pages: int  # in these files
    pages_read: int
    sheets: Mapping[SheetStatus, int]  # every status has an entry
    waits: int  # decisions
    decided_by: Mapping[str, int]  # decisions made, undone ones too; most first

    @property
    def total(self) -> int:
        """Sheets seen."""
        return sum(self.sheets.values())


@dataclass(frozen=True, slots=True)
class FileSummary:
    """One scan file of a batch."""

    source_id: int
    name: str  # as given; never used as a path
    pages: int
    pages_read: int
    sheets: Mapping[SheetStatus, int]
    waits: int


def count_batches(ledger: Ledger) -> int:
    """How many batches were ever begun that announced a file."""
    with ledger.read() as connection:
        query = select(func.count(source.c.batch_id.distinct()))
        return int(connection.execute(query).scalar_one())


def batches(
    ledger: Ledger, standing: Standing, *, first: int = 0, count: int = 20
) -> list[BatchSummary]:
    """Batches, the newest first.

    Args:
        ledger: The open ledger.
        standing: How the reviewed sheets stand.
        first: How many to leave out.
        count: At most so many.
    """
    query = (
        select(source.c.batch_id)
        .distinct()
        .order_by(source.c.batch_id.desc())
        .offset(first)
        .limit(count)
    )
    with ledger.read() as connection:
        return _summaries(connection, standing, list(connection.execute(query).scalars()))


def find_batch(ledger: Ledger, standing: Standing, batch_id: int) -> BatchSummary | None:
    """One batch; None if there is none, or it announced no file."""
    with ledger.read() as connection:
        return next(iter(_summaries(connection, standing, [batch_id])), None)


def batch_of(ledger: Ledger, record_id: str) -> int | None:
    """The batch in which the sheet *record_id* was read; None if there is no such sheet."""
    query = (
        select(source.c.batch_id)
        .join(sheet, sheet.c.source_id == source.c.source_id)
        .where(sheet.c.record_id == record_id)
    )
    with ledger.read() as connection:
        return connection.execute(query).scalar_one_or_none()


def batch_files(ledger: Ledger, standing: Standing, batch_id: int) -> list[FileSummary]:
    """The files of a batch, in the order in which they were announced."""
    with ledger.read() as connection:
        files = connection.execute(
            select(source).where(source.c.batch_id == batch_id).order_by(source.c.source_id)
        ).all()
        counts = _counts(connection, source.c.source_id, source.c.batch_id == batch_id)
        read = _pages_read(connection, source.c.source_id, source.c.batch_id == batch_id)
        own = {
            row.sheet_id: row.source_id
            for row in connection.execute(
                select(sheet.c.sheet_id, sheet.c.source_id)
                .join(source, source.c.source_id == sheet.c.source_id)
                .where(source.c.batch_id == batch_id)
            )
        }
    waits = _moved(counts, standing, lambda one: own.get(one.sheet_id))
    return [
        FileSummary(
            file.source_id,
            file.name,
            file.pages,
            read[file.source_id],
            {status: counts[file.source_id, status] for status in SheetStatus},
            waits[file.source_id],
        )
        for file in files
    ]


def _summaries(
    connection: Connection, standing: Standing, ids: Sequence[int]
) -> list[BatchSummary]:
    among = source.c.batch_id.in_(ids)
    rows = connection.execute(
        select(
            batch,
            func.count(source.c.source_id).label("files"),
            func.sum(source.c.pages).label("pages"),
        )
        .join(source, source.c.batch_id == batch.c.batch_id)
        .where(among)
        .group_by(*batch.c)
        .order_by(batch.c.batch_id.desc())
    ).all()
    counts = _counts(connection, source.c.batch_id, among)
    read = _pages_read(connection, source.c.batch_id, among)
    people = made_in(connection, ids)
    waits = _moved(counts, standing, lambda one: one.batch_id)
    return [
        BatchSummary(
            batch_id=row.batch_id,
            period=row.period,
            started_at=row.started_at,
            software=row.software,
            files=row.files,
            pages=int(row.pages),
            pages_read=read[row.batch_id],
            sheets={status: counts[row.batch_id, status] for status in SheetStatus},
            waits=waits[row.batch_id],
            decided_by=dict(people.get(row.batch_id, Counter()).most_common()),
        )
        for row in rows
    ]


def _counts(connection: Connection, by: Any, among: Any) -> Counter[tuple[int, SheetStatus]]:
    """Sheets as the machine left them, by *by* and status."""
    query = (
        select(by.label("place"), sheet.c.status, func.count().label("sheets"))
        .join(source, source.c.source_id == sheet.c.source_id)
        .where(among)
        .group_by(by, sheet.c.status)
    )
    return Counter(
        {(row.place, SheetStatus(row.status)): row.sheets for row in connection.execute(query)}
    )


def _pages_read(connection: Connection, by: Any, among: Any) -> Counter[int]:
    pages = (
        select(sheet.c.source_id, sheet.c.page)
        .join(source, source.c.source_id == sheet.c.source_id)
        .where(among)
        .distinct()
        .subquery()
    )
    query = (
        select(by.label("place"), func.count().label("pages"))
        .select_from(pages)
        .join(source, source.c.source_id == pages.c.source_id)
        .group_by(by)
    )
    return Counter({row.place: row.pages for row in connection.execute(query)})


def _moved(
    counts: Counter[tuple[int, SheetStatus]],
    standing: Standing,
    place_of: Callable[[Reviewed], int | None],
) -> Counter[int]:
    """Let *counts* say how sheets stand, and count what waits at each place."""
    waits: Counter[int] = Counter()
    for one in standing.values():
        place = place_of(one)
        if place is None:
            continue
        waits[place] += len(one.waits)
        if one.status is not one.seen:
            counts[place, one.seen] -= 1
            counts[place, one.status] += 1
    return waits
