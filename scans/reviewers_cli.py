"""``omr scans reviewers``: who may review from other machines of the office."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from omr.i18n import _
from omr.options import WorkspaceOption

app = typer.Typer(
    no_args_is_help=True,
    help=_("Say who may review from another machine, with a password of their own."),
)

Name = Annotated[
    str, typer.Argument(metavar="NAME", help=_("The person's name, as decisions are signed."))
]


@app.command(help=_("Give a person a password, or a new one. It is asked for, never shown."))
def add(name: Name, workspace: WorkspaceOption = Path()) -> None:
    from scans.reviewer_commands import add_reviewer

    add_reviewer(workspace, name)


@app.command(help=_("Let a person review no more; what they decided stays."))
def remove(name: Name, workspace: WorkspaceOption = Path()) -> None:
    from scans.reviewer_commands import remove_reviewer

    remove_reviewer(workspace, name)


@app.command("list", help=_("Print everybody who has a password, one name a line."))
def list_command(workspace: WorkspaceOption = Path()) -> None:
    from scans.reviewer_commands import list_reviewers

    list_reviewers(workspace)
