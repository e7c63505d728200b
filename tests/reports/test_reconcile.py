from __future__ import annotations

from omr.serial_ranges import SerialRange
from omr.stock import Act, Event
from omr.stock_statement import CameBack, Parcel, Stock
from reports.reconcile import reconcile

FORMS = SerialRange("GTDB", 2026, 1, 2)
STOCK = Stock(
    (Parcel("HP-PC08", FORMS, FORMS, "2026-11", (Event(1, Act.ISSUE, "2026-11"),)),),
    (CameBack("GTDB", 2026, 1, "2026-11", says_something=True),),
)


def test_duplicates_and_anomalies_stand_beside_stock_even_without_a_unit() -> None:
    found = reconcile(
        STOCK,
        period="2026-11",
        duplicates={("HP-PC08", "GTDB"): 2},
        anomalies={("", ""): 3, ("HP-PC06", "QLHC"): 0},
    )
    assert [(r.stock.unit, r.stock.domain, r.duplicates, r.anomalies) for r in found.rows] == [
        ("", "", 0, 3),
        ("HP-PC08", "GTDB", 2, 0),
    ]
    assert (found.rows[1].stock.issued, found.rows[1].stock.outstanding) == (2, 1)
    assert found.difference == 0


def test_what_only_lies_in_the_store_is_no_units_to_account_for() -> None:
    stored = Stock((Parcel("HP-PC08", FORMS, FORMS, "2026-11", ()),), ())
    assert reconcile(stored, period="2026-11", duplicates={}, anomalies={}).rows == ()
