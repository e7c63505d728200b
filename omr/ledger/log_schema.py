"""The table of the ledger's log: what was added when, each entry sealed to the one before."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from omr.ledger.metadata import metadata

SALT_BYTES = 16  # 128 bits: as many as make a random identifier unguessable

# One entry for each transaction that added rows (:mod:`omr.ledger.log`).
log_entry = Table(
    "log_entry",
    metadata,
    Column("entry", Integer, primary_key=True, autoincrement=False),  # from 1 on, without a gap
    Column("at", Text, nullable=False),
    Column("body_json", Text, nullable=False),  # digests of the rows, by table and key
    Column("hash", Text, nullable=False),  # SHA-256 over the entry before and this one
)
