"""Decisions of a unit's people, merged with what was decided here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert

from omr.ledger.issued import find_issued
from omr.ledger.merged_words import Words, news, signed
from omr.ledger.packed import Packed, PackedDecision
from omr.ledger.rows import holder_of
from omr.ledger.schema import decision, identified, identified_place, second_reading
from omr.ledger.standing import (
    IDENTITY,
    WHOLE,
    Decision,
    Verdict,
    answers_to_json,
    current,
    decisions_by_sheet,
)
from omr.stock import FormState

Key = tuple[Any, ...]


def _key(unit: str, said: PackedDecision) -> Key:
    by = signed(unit, said.by)
    return (said.verdict, said.options, by, said.at, said.milliseconds)


def _key_here(said: Decision) -> Key:
    return (said.verdict, said.options, said.decided_by, said.decided_at, said.milliseconds)


def merge_decisions(
    connection: Connection, packed: Packed, ids: Mapping[str, int], unit: str, words: Words
) -> None:
    """Keep the decisions that are new, within the transaction that merged the sheets.

    Args:
        connection: Of that transaction.
        packed: What the unit sent.
        ids: The sheets about which words may be kept, by record id.
        unit: That sent it.
        words: Told what became of them.
    """
    theirs = [said for said in packed.decisions if said.record_id in ids]
    groups: defaultdict[tuple[str, str], list[PackedDecision]] = defaultdict(list)
    for said in theirs:
        groups[said.record_id, said.question].append(said)
    here = decisions_by_sheet(connection, {ids[record] for record, _question in groups})
    added: list[PackedDecision] = []
    for (record, question), group in groups.items():
        said_here = here.get(ids[record], [])
        about = [each for each in said_here if each.question == question]
        new, all_theirs = news(group, map(_key_here, about), lambda said: _key(unit, said))
        new = [said for said in new if not _is_second_here(said, about, unit)]
        if not new:
            continue
        if question == IDENTITY and _is_taken(connection, group[-1], ids[record]):
            words.held += 1
        elif all_theirs or current(said_here, question) is None:
            added += new
        else:
            _contradict(connection, current(said_here, question), group[-1], unit, words)
    for said in sorted(added, key=lambda each: each.number):
        _keep(connection, said, ids[said.record_id], unit)
    words.new += len(added)
    words.new += _add_seconds(connection, theirs, ids, unit)


def _is_second_here(said: PackedDecision, about: Sequence[Decision], unit: str) -> bool:
    """Whether these words are kept already, beside what they contradicted."""
    return any(
        each.second is not None
        and (each.second.verdict, each.second.decided_at) == (said.verdict, said.at)
        and (each.second.options, each.second.decided_by) == (said.options, signed(unit, said.by))
        for each in about
    )


def _contradict(
    connection: Connection,
    stands: Decision | None,
    theirs: PackedDecision,
    unit: str,
    words: Words,
) -> None:
    """Keep what a unit says now beside what stands here, if they differ."""
    if stands is None or theirs.verdict is Verdict.UNDONE:
        return
    if (stands.verdict, set(stands.options)) == (theirs.verdict, set(theirs.options)):
        return
    if stands.second is not None or theirs.question in (IDENTITY, WHOLE):
        words.left += 1
        return
    connection.execute(
        insert(second_reading).values(
            decision_id=stands.decision_id,
            verdict=theirs.verdict.value,
            options="|".join(theirs.options),
            decided_by=signed(unit, theirs.by),
            decided_at=theirs.at,
            milliseconds=theirs.milliseconds,
        )
    )
    words.new += 1
    words.disputed += 1


def _is_taken(connection: Connection, said: PackedDecision, sheet_id: int) -> bool:
    """Whether a form that a person named cannot be that sheet's by what is known here."""
    if said.named is None or not said.named.serial:
        return False
    holder = holder_of(connection, said.named.serial)
    if holder is not None and holder.sheet_id != sheet_id:
        return True
    form = find_issued(connection, said.named.serial, lock=True)
    return form is None or form.state is FormState.VOID


def _keep(connection: Connection, said: PackedDecision, sheet_id: int, unit: str) -> None:
    decision_id = connection.execute(
        insert(decision)
        .values(
            sheet_id=sheet_id,
            question=said.question,
            verdict=said.verdict.value,
            options="|".join(said.options),
            decided_by=signed(unit, said.by),
            decided_at=said.at,
            milliseconds=said.milliseconds,
        )
        .returning(decision.c.decision_id)
    ).scalar_one()
    if said.named is None:
        return
    reasons: list[str] = [reason.value for reason in said.named.reasons]
    values: dict[str, Any] = {
        "decision_id": decision_id,
        "unit": said.named.unit,
        "domain": said.named.domain,
        "layout_id": said.named.layout_id,
        "answers_json": answers_to_json(said.named.answers),
        "measurements": said.named.measurements,
    }
    if not said.named.serial:
        connection.execute(insert(identified_place).values(**values, reasons="|".join(reasons)))
        return
    form = find_issued(connection, said.named.serial)
    against = form.against_the_books if form else None
    every = "|".join(dict.fromkeys([*reasons, *([against.value] if against else [])]))
    values |= {"serial": said.named.serial, "reasons": every}
    connection.execute(insert(identified).values(**values))


def _add_seconds(
    connection: Connection, theirs: Sequence[PackedDecision], ids: Mapping[str, int], unit: str
) -> int:
    """Keep blind second readings of decisions that are here and have none."""
    read_twice = [said for said in theirs if said.second is not None]
    here = decisions_by_sheet(connection, {ids[said.record_id] for said in read_twice})
    new = 0
    for said in read_twice:
        about = here.get(ids[said.record_id], [])
        decided = [
            each
            for each in about
            if each.question == said.question and _key_here(each) == _key(unit, said)
        ]
        if not decided or any(each.second is not None for each in decided) or said.second is None:
            continue
        connection.execute(
            insert(second_reading).values(
                decision_id=decided[-1].decision_id,
                verdict=said.second.verdict.value,
                options="|".join(said.second.options),
                decided_by=signed(unit, said.second.by),
                decided_at=said.second.at,
                milliseconds=said.second.milliseconds,
            )
        )
        new += 1
    return new
