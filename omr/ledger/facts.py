"""A look at a ledger that changes nothing in it, and what a check-up asks of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from omr.ledger import Ledger, sqlite_path
from omr.ledger.log import head_of
from omr.ledger.schema import HEAD_REVISION, batch, sheet, source


@dataclass(frozen=True, slots=True)
class Glance:
    """What can be told before a ledger is opened, which may change its shape."""

    steps: int  # of migration that opening it will take
    fault: str  # in the words of SQLite; empty if the file is whole
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Facts:
    """How much a ledger holds, and when it was last written to."""

    sheets: int
    newest: datetime | None
    busiest: int  # sheets of the month that has most


def glance(url: str) -> Glance | None:
    """Look at an embedded ledger's file without opening it for good; None for a server.

    Raises:
        OSError: If there is no file, or it cannot be looked at.
        sqlite3.DatabaseError: If it is no database, or locked.
    """
    path = sqlite_path(url)
    if path is None:
        return None
    size = path.stat().st_size
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        (said,) = connection.execute("pragma quick_check(1)").fetchone()
        try:
            (revision,) = connection.execute("select version_num from alembic_version").fetchone()
        except (sqlite3.OperationalError, TypeError):  # no table, or nothing in it
            revision = ""  # opening it will say what it is
    steps = int(HEAD_REVISION) - int(revision) if revision.isdecimal() else 0
    return Glance(max(0, steps), "" if said == "ok" else str(said), size)


def facts(ledger: Ledger) -> Facts:
    """How much *ledger* holds."""
    per_month = (
        select(func.count().label("sheets"))
        .select_from(sheet.join(source).join(batch))
        .group_by(batch.c.period)
        .subquery()
    )
    with ledger.read() as connection:
        count = connection.execute(select(func.count()).select_from(sheet)).scalar_one()
        busiest = connection.execute(select(func.max(per_month.c.sheets))).scalar()
        head = head_of(connection)
    newest = None if head is None else datetime.fromisoformat(head.at)
    return Facts(int(count), newest, int(busiest or 0))
