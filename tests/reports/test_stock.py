from __future__ import annotations

from typing import Any

from omr.ledger.issued import void_run
from omr.ledger.stock import stock_forms
from omr.marks import Reason, SheetStatus


def test_every_form_is_listed_once_with_its_fates(office: Any) -> None:
    serials = office.print_forms(4)
    (other,) = office.print_forms(1, unit="HP-PC06", domain="QLHC")
    office.scan(serials[0], "2026-11", a1="r5", t0="")
    office.scan(serials[0], "2026-12", a1="r5", t0="")  # a duplicate is no second fate
    office.scan(serials[1], "2026-10", a1="", t0="")
    office.scan(
        serials[2], "2026-11", status=SheetStatus.REVIEW, reasons=[Reason.MARGINAL_MARK], a1="r1"
    )
    office.scan(serials[3], "2026-11", status=SheetStatus.REFUSED, reasons=[Reason.STREAK])
    void_run(office.ledger, 2, "kẹt giấy")
    forms = {form.serial: form for form in stock_forms(office.ledger)}
    assert list(forms) == [*serials, other]
    assert [
        (forms[serial].returned_in, forms[serial].says_something, forms[serial].voided_at)
        for serial in serials
    ] == [
        ("2026-11", True, None),
        ("2026-10", False, None),
        ("2026-11", True, None),
        (None, False, None),
    ]
    assert {forms[serial].run_returned_in for serial in serials} == {"2026-10"}
    assert forms[other].run_returned_in is None
    assert forms[other].voided_at is not None
    assert (forms[other].unit, forms[other].domain) == ("HP-PC06", "QLHC")
