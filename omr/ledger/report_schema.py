"""The ledger's tables for reports: what was confirmed, counted elsewhere, closed, handled."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from omr.ledger.metadata import metadata

electronic_import = Table(
    "electronic_import",
    metadata,
    Column("import_id", Integer, primary_key=True),
    Column("profile", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("rows_seen", Integer, nullable=False),
    Column("rows_new", Integer, nullable=False),
    Column("problems_json", Text, nullable=False),  # every row and value that was not used
    Column("imported_at", Text, nullable=False),
)

electronic_response = Table(
    "electronic_response",
    metadata,
    Column("record_id", Text, primary_key=True),  # random, as for sheets
    Column("row_key", Text, nullable=False, unique=True),  # what makes a second import harmless
    Column(
        "import_id", Integer, ForeignKey("electronic_import.import_id"), nullable=False, index=True
    ),
    Column("unit", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("period", Text, nullable=False, index=True),
    Column("answered_on", Text, nullable=False),  # local date, nothing finer
    Column("answers_json", Text, nullable=False),
    Column("excluded", Text, nullable=False),  # reason why it is not counted, else empty
)

# Imports that were taken back: nothing that they brought counts.
import_withdrawn = Table(
    "import_withdrawn",
    metadata,
    Column("import_id", Integer, ForeignKey("electronic_import.import_id"), primary_key=True),
    Column("why", Text, nullable=False),
    Column("said_by", Text, nullable=False),
    Column("said_at", Text, nullable=False),
)

# What a person confirmed that words in an export mean. The newest row of a key counts.
alias = Table(
    "alias",
    metadata,
    Column("alias_id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("profile", Text, nullable=False),
    Column("words", Text, nullable=False),  # as they stood in the file
    Column("words_key", Text, nullable=False),  # omr.text_key
    Column("code", Text, nullable=False),  # empty: means nothing any more
    Column("said_by", Text, nullable=False),
    Column("said_at", Text, nullable=False),
    Index("ix_alias_profile", "profile"),
    CheckConstraint("kind in ('unit', 'domain', 'option')", name="kind"),
)

# Answers that came already counted. Of one source, unit, domain and period the newest import
# counts, whole.
aggregate_count = Table(
    "aggregate_count",
    metadata,
    Column("import_id", Integer, ForeignKey("electronic_import.import_id"), primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("domain", Text, primary_key=True),
    Column("period", Text, primary_key=True, index=True),
    Column("question", Text, primary_key=True),
    Column("option", Text, primary_key=True),  # empty: asked and left blank
    Column("count", Integer, nullable=False),
    CheckConstraint("count >= 0", name="count"),
)

# How many people came. The newest import about a unit, domain and period counts.
visit_count = Table(
    "visit_count",
    metadata,
    Column("import_id", Integer, ForeignKey("electronic_import.import_id"), primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("domain", Text, primary_key=True),
    Column("period", Text, primary_key=True, index=True),
    Column("counter", Integer, nullable=False),  # at the counter
    Column("online", Integer, nullable=False),
    CheckConstraint("counter >= 0 and online >= 0", name="count"),
)

# Months that were closed, and opened again. What was counted is kept whole.
month_version = Table(
    "month_version",
    metadata,
    Column("version_id", Integer, primary_key=True),
    Column("period", Text, nullable=False, index=True),
    Column("number", Integer, nullable=False),  # of the closing, from 1 on
    Column("act", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("body", LargeBinary),  # reports.closing packs and unpacks it; none with "reopen"
    Column("said_by", Text, nullable=False),
    Column("said_at", Text, nullable=False),
    Column("salt", LargeBinary),  # random; goes with the body
    UniqueConstraint("period", "number", "act"),
    CheckConstraint("act in ('close', 'reopen', 'unlink')", name="act"),
)

# How a sheet ended whose answers were destroyed, so that forms stay accounted for.
unlinked = Table(
    "unlinked",
    metadata,
    Column("sheet_id", Integer, ForeignKey("sheet.sheet_id"), primary_key=True),
    Column("status", Text, nullable=False),
    Column("serial", Text, index=True),
    Column("unit", Text),
    Column("domain", Text),
    Column("says_something", Integer, nullable=False),
    CheckConstraint("says_something in (0, 1)", name="says_something"),
)

# What was done about an alert. The newest row about it counts.
alert_note = Table(
    "alert_note",
    metadata,
    Column("note_id", Integer, primary_key=True),
    Column("record_id", Text, nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("handled", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("said_by", Text, nullable=False),
    Column("said_at", Text, nullable=False),
    CheckConstraint("handled in (0, 1)", name="handled"),
)
