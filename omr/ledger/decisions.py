"""What people decide about readings. Added once, never changed; the newest counts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, insert, select

from omr.layout import Layout, QuestionKind, layout_from_json
from omr.ledger import Ledger, now
from omr.ledger.issued import Issued, find_issued
from omr.ledger.refusals import DecisionRefused, Refusal
from omr.ledger.rows import held_answers
from omr.ledger.schema import decision, identified, identified_place, layout, sheet
from omr.ledger.sheets import SheetRow
from omr.ledger.standing import (
    ABOUT_ANSWER,
    ABOUT_IDENTITY,
    ABOUT_WHOLE,
    IDENTITY,
    PAPER,
    WHOLE,
    Decision,
    Remeasured,
    Verdict,
    answers_to_json,
    current,
    decisions_by_sheet,
)
from omr.ledger.waiting import (
    Point,
    changed_sheets,
    find_decisions,
    find_sheet,
    newest,
    newest_of,
    open_sheets,
    picture_is_kept,
    refuse_unseen,
    row_of,
    sheet_id_of,
)
from omr.marks import HOLDS_SERIAL, Reason, SheetStatus
from omr.serials import SerialMistyped, parse_serial
from omr.stock import FormState

__all__ = [
    "DecisionRefused",
    "Point",
    "Refusal",
    "append",
    "changed_sheets",
    "find_decisions",
    "find_form",
    "find_sheet",
    "identify",
    "newest",
    "newest_of",
    "open_sheets",
    "picture_is_kept",
    "place",
    "undo",
]

LONGEST_MS = 24 * 3600 * 1000  # a page left open over night says nothing about the decision


def append(
    ledger: Ledger,
    record_id: str,
    question: str,
    verdict: Verdict,
    options: Iterable[str] = (),
    *,
    by: str,
    milliseconds: int = 0,
    seen: int | None = None,
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
        seen: The decision that stood when the person saw the item, 0 for none; ``None`` not
            to look. Saying the same twice is then kept once, so a request may be repeated.

    Returns:
        The decision's id.

    Raises:
        DecisionRefused: If it does not fit the sheet, or somebody decided meanwhile; nothing
            was kept.
    """
    chosen = tuple(dict.fromkeys(options))
    with ledger.write() as connection:
        sheet_id = sheet_id_of(connection, record_id)
        stands = current(decisions_by_sheet(connection, [sheet_id]).get(sheet_id, []), question)
        if seen is not None:
            # The same said again: a request that was repeated, or a person shown it again.
            if stands is not None and _says(stands, by, verdict, chosen):
                return stands.decision_id
            refuse_unseen(connection, sheet_id, question, seen)
        row = row_of(connection, record_id)
        if row is None or not _is_asked(row, question, verdict):
            raise DecisionRefused(Refusal.NOT_ASKED, question)
        if question not in (IDENTITY, WHOLE):
            check_options(connection, row, question, verdict, chosen)
        elif chosen:
            raise DecisionRefused(Refusal.NO_SUCH_OPTION, "|".join(chosen))
        if question == IDENTITY:
            _no_duplicate_depends(connection, row)
        decision_id = _insert(connection, sheet_id, question, verdict, chosen, by, milliseconds)
        no_void_form_counts(connection, record_id)
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
        row = row_of(connection, sheet_of)
        if row is None:
            raise DecisionRefused(Refusal.UNKNOWN_SHEET)
        return _free_form(connection, serial, row)


def identify(
    ledger: Ledger,
    record_id: str,
    found: Remeasured,
    *,
    by: str,
    milliseconds: int = 0,
    seen: int | None = None,
) -> int:
    """Keep which form a sheet is, with what was measured on it as that form.

    Args:
        ledger: The open ledger.
        record_id: The sheet.
        found: What was measured.
        by: Who says so.
        milliseconds: How long it was on the screen.
        seen: The decision about the identity that stood when the person looked, 0 for none;
            ``None`` not to look.

    Returns:
        The decision's id.

    Raises:
        DecisionRefused: If the form has a sheet, or somebody named this one, meanwhile.
    """
    with ledger.write() as connection:
        sheet_id, row = _to_be_named(connection, record_id, seen)
        form = _free_form(connection, found.serial, row, lock=True)
        if (form.unit, form.domain, form.layout_id) != (found.unit, found.domain, found.layout_id):
            raise DecisionRefused(Refusal.OTHER_LAYOUT, found.serial)
        _no_duplicate_depends(connection, row)
        decision_id = _name(connection, sheet_id, found, by, milliseconds)
        reasons = (*found.reasons, form.against_the_books)
        kept = insert(identified).values(decision_id=decision_id, serial=found.serial)
        connection.execute(kept.values(_measured(found, reasons)))
        return decision_id


