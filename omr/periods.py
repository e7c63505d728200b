"""Reporting months: by default from the 15th of the month before to the 14th.

``2026-11`` is 15 October to 14 November 2026, as police statistics are closed. An office
that counts in calendar months sets ``start_day = 1``.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from omr.errors import UsageError
from omr.i18n import _

DEFAULT_START_DAY = 15
MAX_START_DAY = 28  # a day that every month has
FIRST_YEAR, LAST_YEAR = 2000, 2099  # as in omr.serials
_PATTERN = re.compile(r"([0-9]{4})-([0-9]{2})")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One reporting month, named for the calendar month in which it ends."""

    year: int  # 2000 to 2099
    month: int  # 1 to 12
    start_day: int = DEFAULT_START_DAY  # 1 to 28; 1 means the calendar month

    def __post_init__(self) -> None:
        if not (
            FIRST_YEAR <= self.year <= LAST_YEAR
            and 1 <= self.month <= 12
            and 1 <= self.start_day <= MAX_START_DAY
        ):
            raise ValueError(f"no such period: {self.year}-{self.month} from day {self.start_day}")

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first_day <= day <= self.last_day

    @classmethod
    def parse(cls, text: str, start_day: int = DEFAULT_START_DAY) -> Period:
        """The period called *text*, such as ``2026-11``.

        Raises:
            UsageError: If it is written in another way or there is no such month.
        """
        match = _PATTERN.fullmatch(text.strip())
        try:
            if match:
                return cls(int(match[1]), int(match[2]), start_day)
        except ValueError:
            pass  # a thirteenth month, or a year beyond the century: reported below
        raise UsageError(
            _("'{text}' is no reporting month").format(text=text),
            _("Write year and month, for example 2026-11."),
        )

    @classmethod
    def containing(cls, day: date, start_day: int = DEFAULT_START_DAY) -> Period:
        """The period in which *day* (of the office's own time zone) lies.

        Raises:
            ValueError: If no period from 2000-01 to 2099-12 contains it.
        """
        months = day.year * 12 + day.month - 1 + (1 < start_day <= day.day)
        return cls(months // 12, months % 12 + 1, start_day)

    @property
    def first_day(self) -> date:
        """The first day that counts."""
        if self.start_day == 1:
            return date(self.year, self.month, 1)
        months = self.year * 12 + self.month - 2
        return date(months // 12, months % 12 + 1, self.start_day)

    @property
    def last_day(self) -> date:
        """The last day that counts."""
        if self.start_day == 1:
            return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])
        return date(self.year, self.month, self.start_day) - timedelta(days=1)

    def next(self) -> Period:
        """The period after this one."""
        return self._moved(1)

    def previous(self) -> Period:
        """The period before this one."""
        return self._moved(-1)

    def _moved(self, by: int) -> Period:
        months = self.year * 12 + self.month - 1 + by
        return Period(months // 12, months % 12 + 1, self.start_day)
