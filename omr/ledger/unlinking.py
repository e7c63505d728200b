"""Destroys the link between serials and answers of a closed month.

Which forms came back stays known; what stood on them is left only in what was counted, which
names no form. This is the one place where rows of the ledger are deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, null, select, text, update

from omr.ledger import Ledger
from omr.ledger.digests import KINDS, KINDS_OF, Kind
from omr.ledger.log import say_gone
from omr.ledger.metadata import append_only_ddl, may_delete_ddl
from omr.ledger.months import MonthAct, say_unlinked
from omr.ledger.rows import rows_of, sheets_query
from omr.ledger.schema import (
    alert_note,
    answer,
    batch,
    comment_note,
    decision,
    identified,
    identified_place,
    month_version,
    picture_part,
    second_reading,
    sheet,
    unlinked,
)
from omr.ledger.sheets import SheetRow
from omr.ledger.stored import stored_records
from omr.marks import HOLDS_SERIAL, AnswerState

_ABOUT_DECISIONS = (second_reading, identified, identified_place)
_ABOUT_SHEETS = (answer, picture_part, comment_note, decision)
_CHANGED = (
    "month_version",
    "sheet",
    "alert_note",
    *(t.name for t in (*_ABOUT_DECISIONS, *_ABOUT_SHEETS)),
)
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Unlinked:
    """What was destroyed."""

    sheets: int
    pictures: tuple[str, ...]  # SHA-256 of pictures that no other sheet has: to be deleted
    alert_notes: int  # a note names the sheet and a question: that this form complained


def unlink_month(ledger: Ledger, period: str, body: bytes, *, by: str) -> Unlinked:
    """Destroy which answers stood on which forms of a closed month.

    Args:
        ledger: The open ledger.
        period: The month.
        body: What was counted, without anything that leads to a form; it stands instead of
            what was kept when the month was closed.
        by: Who says so.

    Raises:
        UsageError: If the month is not closed, or it was done before.
    """
    with ledger.write() as connection:
        dialect = connection.dialect.name
        closed = say_unlinked(connection, period, body, by)
        query = sheets_query().where(batch.c.period == period)
        rows = list(rows_of(connection, query))
        ids = dict(
            connection.execute(
                select(sheet.c.record_id, sheet.c.sheet_id).where(
                    sheet.c.record_id.in_(select(query.subquery().c.record_id))
                )
            ).all()
        )
        if rows:
            connection.execute(insert(unlinked), [_end(ids[row.record_id], row) for row in rows])
        for statement in may_delete_ddl(dialect, _CHANGED):
            connection.execute(text(statement))
        emptied = and_(
            month_version.c.period == period,
            month_version.c.number <= closed.number,
            month_version.c.act == MonthAct.CLOSE.value,
        )
        _log_gone(connection, KINDS["month_version.body"], emptied)
        connection.execute(update(month_version).where(emptied).values(body=null(), salt=null()))
        notes = 0
        records = list(ids)
        for first in range(0, len(records), _ROWS_AT_ONCE):
            some = alert_note.c.record_id.in_(records[first : first + _ROWS_AT_ONCE])
            _log_gone(connection, KINDS["alert_note"], some)
            notes += connection.execute(delete(alert_note).where(some)).rowcount
        pictures: set[str] = set()
        every = list(ids.values())
        for first in range(0, len(every), _ROWS_AT_ONCE):
            pictures |= _forget(connection, every[first : first + _ROWS_AT_ONCE])
        for statement in append_only_ddl(dialect, _CHANGED):
            connection.execute(text(statement))
        left = tuple(sorted(pictures - _shown(connection, pictures)))
    ledger.forget_deleted()
    return Unlinked(len(rows), left, notes)


def _end(sheet_id: int, row: SheetRow) -> dict[str, Any]:
    """How a sheet ended."""
    reading, held = row.reading, row.seen.status in HOLDS_SERIAL
    # A second paper that a person lets count brings its form back as well.
    came_back = reading.status in HOLDS_SERIAL or (held and row.displaced)
    return {
        "sheet_id": sheet_id,
        "status": reading.status.value,
        "serial": reading.serial if came_back else None,
        "unit": reading.unit,
        "domain": reading.domain,
        "says_something": int(
            any(said.state is not AnswerState.BLANK for said in reading.answers.values())
        ),
    }


def _forget(connection: Connection, sheet_ids: Sequence[int]) -> set[str]:
    """Delete what stood on some sheets; the pictures that they had."""
    which = sheet.c.sheet_id.in_(sheet_ids)
    parts = select(picture_part.c.sha256).where(picture_part.c.sheet_id.in_(sheet_ids))
    had = {
        digest
        for query in (select(sheet.c.picture).where(which), parts)
        for digest in connection.execute(query).scalars()
        if digest
    }
    decisions = select(decision.c.decision_id).where(decision.c.sheet_id.in_(sheet_ids))
    about = [(table, table.c.decision_id.in_(decisions)) for table in _ABOUT_DECISIONS]
    about += [(table, table.c.sheet_id.in_(sheet_ids)) for table in _ABOUT_SHEETS]
    _log_gone(connection, KINDS["sheet.measurements"], which)
    for table, where in about:
        for kind in KINDS_OF[table.name]:
            _log_gone(connection, kind, where)
        connection.execute(delete(table).where(where))
    connection.execute(
        update(sheet).where(which).values(picture=null(), measurements=null(), salt=null())
    )
    return had


def _log_gone(connection: Connection, kind: Kind, where: ColumnElement[bool]) -> None:
    """Say in the log which records go; nothing there says any more what they were about."""
    say_gone(connection, kind.name, (each.key for each in stored_records(connection, kind, where)))


def _shown(connection: Connection, digests: set[str]) -> set[str]:
    """Those of *digests* that some sheet still has."""
    every, found = sorted(digests), set[str]()
    for first in range(0, len(every), _ROWS_AT_ONCE):
        some = every[first : first + _ROWS_AT_ONCE]
        for column in (sheet.c.picture, picture_part.c.sha256):
            query = select(column).where(column.in_(some))
            found |= {digest for digest in connection.execute(query).scalars() if digest}
    return found
