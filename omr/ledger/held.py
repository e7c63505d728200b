"""Which printed forms came back as scans: by their code, or by a serial that a person typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, or_, select, true

from omr.ledger.rows import rows_of, sheets_query
from omr.ledger.schema import answer, batch, decision, issued, paper_choice, sheet, source, unlinked
from omr.ledger.sheets import SheetRow
from omr.marks import HOLDS_SERIAL, AnswerState, SheetStatus
from omr.serial_ranges import SerialRange
from omr.serials import parse_serial

_SAYS_SOMETHING = sorted(state.value for state in AnswerState if state is not AnswerState.BLANK)


@dataclass(frozen=True, slots=True)
class HeldForm:
    """A form that a sheet holds, as decisions stand now."""

    domain: str
    year: int
    number: int
    period: str  # reporting month of the batch
    says_something: bool  # there is at least one mark on it


def held_forms(connection: Connection, within: SerialRange | None = None) -> list[HeldForm]:
    """Every form that came back, or those of *within*, in no particular order."""
    back: dict[tuple[str, int, int], HeldForm] = {}
    for each in (
        *_undecided(connection, within),
        *_decided(connection, within),
        *_destroyed(connection, within),
        *_seconds(connection, within),
    ):
        place = (each.domain, each.year, each.number)
        first = back.setdefault(place, each)
        if each.says_something and not first.says_something:  # two papers of one form
            back[place] = replace(first, says_something=True)
    return list(back.values())


def _seconds(connection: Connection, within: SerialRange | None) -> Iterator[HeldForm]:
    """Second papers with a serial that a person lets count, whatever became of the first."""
    query = (
        sheets_query()
        .join(issued, issued.c.serial == sheet.c.serial)
        .where(
            sheet.c.status == SheetStatus.DUPLICATE.value,
            sheet.c.sheet_id.in_(select(paper_choice.c.second_id)),
            ~_is_destroyed(),
            among(within),
        )
    )
    for row in rows_of(connection, query):
        if row.reading.status in HOLDS_SERIAL:
            serial = parse_serial(row.reading.serial or "")
            yield HeldForm(
                serial.domain, serial.year, serial.number, row.period, _says_something(row)
            )


def _says_something(row: SheetRow) -> bool:
    return any(said.state is not AnswerState.BLANK for said in row.reading.answers.values())


def _undecided(connection: Connection, within: SerialRange | None) -> Iterator[HeldForm]:
    """Sheets whose code says which form they are, and about which nobody said anything."""
    says_something = exists().where(
        and_(answer.c.sheet_id == sheet.c.sheet_id, answer.c.state.in_(_SAYS_SOMETHING))
    )
    query = (
        select(
            issued.c.domain,
            issued.c.year,
            issued.c.number,
            batch.c.period,
            says_something.label("says_something"),
        )
        .select_from(sheet)
        .join(issued, issued.c.serial == sheet.c.serial)
        .join(source, source.c.source_id == sheet.c.source_id)
        .join(batch, batch.c.batch_id == source.c.batch_id)
        .where(
            sheet.c.status.in_([SheetStatus.COUNTED.value, SheetStatus.REVIEW.value]),
            or_(sheet.c.status == SheetStatus.COUNTED.value, ~_is_decided()),
            ~_is_destroyed(),
            among(within),
        )
    )
    for row in connection.execute(query):
        yield HeldForm(row.domain, row.year, row.number, row.period, bool(row.says_something))


def _decided(connection: Connection, within: SerialRange | None) -> Iterator[HeldForm]:
    """Sheets that a person looked at; the serial may be typed, the answers too."""
    query: Select[tuple[object, ...]] = sheets_query().where(
        sheet.c.status == SheetStatus.REVIEW.value, _is_decided(), ~_is_destroyed()
    )
    if within is not None:
        query = query.outerjoin(issued, issued.c.serial == sheet.c.serial).where(
            or_(sheet.c.serial.is_(None), among(within))
        )
    for row in rows_of(connection, query):
        reading = row.reading
        holds = reading.status in HOLDS_SERIAL or row.displaced  # the form came back all the same
        if reading.serial is None or not holds:
            continue
        serial = parse_serial(reading.serial)
        same = within is None or (serial.domain, serial.year) == (within.domain, within.year)
        if same and (within is None or within.holds(serial.number)):
            yield HeldForm(
                serial.domain,
                serial.year,
                serial.number,
                row.period,
                _says_something(row),
            )


def _destroyed(connection: Connection, within: SerialRange | None) -> Iterator[HeldForm]:
    """Forms whose answers were destroyed once their month was closed."""
    query = (
        select(
            issued.c.domain,
            issued.c.year,
            issued.c.number,
            batch.c.period,
            unlinked.c.says_something,
        )
        .select_from(unlinked)
        .join(sheet, sheet.c.sheet_id == unlinked.c.sheet_id)
        .join(issued, issued.c.serial == unlinked.c.serial)
        .join(source, source.c.source_id == sheet.c.source_id)
        .join(batch, batch.c.batch_id == source.c.batch_id)
        .where(among(within))
        .order_by(unlinked.c.sheet_id)  # of two papers the first one's month is the form's
    )
    for row in connection.execute(query):
        yield HeldForm(row.domain, row.year, row.number, row.period, bool(row.says_something))


def _is_destroyed() -> ColumnElement[bool]:
    return exists().where(unlinked.c.sheet_id == sheet.c.sheet_id)


def _is_decided() -> ColumnElement[bool]:
    return exists().where(decision.c.sheet_id == sheet.c.sheet_id)


def among(within: SerialRange | None) -> ColumnElement[bool]:
    """That a row of ``issued`` is one of the forms *within*; of any forms if None."""
    if within is None:
        return true()
    return and_(
        issued.c.domain == within.domain,
        issued.c.year == within.year,
        issued.c.number.between(within.first, within.last),
    )
