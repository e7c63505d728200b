"""Shows that every issued form is accounted for ("thu hồi phiếu"). Pure.

Each form is followed by its serial: nothing is found by subtraction, so that the balance

    opening + issued = returned_answered + returned_blank + void + lost + unused_returned
                       + outstanding

is a check that can fail, as it does when a form that came back is made void as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from omr.ledger.stock import StockForm
from reports.paper import Owner


@dataclass(slots=True)
class StockRow:
    """The forms of one unit and domain in one period."""

    unit: str
    domain: str
    opening: int = 0  # of earlier periods, still out at its start
    issued: int = 0
    returned_answered: int = 0
    returned_blank: int = 0
    void: int = 0
    lost: int = 0
    unused_returned: int = 0
    outstanding: int = 0  # still out at its end
    duplicates: int = 0  # further readings of forms held already
    anomalies: int = 0  # sheets refused for a fault of their identity or code

    @property
    def difference(self) -> int:
        """Forms that stock has and fates have not; negative the other way; 0 balances."""
        fates = self.returned_answered + self.returned_blank + self.void + self.lost
        return self.opening + self.issued - fates - self.unused_returned - self.outstanding


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The stock of one period."""

    rows: tuple[StockRow, ...]  # by unit and domain
    returned_before_printing: int  # forms that came back in a period before they were printed

    @property
    def difference(self) -> int:
        """How many forms do not balance, in either direction."""
        return sum(abs(row.difference) for row in self.rows)


def reconcile(
    forms: Iterable[StockForm],
    *,
    period: str,
    period_of: Callable[[str], str],
    duplicates: Mapping[Owner, int],
    anomalies: Mapping[Owner, int],
) -> Reconciliation:
    """Account for every form up to the end of *period*.

    A form belongs to the period in which its print run took serials. Collection periods
    are declared by hand when sheets are read, and may be declared late: a run of which
    a form came back in an earlier period counts as issued in that period.

    Args:
        forms: Every form ever issued.
        period: The reporting month, such as ``2026-11``.
        period_of: Reporting month of a moment in the ledger's writing.
        duplicates: Of *period*, by unit and domain.
        anomalies: Of *period*, by unit and domain.

    Returns:
        One row for each unit and domain with any stock, duplicate or anomaly.
    """
    found: dict[Owner, StockRow] = {}

    def row(owner: Owner) -> StockRow:
        return found.setdefault(owner, StockRow(*owner))

    early = 0
    for form in forms:
        story = _Story.of(form, period_of)
        if story.concerns(period):
            early += story.printed > period and form.returned_in == period
            _account(row((form.unit, form.domain)), form, story, period)
    for owner, count in duplicates.items():
        if count:
            row(owner).duplicates += count
    for owner, count in anomalies.items():
        if count:
            row(owner).anomalies += count
    return Reconciliation(tuple(found[owner] for owner in sorted(found)), early)


@dataclass(frozen=True, slots=True)
class _Story:
    """The periods in which something happened to a form."""

    printed: str
    issued: str
    voided: str | None
    fates: tuple[str, ...]  # periods in which it came back or was made void

    @classmethod
    def of(cls, form: StockForm, period_of: Callable[[str], str]) -> _Story:
        printed = period_of(form.taken_at)
        voided = None if form.voided_at is None else period_of(form.voided_at)
        return cls(
            printed=printed,
            issued=min(printed, form.run_returned_in or printed),
            voided=voided,
            fates=tuple(fate for fate in (form.returned_in, voided) if fate is not None),
        )

    def settled_before(self, period: str) -> bool:
        return any(fate < period for fate in self.fates)

    def concerns(self, period: str) -> bool:
        """Whether the form was out, or something happened to it, in *period*."""
        return period in self.fates or (self.issued <= period and not self.settled_before(period))


def _account(line: StockRow, form: StockForm, story: _Story, period: str) -> None:
    if story.issued <= period and not story.settled_before(period):
        line.opening += story.issued < period
        line.issued += story.issued == period
        line.outstanding += period not in story.fates
    if form.returned_in == period:
        line.returned_answered += form.says_something
        line.returned_blank += not form.says_something
    line.void += story.voided == period
