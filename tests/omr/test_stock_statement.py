from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from omr.serial_ranges import SerialRange
from omr.stock import Act, Event, FormState, ImpossibleAct, follow
from omr.stock_statement import CameBack, Parcel, Statement, Stock, StockRow, stock_statement

PERIODS = ("2026-09", "2026-10", "2026-11", "2026-12")
OWNERS = (("HP-PC08", "GTDB"), ("HP-PC06", "QLHC"))
Said = tuple[tuple[str, Act], ...]


def numbers(first: int, last: int, domain: str = "GTDB") -> SerialRange:
    return SerialRange(domain, 2026, first, last)


def parcel(first: int, last: int, *said: tuple[str, Act], entry: int = 1) -> Parcel:
    """Forms of PC08 printed in September; each act in a period."""
    return Parcel(
        unit="HP-PC08",
        pad=numbers(1, 50),
        forms=numbers(first, last),
        printed="2026-09",
        events=tuple(Event(entry + n, act, period) for n, (period, act) in enumerate(said)),
    )


def back(number: int, period: str, *, says_something: bool = True) -> CameBack:
    return CameBack("GTDB", 2026, number, period, says_something)


def only(statement: Statement) -> StockRow:
    (row,) = statement.rows
    return row


def counts(row: StockRow) -> dict[str, int]:
    """What is not zero."""
    return {
        name: getattr(row, name)
        for name in row.__slots__
        if isinstance(getattr(row, name), int) and getattr(row, name)
    }


ISSUED = ("2026-10", Act.ISSUE)


def test_each_form_is_followed_from_month_to_month() -> None:
    stock = Stock(
        (
            parcel(1, 4, ISSUED),
            parcel(5, 5, ISSUED, ("2026-11", Act.VOID)),
            parcel(6, 6, ISSUED, ("2026-11", Act.RETURN_UNUSED)),
            parcel(7, 9),
        ),
        (back(1, "2026-10"), back(2, "2026-11", says_something=False), back(3, "2026-12")),
    )
    september = only(stock_statement(stock, "2026-09"))
    assert counts(september) == {"printed": 9, "in_store": 9}
    october = only(stock_statement(stock, "2026-10"))
    assert counts(october) == {
        "issued": 6,
        "returned_answered": 1,
        "outstanding": 5,
        "store_opening": 9,
        "in_store": 3,
    }
    november = only(stock_statement(stock, "2026-11"))
    assert counts(november) == {
        "opening": 5,
        "returned_blank": 1,
        "void": 1,
        "unused_returned": 1,
        "outstanding": 2,
        "store_opening": 3,
        "in_store": 4,
    }
    assert november.difference == 0


def test_a_gap_before_a_form_that_came_back_is_missing_and_the_rest_still_out() -> None:
    stock = Stock((parcel(1, 10, ISSUED),), tuple(back(n, "2026-10") for n in (1, 2, 5)))
    row = only(stock_statement(stock, "2026-10"))
    assert row.missing == [numbers(3, 4)]
    assert row.still_out == [numbers(6, 10)]


def test_a_form_reported_lost_that_comes_back_is_taken_off_the_lost_ones() -> None:
    stock = Stock((parcel(1, 2, ISSUED, ("2026-10", Act.LOST)),), (back(2, "2026-11"),))
    october, november = (only(stock_statement(stock, p)) for p in ("2026-10", "2026-11"))
    assert (october.lost, november.lost, november.returned_answered) == (2, -1, 1)
    assert (october.difference, november.difference) == (0, 0)
    assert november.reported_lost == [numbers(1, 1)]


def test_a_form_that_was_never_handed_out_but_came_back_counts_as_handed_out() -> None:
    stock = Stock((parcel(1, 1),), (back(1, "2026-11"),))
    row = only(stock_statement(stock, "2026-11"))
    assert counts(row) == {"store_opening": 1, "issued": 1, "returned_answered": 1}


def test_a_void_form_that_came_back_does_not_balance() -> None:
    for void in ("2026-10", "2026-11", "2026-12"):
        stock = Stock((parcel(1, 2, ISSUED, (void, Act.VOID)),), (back(1, "2026-11"),))
        assert any(stock_statement(stock, period).difference for period in PERIODS)


