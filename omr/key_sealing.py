"""Secrets in a file of their own, locked with a passphrase: backups, exports, units' kits.

The key is drawn from the passphrase by scrypt (RFC 7914) and locks with AES-256-GCM
(NIST SP 800-38D). The file is JSON: what it is, when it was made and which key ids are in it
can be read by everybody and changed by nobody, since the lock covers them as well.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from omr.errors import InputUnusable, UsageError
from omr.i18n import _
from omr.keys import KeyFault, Keyring, keyring_from_bytes, keyring_to_bytes
from omr.new_file import write_new_file

# scrypt's cost: the least that OWASP's Password Storage Cheat Sheet names (N=2^17, r=8, p=1).
# 128 MiB and 0.3 s here: nothing for one person, a wall for somebody who tries millions.
COST = 2**17
_COSTS = tuple(2**power for power in range(14, 21))  # a file that asks for more is a trap
_BLOCK, _LANES = 8, 1
_SALT_LENGTH, _NONCE_LENGTH, _KEY_LENGTH = 16, 12, 32
# Bytes: 256 keys with every year's keys would be longer, nothing real is. A kit also holds layouts,
# each of some 60 kB, and the books about a unit's forms.
_LARGEST = 32_000_000
_VERSION = 1
_UNLOCKED = ("sha256", "sealed")  # every other part of the file is covered by the lock


class Kind(StrEnum):
    """What a sealed file is for."""

    BACKUP = "omr-keys-backup"
    VERIFY_ONLY = "omr-keys-verify-only"
    KIT = "omr-unit-kit"  # all that a unit needs to read its own scans


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed file as everybody can read it."""

    path: Path
    kind: Kind
    made: date
    key_ids: tuple[int, ...]
    years: tuple[int, ...]  # that a verify-only file verifies; none in a backup
    _content: Mapping[str, Any] = field(repr=False)

    def unlock(self, passphrase: str) -> Keyring:
        """The keys in the file.

        Raises:
            UsageError: If the passphrase does not open it.
            InputUnusable: If it is locked in an unknown way, or what is inside is no keyring.
        """
        # Outside the handlers below: neither an error nor its causes may quote a key.
        found = _keyring_or_none(self.secret(passphrase))
        if found is None:
            raise self._unknown()
        return found

    def secret(self, passphrase: str) -> bytes:
        """What the file locks.

        Raises:
            UsageError: If the passphrase does not open it.
            InputUnusable: If it is locked in an unknown way.
        """
        lock = _lock_of(self._content)
        if lock is None:
            raise self._unknown()
        try:
            return lock.unlock(passphrase, _open_words(self._content))
        except InvalidTag:
            raise UsageError(
                _("the passphrase does not open {path}; nothing was changed").format(
                    path=self.path
                ),
                _("Type it again; capital letters and blanks count."),
            ) from None
        except MemoryError:
            raise UsageError(
                _("too little memory to open {path}").format(path=self.path),
                _("Close other programs, then run the command again."),
            ) from None

    def _unknown(self) -> InputUnusable:
        return InputUnusable(
            _("{path} is locked in a way that this omr does not know").format(path=self.path),
            _("Use a newer omr, or another copy of the file."),
        )


@dataclass(frozen=True, slots=True)
class _Lock:
    """What locks a file besides the passphrase."""

    cost: int  # scrypt's N
    salt: bytes
    nonce: bytes
    sealed: bytes

    def unlock(self, passphrase: str, open_words: bytes) -> bytes:
        return AESGCM(_key_from(passphrase, self.salt, self.cost)).decrypt(
            self.nonce, self.sealed, open_words
        )


def write_sealed(
    path: Path, keyring: Keyring, kind: Kind, passphrase: str, today: date, *, cost: int = COST
) -> None:
    """Lock *keyring* into a new file, and prove by reading it that it opens again.

    Args:
        path: Where; nothing may be there yet.
        keyring: What to lock in.
        kind: What the file is for.
        passphrase: What opens it; see :func:`omr.key_passphrase.check_passphrase`.
        today: Told by the file.
        cost: scrypt's N, one of 2^14 to 2^20.

    Raises:
        UsageError: If a file is there, or it cannot be written.
    """
    readable = {
        "key_ids": [key.key_id for key in keyring.keys],
        "years": sorted({year for key in keyring.keys for year in key.campaigns}),
    }
    write_locked(path, kind, readable, keyring_to_bytes(keyring), passphrase, today, cost=cost)


def write_locked(
    path: Path,
    kind: Kind,
    readable: Mapping[str, Any],
    secret: bytes,
    passphrase: str,
    today: date,
    *,
    cost: int = COST,
) -> None:
    """Lock *secret* into a new file, and prove by reading it that it opens again.

    Args:
        path: Where; nothing may be there yet.
        kind: What the file is for.
        readable: What everybody may read and nobody may change; with ``key_ids``.
        secret: What to lock in.
        passphrase: What opens it; see :func:`omr.key_passphrase.check_passphrase`.
        today: Told by the file.
        cost: scrypt's N, one of 2^14 to 2^20.

    Raises:
        UsageError: If a file is there, or it cannot be written.
    """
    raw = _seal(secret, readable, kind, passphrase, today, cost)
    try:
        new = write_new_file(path, raw, owner_only=True)
    except OSError as error:
        raise UsageError(
            _("{path} cannot be written: {why}").format(path=path, why=error.strerror or error),
            _("Choose a folder that exists and that you may write to."),
        ) from None
    if not new:
        raise UsageError(
            _("{path} is there already").format(path=path),
            _("Give another name: an older backup is never replaced."),
        )
    if read_sealed(path).secret(passphrase) != secret:
        raise InputUnusable(
            _("{path} does not hold what was written to it").format(path=path),
            _("That disk or stick is failing: throw it away and use another."),
        )


