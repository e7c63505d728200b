"""How the sheets of a batch lay on the scanner and looked: what tells the scanner's health."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from omr.ledger import Ledger
from omr.ledger.schema import batch, sheet, source, streak
from omr.ledger.sheets import Axis, Streak
from omr.marks import Reason

_ROWS_AT_ONCE = 500  # ids in one statement


@dataclass(frozen=True, slots=True)
class Batch:
    """The files that one command read."""

    batch_id: int
    period: str
    started_at: str  # ISO 8601, UTC
    files: int


@dataclass(frozen=True, slots=True)
class Rules:
    """By what a batch was judged."""

    batch_id: int
    period: str
    started_at: str  # ISO 8601, UTC
    software: str
    thresholds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Capture:
    """One sheet that could be placed, or was refused for its resolution."""

    file: str
    file_pages: int
    page: int  # 0-based in its file
    reasons: tuple[Reason, ...]
    layout_id: str | None
    registration: tuple[float, ...] | None
    measurements: bytes | None
    streaks: tuple[Streak, ...]


def newest_batch(ledger: Ledger) -> Batch | None:
    """The batch that was begun last; None before the first."""
    query = (
        select(batch, func.count(source.c.source_id).label("files"))
        .join(source, source.c.batch_id == batch.c.batch_id)
        .group_by(*batch.c)
        .order_by(batch.c.batch_id.desc())
        .limit(1)
    )
    with ledger.read() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else Batch(row.batch_id, row.period, row.started_at, row.files)


def rules_of_batch(ledger: Ledger, batch_id: int | None = None) -> Rules | None:
    """By what that batch was judged, or the newest one; None if there is no such batch."""
    query = select(batch).order_by(batch.c.batch_id.desc()).limit(1)
    if batch_id is not None:
        query = query.where(batch.c.batch_id == batch_id)
    with ledger.read() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        return None
    thresholds = json.loads(row.thresholds_json)
    return Rules(row.batch_id, row.period, row.started_at, row.software, thresholds)


def captures(ledger: Ledger, batch_ids: Collection[int]) -> Iterator[Capture]:
    """Every sheet of these batches that shows how the scanner works, in scanning order."""
    query = (
        select(
            sheet.c.sheet_id,
            sheet.c.page,
            sheet.c.reasons_json,
            sheet.c.layout_id,
            sheet.c.registration_json,
            sheet.c.measurements,
            source.c.name,
            source.c.pages,
        )
        .join(source, source.c.source_id == sheet.c.source_id)
        .where(sheet.c.batch_id.in_(list(batch_ids)))
        .order_by(sheet.c.source_id, sheet.c.page, sheet.c.sheet)
    )
    with ledger.read() as connection:
        for rows in connection.execute(query).partitions(_ROWS_AT_ONCE):
            lines = _streaks(connection, [row.sheet_id for row in rows])
            for row in rows:
                reasons = tuple(Reason(word) for word in json.loads(row.reasons_json))
                if row.registration_json is None and Reason.LOW_RESOLUTION not in reasons:
                    continue
                where = row.registration_json
                yield Capture(
                    file=row.name,
                    file_pages=row.pages,
                    page=row.page,
                    reasons=reasons,
                    layout_id=row.layout_id,
                    registration=None if where is None else tuple(json.loads(where)),
                    measurements=row.measurements,
                    streaks=tuple(lines.get(row.sheet_id, ())),
                )


def _streaks(connection: Connection, sheet_ids: Collection[int]) -> dict[int, list[Streak]]:
    query = select(streak).where(streak.c.sheet_id.in_(sheet_ids)).order_by(streak.c.at_px)
    found: dict[int, list[Streak]] = {}
    for row in connection.execute(query):
        line = Streak(Axis(row.axis), row.at_px, row.width_px)
        found.setdefault(row.sheet_id, []).append(line)
    return found
