"""Handwritten comments: crops of them, and what people made of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from omr.geometry import PageRect
from omr.ledger import Ledger, now
from omr.ledger.decisions import LONGEST_MS
from omr.ledger.refusals import DecisionRefused, Refusal
from omr.ledger.rows import rows_of, sheets_query
from omr.ledger.schema import batch, comment_note, picture_part, sheet
from omr.ledger.sheets import COMMENT_PART, SheetRow
from omr.ledger.waiting import row_of, sheet_id_of
from omr.marks import HOLDS_SERIAL

_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class CommentRow:
    """One comment on paper."""

    record_id: str
    file: str
    page: int  # 0-based
    serial: str | None
    unit: str | None
    domain: str | None
    period: str
    sha256: str  # of the crop
    region: PageRect  # of the upright sheet
    text: str  # as typed; empty: not transcribed
    tags: tuple[str, ...]
    personal: bool  # names or describes somebody
    by: str  # who said so; empty: nobody looked at it yet
    at: str  # ISO 8601, UTC; empty likewise


def comments(ledger: Ledger, period: str | None = None) -> list[CommentRow]:
    """Every comment on sheets that count or may, in file and page order."""
    bearing = select(picture_part.c.sheet_id).where(picture_part.c.part == COMMENT_PART)
    query = sheets_query().where(sheet.c.sheet_id.in_(bearing))
    if period is not None:
        query = query.where(batch.c.period == period)
    with ledger.read() as connection:
        rows = [
            row
            for row in rows_of(connection, query, with_parts=True)
            if row.reading.status in HOLDS_SERIAL
        ]
        notes = _notes(connection, [row.record_id for row in rows])
    return [_comment(row, notes.get(row.record_id)) for row in rows]


def add_comment(
    ledger: Ledger,
    record_id: str,
    text: str,
    tags: Iterable[str],
    *,
    personal: bool,
    by: str,
    milliseconds: int = 0,
) -> int:
    """Keep what a person made of a sheet's comment; what was said before stays on record.

    Returns:
        The note's id.

    Raises:
        DecisionRefused: If the sheet bears no comment.
    """
    with ledger.write() as connection:
        sheet_id = sheet_id_of(connection, record_id)
        row = row_of(connection, record_id)
        if row is None or COMMENT_PART not in row.parts:
            raise DecisionRefused(Refusal.NOT_ASKED)
        return int(
            connection.execute(
                insert(comment_note)
                .values(
                    sheet_id=sheet_id,
                    text=unicodedata.normalize("NFC", text).strip(),
                    tags="|".join(dict.fromkeys(tags)),
                    personal=int(personal),
                    said_by=by,
                    said_at=now(),
                    milliseconds=min(max(milliseconds, 0), LONGEST_MS),
                )
                .returning(comment_note.c.note_id)
            ).scalar_one()
        )


@dataclass(frozen=True, slots=True)
class _Note:
    text: str
    tags: tuple[str, ...]
    personal: bool
    by: str
    at: str


def _notes(connection: Connection, records: Sequence[str]) -> dict[str, _Note]:
    """The newest note about each sheet."""
    found = {}
    for first in range(0, len(records), _ROWS_AT_ONCE):
        query = (
            select(sheet.c.record_id, comment_note)
            .join(sheet, sheet.c.sheet_id == comment_note.c.sheet_id)
            .where(sheet.c.record_id.in_(records[first : first + _ROWS_AT_ONCE]))
            .order_by(comment_note.c.note_id)
        )
        for row in connection.execute(query):
            tags = tuple(row.tags.split("|")) if row.tags else ()
            found[row.record_id] = _Note(
                row.text, tags, bool(row.personal), row.said_by, row.said_at
            )
    return found


def _comment(row: SheetRow, note: _Note | None) -> CommentRow:
    part, said = row.parts[COMMENT_PART], note or _Note("", (), personal=False, by="", at="")
    return CommentRow(
        record_id=row.record_id,
        file=row.file,
        page=row.reading.page,
        serial=row.reading.serial,
        unit=row.reading.unit,
        domain=row.reading.domain,
        period=row.period,
        sha256=part.sha256,
        region=part.region,
        text=said.text,
        tags=said.tags,
        personal=said.personal,
        by=said.by,
        at=said.at,
    )
