"""The ledger's tables. Rows are only ever added, save leases; the schema itself enforces it.

``migrations/`` brings a ledger to this shape; a test compares the two. Times are ISO 8601
in UTC, serials and ids are text, and what varies with the survey is JSON text.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from omr.ledger.log_schema import log_entry
from omr.ledger.metadata import append_only_ddl, metadata
from omr.ledger.report_schema import (
    aggregate_count,
    alert_note,
    alias,
    electronic_import,
    electronic_response,
    import_withdrawn,
    month_version,
    unlinked,
    visit_count,
)
from omr.ledger.unit_schema import sender, unpacked

__all__ = [
    "HEAD_REVISION",
    "PASSING",
    "aggregate_count",
    "alert_note",
    "alias",
    "answer",
    "append_only_ddl",
    "batch",
    "code_number",
    "comment_note",
    "decision",
    "electronic_import",
    "electronic_response",
    "identified",
    "identified_place",
    "import_withdrawn",
    "issued",
    "layout",
    "lease",
    "log_entry",
    "metadata",
    "month_version",
    "pad",
    "paper_choice",
    "picture_part",
    "print_run",
    "reviewer",
    "run_finished",
    "second_reading",
    "sender",
    "sheet",
    "source",
    "stock_entry",
    "stock_range",
    "streak",
    "unlinked",
    "unpacked",
    "visit_count",
]

HEAD_REVISION = "0009"  # the newest step in migrations/versions

# QR codes carry small numbers instead of ids; a number, once given, is never given again.
code_number = Table(
    "code_number",
    metadata,
    Column("kind", Text, primary_key=True),  # unit | domain
    Column("code", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    UniqueConstraint("kind", "number"),
    CheckConstraint("kind in ('unit', 'domain')", name="kind"),
)

layout = Table(
    "layout",
    metadata,
    Column("layout_id", Text, primary_key=True),
    Column("code", Text, nullable=False, unique=True),  # the 6 digits in the QR code
    Column("body_json", Text, nullable=False),
    Column("kept_at", Text, nullable=False),
)

print_run = Table(
    "print_run",
    metadata,
    Column("run_id", Integer, primary_key=True),
    Column("unit", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("first", Integer, nullable=False),
    Column("count", Integer, nullable=False),
    Column("layout_id", Text, ForeignKey("layout.layout_id"), nullable=False),
    Column("key_id", Integer, nullable=False),
    Column("paper", Text, nullable=False),
    Column("pad_size", Integer, nullable=False),
    Column("taken_at", Text, nullable=False),
    CheckConstraint("count > 0", name="count"),
)

issued = Table(
    "issued",
    metadata,
    Column("serial", Text, primary_key=True),
    Column("domain", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("run_id", Integer, ForeignKey("print_run.run_id"), nullable=False, index=True),
    UniqueConstraint("domain", "year", "number"),
)

# A run without a row here was interrupted: whether its forms exist on paper is not known.
run_finished = Table(
    "run_finished",
    metadata,
    Column("run_id", Integer, ForeignKey("print_run.run_id"), primary_key=True),
    Column("finished_at", Text, nullable=False),
)

pad = Table(
    "pad",
    metadata,
    Column("domain", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("run_id", Integer, ForeignKey("print_run.run_id"), nullable=False, index=True),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    CheckConstraint("first <= last", name="range"),
)

# What people said about forms: handed out, handed back, void, lost. Nothing is taken out;
# an entry "undo" takes the one before it back.
stock_entry = Table(
    "stock_entry",
    metadata,
    Column("entry_id", Integer, primary_key=True),
    Column("act", Text, nullable=False),  # omr.stock.Act
    Column("on_day", Text, nullable=False),  # local date on which it happened
    Column("why", Text, nullable=False),
    Column("said_by", Text, nullable=False),
    Column("said_at", Text, nullable=False),
    CheckConstraint(
        "act in ('issue', 'return-unused', 'return-blank', 'void', 'lost', 'undo')", name="act"
    ),
)

stock_range = Table(
    "stock_range",
    metadata,
    Column("entry_id", Integer, ForeignKey("stock_entry.entry_id"), primary_key=True),
    Column("domain", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("first", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
    CheckConstraint("first <= last", name="range"),
    Index("ix_stock_range_forms", "domain", "year", "first"),
)

batch = Table(
    "batch",
    metadata,
    Column("batch_id", Integer, primary_key=True),
    Column("period", Text, nullable=False),
    Column("software", Text, nullable=False),
    Column("thresholds_json", Text, nullable=False),
    Column("started_at", Text, nullable=False),
)

source = Table(
    "source",
    metadata,
    Column("source_id", Integer, primary_key=True),
    Column("sha256", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),  # as given, NFC; never used as a path
    Column("size_bytes", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("batch_id", Integer, ForeignKey("batch.batch_id"), nullable=False),
)

# What the machine saw on one sheet. A page without a form has one row as well, so a page
# is done when it has a row.
sheet = Table(
    "sheet",
    metadata,
    Column("sheet_id", Integer, primary_key=True),
    Column("record_id", Text, nullable=False, unique=True),  # random; the only id that leaves
    Column("source_id", Integer, ForeignKey("source.source_id"), nullable=False),
    Column("page", Integer, nullable=False),
    Column("sheet", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("reasons_json", Text, nullable=False),
    Column("serial", Text),
    Column("unit", Text),
    Column("domain", Text),
    Column("layout_id", Text, ForeignKey("layout.layout_id")),
    Column("registration_json", Text),
    Column("measurements", LargeBinary),  # omr.scoring packs and unpacks them
    Column("picture", Text, index=True),  # SHA-256 of the picture kept for a person, if one is kept
    Column("batch_id", Integer, ForeignKey("batch.batch_id"), nullable=False),
    Column("salt", LargeBinary),  # random; the log cannot be matched with answers without it
    UniqueConstraint("source_id", "page", "sheet", name="uq_sheet_place"),
    CheckConstraint(
        "status in ('counted', 'review', 'refused', 'duplicate', 'blank')", name="status"
    ),
    # Two readings can never hold one serial, whatever the program above does.
    Index(
        "uq_sheet_held_serial",
        "serial",
        unique=True,
        sqlite_where=text("status in ('counted', 'review')"),
        postgresql_where=text("status in ('counted', 'review')"),
    ),
)

# Where on the scanner's glass the dirt lies that set a sheet aside.
streak = Table(
    "streak",
    metadata,
    Column("sheet_id", Integer, ForeignKey("sheet.sheet_id"), primary_key=True),
    Column("axis", Text, primary_key=True),  # omr.ledger.sheets.Axis
    Column("at_px", Integer, primary_key=True),
    Column("width_px", Integer, nullable=False),
    CheckConstraint("axis in ('column', 'row')", name="axis"),
)

answer = Table(
    "answer",
    metadata,
    Column("sheet_id", Integer, ForeignKey("sheet.sheet_id"), primary_key=True),
    Column("question", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("options", Text, nullable=False),  # option ids joined by |
    Column("reasons", Text, nullable=False),  # joined by |
    CheckConstraint("state in ('answered', 'blank', 'doubtful')", name="state"),
)

# What a person said about a sheet or an answer. The newest row about each counts.
decision = Table(
    "decision",
    metadata,
    Column("decision_id", Integer, primary_key=True),
    Column("sheet_id", Integer, ForeignKey("sheet.sheet_id"), nullable=False, index=True),
    Column("question", Text, nullable=False),  # question id, or what standing.py names
    Column("verdict", Text, nullable=False),
    Column("options", Text, nullable=False),  # option ids joined by |
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Text, nullable=False),
    Column("milliseconds", Integer, nullable=False),  # how long it was on the screen
    CheckConstraint(
        "verdict in ('answered', 'blank', 'invalid', 'identified', 'not-a-form', "
        "'scan-again', 'seen-before', 'confirmed', 'doubted', 'undone')",
        name="verdict",
    ),
)

# What the machine saw after a person had typed the serial of a sheet without a code.
identified = Table(
    "identified",
    metadata,
    Column("decision_id", Integer, ForeignKey("decision.decision_id"), primary_key=True),
    Column("serial", Text, ForeignKey("issued.serial"), nullable=False, index=True),
    Column("unit", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("layout_id", Text, ForeignKey("layout.layout_id"), nullable=False),
    Column("reasons", Text, nullable=False),  # joined by |
    Column("answers_json", Text, nullable=False),
    Column("measurements", LargeBinary, nullable=False),
)

# Crops kept of a sheet, for the page on which people decide.
picture_part = Table(
    "picture_part",
    metadata,
    Column("sheet_id", Integer, ForeignKey("sheet.sheet_id"), primary_key=True),
    Column("part", Text, primary_key=True),  # question id, or what sheets.py names
    Column("sha256", Text, nullable=False, index=True),
    Column("x_mm", Float, nullable=False),  # on the upright sheet
    Column("y_mm", Float, nullable=False),
    Column("w_mm", Float, nullable=False),
    Column("h_mm", Float, nullable=False),
)

# The form that a person chose for a sheet whose number cannot be read.
identified_place = Table(
    "identified_place",
    metadata,
    Column("decision_id", Integer, ForeignKey("decision.decision_id"), primary_key=True),
    Column("unit", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("layout_id", Text, ForeignKey("layout.layout_id"), nullable=False),
    Column("reasons", Text, nullable=False),  # joined by |
    Column("answers_json", Text, nullable=False),
    Column("measurements", LargeBinary, nullable=False),
)

# A decision read again by a person who did not see it.
second_reading = Table(
    "second_reading",
    metadata,
    Column("second_id", Integer, primary_key=True),
    Column("decision_id", Integer, ForeignKey("decision.decision_id"), nullable=False),
    Column("verdict", Text, nullable=False),
    Column("options", Text, nullable=False),  # option ids joined by |
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Text, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    UniqueConstraint("decision_id"),
    CheckConstraint("verdict in ('answered', 'blank', 'invalid')", name="verdict"),
)

# Which of two papers with one serial counts. The newest row about a second paper counts.
paper_choice = Table(
    "paper_choice",
    metadata,
    Column("choice_id", Integer, primary_key=True),
    Column("second_id", Integer, ForeignKey("sheet.sheet_id"), nullable=False, index=True),
    Column("first_id", Integer, ForeignKey("sheet.sheet_id"), nullable=False, index=True),
    Column("keeps", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Text, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    CheckConstraint("keeps in ('first', 'second', 'both', 'neither', 'undone')", name="keeps"),
)

# What people made of a handwritten comment. The newest row about a sheet counts.
comment_note = Table(
    "comment_note",
    metadata,
    Column("note_id", Integer, primary_key=True),
    Column("sheet_id", Integer, ForeignKey("sheet.sheet_id"), nullable=False, index=True),
    Column("text", Text, nullable=False),  # as typed; empty: not transcribed
    Column("tags", Text, nullable=False),  # joined by |
    Column("personal", Integer, nullable=False),  # 1: it names or describes somebody
    Column("said_by", Text, nullable=False),
    Column("said_at", Text, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    CheckConstraint("personal in (0, 1)", name="personal"),
)

# Who may review from another machine. The newest row of a name counts; no secret: nobody.
reviewer = Table(
    "reviewer",
    metadata,
    Column("entry_id", Integer, primary_key=True),
    Column("name", Text, nullable=False, index=True),
    Column("secret", Text, nullable=False),  # scrypt with its salt; never the password
    Column("said_at", Text, nullable=False),
)

# Who has what on the screen now. Nothing is lost with it, so its rows change and go.
lease = Table(
    "lease",
    metadata,
    Column("sheet_id", Integer, ForeignKey("sheet.sheet_id"), primary_key=True),
    Column("about", Text, primary_key=True),
    Column("person", Text, nullable=False, index=True),
    Column("until", Float, nullable=False),  # seconds since 1970, UTC
)
PASSING = frozenset({"lease"})  # tables whose rows may change
