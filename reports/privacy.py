"""What must not leave with results: who wrote what, on which form, and when."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from omr.ledger.comments import CommentRow
from reports.bursts import BurstKind
from reports.closing import CountedMonth
from reports.csv_text import csv_text
from reports.results import AlertRow, MonthResults, Quality

# The only bursts whose place is no form and no file: a share of the whole city.
_WITHOUT_PLACE = frozenset({BurstKind.STRAIGHT.value})


@dataclass(frozen=True, slots=True, order=True)
class ClearedComment:
    """A comment as a person typed it and found it free of anybody's traces."""

    unit: str
    domain: str
    text: str
    tags: tuple[str, ...]


def cleared_comments(
    rows: Iterable[CommentRow], counted: Callable[[str], bool]
) -> tuple[ClearedComment, ...]:
    """The comments that may be read by others, in an order that tells nothing but words.

    Left out are those that nobody typed or looked at, and those marked as personal.
    Electronic remarks are never among them: nobody has cleared them.

    Args:
        rows: Every comment of a month.
        counted: Whether the sheet of that record id counts.
    """
    return tuple(
        sorted(
            ClearedComment(row.unit, row.domain, row.text, row.tags)
            for row in rows
            if row.text and row.by and not row.personal and row.unit and row.domain
            if counted(row.record_id)
        )
    )


def without_traces(month: CountedMonth, new_id: Callable[[], str]) -> CountedMonth:
    """*month* with nothing in it that leads to a form.

    Every response gets a new random id, and its place in the order of ids; alerts lose the
    page or row on which they stand and its picture, bursts their pad or file. Counts, stock and
    everything else stay.

    Args:
        month: As it was closed.
        new_id: Makes random ids, another one each time.
    """
    texts = dict(month.texts)
    head, rows = _table(texts["responses.csv"])
    place = head.index("response")
    ids = {row[place]: new_id() for row in rows}
    if len(set(ids.values())) != len(rows):
        raise ValueError("two responses have one id")
    for row in rows:
        row[place] = ids[row[place]]
    rows.sort(key=lambda row: row[place])
    texts["responses.csv"] = csv_text(head, rows, raw=True)
    return replace(
        month,
        results=_cleaned(month.results, ids),
        outside=month.outside and _cleaned(month.outside, ids),
        texts=texts,
        is_unlinked=True,
    )


def _cleaned(results: MonthResults, ids: Mapping[str, str]) -> MonthResults:
    return replace(
        results,
        version=None,
        alerts=_traceless(results.alerts, ids),
        quality=_placeless(results.quality),
    )


def _traceless(alerts: Iterable[AlertRow], ids: Mapping[str, str]) -> tuple[AlertRow, ...]:
    found = [
        replace(
            alert,
            record_id=ids[alert.record_id],
            file="",
            page=None,
            sheet=None,
            row=None,
            crop=None,
        )
        for alert in alerts
    ]
    # The sort is stable: the alerts of one response stay in the order of questions.
    return tuple(sorted(found, key=lambda alert: (alert.unit, alert.domain, alert.record_id)))


def _placeless(quality: Quality) -> Quality:
    bursts = (
        each if each.kind in _WITHOUT_PLACE else replace(each, where="") for each in quality.bursts
    )
    return replace(quality, bursts=tuple(bursts))


def _table(text: str) -> tuple[list[str], list[list[str]]]:
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    return head, rows
