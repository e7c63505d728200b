"""``omr ledger check``: whether the ledger is whole, and whether every row is as it was logged.

Read in one look: the database's own structure; that its rules still stand; that rows lead to
rows that are there; that the log's entries follow one another; that each row has its digest
in the log and each digest its row. What was destroyed with a month is in the log as gone.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, ForeignKey, Table, select, text

from omr.ledger import Ledger
from omr.ledger.digests import KINDS, KINDS_OF, Kind, entry_hash
from omr.ledger.log import Head, gone_keys, head_of
from omr.ledger.metadata import append_only_ddl
from omr.ledger.naming import name_of_record, name_of_row
from omr.ledger.schema import PASSING, log_entry, metadata
from omr.ledger.stored import stored_records

_ENTRIES_AT_ONCE = 50  # of up to 100 kB each


class Wrong(StrEnum):
    """What is wrong (stable words, for programs)."""

    DAMAGED = "damaged"  # the database itself
    UNPROTECTED = "unprotected"  # rows may be changed or deleted unseen
    DANGLING = "dangling"  # a row leads to one that is not there
    ENTRY_MISSING = "entry-missing"
    ENTRY_ALTERED = "entry-altered"  # or the one before it
    ENTRY_UNREADABLE = "entry-unreadable"
    LOGGED_TWICE = "logged-twice"
    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    CAME_BACK = "came-back"  # it was logged as destroyed


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        wrong: What.
        record: Which row or entry, in words.
        entry: The entry of the log that speaks of it; 0 for none.
    """

    wrong: Wrong
    record: str
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check saw.

    Attributes:
        findings: Everything that is wrong; none in a good ledger.
        records: How many records agree with the log.
        gone: How many are in the log as destroyed.
        head: The newest entry; None if there is none.
        accepted: What was ever accepted instead of a newer ledger: entry, time, what was said.
    """

    findings: tuple[Finding, ...]
    records: int
    gone: int
    head: Head | None
    accepted: tuple[tuple[int, str, dict[str, Any]], ...]


def check_ledger(ledger: Ledger) -> Checked:
    """Check everything, in one look at the ledger; it is not changed."""
    with ledger.read() as connection:
        return check(connection)


def check(connection: Connection) -> Checked:
    """The same, within the caller's transaction."""
    found = [*_structure(connection), *_protection(connection), *_dangling(connection)]
    with closing(sqlite3.connect("")) as notes:  # on the disk if it grows large
        book = _Book(notes)
        found += book.read_log(connection)
        for kinds in KINDS_OF.values():
            for kind in kinds:
                found += book.compare(connection, kind)
        found += book.missing()
        return Checked(
            tuple(found), book.agreeing, book.gone, head_of(connection), tuple(book.accepted)
        )


def hash_of_entry(ledger: Ledger, entry: int) -> str | None:
    """What seals that entry of the log; None if there is none."""
    with ledger.read() as connection:
        found: str | None = connection.execute(
            select(log_entry.c.hash).where(log_entry.c.entry == entry)
        ).scalar()
        return found


def _structure(connection: Connection) -> Iterator[Finding]:
    """What the database finds about itself; a server looks after its files by itself."""
    if connection.dialect.name == "sqlite":
        for line in connection.execute(text("pragma integrity_check")).scalars():
            if line != "ok":
                yield Finding(Wrong.DAMAGED, str(line))


def _protection(connection: Connection) -> Iterator[Finding]:
    """Triggers that forbid changes: missing, altered or put in."""
    names = [name for name in metadata.tables if name not in PASSING]
    if connection.dialect.name == "sqlite":
        wanted = {
            statement.split()[2]: statement.casefold()
            for statement in append_only_ddl("sqlite", names)
        }
        query = text("select name, sql from sqlite_master where type = 'trigger'")
        there = {row.name: row.sql.casefold() for row in connection.execute(query)}
    else:
        wanted = {f"{name}_only_added": "O" for name in names}
        query = text(
            "select tgname as name, cast(tgenabled as text) as sql from pg_trigger "
            "join pg_class on pg_class.oid = tgrelid "
            "where not tgisinternal and relnamespace = current_schema()::regnamespace"
        )
        there = {row.name: row.sql for row in connection.execute(query)}
    for name in sorted(wanted.keys() | there.keys()):
        if wanted.get(name) != there.get(name):
            yield Finding(Wrong.UNPROTECTED, name)


