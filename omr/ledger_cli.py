"""``omr ledger``: whether the ledger is what it was, its backups, and moving it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from omr.i18n import _
from omr.options import WorkspaceOption

app = typer.Typer(
    no_args_is_help=True,
    help=_("Check the ledger, back it up, restore it, move it to another database."),
)

Why = Annotated[
    str | None, typer.Option(metavar="TEXT", help=_("Why an older ledger is accepted; logged."))
]


@app.command(help=_("Prove that every row is as it was logged, and every picture as it was kept."))
def check(
    noted: Annotated[
        str | None,
        typer.Option(
            metavar="ENTRY:SEAL",
            help=_("What an earlier check printed and somebody wrote down; it must still be so."),
        ),
    ] = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.ledger.commands import check_command

    check_command(workspace, noted)


@app.command("accept-older", help=_("Go on with an older copy, when the newest ledger is lost."))
def accept_older(
    why: Annotated[str, typer.Option(metavar="TEXT", help=_("What happened; kept in the log."))],
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.ledger.commands import accept_command

    accept_command(workspace, why)


@app.command(help=_("Write ledger, pictures and settings to a new file and test its restoring."))
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("Where; a new file."))],
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.ledger.commands import backup_command

    backup_command(workspace, file)


@app.command(help=_("Put a backup back; what was there is kept aside."))
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("A backup."))],
    *,
    older: Annotated[
        bool, typer.Option("--older", help=_("Restore although the ledger that is here is newer."))
    ] = False,
    why: Why = None,
    replace_files: Annotated[
        bool,
        typer.Option(
            "--replace-files",
            help=_("Also settings, units and surveys that were changed since; yours are kept."),
        ),
    ] = False,
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.ledger.commands import restore_command

    restore_command(workspace, file, older=older, why=why, replace_files=replace_files)


@app.command(help=_("Copy the whole ledger into another database and prove that it is the same."))
def copy(
    to: Annotated[
        str,
        typer.Option(
            "--to", metavar="URL", help=_("postgresql://USER@HOST/NAME or sqlite:///FILE; empty.")
        ),
    ],
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.ledger.commands import copy_command

    copy_command(workspace, to)
