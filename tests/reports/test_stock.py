from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from omr.ledger.stock import read_stock
from omr.ledger.stock_entries import add_entry
from omr.marks import Reason, SheetStatus
from omr.serial_ranges import SerialRange
from omr.stock import Act
from omr.stock_statement import CameBack, Stock


def stock_of(office: Any) -> Stock:
    return read_stock(office.ledger, start_day=15, zone=ZoneInfo("Asia/Ho_Chi_Minh"))


def test_every_form_is_in_one_parcel_and_back_at_most_once(office: Any) -> None:
    day = date(2026, 10, 20)
    serials = office.print_forms(4, on_day=day)
    office.print_forms(1, unit="HP-PC06", domain="QLHC", on_day=day)
    office.scan(serials[0], "2026-11", a1="r5", t0="")
    office.scan(serials[0], "2026-12", a1="r5", t0="")  # a duplicate is no second fate
    office.scan(serials[1], "2026-10", a1="", t0="")
    office.scan(
        serials[2], "2026-11", status=SheetStatus.REVIEW, reasons=[Reason.MARGINAL_MARK], a1="r1"
    )
    office.scan(serials[3], "2026-11", status=SheetStatus.REFUSED, reasons=[Reason.STREAK])
    one = SerialRange("QLHC", 2026, 1, 1)
    add_entry(office.ledger, Act.VOID, [one], on_day=date(2026, 11, 15), why="kẹt giấy", by="an")
    stock = stock_of(office)
    assert [(p.unit, p.forms) for p in stock.parcels] == [
        ("HP-PC08", SerialRange("GTDB", 2026, 1, 4)),
        ("HP-PC06", one),
    ]
    assert sorted(stock.back, key=lambda form: form.number) == [
        CameBack("GTDB", 2026, 1, "2026-11", says_something=True),
        CameBack("GTDB", 2026, 2, "2026-10", says_something=False),
        CameBack("GTDB", 2026, 3, "2026-11", says_something=True),
    ]
    assert [(e.act, e.period) for e in stock.parcels[1].events] == [
        (Act.ISSUE, "2026-11"),  # 20 October belongs to the month that ends on 14 November
        (Act.VOID, "2026-12"),
    ]


def test_an_entry_about_part_of_a_pad_makes_parcels_of_it(office: Any) -> None:
    office.print_forms(120, on_day=date(2026, 10, 20))
    part = SerialRange("GTDB", 2026, 40, 60)
    add_entry(office.ledger, Act.LOST, [part], on_day=date(2026, 10, 21), why="mất", by="an")
    assert [(p.pad.first, p.forms.first, p.forms.last) for p in stock_of(office).parcels] == [
        (1, 1, 39),
        (1, 40, 50),
        (51, 51, 60),
        (51, 61, 100),
        (101, 101, 120),
    ]
