"""What came in after a month was closed, in words."""

from __future__ import annotations

from collections.abc import Iterator

from omr.i18n import _
from omr.ledger.unlinked_rest import unlinked_records
from reports.closing import CountedMonth, Late, late_since
from reports.gathering import Gatherer


def late_of(gatherer: Gatherer, month: CountedMonth) -> Late:
    """How the ledger differs by now from a closed month."""
    answered = gatherer.answered(month.results.period)
    return late_since(
        month,
        answered.responses,
        waiting=answered.paper.doubts,
        numbers=(answered.visits, answered.aggregates) != (month.visits, month.aggregates),
        unlinked=unlinked_records(gatherer.ledger, month.period),
    )


def late_lines(period: str, number: int, late: Late) -> Iterator[str]:
    """One line for what is late, and one for what to do; none if nothing is."""
    if not late.is_any:
        return
    yield _(
        "since version {number} of {period} was closed: {added} responses came late, {changed} "
        "say something else, {gone} count no more, {waiting} sheets wait for a person"
    ).format(
        number=number,
        period=period,
        added=late.added,
        changed=late.changed,
        gone=late.gone,
        waiting=late.waiting,
    )
    if late.numbers:
        yield _("visits, or counts of another system, are others than then")
    yield _(
        "version {number} stays. To count anew: omr reports reopen --period {period} --why REASON"
    ).format(number=number, period=period)
