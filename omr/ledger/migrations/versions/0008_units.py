"""What units need that read their own scans: whose files count, and which came."""

import sqlalchemy as sa
from alembic import op

from omr.ledger.metadata import append_only_ddl

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sender",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        *_texts("unit", "public_key", "act", "why", "said_by", "said_at"),
        sa.CheckConstraint("act in ('register', 'withdraw')", name=op.f("ck_sender_act")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_sender")),
    )
    op.create_index(op.f("ix_sender_public_key"), "sender", ["public_key"])
    op.create_table(
        "unpacked",
        sa.Column("unpacked_id", sa.Integer(), nullable=False),
        *_texts("sha256", "unit", "period", "public_key", "made_at"),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        *_texts("said_by", "said_at"),
        sa.CheckConstraint("sheets_new >= 0 and words_new >= 0", name=op.f("ck_unpacked_count")),
        sa.PrimaryKeyConstraint("unpacked_id", name=op.f("pk_unpacked")),
    )
    op.create_index("ix_unpacked_unit", "unpacked", ["unit", "period"])
    for statement in append_only_ddl(op.get_bind().dialect.name, ("sender", "unpacked")):
        op.execute(statement)


_COUNTS = ("sheets", "sheets_new", "words_new")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]
