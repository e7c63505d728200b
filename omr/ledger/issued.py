"""Layouts, print runs, and the serials and pads they took: what exists on paper."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select

from omr.errors import LedgerUnusable, OmrError, UsageError
from omr.i18n import _
from omr.layout import Layout, layout_from_json, layout_to_json
from omr.ledger import Ledger, now, one_at_a_time
from omr.ledger.entries import all_entries, history_of, said_about, split
from omr.ledger.schema import code_number, issued, layout, pad, print_run
from omr.marks import Reason
from omr.pads import Pad, PadName, cut_into_pads
from omr.serial_ranges import SerialRange, merged
from omr.serials import MAX_NUMBER, Serial
from omr.stock import FormState

CODE_DIGITS = 6  # of the layout id, in the QR code
_AGAINST_THE_BOOKS = {
    FormState.PRINTED: Reason.NOT_HANDED_OUT,
    FormState.UNUSED_RETURNED: Reason.RETURNED_UNUSED,
    FormState.LOST: Reason.REPORTED_LOST,
}
_LARGEST = {"unit": 0xFFFF, "domain": 0xFF}  # what the QR code's body can hold


@dataclass(frozen=True, slots=True)
class PrintRun:
    """Serials taken for one command, before anything is drawn."""

    run_id: int
    unit: str
    domain: str
    year: int
    first: int
    count: int
    layout_id: str
    key_id: int
    unit_number: int
    domain_number: int
    pads: tuple[Pad, ...]

    @property
    def forms(self) -> SerialRange:
        """The run's serials as a range."""
        return SerialRange(self.domain, self.year, self.first, self.first + self.count - 1)

    def serials(self) -> Iterator[Serial]:
        """The run's serials in issue order."""
        for number in range(self.first, self.first + self.count):
            yield Serial(self.domain, self.year, number)


@dataclass(frozen=True, slots=True)
class Issued:
    """What the ledger knows of one printed form."""

    serial: str
    unit: str
    domain: str
    layout_id: str
    state: FormState  # by what people said; whether it came back is known from readings

    @property
    def against_the_books(self) -> Reason | None:
        """Why nobody should have had this form to fill in; None if its unit had it."""
        return _AGAINST_THE_BOOKS.get(self.state)


def keep_layout(ledger: Ledger, kept: Layout) -> None:
    """Keep *kept* for ever, if it is new.

    Raises:
        OmrError: If another layout has the same six digits in its QR code (one chance in
            16 million for each pair): print nothing, change a word of the survey.
    """
    code = kept.layout_id[:CODE_DIGITS]
    with ledger.write() as connection:
        found = connection.execute(
            select(layout.c.layout_id).where(layout.c.code == code)
        ).scalar_one_or_none()
        if found == kept.layout_id:
            return
        if found is not None:
            raise OmrError(
                _("layout {new} cannot be told from layout {old} by its code").format(
                    new=kept.layout_id, old=found
                ),
                _("Change the survey's revision number and print again."),
            )
        connection.execute(
            insert(layout).values(
                layout_id=kept.layout_id,
                code=code,
                body_json=json.dumps(layout_to_json(kept), sort_keys=True),
                kept_at=now(),
            )
        )


def layouts(ledger: Ledger) -> dict[str, Layout]:
    """Every layout ever printed by its id, the oldest first.

    Raises:
        LedgerUnusable: If one is no longer what was kept.
    """
    with ledger.read() as connection:
        bodies = connection.execute(
            select(layout.c.layout_id, layout.c.body_json).order_by(
                layout.c.kept_at, layout.c.layout_id
            )
        )
        try:
            return {layout_id: _layout_of(layout_id, body) for layout_id, body in bodies}
        except (ValueError, KeyError, TypeError) as error:
            raise LedgerUnusable(
                _("a layout in the ledger is damaged: {why}").format(why=error),
                _("Put the newest backup of the ledger in its place."),
            ) from error


