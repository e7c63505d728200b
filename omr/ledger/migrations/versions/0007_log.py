"""The log: every row that is there or comes has its digest in a chain of entries."""

import sqlalchemy as sa
from alembic import op

from omr.ledger.log import begin_log
from omr.ledger.metadata import append_only_ddl, may_delete_ddl

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SALTED = ("sheet", "month_version")


def upgrade() -> None:
    op.create_table(
        "log_entry",
        sa.Column("entry", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("body_json", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_log_entry")),
    )
    dialect = op.get_bind().dialect.name
    for statement in append_only_ddl(dialect, ("log_entry",)):
        op.execute(statement)
    for name in _SALTED:
        op.add_column(name, sa.Column("salt", sa.LargeBinary(), nullable=True))
    _give_salts(dialect)
    begin_log(op.get_bind())


def _give_salts(dialect: str) -> None:
    """Let every row have its salt whose answers have not been destroyed."""
    random = "randomblob(16)" if dialect == "sqlite" else "uuid_send(gen_random_uuid())"
    for statement in may_delete_ddl(dialect, _SALTED):
        op.execute(statement)
    op.execute(
        f"update sheet set salt = {random} "  # noqa: S608 - one of two words of ours
        "where sheet_id not in (select sheet_id from unlinked)"
    )
    op.execute(f"update month_version set salt = {random} where body is not null")  # noqa: S608
    for statement in append_only_ddl(dialect, _SALTED):
        op.execute(statement)
