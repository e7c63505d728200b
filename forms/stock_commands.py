"""The stock commands: what people say about forms goes into the ledger, and statements come out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from forms.draft_file import DraftFile
from forms.stock_words import (
    act_in_words,
    entry_in_words,
    obstacles_in_words,
    remedy_for,
    state_in_words,
    undone_in_words,
)
from omr.days import parse_day
from omr.errors import UsageError
from omr.i18n import _
from omr.ledger import Ledger, issued
from omr.ledger.entries import Entry, entries_about, states_in
from omr.ledger.readings import refused_as_void, sheet_rows
from omr.ledger.stock import read_stock
from omr.ledger.stock_entries import EntryRefused, UndoesSeveral, add_entry, unfinished_runs
from omr.pads import PadName
from omr.periods import Period
from omr.person import present_person
from omr.serial_ranges import SerialRange, merged, parse_forms
from omr.serials import SerialMistyped
from omr.settings import Settings
from omr.stock import Act, FormState
from omr.stock_statement import UNIT_COLUMNS, Statement, stock_statement
from omr.survey_file import find_domain
from omr.workspace import Workspace

COLUMNS = (*UNIT_COLUMNS, "in_store")
_STORE = ("store_opening", "printed", "void_in_store", "lost_in_store")
_LISTS = ("missing", "still_out", "reported_lost", "contradictory")
_WANTS_A_REASON = frozenset({Act.VOID, Act.LOST, Act.UNDO})


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


def the_unit_of(ledger: Ledger, forms: Sequence[SerialRange]) -> str:
    """The one unit for which *forms* were printed.

    Raises:
        UsageError: If they belong to several units, who cannot sign one receipt.
    """
    units = sorted({unit for part in forms for unit in issued.units_of(ledger, part)})
    if len(units) != 1:
        raise UsageError(
            _("these forms belong to no unit or to several: {units}").format(
                units=", ".join(units) or "-"
            ),
            _("Give a receipt for the forms of one unit at a time."),
        )
    return units[0]


@dataclass(frozen=True, slots=True)
class Saying:
    """What a person is about to say."""

    act: Act
    forms: tuple[SerialRange, ...]
    on_day: date
    why: str
    by: str


def saying(
    ledger: Ledger,
    settings: Settings,
    act: Act,
    texts: Sequence[str],
    *,
    on_day: str | None,
    why: str,
    by: str | None = None,
) -> Saying:
    """What a person wants to say about the forms named by *texts*, as far as it makes sense.

    Args:
        ledger: The open ledger.
        settings: Of the office.
        act: What happened.
        texts: Serials, ranges, pads.
        on_day: Day on which it happened; None: today.
        why: In the person's words.
        by: Who says so; None: who is signed in.

    Raises:
        UsageError: If a form is mistyped, or the day is in the future or before the forms
            were printed, or there is no reason where one is needed.
    """
    today = datetime.now(settings.zone).date()
    day = today if on_day is None else _day(on_day)
    if day > today:
        raise UsageError(
            _("{day} has not come yet").format(day=day), _("Give the day on which it happened.")
        )
    why = " ".join(why.split())
    if not why and act in _WANTS_A_REASON:
        raise UsageError(_("there is no reason"), _('Give it as: --why "..."'))
    person = present_person() if by is None else " ".join(by.split())
    if not person:
        raise UsageError(_("there is no name"), _("Leave --by out, or give a name."))
    forms = merged(named_forms(ledger, texts))
    for part in forms:
        moment = issued.printed_at(ledger, part)
        if moment is None:
            continue  # never printed: refused with the others
        printed = datetime.fromisoformat(moment).astimezone(settings.zone).date()
        if day < printed:
            raise UsageError(
                _("{forms} were printed on {printed}, after {day}").format(
                    forms=part, printed=printed, day=day
                ),
                _("Give the day on which it happened."),
            )
    return Saying(act, tuple(forms), day, why, person)


def keep(ledger: Ledger, said: Saying) -> Entry:
    """Keep what a person says.

    Raises:
        UsageError: If it is impossible for any of the forms; nothing was kept.
    """
    try:
        return add_entry(ledger, said.act, said.forms, on_day=said.on_day, why=said.why, by=said.by)
    except EntryRefused as refused:
        raise UsageError(
            _("nothing was kept, since this is impossible:\n     {lines}").format(
                lines="\n     ".join(obstacles_in_words(refused.obstacles, said.act))
            ),
            remedy_for(said.act),
        ) from refused
    except UndoesSeveral as refused:
        raise UsageError(
            _(
                "nothing was kept, since different entries would be taken back:\n     {lines}"
            ).format(lines="\n     ".join(undone_in_words(refused.last))),
            _("Name the forms of one of these lines at a time."),
        ) from refused


def kept_already(ledger: Ledger, said: Saying) -> Entry | None:
    """The entry with these very words, if it was the last about each of these forms.

    So a receipt that a power cut prevented, or that was lost, can be had again.
    """
    entries = [entries_about(ledger, forms) for forms in said.forms]
    if not all(entries):
        return None
    last = {about[-1].entry_id: about[-1] for about in entries}
    if len(last) != 1:
        return None
    [entry] = last.values()
    same = (entry.act, entry.on_day, entry.why) == (said.act, said.on_day, said.why)
    return entry if same and tuple(entry.forms) == said.forms else None


def told(ledger: Ledger, entry: Entry) -> Iterator[str]:
    """A kept entry in words, one line each."""
    units = sorted({unit for forms in entry.forms for unit in issued.units_of(ledger, forms)})
    why = f": {entry.why}" if entry.why else ""
    yield _("{units}: {what}: {count} ({day}, entry {id}, by {who}){why}").format(
        units=", ".join(units),
        what=act_in_words(entry.act),
        count=sum(map(len, entry.forms)),
        day=entry.on_day.isoformat(),
        id=entry.entry_id,
        who=entry.said_by,
        why=why,
    )
    for forms in entry.forms:
        yield f"  {forms}"
    if entry.act is not Act.UNDO:
        return
    for forms in entry.forms:
        with ledger.read() as connection:
            for alike, state in _by_state(states_in(connection, forms)):
                yield _("{forms}: now {state}").format(forms=alike, state=state_in_words(state))
            for serial, file, page in refused_as_void(connection, forms):
                yield _(
                    "{serial} was scanned while it was void ({file}, page {page}): scan it again"
                ).format(serial=serial, file=file, page=page + 1)


def whereabouts(ledger: Ledger, texts: Sequence[str]) -> Iterator[str]:
    """Where the named forms are, and everything that was said about them."""
    for forms in named_forms(ledger, texts):
        with ledger.read() as connection:
            states = states_in(connection, forms)
        if not states:
            yield _("{forms}: never printed").format(forms=forms)
            continue
        for alike, state in _by_state(states):
            yield f"{alike}: {state_in_words(state)}"
        for entry in entries_about(ledger, forms):
            ranges = ", ".join(str(each) for each in entry.forms)
            yield f"  {entry_in_words(entry)}  [{ranges}]"
        if len(forms) == 1:
            for row in sheet_rows(ledger, serial=str(forms)):
                yield _("  scanned: {file}, page {page}, period {period}: {status}").format(
                    file=row.file,
                    page=row.reading.page + 1,
                    period=row.period,
                    status=" ".join((row.reading.status.value, *row.reading.reasons)),
                )


def _by_state(
    states: Sequence[tuple[SerialRange, FormState]],
) -> Iterator[tuple[str, FormState]]:
    """Each state once, with all of its forms."""
    for state in dict.fromkeys(state for _part, state in states):
        alike = merged(part for part, other in states if other is state)
        yield ", ".join(map(str, alike)), state


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
    if domain is not None:
        domain = find_domain(workspace.surveys(), domain)[1].id
    stock = read_stock(ledger, start_day=settings.start_day, zone=settings.zone)
    every = stock_statement(stock, str(wanted))
    rows = tuple(
        row for row in every.rows if code in (None, row.unit) and domain in (None, row.domain)
    )
    return Statement(every.period, rows, every.returned_before_issue)


def lists_told(statement: Statement) -> Iterator[str]:
    """The forms that somebody should look for, one line for each unit, domain and kind."""
    for row in statement.rows:
        for ranges, words in (
            (row.missing, _("missing (later forms of the pad are back)")),
            (row.reported_lost, _("reported lost")),
            (row.contradictory, _("void, and back as well")),
            (row.still_out, _("still out")),
        ):
            if ranges:
                listed = ", ".join(str(each) for each in ranges)
                count = sum(map(len, ranges))
                yield f"{row.unit} {row.domain}: {words}: {count}: {listed}"
        if row.void_in_store or row.lost_in_store:
            yield _("{unit} {domain}: in store, never handed out: {void} void, {lost} lost").format(
                unit=row.unit, domain=row.domain, void=row.void_in_store, lost=row.lost_in_store
            )


def warnings_told(ledger: Ledger, statement: Statement) -> Iterator[str]:
    """Print runs that were interrupted, and returns that moved a hand-over to another month."""
    for forms in unfinished_runs(ledger):
        yield _(
            "{forms}: the print run was interrupted, or is still going on. If it is not: is the "
            "paper there? Then: omr forms issue; if not: omr forms void"
        ).format(forms=forms)
    if statement.returned_before_issue:
        yield _(
            "{count} forms came back in {period} but were handed out later by the books; what was "
            "handed out with them counts in {period}. Was --period right when they were read?"
        ).format(count=statement.returned_before_issue, period=statement.period)


def write_statement(path: Path, statement: Statement) -> Path | None:
    """Write the statement as CSV; ranges of forms are joined by blanks.

    Returns:
        The new name of a file that had that name before.

    Raises:
        UsageError: If the file cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("period", *COLUMNS, *_STORE, "difference", *_LISTS))
    for row in statement.rows:
        writer.writerow(
            (
                statement.period,
                *(getattr(row, name) for name in (*COLUMNS, *_STORE)),
                abs(row.difference) + abs(row.store_difference),
                *(_joined(getattr(row, name)) for name in _LISTS),
            )
        )
    with DraftFile(path) as draft:
        draft.file.write(text.getvalue().encode())
        return draft.publish()


def _joined(ranges: Iterable[SerialRange]) -> str:
    return " ".join(str(each) for each in ranges)


def _day(text: str) -> date:
    try:
        return parse_day(text)
    except ValueError:
        raise UsageError(
            _("'{text}' is no date").format(text=text),
            _("Write it as 2026-11-02 or 02/11/2026."),
        ) from None
