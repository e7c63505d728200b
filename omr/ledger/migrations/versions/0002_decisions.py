"""What people decide about readings."""

import sqlalchemy as sa
from alembic import op

from omr.ledger.schema import append_only_ddl

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.Text(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "verdict in ('answered', 'blank', 'invalid', 'identified', 'not-a-form', "
            "'scan-again', 'seen-before', 'confirmed', 'doubted', 'undone')",
            name=op.f("ck_decision_verdict"),
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["sheet.sheet_id"], name=op.f("fk_decision_sheet_id")
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decision")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_sheet_id"), ["sheet_id"], unique=False)
    op.create_table(
        "identified",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("layout_id", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("answers_json", sa.Text(), nullable=False),
        sa.Column("measurements", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.decision_id"], name=op.f("fk_identified_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["layout_id"], ["layout.layout_id"], name=op.f("fk_identified_layout_id")
        ),
        sa.ForeignKeyConstraint(["serial"], ["issued.serial"], name=op.f("fk_identified_serial")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_identified")),
    )
    with op.batch_alter_table("identified", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identified_serial"), ["serial"], unique=False)
    for statement in append_only_ddl(op.get_bind().dialect.name, ("decision", "identified")):
        op.execute(statement)
