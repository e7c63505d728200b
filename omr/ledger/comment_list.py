"""Comments to go through one by one: which are open, who may see those about a person.

:mod:`omr.ledger.comments` gives all of them with everything that is said; here is what a page
needs that shows one of thousands.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    func,
    insert,
    or_,
    select,
    union,
)

from omr.geometry import PageRect
from omr.ledger import Ledger, now
from omr.ledger.refusals import DecisionRefused, Refusal
from omr.ledger.reviewed import Standing
from omr.ledger.schema import (
    batch,
    comment_note,
    decision,
    identified,
    picture_part,
    sheet,
    source,
)
from omr.ledger.sheets import COMMENT_PART
from omr.ledger.waiting import sheet_id_of
from omr.marks import DISPUTED, HOLDS_SERIAL, SheetStatus


class CommentTag(StrEnum):
    """What a comment is about (stable words, kept in the ledger)."""

    PRAISE = "praise"
    ATTITUDE = "attitude"  # of staff, criticised
    WAITING = "waiting"
    PROCEDURE = "procedure"
    COST = "cost"
    FACILITIES = "facilities"
    NAMES_STAFF = "names-staff"
    OTHER = "other"


class State(StrEnum):
    """How far the work on a comment has come."""

    OPEN = "open"  # nobody looked at it
    DONE = "done"
    PERSONAL = "personal"  # done, and shown to few


@dataclass(frozen=True, slots=True)
class CommentLine:
    """One comment in a list."""

    record_id: str
    file: str
    page: int  # 0-based
    sheet: int  # 0-based on its page
    period: str
    sha256: str  # of the crop
    state: State
    text: str  # as typed; not for everybody where the state is PERSONAL
    tags: tuple[str, ...]
    by: str  # who said so last; empty: nobody
    at: str  # ISO 8601, UTC; empty likewise


@dataclass(frozen=True, slots=True)
class Hidden:
    """A comment that a kept picture must not show."""

    layout_id: str  # of its sheet
    shows: PageRect | None  # what of the sheet the picture shows; None: all of it
    comment: PageRect


def comment_lines(
    ledger: Ledger, standing: Standing, *, period: str | None = None
) -> list[CommentLine]:
    """Every comment on sheets that count or may, in file and page order.

    Args:
        ledger: The open ledger.
        standing: How the reviewed sheets stand.
        period: Only batches of that reporting month.
    """
    newest = (
        select(comment_note.c.sheet_id, func.max(comment_note.c.note_id).label("note_id"))
        .group_by(comment_note.c.sheet_id)
        .subquery()
    )
    query = (
        select(
            sheet.c.sheet_id,
            sheet.c.record_id,
            sheet.c.page,
            sheet.c.sheet,
            sheet.c.status,
            source.c.name,
            batch.c.period,
            picture_part.c.sha256,
            comment_note,
        )
        .join(picture_part, picture_part.c.sheet_id == sheet.c.sheet_id)
        .join(source, source.c.source_id == sheet.c.source_id)
        .join(batch, batch.c.batch_id == source.c.batch_id)
        .outerjoin(newest, newest.c.sheet_id == sheet.c.sheet_id)
        .outerjoin(comment_note, comment_note.c.note_id == newest.c.note_id)
        .where(picture_part.c.part == COMMENT_PART)
        .order_by(sheet.c.source_id, sheet.c.page, sheet.c.sheet)
    )
    if period is not None:
        query = query.where(batch.c.period == period)
    found = []
    with ledger.read() as connection:
        for row in connection.execute(query):
            one = standing.get(row.sheet_id)
            status = SheetStatus(row.status) if one is None else one.status
            if status in HOLDS_SERIAL:
                found.append(
                    CommentLine(
                        record_id=row.record_id,
                        file=row.name,
                        page=row.page,
                        sheet=row.sheet,
                        period=row.period,
                        sha256=row.sha256,
                        state=_state(row.note_id, row.personal),
                        text=row.text or "",
                        tags=tuple(row.tags.split("|")) if row.tags else (),
                        by=row.said_by or "",
                        at=row.said_at or "",
                    )
                )
    return found


def comment_periods(ledger: Ledger) -> list[str]:
    """The reporting months in which comments were scanned, the newest first."""
    query = (
        select(batch.c.period)
        .join(source, source.c.batch_id == batch.c.batch_id)
        .join(sheet, sheet.c.source_id == source.c.source_id)
        .join(picture_part, picture_part.c.sheet_id == sheet.c.sheet_id)
        .where(picture_part.c.part == COMMENT_PART)
        .distinct()
        .order_by(batch.c.period.desc())
    )
    with ledger.read() as connection:
        return list(connection.execute(query).scalars())


def may_see(ledger: Ledger, record_id: str, person: str) -> bool:
    """Whether *person* may see a sheet's comment as it is.

    Everybody may as long as it is not marked as personal; then those alone who said so, or
    who asked to see it (:func:`ask_to_see`), since it was marked.
    """
    with ledger.read() as connection:
        return _may_see(connection, record_id, person)


def hidden_on(ledger: Ledger, digest: str, person: str) -> list[Hidden]:
    """The comments that *person* may not see of the sheets which the picture *digest* shows."""
    crop, comment = picture_part.alias("crop"), picture_part.alias("bears")
    query = (
        select(
            sheet.c.record_id,
            sheet.c.layout_id,
            sheet.c.picture,
            crop.c.part,
            *_corners(crop, "crop"),
            *_corners(comment, "comment"),
        )
        .join(comment, (comment.c.sheet_id == sheet.c.sheet_id) & (comment.c.part == COMMENT_PART))
        .outerjoin(crop, (crop.c.sheet_id == sheet.c.sheet_id) & (crop.c.sha256 == digest))
        .where(
            sheet.c.sheet_id.in_(
                union(
                    select(sheet.c.sheet_id).where(sheet.c.picture == digest),
                    select(picture_part.c.sheet_id).where(picture_part.c.sha256 == digest),
                )
            )
        )
    )
    with ledger.read() as connection:
        return [
            Hidden(
                row.layout_id or "",
                None
                if row.picture == digest or row.part is None
                else PageRect(row.crop_x, row.crop_y, row.crop_w, row.crop_h),
                PageRect(row.comment_x, row.comment_y, row.comment_w, row.comment_h),
            )
            for row in connection.execute(query)
            if not _may_see(connection, row.record_id, person)
        ]


def ask_to_see(ledger: Ledger, record_id: str, *, by: str) -> None:
    """Let *by* see a personal comment; that they asked stays on record.

    What is said about the comment stays as it is.

    Raises:
        DecisionRefused: If the sheet has no comment that is marked as personal.
    """
    with ledger.write() as connection:
        sheet_id = sheet_id_of(connection, record_id)
        row = connection.execute(_notes(record_id).limit(1)).first()
        if row is None or not row.personal:
            raise DecisionRefused(Refusal.NOT_ASKED)
        connection.execute(
            insert(comment_note).values(
                sheet_id=sheet_id,
                text=row.text,
                tags=row.tags,
                personal=1,
                said_by=by,
                said_at=now(),
                milliseconds=0,
            )
        )


def _corners(table: FromClause, name: str) -> list[ColumnElement[Any]]:
    return [table.c[f"{side}_mm"].label(f"{name}_{side}") for side in "xywh"]


def _may_see(connection: Connection, record_id: str, person: str) -> bool:
    return all(
        _may_see_one(connection, each, person)
        for each in [record_id, *_other_scans(connection, record_id)]
    )


def _may_see_one(connection: Connection, record_id: str, person: str) -> bool:
    rows = connection.execute(_notes(record_id)).all()
    marked = list(takewhile(lambda row: row.personal, rows))  # since it was marked
    return not marked or any(row.said_by == person for row in marked)


def _other_scans(connection: Connection, record_id: str) -> list[str]:
    """The sheets with the serial of one that was scanned again.

    The same writing is on it, but as nobody is asked about a rescan, nobody can mark it.
    """
    row = connection.execute(select(sheet).where(sheet.c.record_id == record_id)).one_or_none()
    if row is None or row.serial is None or row.status != SheetStatus.DUPLICATE.value:
        return []
    if DISPUTED.intersection(json.loads(row.reasons_json)):
        return []  # another paper, with a comment of its own
    typed = (
        select(decision.c.sheet_id)
        .join(identified, identified.c.decision_id == decision.c.decision_id)
        .where(identified.c.serial == row.serial)
    )
    query = select(sheet.c.record_id).where(
        or_(sheet.c.serial == row.serial, sheet.c.sheet_id.in_(typed)),
        sheet.c.sheet_id != row.sheet_id,
        or_(sheet.c.status != SheetStatus.DUPLICATE.value, _disputed()),
    )
    return list(connection.execute(query).scalars())


def _disputed() -> ColumnElement[bool]:
    return or_(*(sheet.c.reasons_json.contains(f'"{r.value}"') for r in sorted(DISPUTED)))


def _notes(record_id: str) -> Select[Any]:
    """What was said about a sheet's comment, the newest first."""
    return (
        select(comment_note)
        .join(sheet, sheet.c.sheet_id == comment_note.c.sheet_id)
        .where(sheet.c.record_id == record_id)
        .order_by(comment_note.c.note_id.desc())
    )


def _state(note_id: int | None, personal: int | None) -> State:
    if note_id is None:
        return State.OPEN
    return State.PERSONAL if personal else State.DONE
