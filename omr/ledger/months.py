"""Months that are closed: what was counted is kept as it was, and opened again with a reason."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import Connection, insert, select

from omr.errors import UsageError
from omr.i18n import _
from omr.ledger import Ledger, now, one_at_a_time
from omr.ledger.log_schema import SALT_BYTES
from omr.ledger.schema import month_version


class MonthAct(StrEnum):
    """What was done with a month (stable words, kept in the ledger)."""

    CLOSE = "close"
    REOPEN = "reopen"
    UNLINK = "unlink"


@dataclass(frozen=True, slots=True)
class MonthVersion:
    """One thing that was done with a month."""

    period: str
    number: int  # of the closing, from 1 on
    act: MonthAct
    why: str
    by: str
    at: str  # ISO 8601, UTC
    body: bytes | None  # what was counted; none with REOPEN


def month_versions(ledger: Ledger, period: str) -> list[MonthVersion]:
    """Everything that was done with a month, the oldest first."""
    with ledger.read() as connection:
        return _versions(connection, period)


def closed_version(ledger: Ledger, period: str) -> MonthVersion | None:
    """The closing that counts now; None while the month is open."""
    with ledger.read() as connection:
        return closing_of(_versions(connection, period))


def closed_periods(ledger: Ledger) -> list[str]:
    """Every month that is closed now."""
    with ledger.read() as connection:
        every = connection.execute(select(month_version.c.period).distinct()).scalars().all()
        return sorted(p for p in every if closing_of(_versions(connection, p)) is not None)


def is_closed(connection: Connection, period: str) -> bool:
    """Whether a month is closed, as seen within a transaction."""
    return closing_of(_versions(connection, period)) is not None


def close_month(ledger: Ledger, period: str, body: bytes, *, by: str, why: str = "") -> int:
    """Keep what was counted as the month's next version.

    Returns:
        The version's number.

    Raises:
        UsageError: If the month is closed already.
    """
    with ledger.write() as connection:
        one_at_a_time(connection, f"omr month {period}")
        known = _versions(connection, period)
        if closing_of(known) is not None:
            raise UsageError(
                _("{period} is closed already, as version {number}").format(
                    period=period, number=known[-1].number
                ),
                _("To count anew: omr reports reopen --period {period} --why REASON").format(
                    period=period
                ),
            )
        number = max((each.number for each in known), default=0) + 1
        _say(connection, period, number, MonthAct.CLOSE, why, by, body)
        return number


def reopen_month(ledger: Ledger, period: str, *, by: str, why: str) -> int:
    """Open a closed month again; its version stays on record.

    Returns:
        The number of the version that counts no longer.

    Raises:
        UsageError: If the month is not closed, a reason is missing, or its answers were
            destroyed.
    """
    if not why.strip():
        raise UsageError(
            _("opening a closed month again needs a reason"), _("Give one with --why REASON.")
        )
    with ledger.write() as connection:
        one_at_a_time(connection, f"omr month {period}")
        known = _versions(connection, period)
        closed = closing_of(known)
        if closed is None:
            raise UsageError(
                _("{period} is not closed").format(period=period),
                _("Nothing has to be done: it is counted from the ledger as it stands."),
            )
        if is_unlinked(known):
            raise UsageError(
                _("the answers of {period} are no longer linked to forms").format(period=period),
                _("The month cannot be counted anew; its last version stays as it is."),
            )
        _say(connection, period, closed.number, MonthAct.REOPEN, why, by, None)
        return closed.number


def closing_of(versions: list[MonthVersion]) -> MonthVersion | None:
    """Of everything that was done with a month the closing that counts now."""
    closed: MonthVersion | None = None
    for each in versions:
        if each.act is MonthAct.CLOSE:
            closed = each
        elif each.act is MonthAct.UNLINK and closed is not None:
            closed = replace(closed, body=each.body)
        elif each.act is MonthAct.REOPEN:
            closed = None
    return closed


def is_unlinked(versions: list[MonthVersion]) -> bool:
    """Whether the month's answers can no longer be traced to forms."""
    return any(each.act is MonthAct.UNLINK for each in versions)


def say_unlinked(connection: Connection, period: str, body: bytes, by: str) -> MonthVersion:
    """Note, within the transaction that destroys them, that a closed month's links are gone.

    Args:
        connection: Of that transaction.
        period: The month.
        body: What was counted, without anything that leads to a form.
        by: Who says so.

    Raises:
        UsageError: If the month is not closed, or it was done before.
    """
    known = _versions(connection, period)
    closed = closing_of(known)
    if closed is None:
        raise UsageError(
            _("{period} is not closed").format(period=period),
            _("Close it first: omr reports close --period {period}").format(period=period),
        )
    if is_unlinked(known):
        raise UsageError(
            _("the answers of {period} are no longer linked to forms").format(period=period),
            _("Nothing has to be done."),
        )
    _say(connection, period, closed.number, MonthAct.UNLINK, "", by, body)
    return closed


def _versions(connection: Connection, period: str) -> list[MonthVersion]:
    query = (
        select(month_version)
        .where(month_version.c.period == period)
        .order_by(month_version.c.version_id)
    )
    return [
        MonthVersion(
            row.period,
            row.number,
            MonthAct(row.act),
            row.why,
            row.said_by,
            row.said_at,
            row.body,
        )
        for row in connection.execute(query)
    ]


def _say(
    connection: Connection,
    period: str,
    number: int,
    act: MonthAct,
    why: str,
    by: str,
    body: bytes | None,
) -> None:
    connection.execute(
        insert(month_version).values(
            period=period,
            number=number,
            act=act.value,
            why=why.strip(),
            body=body,
            said_by=by,
            said_at=now(),
            salt=None if body is None else secrets.token_bytes(SALT_BYTES),
        )
    )
