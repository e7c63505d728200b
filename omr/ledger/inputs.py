"""What a reporting month was counted from: files by their hashes, and how they were read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from omr.ledger import Ledger
from omr.ledger.schema import (
    aggregate_count,
    batch,
    electronic_import,
    electronic_response,
    layout,
    sheet,
    source,
    visit_count,
)
from omr.ledger.withdrawals import stands


@dataclass(frozen=True, slots=True)
class ScanInput:
    """A scan file."""

    sha256: str
    pages: int
    software: str  # that read it
    thresholds: Mapping[str, float]  # by which it was judged


@dataclass(frozen=True, slots=True)
class ImportInput:
    """A file of electronic answers, counts or visits."""

    sha256: str
    source: str  # profile, or what the counts come from
    rows: int


@dataclass(frozen=True, slots=True)
class LayoutInput:
    """A form's layout, as it was printed."""

    layout_id: str  # a hash of all of it
    survey: str
    revision: int
    domain: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that a month was counted from, each in an order that tells no time."""

    scans: tuple[ScanInput, ...]
    imports: tuple[ImportInput, ...]
    layouts: tuple[LayoutInput, ...]


def inputs(ledger: Ledger, period: str) -> Inputs:
    """What the ledger holds about *period* comes from. No file names: they may name people."""
    of_period = (
        select(sheet.c.layout_id)
        .join(source, source.c.source_id == sheet.c.source_id)
        .join(batch, batch.c.batch_id == source.c.batch_id)
        .where(batch.c.period == period)
    )
    scans = (
        select(source.c.sha256, source.c.pages, batch.c.software, batch.c.thresholds_json)
        .join(batch, batch.c.batch_id == source.c.batch_id)
        .where(batch.c.period == period)
        .order_by(source.c.sha256)
    )
    tables = (electronic_response, aggregate_count, visit_count)
    brought = [select(each.c.import_id).where(each.c.period == period) for each in tables]
    imported = (
        select(electronic_import)
        .where(
            electronic_import.c.import_id.in_(brought[0].union(*brought[1:])),
            stands(electronic_import.c.import_id),
        )
        .order_by(electronic_import.c.sha256, electronic_import.c.profile)
    )
    printed = select(layout).where(layout.c.layout_id.in_(of_period)).order_by(layout.c.layout_id)
    with ledger.read() as connection:
        return Inputs(
            scans=tuple(
                ScanInput(row.sha256, row.pages, row.software, json.loads(row.thresholds_json))
                for row in connection.execute(scans)
            ),
            imports=tuple(
                ImportInput(row.sha256, row.profile, row.rows_seen)
                for row in connection.execute(imported)
            ),
            layouts=tuple(
                _layout(row.layout_id, json.loads(row.body_json))
                for row in connection.execute(printed)
            ),
        )


def _layout(layout_id: str, body: Mapping[str, object]) -> LayoutInput:
    return LayoutInput(
        layout_id, str(body["survey"]), int(str(body["revision"])), str(body["domain"])
    )
