"""What the log says of a row: its key and a digest, the same on every kind of database.

A digest covers a row's values in the order of the table's columns, without the empty ones at
the end: so a column that a later version adds leaves the digests of older rows as they are.

What is destroyed when a month is unlinked (:mod:`omr.ledger.unlinking`) is digested together
with a random salt of its sheet, which goes with it. Without the salt nobody can find out from
the log what stood on a form by trying all possible answers.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Float, Integer, LargeBinary, Table

from omr.ledger.schema import PASSING, log_entry, metadata

Key = int | str
Values = Mapping[str, Any]

_DIGEST_BYTES = 24  # 192 bits of SHA-256: 96 against two rows made to have one digest
_NAME_BYTES = 9  # 72 bits: tells apart the crops of one ledger
_OWN = ("salt",)

# Tables whose rows go when a month is unlinked, and the column that leads to the salt.
SALTED: Mapping[str, str] = {
    "answer": "sheet_id",
    "picture_part": "sheet_id",
    "decision": "sheet_id",
    "comment_note": "sheet_id",
    "second_reading": "decision_id",
    "identified": "decision_id",
    "identified_place": "decision_id",
    "alert_note": "record_id",
}
# Columns that are emptied then, while the row stays: a record of their own.
_EMPTIED: Mapping[str, tuple[str, ...]] = {
    "sheet": ("measurements", "picture"),
    "month_version": ("body",),
}
# Rows that are always added together are one record; it is named by what they have in common.
_TOGETHER: Mapping[str, str] = {"answer": "sheet_id", "issued": "run_id"}
# Rows whose key says something about a form: the log names them by a digest as well.
_NAMELESS = frozenset({"picture_part"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record in the log.

    Attributes:
        name: Of the table, or table and column where a part of a row is a record of its own.
        table: Where its rows are.
        key: Columns that name a record.
        columns: What the digest covers.
        salt_by: The column that leads to the salt; None for rows that never go.
        together: Whether several rows are one record.
        nameless: Whether the key is not to be seen in the log.
        part: Whether it is a part of a row; a part that is empty is no record.
    """

    name: str
    table: Table
    key: tuple[str, ...]
    columns: tuple[str, ...]
    salt_by: str | None = None
    together: bool = False
    nameless: bool = False
    part: bool = False

    def covers(self, row: Values) -> bool:
        """Whether *row* has anything for this kind of record."""
        return not self.part or any(row[name] is not None for name in self.columns)

    def key_of(self, row: Values, salt: bytes | None) -> Key:
        """What names the record of *row* in the log."""
        if len(self.key) == 1:
            value = row[self.key[0]]
            return int(value) if isinstance(self.table.c[self.key[0]].type, Integer) else str(value)
        coders = _CODERS[self.table.name]
        text = _text([coders[name](row[name]) for name in self.key])
        if self.nameless and salt is not None:
            return _short(salt + text.encode(), _NAME_BYTES)
        return text

    def digest_of(self, rows: Iterable[Values], salt: bytes | None) -> str:
        """Digest of the record that *rows* make up; they may be in any order."""
        coders = _CODERS[self.table.name]
        how = [(name, coders[name]) for name in self.columns]
        said = [_trimmed([_coded(coder, row.get(name)) for name, coder in how]) for row in rows]
        if self.together:
            said.sort()
        # The salt's length is fixed, so nothing can pass from it to the text or back.
        return _short((salt or b"") + f"{self.name}\n{_text(said)}".encode(), _DIGEST_BYTES)


def entry_hash(before: str, entry: int, at: str, body_json: str) -> str:
    """What seals an entry of the log to the one before it (SHA-256, hexadecimal).

    Args:
        before: Hash of the entry before; empty for the first.
        entry: Its number.
        at: When it was written.
        body_json: What it says.
    """
    return hashlib.sha256(f"{before}\n{entry}\n{at}\n{body_json}".encode()).hexdigest()


def _kinds(table: Table) -> list[Kind]:
    emptied = _EMPTIED.get(table.name, ())
    kept = tuple(c.name for c in table.columns if c.name not in (*emptied, *_OWN))
    primary = tuple(column.name for column in table.primary_key.columns)
    together = _TOGETHER.get(table.name)
    kinds = [
        Kind(
            table.name,
            table,
            (together,) if together else primary,
            kept,
            salt_by=SALTED.get(table.name),
            together=together is not None,
            nameless=table.name in _NAMELESS,
        )
    ]
    if emptied:
        name = f"{table.name}.{emptied[0]}"
        kinds.append(Kind(name, table, primary, emptied, salt_by="salt", part=True))
    return kinds


def _coded(coder: Callable[[Any], Any], value: Any) -> Any:
    return value if value is None or value.__class__ is str else coder(value)


def _coder(column: Column[Any]) -> Callable[[Any], Any]:
    """How a value of *column* is written in what is digested."""
    if isinstance(column.type, Integer):
        return int
    if isinstance(column.type, Float):
        return float
    if isinstance(column.type, LargeBinary):
        return lambda value: hashlib.sha256(value).hexdigest()
    return str


def _trimmed(values: list[Any]) -> list[Any]:
    while values and values[-1] is None:
        values.pop()
    return values


def _text(values: Sequence[Any]) -> str:
    return json.dumps(values, separators=(",", ":"))


def _short(data: bytes, size: int) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()[:size]).decode()


_COVERED = [t for t in metadata.sorted_tables if t.name not in PASSING and t is not log_entry]
_CODERS = {table.name: {c.name: _coder(c) for c in table.columns} for table in _COVERED}
KINDS_OF: Mapping[str, tuple[Kind, ...]] = {t.name: tuple(_kinds(t)) for t in _COVERED}
KINDS: Mapping[str, Kind] = {kind.name: kind for kinds in KINDS_OF.values() for kind in kinds}
COLUMNS: Mapping[str, frozenset[str]] = {name: frozenset(c) for name, c in _CODERS.items()}
