"""``omr scans senders``: which units' keys count here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from omr.i18n import _
from omr.options import WorkspaceOption

app = typer.Typer(no_args_is_help=True, help=_("Say which units' files count here."))


@app.command(help=_("Let files count that this unit's key signs, once its fingerprint fits."))
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("Any file that it packed."))],
    fingerprint: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help=_("As the unit reads it out on the telephone. Default: asked.")
        ),
    ] = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    from scans.sender_commands import add_sender

    add_sender(workspace, file, fingerprint)


@app.command(help=_("Refuse, for good, what a key signs; what was merged stays."))
def withdraw(
    fingerprint: Annotated[
        str, typer.Argument(metavar="FINGERPRINT", help=_("Of the key, from: senders list"))
    ],
    why: Annotated[str, typer.Option(help=_("The reason, in your words."))],
    workspace: WorkspaceOption = Path(),
) -> None:
    from scans.sender_commands import withdraw_sender

    withdraw_sender(workspace, fingerprint, why)


@app.command("list", help=_("Print every unit's key that was ever registered."))
def list_command(workspace: WorkspaceOption = Path()) -> None:
    from scans.sender_commands import list_senders

    list_senders(workspace)
