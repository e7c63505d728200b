"""What the commands that take exports in do: file in, ledger and words out."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from omr.errors import InputUnusable, UsageError
from omr.i18n import _
from omr.ledger import Ledger
from omr.ledger.aggregates import add_aggregate
from omr.ledger.aliases import aliases
from omr.ledger.electronic import ImportOutcome, Vanished, add_import
from omr.ledger.inputs import inputs
from omr.ledger.months import closed_periods
from omr.ledger.visits import add_visits
from omr.periods import Period
from omr.workspace import Workspace, open_workspace
from reports.aggregates import AggregateWords, ReadCounts, read_aggregates
from reports.count_tables import CountPlaces
from reports.electronic import ReadExport, Surroundings, header_words, read_export
from reports.open_table import open_table
from reports.profile import Profile, ProfileKind, load_profile, with_aliases
from reports.table import KnownHeader, Table
from reports.unmatched import (
    LEAVES_OUT_ANSWER,
    ONLY_TO_BE_KNOWN,
    Trouble,
    Unmatched,
    printable,
    ranges,
    sentences,
)
from reports.visits import ReadVisits, read_visits, visit_words


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import of single answers did."""

    read: ReadExport
    outcome: ImportOutcome


@dataclass(frozen=True, slots=True)
class CountSummary:
    """What an import of numbers did."""

    read: ReadCounts | ReadVisits
    added: int


def import_export(
    root: Path, file: Path, profile_name: str, *, sheet: str = "", period: str = ""
) -> ImportSummary | CountSummary:
    """Import *file* into the workspace at *root*, as its profile says, and tell what happened.

    Args:
        root: The workspace.
        file: CSV or workbook.
        profile_name: Which column means what; also whether rows are answers or numbers.
        sheet: Of a workbook with several that could be meant.
        period: The reporting month of numbers of which no column names one.

    Raises:
        UsageError: If there is no such profile, or it has mistakes.
        InputUnusable: If the file, or anything in it, could not be used; the rest was.
    """
    workspace = open_workspace(root)
    with Ledger.open(workspace.ledger_url) as ledger:
        profile = confirmed_profile(workspace, ledger, profile_name)
        if profile.kind is not ProfileKind.RESPONSES:
            return _import_counts(workspace, ledger, file, profile, sheet, period)
        if period:
            raise UsageError(
                _("rows of single answers have their own dates"), _("Leave --period out.")
            )
        around = surroundings(workspace)
        table = open_table(file, header_words(profile, around).known, sheet)
        _tell_notes(table)
        found = read_export(table, profile, around)
        if not sheet:  # other sheets of one workbook may well need other profiles
            _refuse_second_profile(ledger, table, profile.name, found)
        outcome = add_import(
            ledger,
            profile=profile.name,
            file_name=table.name,
            sha256=table.sha256,
            rows_seen=found.rows_seen,
            problems=[one.as_json() for one in found.unmatched],
            responses=found.responses,
        )
        closed = [name for name in closed_periods(ledger) if name in outcome.added]
    for line in _told(table.name, found, outcome):
        print(line)
    for name in closed:
        print(
            _("{period} is closed: {count} answers came in late; see omr reports months").format(
                period=name, count=outcome.added[name]
            )
        )
    for line in _vanished_told(outcome.vanished):
        print(f"omr: {table.name}: {line}", file=sys.stderr)
    _tell_unmatched(table, profile, found.unmatched, found.rows_refused)
    return ImportSummary(found, outcome)


def _refuse_second_profile(ledger: Ledger, table: Table, profile: str, found: ReadExport) -> None:
    """Rows are only known again within one profile, so through another they would count twice.

    Raises:
        InputUnusable: If these very bytes brought answers of these months through another one.
    """
    for period in sorted({response.period for response in found.responses}):
        for earlier in inputs(ledger, period).imports:
            if earlier.sha256 == table.sha256 and earlier.source != profile:
                raise InputUnusable(
                    _(
                        "{file} was imported already, with the profile '{earlier}'; with "
                        "'{profile}' its answers would be counted twice. Nothing was added"
                    ).format(file=table.name, earlier=earlier.source, profile=profile),
                    _(
                        "Go on with: --profile {earlier}. Edit that profile if it lacks words."
                    ).format(earlier=earlier.source),
                )


def import_visits(
    root: Path, file: Path, profile_name: str = "visits", *, sheet: str = "", period: str = ""
) -> CountSummary:
    """Import visit counts; as :func:`import_export` for a profile of that kind.

    Raises:
        UsageError: If the profile is of another kind, or as :func:`import_export`.
        InputUnusable: As :func:`import_export`.
    """
    workspace = open_workspace(root)
    with Ledger.open(workspace.ledger_url) as ledger:
        profile = confirmed_profile(workspace, ledger, profile_name)
        if profile.kind is not ProfileKind.VISITS:
            raise UsageError(
                _("the profile '{name}' is not for visits").format(name=profile.name),
                _('Write kind = "visits" in {path}, or use: omr reports import').format(
                    path=profile.path
                ),
            )
        return _import_counts(workspace, ledger, file, profile, sheet, period)


def confirmed_profile(workspace: Workspace, ledger: Ledger, name: str) -> Profile:
    """The profile *name* with the words that people confirmed for it."""
    profile = load_profile(
        workspace.profiles_folder, name, surveys=workspace.surveys(), units=workspace.units()
    )
    return with_aliases(profile, aliases(ledger, profile.name))


def surroundings(workspace: Workspace) -> Surroundings:
    """What the workspace knows, for matching single answers."""
    start_day = workspace.settings.start_day

    @lru_cache
    def period_of(day: date) -> str:
        return str(Period.containing(day, start_day))

    return Surroundings(
        surveys=workspace.surveys(),
        units=workspace.units(),
        zone=workspace.settings.zone,
        period_of=period_of,
    )


