"""What people say about forms: entries that are only ever added, checked before they are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from sqlalchemy import Connection, exists, insert, select

from omr.ledger import Ledger, now
from omr.ledger.entries import (
    Entry,
    back_by_number,
    entries_in,
    event_of,
    history_of,
    parts_of,
    printed_of,
    split,
)
from omr.ledger.held import among
from omr.ledger.schema import (
    decision,
    issued,
    print_run,
    run_finished,
    sheet,
    stock_entry,
    stock_range,
)
from omr.ledger.standing import WHOLE, Verdict
from omr.marks import ASKED_WHOLE, Reason, SheetStatus
from omr.periods import FIRST_YEAR, LAST_YEAR
from omr.serial_ranges import SerialRange, compressed, merged
from omr.stock import Act, Event, FormState, ImpossibleAct, follow

THE_PROGRAM = "omr"  # says so itself, as no person did


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an entry cannot be made about some forms."""

    forms: SerialRange
    state: FormState | None  # None: never printed
    later_than: date | None = None  # something was said about them that happened after the day


class EntryRefused(Exception):
    """An entry that cannot be; the ledger is as it was."""

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        super().__init__(", ".join(f"{each.forms}: {each.state}" for each in obstacles))
        self.obstacles = tuple(obstacles)


class UndoesSeveral(Exception):
    """Forms about which different entries were made last; the ledger is as it was."""

    def __init__(self, last: Sequence[tuple[SerialRange, Entry]]) -> None:
        super().__init__(", ".join(f"{forms}: {entry.entry_id}" for forms, entry in last))
        self.last = tuple(last)


class RunOverruled(Exception):
    """Somebody said that the forms of a run are void or lost while it was being printed."""


def add_entry(
    ledger: Ledger, act: Act, forms: Sequence[SerialRange], *, on_day: date, why: str, by: str
) -> Entry:
    """Say that *act* happened to all of *forms*.

    Args:
        ledger: The open ledger.
        act: What happened.
        forms: Ranges; what is in two of them counts once.
        on_day: Local date on which it happened.
        why: In a person's words; may be empty where the act explains itself.
        by: Who says so.

    Raises:
        EntryRefused: If it is impossible for any of the forms; then nothing is kept.
        UndoesSeveral: If *act* is an undo and would take different entries back.
        ValueError: If *on_day* is in no year that has periods.
    """
    if not FIRST_YEAR <= on_day.year <= LAST_YEAR:
        raise ValueError(f"no year of ours: {on_day}")
    tidy = merged(forms)
    with ledger.write() as connection:
        obstacles = [each for part in tidy for each in _obstacles(connection, act, part, on_day)]
        if obstacles:
            raise EntryRefused(obstacles)
        if act is Act.UNDO:
            last = [pair for part in tidy for pair in _last_entries(connection, part)]
            if len({entry.entry_id for _forms, entry in last}) > 1:
                raise UndoesSeveral(last)
        if act is Act.ISSUE:
            _settle_waiting(connection, tidy, by)
        return _insert(connection, act, tidy, on_day, why, by)


def finish_run(
    ledger: Ledger, run_id: int, forms: SerialRange, *, on_day: date, issue_why: str | None, by: str
) -> None:
    """Say that a run's forms are on paper, and with *issue_why* that the unit has them.

    Both in one transaction. A run about which nothing was said was interrupted, or is still
    being printed; who took it for interrupted meanwhile has the last word.

    Raises:
        RunOverruled: If some of the forms are void or lost by now; then nothing is kept.
    """
    with ledger.write() as connection:
        printed_of(connection, forms, lock=True)
        said = [history_of(part) for _forms, part in parts_of(connection, forms)]
        if any(history.state in {FormState.VOID, FormState.LOST} for history in said):
            raise RunOverruled(str(forms))
        connection.execute(insert(run_finished).values(run_id=run_id, finished_at=now()))
        if issue_why is not None and not any(history.steps for history in said):
            _insert(connection, Act.ISSUE, [forms], on_day, issue_why, by)


def unfinished_runs(ledger: Ledger) -> list[SerialRange]:
    """Forms of interrupted runs about which nobody has said anything yet."""
    query = (
        select(
            print_run.c.domain,
            print_run.c.year,
            print_run.c.first,
            print_run.c.count.label("forms"),
        )
        .outerjoin(run_finished, run_finished.c.run_id == print_run.c.run_id)
        .where(run_finished.c.run_id.is_(None))
        .order_by(print_run.c.run_id)
    )
    with ledger.read() as connection:
        runs = [
            SerialRange(row.domain, row.year, row.first, row.first + row.forms - 1)
            for row in connection.execute(query)
        ]
        return [part for run in runs for part, said in parts_of(connection, run) if not said]


