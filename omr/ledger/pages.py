"""Pages on their way into the ledger: several in one transaction, all of them or none.

The ledger settles here, under its write lock, what only it can know: whether a sheet's serial
was issued, is void, or is already held by another reading.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, insert

from omr.ledger import Ledger
from omr.ledger.issued import Issued, find_all_issued
from omr.ledger.rows import Holder, holder_of, perhaps_held
from omr.ledger.schema import answer, sheet, streak
from omr.ledger.sheets import SheetReading
from omr.marks import DISPUTED, HOLDS_SERIAL, Answers, AnswerState, Reason, SheetStatus
from omr.stock import FormState

SamePaper = Callable[[str, bytes, bytes], bool]  # layout id, two sheets' measurements


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
) -> list[list[SheetReading]]:
    """Keep every sheet of *pages*, in one transaction and as if they came one by one.

    Args:
        ledger: The open ledger.
        pages: In the order in which the first of two sheets gets their serial.
        keep_picture: Stores a sheet's picture and returns its SHA-256. Called before the
            row is written, so that no row ever names a picture that is not there.
        same_paper: Tells a sheet that was scanned again from a second paper with the same
            serial and answers. Without it the answers alone decide.

    Returns:
        The sheets as kept, page by page.
    """
    pictured = [
        (
            page,
            [
                (seen, keep_picture(seen.picture) if keep_picture and seen.picture else None)
                for seen in page.sheets
            ],
        )
        for page in pages
    ]
    every = [seen for _page, sheets in pictured for seen, _picture in sheets]
    kept = []
    with ledger.write() as connection:
        desk = _Desk(connection, every, same_paper)
        for page, sheets in pictured:
            settled = []
            for seen, kept_before in sheets:
                picture = kept_before
                one = desk.settle(seen)
                if picture is None and keep_picture and DISPUTED.intersection(one.reasons):
                    jpeg = page.picture_of(seen)  # seldom, so the lock is held while it is made
                    picture = keep_picture(jpeg) if jpeg else None
                desk.add(page, one, picture)
                settled.append(one)
            kept.append(settled)
        desk.write()
    return kept


class _Desk:
    """One transaction's knowledge of the serials in it, and the rows it still has to write.

    A statement costs much more than a row, so serials are looked up and rows written together.
    """

    def __init__(
        self, connection: Connection, sheets: Sequence[SheetReading], same_paper: SamePaper | None
    ) -> None:
        serials = sorted({s.serial for s in sheets if s.serial and s.status in HOLDS_SERIAL})
        self._connection = connection
        self._same_paper = same_paper
        self._issued: Mapping[str, Issued] = find_all_issued(connection, serials)
        self._held = perhaps_held(connection, serials)
        self._waiting: list[tuple[dict[str, Any], SheetReading]] = []

    def settle(self, seen: SheetReading) -> SheetReading:
        """*seen* with the status that the ledger's knowledge gives it."""
        if seen.status not in HOLDS_SERIAL or seen.serial is None:
            return seen
        known = self._issued.get(seen.serial)
        if known is None:
            return _refused(seen, Reason.NOT_ISSUED)
        if known.state is FormState.VOID:
            return _refused(seen, Reason.VOIDED)
        if (known.unit, known.domain) != (seen.unit, seen.domain):
            return _refused(seen, Reason.IDENTITY_CONFLICT)
        if seen.layout_id not in (None, known.layout_id):
            return _refused(seen, Reason.LAYOUT)  # it was read with another form's places
        held = self._holder(seen.serial)
        if held is None:
            if known.against_the_books is None:
                return seen
            reasons = (*seen.reasons, known.against_the_books)
            return replace(seen, status=SheetStatus.REVIEW, reasons=reasons)
        reason = _seen_again(held, seen, self._same_paper)
        return replace(seen, status=SheetStatus.DUPLICATE, reasons=(reason,))

    def add(self, page: Page, kept: SheetReading, picture: str | None) -> None:
        """Let *kept* be written; the sheets settled after it know it."""
        self._waiting.append((_row(page, kept, picture), kept))
        if kept.status in HOLDS_SERIAL and kept.serial is not None:
            self._held.add(kept.serial)

    def write(self) -> None:
        """Write what waits, in the order in which it came."""
        if not self._waiting:
            return
        rows = [row for row, _kept in self._waiting]
        found = self._connection.execute(
            insert(sheet).returning(sheet.c.record_id, sheet.c.sheet_id), rows
        )
        ids = {row.record_id: row.sheet_id for row in found}
        sheets = [(ids[row["record_id"]], kept) for row, kept in self._waiting]
        answers = [row for sheet_id, kept in sheets for row in _answer_rows(sheet_id, kept)]
        if answers:
            self._connection.execute(insert(answer), answers)
        streaks = [row for sheet_id, kept in sheets for row in _streak_rows(sheet_id, kept)]
        if streaks:
            self._connection.execute(insert(streak), streaks)
        self._waiting = []

    def _holder(self, serial: str) -> Holder | None:
        if serial not in self._held:
            return None
        self.write()  # the one that holds it may be among those
        return holder_of(self._connection, serial)


