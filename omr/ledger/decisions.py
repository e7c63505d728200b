"""What people decide about readings. Added once, never changed; the newest counts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, func, insert, or_, select

from omr.layout import Layout, QuestionKind, layout_from_json
from omr.ledger import Ledger, now
from omr.ledger.issued import Issued, find_issued
from omr.ledger.rows import held_answers, rows_of, sheets_query
from omr.ledger.schema import decision, identified, layout, sheet
from omr.ledger.sheets import SheetRow
from omr.ledger.standing import (
    ABOUT_ANSWER,
    ABOUT_IDENTITY,
    ABOUT_WHOLE,
    IDENTITY,
    WHOLE,
    Decision,
    Remeasured,
    Verdict,
    answers_to_json,
    current,
    decisions_by_sheet,
)
from omr.marks import HOLDS_SERIAL, Reason, SheetStatus
from omr.serials import SerialMistyped, parse_serial
from omr.stock import FormState

_LONGEST_MS = 24 * 3600 * 1000  # a page left open over night says nothing about the decision


class Refusal(StrEnum):
    """Why a decision was not kept (stable words; the page has sentences for them)."""

    UNKNOWN_SHEET = "unknown-sheet"
    NOT_ASKED = "not-asked"  # nothing of the kind waits, or waited, for a person
    NO_SUCH_OPTION = "no-such-option"
    TOO_MANY_OPTIONS = "too-many-options"
    NO_OPTION = "no-option"
    MISTYPED = "mistyped"
    NOT_ISSUED = "not-issued"
    VOIDED = "voided"
    HELD = "held"  # another sheet is this form already
    OTHER_LAYOUT = "other-layout"  # the picture cannot be of that form
    STREAKED = "streaked"
    NO_PICTURE = "no-picture"
    NOTHING_TO_UNDO = "nothing-to-undo"
    DUPLICATES_DEPEND = "duplicates-depend"  # a later scan was set aside because of it


class DecisionRefused(Exception):
    """A decision that cannot be kept; the ledger is as it was."""

    def __init__(self, why: Refusal, detail: str = "") -> None:
        super().__init__(f"{why.value}: {detail}" if detail else why.value)
        self.why = why
        self.detail = detail


def open_sheets(ledger: Ledger) -> list[SheetRow]:
    """Every sheet on which something waits for a person, in file and page order."""
    waits = sheets_query().where(sheet.c.status == SheetStatus.REVIEW.value)
    with ledger.read() as connection:
        return [row for row in rows_of(connection, waits) if row.open]


def find_sheet(ledger: Ledger, record_id: str) -> SheetRow | None:
    """One sheet as it stands."""
    with ledger.read() as connection:
        return _sheet(connection, record_id)


def find_decisions(ledger: Ledger, record_id: str) -> list[Decision]:
    """Everything that people ever said about a sheet, the oldest first."""
    with ledger.read() as connection:
        sheet_id = _sheet_id(connection, record_id)
        return decisions_by_sheet(connection, [sheet_id]).get(sheet_id, [])


def picture_is_kept(ledger: Ledger, digest: str) -> bool:
    """Whether any sheet's picture has that SHA-256."""
    with ledger.read() as connection:
        found = connection.execute(
            select(sheet.c.sheet_id).where(sheet.c.picture == digest).limit(1)
        )
        return found.first() is not None


@dataclass(frozen=True, slots=True)
class Point:
    """How far the ledger had come at some moment: ids of its newest rows, 0 for none."""

    decision_id: int = 0
    sheet_id: int = 0


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
        decided = select(decision.c.sheet_id).where(decision.c.decision_id > since.decision_id)
        rows = connection.execute(
            select(sheet.c.record_id)
            .where(
                sheet.c.status == SheetStatus.REVIEW.value,
                or_(sheet.c.sheet_id > since.sheet_id, sheet.c.sheet_id.in_(decided)),
            )
            .order_by(sheet.c.sheet_id)
        )
        return reached, list(rows.scalars())