@lru_cache(maxsize=256)  # checking that a layout is what it says takes as long as reading a sheet
def _layout_of(layout_id: str, body: str) -> Layout:
    described = json.loads(body)
    if described["layout"] != layout_id:
        raise ValueError(f"layout {described['layout']} is kept as {layout_id}")
    return layout_from_json(described)


def take_serials(
    ledger: Ledger,
    *,
    unit: str,
    domain: str,
    year: int,
    count: int,
    layout: Layout,
    key_id: int,
    paper: str,
    pad_size: int,
) -> PrintRun:
    """Take the next *count* serials of *domain* and *year*, for ever.

    Committed before it returns: a crash afterwards may waste serials, but can never put
    one on two sheets.

    Raises:
        UsageError: If so many serials are not left.
    """
    with ledger.write() as connection:
        one_at_a_time(connection, f"serials of {domain} in {year}")
        last = connection.execute(
            select(func.max(issued.c.number)).where(
                issued.c.domain == domain, issued.c.year == year
            )
        ).scalar_one()
        first = (last or 0) + 1
        if first + count - 1 > MAX_NUMBER:
            raise UsageError(
                _("only {left} serials are left for {domain} in {year}").format(
                    left=MAX_NUMBER - first + 1, domain=domain, year=year
                ),
                _("Ask for fewer forms."),
            )
        run = {
            "unit": unit,
            "domain": domain,
            "year": year,
            "first": first,
            "count": count,
            "layout_id": layout.layout_id,
            "key_id": key_id,
        }
        first_pad = 1 + (
            connection.execute(
                select(func.max(pad.c.number)).where(pad.c.domain == domain, pad.c.year == year)
            ).scalar_one()
            or 0
        )
        run_id = connection.execute(
            insert(print_run)
            .values(**run, paper=paper, pad_size=pad_size, taken_at=now())
            .returning(print_run.c.run_id)
        ).scalar_one()
        taken = PrintRun(
            run_id=run_id,
            unit=unit,
            domain=domain,
            year=year,
            first=first,
            count=count,
            layout_id=layout.layout_id,
            key_id=key_id,
            unit_number=_number(connection, "unit", unit),
            domain_number=_number(connection, "domain", domain),
            pads=tuple(
                cut_into_pads(
                    domain=domain,
                    year=year,
                    first=first,
                    count=count,
                    pad_size=pad_size,
                    first_pad=first_pad,
                )
            ),
        )
        connection.execute(
            insert(pad),
            [
                {
                    "domain": domain,
                    "year": year,
                    "number": each.number,
                    "run_id": run_id,
                    "first": each.first,
                    "last": each.last,
                }
                for each in taken.pads
            ],
        )
        connection.execute(
            insert(issued),
            [
                {
                    "serial": str(serial),
                    "domain": domain,
                    "year": year,
                    "number": serial.number,
                    "run_id": run_id,
                }
                for serial in taken.serials()
            ],
        )
    return taken


def forms_against_the_books(ledger: Ledger) -> list[SerialRange]:
    """Forms that nobody should have to fill in: a person is asked about their sheets."""
    with ledger.read() as connection:
        runs = [
            SerialRange(row.domain, row.year, row.first, row.last)
            for row in connection.execute(select(pad))
        ]
        entries = all_entries(connection)
    return merged(
        part
        for parts in split(runs, entries)
        for part, said in parts
        if history_of(said).state in _AGAINST_THE_BOOKS
    )


def code_numbers(ledger: Ledger) -> dict[tuple[str, int], str]:
    """The ids behind the small numbers in QR codes: ``("unit", 7)`` to ``"HP-PC08"``."""
    with ledger.read() as connection:
        rows = connection.execute(select(code_number))
        return {(row.kind, row.number): row.code for row in rows}


def find_issued(connection: Connection, serial: str, *, lock: bool = False) -> Issued | None:
    """What the ledger knows of *serial*; None if it was never printed. See below."""
    return find_all_issued(connection, [serial], lock=lock).get(serial)


