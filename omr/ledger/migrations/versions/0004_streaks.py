"""Where the streaks lie because of which sheets were set aside."""

import sqlalchemy as sa
from alembic import op

from omr.ledger.schema import append_only_ddl

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "streak",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("axis", sa.Text(), nullable=False),
        sa.Column("at_px", sa.Integer(), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.CheckConstraint("axis in ('column', 'row')", name=op.f("ck_streak_axis")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheet.sheet_id"], name=op.f("fk_streak_sheet_id")),
        sa.PrimaryKeyConstraint("sheet_id", "axis", "at_px", name=op.f("pk_streak")),
    )
    for statement in append_only_ddl(op.get_bind().dialect.name, ("streak",)):
        op.execute(statement)
