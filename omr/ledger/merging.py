"""Takes what a unit sent into this ledger: in one transaction, all of it or nothing.

Merging is made so that the order in which files come, and how often, changes nothing: a sheet is
known by its record id, a decision by its content. A sheet that was kept is never changed;
one that says something else by now is refused with its whole file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from omr.ledger import Ledger, issued, one_at_a_time
from omr.ledger.arriving import Arrived, add_parts, keep_arrived
from omr.ledger.desk import Place, SamePaper
from omr.ledger.issued import find_all_issued
from omr.ledger.merged_words import Words
from omr.ledger.merging_choices import merge_choices
from omr.ledger.merging_decisions import merge_decisions
from omr.ledger.merging_notes import merge_notes
from omr.ledger.packed import Packed, PackedSheet
from omr.ledger.packed_checks import (
    Books,
    PackRefused,
    check,
    disputes,
    held_in,
    serials_in,
)
from omr.ledger.rows import answers_by_sheet, holder_of, parts_by_sheet, seen_of
from omr.ledger.schema import batch, sheet, source, unlinked
from omr.ledger.senders import Unpacked, merged_before, note_unpacked, sender_of
from omr.ledger.sheets import SheetReading
from omr.marks import DISPUTED, Reason, SheetStatus
from omr.stock import FormState

_ROWS_AT_ONCE = 500


@dataclass(slots=True)
class Merged:
    """What became of a unit's file."""

    new: Counter[SheetStatus] = field(default_factory=Counter)  # sheets that were added
    reasons: Counter[Reason] = field(default_factory=Counter)  # why some end otherwise here
    known: int = 0  # sheets that were here already
    elsewhere: int = 0  # sheets of scan files that were read here itself
    destroyed: int = 0  # sheets whose answers were destroyed here since
    words: Words = field(default_factory=Words)
    periods: set[str] = field(default_factory=set)  # that got sheets

    @property
    def is_any(self) -> bool:
        """Whether anything was added."""
        return bool(self.new.total() or self.words.new)


class NotItsKey(Exception):
    """The key that signed a file is not registered for its unit, or not any more."""


def missing_pictures(ledger: Ledger, packed: Packed) -> list[str]:
    """SHA-256 of every picture of a sheet whose answers were not destroyed here."""
    with ledger.read() as connection:
        rows = _known(connection, packed)
        gone = _destroyed(connection, rows)
    return list(
        dict.fromkeys(
            digest
            for each in packed.sheets
            if each.record_id not in gone
            for digest in each.digests()
        )
    )


def check_packed(ledger: Ledger, packed: Packed, unit: str) -> None:
    """Refuse what cannot be true, before anything of it is kept.

    Raises:
        PackRefused: With the first thing that is wrong.
    """
    with ledger.read() as connection:
        check(packed, _books(connection, ledger, packed, unit))


def merge(
    ledger: Ledger, packed: Packed, file: Unpacked, *, same_paper: SamePaper, by: str
) -> Merged:
    """Keep what is new in *packed*; its pictures are in the store.

    Args:
        ledger: The open ledger.
        packed: What the unit sent.
        file: The file it came in.
        same_paper: Tells a sheet that was scanned twice from a second paper with its serial.
        by: Who merges it.

    Raises:
        PackRefused: If something in it cannot be true; nothing was kept.
        NotItsKey: If the key is not registered, or not any more; nothing was kept.
    """
    merged = Merged()
    layouts = issued.layouts(ledger)
    with ledger.write() as connection:
        one_at_a_time(connection, "omr unpack")
        known = sender_of(connection, file.public)
        if known is None or not known.counts or known.unit != file.unit:
            raise NotItsKey
        forms = _issued(connection, serials_in(packed), lock=True)
        check(packed, Books(file.unit, layouts, forms))
        ids = _merge_sheets(connection, packed, forms, merged, same_paper)
        _refuse_lonely_seconds(connection, packed)
        for merge_some in (merge_decisions, merge_choices, merge_notes):
            merge_some(connection, packed, ids, file.unit, merged.words)
        new = Unpacked(
            file.sha256,
            file.unit,
            file.period,
            file.public,
            file.made_at,
            file.sheets,
            merged.new.total(),
            merged.words.new,
        )
        if merged.is_any or not merged_before(connection, file.sha256):
            note_unpacked(connection, new, by)
    return merged


def _books(connection: Connection, ledger: Ledger, packed: Packed, unit: str) -> Books:
    layouts = issued.layouts(ledger)
    return Books(unit, layouts, _issued(connection, serials_in(packed)))


