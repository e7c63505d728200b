"""Batches, files and sheets: what the machine saw. Added once, never changed."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, exists, func, insert, or_, select

from omr.ledger import Ledger, now
from omr.ledger.held import among
from omr.ledger.issued import find_issued
from omr.ledger.rows import Holder, holder_of, rows_of, sheets_query
from omr.ledger.schema import answer, batch, decision, identified, issued, sheet, source, streak
from omr.ledger.sheets import SheetReading, SheetRow
from omr.marks import DISPUTED, HOLDS_SERIAL, Answers, AnswerState, Reason, SheetStatus
from omr.serial_ranges import SerialRange
from omr.stock import FormState

__all__ = [
    "SheetReading",
    "SheetRow",
    "Source",
    "add_page",
    "add_source",
    "count_by_status",
    "find_source",
    "open_batch",
    "pages_done",
    "refused_as_void",
    "sheet_rows",
]


SamePaper = Callable[[str, bytes, bytes], bool]  # layout id, two sheets' measurements


@dataclass(frozen=True, slots=True)
class Source:
    """A scan file that the ledger knows by its content."""

    source_id: int
    name: str
    pages: int
    batch_id: int
    period: str


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
    ledger: Ledger,
    *,
    source_id: int,
    batch_id: int,
    sheets: Iterable[SheetReading],
    keep_picture: Callable[[bytes], str] | None = None,
    picture_of: Callable[[SheetReading], bytes | None] = lambda seen: seen.picture,
    same_paper: SamePaper | None = None,
) -> list[SheetReading]:
    """Keep every sheet of one page, in one transaction.

    The ledger settles here, under its write lock, what only it can know: whether the
    serial was issued, is void, or is already held by another reading.

    Args:
        ledger: The open ledger.
        source_id: The page's file.
        batch_id: The batch that reads it.
        sheets: Everything on the page.
        keep_picture: Stores a sheet's picture and returns its SHA-256. Called before the
            row is written, so that no row ever names a picture that is not there.
        picture_of: Makes the picture of a sheet that turns out to be disputed.
        same_paper: Tells a sheet that was scanned again from a second paper with the same
            serial and answers. Without it the answers alone decide.

    Returns:
        The sheets as kept.
    """
    pictured = [
        (seen, keep_picture(seen.picture) if keep_picture and seen.picture else None)
        for seen in sheets
    ]
    kept = []
    with ledger.write() as connection:
        for seen, kept_before in pictured:
            picture = kept_before
            settled = _settle(connection, seen, same_paper)
            if picture is None and keep_picture and DISPUTED.intersection(settled.reasons):
                jpeg = picture_of(seen)  # seldom, so the lock is held while it is made
                picture = keep_picture(jpeg) if jpeg else None
            _insert(connection, source_id, batch_id, settled, picture)
            kept.append(settled)
    return kept


def sheet_rows(
    ledger: Ledger,
    *,
    file: str | None = None,
    period: str | None = None,
    source_id: int | None = None,
    serial: str | None = None,
) -> Iterator[SheetRow]:
    """Every sheet seen, as it stands after people's decisions, in file and page order.

    Args:
        ledger: The open ledger.
        file: Only files of that name.
        period: Only batches of that reporting month.
        source_id: Only that file.
        serial: Only sheets that bear it, or for which somebody typed it at some time.
    """
    query = sheets_query()
    if file is not None:
        query = query.where(source.c.name == file)
    if period is not None:
        query = query.where(batch.c.period == period)
    if source_id is not None:
        query = query.where(sheet.c.source_id == source_id)
    if serial is not None:
        typed = (
            select(decision.c.sheet_id)
            .join(identified, identified.c.decision_id == decision.c.decision_id)
            .where(identified.c.serial == serial)
        )
        query = query.where(or_(sheet.c.serial == serial, sheet.c.sheet_id.in_(typed)))
    with ledger.read() as connection:
        yield from rows_of(connection, query)


def refused_as_void(connection: Connection, forms: SerialRange) -> Iterator[tuple[str, str, int]]:
    """Sheets of *forms* that were refused since they were void: serial, file, page from 0."""
    rows = connection.execute(
        select(sheet.c.serial, source.c.name, sheet.c.page, sheet.c.reasons_json)
        .join(source, source.c.source_id == sheet.c.source_id)
        .join(issued, issued.c.serial == sheet.c.serial)
        .where(
            among(forms),
            sheet.c.status == SheetStatus.REFUSED.value,
        )
        .order_by(sheet.c.sheet_id)
    )
    for row in rows:
        if Reason.VOIDED.value in json.loads(row.reasons_json):
            yield row.serial, row.name, row.page


def count_by_status(ledger: Ledger, *, period: str | None = None) -> dict[SheetStatus, int]:
    """How many sheets stand how after people's decisions; every status has an entry."""
    query = (
        select(sheet.c.status, func.count())
        .join(source, source.c.source_id == sheet.c.source_id)
        .join(batch, batch.c.batch_id == source.c.batch_id)
        .group_by(sheet.c.status)
    )
    looked_at = sheets_query().where(
        sheet.c.status == SheetStatus.REVIEW.value,
        exists().where(decision.c.sheet_id == sheet.c.sheet_id),
    )
    if period is not None:
        query = query.where(batch.c.period == period)
        looked_at = looked_at.where(batch.c.period == period)
    with ledger.read() as connection:
        found = {row[0]: row[1] for row in connection.execute(query)}
        counts = {status: found.get(status.value, 0) for status in SheetStatus}
        for row in rows_of(connection, looked_at):
            counts[SheetStatus.REVIEW] -= 1
            counts[row.reading.status] += 1
    return counts


