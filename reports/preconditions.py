"""What must hold of an export before any of its rows is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from omr.errors import InputUnusable
from omr.i18n import _
from reports.columns import Columns
from reports.profile import Profile
from reports.table import Table, damaged, first_filled, wrong_encoding
from reports.timestamps import DateOrder, OrderDoubt, Stamp, choose_order, read_stamp

_LAST_MONTH = 12


def refuse_lost_letters(table: Table, columns: Columns) -> None:
    """Look at headers that mean nothing: lost letters may be why.

    Raises:
        InputUnusable: If one bears the marks of a wrong encoding.
    """
    for place in columns.unmapped:
        if damaged(table.header[place]):
            where = _("header of column {number}").format(number=place + 1)
            raise wrong_encoding(table.name, where, table.header[place])


def require_columns(table: Table, columns: Columns, profile: Profile) -> None:
    """Without these columns no row could be counted.

    Raises:
        InputUnusable: If one is missing; the headers and the profile's file are named.
    """
    missing = [
        name
        for name, present in (
            (_("time of answer"), bool(columns.timestamp)),
            (_("unit"), bool(columns.unit or profile.unit)),
            (_("domain"), bool(columns.domain or profile.domain)),
            (_("any question"), columns.asks_something),
        )
        if not present
    ]
    if missing:
        raise InputUnusable(
            _("{file} has no column for: {missing}; nothing was imported").format(
                file=table.name, missing=", ".join(missing)
            ),
            _("Its headers are: {headers}. Say in {profile} which is which.").format(
                headers="; ".join(f"'{header}'" for header in table.header),
                profile=profile.path,
            ),
        )


@dataclass(slots=True)
class _Times:
    """The first row of each kind of time in a file."""

    year_first: tuple[int, str] | None = None
    day_above: tuple[int, str] | None = None  # first number above 12
    month_above: tuple[int, str] | None = None
    open_to_both: tuple[int, str] | None = None
    year_last: tuple[int, str] | None = None
    serial: tuple[int, str] | None = None

    def note(self, stamp: Stamp, number: int, text: str) -> None:
        """Look at the time of one row."""
        here = (number, text)
        if stamp.year_first:
            self.year_first = self.year_first or here
            self.serial = self.serial or (here if stamp.serial else None)
            return
        self.year_last = self.year_last or here
        if stamp.first > _LAST_MONTH:
            self.day_above = self.day_above or here
        elif stamp.second > _LAST_MONTH:
            self.month_above = self.month_above or here
        elif stamp.first != stamp.second:
            self.open_to_both = self.open_to_both or here


def date_order(table: Table, columns: Columns, profile: Profile) -> DateOrder:
    """How this file writes day and month.

    Raises:
        InputUnusable: If the file does not show it, or shows both.
    """
    times = _Times()
    order = choose_order(_stamps(table, columns, times))
    _refuse_changed_dates(table, times)
    if profile.date_order is not None:
        return profile.date_order
    if isinstance(order, DateOrder):
        return order
    if order is OrderDoubt.BOTH and times.day_above and times.month_above:
        what = _(
            "{file} writes dates in two orders: '{day}' in row {day_row}, "
            "'{month}' in row {month_row}; nothing was imported"
        ).format(
            file=table.name,
            day=times.day_above[1],
            day_row=times.day_above[0],
            month=times.month_above[1],
            month_row=times.month_above[0],
        )
        raise InputUnusable(
            what, _("Two exports were joined, or a spreadsheet changed dates: export it again.")
        )
    number, text = times.open_to_both or (0, "")
    raise InputUnusable(
        _(
            "{file} does not show whether '{date}' (row {row}) has the day or the month first; "
            "nothing was imported"
        ).format(file=table.name, date=text, row=number),
        _('Write date_order = "dmy" (day first) or "mdy" (month first) in {profile}.').format(
            profile=profile.path
        ),
    )


def _stamps(table: Table, columns: Columns, times: _Times) -> Iterator[Stamp]:
    for row in table.rows():
        text = first_filled(row, columns.timestamp)[1]
        stamp = read_stamp(text)
        if stamp is not None:
            times.note(stamp, row.number, text)
            yield stamp


def _refuse_changed_dates(table: Table, times: _Times) -> None:
    """Look for the damage of a spreadsheet of another locale.

    It makes dates of all words that fit its own order (5/11 becomes the 11th of May) and
    leaves the others words (21/11), so a column with both cannot be trusted.
    """
    if table.workbook and times.year_first and times.year_last:
        raise InputUnusable(
            _(
                "{file}: row {date_row} holds a date, row {word_row} the words '{word}': a "
                "spreadsheet has changed some dates, perhaps to another day; nothing was imported"
            ).format(
                file=table.name,
                date_row=times.year_first[0],
                word_row=times.year_last[0],
                word=times.year_last[1],
            ),
            _("Export the answers again and do not open the file in between."),
        )
    if table.from_1904 and times.serial:
        raise InputUnusable(
            _("{file}, row {row}: '{number}' counts days from 1904; nothing was imported").format(
                file=table.name, row=times.serial[0], number=times.serial[1]
            ),
            _("Format that column as date and time, save the file, and import it again."),
        )