def append(
    ledger: Ledger,
    record_id: str,
    question: str,
    verdict: Verdict,
    options: Iterable[str] = (),
    *,
    by: str,
    milliseconds: int = 0,
) -> int:
    """Keep a decision about an answer, the whole sheet, or that a sheet is no form.

    Args:
        ledger: The open ledger.
        record_id: The sheet.
        question: A question's id, ``IDENTITY`` or ``WHOLE``.
        verdict: What the person said. ``IDENTIFIED`` has a function of its own.
        options: Chosen options, with ``ANSWERED`` alone.
        by: Who says so.
        milliseconds: How long it was on the screen.

    Returns:
        The decision's id.

    Raises:
        DecisionRefused: If it does not fit the sheet; nothing was kept.
    """
    chosen = tuple(dict.fromkeys(options))
    with ledger.write() as connection:
        sheet_id = _sheet_id(connection, record_id)
        row = _sheet(connection, record_id)
        if row is None or not _is_asked(row, question, verdict):
            raise DecisionRefused(Refusal.NOT_ASKED, question)
        if question not in (IDENTITY, WHOLE):
            _check_options(connection, row, question, verdict, chosen)
        elif chosen:
            raise DecisionRefused(Refusal.NO_SUCH_OPTION, "|".join(chosen))
        if question == IDENTITY:
            _no_duplicate_depends(connection, row)
        decision_id = _insert(connection, sheet_id, question, verdict, chosen, by, milliseconds)
        _no_void_form_counts(connection, record_id)
        return decision_id


def find_form(ledger: Ledger, text: str, *, sheet_of: str) -> Issued:
    """The form whose serial a person typed for the sheet *sheet_of*.

    Raises:
        DecisionRefused: If there is no such form, it is void, or another sheet is it already.
    """
    try:
        serial = str(parse_serial(text))
    except SerialMistyped as error:
        raise DecisionRefused(Refusal.MISTYPED, text.strip()) from error
    with ledger.read() as connection:
        row = _sheet(connection, sheet_of)
        if row is None:
            raise DecisionRefused(Refusal.UNKNOWN_SHEET)
        return _free_form(connection, serial, row)


def identify(
    ledger: Ledger, record_id: str, found: Remeasured, *, by: str, milliseconds: int = 0
) -> int:
    """Keep which form a sheet is, with what was measured on it as that form.

    Returns:
        The decision's id.

    Raises:
        DecisionRefused: If the sheet has an identity, or the form has a sheet, meanwhile.
    """
    with ledger.write() as connection:
        sheet_id = _sheet_id(connection, record_id)
        row = _sheet(connection, record_id)
        if row is None or not _is_asked(row, IDENTITY, Verdict.IDENTIFIED):
            raise DecisionRefused(Refusal.NOT_ASKED)
        form = _free_form(connection, found.serial, row, lock=True)
        if (form.unit, form.domain, form.layout_id) != (found.unit, found.domain, found.layout_id):
            raise DecisionRefused(Refusal.OTHER_LAYOUT, found.serial)
        _no_duplicate_depends(connection, row)
        decision_id = _insert(
            connection, sheet_id, IDENTITY, Verdict.IDENTIFIED, (), by, milliseconds
        )
        connection.execute(
            insert(identified).values(
                decision_id=decision_id,
                serial=found.serial,
                unit=found.unit,
                domain=found.domain,
                layout_id=found.layout_id,
                reasons="|".join(filter(None, (*found.reasons, form.against_the_books))),
                answers_json=answers_to_json(found.answers),
                measurements=found.measurements,
            )
        )
        return decision_id


def undo(ledger: Ledger, record_id: str, question: str, *, by: str) -> int:
    """Take back what is said about *question*: it waits for a person again.

    Returns:
        The id of the row that says so.

    Raises:
        DecisionRefused: If nothing is said about it now, or a later scan was set aside as a
            duplicate of what would be no form any more.
    """
    with ledger.write() as connection:
        sheet_id = _sheet_id(connection, record_id)
        said = decisions_by_sheet(connection, [sheet_id]).get(sheet_id, [])
        if current(said, question) is None:
            raise DecisionRefused(Refusal.NOTHING_TO_UNDO)
        if question == IDENTITY:
            row = _sheet(connection, record_id)
            if row is not None:
                _no_duplicate_depends(connection, row)
        decision_id = _insert(connection, sheet_id, question, Verdict.UNDONE, (), by, 0)
        _no_void_form_counts(connection, record_id)
        return decision_id


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


def _newest(connection: Connection) -> Point:
    return Point(
        int(connection.execute(select(func.max(decision.c.decision_id))).scalar() or 0),
        int(connection.execute(select(func.max(sheet.c.sheet_id))).scalar() or 0),
    )


