"""Everything that people ever said about one sheet, in the order in which they said it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, or_, select

from omr.ledger import Ledger
from omr.ledger.schema import comment_note, decision, paper_choice, second_reading, sheet


class Act(StrEnum):
    """What kind of thing was said."""

    DECISION = "decision"
    SECOND = "second"  # a blind second reading
    CHOICE = "choice"  # between two papers with one serial
    COMMENT = "comment"  # a note about the handwritten comment


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a person said."""

    act: Act
    about: str  # IDENTITY, WHOLE or a question's id; empty for choices and comments
    said: str  # a verdict, what a choice keeps; for comments "personal" or empty
    options: tuple[str, ...]
    why: str  # a choice's reason, as typed
    by: str
    at: str  # ISO 8601, UTC
    milliseconds: int
    other: str | None = None  # a choice's other paper, its record id


def history(ledger: Ledger, record_id: str) -> list[Entry]:
    """Everything said about the sheet *record_id*, undone or not, the oldest first."""
    with ledger.read() as connection:
        sheet_id = connection.execute(
            select(sheet.c.sheet_id).where(sheet.c.record_id == record_id)
        ).scalar_one_or_none()
        if sheet_id is None:
            return []
        found = [
            *_decisions(connection, sheet_id),
            *_seconds(connection, sheet_id),
            *_choices(connection, sheet_id),
            *_notes(connection, sheet_id),
        ]
    return sorted(found, key=lambda entry: entry.at)  # stable: within a second, as above


def _decisions(connection: Connection, sheet_id: int) -> list[Entry]:
    query = select(decision).where(decision.c.sheet_id == sheet_id).order_by(decision.c.decision_id)
    return [
        Entry(
            Act.DECISION,
            row.question,
            row.verdict,
            _split(row.options),
            "",
            row.decided_by,
            row.decided_at,
            row.milliseconds,
        )
        for row in connection.execute(query)
    ]


def _seconds(connection: Connection, sheet_id: int) -> list[Entry]:
    query = (
        select(second_reading, decision.c.question)
        .join(decision, decision.c.decision_id == second_reading.c.decision_id)
        .where(decision.c.sheet_id == sheet_id)
        .order_by(second_reading.c.second_id)
    )
    return [
        Entry(
            Act.SECOND,
            row.question,
            row.verdict,
            _split(row.options),
            "",
            row.decided_by,
            row.decided_at,
            row.milliseconds,
        )
        for row in connection.execute(query)
    ]


def _choices(connection: Connection, sheet_id: int) -> list[Entry]:
    first, second = sheet.alias("first_paper"), sheet.alias("second_paper")
    query = (
        select(
            paper_choice,
            first.c.record_id.label("first_record"),
            second.c.record_id.label("second_record"),
        )
        .join(first, first.c.sheet_id == paper_choice.c.first_id)
        .join(second, second.c.sheet_id == paper_choice.c.second_id)
        .where(or_(paper_choice.c.first_id == sheet_id, paper_choice.c.second_id == sheet_id))
        .order_by(paper_choice.c.choice_id)
    )
    return [
        Entry(
            Act.CHOICE,
            "",
            row.keeps,
            (),
            row.why,
            row.decided_by,
            row.decided_at,
            row.milliseconds,
            row.second_record if row.first_id == sheet_id else row.first_record,
        )
        for row in connection.execute(query)
    ]


def _notes(connection: Connection, sheet_id: int) -> list[Entry]:
    query = (
        select(comment_note)
        .where(comment_note.c.sheet_id == sheet_id)
        .order_by(comment_note.c.note_id)
    )
    return [
        Entry(
            Act.COMMENT,
            "",
            "personal" if row.personal else "",
            _split(row.tags),
            "",
            row.said_by,
            row.said_at,
            row.milliseconds,
        )
        for row in connection.execute(query)
    ]


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()