def find_all_issued(
    connection: Connection, serials: Sequence[str], *, lock: bool = True
) -> dict[str, Issued]:
    """What the ledger knows of each of *serials* that was ever printed.

    Args:
        connection: Of a transaction.
        serials: In full.
        lock: Let nobody say anything about these forms until the transaction has ended.
    """
    if not serials:
        return {}
    query = (
        select(issued.c.serial, issued.c.domain, print_run.c.unit, print_run.c.layout_id)
        .join(print_run, issued.c.run_id == print_run.c.run_id)
        .where(issued.c.serial.in_(serials))
        .order_by(issued.c.domain, issued.c.year, issued.c.number)  # no two wait crosswise
    )
    rows = connection.execute(query.with_for_update(of=issued) if lock else query).all()
    # Only now: what was said while the lock was waited for counts.
    said = said_about(connection, serials)
    return {
        row.serial: Issued(
            row.serial,
            row.unit,
            row.domain,
            row.layout_id,
            history_of(said.get(row.serial, ())).state,
        )
        for row in rows
    }


def pad_of(ledger: Ledger, name: PadName) -> Pad:
    """The pad that *name* names.

    Raises:
        UsageError: If there is none.
    """
    with ledger.read() as connection:
        row = connection.execute(
            select(pad).where(
                pad.c.domain == name.domain, pad.c.year == name.year, pad.c.number == name.number
            )
        ).one_or_none()
    if row is None:
        raise UsageError(
            _("there is no pad {number} of {domain} in {year}").format(
                number=name.number, domain=name.domain, year=name.year
            ),
            _("Compare the number on the cover."),
        )
    return Pad(row.domain, row.year, row.number, row.first, row.last)


def pads_of(ledger: Ledger, forms: SerialRange) -> list[Pad]:
    """The pads of which some form is among *forms*, in order."""
    with ledger.read() as connection:
        rows = connection.execute(
            select(pad)
            .where(
                pad.c.domain == forms.domain,
                pad.c.year == forms.year,
                pad.c.first <= forms.last,
                pad.c.last >= forms.first,
            )
            .order_by(pad.c.number)
        )
        return [Pad(row.domain, row.year, row.number, row.first, row.last) for row in rows]


def units_of(ledger: Ledger, forms: SerialRange) -> set[str]:
    """The units for which *forms* were printed."""
    with ledger.read() as connection:
        return set(
            connection.execute(select(print_run.c.unit).where(_took_some_of(forms))).scalars()
        )


def printed_at(ledger: Ledger, forms: SerialRange) -> str | None:
    """When the youngest print run with any of *forms* took its serials (ISO 8601, UTC)."""
    with ledger.read() as connection:
        moment = connection.execute(
            select(func.max(print_run.c.taken_at)).where(_took_some_of(forms))
        ).scalar_one()
    return None if moment is None else str(moment)


def _took_some_of(forms: SerialRange) -> ColumnElement[bool]:
    """That a print run took any of *forms*."""
    return and_(
        print_run.c.domain == forms.domain,
        print_run.c.year == forms.year,
        print_run.c.first <= forms.last,
        print_run.c.first + print_run.c.count > forms.first,
    )


def _number(connection: Connection, kind: str, code: str) -> int:
    """The number of *code* in QR codes; a new one if it has none yet."""
    known = connection.execute(
        select(code_number.c.number).where(code_number.c.kind == kind, code_number.c.code == code)
    ).scalar_one_or_none()
    if known is not None:
        return int(known)
    highest = connection.execute(
        select(func.max(code_number.c.number)).where(code_number.c.kind == kind)
    ).scalar_one()
    number = (highest or 0) + 1
    if number > _LARGEST[kind]:
        raise OmrError(_("no number is left for {kind} {code}").format(kind=kind, code=code))
    connection.execute(insert(code_number).values(kind=kind, code=code, number=number))
    return int(number)
