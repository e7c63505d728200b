"""Who may review from another machine: names, and passwords that nobody can read back."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata

from sqlalchemy import Connection, func, insert, select

from omr.ledger import Ledger, now
from omr.ledger.schema import reviewer

# The least that OWASP's Password Storage Cheat Sheet names with 16 MiB of memory: N=2^14,
# r=8, p=5. A page that several people sign in to must not take 128 MiB each time.
_COST, _BLOCK, _LANES = 2**14, 8, 5
_SALT, _LENGTH = 16, 32
_MEMORY = 64 * 2**20  # bytes that it may take at most
_NOBODY = "scrypt$" + base64.b64encode(bytes(_SALT)).decode() + "$" + "x"


def add_reviewer(ledger: Ledger, name: str, password: str) -> None:
    """Let *name* sign in with *password*; an earlier password of theirs ends."""
    _say(ledger, name, _locked(password, secrets.token_bytes(_SALT)))


def remove_reviewer(ledger: Ledger, name: str) -> bool:
    """Let *name* sign in no more; ``False`` if nobody of that name could."""
    known = _normal(name) in reviewers(ledger)
    if known:
        _say(ledger, name, "")
    return known


def reviewers(ledger: Ledger) -> list[str]:
    """Everybody who may sign in, by name."""
    with ledger.read() as connection:
        return sorted(name for name, secret in _secrets(connection).items() if secret)


def check(ledger: Ledger, name: str, password: str) -> bool:
    """Whether *password* is *name*'s; takes as long for a name that nobody has."""
    with ledger.read() as connection:
        secret = _secrets(connection).get(_normal(name), "")
    known = secret or _NOBODY
    salt = base64.b64decode(known.split("$")[1])
    same = hmac.compare_digest(_locked(password, salt).encode(), known.encode())
    return same and bool(secret)


def _say(ledger: Ledger, name: str, secret: str) -> None:
    with ledger.write() as connection:
        connection.execute(
            insert(reviewer).values(name=_normal(name), secret=secret, said_at=now())
        )


def _secrets(connection: Connection) -> dict[str, str]:
    newest = select(func.max(reviewer.c.entry_id)).group_by(reviewer.c.name)
    rows = connection.execute(select(reviewer).where(reviewer.c.entry_id.in_(newest)))
    return {row.name: row.secret for row in rows}


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _locked(password: str, salt: bytes) -> str:
    kept = hashlib.scrypt(
        unicodedata.normalize("NFC", password).encode(),
        salt=salt,
        n=_COST,
        r=_BLOCK,
        p=_LANES,
        dklen=_LENGTH,
        maxmem=_MEMORY,
    )
    return f"scrypt${base64.b64encode(salt).decode()}${base64.b64encode(kept).decode()}"