def _obstacles(
    connection: Connection, act: Act, forms: SerialRange, on_day: date
) -> Iterator[Obstacle]:
    """Why *act* cannot be said of some of *forms*."""
    printed = printed_of(connection, forms, lock=True)
    known = {number for part in printed for number in range(part.first, part.last + 1)}
    missing = (n for n in range(forms.first, forms.last + 1) if n not in known)
    for part in compressed(forms.domain, forms.year, missing):
        yield Obstacle(part, None)
    held = back_by_number(connection, forms)
    if act is Act.ISSUE:  # a hand-over that nobody wrote down may still be written down
        waiting = {number for number, *_rest in _waiting_for_issue(connection, forms)}
        held = {number: state for number, state in held.items() if number not in waiting}
    for state in sorted(set(held.values())):  # whatever is said, a scan shows where it is
        numbers = (number for number, there in held.items() if there is state)
        for part in compressed(forms.domain, forms.year, numbers):
            yield Obstacle(part, state)
    rest = compressed(forms.domain, forms.year, known - held.keys())
    for part, entries in chain.from_iterable(split(rest, entries_in(connection, forms))):
        events = [event_of(entry) for entry in entries]
        try:
            follow([*events, Event(0, act, "")])
        except ImpossibleAct as impossible:
            yield Obstacle(part, impossible.state)
            continue
        latest = max((entry.on_day for entry in entries), default=on_day)
        if latest > on_day:
            yield Obstacle(part, follow(events).state, later_than=latest)


def _waiting_for_issue(
    connection: Connection, forms: SerialRange
) -> Iterator[tuple[int, int, frozenset[Reason]]]:
    """Sheets that wait since their forms were never handed out: form number, id, reasons."""
    rows = connection.execute(
        select(issued.c.number, sheet.c.sheet_id, sheet.c.reasons_json)
        .join(sheet, sheet.c.serial == issued.c.serial)
        .where(
            among(forms),
            sheet.c.status == SheetStatus.REVIEW.value,
            ~exists().where(decision.c.sheet_id == sheet.c.sheet_id, decision.c.question == WHOLE),
        )
    )
    for row in rows:
        reasons = frozenset(Reason(word) for word in json.loads(row.reasons_json))
        if Reason.NOT_HANDED_OUT in reasons:
            yield row.number, row.sheet_id, reasons


def _settle_waiting(connection: Connection, forms: Sequence[SerialRange], by: str) -> None:
    """Answer what was asked about sheets of forms that are said to be handed out now.

    A sheet that is asked about for another reason as well goes on waiting.
    """
    rows = [
        {
            "sheet_id": sheet_id,
            "question": WHOLE,
            "verdict": Verdict.CONFIRMED.value,
            "options": "",
            "decided_by": by,
            "decided_at": now(),
            "milliseconds": 0,
        }
        for part in forms
        for _number, sheet_id, reasons in _waiting_for_issue(connection, part)
        if reasons & ASKED_WHOLE == {Reason.NOT_HANDED_OUT}
    ]
    if rows:
        connection.execute(insert(decision), rows)


def _last_entries(
    connection: Connection, forms: SerialRange
) -> Iterator[tuple[SerialRange, Entry]]:
    """For each part of *forms*, the entry that an undo would take back."""
    for part, entries in parts_of(connection, forms):
        last = history_of(entries).steps[-1][1].entry_id
        yield part, next(entry for entry in entries if entry.entry_id == last)


def _insert(
    connection: Connection,
    act: Act,
    forms: Sequence[SerialRange],
    on_day: date,
    why: str,
    by: str,
) -> Entry:
    at = now()
    entry_id = connection.execute(
        insert(stock_entry)
        .values(act=act.value, on_day=on_day.isoformat(), why=why, said_by=by, said_at=at)
        .returning(stock_entry.c.entry_id)
    ).scalar_one()
    connection.execute(
        insert(stock_range),
        [
            {
                "entry_id": entry_id,
                "domain": each.domain,
                "year": each.year,
                "first": each.first,
                "last": each.last,
            }
            for each in forms
        ],
    )
    return Entry(entry_id, act, tuple(forms), on_day, why, by, at)
