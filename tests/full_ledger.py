"""A ledger with something in every table."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from make_ledger import add_file, add_page, fresh_ledger, seen, take, void

from omr.ledger import Ledger
from omr.ledger.schema import metadata


def full_ledger(folder: Path) -> Ledger:
    """A ledger with at least one row in every table."""
    ledger = fresh_ledger(folder)
    run = take(ledger, 3)
    serials = [str(serial) for serial in run.serials()]
    source_id, batch_id = add_file(ledger)
    add_page(ledger, source_id=source_id, batch_id=batch_id, sheets=[seen(serials[0])])
    spoilt = take(ledger, 2)
    void(ledger, spoilt)
    with ledger.write() as connection:
        for table in metadata.sorted_tables:
            if not connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one():
                connection.execute(table.insert().values(_a_row(connection, table)))
    return ledger


def _a_row(connection: sa.Connection, table: sa.Table) -> dict[str, Any]:
    """Any row that *table* takes: what other tables have, and words that its checks allow."""
    checks = [str(c.sqltext) for c in table.constraints if isinstance(c, sa.CheckConstraint)]
    values: dict[str, Any] = {}
    for column in table.columns:
        allowed = [re.findall(r"'([^']*)'", c) for c in checks if c.startswith(f"{column.name} in")]
        if column.foreign_keys:
            [key] = column.foreign_keys
            values[column.name] = connection.execute(sa.select(key.column).limit(1)).scalar_one()
        elif isinstance(column.type, sa.Text):
            values[column.name] = allowed[0][0] if allowed else "x"
        else:
            values[column.name] = b"x" if isinstance(column.type, sa.LargeBinary) else 1
    return values
