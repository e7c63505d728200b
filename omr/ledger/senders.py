"""Keys with which units sign what they send, and the files of theirs that were merged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, insert, select

from omr.errors import UsageError
from omr.i18n import _
from omr.ledger import Ledger, now
from omr.ledger.schema import sender, unpacked


class SenderAct(StrEnum):
    """What was said about a key (stable words, kept in the ledger)."""

    REGISTER = "register"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Sender:
    """A key of a unit, as it stands."""

    unit: str
    public: bytes  # Ed25519
    act: SenderAct
    why: str
    by: str
    at: str  # ISO 8601, UTC

    @property
    def counts(self) -> bool:
        """Whether files that it signed are merged."""
        return self.act is SenderAct.REGISTER


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A file of a unit that was merged."""

    sha256: str
    unit: str
    period: str
    public: bytes  # Ed25519 key that had signed it
    made_at: str
    sheets: int  # that it holds
    sheets_new: int = 0
    words_new: int = 0  # decisions, choices and notes


def register_sender(ledger: Ledger, unit: str, public: bytes, *, by: str) -> bool:
    """Let files count that this key signed for *unit*.

    Returns:
        Whether that is new.

    Raises:
        UsageError: If the key is another unit's, or was withdrawn: that is for good.
    """
    with ledger.write() as connection:
        known = sender_of(connection, public)
        if known is not None and (known.unit != unit or not known.counts):
            raise UsageError(
                _("this key was withdrawn on {day}: {why}").format(day=known.at[:10], why=known.why)
                if not known.counts
                else _("this key is registered for {unit}").format(unit=known.unit),
                _("The unit needs a new key: docs/keys.md says how it gets one."),
            )
        if known is None:
            _say(connection, Sender(unit, public, SenderAct.REGISTER, "", by, now()))
        return known is None


def withdraw_sender(ledger: Ledger, public: bytes, *, why: str, by: str) -> None:
    """Refuse from now on, and for good, what this key signed.

    Raises:
        UsageError: If it is not registered.
    """
    with ledger.write() as connection:
        known = sender_of(connection, public)
        if known is None or not known.counts:
            raise UsageError(
                _("this key is not registered"), _("See which are: omr scans senders list")
            )
        _say(connection, Sender(known.unit, public, SenderAct.WITHDRAW, why.strip(), by, now()))


def senders(ledger: Ledger) -> list[Sender]:
    """Every key that was ever registered, as it stands, by unit."""
    with ledger.read() as connection:
        rows = connection.execute(select(sender).order_by(sender.c.entry_id))
        newest = {row.public_key: row for row in rows}
    found = [
        Sender(row.unit, bytes.fromhex(key), SenderAct(row.act), row.why, row.said_by, row.said_at)
        for key, row in newest.items()
    ]
    return sorted(found, key=lambda each: (each.unit, each.at))


def sender_of(connection: Connection, public: bytes) -> Sender | None:
    """What is known of a key; None if nothing is."""
    row = connection.execute(
        select(sender)
        .where(sender.c.public_key == public.hex())
        .order_by(sender.c.entry_id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Sender(row.unit, public, SenderAct(row.act), row.why, row.said_by, row.said_at)


def find_sender(ledger: Ledger, public: bytes) -> Sender | None:
    """See :func:`sender_of`."""
    with ledger.read() as connection:
        return sender_of(connection, public)


def merged_before(connection: Connection, sha256: str) -> bool:
    """Whether a file with that content was merged."""
    query = select(unpacked.c.unpacked_id).where(unpacked.c.sha256 == sha256).limit(1)
    return connection.execute(query).first() is not None


def note_unpacked(connection: Connection, file: Unpacked, by: str) -> None:
    """Keep, within the transaction that merged it, that a file was merged."""
    connection.execute(
        insert(unpacked).values(
            sha256=file.sha256,
            unit=file.unit,
            period=file.period,
            public_key=file.public.hex(),
            made_at=file.made_at,
            sheets=file.sheets,
            sheets_new=file.sheets_new,
            words_new=file.words_new,
            said_by=by,
            said_at=now(),
        )
    )


def _say(connection: Connection, said: Sender) -> None:
    connection.execute(
        insert(sender).values(
            unit=said.unit,
            public_key=said.public.hex(),
            act=said.act.value,
            why=said.why,
            said_by=said.by,
            said_at=said.at,
        )
    )
