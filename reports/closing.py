"""What a reporting month's results are made of, kept as it was when the month was closed.

An export lays out a :class:`CountedMonth` and nothing else, whether the month is open or
closed; so what a closed month holds gives the same files however the ledger changes.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from omr.errors import LedgerUnusable
from omr.i18n import _
from omr.ledger import Ledger
from omr.ledger.aggregates import AggregateCount
from omr.ledger.inputs import Inputs
from omr.ledger.months import MonthVersion, closed_version
from omr.ledger.visits import VisitCount
from reports.counts import GroupCounts, GroupKey
from reports.packing import NotReadable, pack, unpack
from reports.responses import Channel, Response
from reports.results import MonthResults

_MARK = b"omr month 1\n"  # another number: what stands behind it is read in another way
SEVERAL = "|"  # between the options of one answer
_NOT_QUESTIONS = 5  # columns of responses.csv before the questions


@dataclass(frozen=True, slots=True)
class Settled:
    """How the office counted, for the manifest."""

    software: str  # that counted
    start_day: int
    time_zone: str
    alert_ratings: str
    surveys: Mapping[str, str]  # SHA-256 of every revision's content, by "id r1"
    units: str  # SHA-256 of the catalogue


@dataclass(frozen=True, slots=True)
class CountedMonth:
    """One reporting month as it was counted."""

    results: MonthResults  # for inside; version None until the ledger gives it one
    outside: MonthResults | None  # what of it may leave the office; None: not worked out
    texts: Mapping[str, str]  # the CSV files that do not follow from the results, by name
    counts: Mapping[GroupKey, GroupCounts]  # for the trends of the months after it
    aggregates: tuple[AggregateCount, ...]  # what came as counts only; part of the counts
    visits: tuple[VisitCount, ...]
    excluded: int  # double submissions
    doubts: int  # sheets that waited; 0 once it is closed
    difference: int  # forms that did not balance; likewise
    early: int  # forms that came back before they were handed out, by the clock
    inputs: Inputs
    settled: Settled
    is_unlinked: bool = False

    @property
    def period(self) -> str:
        """Its name, such as ``2026-11``."""
        return str(self.results.period)


@dataclass(frozen=True, slots=True)
class Late:
    """What the ledger says by now otherwise than a closed month."""

    added: int = 0  # responses that count and are not in it
    gone: int = 0  # the other way
    changed: int = 0  # responses that say something else by now
    waiting: int = 0  # sheets that wait for a person
    numbers: bool = False  # other visits, or other counts of a system that gives only counts

    @property
    def is_any(self) -> bool:
        """Whether a new count would differ, or might."""
        return bool(self.added or self.gone or self.changed or self.waiting or self.numbers)


def packed(month: CountedMonth) -> bytes:
    """*month* as the ledger keeps it; the same month, the same bytes."""
    return pack(month, _MARK)


def restored(body: bytes, period: str) -> CountedMonth:
    """The month that :func:`packed` packed.

    Raises:
        LedgerUnusable: If it is damaged, or another version of the program wrote it.
    """
    try:
        return unpack(body, CountedMonth, _MARK)
    except NotReadable as error:
        raise LedgerUnusable(
            _("what was kept when {period} was closed cannot be read: {why}").format(
                period=period, why=error
            ),
            _("Install the newest version; if that does not help, put back a backup."),
        ) from error


def closed_month(ledger: Ledger, period: str) -> tuple[MonthVersion, CountedMonth] | None:
    """The version of a month that counts, and what it holds; None while the month is open.

    Raises:
        LedgerUnusable: If it cannot be read.
    """
    version = closed_version(ledger, period)
    if version is None:
        return None
    month = restored(version.body or b"", period)
    number = version.number
    outside = month.outside and replace(month.outside, version=number)
    results = replace(month.results, version=number)
    return version, replace(month, results=results, outside=outside)


def late_since(
    month: CountedMonth,
    now: Iterable[Response],
    *,
    waiting: int,
    numbers: bool = False,
    unlinked: Collection[str] = (),
) -> Late:
    """How the ledger differs by now from a closed month.

    Args:
        month: As it was closed.
        now: Every response that would count now.
        waiting: Sheets of the month that wait for a person now.
        numbers: Whether visits, or counts that came as such, are others now.
        unlinked: Record ids of its sheets whose answers were destroyed.
    """
    kept = list(_kept(month.texts["responses.csv"]))
    live = [each for each in now if each.record_id not in unlinked]
    if not month.is_unlinked:
        before = {name: said for name, _channel, said in kept}
        after = {each.record_id: _said(each) for each in live}
        both = before.keys() & after.keys()
        return Late(
            added=len(after) - len(both),
            gone=len(before) - len(both),
            changed=sum(before[name] != after[name] for name in both),
            waiting=waiting,
            numbers=numbers,
        )
    # Ids lead nowhere any more: electronic answers are compared as they are, and what is on
    # paper and was not destroyed came later.
    sent = Counter(said for _name, channel, said in kept if channel == Channel.ELECTRONIC)
    still = Counter(_said(each) for each in live if each.channel is Channel.ELECTRONIC)
    paper = sum(each.channel is Channel.PAPER for each in live)
    return Late(
        added=paper + (still - sent).total(),
        gone=(sent - still).total(),
        waiting=waiting,
        numbers=numbers,
    )


Said = tuple[str, ...]  # channel, unit, domain, then "question=options" of every answer


def _said(response: Response) -> Said:
    answers = (f"{name}={SEVERAL.join(said)}" for name, said in response.answers.items() if said)
    return (response.channel.value, response.unit, response.domain, *sorted(answers))


def _kept(text: str) -> Iterable[tuple[str, str, Said]]:
    """Id, channel and answers of every row of a ``responses.csv``."""
    rows = csv.reader(io.StringIO(text, newline=""))
    questions = next(rows)[_NOT_QUESTIONS:]
    for name, channel, unit, domain, _period, *cells in rows:
        answers = (f"{q}={cell}" for q, cell in zip(questions, cells, strict=True) if cell)
        yield name, channel, (channel, unit, domain, *sorted(answers))
