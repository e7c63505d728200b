"""What must hold of an export before any of its rows is looked at."""

from __future__ import annotations

from omr.errors import InputUnusable
from omr.i18n import _
from reports.columns import Columns
from reports.profile import Profile
from reports.table import Table, damaged, first_filled, wrong_encoding
from reports.timestamps import DateOrder, OrderDoubt, choose_order, read_stamp


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


def date_order(table: Table, columns: Columns, profile: Profile) -> DateOrder:
    """How this file writes day and month.

    Raises:
        InputUnusable: If the file does not show it, or shows both.
    """
    if profile.date_order is not None:
        return profile.date_order
    texts = {row.number: first_filled(row, columns.timestamp)[1] for row in table.rows()}
    stamps = {number: stamp for number, text in texts.items() if (stamp := read_stamp(text))}
    order = choose_order(stamps.values())
    if isinstance(order, DateOrder):
        return order
    if order is OrderDoubt.BOTH:
        day = next(n for n, s in stamps.items() if not s.year_first and s.first > 12)
        month = next(n for n, s in stamps.items() if not s.year_first and s.second > 12)
        what = _(
            "{file} writes dates in two orders: '{day}' in row {day_row}, "
            "'{month}' in row {month_row}; nothing was imported"
        ).format(file=table.name, day=texts[day], day_row=day, month=texts[month], month_row=month)
        raise InputUnusable(
            what, _("Two exports were joined, or a spreadsheet changed dates: export it again.")
        )
    number = next(n for n, s in stamps.items() if not s.year_first and s.first != s.second)
    raise InputUnusable(
        _(
            "{file} does not show whether '{date}' (row {row}) has the day or the month first; "
            "nothing was imported"
        ).format(file=table.name, date=texts[number], row=number),
        _('Write date_order = "dmy" (day first) or "mdy" (month first) in {profile}.').format(
            profile=profile.path
        ),
    )
