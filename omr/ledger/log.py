"""The log that cannot be switched off: what every transaction added, each entry sealed.

Whatever is added to the ledger is seen here on its way to the database, without a word from
the module that adds it; the digests of a transaction's rows (:mod:`omr.ledger.digests`) are
one entry, written last in the same transaction. An entry is sealed to the one before it, so
none can be changed, taken out, put in or moved afterwards; :mod:`omr.ledger.checking` tells.

On a server the head of the log is locked from there to the end of the transaction: entries
stand in the order in which they were kept, and nobody who holds that lock waits for another.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Insert, event, func, insert, select, text

from omr.ledger.connecting import one_at_a_time
from omr.ledger.digests import COLUMNS, KINDS_OF, Key, Kind, entry_hash
from omr.ledger.log_salts import Salts
from omr.ledger.schema import log_entry, metadata
from omr.ledger.stored import stored_records

Rows = Sequence[Mapping[str, Any]]

_PENDING = "omr log"
_BEGINS = '{"begun":'
_NEWEST = (
    select(
        log_entry.c.entry,
        log_entry.c.hash,
        log_entry.c.at,
        func.substr(log_entry.c.body_json, 1, len(_BEGINS)) == _BEGINS,
    )
    .order_by(log_entry.c.entry.desc())
    .limit(1)
)
_MOST_IN_A_RANGE = 100_000_000  # more would be a damaged entry, which must not hang a check
_RECORDS_IN_ENTRY = 2000  # a million imported rows are 500 entries of 100 kB


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry of a log."""

    entry: int
    hash: str
    at: str  # ISO 8601, UTC
    is_beginning: bool = False  # nothing was added since the log was begun


@dataclass(slots=True)
class _Pending:
    """What a transaction has added so far."""

    given: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)  # rows by table
    above: dict[str, int] = field(default_factory=dict)  # highest number before, by table
    numbered: Counter[str] = field(default_factory=Counter)  # rows above these, by table
    records: dict[str, list[tuple[Key, str]]] = field(default_factory=dict)  # by kind
    count: int = 0
    bodies: list[dict[str, Any]] = field(default_factory=list)  # complete, in their order
    gone: dict[str, list[Any]] = field(default_factory=dict)  # keys by kind
    said: dict[str, Any] = field(default_factory=dict)
    head: Head | None = None

    def add(self, kind: Kind, key: Key, digest: str) -> None:
        self.records.setdefault(kind.name, []).append((key, digest))
        self.count += 1
        if self.count >= _RECORDS_IN_ENTRY:
            self.cut()

    def cut(self) -> None:
        """Let what is there be an entry of its own."""
        if self.records:
            self.bodies.append({"rows": self.records})
        self.records, self.count = {}, 0


def listen(engine: Engine) -> None:
    """Let nothing be added through *engine* without the log."""
    event.listen(engine, "before_execute", _before)
    event.listen(engine, "after_execute", _after)


@contextmanager
def logged(connection: Connection) -> Iterator[_Pending]:
    """Log what is added inside; the entry is written when the block ends well."""
    pending = _Pending()
    connection.info[_PENDING] = pending
    try:
        yield pending
        _write(connection, pending)
    finally:
        connection.info.pop(_PENDING, None)


def say_gone(connection: Connection, kind: str, keys: Iterable[Key]) -> None:
    """Log that records go for good in this transaction, so that nobody misses them."""
    every = list(keys)
    numbers = sorted(key for key in every if isinstance(key, int))
    names = sorted(key for key in every if isinstance(key, str))
    pending: _Pending = connection.info[_PENDING]
    pending.gone.setdefault(kind, []).extend([*_ranges(numbers), *names])


def gone_keys(listed: Iterable[Any]) -> Iterator[Key]:
    """The keys that :func:`say_gone` listed.

    Raises:
        ValueError, TypeError: If it cannot have listed them.
    """
    for each in listed:
        if isinstance(each, list):
            first, last = each
            if not 0 <= last - first < _MOST_IN_A_RANGE:
                raise ValueError(each)
            yield from range(first, last + 1)
        else:
            yield each


def say(connection: Connection, what: str, about: Mapping[str, Any]) -> None:
    """Log something that happened to the ledger itself."""
    connection.info[_PENDING].said[what] = dict(about)


def head_of(connection: Connection) -> Head | None:
    """The newest entry; None in a ledger that has no log yet."""
    row = connection.execute(_NEWEST).one_or_none()
    return None if row is None else Head(row.entry, row.hash, row.at, bool(row[3]))