def place(
    ledger: Ledger,
    record_id: str,
    found: Remeasured,
    *,
    by: str,
    milliseconds: int = 0,
    seen: int | None = None,
) -> int:
    """Keep the unit and domain of a sheet whose serial nobody can read.

    Args:
        ledger: The open ledger.
        record_id: The sheet.
        found: What was measured on it with a layout of that domain; its serial is empty.
        by: Who says so.
        milliseconds: How long it was on the screen.
        seen: As for :func:`identify`.

    Returns:
        The decision's id.

    Raises:
        DecisionRefused: If somebody named the sheet meanwhile, or the layout is another
            domain's.
    """
    with ledger.write() as connection:
        sheet_id, row = _to_be_named(connection, record_id, seen)
        if found.serial or _layout(connection, found.layout_id).domain != found.domain:
            raise DecisionRefused(Refusal.OTHER_LAYOUT, found.domain)
        _no_duplicate_depends(connection, row)
        decision_id = _name(connection, sheet_id, found, by, milliseconds)
        kept = insert(identified_place).values(decision_id=decision_id)
        connection.execute(kept.values(_measured(found, (*found.reasons, Reason.NO_SERIAL))))
        return decision_id


def _to_be_named(connection: Connection, record_id: str, seen: int | None) -> tuple[int, SheetRow]:
    """A sheet of which people are asked what form it is."""
    sheet_id = sheet_id_of(connection, record_id)
    refuse_unseen(connection, sheet_id, IDENTITY, seen)
    row = row_of(connection, record_id)
    if row is None or not _is_asked(row, IDENTITY, Verdict.IDENTIFIED):
        raise DecisionRefused(Refusal.NOT_ASKED)
    return sheet_id, row


def _name(
    connection: Connection, sheet_id: int, found: Remeasured, by: str, milliseconds: int
) -> int:
    _drop_misfits(connection, sheet_id, found.layout_id, by)
    return _insert(connection, sheet_id, IDENTITY, Verdict.IDENTIFIED, (), by, milliseconds)


def _measured(found: Remeasured, reasons: Iterable[Reason | None]) -> dict[str, Any]:
    """What both tables of named sheets keep."""
    return {
        "unit": found.unit,
        "domain": found.domain,
        "layout_id": found.layout_id,
        "reasons": "|".join(filter(None, reasons)),
        "answers_json": answers_to_json(found.answers),
        "measurements": found.measurements,
    }


def undo(ledger: Ledger, record_id: str, question: str, *, by: str, seen: int | None = None) -> int:
    """Take back what is said about *question*: it waits for a person again.

    Args:
        ledger: The open ledger.
        record_id: The sheet.
        question: What it is about.
        by: Who takes it back.
        seen: The decision to take back; another one that stands now is left alone.

    Returns:
        The id of the row that says so.

    Raises:
        DecisionRefused: If nothing is said about it now, or a later scan was set aside as a
            duplicate of what would be no form any more.
    """
    with ledger.write() as connection:
        sheet_id = sheet_id_of(connection, record_id)
        said = decisions_by_sheet(connection, [sheet_id]).get(sheet_id, [])
        if current(said, question) is None:
            raise DecisionRefused(Refusal.NOTHING_TO_UNDO)
        refuse_unseen(connection, sheet_id, question, seen)
        if question == IDENTITY:
            row = row_of(connection, record_id)
            if row is not None:
                _no_duplicate_depends(connection, row)
        decision_id = _insert(connection, sheet_id, question, Verdict.UNDONE, (), by, 0)
        no_void_form_counts(connection, record_id)
        return decision_id


def _says(stands: Decision, by: str, verdict: Verdict, chosen: tuple[str, ...]) -> bool:
    same = (stands.decided_by, stands.verdict) == (by, verdict)
    return same and set(stands.options) == set(chosen) and not stands.is_disputed


def _drop_misfits(connection: Connection, sheet_id: int, layout_id: str, by: str) -> None:
    """Take back what was said about answers that the form *layout_id* cannot have."""
    printed = {q.id: q for q in _layout(connection, layout_id).questions}
    said = decisions_by_sheet(connection, [sheet_id]).get(sheet_id, [])
    for question in {each.question for each in said} - {IDENTITY, WHOLE}:
        stands = current(said, question)
        options = {b.option for b in printed[question].bubbles} if question in printed else None
        if stands is not None and (options is None or not options.issuperset(stands.options)):
            _insert(connection, sheet_id, question, Verdict.UNDONE, (), by, 0)


def _is_asked(row: SheetRow, question: str, verdict: Verdict) -> bool:
    """Whether *verdict* about *question* answers something that was asked of people."""
    if question == IDENTITY:
        waited = row.seen.status is SheetStatus.REVIEW and row.seen.serial is None
        return waited and verdict in ABOUT_IDENTITY
    if {IDENTITY, PAPER}.intersection(row.open) or row.reading.unit is None:
        return False
    if question == WHOLE:
        return WHOLE in row.asked and verdict in ABOUT_WHOLE
    return question in row.asked and question != PAPER and verdict in ABOUT_ANSWER


def check_options(
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
        select(sheet.c.sheet_id).where(
            sheet.c.serial == row.reading.serial,
            sheet.c.status == SheetStatus.DUPLICATE.value,
        )
    ).first()
    if later is not None:
        raise DecisionRefused(Refusal.DUPLICATES_DEPEND, row.reading.serial)


def no_void_form_counts(connection: Connection, record_id: str) -> None:
    """Refuse what has just been said if a form counts by it that is void.

    While a sheet did not count its form was free, and somebody may have made it void.
    """
    row = row_of(connection, record_id)
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
                milliseconds=min(max(milliseconds, 0), LONGEST_MS),
            )
            .returning(decision.c.decision_id)
        ).scalar_one()
    )
