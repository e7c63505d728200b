"""The books about one unit's forms, handed to the unit: its ledger then knows what was issued.

A unit's ledger never adds to them; each newer hand-out brings what was printed and said since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from omr.errors import InputUnusable
from omr.i18n import _
from omr.ledger import Ledger
from omr.ledger.entries import entries_in
from omr.ledger.schema import (
    code_number,
    issued,
    layout,
    pad,
    print_run,
    run_finished,
    stock_entry,
    stock_range,
)
from omr.serial_ranges import SerialRange
from omr.serials import Serial

Rows = list[dict[str, Any]]  # of one table, by column
# In the order in which they can be added; those that every unit gets whole come first.
_TABLES: Mapping[str, Table] = {
    each.name: each
    for each in (code_number, layout, print_run, pad, run_finished, stock_entry, stock_range)
}


def books_of(ledger: Ledger, unit: str) -> dict[str, Rows]:
    """Everything that the ledger of *unit* has to know, by table: plain values only.

    Of forms of other units it holds the numbers behind codes and the layouts, so that such a
    form can be named where it turns up, and nothing else.
    """
    with ledger.read() as connection:
        runs = _plain(connection, print_run, print_run.c.unit == unit)
        ids = [row["run_id"] for row in runs]
        entries, ranges = _entries(connection, _forms(runs))
        return {
            code_number.name: _plain(connection, code_number),
            layout.name: _plain(connection, layout),
            print_run.name: runs,
            pad.name: _plain(connection, pad, pad.c.run_id.in_(ids)),
            run_finished.name: _plain(connection, run_finished, run_finished.c.run_id.in_(ids)),
            stock_entry.name: entries,
            stock_range.name: ranges,
        }


def take_books(ledger: Ledger, books: Mapping[str, Rows]) -> int:
    """Add to a unit's ledger what is new in *books*.

    Returns:
        How many forms are new.

    Raises:
        InputUnusable: If they contradict what is there: they are another office's.
    """
    with ledger.write() as connection:
        for name, table in _TABLES.items():
            _add_new(connection, table, books.get(name, []))
        known = set(connection.execute(select(issued.c.run_id).distinct()).scalars())
        new = [row for row in books.get(print_run.name, []) if row["run_id"] not in known]
        for run in new:
            connection.execute(insert(issued), list(_serials(run)))
        return sum(int(run["count"]) for run in new)


def _plain(connection: Connection, table: Table, where: Any = None) -> Rows:
    query = select(table).order_by(*table.primary_key)
    if where is not None:
        query = query.where(where)
    return [dict(row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - its API


def _forms(runs: Rows) -> list[SerialRange]:
    return [
        SerialRange(r["domain"], r["year"], r["first"], r["first"] + r["count"] - 1) for r in runs
    ]


def _entries(connection: Connection, forms: Sequence[SerialRange]) -> tuple[Rows, Rows]:
    """What was said about *forms*, cut to them."""
    entries: dict[int, dict[str, Any]] = {}
    ranges: defaultdict[int, set[SerialRange]] = defaultdict(set)
    for part in forms:
        for said in entries_in(connection, part):
            entries[said.entry_id] = {
                "entry_id": said.entry_id,
                "act": said.act.value,
                "on_day": said.on_day.isoformat(),
                "why": said.why,
                "said_by": said.said_by,
                "said_at": said.said_at,
            }
            ranges[said.entry_id] |= {_within(about, part) for about in said.forms}
    return [entries[key] for key in sorted(entries)], [
        {
            "entry_id": key,
            "domain": each.domain,
            "year": each.year,
            "first": each.first,
            "last": each.last,
        }
        for key in sorted(ranges)
        for each in sorted(ranges[key])
    ]


def _within(about: SerialRange, part: SerialRange) -> SerialRange:
    first, last = max(about.first, part.first), min(about.last, part.last)
    return SerialRange(part.domain, part.year, first, last)


def _add_new(connection: Connection, table: Table, rows: Rows) -> None:
    keys = [column.name for column in table.primary_key]
    known = {tuple(row[key] for key in keys): row for row in _plain(connection, table)}
    new = []
    for row in rows:
        here = known.get(tuple(row[key] for key in keys))
        if here is None:
            new.append(row)
        elif here != row and not _is_same(table, here, row):
            raise InputUnusable(
                _("this kit contradicts the books that are here; nothing was changed"),
                _("It was made by another office, or for another workspace: ask for a new one."),
            )
    if new:
        connection.execute(insert(table), new)


def _is_same(table: Table, here: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether two rows of one key differ only in when they were kept."""
    return table is layout and here["body_json"] == row["body_json"]


def _serials(run: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for number in range(run["first"], run["first"] + run["count"]):
        serial = Serial(run["domain"], run["year"], number)
        yield {
            "serial": str(serial),
            "domain": run["domain"],
            "year": run["year"],
            "number": number,
            "run_id": run["run_id"],
        }
