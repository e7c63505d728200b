"""Whether a ledger is the one that was seen here before, and as far as it had come then."""

from __future__ import annotations

from sqlalchemy import Connection, select

from omr.errors import LedgerUnusable
from omr.i18n import _
from omr.ledger.counter import Counter, CounterDamaged
from omr.ledger.log import Head, head_of, say
from omr.ledger.schema import log_entry


class OlderCopy(LedgerUnusable):
    """The ledger has not what was seen of it here before."""


def compare(connection: Connection, counter: Counter, *, may_be_unseen: bool) -> None:
    """Refuse a ledger that is older than the counter says, or another one; else note its head.

    Args:
        connection: To the ledger.
        counter: What was seen here.
        may_be_unseen: Whether the ledger may hold something although nothing is noted: a
            server's is, at the first visit of a workspace.

    Raises:
        OlderCopy: Naming both entries.
        CounterDamaged: If the counter cannot be read.
        LedgerUnusable: If the counter cannot be written.
    """
    # In this order: what another process keeps and notes in between must not look like a loss.
    seen = counter.read()
    newest = head(connection)
    if seen is None:
        # A crash right after the log was begun leaves no counter; nothing else does.
        if not may_be_unseen and not newest.is_beginning:
            raise OlderCopy(
                _("the ledger's counter {path} is missing").format(path=counter.path), _remedy()
            )
        counter.start_over(newest)
        return
    if seen.entry > newest.entry:
        raise OlderCopy(
            _(
                "this ledger is an older copy: it ends with entry {entry} of {at}, "
                "but entry {seen} was seen here before"
            ).format(entry=newest.entry, at=newest.at, seen=seen.entry),
            _remedy(),
        )
    known = connection.execute(
        select(log_entry.c.hash).where(log_entry.c.entry == seen.entry)
    ).scalar()
    if known != seen.hash:
        raise OlderCopy(
            _(
                "this is another ledger than the one that was seen here before: "
                "their entries {entry} differ"
            ).format(entry=seen.entry),
            _remedy(),
        )
    counter.advance(newest)


def accept(connection: Connection, counter: Counter, *, why: str, by: str) -> None:
    """Log that somebody takes this ledger for the newest, whatever *counter* says."""
    try:
        seen = counter.read()
    except CounterDamaged:
        seen = None
    known = None if seen is None else {"entry": seen.entry, "hash": seen.hash}
    say(connection, "accepted", {"why": why, "by": by, "instead_of": known})


def head(connection: Connection) -> Head:
    """The newest entry of the log.

    Raises:
        OlderCopy: If there is none.
    """
    newest = head_of(connection)
    if newest is None:
        raise OlderCopy(_("the ledger's log is empty"), _("Put the newest backup in its place."))
    return newest


def _remedy() -> str:
    return _(
        "Put the newest ledger or its newest backup in its place. Only if neither exists any "
        "more: omr ledger accept-older --why REASON"
    )
