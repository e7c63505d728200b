from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from omr.ledger.stock import StockForm
from reports.reconcile import Reconciliation, StockRow, reconcile

PERIODS = ("2026-09", "2026-10", "2026-11", "2026-12")
OWNERS = (("HP-PC08", "GTDB"), ("HP-PC06", "QLHC"))


def form(
    taken: str,
    *,
    returned: str | None = None,
    voided: str | None = None,
    says_something: bool = True,
    run_returned: str | None = None,
    owner: tuple[str, str] = OWNERS[0],
) -> StockForm:
    return StockForm(
        serial="",
        unit=owner[0],
        domain=owner[1],
        taken_at=taken,
        run_returned_in=run_returned or returned,
        voided_at=voided,
        returned_in=returned,
        says_something=says_something,
    )


def stock(period: str, *forms: StockForm) -> Reconciliation:
    # In these tests moments are written as the period they lie in.
    return reconcile(forms, period=period, period_of=str, duplicates={}, anomalies={})


def test_each_form_is_followed_from_month_to_month() -> None:
    forms = (
        form("2026-10", returned="2026-10"),
        form("2026-10", returned="2026-11", says_something=False),
        form("2026-10", voided="2026-11"),
        form("2026-10"),
        form("2026-11", returned="2026-11"),
        form("2026-11", returned="2026-12"),
        form("2026-12"),
    )
    (october,) = stock("2026-10", *forms).rows
    assert october == StockRow(*OWNERS[0], issued=4, returned_answered=1, outstanding=3)
    (november,) = stock("2026-11", *forms).rows
    assert november == StockRow(
        *OWNERS[0],
        opening=3,
        issued=2,
        returned_answered=1,
        returned_blank=1,
        void=1,
        outstanding=2,
    )
    assert november.difference == 0


def test_a_form_that_came_back_and_is_void_does_not_balance() -> None:
    for voided in ("2026-10", "2026-11"):
        forms = (form("2026-10", returned="2026-10", voided=voided), form("2026-10"))
        found = stock(voided, *forms)
        assert found.difference == 1


def test_a_run_that_came_back_in_an_earlier_period_counts_as_issued_then() -> None:
    forms = (
        form("2026-12", returned="2026-11"),
        form("2026-12", run_returned="2026-11"),
    )
    found = stock("2026-11", *forms)
    assert found.rows == (StockRow(*OWNERS[0], issued=2, returned_answered=1, outstanding=1),)
    assert found.returned_before_printing == 1
    assert stock("2026-12", *forms).rows == (StockRow(*OWNERS[0], opening=1, outstanding=1),)


def test_duplicates_and_anomalies_stand_beside_stock_even_without_a_unit() -> None:
    found = reconcile(
        [form("2026-11")],
        period="2026-11",
        period_of=str,
        duplicates={OWNERS[0]: 2},
        anomalies={("", ""): 3, OWNERS[1]: 0},
    )
    assert found.rows == (
        StockRow("", "", anomalies=3),
        StockRow(*OWNERS[0], issued=1, outstanding=1, duplicates=2),
    )
    assert found.difference == 0


periods = st.sampled_from(PERIODS)


@st.composite
def forms_with_one_fate(draw: st.DrawFn) -> StockForm:
    taken = draw(periods)
    later = st.none() | periods.filter(lambda period: period >= taken)
    returned = draw(later)
    return form(
        taken,
        returned=returned,
        voided=None if returned else draw(later),
        says_something=draw(st.booleans()),
        owner=draw(st.sampled_from(OWNERS)),
    )


@given(forms=st.lists(forms_with_one_fate(), max_size=30))
def test_stock_balances_and_is_handed_on_whenever_each_form_has_one_fate(
    forms: list[StockForm],
) -> None:
    left: dict[tuple[str, str], int] = {}
    for period in PERIODS:
        found = stock(period, *forms)
        assert found.difference == 0
        assert {(r.unit, r.domain): r.opening for r in found.rows if r.opening} == left
        left = {(r.unit, r.domain): r.outstanding for r in found.rows if r.outstanding}
    never_back = [f for f in forms if f.returned_in is None and f.voided_at is None]
    assert sum(left.values()) == len(never_back)
