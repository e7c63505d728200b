"""What the keys commands do: workspace in, words out. No secret is ever printed."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

from omr.errors import InputUnusable, UsageError
from omr.i18n import _
from omr.key_backup import differences, restored
from omr.key_backup_note import keep_note, take_half_note
from omr.key_changes import in_words, rotated, withdrawn
from omr.key_passphrase import known_passphrase, new_passphrase
from omr.key_sealing import COST, Kind, Sealed, read_sealed, write_sealed
from omr.key_share import imported, shared
from omr.key_store import change_keyring, exchange_keyring, put_keyring
from omr.keys import MASTER_LENGTH, Key, Keyring
from omr.new_file import is_there
from omr.workspace import Workspace, open_workspace


def list_keys(root: Path) -> None:
    """Say of every key what it does."""
    keyring = open_workspace(root).keyring()
    for key in keyring.keys:
        print(
            _("key {id}, made {date}: {state}").format(
                id=key.key_id, date=key.created.isoformat(), state=_state(key, keyring)
            )
        )


def rotate_keys(root: Path, *, key_id: int | None = None) -> None:
    """Let a new key sign."""
    workspace = open_workspace(root)
    now = change_keyring(
        workspace.keys_file,
        lambda old: rotated(old, _today(workspace), secrets.token_bytes(MASTER_LENGTH), key_id),
    )
    print(_("key {id} signs from now on; the older ones only verify").format(id=now.signing_id))
    _remind()


def withdraw_key(root: Path, key_id: int, why: str) -> None:
    """Refuse the codes of a key from now on."""
    workspace = open_workspace(root)
    change_keyring(workspace.keys_file, lambda old: withdrawn(old, key_id, _today(workspace), why))
    print(
        _("key {id} is withdrawn: every form that was signed with it is refused").format(id=key_id)
    )
    _remind()


def back_up_keys(root: Path, out: Path, *, passphrase_file: Path | None, cost: int = COST) -> None:
    """Lock every key into a new file."""
    workspace = open_workspace(root)
    keyring = workspace.keyring()
    take_half_note(workspace.keys_file)
    _refuse_existing(out)
    if out.resolve().is_relative_to(workspace.root.resolve()):
        _warn(_("this backup lies in the workspace and would be lost with it"))
    phrase = new_passphrase(passphrase_file)
    write_sealed(out, keyring, Kind.BACKUP, phrase, _today(workspace), cost=cost)
    _note(workspace, keyring)
    print(_("{path}: {keys}; it was opened once as a proof").format(path=out, keys=_ids(keyring)))
    print(_("Keep the passphrase apart from the file; without it the file opens for nobody."))


def restore_keys(root: Path, file: Path, *, passphrase_file: Path | None) -> None:
    """Put the keys of a backup back."""
    workspace = open_workspace(root)
    backup = _opened(file, Kind.BACKUP, passphrase_file)
    if not workspace.keys_file.exists():
        put_keyring(workspace.keys_file, backup)
        print(_("restored: {keys}").format(keys=_ids(backup)))
        _tell_signing(backup)
        return
    before = workspace.keyring()
    after = change_keyring(workspace.keys_file, lambda old: restored(old, backup))
    if after == before:
        print(_("everything in this backup is here already; nothing was changed"))
        return
    print(_("joined: {keys}").format(keys=_ids(after)))
    _tell_signing(after)
    _remind()


def check_backup(root: Path, file: Path, *, passphrase_file: Path | None) -> None:
    """Prove that a backup opens and holds the keys of the workspace.

    Raises:
        InputUnusable: If the backup opens but is not of these keys, or older.
        KeysUnusable: If there are no keys here to compare it with.
    """
    workspace = open_workspace(root)
    backup = _opened(file, Kind.BACKUP, passphrase_file)
    print(_("{path} opens: {keys}").format(path=file, keys=_ids(backup)))
    found = differences(workspace.keyring(), backup)
    if found:
        raise InputUnusable(
            _("{path} is not a backup of the keys as they are now: {faults}").format(
                path=file, faults="; ".join(found)
            ),
            _("Make a new one: omr keys backup --out FILE. Keep the old one as well."),
        )
    _note(workspace, backup)
    print(_("it holds every key of this workspace as it is now"))


def _note(workspace: Workspace, keyring: Keyring) -> None:
    """Remember the backup for ``omr doctor``; where that cannot be written, it asks again."""
    with suppress(OSError):
        keep_note(workspace.keys_file, keyring, _today(workspace))


def export_keys(
    root: Path,
    out: Path,
    year: int,
    *,
    key_ids: Sequence[int],
    passphrase_file: Path | None,
    cost: int = COST,
) -> None:
    """Lock what verifies one year's forms into a new file."""
    workspace = open_workspace(root)
    export = shared(workspace.keyring(), year, key_ids)
    _refuse_existing(out)
    phrase = new_passphrase(passphrase_file)
    write_sealed(out, export, Kind.VERIFY_ONLY, phrase, _today(workspace), cost=cost)
    print(
        _("{path}: verifies forms of {year}, prints none; {keys}").format(
            path=out, year=year, keys=_ids(export)
        )
    )
    print(
        _(
            "Whoever opens it could imitate codes of {year}; a serial that was never issued is"
            " refused all the same. Send the passphrase by another way than the file."
        ).format(year=year)
    )


