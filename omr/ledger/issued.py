"""Layouts, print runs and the serials they took: what exists on paper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from omr.errors import LedgerUnusable, OmrError, UsageError
from omr.i18n import _
from omr.layout import Layout, layout_from_json, layout_to_json
from omr.ledger import Ledger, now
from omr.ledger.schema import code_number, issued, layout, print_run, voided
from omr.serials import MAX_NUMBER, Serial

CODE_DIGITS = 6  # of the layout id, in the QR code
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
    voided: bool


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


def layouts(ledger: Ledger) -> list[Layout]:
    """Every layout ever printed, the oldest first.

    Raises:
        LedgerUnusable: If one is no longer what was kept.
    """
    with ledger.read() as connection:
        bodies = connection.execute(
            select(layout.c.body_json).order_by(layout.c.kept_at, layout.c.layout_id)
        ).scalars()
        try:
            return [layout_from_json(json.loads(body)) for body in bodies]
        except (ValueError, KeyError, TypeError) as error:
            raise LedgerUnusable(
                _("a layout in the ledger is damaged: {why}").format(why=error),
                _("Put the newest backup of the ledger in its place."),
            ) from error


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


def void_run(ledger: Ledger, run_id: int, why: str) -> None:
    """Void every serial of a run that was not printed after all.

    Serials that are void already keep their first record, so a repetition changes nothing.

    Raises:
        UsageError: If there is no such run.
    """
    with ledger.write() as connection:
        rows = connection.execute(
            select(issued.c.serial, voided.c.serial.label("voided"))
            .outerjoin(voided, voided.c.serial == issued.c.serial)
            .where(issued.c.run_id == run_id)
        ).all()
        if not rows:
            raise UsageError(_("there is no print run {run_id}").format(run_id=run_id))
        at = now()
        live = [row.serial for row in rows if row.voided is None]
        if live:
            connection.execute(
                insert(voided),
                [{"serial": serial, "why": why, "voided_at": at} for serial in live],
            )


def code_numbers(ledger: Ledger) -> dict[tuple[str, int], str]:
    """The ids behind the small numbers in QR codes: ``("unit", 7)`` to ``"HP-PC08"``."""
    with ledger.read() as connection:
        rows = connection.execute(select(code_number))
        return {(row.kind, row.number): row.code for row in rows}


def find_issued(connection: Connection, serial: str) -> Issued | None:
    """What the ledger knows of *serial*; None if it was never issued."""
    row = connection.execute(
        select(
            issued.c.serial,
            print_run.c.unit,
            print_run.c.domain,
            print_run.c.layout_id,
            voided.c.serial.label("voided"),
        )
        .join(print_run, issued.c.run_id == print_run.c.run_id)
        .outerjoin(voided, voided.c.serial == issued.c.serial)
        .where(issued.c.serial == serial)
    ).one_or_none()
    if row is None:
        return None
    return Issued(row.serial, row.unit, row.domain, row.layout_id, row.voided is not None)


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
