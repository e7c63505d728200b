"""Pads, and what people say about forms; a void form is one of these entries now."""

from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from alembic import op

from omr.ledger.schema import append_only_ddl

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_HANOI = timedelta(hours=7)  # the older ledger kept no local dates


def upgrade() -> None:
    op.create_table(
        "run_finished",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["print_run.run_id"], name=op.f("fk_run_finished_run_id")
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run_finished")),
    )
    op.create_table(
        "pad",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_pad_range")),
        sa.ForeignKeyConstraint(["run_id"], ["print_run.run_id"], name=op.f("fk_pad_run_id")),
        sa.PrimaryKeyConstraint("domain", "year", "number", name=op.f("pk_pad")),
    )
    with op.batch_alter_table("pad", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pad_run_id"), ["run_id"], unique=False)
    op.create_table(
        "stock_entry",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("said_at", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "act in ('issue', 'return-unused', 'return-blank', 'void', 'lost', 'undo')",
            name=op.f("ck_stock_entry_act"),
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_stock_entry")),
    )
    op.create_table(
        "stock_range",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_stock_range_range")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["stock_entry.entry_id"], name=op.f("fk_stock_range_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", "domain", "year", "first", name=op.f("pk_stock_range")),
    )
    with op.batch_alter_table("stock_range", schema=None) as batch_op:
        batch_op.create_index("ix_stock_range_forms", ["domain", "year", "first"], unique=False)
    _carry_over(op.get_bind())
    op.drop_table("voided")
    names = ("run_finished", "pad", "stock_entry", "stock_range")
    for statement in append_only_ddl(op.get_bind().dialect.name, names):
        op.execute(statement)


def _carry_over(connection: sa.Connection) -> None:
    """Forms printed so far were handed out when printed, unless all of their run is void."""
    pads: dict[tuple[str, int], int] = {}
    runs = connection.execute(
        sa.text(
            "select run_id, domain, year, first, count as forms, pad_size, taken_at "
            "from print_run order by run_id"
        )
    ).all()
    for run in runs:
        connection.execute(
            sa.text("insert into run_finished values (:run_id, :taken_at)"),
            {"run_id": run.run_id, "taken_at": run.taken_at},
        )
        end = run.first + run.forms
        for first in range(run.first, end, run.pad_size):
            number = pads[run.domain, run.year] = pads.get((run.domain, run.year), 0) + 1
            connection.execute(
                sa.text("insert into pad values (:domain, :year, :number, :run, :first, :last)"),
                {
                    "domain": run.domain,
                    "year": run.year,
                    "number": number,
                    "run": run.run_id,
                    "first": first,
                    "last": min(first + run.pad_size, end) - 1,
                },
            )
        void = connection.execute(
            sa.text(
                "select issued.number, voided.why, voided.voided_at from voided "
                "join issued on issued.serial = voided.serial where issued.run_id = :run_id "
                "order by voided.voided_at, voided.why, issued.number"
            ),
            {"run_id": run.run_id},
        ).all()
        if len(void) < run.forms:
            _say(connection, run, "issue", "printed", run.taken_at, run.first, end - 1)
        for (at, why), rows in groupby(void, attrgetter("voided_at", "why")):
            # Neighbours keep the same distance from their place in the list.
            placed = enumerate(row.number for row in rows)
            for _distance, some in groupby(placed, lambda pair: pair[1] - pair[0]):
                numbers = [number for _place, number in some]
                _say(connection, run, "void", why, at, numbers[0], numbers[-1])


def _say(
    connection: sa.Connection, run: sa.Row[Any], act: str, why: str, at: str, first: int, last: int
) -> None:
    entry_id = connection.execute(
        sa.text(
            "insert into stock_entry (act, on_day, why, said_by, said_at) "
            "values (:act, :day, :why, 'omr', :at) returning entry_id"
        ),
        {
            "act": act,
            "day": (datetime.fromisoformat(at) + _HANOI).date().isoformat(),
            "why": why,
            "at": at,
        },
    ).scalar_one()
    connection.execute(
        sa.text("insert into stock_range values (:entry, :domain, :year, :first, :last)"),
        {"entry": entry_id, "domain": run.domain, "year": run.year, "first": first, "last": last},
    )
