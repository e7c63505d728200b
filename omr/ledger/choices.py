"""What was decided about two papers that bear one serial: rows of the ledger as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from omr.ledger.schema import paper_choice
from omr.ledger.standing import Keeps, Role


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
    query = (
        select(paper_choice)
        .where(paper_choice.c.second_id.in_(about))
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
    """What is said about each second paper now, by its sheet id."""
    newest = {choice.second_id: choice for choice in choices}
    return {sheet: said for sheet, said in newest.items() if said.keeps is not Keeps.UNDONE}


def roles_of(connection: Connection, sheet_ids: Sequence[int]) -> dict[int, Role]:
    """The role of those of *sheet_ids* about which anything was decided."""
    roles: dict[int, Role] = {}
    for second, said in present(choices_about(connection, sheet_ids)).items():
        roles[second] = Role(said.keeps, roles.get(second, Role()).as_first)
        if said.keeps in (Keeps.SECOND, Keeps.NEITHER):
            roles[said.first_id] = Role(roles.get(said.first_id, Role()).as_second, said.keeps)
    return roles