def _settle(
    connection: Connection, seen: SheetReading, same_paper: SamePaper | None
) -> SheetReading:
    """*seen* with the status that the ledger's knowledge gives it."""
    if seen.status not in HOLDS_SERIAL or seen.serial is None:
        return seen
    known = find_issued(connection, seen.serial, lock=True)
    if known is None:
        return _refused(seen, Reason.NOT_ISSUED)
    if known.state is FormState.VOID:
        return _refused(seen, Reason.VOIDED)
    if (known.unit, known.domain) != (seen.unit, seen.domain):
        return _refused(seen, Reason.IDENTITY_CONFLICT)
    if seen.layout_id not in (None, known.layout_id):
        return _refused(seen, Reason.LAYOUT)  # it was read with another form's places
    held = holder_of(connection, seen.serial)
    if held is None:
        if known.against_the_books is None:
            return seen
        reasons = (*seen.reasons, known.against_the_books)
        return replace(seen, status=SheetStatus.REVIEW, reasons=reasons)
    reason = _seen_again(held, seen, same_paper)
    return replace(seen, status=SheetStatus.DUPLICATE, reasons=(reason,))


def _seen_again(held: Holder, seen: SheetReading, same_paper: SamePaper | None) -> Reason:
    """What a sheet is whose serial *held* holds already."""
    alike = _what_is_said(held.answers) == _what_is_said(seen.answers)
    if same_paper is None:
        return Reason.SAME_ANSWERS if alike else Reason.OTHER_ANSWERS
    # Another scan of the same ink may leave other answers doubtful, but it shows the same ones.
    if not alike and _options_seen(held.answers) != _options_seen(seen.answers):
        return Reason.OTHER_ANSWERS
    known, new = held.measurements, seen.measurements
    if known is not None and new is not None and same_paper(held.layout_id, known, new):
        return Reason.SAME_ANSWERS
    return Reason.OTHER_PAPER if alike else Reason.OTHER_ANSWERS


def _refused(seen: SheetReading, reason: Reason) -> SheetReading:
    return replace(seen, status=SheetStatus.REFUSED, reasons=(reason,), answers={})


def _what_is_said(answers: Answers) -> dict[str, tuple[AnswerState, frozenset[str]]]:
    return {name: (said.state, frozenset(said.options)) for name, said in answers.items()}


def _options_seen(answers: Answers) -> dict[str, frozenset[str]]:
    return {name: frozenset(said.options) for name, said in answers.items()}


def _insert(
    connection: Connection,
    source_id: int,
    batch_id: int,
    kept: SheetReading,
    picture: str | None,
) -> None:
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
            picture=picture,
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
    lines = [
        {"sheet_id": sheet_id, "axis": line.axis, "at_px": line.at_px, "width_px": line.width_px}
        for line in kept.streaks
    ]
    if lines:
        connection.execute(insert(streak), lines)
