"""Choices of a unit's people between papers with one serial, merged with those made here.

A choice counts only where the first paper counts here as it did at the unit. If another office
read a paper with that serial before, none of the unit's papers has it here, and people choose
anew with all of them in view: otherwise two papers would be counted for one form.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from omr.ledger.choices import Choice, choices_of_serial, counting
from omr.ledger.issued import find_issued
from omr.ledger.merged_words import Words, news, signed
from omr.ledger.packed import Packed, PackedChoice
from omr.ledger.rows import holder_of
from omr.ledger.schema import paper_choice, sheet, unlinked
from omr.ledger.standing import Keeps
from omr.marks import DISPUTED, SheetStatus
from omr.stock import FormState


def merge_choices(
    connection: Connection, packed: Packed, ids: Mapping[str, int], unit: str, words: Words
) -> None:
    """Keep the choices that are new, within the transaction that merged the sheets.

    Args:
        connection: Of that transaction.
        packed: What the unit sent.
        ids: The sheets about which words may be kept, by record id.
        unit: That sent it.
        words: Told what became of them.
    """
    serials = {each.record_id: each.seen.serial for each in packed.sheets}
    groups: defaultdict[str, list[PackedChoice]] = defaultdict(list)
    for said in packed.choices:
        serial = serials.get(said.second)
        if serial is not None and said.first in ids and said.second in ids:
            groups[serial].append(said)
    for serial, group in groups.items():
        here = choices_of_serial(connection, serial)
        new, all_theirs = news(group, map(_key_here, here), lambda said: _key(unit, said, ids))
        if not all_theirs:
            words.left += bool(new)
            continue
        for said in new:
            if not _is_possible(connection, serial, said, ids):
                words.left += 1
                break  # what was chosen after it rests on it
            _keep(connection, said, ids, unit)
            words.new += 1


def _key(unit: str, said: PackedChoice, ids: Mapping[str, int]) -> tuple[Any, ...]:
    papers = (ids[said.first], ids[said.second])
    return (*papers, said.keeps, said.why, signed(unit, said.by), said.at, said.milliseconds)


def _key_here(said: Choice) -> tuple[Any, ...]:
    papers = (said.first_id, said.second_id)
    by = (said.decided_by, said.decided_at, said.milliseconds)
    return (*papers, said.keeps, said.why, *by)


def _is_possible(
    connection: Connection, serial: str, said: PackedChoice, ids: Mapping[str, int]
) -> bool:
    """Whether the two papers stand here as they stood where somebody chose."""
    first, second = ids[said.first], ids[said.second]
    if not _is_disputed(connection, second):
        return False
    holder = holder_of(connection, serial)
    choices = choices_of_serial(connection, serial)
    if holder is None or not _counts_or_was_set_against(first, second, holder.sheet_id, choices):
        return False
    if said.keeps in (Keeps.FIRST, Keeps.UNDONE):
        return True
    destroyed = select(unlinked.c.sheet_id).where(unlinked.c.sheet_id == first)
    if connection.execute(destroyed).first() is not None:  # its month can no longer change
        return False
    form = find_issued(connection, serial, lock=True)
    return form is not None and form.state is not FormState.VOID


def _counts_or_was_set_against(
    first: int, second: int, holder: int, choices: Sequence[Choice]
) -> bool:
    pairs = {(each.first_id, each.second_id) for each in choices}
    return first in counting(holder, choices) or (first, second) in pairs


def _is_disputed(connection: Connection, sheet_id: int) -> bool:
    row = connection.execute(
        select(sheet.c.status, sheet.c.reasons_json).where(sheet.c.sheet_id == sheet_id)
    ).one()
    second = row.status == SheetStatus.DUPLICATE.value
    return second and any(f'"{reason.value}"' in row.reasons_json for reason in DISPUTED)


def _keep(connection: Connection, said: PackedChoice, ids: Mapping[str, int], unit: str) -> None:
    connection.execute(
        insert(paper_choice).values(
            first_id=ids[said.first],
            second_id=ids[said.second],
            keeps=said.keeps.value,
            why=said.why,
            decided_by=signed(unit, said.by),
            decided_at=said.at,
            milliseconds=said.milliseconds,
        )
    )
