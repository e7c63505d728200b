"""The receipt for forms that were handed out or handed back: from the ledger to its words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from forms.issuer import issuer_of
from forms.receipt import Receipt, ReceiptKind, rows_of_forms
from omr.ledger import Ledger, issued
from omr.serial_ranges import SerialRange
from omr.stock import Act
from omr.workspace import Workspace


def kind_of(act: Act) -> ReceiptKind:
    """Which way forms go by *act*."""
    return ReceiptKind.ISSUE if act is Act.ISSUE else ReceiptKind.RETURN


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
