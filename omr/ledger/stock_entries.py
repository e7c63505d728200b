"""What people say about forms: entries that are only ever added, checked before they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, pairwise

from sqlalchemy import Connection, insert, select

from omr.ledger import Ledger, now
from omr.ledger.held import held_forms
from omr.ledger.schema import issued, print_run, run_finished, stock_entry, stock_range
from omr.serial_ranges import SerialRange, compressed, merged
from omr.stock import Act, Event, FormState, ImpossibleAct, follow

THE_PROGRAM = "omr"  # says so itself, as no person did


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was said about forms."""

    entry_id: int
    act: Act
    forms: tuple[SerialRange, ...]
    on_day: date  # local; when it happened
    why: str
    said_by: str
    said_at: str  # ISO 8601, UTC


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
    """
    tidy = merged(forms)
    with ledger.write() as connection:
        obstacles = [each for part in tidy for each in _obstacles(connection, act, part, on_day)]
        if obstacles:
            raise EntryRefused(obstacles)
        return _insert(connection, act, tidy, on_day, why, by)


def finish_run(
    ledger: Ledger, run_id: int, forms: SerialRange, *, on_day: date, issue_why: str | None, by: str
) -> None:
    """Say that a run's forms are on paper, and with *issue_why* that the unit has them.

    Both in one transaction. A run about which nothing was said was interrupted.
    """
    with ledger.write() as connection:
        connection.execute(insert(run_finished).values(run_id=run_id, finished_at=now()))
        if issue_why is not None:
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
        spoken = {run: [r for e in _entries(connection, run) for r in e.forms] for run in runs}
    return [
        part
        for run in runs
        for part in compressed(
            run.domain,
            run.year,
            (
                number
                for number in range(run.first, run.last + 1)
                if not any(about.holds(number) for about in spoken[run])
            ),
        )
    ]


def entries_about(ledger: Ledger, forms: SerialRange) -> list[Entry]:
    """Everything that was said about any of *forms*, the oldest first."""
    with ledger.read() as connection:
        return _entries(connection, forms)


def state_of(connection: Connection, domain: str, year: int, number: int) -> FormState:
    """Where people say a form is; scans are not looked at."""
    one = SerialRange(domain, year, number, number)
    return follow([_event(entry) for entry in _entries(connection, one)]).state


def states_in(connection: Connection, forms: SerialRange) -> list[tuple[SerialRange, FormState]]:
    """Where every printed form of *forms* is, scans included, in ranges of equal state."""
    held = _back(connection, forms)
    found: list[tuple[SerialRange, FormState]] = []
    parts = split(_printed(connection, forms), _entries(connection, forms))
    for part, entries in chain.from_iterable(parts):
        said = follow([_event(entry) for entry in entries]).state
        by_state: dict[FormState, list[int]] = defaultdict(list)
        for number in range(part.first, part.last + 1):
            by_state[held.get(number, said)].append(number)
        for state, numbers in by_state.items():
            found += [(some, state) for some in compressed(part.domain, part.year, numbers)]
    return sorted(found)


def all_entries(connection: Connection) -> list[Entry]:
    """Everything that was ever said, the oldest first."""
    return _entries(connection, None)


_Part = tuple[SerialRange, tuple[Entry, ...]]
_BUCKET = 512  # numbers: finds the entries about a pad without looking through a year's


def split(ranges: Sequence[SerialRange], entries: Sequence[Entry]) -> list[list[_Part]]:
    """Each of *ranges* in parts about which the same entries were made, with these entries.

    Args:
        ranges: Any.
        entries: The oldest first; each part's are in that order.
    """
    near: dict[tuple[str, int, int], list[tuple[SerialRange, Entry]]] = defaultdict(list)
    for entry in entries:
        for about in entry.forms:
            for bucket in _buckets(about):
                near[about.domain, about.year, bucket].append((about, entry))
    return [_parts(whole, near) for whole in ranges]


def _parts(
    whole: SerialRange, near: Mapping[tuple[str, int, int], list[tuple[SerialRange, Entry]]]
) -> list[_Part]:
    met = {
        (entry.entry_id, about.first): (about, entry)
        for bucket in _buckets(whole)
        for about, entry in near.get((whole.domain, whole.year, bucket), ())
        if about.meets(whole)
    }
    said = [met[key] for key in sorted(met)]
    edges = {whole.first, whole.last + 1}
    for about, _entry in said:
        edges |= {edge for edge in (about.first, about.last + 1) if whole.holds(edge)}
    return [
        (
            SerialRange(whole.domain, whole.year, first, end - 1),
            tuple(entry for about, entry in said if about.holds(first)),
        )
        for first, end in pairwise(sorted(edges))
    ]


def _buckets(forms: SerialRange) -> range:
    return range(forms.first // _BUCKET, forms.last // _BUCKET + 1)


def _obstacles(
    connection: Connection, act: Act, forms: SerialRange, on_day: date
) -> Iterator[Obstacle]:
    """Why *act* cannot be said of some of *forms*."""
    printed = _printed(connection, forms, lock=True)
    known = {number for part in printed for number in range(part.first, part.last + 1)}
    missing = (n for n in range(forms.first, forms.last + 1) if n not in known)
    for part in compressed(forms.domain, forms.year, missing):
        yield Obstacle(part, None)
    held = _back(connection, forms)
    for state in sorted(set(held.values())):  # whatever is said, a scan shows where it is
        numbers = (number for number, there in held.items() if there is state)
        for part in compressed(forms.domain, forms.year, numbers):
            yield Obstacle(part, state)
    rest = compressed(forms.domain, forms.year, known - held.keys())
    for part, entries in chain.from_iterable(split(rest, _entries(connection, forms))):
        events = [_event(entry) for entry in entries]
        try:
            follow([*events, Event(0, act, "")])
        except ImpossibleAct as impossible:
            yield Obstacle(part, impossible.state)
            continue
        latest = max((entry.on_day for entry in entries), default=on_day)
        if latest > on_day:
            yield Obstacle(part, follow(events).state, later_than=latest)


def _back(connection: Connection, forms: SerialRange) -> dict[int, FormState]:
    """Those of *forms* that a scan holds, by running number."""
    return {
        each.number: FormState.RETURNED_ANSWERED
        if each.says_something
        else FormState.RETURNED_BLANK
        for each in held_forms(connection, forms)
    }


def _printed(
    connection: Connection, forms: SerialRange, *, lock: bool = False
) -> list[SerialRange]:
    """Those of *forms* that have a serial; with *lock* no scan can take one meanwhile."""
    query = select(issued.c.number).where(
        issued.c.domain == forms.domain,
        issued.c.year == forms.year,
        issued.c.number.between(forms.first, forms.last),
    )
    numbers = connection.execute(query.with_for_update() if lock else query).scalars()
    return compressed(forms.domain, forms.year, numbers)


def _entries(connection: Connection, forms: SerialRange | None) -> list[Entry]:
    """Entries about any of *forms*, or all; only the ranges that meet *forms* are in them."""
    query = select(stock_entry, stock_range).join(
        stock_range, stock_range.c.entry_id == stock_entry.c.entry_id
    )
    if forms is not None:
        query = query.where(
            stock_range.c.domain == forms.domain,
            stock_range.c.year == forms.year,
            stock_range.c.first <= forms.last,
            stock_range.c.last >= forms.first,
        )
    found: dict[int, Entry] = {}
    ranges: dict[int, list[SerialRange]] = defaultdict(list)
    for row in connection.execute(query.order_by(stock_entry.c.entry_id, stock_range.c.first)):
        ranges[row.entry_id].append(SerialRange(row.domain, row.year, row.first, row.last))
        found[row.entry_id] = Entry(
            entry_id=row.entry_id,
            act=Act(row.act),
            forms=tuple(ranges[row.entry_id]),
            on_day=date.fromisoformat(row.on_day),
            why=row.why,
            said_by=row.said_by,
            said_at=row.said_at,
        )
    return list(found.values())


def _event(entry: Entry) -> Event:
    return Event(entry.entry_id, entry.act, entry.on_day.isoformat())


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
