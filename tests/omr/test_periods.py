from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omr.errors import ExitCode, UsageError
from omr.periods import Period

START_DAYS = st.integers(1, 28)
DAYS = st.dates(date(2000, 2, 1), date(2099, 10, 31))
PERIODS = st.builds(Period, st.integers(2000, 2099), st.integers(1, 12), START_DAYS)


def test_a_reporting_month_runs_from_the_15th_to_the_14th() -> None:
    period = Period.parse("2026-11")

    assert period.first_day == date(2026, 10, 15)
    assert period.last_day == date(2026, 11, 14)
    assert str(period) == "2026-11"


def test_january_begins_in_the_year_before() -> None:
    assert Period.parse("2027-01").first_day == date(2026, 12, 15)
    assert Period.containing(date(2026, 12, 15)) == Period(2027, 1)
    assert Period.containing(date(2026, 12, 14)) == Period(2026, 12)


def test_start_day_1_means_the_calendar_month() -> None:
    period = Period.parse("2028-02", start_day=1)

    assert (period.first_day, period.last_day) == (date(2028, 2, 1), date(2028, 2, 29))


@given(DAYS, START_DAYS)
def test_every_day_lies_in_exactly_one_period(day: date, start_day: int) -> None:
    period = Period.containing(day, start_day)

    assert day in period
    assert period.first_day <= day <= period.last_day
    assert day not in period.next()
    assert day not in period.previous()


@given(PERIODS.filter(lambda period: (period.year, period.month) != (2099, 12)))
def test_periods_follow_one_another_without_gap(period: Period) -> None:
    following = period.next()

    assert following.first_day - period.last_day == timedelta(days=1)
    assert following.previous() == period
    assert period < following
    assert 28 <= (period.last_day - period.first_day).days + 1 <= 31


@given(PERIODS)
def test_the_name_of_a_period_names_it(period: Period) -> None:
    assert Period.parse(f" {period} ", period.start_day) == period
    assert Period.containing(period.first_day, period.start_day) == period
    assert Period.containing(period.last_day, period.start_day) == period


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "26-11", "2026-1", "11-2026", "2026/11", "1999-12"]
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="is no reporting month") as caught:
        Period.parse(text)

    assert "2026-11" in caught.value.remedy
    assert caught.value.exit_code is ExitCode.BAD_USAGE


@pytest.mark.parametrize("values", [(1999, 1), (2100, 1), (2026, 0), (2026, 1, 0), (2026, 1, 29)])
def test_impossible_periods_cannot_be_made(values: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no such period"):
        Period(*values)


def test_a_period_contains_nothing_but_days() -> None:
    assert "2026-11-01" not in Period(2026, 11)