def test_forms_that_came_back_before_they_were_handed_out_count_as_handed_out_then() -> None:
    stock = Stock((parcel(1, 2, ("2026-12", Act.ISSUE)),), (back(1, "2026-11"),))
    found = stock_statement(stock, "2026-11")
    assert counts(only(found)) == {
        "store_opening": 2,
        "issued": 2,
        "returned_answered": 1,
        "outstanding": 1,
    }
    assert found.returned_before_issue == 1
    december = stock_statement(stock, "2026-12")
    assert counts(only(december)) == {"opening": 1, "outstanding": 1}
    assert december.returned_before_issue == 0


def test_what_was_said_after_a_form_had_come_back_is_no_second_fate() -> None:
    said = (ISSUED, ("2026-10", Act.LOST), ("2026-12", Act.UNDO))
    stock = Stock((parcel(1, 1, *said),), (back(1, "2026-11"),))
    assert [stock_statement(stock, period).difference for period in PERIODS] == [0] * 4


@st.composite
def said_about_a_form(draw: st.DrawFn) -> Said:
    """Possible acts in periods that do not run backwards."""
    said: list[tuple[str, Act]] = []
    for act in draw(st.lists(st.sampled_from(list(Act)), max_size=6)):
        earliest = said[-1][0] if said else PERIODS[0]
        period = draw(st.sampled_from([p for p in PERIODS if p >= earliest]))
        try:
            follow([Event(0, a, p) for p, a in (*said, (period, act))])
        except ImpossibleAct:
            continue
        said.append((period, act))
    return tuple(said)


@st.composite
def stocks(draw: st.DrawFn) -> Stock:
    """Up to 12 forms of two units; void forms never come back, as the reader refuses them."""
    parcels, returned = [], []
    for number in range(1, draw(st.integers(1, 12)) + 1):
        unit, domain = draw(st.sampled_from(OWNERS))
        said = draw(said_about_a_form())
        one = numbers(number, number, domain)
        events = tuple(Event(10 * number + n, act, p) for n, (p, act) in enumerate(said))
        parcels.append(Parcel(unit, numbers(1, 12, domain), one, PERIODS[0], events))
        is_void = follow(events).state is FormState.VOID
        if not is_void and draw(st.booleans()):
            period = draw(st.sampled_from(PERIODS))
            returned.append(CameBack(domain, 2026, number, period, draw(st.booleans())))
    return Stock(tuple(parcels), tuple(returned))


@given(stocks())
def test_every_month_balances_and_opens_with_what_the_last_one_left(stock: Stock) -> None:
    left: dict[tuple[str, str], int] = {}
    in_store: dict[tuple[str, str], int] = {}
    for period in PERIODS:
        found = stock_statement(stock, period)
        assert found.difference == 0
        stored = {(r.unit, r.domain): r.store_opening for r in found.rows if r.store_opening}
        assert stored == in_store
        in_store = {(r.unit, r.domain): r.in_store for r in found.rows if r.in_store}
        opening = {(r.unit, r.domain): r.opening for r in found.rows if r.opening}
        assert opening == left
        left = {(r.unit, r.domain): r.outstanding for r in found.rows if r.outstanding}
        for row in found.rows:
            assert sum(map(len, [*row.missing, *row.still_out])) == row.outstanding


@given(stocks())
def test_at_the_end_every_form_is_somewhere(stock: Stock) -> None:
    rows = [stock_statement(stock, period).rows for period in PERIODS]
    fates = ("returned_answered", "returned_blank")
    settled = sum(getattr(row, name) for some in rows for row in some for name in fates)
    by_hand = sum(
        follow(p.events).state is FormState.RETURNED_BLANK
        for p in stock.parcels
        if not any(b.number == p.forms.first for b in stock.back)
    )
    assert settled == len(stock.back) + by_hand


def test_forms_void_or_lost_in_the_store_are_the_offices_to_account_for() -> None:
    stock = Stock(
        (parcel(1, 3), parcel(4, 4, ("2026-10", Act.VOID)), parcel(5, 6, ("2026-10", Act.LOST))), ()
    )
    row = only(stock_statement(stock, "2026-10"))
    assert counts(row) == {
        "store_opening": 6,
        "void_in_store": 1,
        "lost_in_store": 2,
        "in_store": 3,
    }
    assert (row.difference, row.store_difference, row.concerns_unit) == (0, 0, False)


def test_forms_that_are_void_and_back_are_named() -> None:
    stock = Stock((parcel(1, 3, ISSUED, ("2026-10", Act.VOID)),), (back(2, "2026-11"),))
    assert only(stock_statement(stock, "2026-11")).contradictory == [numbers(2, 2)]
