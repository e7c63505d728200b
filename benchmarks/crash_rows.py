"""What lies in ledgers and folders, so that two runs can be compared."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

Outcome = Callable[[Path], object]
# Ids that chance draws, and moments: two undisturbed runs differ in them too.
_PASSING = re.compile(r".*_at|record_id|milliseconds|.*_id|row_key|hash|previous|chain.*|salt")


def all_tables(path: Path) -> list[str]:
    """The names of the tables in a database's file."""
    with closing(sqlite3.connect(path)) as db:
        query = "select name from sqlite_master where type = 'table' and name not like 'sqlite%'"
        return sorted(row[0] for row in db.execute(query))


def tables(
    root: Path, names: Iterable[str], *, file: str = "ledger.db"
) -> dict[str, list[tuple[str, ...]]]:
    """The rows of some tables without ids and moments, sorted."""
    found = {}
    with closing(sqlite3.connect(root / file)) as db:
        for name in names:
            columns = [row[1] for row in db.execute(f"pragma table_info({name})")]
            told = [f'"{each}"' for each in columns if not _PASSING.fullmatch(each)]
            rows = db.execute(f"select {', '.join(told) or '1'} from {name}").fetchall()  # noqa: S608
            found[name] = sorted(tuple(map(short, row)) for row in rows)
    return found


def short(cell: object) -> str:
    """*cell* in words, or the beginning of its hash if these are many."""
    text = cell if isinstance(cell, bytes) else str(cell).encode()
    return hashlib.sha256(text).hexdigest()[:16] if len(text) > 60 else str(cell)


def rows_of(*names: str) -> Outcome:
    """What is in some tables of the ledger."""
    return lambda root: tables(root, names)


def files_of(name: str) -> Outcome:
    """The hashes of the files in the folder *name*, or of that file."""

    def outcome(root: Path) -> dict[str, str]:
        place = root.parent / name
        files = sorted(place.iterdir()) if place.is_dir() else [place]
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}

    return outcome
