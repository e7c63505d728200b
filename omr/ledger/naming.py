"""Names by which people find a row of the ledger: what it is, and on which sheet or form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, select

from omr.i18n import _
from omr.ledger.digests import Kind
from omr.ledger.schema import decision, print_run, sheet, source
from omr.ledger.stored import Record
from omr.serials import Serial

_SERIALS_NAMED = 20


def name_of_record(connection: Connection, kind: Kind, record: Record) -> str:
    """``sheet 17 (batch.pdf, page 3, GTDB-26-000012)``, and the like."""
    values = record.rows[0]._mapping  # noqa: SLF001 - the public name of a row as a mapping
    if kind.name == "issued":
        return _forms(connection, record)
    return name_of_row(connection, kind.table, values, kind)


def name_of_row(
    connection: Connection, table: Table, values: Mapping[Any, Any], kind: Kind | None = None
) -> str:
    """The same for a row of *table*."""
    keys = kind.key if kind else [column.name for column in table.primary_key.columns]
    name = " ".join(str(values[key]) for key in keys)
    found = f"{kind.name if kind else table.name} {name}"
    place = _place(connection, values)
    return f"{found} ({place})" if place else found


def _place(connection: Connection, values: Mapping[Any, Any]) -> str:
    """File, page and serial of the sheet that a row is about; empty if it is about none."""
    sheet_id = values.get("sheet_id", values.get("second_id"))
    if sheet_id is None and "decision_id" in values:
        sheet_id = connection.execute(
            select(decision.c.sheet_id).where(decision.c.decision_id == values["decision_id"])
        ).scalar()
    about = sheet.c.sheet_id == sheet_id
    if sheet_id is None and "record_id" in values:
        about = sheet.c.record_id == values["record_id"]
    query = select(source.c.name, sheet.c.page, sheet.c.serial).where(about)
    row = connection.execute(
        query.select_from(sheet.outerjoin(source, source.c.source_id == sheet.c.source_id))
    ).first()
    if row is None:
        return ""
    return ", ".join(
        filter(None, (row.name, _("page {page}").format(page=row.page + 1), row.serial))
    )


def _forms(connection: Connection, record: Record) -> str:
    """The forms of a print run, and those of them that are not as the run says."""
    run = connection.execute(select(print_run).where(print_run.c.run_id == record.key)).first()
    if run is None:
        return f"issued, print run {record.key}"
    numbers = range(run.first, run.first + run.count)
    try:
        serials = {number: str(Serial(run.domain, run.year, number)) for number in numbers}
    except ValueError:  # the run's own row was altered to what cannot be
        return f"issued, print run {record.key}"
    ours = {(row.serial, row.number) for row in record.rows}
    odd = [serials[number] for number in numbers if (serials[number], number) not in ours]
    named = f"issued, print run {record.key} ({serials[numbers[0]]} - {serials[numbers[-1]]})"
    return f"{named}: {', '.join(odd[:_SERIALS_NAMED])}" if odd else named
