"""The stock commands: what people say about forms goes into the ledger, and statements come out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from forms.draft_file import DraftFile
from forms.stock_words import (
    act_in_words,
    entry_in_words,
    obstacles_in_words,
    remedy_for,
    state_in_words,
)
from omr.errors import UsageError
from omr.i18n import _
from omr.ledger import Ledger, issued
from omr.ledger.stock import read_stock
from omr.ledger.stock_entries import (
    Entry,
    EntryRefused,
    add_entry,
    entries_about,
    states_in,
    unfinished_runs,
)
from omr.pads import PadName
from omr.periods import Period
from omr.person import present_person
from omr.serial_ranges import SerialRange, parse_forms
from omr.serials import SerialMistyped
from omr.settings import Settings
from omr.stock import Act
from omr.stock_statement import Statement, stock_statement
from omr.workspace import Workspace

COLUMNS = (
    "unit",
    "domain",
    "opening",
    "issued",
    "returned_answered",
    "returned_blank",
    "void",
    "lost",
    "unused_returned",
    "outstanding",
    "in_store",
)
_LISTS = ("missing", "still_out", "reported_lost")


def named_forms(ledger: Ledger, texts: Sequence[str]) -> list[SerialRange]:
    """The forms that a person named: serials, ranges or pads.

    Raises:
        UsageError: If one of them is mistyped or there is no such pad.
    """
    found = []
    for text in texts:
        try:
            named = parse_forms(text)
        except SerialMistyped as error:
            raise UsageError(
                str(error),
                _(
                    "Write a serial as it is printed, a range such as GTDB-26-000417..000423, or a "
                    "pad such as GTDB-26-Q0003-U."
                ),
            ) from error
        if isinstance(named, PadName):
            pad = issued.pad_of(ledger, named)
            named = SerialRange(pad.domain, pad.year, pad.first, pad.last)
        found.append(named)
    return found


def the_unit_of(ledger: Ledger, texts: Sequence[str]) -> str:
    """The one unit for which the named forms were printed.

    Raises:
        UsageError: If they belong to several units, who cannot sign one receipt.
    """
    units = sorted(
        {unit for forms in named_forms(ledger, texts) for unit in issued.units_of(ledger, forms)}
    )
    if len(units) != 1:
        raise UsageError(
            _("these forms belong to no unit or to several: {units}").format(
                units=", ".join(units) or "-"
            ),
            _("Give a receipt for the forms of one unit at a time."),
        )
    return units[0]


def say(
    ledger: Ledger,
    settings: Settings,
    act: Act,
    texts: Sequence[str],
    *,
    on_day: str | None,
    why: str,
    by: str | None = None,
) -> Entry:
    """Keep what a person says about the forms named by *texts*.

    Args:
        ledger: The open ledger.
        settings: Of the office.
        act: What happened.
        texts: Serials, ranges, pads.
        on_day: ISO date on which it happened; None: today.
        why: In the person's words.
        by: Who says so; None: who is signed in.

    Raises:
        UsageError: If it is impossible for any of them; nothing was kept.
    """
    today = datetime.now(settings.zone).date()
    day = today if on_day is None else _day(on_day)
    if day > today:
        raise UsageError(
            _("{day} has not come yet").format(day=day), _("Give the day on which it happened.")
        )
    try:
        return add_entry(
            ledger,
            act,
            named_forms(ledger, texts),
            on_day=day,
            why=" ".join(why.split()),
            by=by or present_person(),
        )
    except EntryRefused as refused:
        lines = "\n     ".join(obstacles_in_words(refused.obstacles, act))
        raise UsageError(
            _("nothing was kept, since this is impossible:\n     {lines}").format(lines=lines),
            remedy_for(act),
        ) from refused


def told(entry: Entry) -> Iterator[str]:
    """A kept entry in words, one line each."""
    why = f": {entry.why}" if entry.why else ""
    yield _("{what}: {count} ({day}, entry {id}, by {who}){why}").format(
        what=act_in_words(entry.act),
        count=sum(map(len, entry.forms)),
        day=entry.on_day.isoformat(),
        id=entry.entry_id,
        who=entry.said_by,
        why=why,
    )
    for forms in entry.forms:
        yield f"  {forms}"


def whereabouts(ledger: Ledger, texts: Sequence[str]) -> Iterator[str]:
    """Where the named forms are, and everything that was said about them."""
    for forms in named_forms(ledger, texts):
        with ledger.read() as connection:
            states = states_in(connection, forms)
        if not states:
            yield _("{forms}: never printed").format(forms=forms)
            continue
        for part, state in states:
            yield f"{part}: {state_in_words(state)}"
        for entry in entries_about(ledger, forms):
            ranges = ", ".join(str(each) for each in entry.forms)
            yield f"  {entry_in_words(entry)}  [{ranges}]"


def period_statement(
    workspace: Workspace, ledger: Ledger, period: str | None, unit: str | None, domain: str | None
) -> Statement:
    """The stock of one reporting month, of every unit and domain or of some.

    Raises:
        UsageError: If there is no such period, or unit.
    """
    settings = workspace.settings
    if period is None:
        wanted = Period.containing(datetime.now(settings.zone).date(), settings.start_day)
    else:
        wanted = Period.parse(period, settings.start_day)
    code = None if unit is None else workspace.units().unit(unit).code
    stock = read_stock(ledger, start_day=settings.start_day, zone=settings.zone)
    every = stock_statement(stock, str(wanted))
    rows = tuple(
        row
        for row in every.rows
        if code in (None, row.unit) and (domain is None or row.domain == domain.strip().upper())
    )
    return Statement(every.period, rows, every.returned_before_issue)


def lists_told(statement: Statement) -> Iterator[str]:
    """The forms that somebody should look for, one line for each unit, domain and kind."""
    for row in statement.rows:
        for ranges, words in (
            (row.missing, _("missing (later forms of the pad are back)")),
            (row.reported_lost, _("reported lost")),
            (row.still_out, _("still out")),
        ):
            if ranges:
                listed = ", ".join(str(each) for each in ranges)
                count = sum(map(len, ranges))
                yield f"{row.unit} {row.domain}: {words}: {count}: {listed}"


def unfinished_told(ledger: Ledger) -> Iterator[str]:
    """Print runs that were interrupted, and what to do about them."""
    for forms in unfinished_runs(ledger):
        yield _(
            "{forms}: the print run was interrupted. Is the paper there? Then: omr forms issue; "
            "if not: omr forms void"
        ).format(forms=forms)


def write_statement(path: Path, statement: Statement) -> None:
    """Write the statement as CSV; ranges of forms are joined by blanks.

    Raises:
        UsageError: If the file cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("period", *COLUMNS, "difference", *_LISTS))
    for row in statement.rows:
        writer.writerow(
            (
                statement.period,
                *(getattr(row, name) for name in COLUMNS),
                row.difference,
                *(_joined(getattr(row, name)) for name in _LISTS),
            )
        )
    with DraftFile(path) as draft:
        draft.file.write(text.getvalue().encode())
        draft.publish()


def _joined(ranges: Iterable[SerialRange]) -> str:
    return " ".join(str(each) for each in ranges)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            _("'{text}' is no date").format(text=text),
            _("Write year, month and day, for example 2026-11-02."),
        ) from None
