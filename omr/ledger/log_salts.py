"""The salts of rows on their way into the log, looked up a few statements at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, select

from omr.ledger.digests import Kind
from omr.ledger.schema import decision, sheet

_ROWS_AT_ONCE = 500  # values in one statement


class Salts:
    """Salts for the rows that one transaction added.

    Args:
        connection: To the ledger, in that transaction.
        added: Rows by table.
    """

    def __init__(
        self, connection: Connection, added: Mapping[str, Sequence[Mapping[str, Any]]]
    ) -> None:
        self._connection = connection
        sheets = added.get("sheet", ())
        self._by_sheet = {row["sheet_id"]: row["salt"] for row in sheets}
        self._by_record = {row["record_id"]: row["salt"] for row in sheets}
        self._sheets = {row["decision_id"]: row["sheet_id"] for row in added.get("decision", ())}
        about_decisions = _values(
            added, ("second_reading", "identified", "identified_place"), "decision_id"
        )
        about_decisions -= self._sheets.keys()
        self._look_up(self._sheets, decision.c.decision_id, decision.c.sheet_id, about_decisions)
        about_sheets = _values(
            added, ("answer", "picture_part", "decision", "comment_note"), "sheet_id"
        )
        about_sheets |= {
            self._sheets[number] for number in about_decisions if number in self._sheets
        }
        self._look_up(
            self._by_sheet, sheet.c.sheet_id, sheet.c.salt, about_sheets - self._by_sheet.keys()
        )
        records = _values(added, ("alert_note",), "record_id") - self._by_record.keys()
        self._look_up(self._by_record, sheet.c.record_id, sheet.c.salt, records)

    def of(self, kind: Kind, row: Mapping[str, Any]) -> bytes | None:
        """The salt of *row*; None if it has none, or its month was unlinked before."""
        match kind.salt_by:
            case "salt":
                salt = row["salt"]
            case "sheet_id":
                salt = self._by_sheet.get(row["sheet_id"])
            case "decision_id":
                salt = self._by_sheet.get(self._sheets.get(row["decision_id"]))
            case "record_id":
                salt = self._by_record.get(row["record_id"])
            case _:
                salt = None
        return None if salt is None else bytes(salt)

    def _look_up(
        self, found: dict[Any, Any], key: Column[Any], value: Column[Any], wanted: set[Any]
    ) -> None:
        every = sorted(wanted)
        for first in range(0, len(every), _ROWS_AT_ONCE):
            query = select(key, value).where(key.in_(every[first : first + _ROWS_AT_ONCE]))
            found.update({row[0]: row[1] for row in self._connection.execute(query)})


def _values(
    added: Mapping[str, Sequence[Mapping[str, Any]]], tables: Iterable[str], column: str
) -> set[Any]:
    return {row[column] for name in tables for row in added.get(name, ())}
