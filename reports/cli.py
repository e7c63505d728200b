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


SheetOption = Annotated[
    str, typer.Option(help=_("Which sheet, where a workbook has several."), metavar="NAME")
]
PeriodOption = Annotated[
    str,
    typer.Option(help=_("Reporting month of numbers whose file names none."), metavar="YYYY-MM"),
]


@app.command("import", help=_("Take in an export (CSV or XLSX): answers, or numbers."))
def import_(
    file: Annotated[Path, typer.Argument(help=_("The exported file."), metavar="FILE")],
    profile: Annotated[
        str, typer.Option(help=_("Which column means what: a file in the folder profiles."))
    ],
    workspace: WorkspaceOption = Path(),
    sheet: SheetOption = "",
    period: PeriodOption = "",
) -> None:
    from reports.import_commands import import_export

    import_export(workspace, file, profile, sheet=sheet, period=period)


@app.command(help=_("List what was imported, and what was taken back."))
def imports(workspace: WorkspaceOption = Path()) -> None:
    from reports.withdraw_commands import list_imports

    list_imports(workspace)


@app.command(help=_("Take an import back: nothing of it counts any more; it stays on record."))
def withdraw(
    file: Annotated[
        str,
        typer.Argument(
            help=_("The imported file, its name, or its number in: omr reports imports."),
            metavar="FILE",
        ),
    ],
    why: Annotated[str, typer.Option(help=_("The reason."))],
    workspace: WorkspaceOption = Path(),
) -> None:
    from reports.withdraw_commands import withdraw as withdraw_file

    withdraw_file(workspace, file, why=why)


@app.command(help=_("Take in how many people came (CSV or XLSX)."))
def visits(
    file: Annotated[Path, typer.Argument(help=_("The file."), metavar="FILE")],
    workspace: WorkspaceOption = Path(),
    profile: Annotated[
        str, typer.Option(help=_("Which column means what: a file in the folder profiles."))
    ] = "visits",
    sheet: SheetOption = "",
    period: PeriodOption = "",
) -> None:
    from reports.import_commands import import_visits

    import_visits(workspace, file, profile, sheet=sheet, period=period)


@app.command(help=_("Show what of a file fits which profile, and what does not; import nothing."))
def profile(
    file: Annotated[Path, typer.Argument(help=_("The exported file."), metavar="FILE")],
    workspace: WorkspaceOption = Path(),
    profile: Annotated[
        str, typer.Option(help=_("The profile to try. Default: the one that fits best."))
    ] = "",
    sheet: SheetOption = "",
    out: Annotated[
        str, typer.Option(help=_("Write a new profile of this name to edit."), metavar="NAME")
    ] = "",
) -> None:
    from reports.propose_commands import propose

    propose(workspace, file, profile, sheet=sheet, out=out)


@app.command(help=_("Confirm what words in files of a profile mean."))
def confirm(
    profile: Annotated[str, typer.Option(help=_("The files' profile."))],
    workspace: WorkspaceOption = Path(),
    unit: Annotated[
        list[str] | None, typer.Option(help=_("Words of a unit."), metavar="WORDS=CODE")
    ] = None,
    domain: Annotated[
        list[str] | None, typer.Option(help=_("Words of a domain."), metavar="WORDS=CODE")
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(help=_("Words of an answer."), metavar="WORDS=[QUESTION.]OPTION"),
    ] = None,
) -> None:
    from reports.confirm_commands import confirm as confirm_words

    confirm_words(workspace, profile, units=unit or (), domains=domain or (), options=option or ())


@app.command(help=_("Write results, tallies, reconciliation and alerts of a reporting month."))
def export(
    period: Annotated[str, typer.Option(help=_("Reporting month, YYYY-MM."))],
    out: Annotated[Path, typer.Option(help=_("Folder for the files."), metavar="DIR")],
    workspace: WorkspaceOption = Path(),
    *,
    provisional: Annotated[
        bool, typer.Option("--provisional", help=_("Count without the sheets that wait."))
    ] = False,
    outside: Annotated[
        bool,
        typer.Option(
            "--outside",
            help=_("Only what may leave the office: no single answers, no small counts."),
        ),
    ] = False,
) -> None:
    from reports.export_commands import export_results

    export_results(workspace, period, out, provisional=provisional, outside=outside)


@app.command(help=_("List low ratings and reported extra costs, and who looks into them."))
def alerts(
    workspace: WorkspaceOption = Path(),
    period: Annotated[
        str | None, typer.Option(help=_("Reporting month, YYYY-MM. Default: the newest."))
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help=_("Write this CSV file instead."), metavar="CSV")
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help=_("Also handled ones."))] = False,
) -> None:
    from reports.alert_commands import list_alerts

    list_alerts(workspace, period, handled_too=everything, out=out)


@app.command(help=_("Say what was done about an alert."))
def alert(
    record: Annotated[
        str,
        typer.Argument(
            help=_("The alert's code in the list, or the id of its response."), metavar="CODE"
        ),
    ],
    question: Annotated[
        str, typer.Argument(help=_("With an id: the question."), metavar="[QUESTION]")
    ] = "",
    workspace: WorkspaceOption = Path(),
    period: Annotated[
        str | None, typer.Option(help=_("Only look in this reporting month, YYYY-MM."))
    ] = None,
    note: Annotated[str, typer.Option(help=_("What was done."))] = "",
    *,
    handled: Annotated[
        bool, typer.Option("--handled/--open", help=_("Whether it is settled now."))
    ] = True,
) -> None:
    from reports.alert_commands import settle_alert

    settle_alert(workspace, record, question, period=period, handled=handled, note=note)


@app.command(help=_("Close a reporting month: it stays as it is counted now."))
def close(
    period: Annotated[str, typer.Option(help=_("Reporting month, YYYY-MM."))],
    workspace: WorkspaceOption = Path(),
    why: Annotated[str, typer.Option(help=_("A remark for the record."))] = "",
    *,
    unlink: Annotated[
        bool,
        typer.Option(
            "--unlink",
            help=_("Also destroy for good which answers stood on which forms."),
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help=_("Destroy without being asked."))] = False,
) -> None:
    from reports.month_commands import close as close_period

    def confirm(question: str) -> bool:
        return yes or typer.confirm(question)

    close_period(workspace, period, why=why, unlink=unlink, confirm=confirm)


@app.command(help=_("Open a closed reporting month again; its version stays on record."))
def reopen(
    period: Annotated[str, typer.Option(help=_("Reporting month, YYYY-MM."))],
    why: Annotated[str, typer.Option(help=_("The reason."))],
    workspace: WorkspaceOption = Path(),
) -> None:
    from reports.month_commands import reopen as reopen_period

    reopen_period(workspace, period, why=why)


@app.command(help=_("List what was closed, opened again and destroyed, and what came in late."))
def months(workspace: WorkspaceOption = Path()) -> None:
    from reports.month_commands import list_months

    list_months(workspace)
