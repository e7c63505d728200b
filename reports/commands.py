"""What the reports commands do: workspace in, files and words out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from omr.errors import InputUnusable, PeopleMustDecide
from omr.i18n import _
from omr.ledger import Ledger
from omr.ledger.electronic import ImportOutcome, add_import, electronic_rows
from omr.ledger.readings import sheet_rows
from omr.ledger.stock import read_stock
from omr.periods import Period
from omr.workspace import Workspace, open_workspace
from reports.alerts import alerts
from reports.electronic import ReadExport, Surroundings, header_words, read_export
from reports.export import (
    alerts_csv,
    reconciliation_csv,
    responses_csv,
    tally_csv,
    write_together,
)
from reports.merge import merge
from reports.open_table import open_table
from reports.paper import PaperMonth, paper_month
from reports.profile import load_profile
from reports.reconcile import Reconciliation, reconcile
from reports.responses import Channel, Place, Response
from reports.tally import Choices, tally
from reports.unmatched import ONLY_TO_BE_KNOWN, sentences


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did."""

    read: ReadExport
    outcome: ImportOutcome


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What an export wrote, and what it had to leave out."""

    files: tuple[Path, ...]
    responses: tuple[Response, ...]
    excluded: int  # electronic responses kept but not counted
    paper: PaperMonth
    stock: Reconciliation
    alerts: int


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


def export_results(
    root: Path, period_text: str, out: Path, *, provisional: bool = False
) -> ExportSummary:
    """Write the results of one reporting month and say what they hold.

    Raises:
        PeopleMustDecide: If sheets wait for a person or the stock does not balance, and
            *provisional* is not set; nothing is written.
    """
    workspace = open_workspace(root)
    period = str(Period.parse(period_text, workspace.settings.start_day))
    surveys = workspace.surveys().values()
    with Ledger.open(workspace.ledger_url) as ledger:
        paper = paper_month(sheet_rows(ledger, period=period))
        stock = reconcile(
            read_stock(
                ledger,
                start_day=workspace.settings.start_day,
                zone=workspace.settings.zone,
            ),
            period=period,
            duplicates=paper.duplicates,
            anomalies=paper.anomalies,
        )
        if not provisional and (paper.doubts or stock.difference):
            raise _not_final(period, paper, stock)
        electronic = list(electronic_rows(ledger, period=period))
    counted = [
        Response(
            record_id=row.record_id,
            channel=Channel.ELECTRONIC,
            unit=row.unit,
            domain=row.domain,
            period=row.period,
            answers=row.answers,
            place=Place(row.file),
        )
        for row in electronic
        if not row.excluded
    ]
    responses = merge(paper.responses, counted)
    choices = Choices.of(surveys).with_answers(responses)
    raised = alerts(responses, surveys)
    files = write_together(
        out,
        {
            "responses.csv": responses_csv(responses, choices.questions),
            "tally.csv": tally_csv(tally(responses, choices)),
            "reconciliation.csv": reconciliation_csv(stock),
            "alerts.csv": alerts_csv(raised),
        },
    )
    summary = ExportSummary(
        files=tuple(files),
        responses=responses,
        excluded=len(electronic) - len(counted),
        paper=paper,
        stock=stock,
        alerts=len(raised),
    )
    for line in _export_told(period, summary):
        print(line)
    return summary


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


def _not_final(period: str, paper: PaperMonth, stock: Reconciliation) -> PeopleMustDecide:
    return PeopleMustDecide(
        _(
            "no final count for {period}: {doubts} sheets wait for a person, and stock and "
            "returns differ by {difference} forms"
        ).format(period=period, doubts=paper.doubts, difference=stock.difference),
        _("Decide with: omr scans review. For a count without these sheets: --provisional"),
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


def _export_told(period: str, summary: ExportSummary) -> Iterator[str]:
    paper = sum(response.channel is Channel.PAPER for response in summary.responses)
    if summary.paper.doubts or summary.stock.difference:
        yield _(
            "PROVISIONAL: {doubts} sheets wait for a person and are not counted; stock and "
            "returns differ by {difference} forms"
        ).format(doubts=summary.paper.doubts, difference=summary.stock.difference)
    yield _("{period}: {all} responses, {paper} on paper, {electronic} electronic").format(
        period=period,
        all=len(summary.responses),
        paper=paper,
        electronic=len(summary.responses) - paper,
    )
    if summary.excluded:
        yield _("{count} double submissions are kept but not counted").format(
            count=summary.excluded
        )
    early = summary.stock.statement.returned_before_issue
    if early:
        yield _(
            "{count} forms came back in {period} but were handed out later by the clock; they "
            "count as issued in {period}"
        ).format(count=early, period=period)
    yield _("{count} alerts: low ratings and extra costs").format(count=summary.alerts)
    for path in summary.files:
        yield f"  {path}"
