"""Decisions read again by somebody who does not see them, and how well people agree.

A share of all decisions, chosen by hash so that nobody can foresee or steer it, and every
decision that contradicts the machine is shown to a second person as if nobody had looked. Where
the two disagree, the answer waits again, for a third decision made with both in view.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, exists, insert, or_, select

from omr.ledger import Ledger, now
from omr.ledger.decisions import LONGEST_MS, check_options
from omr.ledger.refusals import DecisionRefused, Refusal
from omr.ledger.reviewers import reviewers
from omr.ledger.rows import rows_of, sheets_query
from omr.ledger.schema import decision, second_reading, sheet
from omr.ledger.sheets import SheetRow
from omr.ledger.standing import (
    ABOUT_ANSWER,
    IDENTITY,
    WHOLE,
    Decision,
    SecondReading,
    Verdict,
    current,
    decisions_by_sheet,
)
from omr.ledger.waiting import may_be_asked, row_of
from omr.marks import HOLDS_SERIAL, AnswerState, Reason

_PARTS = 10_000  # a share is kept to a hundredth of a percent


@dataclass(frozen=True, slots=True)
class Second:
    """A decision that waits for its blind second reading."""

    record_id: str
    question: str
    decision_id: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two people who read the same answers agree."""

    pairs: int
    agreeing: int
    kappa: float | None  # Cohen's; None without pairs, or where chance alone would agree
    open: int  # disagreements that wait for a third decision


def waiting(ledger: Ledger, person: str, share: float) -> list[Second]:
    """The decisions that *person* should read blind.

    Nobody reads their own decision again while anybody else could: only in an office without
    registered reviewers, where one person does everything, are they asked twice themselves.

    Args:
        ledger: The open ledger.
        person: Who would read.
        share: Of all decisions, 0 to 1.
    """
    alone = not reviewers(ledger)
    query = sheets_query().where(
        may_be_asked(), exists().where(decision.c.sheet_id == sheet.c.sheet_id)
    )
    found = []
    with ledger.read() as connection:
        authors = set(connection.execute(select(decision.c.decided_by).distinct()).scalars())
        own_too = alone and authors <= {person}
        every = _said_by_record(connection)
        for row in rows_of(connection, query):
            for stands in _readable(row, every.get(row.record_id, [])):
                if stands.decided_by == person and not own_too:
                    continue
                if _is_drawn(row.record_id, stands, share) or _contradicts(row, stands):
                    found.append(Second(row.record_id, stands.question, stands.decision_id))
    return found


def add(
    ledger: Ledger,
    decision_id: int,
    verdict: Verdict,
    options: Iterable[str] = (),
    *,
    by: str,
    milliseconds: int = 0,
) -> bool:
    """Keep a blind second reading.

    Returns:
        Whether it agrees; if not, the answer waits again.

    Raises:
        DecisionRefused: If the decision does not stand any more, was read a second time
            already, or such an answer cannot be.
    """
    chosen = tuple(dict.fromkeys(options))
    with ledger.write() as connection:
        place = connection.execute(
            select(sheet.c.record_id, decision.c.sheet_id, decision.c.question)
            .join(sheet, sheet.c.sheet_id == decision.c.sheet_id)
            .where(decision.c.decision_id == decision_id)
            .with_for_update()
        ).one_or_none()
        if place is None or verdict not in ABOUT_ANSWER:
            raise DecisionRefused(Refusal.NOT_ASKED)
        said = decisions_by_sheet(connection, [place.sheet_id])[place.sheet_id]
        stands = current(said, place.question)
        row = row_of(connection, place.record_id)
        if row is None:
            raise DecisionRefused(Refusal.NOT_ASKED)
        if stands is None or stands.decision_id != decision_id or not _is_read(row, place.question):
            raise DecisionRefused(Refusal.NOT_ASKED)
        if stands.second is not None:
            if _says(stands.second, by, verdict, chosen):
                return not stands.is_disputed
            raise DecisionRefused(Refusal.DECIDED_MEANWHILE, stands.second.decided_by)
        check_options(connection, row, place.question, verdict, chosen)
        connection.execute(
            insert(second_reading).values(
                decision_id=decision_id,
                verdict=verdict.value,
                options="|".join(chosen),
                decided_by=by,
                decided_at=now(),
                milliseconds=min(max(milliseconds, 0), LONGEST_MS),
            )
        )
        return (verdict, set(chosen)) == (stands.verdict, set(stands.options))


