"""Two papers that bear one serial: a person decides which of them count."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from omr.ledger import Ledger, now
from omr.ledger.choices import Choice, choices_about, present
from omr.ledger.decisions import LONGEST_MS
from omr.ledger.refusals import DecisionRefused, Refusal
from omr.ledger.rows import holder_of, rows_of, sheets_query
from omr.ledger.schema import paper_choice, sheet
from omr.ledger.sheets import SheetRow
from omr.ledger.standing import PAPER, Keeps
from omr.ledger.waiting import row_of, sheet_id_of

__all__ = ["Choice", "Keeps", "Pair", "choose", "find_pair", "newest_of", "undo"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two papers with one serial."""

    first: SheetRow  # that counted when the second came
    second: SheetRow
    said: Choice | None  # what is decided about them now


def find_pair(ledger: Ledger, record_id: str) -> Pair | None:
    """The paper *record_id* and the one whose serial it bears; None if it is no second paper."""
    with ledger.read() as connection:
        return _pair(connection, record_id)


def choose(
    ledger: Ledger,
    record_id: str,
    keeps: Keeps,
    *,
    why: str,
    by: str,
    milliseconds: int = 0,
    seen: int | None = None,
) -> int:
    """Keep which of two papers count.

    Args:
        ledger: The open ledger.
        record_id: The second paper.
        keeps: What counts from now on.
        why: The reason, in the person's words; only keeping the first needs none.
        by: Who says so.
        milliseconds: How long both were on the screen.
        seen: The choice that stood when the person looked, 0 for none; ``None`` not to look.

    Returns:
        The choice's id.

    Raises:
        DecisionRefused: If it is no second paper, a reason is missing, or somebody decided
            meanwhile.
    """
    if keeps is Keeps.UNDONE:
        raise DecisionRefused(Refusal.NOT_ASKED)
    if keeps is not Keeps.FIRST and not why.strip():
        raise DecisionRefused(Refusal.NO_REASON_GIVEN)
    with ledger.write() as connection:
        second_id = sheet_id_of(connection, record_id)
        pair = _pair(connection, record_id)
        if pair is None:
            raise DecisionRefused(Refusal.NOT_ASKED)
        said = pair.said
        if seen is not None and seen != (said.choice_id if said else 0):
            if said and (said.decided_by, said.keeps, said.why) == (by, keeps, why.strip()):
                return said.choice_id
            raise DecisionRefused(Refusal.DECIDED_MEANWHILE, said.decided_by if said else "")
        first_id = sheet_id_of(connection, pair.first.record_id)
        return _insert(connection, first_id, second_id, keeps, why, by, milliseconds)


def undo(ledger: Ledger, record_id: str, *, by: str) -> int:
    """Take back what is decided about two papers: they wait for a person again.

    Raises:
        DecisionRefused: If nothing is decided.
    """
    with ledger.write() as connection:
        second_id = sheet_id_of(connection, record_id)
        pair = _pair(connection, record_id)
        if pair is None or pair.said is None:
            raise DecisionRefused(Refusal.NOTHING_TO_UNDO)
        return _insert(connection, pair.said.first_id, second_id, Keeps.UNDONE, "", by, 0)


def newest_of(ledger: Ledger, by: str) -> tuple[str, Choice] | None:
    """The newest choice of *by* that still stands, with the second paper's record id."""
    query = (
        select(paper_choice.c.second_id, paper_choice.c.choice_id, sheet.c.record_id)
        .join(sheet, sheet.c.sheet_id == paper_choice.c.second_id)
        .where(paper_choice.c.decided_by == by, paper_choice.c.keeps != Keeps.UNDONE.value)
        .order_by(paper_choice.c.choice_id.desc())
    )
    with ledger.read() as connection:
        for row in connection.execute(query):
            stands = present(choices_about(connection, [row.second_id])).get(row.second_id)
            if stands is not None and stands.choice_id == row.choice_id:
                return row.record_id, stands
    return None


def _pair(connection: Connection, record_id: str) -> Pair | None:
    second = row_of(connection, record_id)
    if second is None or PAPER not in second.asked or second.seen.serial is None:
        return None
    second_id = sheet_id_of(connection, record_id)
    said = present(choices_about(connection, [second_id])).get(second_id)
    if said is not None:
        first_id = said.first_id
    else:
        holder = holder_of(connection, second.seen.serial)
        if holder is None:
            return None
        first_id = holder.sheet_id
    query = sheets_query().where(sheet.c.sheet_id == first_id)
    first = next(iter(rows_of(connection, query, with_parts=True)))
    return Pair(first, second, said)


def _insert(
    connection: Connection,
    first_id: int,
    second_id: int,
    keeps: Keeps,
    why: str,
    by: str,
    milliseconds: int,
) -> int:
    return int(
        connection.execute(
            insert(paper_choice)
            .values(
                first_id=first_id,
                second_id=second_id,
                keeps=keeps.value,
                why=why.strip(),
                decided_by=by,
                decided_at=now(),
                milliseconds=min(max(milliseconds, 0), LONGEST_MS),
            )
            .returning(paper_choice.c.choice_id)
        ).scalar_one()
    )