def _issued(
    connection: Connection, serials: Sequence[str], *, lock: bool = False
) -> dict[str, issued.Issued]:
    found: dict[str, issued.Issued] = {}
    for some in _portions(serials):
        found |= find_all_issued(connection, some, lock=lock)
    return found


def _merge_sheets(
    connection: Connection,
    packed: Packed,
    forms: Mapping[str, issued.Issued],
    merged: Merged,
    same_paper: SamePaper,
) -> dict[str, int]:
    """Add the sheets that are new; the ids of those about which words may follow."""
    rows = _known(connection, packed)
    gone = _destroyed(connection, rows)
    places = _places(connection, packed)
    seen = _as_kept(connection, rows)
    taken = {(at, row.page, row.sheet): row for at, row in _occupied(connection, places)}
    new: list[PackedSheet] = []
    twins: list[tuple[PackedSheet, Row[Any]]] = []
    for each in packed.sheets:
        row = rows.get(each.record_id)
        if each.record_id in gone:
            merged.destroyed += 1
        elif row is not None:
            _refuse_other_words(each, row, seen[each.record_id], places)
            merged.known += 1
        elif (at := (places[each.source].source_id, each.seen.page, each.seen.sheet)) in taken:
            merged.elsewhere += 1
            twins.append((each, taken[at]))
        else:
            new.append(each)
    for some in _portions(new):
        arrived = [
            Arrived(
                places[each.source],
                each.record_id,
                _here(each.seen, forms),
                each.picture,
                each.parts,
            )
            for each in some
        ]
        for before, after in zip(some, keep_arrived(connection, arrived, same_paper), strict=True):
            merged.new[after.status] += 1
            merged.reasons.update({Reason.NOT_AS_MEASURED}.intersection(after.reasons))
            if after.status is not before.seen.status:
                merged.reasons.update(set(after.reasons) - set(before.seen.reasons))
    _add_later_parts(connection, packed, rows, gone)
    periods = {each.number: each.period for each in packed.batches}
    of_file = {each.sha256: periods[each.batch] for each in packed.sources}
    merged.periods = {of_file[each.source] for each in new}
    ids = {
        record: row.sheet_id
        for record, row in _known(connection, packed).items()
        if record not in gone
    }
    return ids | _same_readings(connection, twins)


def _here(seen: SheetReading, forms: Mapping[str, issued.Issued]) -> SheetReading:
    """A second paper of a form that is void here is refused as the first one is.

    It would wait for a choice between two papers for ever, with none to be set against.
    """
    form = forms.get(seen.serial or "")
    second = seen.status is SheetStatus.DUPLICATE and DISPUTED.intersection(seen.reasons)
    if not second or form is None or form.state is not FormState.VOID:
        return seen
    return replace(seen, status=SheetStatus.REFUSED, reasons=(Reason.VOIDED,), answers={})


def _same_readings(
    connection: Connection, twins: Sequence[tuple[PackedSheet, Row[Any]]]
) -> dict[str, int]:
    """The sheets here of which the unit read the same, by the unit's record ids.

    The same scan file was read twice, here or before the unit's workspace was made anew; what
    people said about one reading holds for the other.
    """
    rows = {row.record_id: row for _each, row in twins}
    gone, kept = _destroyed(connection, rows), _as_kept(connection, rows)
    return {
        each.record_id: row.sheet_id
        for each, row in twins
        if row.record_id not in gone and _says_the_same(each.seen, kept[row.record_id])
    }


def _says_the_same(one: SheetReading, other: SheetReading) -> bool:
    return (
        (one.serial, one.layout_id, one.measurements)
        == (other.serial, other.layout_id, other.measurements)
        and one.registration == other.registration
        and dict(one.answers) == dict(other.answers)
    )


def _known(connection: Connection, packed: Packed) -> dict[str, Row[Any]]:
    """Those of the sheets that are here, by record id."""
    query = select(sheet, source.c.sha256).join(source, source.c.source_id == sheet.c.source_id)
    return {
        row.record_id: row
        for some in _portions([each.record_id for each in packed.sheets])
        for row in connection.execute(query.where(sheet.c.record_id.in_(some)))
    }


def _destroyed(connection: Connection, rows: Mapping[str, Row[Any]]) -> set[str]:
    """Those of *rows* whose answers were destroyed."""
    records = {row.sheet_id: record for record, row in rows.items()}
    return {
        records[sheet_id]
        for some in _portions(list(records))
        for sheet_id in connection.execute(
            select(unlinked.c.sheet_id).where(unlinked.c.sheet_id.in_(some))
        ).scalars()
    }


