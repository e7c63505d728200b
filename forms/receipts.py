"""The receipt for forms that were handed out or handed back: from the ledger to its words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from forms.issuer import issuer_of
from forms.receipt import Receipt, ReceiptKind, rows_of_forms
from omr.ledger import Ledger, issued
from omr.ledger.stock_entries import Entry
from omr.serial_ranges import SerialRange
from omr.stock import Act
from omr.workspace import Workspace


def entry_receipt(office: Workspace, ledger: Ledger, unit: str, entry: Entry) -> Receipt:
    """The receipt for what *entry* says.

    Args:
        office: For the names of the office, the unit and the domains.
        ledger: For the pads.
        unit: Code of the unit.
        entry: Forms handed out, or handed back unused.
    """
    kind = ReceiptKind.ISSUE if entry.act is Act.ISSUE else ReceiptKind.RETURN
    return forms_receipt(office, ledger, kind, unit, entry.forms, entry.on_day)


def forms_receipt(
    office: Workspace,
    ledger: Ledger,
    kind: ReceiptKind,
    unit: str,
    forms: Sequence[SerialRange],
    day: date,
) -> Receipt:
    """The receipt for *forms* that were handed over on *day*."""
    names = {
        domain.id: domain.name for survey in office.surveys().values() for domain in survey.domains
    }
    rows = [
        row
        for part in forms
        for row in rows_of_forms(
            [part], issued.pads_of(ledger, part), names.get(part.domain, part.domain)
        )
    ]
    units = office.units()
    return Receipt(
        kind=kind,
        issuer=issuer_of(office.settings, units, day),
        unit=units.unit(unit).name,
        rows=tuple(rows),
        day=day,
    )
