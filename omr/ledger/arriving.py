"""Sheets that another ledger kept, on their way into this one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert

from omr.ledger.desk import Desk, Place, SamePaper, Stored, part_row
from omr.ledger.schema import picture_part
from omr.ledger.sheets import KeptPart, Part, SheetReading


@dataclass(frozen=True, slots=True)
class Arrived:
    """A sheet that another ledger kept; its pictures are in the store."""

    place: Place
    record_id: str
    seen: SheetReading  # without pictures
    picture: str | None  # SHA-256
    parts: tuple[Part, ...]


def keep_arrived(
    connection: Connection, arrived: Sequence[Arrived], same_paper: SamePaper
) -> list[SheetReading]:
    """Keep sheets as if they were read now, within the caller's transaction.

    Returns:
        The sheets as kept, in their order.
    """
    desk, kept = Desk(connection, [each.seen for each in arrived], same_paper), []
    for each in arrived:
        one, _holder = desk.settle(each.seen)
        parts = tuple((KeptPart(part.part, part.region, b""), part.sha256) for part in each.parts)
        stored = Stored(each.seen, each.picture, parts, each.record_id)
        desk.add(each.place, one, stored)
        kept.append(one)
    desk.write()
    return kept


def add_parts(connection: Connection, sheet_id: int, parts: Iterable[Part]) -> None:
    """Keep crops that are in the store, of a sheet that has none of their names."""
    rows = [
        part_row(sheet_id, KeptPart(part.part, part.region, b""), part.sha256) for part in parts
    ]
    if rows:
        connection.execute(insert(picture_part), rows)
