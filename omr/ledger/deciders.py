"""Who decided how much, and how long people take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import Connection, case, func, literal, select

from omr.ledger import Ledger
from omr.ledger.schema import decision, paper_choice, second_reading, sheet, source
from omr.ledger.standing import IDENTITY, WHOLE, Keeps, Verdict


@dataclass(frozen=True, slots=True)
class Pace:
    """How long people take."""

    decisions: int
    median_ms: float | None  # None: nobody decided anything with the clock running


def decided_by(ledger: Ledger, batch_id: int | None = None) -> dict[str, int]:
    """How many decisions each person made, undone ones too; most first."""
    with ledger.read() as connection:
        found = made_in(connection, None if batch_id is None else [batch_id])
    total: Counter[str] = Counter()
    for people in found.values():
        total.update(people)
    return dict(total.most_common())


def pace(ledger: Ledger) -> dict[str, Pace]:
    """How long people take for each kind of decision, and for all of them.

    Returns:
        By ``all``, ``identity``, ``whole``, ``answer``, ``paper`` and ``second``.
    """
    kind = case(
        (decision.c.question == IDENTITY, "identity"),
        (decision.c.question == WHOLE, "whole"),
        else_="answer",
    )
    queries = (
        select(kind.label("kind"), decision.c.milliseconds).where(
            decision.c.verdict != Verdict.UNDONE.value
        ),
        select(literal("paper").label("kind"), paper_choice.c.milliseconds).where(
            paper_choice.c.keeps != Keeps.UNDONE.value
        ),
        select(literal("second").label("kind"), second_reading.c.milliseconds),
    )
    took: dict[str, list[int]] = {
        name: [] for name in ("all", "identity", "whole", "answer", "paper", "second")
    }
    with ledger.read() as connection:
        for query in queries:
            for row in connection.execute(query):
                took[row.kind].append(row.milliseconds)
                took["all"].append(row.milliseconds)
    return {name: _pace(every) for name, every in took.items()}


def _pace(every: Sequence[int]) -> Pace:
    timed = [each for each in every if each > 0]  # without the script no time is told
    return Pace(len(every), median(timed) if timed else None)


def made_in(connection: Connection, ids: Collection[int] | None) -> dict[int, Counter[str]]:
    """Decisions and choices by batch and person; of every batch where *ids* is None."""
    tables: Iterable[tuple[Any, Any, Any]] = (
        (decision.c.sheet_id, decision.c.decided_by, decision.c.verdict != Verdict.UNDONE.value),
        (
            paper_choice.c.second_id,
            paper_choice.c.decided_by,
            paper_choice.c.keeps != Keeps.UNDONE.value,
        ),
    )
    found: dict[int, Counter[str]] = {}
    for about, who, is_said in tables:
        query = (
            select(source.c.batch_id, who.label("who"), func.count().label("said"))
            .join(sheet, sheet.c.sheet_id == about)
            .join(source, source.c.source_id == sheet.c.source_id)
            .where(is_said)
            .group_by(source.c.batch_id, who)
        )
        if ids is not None:
            query = query.where(source.c.batch_id.in_(ids))
        for row in connection.execute(query):
            found.setdefault(row.batch_id, Counter())[row.who] += row.said
    return found
