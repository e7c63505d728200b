"""What the commands about closed months do: close, reopen, list, destroy links."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from omr.days import said_day
from omr.errors import PeopleMustDecide, UsageError
from omr.i18n import _
from omr.ledger import Ledger
from omr.ledger.month_list import periods_with_answers, periods_with_versions
from omr.ledger.months import (
    MonthAct,
    MonthVersion,
    close_month,
    closed_version,
    is_unlinked,
    month_versions,
    reopen_month,
)
from omr.ledger.unlinking import unlink_month
from omr.periods import Period
from omr.person import present_person
from omr.workspace import Workspace, open_workspace
from reports.alerts import with_notes
from reports.closing import CountedMonth, closed_month, packed
from reports.gathering import Gatherer
from reports.late import late_lines, late_of
from reports.pictures_to_delete import PicturesToDelete
from reports.preliminary import not_final
from reports.privacy import without_traces
from reports.results import MonthResults

_NAMED = 6  # months in a message


def close(
    root: Path,
    period_text: str,
    *,
    why: str = "",
    unlink: bool = False,
    confirm: Callable[[str], bool] = lambda _question: False,
) -> int:
    """Close a month: what it was counted as is kept and counts from now on.

    Args:
        root: The workspace.
        period_text: The month.
        why: A remark for the record.
        unlink: Also destroy which answers stood on which forms; an already closed month is
            only unlinked.
        confirm: Asked before anything is destroyed.

    Returns:
        The number of the version that counts.

    Raises:
        PeopleMustDecide: If sheets wait for a person or the stock does not balance; with
            *unlink* also if sheets came in that the closed month does not hold.
        UsageError: If it is closed already, or destroying was not confirmed.
    """
    workspace = open_workspace(root)
    with Ledger.open(workspace.ledger_url) as ledger:
        gatherer = Gatherer(workspace, ledger)
        period = gatherer.period(period_text)
        versions = month_versions(ledger, str(period))
        version = closed_version(ledger, str(period))
        if unlink and is_unlinked(versions):
            _finish(workspace, ledger, period)
            raise UsageError(
                _("the answers of {period} are no longer linked to forms").format(period=period),
                _("Nothing has to be done."),
            )
        if unlink and not confirm(_question(period)):
            raise UsageError(
                _("nothing was destroyed"), _("To do it without being asked, add --yes.")
            )
        if version is None:
            _refuse_empty(ledger, period)
        number = 0 if version is None else version.number
        if version is None or not unlink:
            number = _close(gatherer, period, why)
        if unlink:
            _unlink(gatherer, period)
    return number


def reopen(root: Path, period_text: str, *, why: str) -> int:
    """Open a closed month again; the ledger as it stands counts from now on.

    Raises:
        UsageError: If it is not closed, a reason is missing, or its answers were destroyed.
    """
    workspace = open_workspace(root)
    period = Period.parse(period_text, workspace.settings.start_day)
    with Ledger.open(workspace.ledger_url) as ledger:
        number = reopen_month(ledger, str(period), by=present_person(), why=why)
    print(
        _("{period} is open again; version {number} stays on record").format(
            period=period, number=number
        )
    )
    return number


def list_months(root: Path) -> list[MonthVersion]:
    """Print everything that was done with months, and what came in late."""
    workspace = open_workspace(root)
    with Ledger.open(workspace.ledger_url) as ledger:
        gatherer = Gatherer(workspace, ledger)
        said: list[MonthVersion] = []
        for name in periods_with_versions(ledger):
            versions = month_versions(ledger, name)
            said += versions
            for each in versions:
                print(_in_words(each, workspace))
            closed = closed_month(ledger, name)
            if closed is None:
                print("  " + _("open: counted from the ledger as it stands"))
                continue
            for line in late_lines(name, closed[0].number, late_of(gatherer, closed[1])):
                print(f"  {line}")
    if not said:
        print(_("no month was ever closed. Next: omr reports close --period YYYY-MM"))
    return said


def _close(gatherer: Gatherer, period: Period, why: str) -> int:
    ledger, name = gatherer.ledger, str(period)
    standing = gatherer.standing(period)
    if closed_version(ledger, name) is None and not standing.is_final:
        raise not_final(name, standing)
    number = close_month(
        ledger, name, packed(gatherer.counted(period, outside=True)), by=present_person(), why=why
    )
    print(
        _(
            "{period} is closed as version {number}; what comes in now is late and not counted"
        ).format(period=name, number=number)
    )
    today = datetime.now(gatherer.workspace.settings.zone).date()
    if today <= period.last_day:
        print(
            _("{period} lasts until {day}: electronic answers that come till then are late").format(
                period=name, day=said_day(period.last_day)
            )
        )
    return number


def _refuse_empty(ledger: Ledger, period: Period) -> None:
    """Refuse a month of which nothing is known: its name was mistyped, or it is too early.

    Raises:
        UsageError: If no scan, answer or count belongs to it.
    """
    known = periods_with_answers(ledger)
    if str(period) not in known:
        raise UsageError(
            _("nothing was read or imported for {period}: there is nothing to close").format(
                period=period
            ),
            _("Months with answers: {periods}. Compare what you typed.").format(
                periods=", ".join(known[:_NAMED])
            )
            if known
            else _("Read scans or import electronic answers first."),
        )


def _unlink(gatherer: Gatherer, period: Period) -> None:
    """Destroy which answers stood on which forms of a closed month, and say what was."""
    ledger, name = gatherer.ledger, str(period)
    found = closed_month(ledger, name)
    if found is None:
        raise UsageError(
            _("{period} is not closed").format(period=name),
            _("Close it first: omr reports close --period {period}").format(period=name),
        )
    version, month = found
    late = late_of(gatherer, month)
    if late.is_any:
        raise PeopleMustDecide(
            "\n     ".join(late_lines(name, version.number, late)),
            _(
                "Their answers would be destroyed uncounted. Open the month, settle what waits, "
                "and close it again."
            ),
        )
    body = packed(without_traces(_as_noted(month, gatherer), lambda: secrets.token_hex(16)))
    pictures = PicturesToDelete(gatherer.workspace.evidence_folder, name)
    pictures.announce(ledger)
    destroyed = unlink_month(ledger, name, body, by=present_person())
    deleted = pictures.delete(ledger)
    print(
        _(
            "destroyed for {period}: which answers stood on which of {sheets} sheets, and "
            "{pictures} pictures. Counts, stock and the state of every form stay."
        ).format(period=name, sheets=destroyed.sheets, pictures=deleted)
    )
    print(
        _(
            "What lies elsewhere still leads to people: delete the scan files, earlier exports "
            "of this month, and backups of the workspace."
        )
    )


def _as_noted(month: CountedMonth, gatherer: Gatherer) -> CountedMonth:
    """*month* with what was done about its alerts by now: the notes are destroyed too."""

    def noted(results: MonthResults) -> MonthResults:
        return replace(results, alerts=with_notes(results.alerts, gatherer.notes))

    return replace(
        month, results=noted(month.results), outside=month.outside and noted(month.outside)
    )


def _finish(workspace: Workspace, ledger: Ledger, period: Period) -> int:
    """Delete what the ledger no longer knows; also after an interruption.

    Returns:
        How many pictures there were.
    """
    ledger.forget_deleted()
    return PicturesToDelete(workspace.evidence_folder, str(period)).delete(ledger)


def _question(period: Period) -> str:
    return _(
        "Destroy for good which answers of {period} stood on which forms, and their pictures? "
        "Nothing brings them back, and the month cannot be counted anew."
    ).format(period=period)


def _in_words(said: MonthVersion, workspace: Workspace) -> str:
    words = {
        MonthAct.CLOSE: _("{period} version {number} closed {day} by {who}"),
        MonthAct.REOPEN: _("{period} version {number} opened again {day} by {who}"),
        MonthAct.UNLINK: _("{period} version {number} links destroyed {day} by {who}"),
    }
    at = datetime.fromisoformat(said.at).astimezone(workspace.settings.zone)
    line = words[said.act].format(
        period=said.period, number=said.number, day=said_day(at.date()), who=said.by
    )
    return f"{line}: {said.why}" if said.why else line
