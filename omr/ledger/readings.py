"""Batches, files and sheets: what the machine saw. Added once, never changed."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from omr.ledger import Ledger, now
from omr.ledger.issued import find_issued
from omr.ledger.schema import answer, batch, sheet, source
from omr.marks import HOLDS_SERIAL, Answer, Answers, AnswerState, Reason, SheetStatus

_HOLDING = sorted(status.value for status in HOLDS_SERIAL)
_ROWS_AT_ONCE = 500  # keeps memory flat over a month of sheets


@dataclass(frozen=True, slots=True)
class Source:
    """A scan file that the ledger knows by its content."""

    source_id: int
    name: str
    pages: int
    batch_id: int
    period: str


@dataclass(frozen=True, slots=True)
class SheetReading:
    """What the machine saw on one sheet, before the ledger has its say."""

    page: int  # 0-based in its file
    sheet: int  # 0-based on its page
    status: SheetStatus
    reasons: tuple[Reason, ...] = ()
    serial: str | None = None
    unit: str | None = None
    domain: str | None = None
    layout_id: str | None = None
    answers: Answers = field(default_factory=dict)
    registration: tuple[float, ...] | None = None
    measurements: bytes | None = None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One sheet as the ledger holds it."""

    file: str
    period: str
    record_id: str
    reading: SheetReading


def open_batch(
    ledger: Ledger, *, period: str, software: str, thresholds: Mapping[str, float]
) -> int:
    """Start a batch: the files read by one command. Returns its id."""
    with ledger.write() as connection:
        return int(
            connection.execute(
                insert(batch)
                .values(
                    period=period,
                    software=software,
                    thresholds_json=json.dumps(dict(thresholds), sort_keys=True),
                    started_at=now(),
                )
                .returning(batch.c.batch_id)
            ).scalar_one()
        )


def find_source(ledger: Ledger, sha256: str) -> Source | None:
    """The file with that content, if it was read before, in full or in part."""
    with ledger.read() as connection:
        row = connection.execute(
            select(source, batch.c.period)
            .join(batch, batch.c.batch_id == source.c.batch_id)
            .where(source.c.sha256 == sha256)
        ).one_or_none()
    if row is None:
        return None
    return Source(row.source_id, row.name, row.pages, row.batch_id, row.period)


def add_source(
    ledger: Ledger, *, batch_id: int, sha256: str, name: str, size_bytes: int, pages: int
) -> int:
    """Announce a new file of *pages* pages. Returns its id."""
    with ledger.write() as connection:
        return int(
            connection.execute(
                insert(source)
                .values(
                    sha256=sha256,
                    name=name,
                    size_bytes=size_bytes,
                    pages=pages,
                    batch_id=batch_id,
                )
                .returning(source.c.source_id)
            ).scalar_one()
        )


def pages_done(ledger: Ledger, source_id: int) -> set[int]:
    """The pages of a file that have been read."""
    with ledger.read() as connection:
        return set(
            connection.execute(
                select(sheet.c.page).where(sheet.c.source_id == source_id).distinct()
            ).scalars()
        )


def add_page(
    ledger: Ledger, *, source_id: int, batch_id: int, sheets: Iterable[SheetReading]
) -> list[SheetReading]:
    """Keep every sheet of one page, in one transaction.

    The ledger settles here, under its write lock, what only it can know: whether the
    serial was issued, is void, or is already held by another reading.

    Returns:
        The sheets as kept.
    """
    kept = []
    with ledger.write() as connection:
        for seen in sheets:
            settled = _settle(connection, seen)
            _insert(connection, source_id, batch_id, settled)
            kept.append(settled)
    return kept


def sheet_rows(
    ledger: Ledger,
    *,
    file: str | None = None,
    period: str | None = None,
    source_id: int | None = None,
) -> Iterator[SheetRow]:
    """Every sheet seen, in file and page order.

    Args:
        ledger: The open ledger.
        file: Only files of that name.
        period: Only batches of that reporting month.
        source_id: Only that file.
    """
    query = (
        select(sheet, source.c.name, batch.c.period)
        .join(source, source.c.source_id == sheet.c.source_id)
        .join(batch, batch.c.batch_id == source.c.batch_id)
        .order_by(sheet.c.source_id, sheet.c.page, sheet.c.sheet)
    )
    if file is not None:
        query = query.where(source.c.name == file)
    if period is not None:
        query = query.where(batch.c.period == period)
    if source_id is not None:
        query = query.where(sheet.c.source_id == source_id)
    with ledger.read() as connection:
        for rows in connection.execute(query).partitions(_ROWS_AT_ONCE):
            answers = _answers_by_sheet(connection, [row.sheet_id for row in rows])
            yield from (_sheet_row(row, answers.get(row.sheet_id, {})) for row in rows)


