"""What waits for a person, and what changed since somebody last looked."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Integer, Table, and_, func, or_, select

from omr.ledger import Ledger
from omr.ledger.months import MonthAct
from omr.ledger.refusals import DecisionRefused, Refusal
from omr.ledger.rows import rows_of, sheets_query
from omr.ledger.schema import (
    decision,
    month_version,
    paper_choice,
    picture_part,
    second_reading,
    sheet,
)
from omr.ledger.sheets import SheetRow
from omr.ledger.standing import Decision, Verdict, current, decisions_by_sheet
from omr.marks import DISPUTED, SheetStatus


def may_be_asked() -> ColumnElement[bool]:
    """That a sheet is one about which people are, or were, asked anything."""
    disputed = or_(*(sheet.c.reasons_json.contains(f'"{r.value}"') for r in sorted(DISPUTED)))
    return or_(
        sheet.c.status == SheetStatus.REVIEW.value,
        and_(sheet.c.status == SheetStatus.DUPLICATE.value, disputed),
    )


def open_sheets(ledger: Ledger) -> list[SheetRow]:
    """Every sheet on which something waits for a person, in file and page order."""
    with ledger.read() as connection:
        waits = sheets_query().where(may_be_asked())
        return [row for row in rows_of(connection, waits, with_parts=True) if row.open]


def find_sheet(ledger: Ledger, record_id: str) -> SheetRow | None:
    """One sheet as it stands."""
    with ledger.read() as connection:
        return row_of(connection, record_id)


def find_decisions(ledger: Ledger, record_id: str) -> list[Decision]:
    """Everything that people ever said about a sheet, the oldest first."""
    with ledger.read() as connection:
        sheet_id = sheet_id_of(connection, record_id)
        return decisions_by_sheet(connection, [sheet_id]).get(sheet_id, [])


def picture_is_kept(ledger: Ledger, digest: str) -> bool:
    """Whether any sheet's picture, or a crop of it, has that SHA-256."""
    with ledger.read() as connection:
        return any(
            connection.execute(query.limit(1)).first() is not None
            for query in (
                select(sheet.c.sheet_id).where(sheet.c.picture == digest),
                select(picture_part.c.sheet_id).where(picture_part.c.sha256 == digest),
            )
        )


@dataclass(frozen=True, slots=True)
class Point:
    """How far the ledger had come at some moment: ids of its newest rows, 0 for none."""

    decision_id: int = 0
    sheet_id: int = 0
    second_id: int = 0
    choice_id: int = 0
    unlinked: int = 0  # months whose answers were destroyed, and with them newest rows' ids


def newest(ledger: Ledger) -> Point:
    """How far the ledger has come."""
    with ledger.read() as connection:
        return _newest(connection)


def changed_sheets(ledger: Ledger, since: Point) -> tuple[Point, list[str]]:
    """How far the ledger has come, and the sheets that are new or decided about since."""
    with ledger.read() as connection:
        reached = _newest(connection)
        if reached == since:
            return reached, []
        if reached.unlinked != since.unlinked:
            # Ids are given again once rows are gone, so they tell nothing about what is new.
            every = sheets_query().where(
                or_(may_be_asked(), sheet.c.sheet_id.in_(select(paper_choice.c.first_id)))
            )
            records = connection.execute(select(every.subquery().c.record_id))
            return reached, list(records.scalars())
        decided = select(decision.c.sheet_id).where(decision.c.decision_id > since.decision_id)
        doubted = (
            select(decision.c.sheet_id)
            .join(second_reading, second_reading.c.decision_id == decision.c.decision_id)
            .where(second_reading.c.second_id > since.second_id)
        )
        chosen = paper_choice.c.choice_id > since.choice_id
        rows = connection.execute(
            select(sheet.c.record_id)
            .where(
                or_(
                    and_(may_be_asked(), sheet.c.sheet_id > since.sheet_id),
                    sheet.c.sheet_id.in_(decided),
                    sheet.c.sheet_id.in_(doubted),
                    sheet.c.sheet_id.in_(select(paper_choice.c.second_id).where(chosen)),
                    sheet.c.sheet_id.in_(select(paper_choice.c.first_id).where(chosen)),
                ),
            )
            .order_by(sheet.c.sheet_id)
        )
        return reached, list(rows.scalars())


def newest_of(ledger: Ledger, by: str, since: int = 0) -> tuple[str, Decision] | None:
    """The newest decision that *by* made after decision *since* and that still counts.

    Returns:
        The sheet's record id and the decision.
    """
    query = (
        select(decision.c.decision_id, decision.c.question, decision.c.sheet_id, sheet.c.record_id)
        .join(sheet, sheet.c.sheet_id == decision.c.sheet_id)
        .where(
            decision.c.decided_by == by,
            decision.c.decision_id > since,
            decision.c.verdict != Verdict.UNDONE.value,
        )
        .order_by(decision.c.decision_id.desc())
    )
    with ledger.read() as connection:
        for row in connection.execute(query):
            said = decisions_by_sheet(connection, [row.sheet_id])[row.sheet_id]
            now_said = current(said, row.question)
            if now_said is not None and now_said.decision_id == row.decision_id:
                return row.record_id, now_said
    return None


def row_of(connection: Connection, record_id: str) -> SheetRow | None:
    """One sheet as it stands, with its crops."""
    query = sheets_query().where(sheet.c.record_id == record_id)
    return next(iter(rows_of(connection, query, with_parts=True)), None)


def sheet_id_of(connection: Connection, record_id: str) -> int:
    """The sheet's id; its row stays locked, so two people's decisions queue up.

    Raises:
        DecisionRefused: If there is no such sheet.
    """
    found = connection.execute(
        select(sheet.c.sheet_id).where(sheet.c.record_id == record_id).with_for_update()
    ).scalar_one_or_none()
    if found is None:
        raise DecisionRefused(Refusal.UNKNOWN_SHEET)
    return int(found)


def refuse_unseen(connection: Connection, sheet_id: int, question: str, seen: int | None) -> None:
    """Refuse what a person says who saw another decision than stands now.

    Args:
        connection: In a transaction that holds the sheet.
        sheet_id: The sheet.
        question: What is decided about.
        seen: Id of the decision that they saw, 0 for none; ``None``: they may say it anyhow.

    Raises:
        DecisionRefused: If somebody decided meanwhile.
    """
    stands = current(decisions_by_sheet(connection, [sheet_id]).get(sheet_id, []), question)
    if seen is not None and seen != (stands.decision_id if stands else 0):
        raise DecisionRefused(Refusal.DECIDED_MEANWHILE, stands.decided_by if stands else "")


def _newest(connection: Connection) -> Point:
    def last(table: Table, name: str) -> int:
        return int(
            connection.execute(
                select(func.coalesce(func.max(table.c[name]), 0, type_=Integer))
            ).scalar_one()
        )

    return Point(
        decision_id=last(decision, "decision_id"),
        sheet_id=last(sheet, "sheet_id"),
        second_id=last(second_reading, "second_id"),
        choice_id=last(paper_choice, "choice_id"),
        unlinked=connection.execute(
            select(func.count())
            .select_from(month_version)
            .where(month_version.c.act == MonthAct.UNLINK.value)
        ).scalar_one(),
    )
