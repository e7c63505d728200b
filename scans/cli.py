"""omr scans: read scanned forms, list what was read, say what waits."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from omr.errors import UsageError
from omr.i18n import _
from omr.options import WorkspaceOption
from scans.reviewers_cli import app as reviewers_app
from scans.senders_cli import app as senders_app
from scans.units_cli import app as units_app

JobsOption = Annotated[
    int | None, typer.Option(min=1, help=_("Worker processes. Default: one for each core."))
]
EvidenceOption = Annotated[
    Path | None, typer.Option(help=_("Save a picture of every sheet here, showing what was seen."))
]

app = typer.Typer(no_args_is_help=True, help=_("Read scanned forms and settle what is doubtful."))
app.add_typer(reviewers_app, name="reviewers")
app.add_typer(senders_app, name="senders")
app.add_typer(units_app)


class EngineName(StrEnum):
    """Who reads pages."""

    LOCAL = "local"
    DASK = "dask"


@app.command(help=_("Read scans: PDF, TIFF, JPEG or PNG files, or folders of them."))
def read(
    paths: Annotated[list[Path], typer.Argument(help=_("Files or folders."), metavar="PATH...")],
    workspace: WorkspaceOption = Path(),
    period: Annotated[
        str | None, typer.Option(help=_("Reporting month of the batch, YYYY-MM. Default: now."))
    ] = None,
    jobs: JobsOption = None,
    evidence: EvidenceOption = None,
    engine: Annotated[
        EngineName, typer.Option(help=_("Read on this machine, or on a Dask cluster."))
    ] = EngineName.LOCAL,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help=_("The cluster's, as 'dask scheduler' prints it.")),
    ] = None,
) -> None:
    from scans.commands import read_scans

    on_cluster = engine is EngineName.DASK
    if on_cluster != bool(scheduler):
        raise UsageError(
            _("a cluster is named by two options, which go together"),
            _("Use --engine dask --scheduler ADDRESS, or neither."),
        )
    read_scans(paths, workspace, period=period, jobs=jobs, evidence=evidence, scheduler=scheduler)


@app.command(help=_("Read what a scanner drops into a folder, until Ctrl-C."))
def watch(
    folder: Annotated[
        Path, typer.Argument(help=_("The folder that the scanner writes to."), metavar="FOLDER")
    ],
    *,
    workspace: WorkspaceOption = Path(),
    period: Annotated[
        str | None,
        typer.Option(help=_("Reporting month of every file, YYYY-MM. Default: that of the day.")),
    ] = None,
    jobs: JobsOption = None,
    evidence: EvidenceOption = None,
    poll: Annotated[
        bool,
        typer.Option("--poll", help=_("Look every few seconds; for folders in the network.")),
    ] = False,
) -> None:
    from scans.watch import watch_scans

    watch_scans(folder, workspace, period=period, jobs=jobs, evidence=evidence, poll=poll)


@app.command(help=_("Print one JSON line for each sheet seen."))
def results(
    workspace: WorkspaceOption = Path(),
    file: Annotated[str | None, typer.Option(help=_("Only the scan file of that name."))] = None,
    out: Annotated[Path | None, typer.Option(help=_("Write to this file instead."))] = None,
) -> None:
    from scans.commands import write_results

    write_results(workspace, file=file, out=out)


@app.command(help=_("Say what is waiting for a person."))
def status(
    *,
    workspace: WorkspaceOption = Path(),
    as_json: Annotated[
        bool, typer.Option("--json", help=_("Print one JSON object instead of sentences."))
    ] = False,
) -> None:
    from scans.status import print_status

    print_status(workspace, as_json=as_json)


@app.command(help=_("Say why a sheet was read as it was, in words and as a picture."))
def explain(
    serial: Annotated[
        str | None, typer.Argument(help=_("The sheet's serial."), metavar="[SERIAL]")
    ] = None,
    *,
    workspace: WorkspaceOption = Path(),
    out: Annotated[
        Path | None, typer.Option(help=_("Save the picture here, as PNG."), metavar="PNG")
    ] = None,
    scan: Annotated[
        Path | None,
        typer.Option(help=_("The scan file, to show the sheet as it was scanned.")),
    ] = None,
    file: Annotated[str | None, typer.Option(help=_("Name of the scan file it is in."))] = None,
    page: Annotated[int | None, typer.Option(min=1, help=_("Page of that file, from 1."))] = None,
    sheet: Annotated[int | None, typer.Option(min=1, help=_("Sheet on that page, from 1."))] = None,
) -> None:
    from scans.explain import Which, explain_sheet

    explain_sheet(workspace, Which(serial, file, page, sheet), scan=scan, out=out)


@app.command(help=_("Say by which thresholds a batch was judged, and how clearly it was."))
def thresholds(
    workspace: WorkspaceOption = Path(),
    batch: Annotated[
        int | None, typer.Option(min=1, help=_("Number of the batch. Default: the newest."))
    ] = None,
) -> None:
    from scans.uncertainty import print_thresholds

    print_thresholds(workspace, batch)


@app.command(help=_("Settle what is doubtful, in the browser. Ends with Ctrl-C."))
def review(
    *,
    workspace: WorkspaceOption = Path(),
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help=_("Port of the page. Default: any free one.")),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help=_(
                "This machine's address in a trusted office network, for reviewers with a "
                "password. Default: this machine alone."
            ),
        ),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help=_("Only print the address."))
    ] = False,
) -> None:
    from scans.review.command import review_scans

    review_scans(workspace, port=port, host=host, browser=not no_browser)
