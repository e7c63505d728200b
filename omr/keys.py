"""The keys that sign and verify the codes on printed forms, kept in one file of the workspace.

A *master* signs new forms and gives the key of every year (:func:`omr.codes.campaign_key`).
A workspace that only scans holds keys of single years instead: they verify that year's forms,
and no master and no other year's key can be had from them.

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
YEARS = range(2000, 2100)  # those of a serial
_FORMATS = (1, 2)  # 1 knew masters alone: no year's key, no withdrawal


class KeysUnusable(OmrError):
    """The keys are missing, damaged, open to others, or cannot do what is asked of them."""

    exit_code = ExitCode.LEDGER_UNUSABLE


class KeyFault(Exception):
    """What is wrong with the text of a keyring, without quoting it."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Since when and why the codes of a key are refused."""

    on: date
    why: str


@dataclass(frozen=True, slots=True)
class Key:
    """One key: a master, or single years' keys, or merely the record of a withdrawn one."""

    key_id: int  # 0 to 255
    created: date
    master: bytes | None = field(default=None, repr=False)  # 32 bytes
    campaigns: Mapping[int, bytes] = field(default_factory=dict, repr=False)  # 32 bytes by year
    withdrawn: Withdrawal | None = None


@dataclass(frozen=True, slots=True)
class Keyring:
    """Every key of a workspace: one signs new forms, the others verify old ones."""

    signing_id: int | None  # None: this workspace verifies only
    keys: tuple[Key, ...]  # by ascending id, each id once

    def key(self, key_id: int) -> Key | None:
        """The key of that id, if it is here."""
        return next((key for key in self.keys if key.key_id == key_id), None)

    def signing(self) -> tuple[int, bytes]:
        """The id and the 32-byte master of the one key that signs new forms.

        Raises:
            KeysUnusable: If this workspace holds keys that only verify.
        """
        for key in self.keys:
            if key.key_id == self.signing_id and key.master is not None and not key.withdrawn:
                return key.key_id, key.master
        raise KeysUnusable(
            _("this workspace can verify forms, but it has no key to sign new ones with"),
            _("Print at the office that holds the signing keys; see: omr keys list"),
        )


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
    key = Key(FIRST_KEY_ID, today, secrets.token_bytes(MASTER_LENGTH))
    return write_new_file(path, keyring_to_bytes(Keyring(FIRST_KEY_ID, (key,))), owner_only=True)


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
            _("Put their backup back: omr keys restore FILE. Without them no form is verified."),
        ) from None
    except OSError as error:
        raise KeysUnusable(
            _("the signing keys cannot be read: {path}: {reason}").format(
                path=path, reason=error.strerror or error
            ),
            _("Run the command as the person who owns the workspace."),
        ) from None
    if is_open_to_others(mode):
        raise KeysUnusable(
            _("other people may read the signing keys: {path}").format(path=path),
            _("Make the file yours alone: chmod 600 '{path}'").format(path=path),
        )
    fault = ""
    try:
        return keyring_from_bytes(raw)
    except KeyFault as found:
        fault = str(found)
    # Outside the handler: neither this error nor its causes may quote the file.
    raise KeysUnusable(
        _("the signing keys are damaged: {path}: {fault}").format(path=path, fault=fault),
        _("Move that file out of the way, then put its backup back: omr keys restore FILE"),
    )


def is_open_to_others(mode: int) -> bool:
    """Whether a file with these mode bits may be read by others (Windows keeps access lists)."""
    return os.name != "nt" and bool(mode & (stat.S_IRWXG | stat.S_IRWXO))


def keyring_to_bytes(keyring: Keyring) -> bytes:
    """The content of a keyring's file: secret."""
    content = {
        "format": _FORMATS[-1],
        "signing": keyring.signing_id,
        "keys": [_key_to_json(key) for key in keyring.keys],
    }
    return json.dumps(content, indent=2).encode("ascii") + b"\n"


def keyring_from_bytes(raw: bytes) -> Keyring:
    """The keyring that :func:`keyring_to_bytes` wrote.

    Raises:
        KeyFault: If something is wrong with it; neither the fault nor its context quotes it.
    """
    fault = _("it is not JSON")
    try:
        content = json.loads(raw)
        fault = _("something in it is missing or of the wrong kind")
        return _keyring(content)
    except KeyFault as found:
        fault = str(found)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise KeyFault(fault)


def _key_to_json(key: Key) -> dict[str, Any]:
    content: dict[str, Any] = {"id": key.key_id, "created": key.created.isoformat()}
    if key.master is not None:
        content["master"] = _to_text(key.master)
    if key.campaigns:
        content["campaigns"] = {
            str(year): _to_text(secret) for year, secret in sorted(key.campaigns.items())
        }
    if key.withdrawn:
        content["withdrawn"] = {"on": key.withdrawn.on.isoformat(), "why": key.withdrawn.why}
    return content


def _to_text(secret: bytes) -> str:
    return base64.b64encode(secret).decode("ascii")


def _keyring(content: dict[str, Any]) -> Keyring:
    if type(content["format"]) is not int or content["format"] not in _FORMATS:
        raise KeyFault(_("it was written by another version of omr"))
    keys: dict[int, Key] = {}
    for entry in content["keys"]:
        key = _key(entry)
        if key.key_id in keys:
            raise KeyFault(_("key {id} is given twice").format(id=key.key_id))
        keys[key.key_id] = key
    signing = content["signing"]
    if signing is None and keys and all(key.master is None for key in keys.values()):
        return Keyring(None, tuple(keys[key_id] for key_id in sorted(keys)))
    signer = keys.get(signing) if type(signing) is int else None
    if signer is None or signer.master is None or signer.withdrawn:
        raise KeyFault(_("the key that should sign is not among them"))
    return Keyring(signing, tuple(keys[key_id] for key_id in sorted(keys)))


def _key(entry: dict[str, Any]) -> Key:
    key_id = entry["id"]
    if type(key_id) is not int or not 0 <= key_id <= MAX_KEY_ID:
        raise KeyFault(_("a key id is not a number from 0 to 255"))
    years = {int(year): _secret(key_id, text) for year, text in entry.get("campaigns", {}).items()}
    if not years.keys() <= set(YEARS):
        raise KeyFault(_("key {id} names a year that no serial has").format(id=key_id))
    key = Key(
        key_id=key_id,
        created=date.fromisoformat(entry["created"]),
        master=_secret(key_id, entry["master"]) if "master" in entry else None,
        campaigns=years,
        withdrawn=_withdrawal(entry["withdrawn"]) if "withdrawn" in entry else None,
    )
    secrets_of_it = (key.master is not None) + bool(key.campaigns)
    if secrets_of_it > 1 or (secrets_of_it == 0 and key.withdrawn is None):
        raise KeyFault(_("key {id} is neither a master nor keys of single years").format(id=key_id))
    return key


def _secret(key_id: int, text: Any) -> bytes:
    if not isinstance(text, str):
        raise TypeError
    try:
        secret = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise KeyFault(_("key {id} is not in base64").format(id=key_id)) from None
    if len(secret) != MASTER_LENGTH:
        raise KeyFault(_("key {id} has the wrong length").format(id=key_id))
    return secret


def _withdrawal(entry: dict[str, Any]) -> Withdrawal:
    why = entry["why"]
    if not isinstance(why, str) or not why:
        raise TypeError
    return Withdrawal(date.fromisoformat(entry["on"]), why)