def _seen_again(held: Holder, seen: SheetReading, same_paper: SamePaper | None) -> Reason:
    """What a sheet is whose serial *held* holds already."""
    alike = _what_is_said(held.answers) == _what_is_said(seen.answers)
    if same_paper is None:
        return Reason.SAME_ANSWERS if alike else Reason.OTHER_ANSWERS
    if not alike and not _may_be_alike(held.answers, seen.answers):
        return Reason.OTHER_ANSWERS
    known, new = held.measurements, seen.measurements
    if known is not None and new is not None and same_paper(held.layout_id, known, new):
        return Reason.SAME_ANSWERS
    return Reason.OTHER_PAPER if alike else Reason.OTHER_ANSWERS


def _refused(seen: SheetReading, reason: Reason) -> SheetReading:
    return replace(seen, status=SheetStatus.REFUSED, reasons=(reason,), answers={})


def _what_is_said(answers: Answers) -> dict[str, tuple[AnswerState, frozenset[str]]]:
    return {name: (said.state, frozenset(said.options)) for name, said in answers.items()}


def _may_be_alike(held: Answers, new: Answers) -> bool:
    """Whether two scans of the same ink can have been read so.

    Where one of them is doubtful it may show fewer options, or more if it is the one that is
    held, for a person decides on that. More options than were held for certain are a mark that
    somebody added.
    """
    if held.keys() != new.keys():
        return False
    return all(
        set(said.options) == set(new[name].options)
        or said.state is AnswerState.DOUBTFUL
        or (new[name].state is AnswerState.DOUBTFUL and set(new[name].options) < set(said.options))
        for name, said in held.items()
    )


def _row(page: Page, kept: SheetReading, picture: str | None) -> dict[str, Any]:
    where = kept.registration
    return {
        "record_id": secrets.token_hex(16),
        "source_id": page.source_id,
        "batch_id": page.batch_id,
        "page": kept.page,
        "sheet": kept.sheet,
        "status": kept.status.value,
        "reasons_json": json.dumps([reason.value for reason in kept.reasons]),
        "serial": kept.serial,
        "unit": kept.unit,
        "domain": kept.domain,
        "layout_id": kept.layout_id,
        "registration_json": None if where is None else json.dumps(where),
        "measurements": kept.measurements,
        "picture": picture,
    }


def _answer_rows(sheet_id: int, kept: SheetReading) -> Iterable[dict[str, Any]]:
    for question, said in kept.answers.items():
        yield {
            "sheet_id": sheet_id,
            "question": question,
            "state": said.state.value,
            "options": "|".join(said.options),
            "reasons": "|".join(said.reasons),
        }


def _streak_rows(sheet_id: int, kept: SheetReading) -> Iterable[dict[str, Any]]:
    for line in kept.streaks:
        yield {
            "sheet_id": sheet_id,
            "axis": line.axis,
            "at_px": line.at_px,
            "width_px": line.width_px,
        }
