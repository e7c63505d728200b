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
from itertools import pairwise

_LAST_MONTH = 12
_YEARS = range(2000, 2099)  # a wrong clock or a damaged cell says 1899 or 1970
_NOON = 12

_DATE = r"(?P<d1>\d{1,4})(?P<mark>[/\-.])(?P<d2>\d{1,2})(?P=mark)(?P<d3>\d{1,4})"
_TIME = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"(?:\s*(?P<half>AM|PM|SA|CH)\b\.?)?"
)
_ZONE = r"(?:\s*(?P<zone>Z|[A-Z]{2,5}|(?:GMT|UTC)?\s*[+\-−]\s*\d{1,2}(?::?\d{2})?))?"
_PATTERNS = (
    re.compile(rf"{_DATE}(?:[T,]?\s*){_TIME}{_ZONE}", re.IGNORECASE),
    re.compile(rf"{_TIME},?\s+{_DATE}{_ZONE}", re.IGNORECASE),  # Vietnamese: time first
)
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
    ``29/08/2026 09:40``, ``11/21/2026 9:05:33``, ISO 8601, and time before date.
    """
    tidy = " ".join(text.split())
    for pattern in _PATTERNS:
        match = pattern.fullmatch(tidy)
        if match is not None:
            return _stamp(match)
    return None


def choose_order(stamps: Iterable[Stamp]) -> DateOrder | OrderDoubt:
    """The order in which one file writes day and month.

    A number above 12 decides. Where there is none, exports being in the order of
    submission decides: the order under which times never go back.

    Args:
        stamps: All readable times of the file, in its order.
    """
    # The same pair twice says nothing (05/05), nor do dates with the year in front.
    open_to_both = [stamp for stamp in stamps if not stamp.year_first]
    unlike = [stamp for stamp in open_to_both if stamp.first != stamp.second]
    if not unlike:
        return DateOrder.DAY_FIRST
    needs_day_first = any(stamp.first > _LAST_MONTH for stamp in unlike)
    needs_month_first = any(stamp.second > _LAST_MONTH for stamp in unlike)
    if needs_day_first and needs_month_first:
        return OrderDoubt.BOTH
    if needs_day_first or needs_month_first:
        return DateOrder.DAY_FIRST if needs_day_first else DateOrder.MONTH_FIRST
    rising = [order for order in DateOrder if _never_goes_back(open_to_both, order)]
    return rising[0] if len(rising) == 1 else OrderDoubt.UNDECIDED


def _never_goes_back(stamps: list[Stamp], order: DateOrder) -> bool:
    moments = [stamp.at(order, UTC) for stamp in stamps]
    real = [moment for moment in moments if moment is not None]
    return all(earlier <= later for earlier, later in pairwise(real))


def _stamp(match: re.Match[str]) -> Stamp | None:
    first, second, third = match["d1"], match["d2"], match["d3"]
    if len(first) == 4 and len(third) <= 2:
        year, numbers, year_first = int(first), (int(second), int(third)), True
    elif len(third) == 4 and len(first) <= 2:
        year, numbers, year_first = int(third), (int(first), int(second)), False
    else:
        return None
    hour = _hour(int(match["hour"]), (match["half"] or "").upper())
    offset = _offset(match["zone"])
    if hour is None or offset is _UNKNOWN or year not in _YEARS:
        return None
    return Stamp(
        year=year,
        first=numbers[0],
        second=numbers[1],
        year_first=year_first,
        hour=hour,
        minute=int(match["minute"]),
        seconds=int(match["second"] or 0),
        to_the_second=match["second"] is not None,
        offset=offset,
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
