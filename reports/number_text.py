"""Numbers, shares and dates as people read them on paper: ``1.234``, ``88,33%``. Pure.

For PDF pages and sentences only; workbooks hold true numbers. Nothing is rounded here but by
:mod:`reports.rounding`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from omr.serial_ranges import SerialRange
from omr.settings import Language
from reports.measures import Interval
from reports.rounding import PLACES, percent, rounded

EMPTY = "–"  # no denominator
WITHHELD = "*"  # a count that must not be shown, or what would give it away
_MINUS = "−"


def count_text(count: int | None, language: Language) -> str:
    """A count: ``1.234``; None is a count that must not be shown."""
    return WITHHELD if count is None else _grouped(Decimal(count), language)


def decimal_text(
    value: Fraction | float | None,
    language: Language,
    *,
    places: int = PLACES,
    withheld: bool = False,
) -> str:
    """A mean or an index: ``4,12``; None is a dash, or a star where it is *withheld*."""
    if value is None:
        return WITHHELD if withheld else EMPTY
    return _grouped(rounded(value, places), language)


def percent_text(
    share: Fraction | float | None,
    language: Language,
    *,
    places: int = PLACES,
    withheld: bool = False,
) -> str:
    """A share: ``88,33%``; None is a dash, or a star where it is *withheld*."""
    value = percent(share, places)
    if value is None:
        return WITHHELD if withheld else EMPTY
    return f"{_grouped(value, language)}%"


def interval_text(
    interval: Interval | None, language: Language, *, places: int = 1, withheld: bool = False
) -> str:
    """An interval: ``86,1–90,2%``."""
    if interval is None:
        return WITHHELD if withheld else EMPTY
    low, high = (
        _grouped(rounded(Fraction(end) * 100, places), language)
        for end in (interval.low, interval.high)
    )
    return f"{low}–{high}%"


def difference_text(now: Fraction | None, before: Fraction | None, language: Language) -> str:
    """How far two shares are apart, in percentage points: ``+1,25``, ``−0,40``.

    It is the difference of the two numbers as they are printed, so that readers find the
    same one.
    """
    one, other = percent(now), percent(before)
    if one is None or other is None:
        return EMPTY
    return ("+" if one > other else "") + _grouped(one - other, language)


def day_text(day: date, language: Language) -> str:
    """A date: ``14/11/2026``, in English ``2026-11-14``."""
    return day.strftime("%d/%m/%Y") if language is Language.VIETNAMESE else day.isoformat()


def ranges_text(ranges: Sequence[SerialRange]) -> str:
    """Running numbers of one table line: ``000417–000423, 000501``.

    The year (``26-000417``) is only said where there are several.
    """
    years = {each.year for each in ranges}
    told = []
    for each in ranges:
        year = f"{each.year % 100:02d}-" if len(years) > 1 else ""
        end = "" if each.first == each.last else f"–{each.last:06d}"
        told.append(f"{year}{each.first:06d}{end}")
    return ", ".join(told)


def _grouped(value: Decimal, language: Language) -> str:
    text = f"{abs(value):,f}"
    if language is Language.VIETNAMESE:
        text = text.translate(str.maketrans(",.", ".,"))
    return (_MINUS if value < 0 else "") + text
