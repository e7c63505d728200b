"""How a reporting month's data came about: what only the ledger's rows can tell."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, exists, select

from omr.ledger import Ledger
from omr.ledger.rows import parts_by_sheet
from omr.ledger.schema import (
    batch,
    decision,
    electronic_import,
    electronic_response,
    pad,
    second_reading,
    sheet,
    source,
)
from omr.ledger.seconds import category, cohens_kappa
from omr.ledger.sheets import Part
from omr.ledger.withdrawals import stands
from omr.pads import Pad

_ROWS_AT_ONCE = 500  # ids in one statement
_WHOLE_PICTURE = "picture"  # beside the names of a sheet's crops


@dataclass(frozen=True, slots=True)
class SecondReadings:
    """Decisions about a month's sheets that another person read blind."""

    pairs: int = 0
    agreeing: int = 0  # with the same outcome
    kappa: float | None = None  # Cohen's; None without pairs, or where chance alone would agree


@dataclass(frozen=True, slots=True)
class Imports:
    """The electronic exports that concern a month; of each file the newest version alone.

    A longer export names everything again that was wrong with a shorter one of its profile and
    name. One that was given another name counts beside it: too much is told rather than too
    little.
    """

    rows: int = 0  # in these files, used or not
    problems: Mapping[str, int] = field(default_factory=dict)  # things by trouble, sorted


def second_readings(ledger: Ledger, period: str) -> SecondReadings:
    """How often two people who read the same answers of a month agree."""
    query = (
        select(
            decision.c.verdict,
            decision.c.options,
            second_reading.c.verdict.label("second_verdict"),
            second_reading.c.options.label("second_options"),
        )
        .join(second_reading, second_reading.c.decision_id == decision.c.decision_id)
        .join(sheet, sheet.c.sheet_id == decision.c.sheet_id)
        .join(source, source.c.source_id == sheet.c.source_id)
        .join(batch, batch.c.batch_id == source.c.batch_id)
        .where(batch.c.period == period)
    )
    with ledger.read() as connection:
        rows = connection.execute(query).all()
    pairs = [
        (category(row.verdict, row.options), category(row.second_verdict, row.second_options))
        for row in rows
    ]
    agreeing = sum(one == other for one, other in pairs)
    return SecondReadings(len(pairs), agreeing, cohens_kappa(pairs))


def imports(
    ledger: Ledger, period: str, *, zone: ZoneInfo, period_of: Callable[[date], str]
) -> Imports:
    """What exports that brought answers of *period* held and could not be used of it.

    An export of which no row could be used belongs to the month in which it was imported.

    Args:
        ledger: The open ledger.
        period: The reporting month.
        zone: Of the office.
        period_of: The reporting month of a local date.
    """
    brought = select(electronic_response.c.import_id).where(electronic_response.c.period == period)
    barren = ~exists().where(electronic_response.c.import_id == electronic_import.c.import_id)
    query = (
        select(electronic_import, barren.label("barren"))
        .where(
            electronic_import.c.import_id.in_(brought) | barren,
            stands(electronic_import.c.import_id),
        )
        .order_by(electronic_import.c.import_id)
    )
    newest: dict[tuple[str, str], Row[Any]] = {}
    with ledger.read() as connection:
        for row in connection.execute(query):
            at = datetime.fromisoformat(row.imported_at).astimezone(zone).date()
            if row.problems_json != "[]" or not row.barren:
                if row.barren and period_of(at) != period:
                    continue
                newest[row.profile, row.file_name] = row
    problems: Counter[str] = Counter()
    for row in newest.values():
        for problem in json.loads(row.problems_json):  # the same thing in many rows is one entry
            problems[str(problem.get("trouble", ""))] += int(problem.get("times", 1))
    return Imports(sum(row.rows_seen for row in newest.values()), dict(sorted(problems.items())))


def days_answered(ledger: Ledger, period: str) -> dict[str, str]:
    """The local date of every electronic response of a month, by record id; nothing finer."""
    query = select(electronic_response.c.record_id, electronic_response.c.answered_on).where(
        electronic_response.c.period == period
    )
    with ledger.read() as connection:
        return {row.record_id: row.answered_on for row in connection.execute(query)}


def every_pad(ledger: Ledger) -> list[Pad]:
    """Every pad ever printed, by domain, year and number."""
    query = select(pad).order_by(pad.c.domain, pad.c.year, pad.c.number)
    with ledger.read() as connection:
        return [
            Pad(row.domain, row.year, row.number, row.first, row.last)
            for row in connection.execute(query)
        ]


def kept_pictures(ledger: Ledger, records: Collection[str]) -> dict[str, dict[str, str]]:
    """What is kept of sheets to be looked at.

    Returns:
        By record id, SHA-256 by what it shows: a question's id, what
        :mod:`omr.ledger.sheets` names, or ``picture`` for the sheet as a whole.
    """
    found: dict[str, dict[str, str]] = {}
    every = sorted(records)
    with ledger.read() as connection:
        for first in range(0, len(every), _ROWS_AT_ONCE):
            some = every[first : first + _ROWS_AT_ONCE]
            query = select(sheet.c.sheet_id, sheet.c.record_id, sheet.c.picture).where(
                sheet.c.record_id.in_(some)
            )
            rows = connection.execute(query).all()
            parts = parts_by_sheet(connection, [row.sheet_id for row in rows])
            for row in rows:
                kept = _digests(parts.get(row.sheet_id, {}), row.picture)
                if kept:
                    found[row.record_id] = kept
    return found


def _digests(parts: Mapping[str, Part], picture: str | None) -> dict[str, str]:
    kept = {name: part.sha256 for name, part in parts.items()}
    return kept | ({_WHOLE_PICTURE: picture} if picture else {})