def count_by_status(ledger: Ledger, *, period: str | None = None) -> dict[SheetStatus, int]:
    """How many sheets ended how; every status has an entry."""
    query = (
        select(sheet.c.status, func.count())
        .join(source, source.c.source_id == sheet.c.source_id)
        .join(batch, batch.c.batch_id == source.c.batch_id)
        .group_by(sheet.c.status)
    )
    if period is not None:
        query = query.where(batch.c.period == period)
    with ledger.read() as connection:
        found = {row[0]: row[1] for row in connection.execute(query)}
    return {status: found.get(status.value, 0) for status in SheetStatus}


def _settle(connection: Connection, seen: SheetReading) -> SheetReading:
    """*seen* with the status that the ledger's knowledge gives it."""
    if seen.status not in HOLDS_SERIAL or seen.serial is None:
        return seen
    known = find_issued(connection, seen.serial)
    if known is None:
        return _refused(seen, Reason.NOT_ISSUED)
    if known.voided:
        return _refused(seen, Reason.VOIDED)
    if (known.unit, known.domain) != (seen.unit, seen.domain):
        return _refused(seen, Reason.IDENTITY_CONFLICT)
    if seen.layout_id not in (None, known.layout_id):
        return _refused(seen, Reason.LAYOUT)  # it was read with another form's places
    holder = connection.execute(
        select(sheet.c.sheet_id).where(sheet.c.serial == seen.serial, sheet.c.status.in_(_HOLDING))
    ).scalar_one_or_none()
    if holder is None:
        return seen
    held = _answers_by_sheet(connection, [holder]).get(holder, {})
    alike = _what_is_said(held) == _what_is_said(seen.answers)
    reason = Reason.SAME_ANSWERS if alike else Reason.OTHER_ANSWERS
    return replace(seen, status=SheetStatus.DUPLICATE, reasons=(reason,))


def _refused(seen: SheetReading, reason: Reason) -> SheetReading:
    return replace(seen, status=SheetStatus.REFUSED, reasons=(reason,), answers={})


def _what_is_said(answers: Answers) -> dict[str, tuple[AnswerState, frozenset[str]]]:
    return {name: (said.state, frozenset(said.options)) for name, said in answers.items()}


def _insert(connection: Connection, source_id: int, batch_id: int, kept: SheetReading) -> None:
    sheet_id = connection.execute(
        insert(sheet)
        .values(
            record_id=secrets.token_hex(16),
            source_id=source_id,
            batch_id=batch_id,
            page=kept.page,
            sheet=kept.sheet,
            status=kept.status.value,
            reasons_json=json.dumps([reason.value for reason in kept.reasons]),
            serial=kept.serial,
            unit=kept.unit,
            domain=kept.domain,
            layout_id=kept.layout_id,
            registration_json=(
                None if kept.registration is None else json.dumps(kept.registration)
            ),
            measurements=kept.measurements,
        )
        .returning(sheet.c.sheet_id)
    ).scalar_one()
    rows = [
        {
            "sheet_id": sheet_id,
            "question": question,
            "state": said.state.value,
            "options": "|".join(said.options),
            "reasons": "|".join(said.reasons),
        }
        for question, said in kept.answers.items()
    ]
    if rows:
        connection.execute(insert(answer), rows)


def _sheet_row(row: Row[Any], answers: Answers) -> SheetRow:
    return SheetRow(
        file=row.name,
        period=row.period,
        record_id=row.record_id,
        reading=SheetReading(
            page=row.page,
            sheet=row.sheet,
            status=SheetStatus(row.status),
            reasons=tuple(Reason(word) for word in json.loads(row.reasons_json)),
            serial=row.serial,
            unit=row.unit,
            domain=row.domain,
            layout_id=row.layout_id,
            answers=answers,
            registration=_numbers(row.registration_json),
            measurements=row.measurements,
        ),
    )


def _answers_by_sheet(
    connection: Connection, sheet_ids: Sequence[int]
) -> dict[int, dict[str, Answer]]:
    query = select(answer).where(answer.c.sheet_id.in_(sheet_ids))
    found: dict[int, dict[str, Answer]] = {}
    for row in connection.execute(query):
        found.setdefault(row.sheet_id, {})[row.question] = Answer(
            AnswerState(row.state),
            tuple(row.options.split("|")) if row.options else (),
            tuple(Reason(word) for word in row.reasons.split("|")) if row.reasons else (),
        )
    return found


def _numbers(text: str | None) -> tuple[float, ...] | None:
    return None if text is None else tuple(json.loads(text))
