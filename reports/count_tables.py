"""Tables of numbers by unit, domain and month: what their rows are about.

What the numbers count is the business of :mod:`reports.aggregates` and
:mod:`reports.visits`; here a row's unit, domain and month are matched as strictly as those
of single answers, and totals that people write below their tables are told apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from omr.errors import InputUnusable, UsageError
from omr.i18n import _
from omr.periods import Period
from omr.survey import Survey
from omr.units import UnitCatalogue
from reports.cells import tidy_key
from reports.columns import header_key
from reports.names import DomainNames, UnitNames
from reports.profile import Profile
from reports.table import Row, Table, damaged, first_filled, wrong_encoding
from reports.totals import says_total
from reports.unmatched import Findings, Trouble

_NUMBER = re.compile(r"\d{1,9}")
_GROUPED = re.compile(r"\d{1,3}(?:[.,\u00a0 ]\d{3}){1,2}")  # 1.234, 1,234, 1 234
_NOUGHTS = re.compile(r"(\d{1,9})[.,]0{1,2}")
_NONE = frozenset({"", "-", "–", "—"})
_MONTH_FIRST = re.compile(
    r"(?:tháng|t|month|kỳ)?\s*(\d{1,2})\s*(?:[/.\-]|năm)\s*(\d{4})", re.IGNORECASE
)
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.]\s*(\d{1,2})")
_DAY_CELL = re.compile(r"(\d{4})-(\d{2})-01(?:T00:00:00)?")  # a month typed into a spreadsheet
_RANGE = re.compile(
    r"(?:từ\s+(?:ngày\s+)?)?(\d{1,2})/(\d{1,2})/(\d{4})"
    r"\s*(?:-|–|đến(?:\s+ngày)?)\s*(\d{1,2})/(\d{1,2})/(\d{4})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class CountPlaces:
    """The workspace's knowledge that rows of numbers are matched with."""

    surveys: Mapping[str, Survey]
    units: UnitCatalogue
    start_day: int  # of a reporting month


@dataclass(frozen=True, slots=True)
class About:
    """What a row of numbers is about."""

    unit: str
    domain: str
    period: str
    survey: Survey


class CountWords:
    """What headers of a table of numbers may say, by role."""

    def __init__(self, profile: Profile, roles: Mapping[str, Sequence[str]]) -> None:
        self._roles: dict[str, str] = {}
        for role, headers in {
            "unit": profile.unit_headers,
            "domain": profile.domain_headers,
            "period": profile.period,
            **roles,
            "ignored": (*profile.ignored, *profile.personal),
        }.items():
            for header in headers:
                self._roles.setdefault(header_key(header), role)

    def role(self, header: str) -> str | None:
        """The role of *header*; None if it has none."""
        return self._roles.get(header_key(header)) if header else None

    def places(self, headers: Sequence[str]) -> dict[str, tuple[int, ...]]:
        """Places (0-based) by role; columns without one are not among them."""
        found: dict[str, list[int]] = {}
        for place, header in enumerate(headers):
            role = self.role(header)
            if role is not None:
                found.setdefault(role, []).append(place)
        return {role: tuple(places) for role, places in found.items()}