def _as_kept(connection: Connection, rows: Mapping[str, Row[Any]]) -> dict[str, SheetReading]:
    found = {}
    for some in _portions(list(rows.values())):
        answers = answers_by_sheet(connection, [row.sheet_id for row in some])
        for row in some:
            found[row.record_id] = seen_of(row, answers.get(row.sheet_id, {}))
    return found


def _refuse_other_words(
    each: PackedSheet, row: Row[Any], kept: SheetReading, places: Mapping[str, Place]
) -> None:
    """Refuse a sheet that does not say what it said when it was merged before."""
    said = each.seen
    # A sheet that was refused here although the unit had read it kept no answers.
    emptied = kept.status is SheetStatus.REFUSED and said.status is not SheetStatus.REFUSED
    same = (
        row.source_id == places[each.source].source_id
        and (kept.page, kept.sheet) == (said.page, said.sheet)
        and (kept.unit, kept.domain) == (said.unit, said.domain)
        and _says_the_same(kept, replace(said, answers={}) if emptied else said)
    )
    if not same:
        raise PackRefused("changed", said.serial or each.source[:12])


def _places(connection: Connection, packed: Packed) -> dict[str, Place]:
    """Where the sheets of every file belong; new files and their batches are announced."""
    known = {
        row.sha256: Place(row.source_id, row.batch_id)
        for some in _portions([each.sha256 for each in packed.sources])
        for row in connection.execute(select(source).where(source.c.sha256.in_(some)))
    }
    # Files of one batch are announced together, so one that is here shows which batch it is.
    batches: dict[int, int] = {}
    for each in packed.sources:
        if each.sha256 in known:
            batches.setdefault(each.batch, known[each.sha256].batch_id)
    periods = _periods(connection, batches.values())
    announced = {each.number: each for each in packed.batches}
    for each in packed.sources:
        if each.sha256 in known:
            continue
        one = announced[each.batch]
        if each.batch not in batches or periods.get(batches[each.batch]) != one.period:
            batches[each.batch] = connection.execute(
                insert(batch)
                .values(
                    period=one.period,
                    software=one.software,
                    thresholds_json=one.thresholds_json,
                    started_at=one.started_at,
                )
                .returning(batch.c.batch_id)
            ).scalar_one()
            periods[batches[each.batch]] = one.period
        source_id = connection.execute(
            insert(source)
            .values(
                sha256=each.sha256,
                name=each.name,
                size_bytes=each.size_bytes,
                pages=each.pages,
                batch_id=batches[each.batch],
            )
            .returning(source.c.source_id)
        ).scalar_one()
        known[each.sha256] = Place(source_id, batches[each.batch])
    return known


def _periods(connection: Connection, batch_ids: Any) -> dict[int, str]:
    query = select(batch.c.batch_id, batch.c.period).where(batch.c.batch_id.in_(list(batch_ids)))
    return {row.batch_id: row.period for row in connection.execute(query)}


def _occupied(
    connection: Connection, places: Mapping[str, Place]
) -> Iterator[tuple[int, Row[Any]]]:
    ids = [place.source_id for place in places.values()]
    for some in _portions(ids):
        for row in connection.execute(select(sheet).where(sheet.c.source_id.in_(some))):
            yield row.source_id, row


def _add_later_parts(
    connection: Connection,
    packed: Packed,
    rows: Mapping[str, Row[Any]],
    gone: set[str],
) -> None:
    """Keep crops that the unit made after it had sent the sheet: a comment that was found."""
    here = [each for each in packed.sheets if each.record_id in rows and each.record_id not in gone]
    for some in _portions(here):
        ids = {each.record_id: rows[each.record_id].sheet_id for each in some}
        kept = parts_by_sheet(connection, list(ids.values()))
        for each in some:
            names = kept.get(ids[each.record_id], {})
            later = [part for part in each.parts if part.part not in names]
            add_parts(connection, ids[each.record_id], later)


def _refuse_lonely_seconds(connection: Connection, packed: Packed) -> None:
    """Refuse a second paper without its first: people could never choose between them."""
    held = held_in(packed)
    for serial in disputes(packed):
        if serial not in held and holder_of(connection, serial) is None:
            raise PackRefused("first-missing", serial)


def _portions(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[n : n + _ROWS_AT_ONCE] for n in range(0, len(values), _ROWS_AT_ONCE))
