"""Imports of numbers: which of several about the same place and month counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from omr.ledger import now
from omr.ledger.schema import electronic_import
from omr.ledger.withdrawals import stands

_ROWS_AT_ONCE = 500


def is_known(
    connection: Connection,
    table: Any,
    rows: Sequence[dict[str, Any]],
    *,
    source: str,
    sha256: str,
) -> bool:
    """Whether the newest import of *source* was this very file and understood the same of it.

    The same file says more once a person has told what a word in it means.
    """
    newest = connection.execute(
        select(electronic_import.c.import_id, electronic_import.c.sha256)
        .where(electronic_import.c.profile == source, stands(electronic_import.c.import_id))
        .order_by(electronic_import.c.import_id.desc())
        .limit(1)
    ).first()
    if newest is None or newest.sha256 != sha256:
        return False
    held = connection.execute(select(table).where(table.c.import_id == newest.import_id))
    said = Counter(tuple(sorted(row.items())) for row in rows)
    return said == Counter(
        tuple(sorted((name, row[name]) for name in rows[0])) if rows else ()
        for row in held.mappings()
    )


def add_numbers(
    connection: Connection,
    table: Any,
    rows: Sequence[dict[str, Any]],
    *,
    source: str,
    file_name: str,
    sha256: str,
) -> None:
    """Keep an import of *source* with its *rows* of *table*."""
    import_id = connection.execute(
        insert(electronic_import)
        .values(
            profile=source,
            file_name=file_name,
            sha256=sha256,
            rows_seen=len(rows),
            rows_new=len(rows),
            problems_json="[]",
            imported_at=now(),
        )
        .returning(electronic_import.c.import_id)
    ).scalar_one()
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[first : first + _ROWS_AT_ONCE]
        connection.execute(insert(table), [{"import_id": import_id, **row} for row in some])


def newest_rows(rows: Iterable[Row[Any]], *, by_source: bool) -> list[Row[Any]]:
    """Of rows in the order of their imports those of the newest import about their place."""
    counting: dict[Hashable, int] = {}
    every = list(rows)
    for row in every:
        counting[_place(row, by_source=by_source)] = row.import_id
    return [row for row in every if counting[_place(row, by_source=by_source)] == row.import_id]


def _place(row: Row[Any], *, by_source: bool) -> Hashable:
    return (row.profile if by_source else "", row.unit, row.domain, row.period)