def _is_asked(row: SheetRow, question: str, verdict: Verdict) -> bool:
    """Whether *verdict* about *question* answers something that was asked of people."""
    if row.seen.status is not SheetStatus.REVIEW:
        return False
    if question == IDENTITY:
        return row.seen.serial is None and verdict in ABOUT_IDENTITY
    if IDENTITY in row.open or row.reading.serial is None:
        return False
    if question == WHOLE:
        return WHOLE in row.asked and verdict in ABOUT_WHOLE
    return question in row.asked and verdict in ABOUT_ANSWER


def _check_options(
    connection: Connection,
    row: SheetRow,
    question: str,
    verdict: Verdict,
    chosen: tuple[str, ...],
) -> None:
    printed = _layout(connection, row.reading.layout_id or "").question(question)
    known = {bubble.option for bubble in printed.bubbles}
    if not known.issuperset(chosen) or (chosen and verdict is not Verdict.ANSWERED):
        raise DecisionRefused(Refusal.NO_SUCH_OPTION, "|".join(chosen))
    if verdict is Verdict.ANSWERED and not chosen:
        raise DecisionRefused(Refusal.NO_OPTION)
    if printed.kind is QuestionKind.SINGLE and len(chosen) > 1:
        raise DecisionRefused(Refusal.TOO_MANY_OPTIONS, "|".join(chosen))


def _free_form(connection: Connection, serial: str, row: SheetRow, *, lock: bool = False) -> Issued:
    """The form *serial*, if *row* can be it."""
    known = find_issued(connection, serial, lock=lock)
    if known is None:
        raise DecisionRefused(Refusal.NOT_ISSUED, serial)
    if known.state is FormState.VOID:
        raise DecisionRefused(Refusal.VOIDED, serial)
    is_itself = Reason.MANUAL_IDENTITY in row.reading.reasons and row.reading.serial == serial
    if not is_itself and held_answers(connection, serial) is not None:
        raise DecisionRefused(Refusal.HELD, serial)
    return known


def _no_duplicate_depends(connection: Connection, row: SheetRow) -> None:
    """Refuse to free a typed serial once another scan was set aside because of it."""
    if row.seen.serial is not None or row.reading.serial is None:
        return
    later = connection.execute(
        select(sheet.c.sheet_id)
        .where(
            sheet.c.serial == row.reading.serial,
            sheet.c.status == SheetStatus.DUPLICATE.value,
        )
        .limit(1)
    ).first()
    if later is not None:
        raise DecisionRefused(Refusal.DUPLICATES_DEPEND, row.reading.serial)


def _no_void_form_counts(connection: Connection, record_id: str) -> None:
    """Refuse what has just been said if a form counts by it that is void.

    While a sheet did not count its form was free, and somebody may have made it void.
    """
    row = _sheet(connection, record_id)
    if row is None or row.reading.status not in HOLDS_SERIAL or row.reading.serial is None:
        return
    form = find_issued(connection, row.reading.serial, lock=True)
    if form is not None and form.state is FormState.VOID:
        raise DecisionRefused(Refusal.VOIDED, row.reading.serial)


def _layout(connection: Connection, layout_id: str) -> Layout:
    body = connection.execute(
        select(layout.c.body_json).where(layout.c.layout_id == layout_id)
    ).scalar_one()
    return layout_from_json(json.loads(body))


def _sheet(connection: Connection, record_id: str) -> SheetRow | None:
    return next(
        iter(rows_of(connection, sheets_query().where(sheet.c.record_id == record_id))), None
    )


def _sheet_id(connection: Connection, record_id: str) -> int:
    """The sheet's id; its row stays locked, so two people's decisions queue up."""
    found = connection.execute(
        select(sheet.c.sheet_id).where(sheet.c.record_id == record_id).with_for_update()
    ).scalar_one_or_none()
    if found is None:
        raise DecisionRefused(Refusal.UNKNOWN_SHEET)
    return int(found)


def _insert(
    connection: Connection,
    sheet_id: int,
    question: str,
    verdict: Verdict,
    options: tuple[str, ...],
    by: str,
    milliseconds: int,
) -> int:
    return int(
        connection.execute(
            insert(decision)
            .values(
                sheet_id=sheet_id,
                question=question,
                verdict=verdict.value,
                options="|".join(options),
                decided_by=by,
                decided_at=now(),
                milliseconds=min(max(milliseconds, 0), _LONGEST_MS),
            )
            .returning(decision.c.decision_id)
        ).scalar_one()
    )
