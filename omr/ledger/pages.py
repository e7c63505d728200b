"""Pages on their way into the ledger: several in one transaction, all of them or none.

The ledger settles here, under its write lock, what only it can know (:mod:`omr.ledger.desk`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import insert, select

from omr.ledger import Ledger
from omr.ledger.desk import Desk, FirstPicture, Place, SamePaper, Scanned, Stored, part_row
from omr.ledger.schema import picture_part, sheet
from omr.ledger.sheets import KeptPart, SheetReading
from omr.marks import DISPUTED, SheetStatus

__all__ = ["Page", "Scanned", "add_pages", "keep_part"]


def _its_own(seen: SheetReading) -> bytes | None:
    return seen.picture


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that was seen on one page of a file."""

    source_id: int
    batch_id: int  # that reads it
    sheets: Sequence[SheetReading]
    # Makes the picture of a sheet that turns out to be disputed.
    picture_of: Callable[[SheetReading], bytes | None] = _its_own


def add_pages(
    ledger: Ledger,
    pages: Iterable[Page],
    *,
    keep_picture: Callable[[bytes], str] | None = None,
    same_paper: SamePaper | None = None,
    first_picture: FirstPicture | None = None,
) -> list[list[SheetReading]]:
    """Keep every sheet of *pages*, in one transaction and as if they came one by one.

    Args:
        ledger: The open ledger.
        pages: In the order in which the first of two sheets gets their serial.
        keep_picture: Stores a sheet's picture and returns its SHA-256. Called before the
            row is written, so that no row ever names a picture that is not there.
        same_paper: Tells a sheet that was scanned again from a second paper with the same
            serial and answers. Without it the answers alone decide.
        first_picture: Makes the picture of the sheet that a second paper is held against, if
            its scan file is still at hand. Without it, or without the file, the page for
            people shows what was read.

    Returns:
        The sheets as kept, page by page.
    """
    pictured = [(page, [_stored(seen, keep_picture) for seen in page.sheets]) for page in pages]
    every = [each.seen for _page, sheets in pictured for each in sheets]
    kept = []
    with ledger.write() as connection:
        desk = Desk(connection, every, same_paper)
        for page, sheets in pictured:
            settled = []
            for each in sheets:
                one, holder = desk.settle(each.seen)
                stored = each
                disputed = bool(DISPUTED.intersection(one.reasons))
                unseen = one.status is SheetStatus.REVIEW and each.picture is None
                if keep_picture and (disputed or unseen):
                    # Seldom, so the lock is held while pictures are made.
                    jpeg = page.picture_of(each.seen)
                    stored = replace(each, picture=keep_picture(jpeg)) if jpeg else each
                    if disputed and holder is not None and first_picture is not None:
                        desk.show(holder, first_picture, keep_picture)
                desk.add(Place(page.source_id, page.batch_id), one, stored)
                settled.append(one)
            kept.append(settled)
        desk.write()
    return kept


def keep_part(ledger: Ledger, record_id: str, part: KeptPart, digest: str) -> None:
    """Keep a crop, stored already, of a sheet that has none of that name."""
    with ledger.write() as connection:
        sheet_id = connection.execute(
            select(sheet.c.sheet_id).where(sheet.c.record_id == record_id).with_for_update()
        ).scalar_one()
        known = select(picture_part.c.part).where(
            picture_part.c.sheet_id == sheet_id, picture_part.c.part == part.part
        )
        if connection.execute(known).first() is None:
            connection.execute(insert(picture_part), [part_row(sheet_id, part, digest)])


def _stored(seen: SheetReading, keep_picture: Callable[[bytes], str] | None) -> Stored:
    if keep_picture is None:
        return Stored(seen, None, ())
    picture = keep_picture(seen.picture) if seen.picture else None
    return Stored(seen, picture, tuple((part, keep_picture(part.jpeg)) for part in seen.parts))
