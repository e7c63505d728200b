"""What the reports commands do: workspace in, files and words out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from omr.errors import InputUnusable
from omr.i18n import _
from omr.ledger import Ledger
from omr.ledger.electronic import ImportOutcome, add_import
from omr.periods import Period
from omr.workspace import Workspace, open_workspace
from reports.electronic import ReadExport, Surroundings, header_words, read_export
from reports.open_table import open_table
from reports.profile import load_profile
from reports.unmatched import ONLY_TO_BE_KNOWN, sentences


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did."""

    read: ReadExport
    outcome: ImportOutcome


def import_export(root: Path, file: Path, profile_name: str) -> ImportSummary:
    """Import the electronic export *file* into the workspace at *root* and say what happened.

    Raises:
        UsageError: If there is no such profile, or it has mistakes.
        InputUnusable: If the file, or anything in it, could not be used; the rest was.
    """
    workspace = open_workspace(root)
    around = _surroundings(workspace)
    profile = load_profile(
        workspace.profiles_folder, profile_name, surveys=around.surveys, units=around.units
    )
    with Ledger.open(workspace.ledger_url) as ledger:
        table = open_table(file, header_words(profile, around).known)
        found = read_export(table, profile, around)
        outcome = add_import(
            ledger,
            profile=profile.name,
            file_name=table.name,
            sha256=table.sha256,
            rows_seen=found.rows_seen,
            problems=[one.as_json() for one in found.unmatched],
            responses=found.responses,
        )
    for line in _import_told(table.name, found, outcome):
        print(line)
    for line in sentences(found.unmatched):
        print(f"omr: {table.name}: {line}", file=sys.stderr)
    unused = [one for one in found.unmatched if one.trouble not in ONLY_TO_BE_KNOWN]
    if unused:
        raise InputUnusable(
            _("{file}: {refused} rows were not imported, {cells} things left out in all").format(
                file=table.name, refused=found.rows_refused, cells=len(unused)
            ),
            _(
                "Add the missing words to {profile} (units: also units.csv), then run the same "
                "command again; rows that are in already are not added twice."
            ).format(profile=profile.path),
        )
    return ImportSummary(found, outcome)


def _surroundings(workspace: Workspace) -> Surroundings:
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


def _import_told(name: str, found: ReadExport, outcome: ImportOutcome) -> Iterator[str]:
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
    if found.responses and not outcome.new and not outcome.improved:
        yield _("nothing was added: every row that can be imported is in the ledger already")
    if found.dropped:
        yield _("personal columns dropped: {headers}").format(
            headers="; ".join(f"'{header}'" for header in found.dropped)
        )
