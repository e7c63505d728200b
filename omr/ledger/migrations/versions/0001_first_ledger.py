"""First ledger: serials, readings and electronic answers."""

import sqlalchemy as sa
from alembic import op

from omr.ledger.schema import append_only_ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("software", sa.Text(), nullable=False),
        sa.Column("thresholds_json", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_batch")),
    )
    op.create_table(
        "code_number",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind in ('unit', 'domain')", name=op.f("ck_code_number_kind")),
        sa.PrimaryKeyConstraint("kind", "code", name=op.f("pk_code_number")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_code_number_kind")),
    )
    op.create_table(
        "electronic_import",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("rows_seen", sa.Integer(), nullable=False),
        sa.Column("rows_new", sa.Integer(), nullable=False),
        sa.Column("problems_json", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_electronic_import")),
    )
    op.create_table(
        "layout",
        sa.Column("layout_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("body_json", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("layout_id", name=op.f("pk_layout")),
        sa.UniqueConstraint("code", name=op.f("uq_layout_code")),
    )
    op.create_table(
        "electronic_response",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Text(), nullable=False),
        sa.Column("answers_json", sa.Text(), nullable=False),
        sa.Column("excluded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["electronic_import.import_id"],
            name=op.f("fk_electronic_response_import_id"),
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_electronic_response")),
        sa.UniqueConstraint("row_key", name=op.f("uq_electronic_response_row_key")),
    )
    with op.batch_alter_table("electronic_response", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_electronic_response_import_id"), ["import_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_electronic_response_period"), ["period"], unique=False)

    op.create_table(
        "print_run",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("layout_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column("pad_size", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.Text(), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_print_run_count")),
        sa.ForeignKeyConstraint(
            ["layout_id"], ["layout.layout_id"], name=op.f("fk_print_run_layout_id")
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_print_run")),
    )
    op.create_table(
        "source",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.batch_id"], name=op.f("fk_source_batch_id")),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source")),
        sa.UniqueConstraint("sha256", name=op.f("uq_source_sha256")),
    )
    op.create_table(
        "issued",
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["print_run.run_id"], name=op.f("fk_issued_run_id")),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_issued")),
        sa.UniqueConstraint("domain", "year", "number", name=op.f("uq_issued_domain")),
    )
    with op.batch_alter_table("issued", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issued_run_id"), ["run_id"], unique=False)

    op.create_table(
        "sheet",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reasons_json", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("domain", sa.Text(), nullable=True),
        sa.Column("layout_id", sa.Text(), nullable=True),
        sa.Column("registration_json", sa.Text(), nullable=True),
        sa.Column("measurements", sa.LargeBinary(), nullable=True),
        sa.Column("picture", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status in ('counted', 'review', 'refused', 'duplicate', 'blank')",
            name=op.f("ck_sheet_status"),
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.batch_id"], name=op.f("fk_sheet_batch_id")),
        sa.ForeignKeyConstraint(
            ["layout_id"], ["layout.layout_id"], name=op.f("fk_sheet_layout_id")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.source_id"], name=op.f("fk_sheet_source_id")
        ),
        sa.PrimaryKeyConstraint("sheet_id", name=op.f("pk_sheet")),
        sa.UniqueConstraint("record_id", name=op.f("uq_sheet_record_id")),
        sa.UniqueConstraint("source_id", "page", "sheet", name="uq_sheet_place"),
    )
    with op.batch_alter_table("sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sheet_picture"), ["picture"], unique=False)
        batch_op.create_index(
            "uq_sheet_held_serial",
            ["serial"],
            unique=True,
            sqlite_where=sa.text("status in ('counted', 'review')"),
            postgresql_where=sa.text("status in ('counted', 'review')"),
        )

    op.create_table(
        "answer",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state in ('answered', 'blank', 'doubtful')", name=op.f("ck_answer_state")
        ),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheet.sheet_id"], name=op.f("fk_answer_sheet_id")),
        sa.PrimaryKeyConstraint("sheet_id", "question", name=op.f("pk_answer")),
    )
    op.create_table(
        "voided",
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("voided_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["serial"], ["issued.serial"], name=op.f("fk_voided_serial")),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_voided")),
    )
    names = (
        "code_number",
        "layout",
        "print_run",
        "issued",
        "voided",
        "batch",
        "source",
        "sheet",
        "answer",
        "electronic_import",
        "electronic_response",
    )
    for statement in append_only_ddl(op.get_bind().dialect.name, names):
        op.execute(statement)
