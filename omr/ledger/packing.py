"""Takes everything about a month's sheets out of the ledger, to be sent to another one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, select

from omr.errors import UsageError
from omr.i18n import _
from omr.ledger import Ledger
from omr.ledger.packed import (
    Packed,
    PackedAlertNote,
    PackedBatch,
    PackedChoice,
    PackedDecision,
    PackedNote,
    PackedSecond,
    PackedSheet,
    PackedSource,
)
from omr.ledger.rows import answers_by_sheet, parts_by_sheet, seen_of
from omr.ledger.schema import (
    alert_note,
    batch,
    comment_note,
    decision,
    identified,
    paper_choice,
    second_reading,
    sheet,
    source,
    streak,
    unlinked,
)
from omr.ledger.sheets import Axis, Streak
from omr.ledger.standing import Keeps, Verdict, remeasured_by_decision

_ROWS_AT_ONCE = 500  # ids in one statement
Value = TypeVar("Value")


def pack_month(ledger: Ledger, period: str) -> Packed:
    """Everything about the sheets of *period*.

    Sheets of other months that bear one of their serials come along, so that whoever gets
    this knows which came first, and what people chose between them.

    Raises:
        UsageError: If there are none, or their answers were destroyed.
    """
    with ledger.read() as connection:
        of_month = (
            select(sheet.c.sheet_id)
            .join(source, source.c.source_id == sheet.c.source_id)
            .join(batch, batch.c.batch_id == source.c.batch_id)
            .where(batch.c.period == period)
        )
        month = set(connection.execute(of_month).scalars())
        if not month:
            raise UsageError(
                _("nothing was read for {period}").format(period=period),
                _("Read the scans first: omr scans read SCANS --period {period}").format(
                    period=period
                ),
            )
        gone = _destroyed(connection, month)
        if gone == month:
            raise UsageError(
                _("the answers of {period} are no longer linked to forms").format(period=period),
                _("What was sent before stays as it is."),
            )
        ids = month | _of_one_serial_with(connection, month)
        ids -= _destroyed(connection, ids)
        return _packed(connection, sorted(ids))


def _packed(connection: Connection, ids: Sequence[int]) -> Packed:
    rows = list(_rows(connection, select(sheet), sheet.c.sheet_id, ids))
    rows.sort(key=lambda row: (row.source_id, row.page, row.sheet))
    records = {row.sheet_id: row.record_id for row in rows}
    files = list(_rows(connection, select(source), source.c.source_id, {r.source_id for r in rows}))
    digests = {row.source_id: row.sha256 for row in files}
    batches = _rows(connection, select(batch), batch.c.batch_id, {row.batch_id for row in files})
    return Packed(
        batches=tuple(
            PackedBatch(r.batch_id, r.period, r.software, r.thresholds_json, r.started_at)
            for r in sorted(batches, key=lambda row: int(row.batch_id))
        ),
        sources=tuple(
            PackedSource(r.sha256, r.name, r.size_bytes, r.pages, r.batch_id)
            for r in sorted(files, key=lambda row: int(row.source_id))
        ),
        sheets=tuple(_sheets(connection, rows, digests)),
        decisions=tuple(_decisions(connection, ids, records)),
        choices=tuple(_choices(connection, records)),
        notes=tuple(_notes(connection, ids, records)),
        alert_notes=tuple(_alert_notes(connection, list(records.values()))),
    )


def _sheets(
    connection: Connection, rows: Sequence[Row[Any]], digests: dict[int, str]
) -> Iterator[PackedSheet]:
    for some in _portions(rows):
        ids = [row.sheet_id for row in some]
        answers, parts = answers_by_sheet(connection, ids), parts_by_sheet(connection, ids)
        streaks: defaultdict[int, list[Streak]] = defaultdict(list)
        for row in connection.execute(select(streak).where(streak.c.sheet_id.in_(ids))):
            streaks[row.sheet_id].append(Streak(Axis(row.axis), row.at_px, row.width_px))
        for row in some:
            seen = seen_of(row, answers.get(row.sheet_id, {}))
            kept = parts.get(row.sheet_id, {})
            yield PackedSheet(
                record_id=row.record_id,
                source=digests[row.source_id],
                seen=replace(seen, streaks=tuple(streaks[row.sheet_id])),
                picture=row.picture,
                parts=tuple(kept[name] for name in sorted(kept)),
            )


def _decisions(
    connection: Connection, ids: Iterable[int], records: dict[int, str]
) -> Iterator[PackedDecision]:
    rows = sorted(
        _rows(connection, select(decision), decision.c.sheet_id, ids),
        key=lambda row: int(row.decision_id),
    )
    every = [row.decision_id for row in rows]
    named = remeasured_by_decision(connection, every)
    seconds = {
        row.decision_id: PackedSecond(
            Verdict(row.verdict),
            _split(row.options),
            row.decided_by,
            row.decided_at,
            row.milliseconds,
        )
        for row in _rows(connection, select(second_reading), second_reading.c.decision_id, every)
    }
    for row in rows:
        yield PackedDecision(
            number=row.decision_id,
            record_id=records[row.sheet_id],
            question=row.question,
            verdict=Verdict(row.verdict),
            options=_split(row.options),
            by=row.decided_by,
            at=row.decided_at,
            milliseconds=row.milliseconds,
            named=named.get(row.decision_id),
            second=seconds.get(row.decision_id),
        )


def _choices(connection: Connection, records: dict[int, str]) -> Iterator[PackedChoice]:
    rows = _rows(connection, select(paper_choice), paper_choice.c.second_id, records)
    for row in sorted(rows, key=lambda row: int(row.choice_id)):
        if row.first_id in records:  # else its answers were destroyed, and nothing can change
            yield PackedChoice(
                number=row.choice_id,
                first=records[row.first_id],
                second=records[row.second_id],
                keeps=Keeps(row.keeps),
                why=row.why,
                by=row.decided_by,
                at=row.decided_at,
                milliseconds=row.milliseconds,
            )


def _notes(
    connection: Connection, ids: Iterable[int], records: dict[int, str]
) -> Iterator[PackedNote]:
    rows = _rows(connection, select(comment_note), comment_note.c.sheet_id, ids)
    for row in sorted(rows, key=lambda row: int(row.note_id)):
        yield PackedNote(
            number=row.note_id,
            record_id=records[row.sheet_id],
            text=row.text,
            tags=row.tags,
            personal=bool(row.personal),
            by=row.said_by,
            at=row.said_at,
            milliseconds=row.milliseconds,
        )


def _alert_notes(connection: Connection, records: Iterable[str]) -> Iterator[PackedAlertNote]:
    rows = _rows(connection, select(alert_note), alert_note.c.record_id, records)
    for row in sorted(rows, key=lambda row: int(row.note_id)):
        yield PackedAlertNote(
            row.note_id,
            row.record_id,
            row.question,
            bool(row.handled),
            row.note,
            row.said_by,
            row.said_at,
        )


def _of_one_serial_with(connection: Connection, ids: Iterable[int]) -> set[int]:
    """Every sheet that bears the serial of one of *ids*, by its code or by a person's word."""
    every = list(ids)
    serials = {
        row.serial
        for table in (sheet, _typed())
        for row in _rows(connection, select(table), table.c.sheet_id, every)
        if row.serial is not None
    }
    return {
        row.sheet_id
        for table in (sheet, _typed())
        for row in _rows(connection, select(table.c.sheet_id), table.c.serial, serials)
    }


def _typed() -> Any:
    return (
        select(decision.c.sheet_id, identified.c.serial)
        .join(identified, identified.c.decision_id == decision.c.decision_id)
        .subquery()
    )


def _destroyed(connection: Connection, ids: Iterable[int]) -> set[int]:
    query = select(unlinked.c.sheet_id)
    return {row.sheet_id for row in _rows(connection, query, unlinked.c.sheet_id, ids)}


def _rows(
    connection: Connection, query: Select[Any], column: Any, values: Iterable[Any]
) -> Iterator[Row[Any]]:
    """The rows of *query* in which *column* has one of *values*."""
    for some in _portions(list(values)):
        yield from connection.execute(query.where(column.in_(some)))


def _portions(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    return (values[n : n + _ROWS_AT_ONCE] for n in range(0, len(values), _ROWS_AT_ONCE))


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()
