"""Shows that every form is accounted for ("thu hồi phiếu"), beside what scans showed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from omr.stock_statement import Statement, Stock, StockRow, stock_statement
from reports.paper import Owner


@dataclass(frozen=True, slots=True)
class ReconciliationRow:
    """The forms of one unit and domain in one period, and what was wrong with its scans."""

    stock: StockRow
    duplicates: int  # further readings of forms held already
    anomalies: int  # sheets that are no form that this unit should have returned


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The stock of one period."""

    rows: tuple[ReconciliationRow, ...]  # by unit and domain
    statement: Statement

    @property
    def difference(self) -> int:
        """How many forms do not balance, in either direction."""
        return self.statement.difference


def reconcile(
    stock: Stock, *, period: str, duplicates: Mapping[Owner, int], anomalies: Mapping[Owner, int]
) -> Reconciliation:
    """Account for every form up to the end of *period*.

    Args:
        stock: Every form ever printed.
        period: The reporting month, such as ``2026-11``.
        duplicates: Of *period*, by unit and domain.
        anomalies: Of *period*, by unit and domain.

    Returns:
        One row for each unit and domain with forms that were out, or with a duplicate or
        anomaly. What only lies in the store is no unit's to account for.
    """
    statement = stock_statement(stock, period)
    rows = {(row.unit, row.domain): row for row in statement.rows if row.concerns_unit}
    owners = {*rows, *(owner for some in (duplicates, anomalies) for owner in some if some[owner])}
    return Reconciliation(
        tuple(
            ReconciliationRow(
                rows.get(owner) or StockRow(*owner),
                duplicates.get(owner, 0),
                anomalies.get(owner, 0),
            )
            for owner in sorted(owners)
        ),
        statement,
    )
