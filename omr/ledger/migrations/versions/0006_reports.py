"""What reports need: confirmed words, counted answers, visits, closed months, handled alerts."""

import sqlalchemy as sa
from alembic import op

from omr.ledger.metadata import append_only_ddl

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_KEPT = ("alias", "aggregate_count", "visit_count", "month_version", "unlinked", "alert_note")


def upgrade() -> None:
    op.create_table(
        "alias",
        sa.Column("alias_id", sa.Integer(), nullable=False),
        *_texts("kind", "profile", "words", "words_key", "code", "said_by", "said_at"),
        sa.CheckConstraint("kind in ('unit', 'domain', 'option')", name=op.f("ck_alias_kind")),
        sa.PrimaryKeyConstraint("alias_id", name=op.f("pk_alias")),
    )
    op.create_index("ix_alias_profile", "alias", ["profile"])
    _counts()
    _months()
    op.create_table(
        "alert_note",
        sa.Column("note_id", sa.Integer(), nullable=False),
        *_texts("record_id", "question"),
        sa.Column("handled", sa.Integer(), nullable=False),
        *_texts("note", "said_by", "said_at"),
        sa.CheckConstraint("handled in (0, 1)", name=op.f("ck_alert_note_handled")),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_alert_note")),
    )
    op.create_index(op.f("ix_alert_note_record_id"), "alert_note", ["record_id"])
    for statement in append_only_ddl(op.get_bind().dialect.name, _KEPT):
        op.execute(statement)


def _counts() -> None:
    for name, keys, numbers, rule in (
        ("aggregate_count", ("question", "option"), ("count",), "count >= 0"),
        ("visit_count", (), ("counter", "online"), "counter >= 0 and online >= 0"),
    ):
        places = ("unit", "domain", "period", *keys)
        op.create_table(
            name,
            sa.Column("import_id", sa.Integer(), nullable=False),
            *_texts(*places),
            *(sa.Column(number, sa.Integer(), nullable=False) for number in numbers),
            sa.CheckConstraint(rule, name=op.f(f"ck_{name}_count")),
            sa.ForeignKeyConstraint(
                ["import_id"],
                ["electronic_import.import_id"],
                name=op.f(f"fk_{name}_import_id"),
            ),
            sa.PrimaryKeyConstraint("import_id", *places, name=op.f(f"pk_{name}")),
        )
        op.create_index(op.f(f"ix_{name}_period"), name, ["period"])


def _months() -> None:
    op.create_table(
        "month_version",
        sa.Column("version_id", sa.Integer(), nullable=False),
        *_texts("period"),
        sa.Column("number", sa.Integer(), nullable=False),
        *_texts("act", "why"),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        *_texts("said_by", "said_at"),
        sa.CheckConstraint(
            "act in ('close', 'reopen', 'unlink')", name=op.f("ck_month_version_act")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_month_version")),
        sa.UniqueConstraint("period", "number", "act", name=op.f("uq_month_version_period")),
    )
    op.create_index(op.f("ix_month_version_period"), "month_version", ["period"])
    op.create_table(
        "unlinked",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        *_texts("status"),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("serial", "unit", "domain")),
        sa.Column("says_something", sa.Integer(), nullable=False),
        sa.CheckConstraint("says_something in (0, 1)", name=op.f("ck_unlinked_says_something")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["sheet.sheet_id"], name=op.f("fk_unlinked_sheet_id")
        ),
        sa.PrimaryKeyConstraint("sheet_id", name=op.f("pk_unlinked")),
    )
    op.create_index(op.f("ix_unlinked_serial"), "unlinked", ["serial"])


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]