def _dangling(connection: Connection) -> Iterator[Finding]:
    """Rows that lead to rows that are not there."""
    for table in metadata.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda each: each.parent.name):
            for row in connection.execute(_without_parent(table, key)).mappings():
                yield Finding(Wrong.DANGLING, name_of_row(connection, table, row))


def _without_parent(table: Table, key: ForeignKey) -> Any:
    parent = key.column.table.alias("parent")
    return (
        select(table)
        .outerjoin(parent, parent.c[key.column.name] == key.parent)
        .where(key.parent.is_not(None), parent.c[key.column.name].is_(None))
    )


class _Book:
    """What the log says, record by record, struck off as the tables are read.

    Args:
        notes: An empty database of our own: years of digests are more than fits in memory.
    """

    def __init__(self, notes: sqlite3.Connection) -> None:
        self._notes = notes
        notes.execute("pragma synchronous = off")
        notes.execute(
            "create table logged (kind text, key text, digest text, entry int, "
            "primary key (kind, key)) without rowid"
        )
        notes.execute(
            "create table gone (kind text, key text, primary key (kind, key)) without rowid"
        )
        self.agreeing = 0
        self.gone = 0
        self.accepted: list[tuple[int, str, dict[str, Any]]] = []

    def read_log(self, connection: Connection) -> Iterator[Finding]:
        """Note every entry; what does not follow from the entry before is told."""
        expected, before = 1, ""
        query = select(log_entry).order_by(log_entry.c.entry)
        for row in connection.execute(query, execution_options={"yield_per": _ENTRIES_AT_ONCE}):
            if row.entry != expected:
                missing = f"{expected}-{row.entry - 1}" if row.entry - 1 > expected else expected
                yield Finding(Wrong.ENTRY_MISSING, str(missing))
            elif entry_hash(before, row.entry, row.at, row.body_json) != row.hash:
                yield Finding(Wrong.ENTRY_ALTERED, f"{row.entry} ({row.at})", row.entry)
            expected, before = row.entry + 1, row.hash
            try:
                body = json.loads(row.body_json)
                yield from self._note(row.entry, body)
            except (ValueError, TypeError, AttributeError, LookupError, sqlite3.Error):
                yield Finding(Wrong.ENTRY_UNREADABLE, f"{row.entry} ({row.at})", row.entry)
                continue
            if "accepted" in body:
                self.accepted.append((row.entry, row.at, body["accepted"]))
        if expected == 1:
            yield Finding(Wrong.ENTRY_MISSING, "1")

    def _note(self, entry: int, body: dict[str, Any]) -> Iterator[Finding]:
        for kind, records in body.get("rows", {}).items():
            rows = [(kind, json.dumps(key), digest, entry) for key, digest in records]
            put = "insert or ignore into logged values (?, ?, ?, ?)"
            if self._notes.executemany(put, rows).rowcount < len(rows):
                yield Finding(Wrong.LOGGED_TWICE, kind, entry)
        for kind, listed in body.get("gone", {}).items():
            keys = [(kind, json.dumps(key)) for key in gone_keys(listed)]
            self._notes.executemany("delete from logged where kind = ? and key = ?", keys)
            self._notes.executemany("insert or ignore into gone values (?, ?)", keys)
            self.gone += len(keys)

    def compare(self, connection: Connection, kind: Kind) -> Iterator[Finding]:
        """Strike off the records of *kind* that are as they were logged; tell of others."""
        find = "select digest, entry from logged where kind = ? and key = ?"
        strike = "delete from logged where kind = ? and key = ?"
        was_gone = "select 1 from gone where kind = ? and key = ?"
        for record in stored_records(connection, kind):
            place = (kind.name, json.dumps(record.key))
            known = self._notes.execute(find, place).fetchone()
            self._notes.execute(strike, place)
            if known is not None and known[0] == record.digest:
                self.agreeing += 1
                continue
            name = name_of_record(connection, kind, record)
            if known is not None:
                yield Finding(Wrong.ALTERED, name, known[1])
            elif self._notes.execute(was_gone, place).fetchone():
                yield Finding(Wrong.CAME_BACK, name)
            else:
                yield Finding(Wrong.INSERTED, name)

    def missing(self) -> Iterator[Finding]:
        """What was logged and is neither there nor logged as gone."""
        left: Iterable[tuple[str, str, int]] = self._notes.execute(
            "select kind, key, entry from logged order by entry, kind, key"
        )
        for kind, key, entry in left:
            name = f"{kind} {json.loads(key)}" if kind in KINDS else kind
            yield Finding(Wrong.REMOVED, name, entry)
