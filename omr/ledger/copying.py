"""A whole ledger in another database: a file or a server, verified before it counts.

Every row is copied as it is, the log's as well: so the log goes on where it was, and whoever
has seen the ledger recognises it. One transaction; nothing is left of one that fails.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, inspect, select, text

from omr.errors import LedgerUnusable, UsageError
from omr.i18n import _
from omr.ledger import Ledger, counter_of, take_drafts_away
from omr.ledger.checking import check
from omr.ledger.connecting import make_engine, make_one_file, named_failures, sqlite_path, with_path
from omr.ledger.log import Head, head_of
from omr.ledger.metadata import append_only_ddl, may_delete_ddl
from omr.ledger.migrate import upgrade
from omr.ledger.network_share import refuse_network_share
from omr.ledger.schema import PASSING, log_entry, metadata
from omr.new_file import keep_folder_entry

_ROWS_AT_ONCE = 1000
_MODULUS = 1 << 256


@dataclass(frozen=True, slots=True)
class TableSum:
    """What is in a table, whatever order its rows are in: their number, and a sum of hashes."""

    rows: int
    hash: str


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was verified."""

    tables: Mapping[str, TableSum]
    head: Head


def copy_ledger(ledger: Ledger, url: str) -> Copied:
    """Copy *ledger* into the new database at *url*, and prove that it is the same.

    Args:
        ledger: The open ledger.
        url: A file that does not exist, or a server's database without a ledger in it.

    Raises:
        UsageError: If something is there.
        LedgerUnusable: If it cannot be written, or what was written is not what was read.
    """
    path = sqlite_path(url)
    if path is None:
        with named_failures():
            return _copied(ledger, url)
    take_drafts_away(path)
    if path.exists():
        raise UsageError(
            _("{path} is there already").format(path=path),
            _("Name a file that does not exist, or move that one away."),
        )
    refuse_network_share(path)
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with named_failures():
            copied = _copied(ledger, with_path(url, draft))
        make_one_file(draft)
        counter = counter_of(url)
        if counter is not None:  # before its name: a copy without one would stay without
            counter.start_over(copied.head)
        draft.replace(path)
        keep_folder_entry(path.parent)
    except OSError as error:
        raise LedgerUnusable(
            _("{path} cannot be written: {why}").format(path=path, why=error.strerror or error),
            _("Choose a folder that you may write to, with some free space."),
        ) from error
    finally:
        for ending in ("", "-wal", "-shm"):
            Path(f"{draft}{ending}").unlink(missing_ok=True)
    return copied


def refuse_filled(url: str) -> None:
    """Refuse a server's database that is not empty.

    Raises:
        UsageError: If it is not.
        LedgerUnusable: If it cannot be reached.
    """
    engine = make_engine(url)
    try:
        with named_failures(), engine.connect() as connection:
            _refuse_filled(connection)
    finally:
        engine.dispose()


def table_sums(connection: Connection) -> dict[str, TableSum]:
    """What is in every table that is copied."""
    return {table.name: _sum(connection, table) for table in _tables()}


def _copied(ledger: Ledger, url: str) -> Copied:
    engine = make_engine(url)
    try:
        with ledger.read() as source, engine.begin() as target:
            _refuse_filled(target)
            upgrade(target)
            _clear_log(target)
            for table in _tables():
                for rows in _rows(source, table):
                    target.execute(insert(table), rows)
            if target.dialect.name == "postgresql":
                _set_numbers(target)
            return _verified(source, target)
    finally:
        engine.dispose()


def _refuse_filled(connection: Connection) -> None:
    if inspect(connection).get_table_names():
        raise UsageError(
            _("there is something in that database already"),
            _("Let the server's administrator make an empty one."),
        )


def _verified(source: Connection, target: Connection) -> Copied:
    before, after = table_sums(source), table_sums(target)
    wrong = sorted(name for name in before if before[name] != after[name])
    checked = check(target)
    wrong += [f"{found.wrong.value} {found.record}" for found in checked.findings]
    head = head_of(target)
    if wrong or head is None:
        raise LedgerUnusable(
            _("the copy is not what the ledger is: {what}").format(what=", ".join(wrong[:5])),
            _("Nothing was kept of it. See: omr ledger check"),
        )
    return Copied(after, head)


def _tables() -> list[Table]:
    return [table for table in metadata.sorted_tables if table.name not in PASSING]


def _clear_log(target: Connection) -> None:
    """Take out what the new ledger's own log was begun with."""
    dialect = target.dialect.name
    for statement in may_delete_ddl(dialect, [log_entry.name]):
        target.execute(text(statement))
    target.execute(delete(log_entry))
    for statement in append_only_ddl(dialect, [log_entry.name]):
        target.execute(text(statement))


def _set_numbers(target: Connection) -> None:
    """Let a server count on from the highest numbers that were copied."""
    for table in _tables():
        number = table.autoincrement_column
        if number is not None:
            sequence = func.pg_get_serial_sequence(table.name, number.name)
            highest = select(func.max(number)).scalar_subquery()
            target.execute(
                select(func.setval(sequence, func.coalesce(highest, 1), highest.is_not(None)))
            )


def _rows(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    query = select(table).order_by(*table.primary_key.columns)
    found = connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE})
    for some in found.mappings().partitions(_ROWS_AT_ONCE):
        yield [dict(row) for row in some]


def _sum(connection: Connection, table: Table) -> TableSum:
    rows = total = 0
    for some in _rows(connection, table):
        for row in some:
            said = [_plain(value) for value in row.values()]
            digest = hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).digest()
            total = (total + int.from_bytes(digest)) % _MODULUS
            rows += 1
    return TableSum(rows, f"{total:064x}")


def _plain(value: Any) -> Any:
    return ["bytes", bytes(value).hex()] if isinstance(value, bytes | memoryview) else value