def agreement(ledger: Ledger) -> Agreement:
    """How well first and second readings agree, over all that there are."""
    query = select(
        decision.c.verdict,
        decision.c.options,
        second_reading.c.verdict.label("second_verdict"),
        second_reading.c.options.label("second_options"),
    ).join(second_reading, second_reading.c.decision_id == decision.c.decision_id)
    with ledger.read() as connection:
        rows = connection.execute(query).all()
        waits = _disagreements(connection)
    pairs = [
        (category(row.verdict, row.options), category(row.second_verdict, row.second_options))
        for row in rows
    ]
    return Agreement(
        len(pairs), sum(one == other for one, other in pairs), cohens_kappa(pairs), waits
    )


def cohens_kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Agreement of two readings beyond chance (Cohen, 1960); ``None`` where it is undefined."""
    if not pairs:
        return None
    total = len(pairs)
    first, second = Counter(one for one, _two in pairs), Counter(two for _one, two in pairs)
    chance = sum(first[word] * second[word] for word in first) / total**2
    if chance == 1:
        return None
    return (sum(one == two for one, two in pairs) / total - chance) / (1 - chance)


def _disagreements(connection: Connection) -> int:
    """How many answers wait because two people read them differently."""
    read_twice = (
        select(decision.c.sheet_id)
        .join(second_reading, second_reading.c.decision_id == decision.c.decision_id)
        .where(
            or_(
                second_reading.c.options != decision.c.options,
                second_reading.c.verdict != decision.c.verdict,
            )
        )
    )
    query = sheets_query().where(sheet.c.sheet_id.in_(read_twice))
    return sum(
        Reason.DISAGREEMENT in row.reading.answers[about].reasons
        for row in rows_of(connection, query)
        for about in row.open
        if about in row.reading.answers
    )


def category(verdict: str, options: str) -> str:
    """What was said, as one word; the same for options in another order."""
    return f"{verdict}:{'|'.join(sorted(options.split('|')))}"


def _said_by_record(connection: Connection) -> dict[str, list[Decision]]:
    """Everything that was ever said, by the sheet's record id."""
    query = select(sheet.c.sheet_id, sheet.c.record_id).where(
        exists().where(decision.c.sheet_id == sheet.c.sheet_id)
    )
    records = {row.sheet_id: row.record_id for row in connection.execute(query)}
    said = decisions_by_sheet(connection, records)
    return {records[sheet_id]: each for sheet_id, each in said.items()}


def _readable(row: SheetRow, said: Sequence[Decision]) -> Iterator[Decision]:
    """The decisions about a sheet's answers that stand and that nobody read a second time.

    What settled a disagreement was decided with both readings in view: it is not read again.
    What a sheet says that does not count changes nothing, so nobody is asked about it.
    """
    if row.reading.status not in HOLDS_SERIAL:
        return
    twice = {each.question for each in said if each.second is not None}
    for question in row.asked:
        stands = current(said, question)
        if question in (IDENTITY, WHOLE) or question in twice or question in row.open:
            continue
        if stands is not None and stands.verdict in ABOUT_ANSWER:
            yield stands


def _is_read(row: SheetRow, question: str) -> bool:
    """Whether what is said to *question* on that sheet is, or may be, counted."""
    return row.reading.status in HOLDS_SERIAL and question in row.reading.answers


def _is_drawn(record_id: str, stands: Decision, share: float) -> bool:
    drawn = hashlib.sha256(f"{record_id}/{stands.question}".encode()).digest()
    return int.from_bytes(drawn[:4], "big") % _PARTS < share * _PARTS


def _contradicts(row: SheetRow, stands: Decision) -> bool:
    """Whether a person says something that the machine did not think possible.

    Where it saw candidates, the answer is one of them or, struck out or by mistake, blank.
    """
    machine = row.seen_answers.get(stands.question)
    if machine is None or not machine.options or machine.state is not AnswerState.DOUBTFUL:
        return False
    return stands.verdict is Verdict.ANSWERED and not set(stands.options) <= set(machine.options)


def _says(second: SecondReading, by: str, verdict: Verdict, chosen: tuple[str, ...]) -> bool:
    same = (second.decided_by, second.verdict) == (by, verdict)
    return same and set(second.options) == set(chosen)
