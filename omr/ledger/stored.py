"""The ledger's records as they stand in its tables, with the digests that they have now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, inspect, null, select

from omr.ledger.digests import Key, Kind
from omr.ledger.schema import decision, sheet

_ROWS_AT_ONCE = 1000  # keeps memory flat over years of sheets


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands."""

    key: Key
    digest: str
    rows: Sequence[Any]  # one, or several that are one record


def stored_records(
    connection: Connection,
    kind: Kind,
    where: ColumnElement[bool] | None = None,
    *,
    migrating: bool = False,
) -> Iterator[Record]:
    """Every record of *kind*, by key; with *where* only those that it is true of.

    With *migrating* only columns that the database has are read, and a table that comes with a
    later step has no records.
    """
    columns = list(kind.table.columns)
    if migrating:
        if not inspect(connection).has_table(kind.table.name):
            return
        there = {column["name"] for column in inspect(connection).get_columns(kind.table.name)}
        columns = [column for column in columns if column.name in there]
    place, salt = _with_salt(kind)
    query = (
        select(*columns, salt.label("its_salt"))
        .select_from(place)
        .order_by(*(kind.table.c[name] for name in kind.key))
    )
    if where is not None:
        query = query.where(where)
    rows: Any = connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE})
    if kind.together:
        [name] = kind.key
        for _key, some in groupby(rows, key=lambda row: row._mapping[name]):  # noqa: SLF001
            yield _record(kind, list(some))
        return
    for row in rows:
        if kind.covers(row._mapping):  # noqa: SLF001 - the public name of a row as a mapping
            yield _record(kind, [row])


def _record(kind: Kind, rows: Sequence[Any]) -> Record:
    values = [row._mapping for row in rows]  # noqa: SLF001
    salt = rows[0].its_salt
    salt = None if salt is None else bytes(salt)
    return Record(kind.key_of(values[0], salt), kind.digest_of(values, salt), rows)


def _with_salt(kind: Kind) -> tuple[FromClause, ColumnElement[Any]]:
    """Where the rows of *kind* are found together with their salt, and the salt.

    Rows whose sheet is missing are found as well, without one.
    """
    table = kind.table
    match kind.salt_by:
        case "salt":
            return table, table.c.salt
        case "sheet_id":
            return table.outerjoin(sheet, sheet.c.sheet_id == table.c.sheet_id), sheet.c.salt
        case "decision_id":
            by_decision = table.outerjoin(
                decision, decision.c.decision_id == table.c.decision_id
            ).outerjoin(sheet, sheet.c.sheet_id == decision.c.sheet_id)
            return by_decision, sheet.c.salt
        case "record_id":
            return table.outerjoin(sheet, sheet.c.record_id == table.c.record_id), sheet.c.salt
    return table, null()
