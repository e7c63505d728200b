"""Key pairs of offices that exchange files: a unit signs what it sends, PV01 alone opens it.

A unit's pair (Ed25519, RFC 8032) is made in its own workspace and its secret half never leaves
it; the office that receives knows the public half, and compared its fingerprint by telephone.
The receiving office's pair (X25519, RFC 7748) locks what is sent to it. Both files are readable
by their owner only, and no secret appears in a message, log or ``repr``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from omr.i18n import _
from omr.keys import KeysUnusable, is_open_to_others
from omr.new_file import write_new_file
from omr.part_file import take_left_over
from omr.replaced_file import exchange_content

KEY_LENGTH = 32  # bytes, of either half of either pair
SIGNATURE_LENGTH = 64  # bytes
_FORMAT = 1
# Crockford's base 32 has no I, L, O, U, so it can be read out on the telephone. Sixteen of its
# characters are 80 bits: nobody finds a second key with the same ones.
_LETTERS, _CHARACTERS, _GROUP = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 16, 4


@dataclass(frozen=True, slots=True)
class SenderKey:
    """What a unit's workspace signs with, for whom, and who receives it."""

    unit: str
    receiver: bytes  # public X25519 key of the office that hands out forms
    secret: bytes = field(repr=False)  # Ed25519

    @property
    def public(self) -> bytes:
        """The half that the receiving office registers."""
        return Ed25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature of *message*."""
        return Ed25519PrivateKey.from_private_bytes(self.secret).sign(message)


@dataclass(frozen=True, slots=True)
class ReceiverKey:
    """What opens the files that units send."""

    secret: bytes = field(repr=False)  # X25519

    @property
    def public(self) -> bytes:
        """The half that every unit gets."""
        return X25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw()


def new_sender_key(unit: str, receiver: bytes) -> SenderKey:
    """A fresh pair for *unit*."""
    return SenderKey(unit, receiver, Ed25519PrivateKey.generate().private_bytes_raw())


def is_signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether *signature* of *message* was made with the secret half of *public*."""
    with suppress(InvalidSignature, ValueError):  # ValueError: no key of this kind
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        return True
    return False


def fingerprint(public: bytes) -> str:
    """A public key as people compare it: ``7K2M-Q0ZD-41VN-T8PA``."""
    number = int.from_bytes(hashlib.sha256(public).digest()[:10], "big")
    letters = "".join(_LETTERS[number >> 5 * place & 31] for place in range(_CHARACTERS))[::-1]
    return "-".join(letters[n : n + _GROUP] for n in range(0, _CHARACTERS, _GROUP))


def same_fingerprint(typed: str, public: bytes) -> bool:
    """Whether a person typed *public*'s fingerprint; blanks, case and 0/O, 1/I/L are forgiven."""
    tidy = "".join(c for c in typed.upper() if c.isalnum())
    tidy = tidy.translate(str.maketrans("OIL", "011"))
    return tidy == fingerprint(public).replace("-", "")


def keep_sender_key(path: Path, key: SenderKey) -> bool:
    """Write *key* where there is none yet; whether it was written.

    Raises:
        KeysUnusable: If the folder cannot be written to.
    """
    return _keep(path, _content(key))


def change_receiver(path: Path, key: SenderKey, receiver: bytes) -> None:
    """Let a unit's workspace send to another key of the receiving office from now on."""
    before = path.read_bytes()
    exchange_content(path, before, _raw(_content(SenderKey(key.unit, receiver, key.secret))))


def load_sender_key(path: Path) -> SenderKey | None:
    """The key that :func:`keep_sender_key` wrote; None if there is none.

    Raises:
        KeysUnusable: If it is damaged, unreadable, or readable by others.
    """
    content = _load(path)
    if content is None:
        return None
    with suppress(KeyError, TypeError, ValueError):
        unit, receiver, secret = content["unit"], content["receiver"], content["secret"]
        if isinstance(unit, str) and unit:
            return SenderKey(unit, _key(receiver), _key(secret))
    raise _damaged(path)


def receiver_key(path: Path, *, make: bool = False) -> ReceiverKey | None:
    """The key of the office that receives.

    Args:
        path: Its file.
        make: Make one if there is none.

    Raises:
        KeysUnusable: If it is damaged, unreadable, readable by others, or cannot be written.
    """
    content = _load(path)
    if make:
        take_left_over(path)  # a key that got its name, but not rid of the other one
    if content is None and make:
        _keep(path, {"secret": _text(X25519PrivateKey.generate().private_bytes_raw())})
        content = _load(path)  # another command may have been faster
    if content is None:
        return None
    with suppress(KeyError, TypeError, ValueError):
        return ReceiverKey(_key(content["secret"]))
    raise _damaged(path)


def _content(key: SenderKey) -> dict[str, Any]:
    return {"unit": key.unit, "receiver": _text(key.receiver), "secret": _text(key.secret)}


def _raw(content: dict[str, Any]) -> bytes:
    return json.dumps({"format": _FORMAT, **content}, indent=2).encode("ascii") + b"\n"


def _keep(path: Path, content: dict[str, Any]) -> bool:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return write_new_file(path, _raw(content), owner_only=True)
    except OSError as error:
        raise KeysUnusable(
            _("a key cannot be written: {path}: {reason}").format(
                path=path, reason=error.strerror or error
            ),
            _("Run the command as the person who owns the workspace."),
        ) from None


def _load(path: Path) -> dict[str, Any] | None:
    try:
        with path.open("rb") as file:
            mode, raw = os.fstat(file.fileno()).st_mode, file.read(10_000)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeysUnusable(
            _("a key cannot be read: {path}: {reason}").format(
                path=path, reason=error.strerror or error
            ),
            _("Run the command as the person who owns the workspace."),
        ) from None
    if is_open_to_others(mode):
        raise KeysUnusable(
            _("other people may read the key {path}").format(path=path),
            _("Make the file yours alone: chmod 600 '{path}'").format(path=path),
        )
    with suppress(ValueError, RecursionError):
        content = json.loads(raw)
        if isinstance(content, dict) and content.get("format") == _FORMAT:
            return content
    raise _damaged(path)


def _damaged(path: Path) -> KeysUnusable:
    # Outside every handler: neither this error nor its causes may quote the file.
    return KeysUnusable(
        _("the key {path} is damaged").format(path=path), _("Put its backup back in its place.")
    )


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _key(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if len(raw) != KEY_LENGTH:
        raise ValueError(len(raw))
    return raw
