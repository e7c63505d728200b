"""A keyring against its backup (pure): what a restored one would be, and what has changed."""

from __future__ import annotations

from omr.errors import UsageError
from omr.i18n import _
from omr.key_changes import joined
from omr.keys import Key, Keyring


def restored(present: Keyring, backup: Keyring) -> Keyring:
    """*present* with every key of *backup*; no key here is ever replaced by another.

    Raises:
        UsageError: If the two contradict, or one of them only verifies.
    """
    if (present.signing_id is None) is not (backup.signing_id is None):
        raise UsageError(
            _("either the backup or this workspace only verifies forms; nothing was changed"),
            _("Name the workspace that the backup was made of with --workspace."),
        )
    return joined(present, backup)


def differences(present: Keyring, backup: Keyring) -> list[str]:
    """What a backup has otherwise than the keyring it was made of, one sentence each."""
    here = {key.key_id: key for key in present.keys}
    there = {key.key_id: key for key in backup.keys}
    found = []
    for key_id in sorted(here.keys() | there.keys()):
        fault = _difference(here.get(key_id), there.get(key_id))
        if fault:
            found.append(fault.format(id=key_id))
    if present.signing_id != backup.signing_id and not found:
        found.append(
            _("key {here} signs here, key {there} in the backup").format(
                here=present.signing_id, there=backup.signing_id
            )
        )
    return found


def _difference(here: Key | None, there: Key | None) -> str | None:
    """A sentence with a place for the id."""
    if there is None:
        return _("key {id} is missing from the backup")
    if here is None:
        return _("key {id} is in the backup but not here")
    if (here.master, here.campaigns) != (there.master, there.campaigns):
        return _("key {id} is another key in the backup")
    if here.withdrawn and not there.withdrawn:
        return _("key {id} was withdrawn after the backup was made")
    if there.withdrawn and not here.withdrawn:
        return _("key {id} is withdrawn in the backup but not here")
    return None
