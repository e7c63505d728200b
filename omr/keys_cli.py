"""``omr keys``: who may sign and verify forms, backups of that, and keys for other offices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from omr.i18n import _
from omr.options import WorkspaceOption

app = typer.Typer(
    no_args_is_help=True, help=_("Keep the keys that sign and verify the codes on forms.")
)

PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        metavar="FILE",
        help=_("A file of your own with the passphrase. Default: you are asked for it."),
    ),
]


@app.command("list", help=_("Say of every key since when it is here and what it does."))
def list_command(workspace: WorkspaceOption = Path()) -> None:
    from omr.key_commands import list_keys

    list_keys(workspace)


@app.command(help=_("Let a new key sign from now on; the older ones go on verifying."))
def rotate(
    key_id: Annotated[
        int | None,
        typer.Option(
            "--id", metavar="N", help=_("Id of the new key, above the others. Default: the next.")
        ),
    ] = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.key_commands import rotate_keys

    rotate_keys(workspace, key_id=key_id)


@app.command(help=_("Refuse the codes of a key that others know. This is for good."))
def withdraw(
    key_id: Annotated[int, typer.Argument(metavar="ID", help=_("Id of the key."))],
    why: Annotated[str, typer.Option(metavar="TEXT", help=_("What happened; kept with the key."))],
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.key_commands import withdraw_key

    withdraw_key(workspace, key_id, why)


@app.command(help=_("Write every key to a new file that a passphrase locks."))
def backup(
    out: Annotated[Path, typer.Option(metavar="FILE", help=_("Where the backup is written."))],
    passphrase_file: PassphraseFile = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.key_commands import back_up_keys

    back_up_keys(workspace, out, passphrase_file=passphrase_file)


@app.command(help=_("Put the keys of a backup back; no other key is ever replaced."))
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("A backup."))],
    passphrase_file: PassphraseFile = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.key_commands import restore_keys

    restore_keys(workspace, file, passphrase_file=passphrase_file)


@app.command("check-backup", help=_("Prove that a backup opens and holds the keys as they are."))
def check_backup_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("A backup."))],
    passphrase_file: PassphraseFile = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.key_commands import check_backup

    check_backup(workspace, file, passphrase_file=passphrase_file)


@app.command(help=_("Write the keys of one year for an office that scans but does not print."))
def export(
    out: Annotated[Path, typer.Option(metavar="FILE", help=_("Where the keys are written."))],
    year: Annotated[int, typer.Option(metavar="YYYY", help=_("Year of the serials."))],
    key_ids: Annotated[
        list[int] | None,
        typer.Option(
            "--key", metavar="ID", help=_("Only this key; may be given again. Default: all.")
        ),
    ] = None,
    passphrase_file: PassphraseFile = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.key_commands import export_keys

    export_keys(workspace, out, year, key_ids=key_ids or (), passphrase_file=passphrase_file)


@app.command("import", help=_("Take over keys that verify, from: omr keys export"))
def import_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("An export."))],
    *,
    set_aside: Annotated[
        bool,
        typer.Option(
            "--set-aside", help=_("Keep this workspace's own keys under another name, unused.")
        ),
    ] = False,
    passphrase_file: PassphraseFile = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.key_commands import import_keys

    import_keys(workspace, file, set_aside=set_aside, passphrase_file=passphrase_file)