class CountReader:
    """Matches what rows are about, noting what does not fit.

    Args:
        table: The opened file.
        profile: How to read it.
        around: For matching.
        places: Columns by role.
        period: The reporting month where no column names one, or empty.
    """

    def __init__(
        self,
        table: Table,
        profile: Profile,
        around: CountPlaces,
        places: Mapping[str, tuple[int, ...]],
        period: str,
    ) -> None:
        self.findings = Findings()
        self._table, self._profile, self._around = table, profile, around
        self._places, self._period = places, period
        self._units = UnitNames(around.units, profile.units)
        self._domains = DomainNames(around.surveys.values(), profile.domains)
        self._rows_of: dict[object, int] = {}

    def require(self, needed: Iterable[tuple[str, bool]]) -> None:
        """Refuse a file without the columns of which no row could do without.

        Raises:
            InputUnusable: If something is missing; the headers and the profile are named.
        """
        missing = [
            name
            for name, present in (
                (_("unit"), bool(self._places.get("unit") or self._profile.unit)),
                (_("domain"), bool(self._places.get("domain") or self._profile.domain)),
                (_("month"), bool(self._places.get("period") or self._period)),
                *needed,
            )
            if not present
        ]
        if missing:
            raise InputUnusable(
                _("{file} has no column for: {missing}; nothing was imported").format(
                    file=self._table.name, missing=", ".join(missing)
                ),
                _(
                    "Its headers are: {headers}. Say in {profile} which is which "
                    "(a month can be given with --period)."
                ).format(
                    headers="; ".join(f"'{header}'" for header in self._table.header),
                    profile=self._profile.path,
                ),
            )

    def is_total(self, row: Row) -> bool:
        """Whether the row says that it adds up others."""
        first = next((cell for cell in row.cells if cell), "")
        names = [row.cells[p] for role in ("unit", "domain") for p in self._places.get(role, ())]
        return any(says_total(cell) for cell in (first, *names) if cell)

    def about(self, row: Row) -> About | None:
        """Unit, domain and month; None, with the reasons noted, if one is not sure."""
        before = self.findings.refusals
        if row.surplus:
            self.note(Trouble.SURPLUS_CELLS, row, None, " ".join(row.surplus))
        if row.cut_off:
            self.note(Trouble.CUT_OFF, row, None, "")
        period = self._month(row)
        unit = self._unit(row, period)
        place, text = first_filled(row, self._places.get("domain", ()))
        matched = self._domains.find(text or self._profile.domain)
        if matched is None:
            self._refuse_if_damaged(place, text, row)
            self.note(Trouble.UNKNOWN_DOMAIN, row, place, text)
        if self.findings.refusals > before or period is None or matched is None or not unit:
            return None
        survey, domain = matched
        return About(unit, domain.id, str(period), survey)

    def number(self, row: Row, place: int) -> int | None:
        """A count; None, with the reason noted, if the cell holds none. Nothing is nought."""
        cell = row.cells[place]
        if cell in _NONE:
            return 0
        if place in row.merged:
            self.note(Trouble.MERGED_COUNT, row, place, cell)
            return None
        number = whole_number(cell)
        if number is None:
            self.note(Trouble.BAD_COUNT, row, place, cell)
        return number

    def counted_before(self, row: Row, key: object, words: str) -> bool:
        """Whether an earlier row was about the same; noted, since nothing shows which is right."""
        first = self._rows_of.setdefault(key, row.number)
        if first == row.number:
            return False
        self.note(
            Trouble.COUNTED_BEFORE,
            row,
            None,
            _("{what}, in row {row}").format(what=words, row=first),
        )
        return True

    def note(self, trouble: Trouble, row: Row, place: int | None, value: str) -> None:
        """Note what is wrong with a row."""
        column = ""
        if place is not None:
            column = self._table.header[place] or _("(column {number})").format(number=place + 1)
        self.findings.note(trouble, row.number, column, value)

    def note_columns(self, row: Row, unmapped: Iterable[int]) -> None:
        """Note the filled cells of columns that mean nothing."""
        for place in unmapped:
            if row.cells[place]:
                self.note(Trouble.UNMAPPED_COLUMN, row, place, "")

    def _month(self, row: Row) -> Period | None:
        place, text = first_filled(row, self._places.get("period", ()))
        period = read_period(text or self._period, self._around.start_day)
        if period is None:
            self.note(Trouble.BAD_PERIOD, row, place, text)
        return period

    def _unit(self, row: Row, period: Period | None) -> str:
        place, text = first_filled(row, self._places.get("unit", ()))
        text = text or self._profile.unit
        if period is None:
            return ""
        # A unit that began or ended within the month has counts of that month.
        for day in (period.last_day, period.first_day):
            unit = self._units.find(text, day)
            if unit is not None:
                return unit.code
        self._refuse_if_damaged(place, text, row)
        existed = text and self._units.existed(text)
        self.note(Trouble.UNIT_NOT_VALID if existed else Trouble.UNKNOWN_UNIT, row, place, text)
        return ""

    def _refuse_if_damaged(self, place: int | None, text: str, row: Row) -> None:
        if place is not None and damaged(text):
            where = _("row {row}, column '{column}'").format(
                row=row.number, column=self._table.header[place]
            )
            raise wrong_encoding(self._table.name, where, text)


class Totals:
    """Compares the totals that a file gives for its columns with what its rows add up to."""

    def __init__(self) -> None:
        self._sums: dict[int, int] = {}
        self._sure = True

    def add(self, numbers: Mapping[int, int]) -> None:
        """Take in a row's numbers by place."""
        for place, number in numbers.items():
            self._sums[place] = self._sums.get(place, 0) + number

    def miss(self) -> None:
        """A row could not be read: sums say nothing any more."""
        self._sure = False

    def compare(self, row: Row, places: Iterable[int], note: Callable[[int, str], None]) -> None:
        """Note every total in *row* that is another number than the sum above it."""
        for place in places if self._sure else ():
            said = whole_number(row.cells[place]) if row.cells[place] else None
            if said is not None and said != self._sums.get(place, 0):
                note(
                    place,
                    _("it says {said}, the rows add up to {sum}").format(
                        said=said, sum=self._sums.get(place, 0)
                    ),
                )


def whole_number(cell: str) -> int | None:
    """A count as people and programs write it: 5, 5.0, 1.234, 1,234; None for all else."""
    if _NUMBER.fullmatch(cell):
        return int(cell)
    if _GROUPED.fullmatch(cell):
        return int(re.sub(r"\D", "", cell))
    match = _NOUGHTS.fullmatch(cell)
    return int(match[1]) if match else None


def read_period(text: str, start_day: int) -> Period | None:
    """The reporting month that *text* names: 2026-11, tháng 11/2026, or its first and last day."""
    tidy = " ".join(text.split())
    match = _RANGE.fullmatch(tidy)
    if match:
        d1, m1, y1, d2, m2, y2 = map(int, match.groups())
        try:
            first, last = date(y1, m1, d1), date(y2, m2, d2)
            period = Period.containing(last, start_day)
        except ValueError:
            return None
        return period if (period.first_day, period.last_day) == (first, last) else None
    for pattern, year, month in ((_YEAR_FIRST, 1, 2), (_DAY_CELL, 1, 2), (_MONTH_FIRST, 2, 1)):
        match = pattern.fullmatch(tidy)
        if match:
            try:
                return Period.parse(f"{match[year]}-{int(match[month]):02d}", start_day)
            except UsageError:
                return None
    return None


def blank_words(profile: Profile) -> frozenset[str]:
    """Keys of the words for: asked and left blank."""
    return frozenset(map(tidy_key, profile.blank))