def count_places(workspace: Workspace) -> CountPlaces:
    """What the workspace knows, for matching numbers."""
    return CountPlaces(workspace.surveys(), workspace.units(), workspace.settings.start_day)


def known_header(profile: Profile, workspace: Workspace) -> KnownHeader:
    """Whether a header means something under *profile*."""
    if profile.kind is ProfileKind.RESPONSES:
        return header_words(profile, surroundings(workspace)).known
    if profile.kind is ProfileKind.AGGREGATE:
        return AggregateWords(profile, workspace.surveys()).known
    words = visit_words(profile)
    return lambda header: words.role(header) is not None


def _import_counts(
    workspace: Workspace, ledger: Ledger, file: Path, profile: Profile, sheet: str, period: str
) -> CountSummary:
    if period:
        period = str(Period.parse(period, workspace.settings.start_day))
    around = count_places(workspace)
    table = open_table(file, known_header(profile, workspace), sheet)
    _tell_notes(table)
    found: ReadCounts | ReadVisits
    if profile.kind is ProfileKind.AGGREGATE:
        counted = read_aggregates(table, profile, around, period)
        found, added = (
            counted,
            add_aggregate(
                ledger,
                source=profile.name,
                file_name=table.name,
                sha256=table.sha256,
                counts=counted.counts,
            ),
        )
    else:
        visited = read_visits(table, profile, around, period)
        found, added = (
            visited,
            add_visits(ledger, file_name=table.name, sha256=table.sha256, counts=visited.counts),
        )
    print(
        _("{file}: {seen} rows seen, {numbers} numbers taken in, {refused} rows refused").format(
            file=table.name, seen=found.rows_seen, numbers=added, refused=found.rows_refused
        )
    )
    if found.counts and not added:
        print(_("nothing was added: the ledger has these very numbers already"))
    _tell_unmatched(table, profile, found.unmatched, found.rows_refused)
    return CountSummary(found, added)


def _tell_notes(table: Table) -> None:
    for note in table.notes:
        print(f"{table.name}: {note}")


def _told(name: str, found: ReadExport, outcome: ImportOutcome) -> Iterator[str]:
    excluded = sum(bool(response.excluded) for response in found.responses)
    yield _(
        "{file}: {seen} rows seen, {new} new, {known} already known, {excluded} excluded as "
        "double submissions, {refused} refused"
    ).format(
        file=name,
        seen=found.rows_seen,
        new=outcome.new,
        known=outcome.known,
        excluded=excluded,
        refused=found.rows_refused,
    )
    if outcome.improved:
        yield _("{count} known rows were understood better than before and replaced").format(
            count=outcome.improved
        )
    if outcome.edited:
        yield _("{count} answers were edited after an earlier import; they count as edited").format(
            count=outcome.edited
        )
    if found.responses and not (outcome.new or outcome.improved or outcome.edited):
        yield _("nothing was added: every row that can be imported is in the ledger already")
    if outcome.uncompared:
        yield _(
            "{count} rows of earlier imports lie outside this file's days or after its end and "
            "were not compared"
        ).format(count=outcome.uncompared)
    if found.dropped:
        yield _("personal columns dropped: {headers}").format(
            headers="; ".join(f"'{header}'" for header in found.dropped)
        )


def _vanished_told(vanished: Sequence[Vanished]) -> Iterator[str]:
    by_file: dict[str, list[int]] = {}
    for one in vanished:
        by_file.setdefault(one.file, []).append(one.row)
    for file, rows in by_file.items():
        known = [row for row in rows if row]
        yield _(
            "{count} rows of an earlier import are not in this file any more; they still count: "
            "{earlier}, rows {rows}"
        ).format(count=len(rows), earlier=printable(file), rows=ranges(known) if known else "?")


def _tell_unmatched(
    table: Table, profile: Profile, unmatched: Sequence[Unmatched], refused: int
) -> None:
    """Name everything that was not used.

    Raises:
        InputUnusable: If there was anything that a person should cure.
    """
    for line in sentences(unmatched):
        print(f"omr: {table.name}: {line}", file=sys.stderr)
    unused = [one for one in unmatched if one.trouble not in ONLY_TO_BE_KNOWN]
    if not unused:
        return
    columns = {one.column for one in unused if one.trouble is Trouble.UNMAPPED_COLUMN}
    cells = sum(one.times for one in unused if one.trouble in LEAVES_OUT_ANSWER)
    advice = []
    if columns:
        advice.append(
            _(
                "A column that you do not need: add its header to 'ignored' in {profile}, and it "
                "is named no more."
            ).format(profile=profile.path)
        )
    if refused or cells:
        advice.append(
            _(
                "See what fits with: omr reports profile FILE --profile {name}. Confirm words with "
                "omr reports confirm or add them to {profile}, then run the same command again; "
                "rows that are in already are not added twice."
            ).format(name=profile.name, profile=profile.path)
        )
    raise InputUnusable(_left_out(table.name, refused, cells, sorted(columns)), " ".join(advice))


def _left_out(file: str, rows: int, cells: int, columns: Sequence[str]) -> str:
    """How much of a file was not used: rows, answers in rows that were, columns."""
    parts = []
    if rows:
        parts.append(_("{count} rows").format(count=rows))
    if cells:
        parts.append(_("{count} single answers").format(count=cells))
    if columns:
        names = "; ".join(f"'{printable(header)}'" for header in columns)
        parts.append(_("{count} columns ({headers})").format(count=len(columns), headers=names))
    what = ", ".join(parts)
    if rows:
        return _("{file}: not taken in: {what}").format(file=file, what=what)
    return _("{file}: every row was taken in; left out: {what}").format(file=file, what=what)
