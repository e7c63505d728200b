"""Settles what only the ledger knows of a sheet that comes in, and writes its rows.

Whether its serial was issued, is void, or is already held by another reading.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, insert, or_, select

from omr.ledger.issued import Issued, find_all_issued
from omr.ledger.log_schema import SALT_BYTES
from omr.ledger.rows import Holder, answers_by_sheet, holder_of, perhaps_held
from omr.ledger.schema import answer, picture_part, sheet, source, streak
from omr.ledger.sheets import WHOLE_PART, KeptPart, SheetReading
from omr.marks import DISPUTED, HOLDS_SERIAL, Answers, AnswerState, Reason, SheetStatus
from omr.stock import FormState

SamePaper = Callable[[str, bytes, bytes], bool]  # layout id, two sheets' measurements
FirstPicture = Callable[["Scanned"], KeptPart | None]


@dataclass(frozen=True, slots=True)
class Scanned:
    """Where a sheet that was read earlier lies in its scan file."""

    sha256: str  # of the file
    name: str  # as it was given then; never a path
    page: int  # 0-based
    sheet: int  # 0-based on its page
    layout_id: str
    registration: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sheet belongs."""

    source_id: int
    batch_id: int  # that reads it


@dataclass(frozen=True, slots=True)
class Stored:
    """A sheet whose pictures are in the store."""

    seen: SheetReading
    picture: str | None  # SHA-256
    parts: tuple[tuple[KeptPart, str], ...]  # with their SHA-256
    record_id: str | None = None  # that another ledger gave it


class Desk:
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
        self._waiting: list[tuple[dict[str, Any], SheetReading, Stored]] = []

    def settle(self, seen: SheetReading) -> tuple[SheetReading, Holder | None]:
        """*seen* with the status that the ledger's knowledge gives it.

        Returns:
            The sheet, and the one that holds its serial already.
        """
        if seen.status not in HOLDS_SERIAL or seen.serial is None:
            return seen, None
        refused = self._against_the_records(seen, seen.serial)
        if refused is not None:
            return refused, None
        held = self._holder(seen.serial)
        if held is not None:
            reason = _seen_again(held, seen, self._same_paper)
            if reason in DISPUTED and self._is_known_paper(seen, seen.serial):
                reason = Reason.SAME_ANSWERS
            return replace(seen, status=SheetStatus.DUPLICATE, reasons=(reason,)), held
        against = self._issued[seen.serial].against_the_books
        if against is None:
            return seen, None
        reasons = tuple(dict.fromkeys((*seen.reasons, against)))  # another ledger may have said so
        return replace(seen, status=SheetStatus.REVIEW, reasons=reasons), None

    def _against_the_records(self, seen: SheetReading, serial: str) -> SheetReading | None:
        known = self._issued.get(serial)
        if known is None:
            return _refused(seen, Reason.NOT_ISSUED)
        if known.state is FormState.VOID:
            return _refused(seen, Reason.VOIDED)
        if (known.unit, known.domain) != (seen.unit, seen.domain):
            return _refused(seen, Reason.IDENTITY_CONFLICT)
        if seen.layout_id not in (None, known.layout_id):
            return _refused(seen, Reason.LAYOUT)  # it was read with another form's places
        return None

    def _is_known_paper(self, seen: SheetReading, serial: str) -> bool:
        """Whether it is the same paper as an earlier second one: people are asked once."""
        if self._same_paper is None or seen.measurements is None:
            return False
        self.write()  # that one may be among those
        query = select(sheet.c.sheet_id, sheet.c.layout_id, sheet.c.measurements).where(
            sheet.c.serial == serial,
            sheet.c.status == SheetStatus.DUPLICATE.value,
            or_(*(sheet.c.reasons_json.contains(f'"{r.value}"') for r in sorted(DISPUTED))),
        )
        papers = self._connection.execute(query).all()
        answers = answers_by_sheet(self._connection, [row.sheet_id for row in papers])
        known = (
            Holder(row.sheet_id, answers[row.sheet_id], row.layout_id, row.measurements)
            for row in papers
        )
        return any(
            _seen_again(paper, seen, self._same_paper) is Reason.SAME_ANSWERS for paper in known
        )

    def show(
        self, holder: Holder, first_picture: FirstPicture, keep: Callable[[bytes], str]
    ) -> None:
        """Keep a picture of the sheet that a second paper is held against, if there is none."""
        query = select(sheet, source.c.sha256, source.c.name).join(
            source, source.c.source_id == sheet.c.source_id
        )
        row = self._connection.execute(query.where(sheet.c.sheet_id == holder.sheet_id)).one()
        shown = select(picture_part.c.part).where(
            picture_part.c.sheet_id == holder.sheet_id, picture_part.c.part == WHOLE_PART
        )
        if row.serial is None or self._connection.execute(shown).first() is not None:
            return  # a nameless sheet's whole picture is kept anyway
        where = json.loads(row.registration_json) if row.registration_json else None
        scanned = Scanned(
            row.sha256,
            row.name,
            row.page,
            row.sheet,
            holder.layout_id,
            tuple(where) if where else None,
        )
        part = first_picture(scanned)
        if part is not None:
            self._connection.execute(
                insert(picture_part), [part_row(holder.sheet_id, part, keep(part.jpeg))]
            )

    def add(self, place: Place, kept: SheetReading, stored: Stored) -> None:
        """Let *kept* be written; the sheets settled after it know it."""
        self._waiting.append((_row(place, kept, stored), kept, stored))
        if kept.status in HOLDS_SERIAL and kept.serial is not None:
            self._held.add(kept.serial)

    def write(self) -> None:
        """Write what waits, in the order in which it came."""
        if not self._waiting:
            return
        rows = [row for row, _kept, _stored in self._waiting]
        found = self._connection.execute(
            insert(sheet).returning(sheet.c.record_id, sheet.c.sheet_id), rows
        )
        ids = {row.record_id: row.sheet_id for row in found}
        sheets = [(ids[row["record_id"]], kept) for row, kept, _stored in self._waiting]
        answers = [row for sheet_id, kept in sheets for row in _answer_rows(sheet_id, kept)]
        if answers:
            self._connection.execute(insert(answer), answers)
        streaks = [row for sheet_id, kept in sheets for row in _streak_rows(sheet_id, kept)]
        if streaks:
            self._connection.execute(insert(streak), streaks)
        parts = [
            part_row(ids[row["record_id"]], part, digest)
            for row, _kept, stored in self._waiting
            for part, digest in stored.parts
        ]
        if parts:
            self._connection.execute(insert(picture_part), parts)
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


def _row(place: Place, kept: SheetReading, stored: Stored) -> dict[str, Any]:
    where = kept.registration
    return {
        "record_id": stored.record_id or secrets.token_hex(16),
        "source_id": place.source_id,
        "batch_id": place.batch_id,
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
        "picture": stored.picture,
        "salt": secrets.token_bytes(SALT_BYTES),
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


def part_row(sheet_id: int, part: KeptPart, digest: str) -> dict[str, Any]:
    """The row of a crop."""
    return {
        "sheet_id": sheet_id,
        "part": part.part,
        "sha256": digest,
        "x_mm": part.region.x_mm,
        "y_mm": part.region.y_mm,
        "w_mm": part.region.w_mm,
        "h_mm": part.region.h_mm,
    }


def _streak_rows(sheet_id: int, kept: SheetReading) -> Iterable[dict[str, Any]]:
    for line in kept.streaks:
        yield {
            "sheet_id": sheet_id,
            "axis": line.axis,
            "at_px": line.at_px,
            "width_px": line.width_px,
        }
