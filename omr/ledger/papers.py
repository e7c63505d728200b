"""Two papers that bear one serial: a person decides which of them count."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from omr.ledger import Ledger, now
from omr.ledger.choices import (
    Choice,
    choices_about,
    choices_of_serial,
    counting,
    present,
    roles_of,
)
from omr.ledger.decisions import LONGEST_MS, no_void_form_counts
from omr.ledger.refusals import DecisionRefused, Refusal
from omr.ledger.rows import holder_of, rows_of, sheets_query
from omr.ledger.schema import paper_choice, sheet, unlinked
from omr.ledger.sheets import SheetRow
from omr.ledger.standing import NO_ROLE, PAPER, Keeps
from omr.ledger.waiting import row_of, sheet_id_of
from omr.marks import HOLDS_SERIAL, SheetStatus

__all__ = ["Choice", "Keeps", "Pair", "choose", "find_pair", "newest_of", "undo"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two papers with one serial."""

    first: SheetRow  # that counts, or counted when it was decided
    second: SheetRow
    said: Choice | None  # what is decided about them now
    first_id: int  # of the first one's row


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
    against: str | None = None,
) -> int:
    """Keep which of two papers count.

    Where more than two papers bear one serial, each is set against the one that counts when
    it is looked at; so only the newest choice among them can be changed.

    Args:
        ledger: The open ledger.
        record_id: The second paper.
        keeps: What counts from now on.
        why: The reason, in the person's words; only keeping the first needs none.
        by: Who says so.
        milliseconds: How long both were on the screen.
        seen: The choice that stood when the person looked, 0 for none; ``None`` not to look.
        against: The record id of the first paper that they saw; ``None`` not to look.

    Returns:
        The choice's id.

    Raises:
        DecisionRefused: If it is no second paper, a reason is missing, somebody decided
            meanwhile, a later choice rests on this one, or the first paper's month can no
            longer change.
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
        if against not in (None, pair.first.record_id):
            raise DecisionRefused(Refusal.DECIDED_MEANWHILE, _newest_person(connection, pair))
        _nothing_rests_on(connection, pair)
        choice_id = _insert(connection, pair.first_id, second_id, keeps, why, by, milliseconds)
        _is_possible(connection, pair)
        return choice_id


def undo(ledger: Ledger, record_id: str, *, by: str, seen: int | None = None) -> int:
    """Take back what is decided about two papers: they wait for a person again.

    Args:
        ledger: The open ledger.
        record_id: The second paper.
        by: Who says so.
        seen: The choice to take back; another one that stands now is left alone.

    Raises:
        DecisionRefused: If nothing is decided, somebody decided meanwhile, a later choice
            rests on this one, or the first paper's month can no longer change.
    """
    with ledger.write() as connection:
        second_id = sheet_id_of(connection, record_id)
        pair = _pair(connection, record_id)
        if pair is None or pair.said is None:
            raise DecisionRefused(Refusal.NOTHING_TO_UNDO)
        if seen is not None and seen != pair.said.choice_id:
            raise DecisionRefused(Refusal.DECIDED_MEANWHILE, pair.said.decided_by)
        _nothing_rests_on(connection, pair)
        choice_id = _insert(connection, pair.first_id, second_id, Keeps.UNDONE, "", by, 0)
        _is_possible(connection, pair)
        return choice_id


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
    holder = holder_of(connection, second.seen.serial)
    choices = choices_of_serial(connection, second.seen.serial)
    said = present(choices).get(second_id)
    if said is not None:
        first_id = said.first_id
    elif holder is not None:
        counts = counting(holder.sheet_id, choices)
        first_id = counts[0] if counts else holder.sheet_id
    else:
        return None
    query = sheets_query().where(sheet.c.sheet_id == first_id)
    first = next(iter(rows_of(connection, query, with_parts=True)))
    return Pair(first, second, said, first_id)


def _newest_person(connection: Connection, pair: Pair) -> str:
    choices = choices_of_serial(connection, pair.second.seen.serial or "")
    return choices[-1].decided_by if choices else ""


def _nothing_rests_on(connection: Connection, pair: Pair) -> None:
    """Refuse to change a choice since which a further paper was set against what it left."""
    if pair.said is None:
        return
    choices = present(choices_of_serial(connection, pair.second.seen.serial or ""))
    if any(later.choice_id > pair.said.choice_id for later in choices.values()):
        raise DecisionRefused(Refusal.PAPERS_DEPEND, pair.second.seen.serial or "")


def _is_possible(connection: Connection, before: Pair) -> None:
    """Refuse what has just been said if the first paper cannot follow.

    Either its form became void while it did not count, or its month is a closed one whose
    forms and answers are no longer linked: that it counted there, or not, stays so.
    """
    for row in (before.first, before.second):
        no_void_form_counts(connection, row.record_id)
    destroyed = select(unlinked.c.status).where(unlinked.c.sheet_id == before.first_id)
    status = connection.execute(destroyed).scalar_one_or_none()
    if status is None:
        return
    role = roles_of(connection, [before.first_id]).get(before.first_id, NO_ROLE)
    ends_as_it_was = (role.as_first is None) == (SheetStatus(status) in HOLDS_SERIAL)
    if not ends_as_it_was:
        raise DecisionRefused(Refusal.MONTH_UNLINKED, before.first.period)


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
