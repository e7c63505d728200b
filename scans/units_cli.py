"""``omr scans kit | use-kit | pack | unpack``: units that read their own scans."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from omr.i18n import _
from omr.options import WorkspaceOption

app = typer.Typer()

_PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help=_("A file of your own that holds the passphrase. Default: it is asked for."),
    ),
]


@app.command(help=_("Write all that a unit needs to read its own scans, locked, to a new file."))
def kit(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help=_("The unit's code."))],
    out: Annotated[Path, typer.Option(metavar="FILE", help=_("Where the kit is written."))],
    year: Annotated[
        int | None,
        typer.Option(
            metavar="YYYY",
            help=_("Year of the serials it can verify. Default: this one and those printed."),
        ),
    ] = None,
    passphrase_file: _PassphraseFile = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    from scans.kit_commands import make_kit

    make_kit(workspace, unit, out, year=year, passphrase_file=passphrase_file)


@app.command("use-kit", help=_("At a unit: make its workspace from a kit, or bring it up to date."))
def use_kit_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("A kit."))],
    passphrase_file: _PassphraseFile = None,
    receiver: Annotated[
        str | None,
        typer.Option(
            metavar="FINGERPRINT",
            help=_("Of the receiving office's new key, as it reads it out on the telephone."),
        ),
    ] = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    from scans.kit_commands import use_kit

    use_kit(workspace, file, passphrase_file=passphrase_file, receiver=receiver)


@app.command(help=_("At a unit: put a month's readings and decisions into one signed file."))
def pack(
    period: Annotated[str, typer.Option(metavar="YYYY-MM", help=_("Reporting month."))],
    out: Annotated[Path, typer.Option(metavar="FILE", help=_("Where the file is written."))],
    workspace: WorkspaceOption = Path(),
) -> None:
    from scans.pack_commands import pack_scans

    pack_scans(workspace, period, out)


@app.command(help=_("Merge files that units packed; the same file twice adds nothing."))
def unpack(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help=_("Files from: omr scans pack"))
    ],
    workspace: WorkspaceOption = Path(),
) -> None:
    from scans.unpack_commands import unpack_scans

    unpack_scans(files, workspace)
