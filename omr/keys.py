"""The keys that sign the codes on printed forms, kept in one file of the workspace.

Whoever holds a master key can make forms that count, so the file is readable by its owner
only, and keys appear in no message, log, report or ``repr``.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from omr.errors import ExitCode, OmrError
from omr.i18n import _
from omr.new_file import write_new_file

MASTER_LENGTH = 32  # bytes; as long as the hash that omr.codes derives campaign keys with
FIRST_KEY_ID = 1
MAX_KEY_ID = 255  # one byte of the printed code
_FORMAT = 1


class KeysUnusable(OmrError):
    """The signing keys are missing, damaged or open to others."""

    exit_code = ExitCode.LEDGER_UNUSABLE


@dataclass(frozen=True, slots=True)
class Keyring:
    """All master keys: one signs new forms, every one verifies old ones."""

    signing_id: int
    created: Mapping[int, date]  # by key id
    _masters: Mapping[int, bytes] = field(repr=False)

    def signing(self) -> tuple[int, bytes]:
        """The id and the 32-byte master of the key that signs now."""
        return self.signing_id, self._masters[self.signing_id]

    def masters(self) -> Mapping[int, bytes]:
        """Every 32-byte master by key id, retired ones included."""
        return dict(self._masters)


def create_keyring(path: Path, today: date) -> bool:
    """Make a keyring with one fresh random key; an existing file is never touched.

    Args:
        path: In an existing folder.
        today: Recorded as the key's first day.

    Returns:
        Whether a keyring was made; false if there was a file.

    Raises:
        OSError: If the folder cannot be written to.
    """
    key = {
        "id": FIRST_KEY_ID,
        "created": today.isoformat(),
        "master": base64.b64encode(secrets.token_bytes(MASTER_LENGTH)).decode("ascii"),
    }
    content = {"format": _FORMAT, "signing": FIRST_KEY_ID, "keys": [key]}
    data = json.dumps(content, indent=2).encode("ascii") + b"\n"
    return write_new_file(path, data, owner_only=True)


def load_keyring(path: Path) -> Keyring:
    """Read the keyring.

    Raises:
        KeysUnusable: If it is missing, unreadable, damaged, or readable by other people.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            raw = file.read()
    except FileNotFoundError:
        raise KeysUnusable(
            _("the signing keys are missing: {path}").format(path=path),
            _("Put the backup of that file back; without it no printed form can be verified."),
        ) from None
    except OSError as error:
        raise KeysUnusable(
            _("the signing keys cannot be read: {path}: {reason}").format(
                path=path, reason=error.strerror or error
            ),
            _("Run the command as the person who owns the workspace."),
        ) from None
    if os.name != "nt" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeysUnusable(
            _("other people may read the signing keys: {path}").format(path=path),
            _("Make the file yours alone: chmod 600 '{path}'").format(path=path),
        )
    fault = _("it is not JSON")
    try:
        content = json.loads(raw)
        fault = _("something in it is missing or of the wrong kind")
        return _keyring(content)
    except _KeyFault as found:
        fault = str(found)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    # Outside the handlers: neither this error nor its causes may quote the file.
    raise KeysUnusable(
        _("the signing keys are damaged: {path}: {fault}").format(path=path, fault=fault),
        _("Put the backup of that file back."),
    )


class _KeyFault(Exception):
    """What is wrong with a key, without quoting it."""


def _keyring(content: dict[str, Any]) -> Keyring:
    if content["format"] != _FORMAT:
        raise _KeyFault(_("it was written by another version of omr"))
    masters: dict[int, bytes] = {}
    created: dict[int, date] = {}
    for key in content["keys"]:
        key_id = key["id"]
        if type(key_id) is not int or not 0 <= key_id <= MAX_KEY_ID:
            raise _KeyFault(_("a key id is not a number from 0 to 255"))
        if key_id in masters:
            raise _KeyFault(_("key {id} is given twice").format(id=key_id))
        try:
            masters[key_id] = base64.b64decode(key["master"], validate=True)
        except (binascii.Error, ValueError):
            raise _KeyFault(_("key {id} is not in base64").format(id=key_id)) from None
        if len(masters[key_id]) != MASTER_LENGTH:
            raise _KeyFault(_("key {id} has the wrong length").format(id=key_id))
        created[key_id] = date.fromisoformat(key["created"])
    signing = content["signing"]
    if type(signing) is not int or signing not in masters:
        raise _KeyFault(_("the key that should sign is not among them"))
    return Keyring(signing, created, masters)
