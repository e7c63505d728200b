"""What the review page needs: crops, second readings, two papers, comments, reviewers, leases."""

import sqlalchemy as sa
from alembic import op

from omr.ledger.schema import append_only_ddl

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KEPT = (
    "picture_part",
    "identified_place",
    "second_reading",
    "paper_choice",
    "comment_note",
    "reviewer",
)


def upgrade() -> None:
    _about_sheets()
    _about_decisions()
    op.create_table(
        "reviewer",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("said_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_reviewer")),
    )
    op.create_index(op.f("ix_reviewer_name"), "reviewer", ["name"])
    for statement in append_only_ddl(op.get_bind().dialect.name, _KEPT):
        op.execute(statement)


def _about_sheets() -> None:
    op.create_table(
        "picture_part",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("x_mm", "y_mm", "w_mm", "h_mm")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["sheet.sheet_id"], name=op.f("fk_picture_part_sheet_id")
        ),
        sa.PrimaryKeyConstraint("sheet_id", "part", name=op.f("pk_picture_part")),
    )
    op.create_index(op.f("ix_picture_part_sha256"), "picture_part", ["sha256"])
    op.create_table(
        "paper_choice",
        sa.Column("choice_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("keeps", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        *_said("decided"),
        sa.CheckConstraint(
            "keeps in ('first', 'second', 'both', 'neither', 'undone')",
            name=op.f("ck_paper_choice_keeps"),
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], ["sheet.sheet_id"], name=op.f("fk_paper_choice_first_id")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["sheet.sheet_id"], name=op.f("fk_paper_choice_second_id")
        ),
        sa.PrimaryKeyConstraint("choice_id", name=op.f("pk_paper_choice")),
    )
    op.create_index(op.f("ix_paper_choice_first_id"), "paper_choice", ["first_id"])
    op.create_index(op.f("ix_paper_choice_second_id"), "paper_choice", ["second_id"])
    op.create_table(
        "comment_note",
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("personal", sa.Integer(), nullable=False),
        *_said("said"),
        sa.CheckConstraint("personal in (0, 1)", name=op.f("ck_comment_note_personal")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["sheet.sheet_id"], name=op.f("fk_comment_note_sheet_id")
        ),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_comment_note")),
    )
    op.create_index(op.f("ix_comment_note_sheet_id"), "comment_note", ["sheet_id"])
    op.create_table(
        "lease",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheet.sheet_id"], name=op.f("fk_lease_sheet_id")),
        sa.PrimaryKeyConstraint("sheet_id", "about", name=op.f("pk_lease")),
    )
    op.create_index(op.f("ix_lease_person"), "lease", ["person"])


def _about_decisions() -> None:
    op.create_table(
        "identified_place",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("layout_id", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("answers_json", sa.Text(), nullable=False),
        sa.Column("measurements", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decision.decision_id"],
            name=op.f("fk_identified_place_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["layout_id"], ["layout.layout_id"], name=op.f("fk_identified_place_layout_id")
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_identified_place")),
    )
    op.create_table(
        "second_reading",
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        *_said("decided"),
        sa.CheckConstraint(
            "verdict in ('answered', 'blank', 'invalid')", name=op.f("ck_second_reading_verdict")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decision.decision_id"],
            name=op.f("fk_second_reading_decision_id"),
        ),
        sa.PrimaryKeyConstraint("second_id", name=op.f("pk_second_reading")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_second_reading_decision_id")),
    )


def _said(verb: str) -> tuple[sa.Column[str], sa.Column[str], sa.Column[int]]:
    """Who, when, how long."""
    return (
        sa.Column(f"{verb}_by", sa.Text(), nullable=False),
        sa.Column(f"{verb}_at", sa.Text(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
    )