def read_sealed(path: Path) -> Sealed:
    """What a sealed file says of itself; no passphrase needed, and nothing proved yet.

    Raises:
        UsageError: If there is no such file or it cannot be read.
        InputUnusable: If it is no sealed file of ours, or damaged.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except OSError as error:
        raise UsageError(
            _("{path} cannot be read: {why}").format(path=path, why=error.strerror or error),
            _("Give the name of a file made by: omr keys backup, or omr keys export"),
        ) from None
    try:
        content = json.loads(raw)
        kind = Kind(content["kind"])
        version, sound = content["version"], content["sha256"] == _checksum(content)
        found = Sealed(
            path=path,
            kind=kind,
            made=date.fromisoformat(content["made"]),
            key_ids=_numbers(content["key_ids"]),
            years=_numbers(content.get("years", [])),
            _content=content,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputUnusable(
            _("{path} holds no keys locked by omr").format(path=path),
            _("Give the name of a file made by: omr keys backup, or omr keys export"),
        ) from None
    if version != _VERSION:
        raise InputUnusable(
            _("{path} was written by another version of omr").format(path=path),
            _("Use a newer omr, or the one that wrote it."),
        )
    if not sound:
        raise InputUnusable(
            _("{path} is damaged: its checksum does not fit").format(path=path),
            _("Use another copy of it."),
        )
    return found


def _seal(
    secret: bytes,
    readable: Mapping[str, Any],
    kind: Kind,
    passphrase: str,
    today: date,
    cost: int,
) -> bytes:
    salt = secrets.token_bytes(_SALT_LENGTH)
    nonce = secrets.token_bytes(_NONCE_LENGTH)
    content: dict[str, Any] = {
        "kind": kind.value,
        "note": _note(kind),
        "version": _VERSION,
        "made": today.isoformat(),
        **readable,
        "cipher": "AES-256-GCM",
        "scrypt": _scrypt(cost),
        "salt": _text(salt),
        "nonce": _text(nonce),
    }
    key = _key_from(passphrase, salt, cost)
    locked = AESGCM(key).encrypt(nonce, secret, _open_words(content))
    content["sealed"] = _text(locked)
    content["sha256"] = _checksum(content)
    return json.dumps(content, indent=1).encode("ascii") + b"\n"


def _lock_of(content: Mapping[str, Any]) -> _Lock | None:
    """How a file says that it is locked; None if that is not one of our ways."""
    try:
        cost = content["scrypt"]["n"]
        parts = [_bytes(content[name]) for name in ("salt", "nonce", "sealed")]
    except (ValueError, KeyError, TypeError):
        return None
    known = content["scrypt"] == _scrypt(cost) and cost in _COSTS
    lengths = (len(parts[0]), len(parts[1]))
    return _Lock(cost, *parts) if known and lengths == (_SALT_LENGTH, _NONCE_LENGTH) else None


def _keyring_or_none(raw: bytes) -> Keyring | None:
    try:
        return keyring_from_bytes(raw)
    except KeyFault:
        return None


def _note(kind: Kind) -> str:
    """For the person who finds the file in ten years; not translated: it is part of the lock."""
    if kind is Kind.BACKUP:
        return (
            "Backup of the keys that sign and verify survey forms, locked with a passphrase."
            " Put it back with: omr keys restore FILE"
        )
    if kind is Kind.KIT:
        return (
            "What one unit needs to read its own scanned forms, locked with a passphrase."
            " Take it over with: omr scans use-kit FILE"
        )
    return (
        "Keys that verify the survey forms of the years named here, locked with a passphrase."
        " They do not print. Take them over with: omr keys import FILE"
    )


def _scrypt(cost: int) -> dict[str, int]:
    return {"n": cost, "r": _BLOCK, "p": _LANES}


def _key_from(passphrase: str, salt: bytes, cost: int) -> bytes:
    scrypt = Scrypt(salt=salt, length=_KEY_LENGTH, n=cost, r=_BLOCK, p=_LANES)
    return scrypt.derive(passphrase.encode())


def _open_words(content: Mapping[str, Any]) -> bytes:
    """The readable part, in one spelling: what the lock covers besides the keys."""
    readable = {name: part for name, part in content.items() if name not in _UNLOCKED}
    return json.dumps(readable, sort_keys=True, separators=(",", ":")).encode("ascii")


def _checksum(content: Mapping[str, Any]) -> str:
    """Tells a damaged file from a wrong passphrase; protects from nobody."""
    words = _open_words(content) + str(content["sealed"]).encode()
    return hashlib.sha256(words).hexdigest()


def _numbers(numbers: list[Any]) -> tuple[int, ...]:
    if not all(type(number) is int for number in numbers):
        raise TypeError
    return tuple(numbers)


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
