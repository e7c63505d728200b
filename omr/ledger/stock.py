"""What became of every printed form, for reconciliation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, and_, exists, func, select, union_all

from omr.ledger import Ledger
from omr.ledger.rows import rows_of, sheets_query
from omr.ledger.schema import (
    answer,
    batch,
    decision,
    identified,
    issued,
    print_run,
    sheet,
    source,
    voided,
)
from omr.ledger.standing import IDENTITY
from omr.marks import HOLDS_SERIAL, AnswerState, SheetStatus

_HOLDING = sorted(status.value for status in HOLDS_SERIAL)
_SAYS_SOMETHING = sorted(state.value for state in AnswerState if state is not AnswerState.BLANK)
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class StockForm:
    """One issued form and its fates so far."""

    serial: str
    unit: str
    domain: str
    taken_at: str  # when its print run took serials, ISO 8601 UTC
    run_returned_in: str | None  # earliest period in which any form of that run came back
    voided_at: str | None  # ISO 8601 UTC
    returned_in: str | None  # period of the batch that holds it
    says_something: bool  # it came back with at least one mark


def stock_forms(ledger: Ledger) -> Iterator[StockForm]:
    """Every form ever issued, by domain, year and number.

    A form is back when a sheet's code says so, or a person who typed its serial.
    """
    by_code = (
        select(sheet.c.sheet_id, sheet.c.serial, batch.c.period)
        .join(source, source.c.source_id == sheet.c.source_id)
        .join(batch, batch.c.batch_id == source.c.batch_id)
        .where(sheet.c.status.in_(_HOLDING), sheet.c.serial.is_not(None))
    )
    newer = decision.alias("newer")
    by_hand = (
        select(sheet.c.sheet_id, identified.c.serial, batch.c.period)
        .join(decision, decision.c.decision_id == identified.c.decision_id)
        .join(sheet, sheet.c.sheet_id == decision.c.sheet_id)
        .join(source, source.c.source_id == sheet.c.source_id)
        .join(batch, batch.c.batch_id == source.c.batch_id)
        .where(
            ~exists().where(
                newer.c.sheet_id == decision.c.sheet_id,
                newer.c.question == IDENTITY,
                newer.c.decision_id > decision.c.decision_id,
            )
        )
    )
    held = union_all(by_code, by_hand).subquery()
    first_back = (
        select(issued.c.run_id, func.min(held.c.period).label("period"))
        .join(held, held.c.serial == issued.c.serial)
        .group_by(issued.c.run_id)
        .subquery()
    )
    says_something = exists().where(
        and_(answer.c.sheet_id == held.c.sheet_id, answer.c.state.in_(_SAYS_SOMETHING))
    )
    query = (
        select(
            issued.c.serial,
            print_run.c.unit,
            print_run.c.domain,
            print_run.c.taken_at,
            first_back.c.period.label("run_returned_in"),
            voided.c.voided_at,
            held.c.period.label("returned_in"),
            says_something.label("says_something"),
        )
        .join(print_run, print_run.c.run_id == issued.c.run_id)
        .outerjoin(first_back, first_back.c.run_id == issued.c.run_id)
        .outerjoin(voided, voided.c.serial == issued.c.serial)
        .outerjoin(held, held.c.serial == issued.c.serial)
        .order_by(issued.c.domain, issued.c.year, issued.c.number)
    )
    with ledger.read() as connection:
        decided = _decided(connection)
        for rows in connection.execute(query).partitions(_ROWS_AT_ONCE):
            for row in rows:
                yield StockForm(
                    serial=row.serial,
                    unit=row.unit,
                    domain=row.domain,
                    taken_at=row.taken_at,
                    run_returned_in=row.run_returned_in,
                    voided_at=row.voided_at,
                    returned_in=row.returned_in,
                    says_something=decided.get(row.serial, bool(row.says_something)),
                )


def _decided(connection: Connection) -> dict[str, bool]:
    """Whether a form says something, for those about which people decided, by serial."""
    looked_at = sheets_query().where(
        sheet.c.status == SheetStatus.REVIEW.value,
        exists().where(decision.c.sheet_id == sheet.c.sheet_id),
    )
    return {
        row.reading.serial: any(
            said.state is not AnswerState.BLANK for said in row.reading.answers.values()
        )
        for row in rows_of(connection, looked_at)
        if row.reading.serial is not None
    }
