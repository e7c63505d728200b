"""Notes of a unit's people on comments and alerts, merged with those that were made here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from omr.ledger.merged_words import Words, news, signed
from omr.ledger.packed import Packed
from omr.ledger.schema import alert_note, comment_note, sheet

_ROWS_AT_ONCE = 500
Key = tuple[Any, ...]


def merge_notes(
    connection: Connection, packed: Packed, ids: Mapping[str, int], unit: str, words: Words
) -> None:
    """Keep what is new of what people made of comments and did about alerts; as decisions."""
    _merge_comment_notes(connection, packed, ids, unit, words)
    _merge_alert_notes(connection, packed, ids, unit, words)


def _merge_comment_notes(
    connection: Connection, packed: Packed, ids: Mapping[str, int], unit: str, words: Words
) -> None:
    groups: defaultdict[int, list[Key]] = defaultdict(list)
    for note in packed.notes:
        if note.record_id in ids:
            row = (note.text, note.tags, int(note.personal), signed(unit, note.by), note.at)
            groups[ids[note.record_id]].append((*row, note.milliseconds))
    here: defaultdict[int, list[Key]] = defaultdict(list)
    for row in _rows(connection, comment_note, comment_note.c.sheet_id, list(groups)):
        here[row.sheet_id].append(
            (row.text, row.tags, row.personal, row.said_by, row.said_at, row.milliseconds)
        )
    names = ("text", "tags", "personal", "said_by", "said_at", "milliseconds")
    for sheet_id, group in groups.items():
        rows = _new_notes(group, here[sheet_id], words)
        if rows:
            values = [{"sheet_id": sheet_id, **dict(zip(names, r, strict=True))} for r in rows]
            connection.execute(insert(comment_note), values)


def _merge_alert_notes(
    connection: Connection, packed: Packed, ids: Mapping[str, int], unit: str, words: Words
) -> None:
    """An alert is named by its sheet's record id, which may be another one here."""
    about = {ids[note.record_id] for note in packed.alert_notes if note.record_id in ids}
    names_here = {
        row.sheet_id: row.record_id
        for row in _rows(connection, sheet, sheet.c.sheet_id, sorted(about))
    }
    groups: defaultdict[tuple[str, str], list[Key]] = defaultdict(list)
    for note in packed.alert_notes:
        if note.record_id in ids:
            row = (int(note.handled), note.note, signed(unit, note.by), note.at)
            groups[names_here[ids[note.record_id]], note.question].append(row)
    here: defaultdict[tuple[str, str], list[Key]] = defaultdict(list)
    for row in _rows(connection, alert_note, alert_note.c.record_id, list(names_here.values())):
        here[row.record_id, row.question].append((row.handled, row.note, row.said_by, row.said_at))
    names = ("handled", "note", "said_by", "said_at")
    for (record, question), group in groups.items():
        rows = _new_notes(group, here[record, question], words)
        if rows:
            which = {"record_id": record, "question": question}
            values = [which | dict(zip(names, each, strict=True)) for each in rows]
            connection.execute(insert(alert_note), values)


def _new_notes(group: Sequence[Key], here: Sequence[Key], words: Words) -> list[Key]:
    """The notes that are new, unless somebody wrote one here: then that one stands."""
    new, all_theirs = news(group, here, lambda row: row)
    if new and not all_theirs:
        words.left += 1
        return []
    words.new += len(new)
    return new


def _rows(connection: Connection, table: Any, column: Any, values: Sequence[Any]) -> Iterator[Any]:
    for first in range(0, len(values), _ROWS_AT_ONCE):
        some = values[first : first + _ROWS_AT_ONCE]
        yield from connection.execute(
            select(table).where(column.in_(some)).order_by(*table.primary_key)
        )
