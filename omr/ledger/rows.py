"""From the database's rows to sheets as they stand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from omr.geometry import PageRect
from omr.ledger.choices import roles_of
from omr.ledger.schema import (
    answer,
    batch,
    decision,
    identified,
    issued,
    picture_part,
    sheet,
    source,
    unlinked,
)
from omr.ledger.sheets import Part, SheetReading, SheetRow
from omr.ledger.standing import (
    IDENTITY,
    NO_ROLE,
    Decision,
    Verdict,
    current,
    decisions_by_sheet,
    remeasured_by_decision,
    stand,
)
from omr.marks import HOLDS_SERIAL, Answer, Answers, AnswerState, Reason, SheetStatus

# Written out, not bound: only so does the database use the index over these very rows.
_HOLDS = sheet.c.status.in_(
    bindparam(
        "holding",
        sorted(status.value for status in HOLDS_SERIAL),
        expanding=True,
        literal_execute=True,
    )
)
_STATUSES = {status.value: status for status in SheetStatus}
_ROWS_AT_ONCE = 500  # keeps memory flat over a month of sheets


@dataclass(frozen=True, slots=True)
class Holder:
    """What the machine saw on the sheet that holds a serial."""

    sheet_id: int
    answers: Answers
    layout_id: str
    measurements: bytes | None


def sheets_query() -> Select[Any]:
    """Every sheet with its file and period, in file and page order."""
    return (
        select(sheet, source.c.name, batch.c.period)
        .join(source, source.c.source_id == sheet.c.source_id)
        .join(batch, batch.c.batch_id == source.c.batch_id)
        .order_by(sheet.c.source_id, sheet.c.page, sheet.c.sheet)
    )


def rows_of(
    connection: Connection, query: Select[Any], *, with_parts: bool = False
) -> Iterator[SheetRow]:
    """The sheets that *query* (a narrowed :func:`sheets_query`) finds, as they stand.

    Args:
        connection: To the ledger.
        query: What to find.
        with_parts: Whether their kept crops are looked up too.
    """
    for rows in connection.execute(query).partitions(_ROWS_AT_ONCE):
        answers = answers_by_sheet(connection, [row.sheet_id for row in rows])
        every = [row.sheet_id for row in rows]
        roles = roles_of(connection, every)
        looked_at = [
            row.sheet_id
            for row in rows
            if row.status == SheetStatus.REVIEW.value or row.sheet_id in roles
        ]
        decisions = decisions_by_sheet(connection, looked_at)
        parts = parts_by_sheet(connection, every) if with_parts else {}
        destroyed = _unlinked(connection, every)
        again = remeasured_by_decision(
            connection,
            [
                said.decision_id
                for each in decisions.values()
                for said in each
                if said.verdict is Verdict.IDENTIFIED
            ],
        )
        for row in rows:
            seen = seen_of(row, answers[row.sheet_id])
            if row.sheet_id in destroyed:
                ended = _ended(seen, destroyed[row.sheet_id])
                yield SheetRow(row.name, row.period, row.record_id, ended, seen)
                continue
            role = roles.get(row.sheet_id, NO_ROLE)
            standing = stand(seen, decisions.get(row.sheet_id, []), again, role)
            yield SheetRow(
                file=row.name,
                period=row.period,
                record_id=row.record_id,
                reading=standing.reading,
                seen=seen,
                asked=standing.asked,
                open=standing.open,
                seen_answers=standing.seen_answers,
                picture=row.picture,
                parts=parts.get(row.sheet_id, {}),
                displaced=standing.displaced,
            )


def _unlinked(connection: Connection, sheet_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """How those of *sheet_ids* ended whose answers were destroyed."""
    query = select(unlinked).where(unlinked.c.sheet_id.in_(sheet_ids))
    return {row.sheet_id: row for row in connection.execute(query)}


def _ended(seen: SheetReading, end: Row[Any]) -> SheetReading:
    return replace(
        seen,
        status=SheetStatus(end.status),
        serial=end.serial or seen.serial,
        unit=end.unit,
        domain=end.domain,
        answers={},
    )


def parts_by_sheet(connection: Connection, sheet_ids: Sequence[int]) -> dict[int, dict[str, Part]]:
    """The kept crops of each sheet, by what they show."""
    found: dict[int, dict[str, Part]] = {}
    query = select(picture_part).where(picture_part.c.sheet_id.in_(sheet_ids))
    for row in connection.execute(query):
        region = PageRect(row.x_mm, row.y_mm, row.w_mm, row.h_mm)
        found.setdefault(row.sheet_id, {})[row.part] = Part(row.part, region, row.sha256)
    return found


def held_answers(connection: Connection, serial: str) -> Answers | None:
    """The answers that :func:`holder_of` finds."""
    holder = holder_of(connection, serial)
    return None if holder is None else holder.answers


def perhaps_held(connection: Connection, serials: Sequence[str]) -> set[str]:
    """Those of *serials* that a sheet bears or that somebody typed: :func:`holder_of` knows."""
    if not serials:
        return set()
    borne = select(sheet.c.serial).where(sheet.c.serial.in_(serials), _HOLDS)
    typed = select(identified.c.serial).where(identified.c.serial.in_(serials))
    ended = select(unlinked.c.serial).where(unlinked.c.serial.in_(serials))
    return {
        serial for query in (borne, typed, ended) for serial in connection.execute(query).scalars()
    }


def holder_of(connection: Connection, serial: str) -> Holder | None:
    """What the machine saw on the sheet that holds *serial*; None if none holds it.

    A sheet holds the serial that its code says, or that a person typed for it. The form's
    row is locked meanwhile, so that on a server no second one can take it at that moment.
    """
    connection.execute(select(issued.c.serial).where(issued.c.serial == serial).with_for_update())
    row = connection.execute(
        select(sheet.c.sheet_id, sheet.c.layout_id, sheet.c.measurements).where(
            sheet.c.serial == serial, _HOLDS
        )
    ).one_or_none()
    if row is not None:
        answers = answers_by_sheet(connection, [row.sheet_id])[row.sheet_id]
        return Holder(row.sheet_id, answers, row.layout_id or "", row.measurements)
    typed = connection.execute(
        select(decision.c.sheet_id, decision.c.decision_id)
        .join(identified, identified.c.decision_id == decision.c.decision_id)
        .where(identified.c.serial == serial)
    ).all()
    said = decisions_by_sheet(connection, {row.sheet_id for row in typed})
    for one in typed:
        now: Decision | None = current(said[one.sheet_id], IDENTITY)
        if now is not None and now.decision_id == one.decision_id:
            found = remeasured_by_decision(connection, [one.decision_id])[one.decision_id]
            return Holder(one.sheet_id, found.answers, found.layout_id, found.measurements)
    # Typed in a month whose answers were destroyed: what was typed went with them.
    ended = connection.execute(
        select(unlinked.c.sheet_id, sheet.c.layout_id)
        .join(sheet, sheet.c.sheet_id == unlinked.c.sheet_id)
        .where(unlinked.c.serial == serial)
    ).first()
    return None if ended is None else Holder(ended.sheet_id, {}, ended.layout_id or "", None)


def answers_by_sheet(
    connection: Connection, sheet_ids: Sequence[int]
) -> dict[int, dict[str, Answer]]:
    """What the machine saw on each sheet, question by question."""
    columns = (answer.c.sheet_id, answer.c.question)
    said = (answer.c.state, answer.c.options, answer.c.reasons)
    query = select(*columns, *said).where(answer.c.sheet_id.in_(sheet_ids))
    found: dict[int, dict[str, Answer]] = {sheet_id: {} for sheet_id in sheet_ids}
    for sheet_id, question, state, options, reasons in connection.execute(query).all():
        found[sheet_id][question] = _answer(state, options, reasons)
    return found


@lru_cache(maxsize=4096)
def _answer(state: str, options: str, reasons: str) -> Answer:
    """One answer; a month has millions, and few are said in a way of their own."""
    return Answer(
        AnswerState(state),
        tuple(options.split("|")) if options else (),
        _reasons(reasons.split("|")) if reasons else (),
    )


def _reasons(words: Iterable[str]) -> tuple[Reason, ...]:
    return tuple(Reason(word) for word in words)


def seen_of(row: Row[Any], answers: Answers) -> SheetReading:
    """What the machine saw, from a row of ``sheet`` and the answers on it."""
    return SheetReading(
        page=row.page,
        sheet=row.sheet,
        status=_STATUSES[row.status],
        reasons=() if row.reasons_json == "[]" else _reasons(json.loads(row.reasons_json)),
        serial=row.serial,
        unit=row.unit,
        domain=row.domain,
        layout_id=row.layout_id,
        answers=answers,
        registration=_numbers(row.registration_json),
        measurements=row.measurements,
    )


def _numbers(text: str | None) -> tuple[float, ...] | None:
    return None if text is None else tuple(json.loads(text))