def import_keys(root: Path, file: Path, *, set_aside: bool, passphrase_file: Path | None) -> None:
    """Take over keys that verify."""
    workspace = open_workspace(root)
    path = workspace.keys_file
    export = _opened(file, Kind.VERIFY_ONLY, passphrase_file)
    if export.signing_id is not None or any(key.master is not None for key in export.keys):
        raise InputUnusable(
            _("{path} holds keys that sign").format(path=file),
            _("Use it where forms are printed: omr keys restore FILE"),
        )
    if not path.exists():
        put_keyring(path, export)
        after = export
    elif set_aside and workspace.keyring().signing_id is not None:
        aside = exchange_keyring(path, export)
        print(_("the keys that were here are kept in {path}").format(path=aside))
        after = export
    else:
        before = workspace.keyring()
        after = change_keyring(path, lambda old: imported(old, export))
        if after == before:
            print(_("everything in this file is here already; nothing was changed"))
            return
    for key in after.keys:
        print(_("key {id}: {state}").format(id=key.key_id, state=_state(key, after)))


def _opened(file: Path, kind: Kind, passphrase_file: Path | None) -> Keyring:
    sealed = read_sealed(file)
    if sealed.kind is not kind:
        raise _wrong_kind(sealed)
    return sealed.unlock(known_passphrase(passphrase_file))


def _wrong_kind(sealed: Sealed) -> UsageError:
    if sealed.kind is Kind.BACKUP:
        return UsageError(
            _("{path} is a backup of keys that sign").format(path=sealed.path),
            _("Its commands are: omr keys check-backup FILE, omr keys restore FILE"),
        )
    if sealed.kind is Kind.KIT:
        return UsageError(
            _("{path} is what a unit needs to read its own scans").format(path=sealed.path),
            _("Its command is, at the unit: omr scans use-kit FILE"),
        )
    return UsageError(
        _("{path} only verifies forms of {years}; it is no backup").format(
            path=sealed.path, years=in_words(sealed.years)
        ),
        _("Its command is: omr keys import FILE"),
    )


def _refuse_existing(out: Path) -> None:
    """Before a person types a passphrase twice."""
    if is_there(out):
        raise UsageError(
            _("{path} is there already").format(path=out),
            _("Give another name: an older backup is never replaced."),
        )


def _state(key: Key, keyring: Keyring) -> str:
    if key.withdrawn:
        return _("withdrawn on {date}: {why}").format(
            date=key.withdrawn.on.isoformat(), why=key.withdrawn.why
        )
    if key.key_id == keyring.signing_id:
        return _("signs new forms and verifies")
    if key.master is not None:
        return _("verifies, signs no more")
    return _("verifies forms of {years}, cannot sign").format(years=in_words(sorted(key.campaigns)))


def _ids(keyring: Keyring) -> str:
    if len(keyring.keys) == 1:
        return _("key {id}").format(id=keyring.keys[0].key_id)
    return _("keys {ids}").format(ids=in_words(key.key_id for key in keyring.keys))


def _tell_signing(keyring: Keyring) -> None:
    if keyring.signing_id is not None:
        print(_("key {id} signs new forms").format(id=keyring.signing_id))


def _remind() -> None:
    print(_("Next, make a new backup: omr keys backup --out FILE"))


def _warn(message: str) -> None:
    print(_("omr: warning: {message}").format(message=message), file=sys.stderr)


def _today(workspace: Workspace) -> date:
    return datetime.now(workspace.settings.zone).date()
