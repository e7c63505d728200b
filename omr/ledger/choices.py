"""What was decided about two papers that bear one serial: rows of the ledger as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, or_, select

from omr.ledger.schema import paper_choice, sheet
from omr.ledger.standing import NO_ROLE, Keeps, Role


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that a person said about two papers."""

    choice_id: int
    first_id: int  # the sheet that counted until then
    second_id: int
    keeps: Keeps
    why: str
    decided_by: str
    decided_at: str  # ISO 8601, UTC
    milliseconds: int


def choices_about(connection: Connection, sheet_ids: Sequence[int]) -> list[Choice]:
    """Every choice about second papers that *sheet_ids* are, or were set against; in order."""
    about = select(paper_choice.c.second_id).where(
        or_(paper_choice.c.second_id.in_(sheet_ids), paper_choice.c.first_id.in_(sheet_ids))
    )
    return _choices(connection, about)


def choices_of_serial(connection: Connection, serial: str) -> list[Choice]:
    """Every choice about papers that bear *serial*, in order."""
    papers = select(sheet.c.sheet_id).where(sheet.c.serial == serial)
    return _choices(connection, papers)


def _choices(connection: Connection, seconds: Select[tuple[int]]) -> list[Choice]:
    query = (
        select(paper_choice)
        .where(paper_choice.c.second_id.in_(seconds))
        .order_by(paper_choice.c.choice_id)
    )
    return [
        Choice(
            row.choice_id,
            row.first_id,
            row.second_id,
            Keeps(row.keeps),
            row.why,
            row.decided_by,
            row.decided_at,
            row.milliseconds,
        )
        for row in connection.execute(query)
    ]


def present(choices: Sequence[Choice]) -> dict[int, Choice]:
    """What is said about each second paper now, by its sheet id; the oldest first."""
    newest = {choice.second_id: choice for choice in choices}
    still = (said for said in newest.values() if said.keeps is not Keeps.UNDONE)
    return {said.second_id: said for said in sorted(still, key=lambda said: said.choice_id)}


def counting(holder_id: int, choices: Sequence[Choice]) -> list[int]:
    """Which papers with one serial count, by sheet id, the first one first.

    Args:
        holder_id: The paper that came first.
        choices: Every choice about papers with that serial, in order.
    """
    found = [holder_id]
    for said in present(choices).values():
        keeps = {
            Keeps.FIRST: [said.first_id],
            Keeps.SECOND: [said.second_id],
            Keeps.BOTH: [said.first_id, said.second_id],
        }.get(said.keeps, [])
        others = [one for one in found if one not in (said.first_id, said.second_id)]
        found = keeps + others
    return found


def roles_of(connection: Connection, sheet_ids: Sequence[int]) -> dict[int, Role]:
    """The role of those of *sheet_ids* about which anything was decided."""
    roles: dict[int, Role] = {}
    for second, said in present(choices_about(connection, sheet_ids)).items():
        roles[second] = Role(said.keeps, roles.get(second, NO_ROLE).as_first)
        first = roles.get(said.first_id, NO_ROLE)
        if said.keeps in (Keeps.SECOND, Keeps.NEITHER):
            roles[said.first_id] = Role(first.as_second, said.keeps)
        elif first.as_first is not None:  # it was set against another paper before, and lost
            roles[said.first_id] = Role(first.as_second)
    return roles