def begin_log(connection: Connection) -> None:
    """Begin the log of a ledger with everything that is in it; for the migrations."""
    pending = _Pending(said={"begun": {"random": secrets.token_hex(16)}})
    for kinds in KINDS_OF.values():
        for kind in kinds:
            for record in stored_records(connection, kind, migrating=True):
                pending.add(kind, record.key, record.digest)
    pending.cut()
    bodies = [{"begun": pending.said["begun"]}]
    bodies += [{"begun": {}, **body} for body in pending.bodies]
    _append(connection, bodies)


def _before(
    connection: Connection, clause: Any, _many: Any, _one: Any, _options: Mapping[str, Any]
) -> None:
    if not isinstance(clause, Insert) or not _is_covered(clause):
        return
    pending = connection.info.get(_PENDING)
    if pending is None:
        raise RuntimeError(f"rows of {clause.table.name} are only added in Ledger.write()")
    name = clause.table.name
    number = metadata.tables[name].autoincrement_column
    if number is not None and name not in pending.above:
        pending.above[name] = connection.execute(select(func.max(number))).scalar() or 0


def _after(
    connection: Connection,
    clause: Any,
    _many: Any,
    _one: Any,
    _options: Mapping[str, Any],
    result: Any,
) -> None:
    if not isinstance(clause, Insert) or not _is_covered(clause):
        return
    name = clause.table.name
    rows = result.context.compiled_parameters
    if clause.select is not None or not COLUMNS[name] >= rows[0].keys():
        raise RuntimeError(f"rows of {name} are added one by one or as a list")
    pending: _Pending = connection.info[_PENDING]
    number = metadata.tables[name].autoincrement_column
    if number is not None:  # read back later: most numbers are the database's
        above = pending.above[name]
        given = [row for row in rows if (row.get(number.name) or above + 1) <= above]
        pending.numbered[name] += len(rows) - len(given)
        rows = given
    [kind, *parts] = KINDS_OF[name]
    if kind.salt_by is None and not kind.together and not parts:
        for row in rows:
            pending.add(kind, kind.key_of(row, None), kind.digest_of([row], None))
    elif rows:
        pending.given.setdefault(name, []).extend(rows)


def _is_covered(clause: Insert) -> bool:
    name = getattr(clause.table, "name", "")
    return name in KINDS_OF and metadata.tables[name] is clause.table


def _write(connection: Connection, pending: _Pending) -> None:
    added = {name: [*rows] for name, rows in pending.given.items()}
    for name, above in pending.above.items():
        numbered = _numbered(connection, name, above)
        if len(numbered) != pending.numbered[name]:  # it was added in a savepoint, or replaced
            raise RuntimeError(f"rows of {name} were added in a way that cannot be logged")
        added.setdefault(name, []).extend(numbered)
    salts = Salts(connection, added)
    for name, rows in added.items():
        for kind in KINDS_OF[name]:
            for some in _records(kind, rows):
                salt = salts.of(kind, some[0])
                pending.add(kind, kind.key_of(some[0], salt), kind.digest_of(some, salt))
    pending.cut()
    if pending.gone:
        pending.bodies.append({"gone": pending.gone})
    if pending.said:
        pending.bodies.append(pending.said)
    if pending.bodies:
        pending.head = _append(connection, pending.bodies)


def _numbered(connection: Connection, name: str, above: int) -> Rows:
    """The rows with numbers *above* that this transaction added."""
    table = metadata.tables[name]
    number = table.autoincrement_column
    if number is None:
        raise RuntimeError(f"rows of {name} are not numbered by the database")
    query = select(table).where(number > above).order_by(number)
    if connection.dialect.name == "postgresql":  # others may have added some meanwhile
        query = query.where(text(f"{name}.xmin = pg_current_xact_id()::xid"))
    return [dict(row) for row in connection.execute(query).mappings()]


def _records(kind: Kind, rows: Rows) -> Iterable[Rows]:
    """*rows* as they are records of *kind*."""
    if not kind.together:
        return ([row] for row in rows if kind.covers(row))
    found: dict[Any, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[kind.key[0]], []).append(row)
    return found.values()


def _append(connection: Connection, bodies: Sequence[Mapping[str, Any]]) -> Head:
    """Write entries at the end of the log."""
    one_at_a_time(connection, "omr log")
    head = head_of(connection)
    entry, before = (0, "") if head is None else (head.entry, head.hash)
    rows = []
    at = datetime.now(UTC).isoformat(timespec="seconds")
    for body in bodies:
        entry += 1
        body_json = json.dumps(body, separators=(",", ":"))
        before = entry_hash(before, entry, at, body_json)
        rows.append({"entry": entry, "at": at, "body_json": body_json, "hash": before})
    connection.execute(insert(log_entry), rows)
    return Head(entry, before, at)


def _ranges(numbers: Sequence[int]) -> list[list[int]]:
    """*numbers*, rising, as first and last of each unbroken row of them."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found
