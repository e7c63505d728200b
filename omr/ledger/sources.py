"""Batches and the scan files in them: what was announced, and how far it was read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from omr.ledger import Ledger, now
from omr.ledger.schema import batch, sheet, source

_ROWS_AT_ONCE = 500  # values in one statement


@dataclass(frozen=True, slots=True)
class Source:
    """A scan file that the ledger knows by its content."""

    source_id: int
    name: str
    pages: int
    batch_id: int
    period: str


@dataclass(frozen=True, slots=True)
class NewSource:
    """A scan file that is to be announced."""

    sha256: str
    name: str  # as given; never used as a path
    size_bytes: int
    pages: int


def open_batch(
    ledger: Ledger, *, period: str, software: str, thresholds: Mapping[str, float]
) -> int:
    """Start a batch: the files read by one command. Returns its id."""
    with ledger.write() as connection:
        return _insert_batch(connection, period, software, thresholds)


def announce_sources(
    ledger: Ledger,
    files: Sequence[NewSource],
    *,
    period: str,
    software: str,
    thresholds: Mapping[str, float],
) -> dict[str, Source]:
    """Announce new files in a batch of their own, all in one transaction.

    Returns:
        Every one of *files* by SHA-256. Content that the ledger knows is not announced again:
        another process may have been faster.
    """
    with ledger.write() as connection:
        known = _sources(connection, [file.sha256 for file in files])
        new = [file for file in files if file.sha256 not in known]
        if not new:
            return known
        batch_id = _insert_batch(connection, period, software, thresholds)
        return known | _insert_sources(connection, batch_id, new)


def find_sources(ledger: Ledger, digests: Sequence[str]) -> dict[str, Source]:
    """The files with these contents that were read before, in full or in part, by SHA-256."""
    with ledger.read() as connection:
        return _sources(connection, digests)


def find_source(ledger: Ledger, sha256: str) -> Source | None:
    """The file with that content, if it was read before, in full or in part."""
    return find_sources(ledger, [sha256]).get(sha256)


def add_sources(ledger: Ledger, batch_id: int, files: Sequence[NewSource]) -> dict[str, Source]:
    """Announce new files, all in one transaction.

    Returns:
        Every one of them by SHA-256. Content that the ledger knows is not announced again:
        another process may have been faster.
    """
    with ledger.write() as connection:
        known = _sources(connection, [file.sha256 for file in files])
        new = [file for file in files if file.sha256 not in known]
        return known | _insert_sources(connection, batch_id, new)


def pages_done(ledger: Ledger, source_id: int) -> set[int]:
    """The pages of a file that have been read."""
    with ledger.read() as connection:
        return set(
            connection.execute(
                select(sheet.c.page).where(sheet.c.source_id == source_id).distinct()
            ).scalars()
        )


def _insert_batch(
    connection: Connection, period: str, software: str, thresholds: Mapping[str, float]
) -> int:
    return int(
        connection.execute(
            insert(batch)
            .values(
                period=period,
                software=software,
                thresholds_json=json.dumps(dict(thresholds), sort_keys=True),
                started_at=now(),
            )
            .returning(batch.c.batch_id)
        ).scalar_one()
    )


def _insert_sources(
    connection: Connection, batch_id: int, files: Sequence[NewSource]
) -> dict[str, Source]:
    rows = {
        file.sha256: {
            "sha256": file.sha256,
            "name": file.name,
            "size_bytes": file.size_bytes,
            "pages": file.pages,
            "batch_id": batch_id,
        }
        for file in files
    }
    if rows:
        connection.execute(insert(source), list(rows.values()))
    return _sources(connection, list(rows))


def _sources(connection: Connection, digests: Sequence[str]) -> dict[str, Source]:
    found = {}
    for start in range(0, len(digests), _ROWS_AT_ONCE):
        query = (
            select(source, batch.c.period)
            .join(batch, batch.c.batch_id == source.c.batch_id)
            .where(source.c.sha256.in_(digests[start : start + _ROWS_AT_ONCE]))
        )
        for row in connection.execute(query):
            found[row.sha256] = Source(row.source_id, row.name, row.pages, row.batch_id, row.period)
    return found
