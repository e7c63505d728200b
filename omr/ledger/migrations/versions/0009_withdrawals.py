"""Imports that were taken back."""

import sqlalchemy as sa
from alembic import op

from omr.ledger.metadata import append_only_ddl

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_withdrawn",
        sa.Column("import_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("why", "said_by", "said_at")),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["electronic_import.import_id"],
            name=op.f("fk_import_withdrawn_import_id"),
        ),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_import_withdrawn")),
    )
    for statement in append_only_ddl(op.get_bind().dialect.name, ("import_withdrawn",)):
        op.execute(statement)
