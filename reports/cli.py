"""omr reports: take in electronic answers, and write what was counted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from omr.i18n import _
from omr.options import WorkspaceOption

app = typer.Typer(
    no_args_is_help=True, help=_("Take in electronic answers; write tallies and reconciliation.")
)


@app.command("import", help=_("Take in the export (CSV) of an electronic survey."))
def import_(
    file: Annotated[Path, typer.Argument(help=_("The exported file."), metavar="FILE")],
    profile: Annotated[
        str, typer.Option(help=_("Which column means what: a file in the folder profiles."))
    ],
    workspace: WorkspaceOption = Path(),
) -> None:
    from reports.commands import import_export

    import_export(workspace, file, profile)


@app.command(help=_("Write responses, tally, reconciliation and alerts of a reporting month."))
def export(
    period: Annotated[str, typer.Option(help=_("Reporting month, YYYY-MM."))],
    out: Annotated[Path, typer.Option(help=_("Folder for the files."), metavar="DIR")],
    workspace: WorkspaceOption = Path(),
    *,
    provisional: Annotated[
        bool, typer.Option("--provisional", help=_("Count without the sheets that wait."))
    ] = False,
) -> None:
    from reports.commands import export_results

    export_results(workspace, period, out, provisional=provisional)
