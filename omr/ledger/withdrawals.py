"""Imports that were taken back: their rows stay on record and count no longer.

A withdrawal is a row of its own, with who and why. The same file may be imported again: its
rows then count as those of a new import.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select

from omr.errors import UsageError
from omr.i18n import _
from omr.ledger import Ledger, now, one_at_a_time
from omr.ledger.months import is_closed
from omr.ledger.schema import (
    aggregate_count,
    electronic_import,
    electronic_response,
    import_withdrawn,
    visit_count,
)

_BRINGS = (electronic_response, aggregate_count, visit_count)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That an import was taken back."""

    why: str
    by: str
    at: str  # ISO 8601, UTC


@dataclass(frozen=True, slots=True)
class KeptImport:
    """One import, as it stands."""

    import_id: int
    profile: str
    file_name: str
    sha256: str
    at: str  # ISO 8601, UTC
    brought: Mapping[str, int] = field(default_factory=dict)  # rows or numbers by month, sorted
    withdrawn: Withdrawal | None = None


def stands(column: ColumnElement[int]) -> ColumnElement[bool]:
    """That the import with the id in *column* was not taken back."""
    return column.not_in(select(import_withdrawn.c.import_id))


def any_withdrawn(connection: Connection) -> bool:
    """Whether any import was ever taken back."""
    return connection.execute(select(import_withdrawn.c.import_id).limit(1)).first() is not None


def kept_imports(ledger: Ledger) -> list[KeptImport]:
    """Every import, the oldest first."""
    query = (
        select(electronic_import, import_withdrawn)
        .outerjoin(import_withdrawn, import_withdrawn.c.import_id == electronic_import.c.import_id)
        .order_by(electronic_import.c.import_id)
    )
    with ledger.read() as connection:
        brought = _brought(connection)
        return [_kept(row, brought.get(row[0], {})) for row in connection.execute(query)]


def withdraw_import(ledger: Ledger, import_id: int, *, why: str, by: str) -> KeptImport:
    """Let nothing that an import brought count any more.

    What it stood instead of counts again: an earlier reading of an edited row, earlier counts
    about the same place.

    Returns:
        What it had brought.

    Raises:
        UsageError: If a reason is missing, there is no such import, it was taken back already,
            or brought anything to a month that is closed.
    """
    if not why.strip():
        raise UsageError(
            _("taking an import back needs a reason"), _("Give one with --why REASON.")
        )
    with ledger.write() as connection:
        row = connection.execute(
            select(electronic_import, import_withdrawn)
            .outerjoin(
                import_withdrawn, import_withdrawn.c.import_id == electronic_import.c.import_id
            )
            .where(electronic_import.c.import_id == import_id)
        ).one_or_none()
        if row is None:
            raise UsageError(
                _("there is no import {number}").format(number=import_id),
                _("See them with: omr reports imports"),
            )
        found = _kept(row, _brought(connection, import_id).get(import_id, {}))
        if found.withdrawn is not None:
            raise UsageError(
                _("import {number} was taken back already: {why}").format(
                    number=import_id, why=found.withdrawn.why
                ),
                _("Nothing has to be done."),
            )
        for period in found.brought:  # so that nobody closes one at this moment
            one_at_a_time(connection, f"omr month {period}")
        closed = [period for period in found.brought if is_closed(connection, period)]
        if closed:
            raise UsageError(
                _("import {number} brought answers to closed months: {periods}").format(
                    number=import_id, periods=", ".join(closed)
                ),
                _("Open them first: omr reports reopen --period {period} --why REASON").format(
                    period=closed[0]
                ),
            )
        connection.execute(
            insert(import_withdrawn).values(
                import_id=import_id, why=why.strip(), said_by=by, said_at=now()
            )
        )
    return found


def _brought(connection: Connection, import_id: int | None = None) -> dict[int, dict[str, int]]:
    """How much each import brought to which month."""
    found: dict[int, dict[str, int]] = {}
    for table in _BRINGS:
        query = select(table.c.import_id, table.c.period, func.count()).group_by(
            table.c.import_id, table.c.period
        )
        if import_id is not None:
            query = query.where(table.c.import_id == import_id)
        for number, period, count in connection.execute(query):
            months = found.setdefault(number, {})
            months[period] = months.get(period, 0) + count
    return {number: dict(sorted(months.items())) for number, months in found.items()}


def _kept(row: Row[Any], brought: Mapping[str, int]) -> KeptImport:
    back = None if row.said_at is None else Withdrawal(row.why, row.said_by, row.said_at)
    return KeptImport(
        row[0], row.profile, row.file_name, row.sha256, row.imported_at, brought, back
    )
