"""Reads the times in electronic exports.

Exports write times in the manner of the sheet's or the account's locale, and whether
``05/11/2026`` is in May or November can only be told from the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum

_LAST_MONTH = 12
_YEARS = range(2000, 2099)  # a wrong clock or a damaged cell says 1899 or 1970
_NOON = 12

_DATE = r"(?P<d1>\d{1,4})(?P<mark>[/\-.])(?P<d2>\d{1,2})(?P=mark)(?P<d3>\d{1,4})"
_TIME = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d+))?)?"
    r"(?:\s*(?P<half>AM|PM|SA|CH)\b\.?)?"
)
_ZONE = r"(?:\s*(?P<zone>Z|[A-Z]{2,5}|(?:GMT|UTC)?\s*[+\-−]\s*\d{1,2}(?::?\d{2})?))?"
_PATTERNS = (
    re.compile(rf"{_DATE}(?:[T,]?\s*){_TIME}{_ZONE}", re.IGNORECASE),
    re.compile(rf"{_TIME},?\s+{_DATE}{_ZONE}", re.IGNORECASE),  # Vietnamese: time first
)
_DAY_ALONE = re.compile(_DATE)
# Days since 1900, as spreadsheets count. With fewer decimals the second does not show, and
# a row would not be known again.
_SERIAL = re.compile(r"\d{5}(?:[.,]\d{6,})?")
_SERIAL_ROUNDING_US = 50_000  # of six decimals
_SERIALS = (36_526.0, 73_050.0)  # 2000 to 2099
_SERIAL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - local, no zone is known
_OFFSET = re.compile(r"(?:GMT|UTC)?\s*([+\-−])\s*(\d{1,2}?)(?::?(\d{2}))?", re.IGNORECASE)
_MOST_HOURS_FROM_UTC = 14

# Hours from UTC of the abbreviations that Google writes for zones of the English locale
# (Unicode CLDR, "en", short names); every other zone is written GMT+7.
_ABBREVIATIONS = {
    "Z": 0,
    "UTC": 0,
    "GMT": 0,
    "ICT": 7,
    "AST": -4,
    "ADT": -3,
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "AKST": -9,
    "AKDT": -8,
    "HST": -10,
}


class DateOrder(StrEnum):
    """Which of the first two numbers is the day; years are recognised by their length."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class OrderDoubt(StrEnum):
    """Why no order can be chosen for a file."""

    BOTH = "both"  # some rows fit only one order, some only the other
    UNDECIDED = "undecided"  # every row fits both orders


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time as written, before day and month are told apart."""

    year: int
    first: int  # of the two numbers beside the year
    second: int
    year_first: bool  # then ``first`` is the month, without doubt
    hour: int
    minute: int
    seconds: int
    to_the_second: bool
    offset: timedelta | None  # from UTC, where the text says so
    timed: bool = True  # False: a date alone
    serial: bool = False  # a spreadsheet's number that lost its format
    near: bool = False  # with a fraction that another file may have rounded up

    def at(self, order: DateOrder, zone: tzinfo) -> datetime | None:
        """The moment, with its zone; None if there is no such day.

        Args:
            order: How the file writes dates.
            zone: Where the text names no zone.
        """
        month, day = self.first, self.second
        if not self.year_first and order is DateOrder.DAY_FIRST:
            month, day = day, month
        written = zone if self.offset is None else timezone(self.offset)
        try:
            return datetime(
                self.year, month, day, self.hour, self.minute, self.seconds, tzinfo=written
            )
        except ValueError:
            return None


def read_stamp(text: str) -> Stamp | None:
    """The time that *text* writes; None if it is none that we know.

    Known are ``2022/06/22 11:07:29 AM AST``, ``2026/11/21 9:05:33 SA GMT+7``,
    ``29/08/2026 09:40``, ``11/21/2026 9:05:33``, ISO 8601, time before date, a date alone,
    and the number that a spreadsheet shows for a time whose format it lost (46336.378854).
    """
    tidy = " ".join(text.split())
    for pattern in _PATTERNS:
        match = pattern.fullmatch(tidy)
        if match is not None:
            return _stamp(match)
    match = _DAY_ALONE.fullmatch(tidy)
    if match is not None:
        return _dated(match, hour=0, minute=0, seconds=0, timed=False)
    return _from_serial(tidy) if _SERIAL.fullmatch(tidy) else None


def choose_order(stamps: Iterable[Stamp]) -> DateOrder | OrderDoubt:
    """The order in which one file writes day and month.

    A number above 12 decides. Where there is none, exports being in the order of
    submission decides: the order under which times never go back.

    Args:
        stamps: All readable times of the file, in its order; looked at once.
    """
    unlike = needs_day_first = needs_month_first = False
    before: dict[DateOrder, datetime | None] = dict.fromkeys(DateOrder)
    for stamp in stamps:
        # The same pair twice says nothing (05/05), nor do dates with the year in front.
        if stamp.year_first:
            continue
        unlike |= stamp.first != stamp.second
        needs_day_first |= stamp.first > _LAST_MONTH
        needs_month_first |= stamp.second > _LAST_MONTH
        for order, last in () if needs_day_first or needs_month_first else list(before.items()):
            moment = stamp.at(order, UTC)
            if moment is not None and last is not None and moment < last:
                del before[order]
            elif moment is not None:
                before[order] = moment
    if not unlike:
        return DateOrder.DAY_FIRST
    if needs_day_first and needs_month_first:
        return OrderDoubt.BOTH
    if needs_day_first or needs_month_first:
        return DateOrder.DAY_FIRST if needs_day_first else DateOrder.MONTH_FIRST
    return next(iter(before)) if len(before) == 1 else OrderDoubt.UNDECIDED


def _stamp(match: re.Match[str]) -> Stamp | None:
    hour = _hour(int(match["hour"]), (match["half"] or "").upper())
    offset = _offset(match["zone"])
    if hour is None or offset is _UNKNOWN:
        return None
    return _dated(
        match,
        hour=hour,
        minute=int(match["minute"]),
        seconds=int(match["second"] or 0),
        to_the_second=match["second"] is not None,
        offset=offset,
        near=bool((match["fraction"] or "").strip("0")),
    )


def _dated(
    match: re.Match[str],
    *,
    hour: int,
    minute: int,
    seconds: int,
    to_the_second: bool = False,
    offset: timedelta | None = None,
    timed: bool = True,
    near: bool = False,
) -> Stamp | None:
    first, second, third = match["d1"], match["d2"], match["d3"]
    if len(first) == 4 and len(third) <= 2:
        year, numbers, year_first = int(first), (int(second), int(third)), True
    elif len(third) == 4 and len(first) <= 2:
        year, numbers, year_first = int(third), (int(first), int(second)), False
    else:
        return None
    if year not in _YEARS:
        return None
    return Stamp(
        year,
        *numbers,
        year_first,
        hour,
        minute,
        seconds,
        to_the_second,
        offset,
        timed=timed,
        near=near,
    )


def _from_serial(text: str) -> Stamp | None:
    serial = float(text.replace(",", "."))
    if not _SERIALS[0] <= serial < _SERIALS[1]:
        return None
    at = _SERIAL_EPOCH + timedelta(microseconds=round(serial * 86_400_000_000))
    at += timedelta(microseconds=_SERIAL_ROUNDING_US)
    near = at.microsecond > 2 * _SERIAL_ROUNDING_US
    timed = not serial.is_integer()
    return Stamp(
        at.year,
        at.month,
        at.day,
        year_first=True,
        hour=at.hour,
        minute=at.minute,
        seconds=at.second,
        to_the_second=timed,
        offset=None,
        timed=timed,
        serial=True,
        near=near,
    )


def _hour(written: int, half: str) -> int | None:
    if not half:
        return written
    if half in {"CH", "PM"} and _NOON < written < 24:
        return written  # 14:05 CH: the half of the day is said twice
    if not 1 <= written <= _NOON:
        return None
    return written % _NOON + (_NOON if half in {"CH", "PM"} else 0)


_UNKNOWN = timedelta(days=99)


def _offset(zone: str | None) -> timedelta | None:
    """How far the zone lies from UTC; None where none is written."""
    if zone is None:
        return None
    if zone.upper() in _ABBREVIATIONS:
        return timedelta(hours=_ABBREVIATIONS[zone.upper()])
    match = _OFFSET.fullmatch(zone.strip())
    if match is None:
        return _UNKNOWN
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    if offset > timedelta(hours=_MOST_HOURS_FROM_UTC):
        return _UNKNOWN
    return offset if match[1] == "+" else -offset
