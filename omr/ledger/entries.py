"""What people said about forms, and where the forms are by that: reading only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, pairwise
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, select

from omr.errors import LedgerUnusable
from omr.i18n import _
from omr.ledger import Ledger
from omr.ledger.held import among, held_forms
from omr.ledger.schema import issued, stock_entry, stock_range
from omr.serial_ranges import SerialRange, compressed
from omr.stock import Act, Event, FormState, History, ImpossibleAct, follow


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


Part = tuple[SerialRange, tuple[Entry, ...]]
_BUCKET = 512  # numbers: finds the entries about a pad without looking through a year's


def entries_about(ledger: Ledger, forms: SerialRange) -> list[Entry]:
    """Everything that was said about any of *forms*, the oldest first."""
    with ledger.read() as connection:
        return entries_in(connection, forms)


def all_entries(connection: Connection) -> list[Entry]:
    """Everything that was ever said, the oldest first."""
    return entries_in(connection, None)


def said_about(connection: Connection, serials: Sequence[str]) -> dict[str, list[Entry]]:
    """What was said about each of these forms, the oldest first; nothing said, no item."""
    query = (
        select(issued.c.serial, stock_entry, stock_range)
        .join(stock_range, _covers_issued())
        .join(stock_entry, stock_entry.c.entry_id == stock_range.c.entry_id)
        .where(issued.c.serial.in_(serials))
        .order_by(stock_entry.c.entry_id)
    )
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for row in connection.execute(query):
        said = found[row.serial]
        if not said or said[-1].entry_id != row.entry_id:  # ranges of an entry may overlap
            about = SerialRange(row.domain, row.year, row.first, row.last)
            said.append(_entry(row, (about,)))
    return found


def _covers_issued() -> ColumnElement[bool]:
    """That a row of ``stock_range`` is about the form in a row of ``issued``."""
    return and_(
        stock_range.c.domain == issued.c.domain,
        stock_range.c.year == issued.c.year,
        stock_range.c.first <= issued.c.number,
        stock_range.c.last >= issued.c.number,
    )


def states_in(connection: Connection, forms: SerialRange) -> list[tuple[SerialRange, FormState]]:
    """Where every printed form of *forms* is, scans included, in ranges of equal state."""
    held = back_by_number(connection, forms)
    found: list[tuple[SerialRange, FormState]] = []
    for part, entries in parts_of(connection, forms):
        said = history_of(entries).state
        by_state: dict[FormState, list[int]] = defaultdict(list)
        for number in range(part.first, part.last + 1):
            by_state[held.get(number, said)].append(number)
        for state, numbers in by_state.items():
            found += [(some, state) for some in compressed(part.domain, part.year, numbers)]
    return sorted(found)


def split(ranges: Sequence[SerialRange], entries: Sequence[Entry]) -> list[list[Part]]:
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
) -> list[Part]:
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


def parts_of(connection: Connection, forms: SerialRange) -> Iterator[Part]:
    """The printed forms among *forms* in parts about which the same was said."""
    parts = split(printed_of(connection, forms), entries_in(connection, forms))
    return chain.from_iterable(parts)


def history_of(entries: Sequence[Entry]) -> History:
    """What *entries* amount to.

    Raises:
        LedgerUnusable: If they contradict each other; no command writes such entries.
    """
    try:
        return follow([event_of(entry) for entry in entries])
    except ImpossibleAct as error:
        raise LedgerUnusable(
            _("entries about {forms} contradict each other: {why}").format(
                forms=entries[-1].forms[0], why=error
            ),
            _("Put the newest backup of the ledger in its place, and report this."),
        ) from error


def back_by_number(connection: Connection, forms: SerialRange) -> dict[int, FormState]:
    """Those of *forms* that a scan holds, by running number."""
    return {
        each.number: FormState.RETURNED_ANSWERED
        if each.says_something
        else FormState.RETURNED_BLANK
        for each in held_forms(connection, forms)
    }


def printed_of(
    connection: Connection, forms: SerialRange, *, lock: bool = False
) -> list[SerialRange]:
    """Those of *forms* that have a serial; with *lock* no scan can take one meanwhile."""
    query = select(issued.c.number).where(among(forms))
    ordered = query.order_by(issued.c.number)  # so that two that lock never wait crosswise
    numbers = connection.execute(ordered.with_for_update() if lock else query).scalars()
    return compressed(forms.domain, forms.year, numbers)


def entries_in(connection: Connection, forms: SerialRange | None) -> list[Entry]:
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
        found[row.entry_id] = _entry(row, tuple(ranges[row.entry_id]))
    return list(found.values())


def _entry(row: Row[Any], forms: tuple[SerialRange, ...]) -> Entry:
    return Entry(
        entry_id=row.entry_id,
        act=Act(row.act),
        forms=forms,
        on_day=date.fromisoformat(row.on_day),
        why=row.why,
        said_by=row.said_by,
        said_at=row.said_at,
    )


def event_of(entry: Entry) -> Event:
    """*entry* as it concerns one form; its day stands for the period."""
    return Event(entry.entry_id, entry.act, entry.on_day.isoformat())
