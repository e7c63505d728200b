"""Lists of sheets: those that fit a filter, and those that were set aside with the cause."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from omr.ledger import Ledger
from omr.ledger.reviewed import Reviewed, Standing
from omr.ledger.rows import rows_of, sheets_query
from omr.ledger.schema import paper_choice, sheet, source
from omr.ledger.sheets import SheetRow
from omr.ledger.waiting import may_be_asked
from omr.marks import Reason, SheetStatus

BY_PERSON = "person"  # instead of a reason: a person set the sheet aside
SET_ASIDE = (SheetStatus.REFUSED, SheetStatus.DUPLICATE, SheetStatus.BLANK)


@dataclass(frozen=True, slots=True)
class Aside:
    """How many sheets were set aside for one cause."""

    status: SheetStatus
    cause: str  # a reason, or BY_PERSON
    sheets: int


@dataclass(frozen=True, slots=True)
class SheetFilter:
    """Which sheets are wanted; everything that is None narrows nothing."""

    batch_id: int | None = None
    source_id: int | None = None
    status: SheetStatus | None = None
    reason: str | None = None  # a reason, or BY_PERSON
    main: bool = False  # only where that reason is the first one


@dataclass(frozen=True, slots=True)
class SheetPage:
    """Some of the sheets that fit."""

    rows: tuple[SheetRow, ...]
    total: int  # that fit


def set_aside(ledger: Ledger, standing: Standing) -> list[Aside]:
    """How many sheets were set aside and why, by status, the most frequent cause first."""
    query = (
        select(sheet.c.status, sheet.c.reasons_json, func.count().label("sheets"))
        .where(sheet.c.status.in_([status.value for status in SET_ASIDE]))
        .group_by(sheet.c.status, sheet.c.reasons_json)
    )
    found: Counter[tuple[SheetStatus, str]] = Counter()
    with ledger.read() as connection:
        for row in connection.execute(query):
            found[SheetStatus(row.status), _cause(json.loads(row.reasons_json))] += row.sheets
    for one in standing.values():
        if one.seen in SET_ASIDE:
            found[one.seen, _cause([reason.value for reason in one.reasons])] -= 1
        if one.status in SET_ASIDE:
            found[one.status, _cause_of(one)] += 1
    order = {status: n for n, status in enumerate(SET_ASIDE)}
    return sorted(
        (Aside(status, cause, sheets) for (status, cause), sheets in found.items() if sheets > 0),
        key=lambda aside: (order[aside.status], -aside.sheets, aside.cause),
    )


def sheets(
    ledger: Ledger,
    standing: Standing,
    wanted: SheetFilter,
    *,
    first: int = 0,
    count: int = 100,
) -> SheetPage:
    """Sheets that fit, in file and page order.

    Args:
        ledger: The open ledger.
        standing: How the reviewed sheets stand.
        wanted: Which.
        first: How many of them to leave out.
        count: At most so many.
    """
    query = (
        select(sheet.c.sheet_id, sheet.c.status, sheet.c.reasons_json)
        .join(source, source.c.source_id == sheet.c.source_id)
        .order_by(sheet.c.source_id, sheet.c.page, sheet.c.sheet)
    )
    if wanted.batch_id is not None:
        query = query.where(source.c.batch_id == wanted.batch_id)
    if wanted.source_id is not None:
        query = query.where(sheet.c.source_id == wanted.source_id)
    if wanted.status is not None:
        query = query.where((sheet.c.status == wanted.status.value) | may_be_asked() | _chosen())
    with ledger.read() as connection:
        fitting = [
            row.sheet_id for row in connection.execute(query) if _fits(row, standing, wanted)
        ]
        some = fitting[first : first + count]
        shown = rows_of(connection, sheets_query().where(sheet.c.sheet_id.in_(some)))
        return SheetPage(tuple(shown) if some else (), len(fitting))


def reasons_in(ledger: Ledger, standing: Standing, batch_id: int) -> Counter[str]:
    """How many sheets of a batch bear each reason; those that people set aside as BY_PERSON."""
    query = (
        select(sheet.c.reasons_json, func.count().label("sheets"))
        .join(source, source.c.source_id == sheet.c.source_id)
        .where(source.c.batch_id == batch_id)
        .group_by(sheet.c.reasons_json)
    )
    found: Counter[str] = Counter()
    with ledger.read() as connection:
        for row in connection.execute(query):
            for reason in json.loads(row.reasons_json):
                found[reason] += row.sheets
    for one in standing.values():
        if one.batch_id == batch_id and _is_by_person(one):
            found[BY_PERSON] += 1
    return found


def _chosen() -> ColumnElement[bool]:
    """That a sheet was the first of two papers about which a person decided."""
    return sheet.c.sheet_id.in_(select(paper_choice.c.first_id))


def _fits(row: Row[Any, Any, Any], standing: Standing, wanted: SheetFilter) -> bool:
    one = standing.get(row.sheet_id)
    status = row.status if one is None else one.status.value
    if wanted.status is not None and status != wanted.status.value:
        return False
    if wanted.reason is None:
        return True
    if wanted.reason == BY_PERSON:
        return one is not None and _is_by_person(one)
    reasons = json.loads(row.reasons_json) if one is None else [r.value for r in one.reasons]
    if not wanted.main:
        return wanted.reason in reasons
    return wanted.reason == (_cause(reasons) if one is None else _cause_of(one))


def _cause(reasons: Sequence[str]) -> str:
    return reasons[0] if reasons else Reason.INTERNAL.value


def _cause_of(one: Reviewed) -> str:
    return BY_PERSON if _is_by_person(one) else _cause([reason.value for reason in one.reasons])


def _is_by_person(one: Reviewed) -> bool:
    return one.status in SET_ASIDE and one.status is not one.seen
