"""The ledger's tables for units that read their own scans: whose files count, which came."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text

from omr.ledger.metadata import metadata

# Keys with which units sign what they send. The newest row of a key counts.
sender = Table(
    "sender",
    metadata,
    Column("entry_id", Integer, primary_key=True),
    Column("unit", Text, nullable=False),
    Column("public_key", Text, nullable=False, index=True),  # Ed25519, hexadecimal
    Column("act", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("said_by", Text, nullable=False),
    Column("said_at", Text, nullable=False),
    CheckConstraint("act in ('register', 'withdraw')", name="act"),
)

# Files of units that were merged.
unpacked = Table(
    "unpacked",
    metadata,
    Column("unpacked_id", Integer, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("public_key", Text, nullable=False),  # that had signed it
    Column("made_at", Text, nullable=False),  # by the unit's clock
    Column("sheets", Integer, nullable=False),  # that it holds
    Column("sheets_new", Integer, nullable=False),
    Column("words_new", Integer, nullable=False),  # decisions, choices and notes
    Column("said_by", Text, nullable=False),
    Column("said_at", Text, nullable=False),
    Index("ix_unpacked_unit", "unit", "period"),
    CheckConstraint("sheets_new >= 0 and words_new >= 0", name="count"),
)
