from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.timestamps import DateOrder, OrderDoubt, Stamp, choose_order, read_stamp

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
_START = datetime(2024, 1, 1, tzinfo=UTC)


def stamps(*texts: str) -> list[Stamp]:
    found = [read_stamp(text) for text in texts]
    assert all(found)
    return [stamp for stamp in found if stamp]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2022/06/22 11:07:29 AM AST", "2022-06-22T11:07:29-04:00"),
        ("2026/11/21 9:05:33 SA GMT+7", "2026-11-21T09:05:33+07:00"),
        ("2026/11/21 9:05:33 CH GMT+7", "2026-11-21T21:05:33+07:00"),
        ("2026/11/21 12:05:33 SA GMT+7", "2026-11-21T00:05:33+07:00"),
        ("2026/11/21 12:05:33 PM GMT+7", "2026-11-21T12:05:33+07:00"),
        ("2026/11/21 9:05:33\u202fPM EST", "2026-11-21T21:05:33-05:00"),
        ("2026/11/21 9:05:33 SA GMT+5:30", "2026-11-21T09:05:33+05:30"),
        ("2026/11/21 9:05:33 SA GMT−3", "2026-11-21T09:05:33-03:00"),
        ("29/08/2026 09:40", "2026-08-29T09:40:00+07:00"),
        ("21/11/2026 9:05:33", "2026-11-21T09:05:33+07:00"),
        ("21-11-2026 9:05:33", "2026-11-21T09:05:33+07:00"),
        ("9:05:33 21/11/2026", "2026-11-21T09:05:33+07:00"),
        ("2026-11-21T09:05:33+07:00", "2026-11-21T09:05:33+07:00"),
        ("2026-11-21T02:05:33.250Z", "2026-11-21T02:05:33+00:00"),
        ("2026-11-21 09:05:33", "2026-11-21T09:05:33+07:00"),
    ],
)
def test_every_way_that_exports_write_times_is_read(text: str, iso: str) -> None:
    (stamp,) = stamps(text)
    assert stamp.at(DateOrder.DAY_FIRST, HANOI) == datetime.fromisoformat(iso)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hôm qua",
        "21/11/26 9:05",
        "2026/11/21 9:05:33 SA XYZ",
        "2026/11/21 19:05 SA",
        "2026/11/21 9:05 GMT+77",
        "46347,3787",
        "01/01/1970 00:00:00",
        "21/11-2026 9:05",
    ],
)
def test_what_is_no_known_time_is_not_guessed_at(text: str) -> None:
    assert read_stamp(text) is None


def test_a_day_that_no_calendar_has_is_no_time() -> None:
    (stamp,) = stamps("31/02/2026 10:00:00")
    assert stamp.at(DateOrder.DAY_FIRST, HANOI) is None


def test_a_number_above_twelve_tells_day_from_month() -> None:
    assert choose_order(stamps("05/11/2026 9:00", "21/11/2026 9:00")) is DateOrder.DAY_FIRST
    assert choose_order(stamps("11/05/2026 9:00", "11/21/2026 9:00")) is DateOrder.MONTH_FIRST


def test_a_file_with_both_orders_is_not_decided() -> None:
    assert choose_order(stamps("21/11/2026 9:00", "11/21/2026 9:00")) is OrderDoubt.BOTH


def test_the_order_under_which_times_never_go_back_is_chosen() -> None:
    # 5 November then 1 December; read the other way it would be 11 May, then 12 January.
    assert choose_order(stamps("05/11/2026 9:00", "01/12/2026 9:00")) is DateOrder.DAY_FIRST
    assert choose_order(stamps("11/05/2026 9:00", "12/01/2026 9:00")) is DateOrder.MONTH_FIRST


def test_a_file_that_fits_both_orders_is_not_decided() -> None:
    assert choose_order(stamps("01/12/2026 9:00", "02/12/2026 9:00")) is OrderDoubt.UNDECIDED


def test_dates_that_mean_the_same_in_both_orders_need_no_decision() -> None:
    assert choose_order(stamps("05/05/2026 9:00", "2026/11/06 9:00")) is DateOrder.DAY_FIRST


@given(
    moments=st.lists(
        st.integers(0, 2_000_000).map(lambda step: _START + step * timedelta(seconds=97)),
        min_size=1,
        max_size=8,
    )
)
def test_a_decided_order_is_never_the_wrong_one_for_rising_times(moments: list[datetime]) -> None:
    rising = sorted(moments)
    for written, order in (
        ("%d/%m/%Y %H:%M:%S", DateOrder.DAY_FIRST),
        ("%m/%d/%Y %H:%M:%S", DateOrder.MONTH_FIRST),
    ):
        found = stamps(*(moment.strftime(written) for moment in rising))
        chosen = choose_order(found)
        if isinstance(chosen, DateOrder):
            read = [stamp.at(chosen, UTC) for stamp in found]
            assert read == rising, order


def test_the_zone_in_the_text_goes_before_the_workspace_zone() -> None:
    (stamp,) = stamps("2026/11/14 8:30:00 PM EST")
    moment = stamp.at(DateOrder.DAY_FIRST, HANOI)
    assert moment is not None
    assert moment.astimezone(HANOI).date().isoformat() == "2026-11-15"
    assert moment.utcoffset() == timedelta(hours=-5)
