"""How a sheet stands once people have decided: derived each time, kept nowhere.

The machine's reading is never changed. Decisions are rows beside it, the newest of which
wins, so any decision can be taken back by adding another row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from omr.ledger.schema import decision, identified, identified_place, second_reading
from omr.ledger.sheets import SheetReading
from omr.marks import ASKED_WHOLE, DISPUTED, Answer, Answers, AnswerState, Reason, SheetStatus

# What a decision can be about, besides a question's id. Ids never look like these.
IDENTITY = ""  # which form the sheet is
WHOLE = "*"  # whether everything that was read on the sheet can stand
PAPER = "="  # which of two papers with one serial counts

_ROWS_AT_ONCE = 500  # ids in one statement; SQLite allows 32,766


class Verdict(StrEnum):
    """What a person can say (stable words, kept in the ledger)."""

    # about an answer
    ANSWERED = "answered"
    BLANK = "blank"
    INVALID = "invalid"
    # about the sheet's identity
    IDENTIFIED = "identified"
    NOT_A_FORM = "not-a-form"
    SCAN_AGAIN = "scan-again"
    SEEN_BEFORE = "seen-before"  # the same paper was read already
    # about the whole sheet
    CONFIRMED = "confirmed"
    DOUBTED = "doubted"  # every answer on it is to be decided
    # about any of them: as if nothing had been said
    UNDONE = "undone"


ABOUT_ANSWER = frozenset({Verdict.ANSWERED, Verdict.BLANK, Verdict.INVALID})
_ENDS = {
    Verdict.NOT_A_FORM: SheetStatus.BLANK,
    Verdict.SCAN_AGAIN: SheetStatus.REFUSED,
    Verdict.SEEN_BEFORE: SheetStatus.DUPLICATE,
}
ABOUT_IDENTITY = frozenset({Verdict.IDENTIFIED, *_ENDS})
# About a whole sheet, "invalid" means that it does not count.
ABOUT_WHOLE = frozenset({Verdict.CONFIRMED, Verdict.DOUBTED, Verdict.INVALID})


class Keeps(StrEnum):
    """Which of two papers with one serial count (stable words, kept in the ledger)."""

    FIRST = "first"
    SECOND = "second"
    BOTH = "both"
    NEITHER = "neither"
    UNDONE = "undone"  # as if nothing had been said


@dataclass(frozen=True, slots=True)
class Role:
    """What was decided about a sheet as one of two papers with the same serial."""

    as_second: Keeps | None = None  # None: nothing
    as_first: Keeps | None = None  # SECOND or NEITHER, if it does not count because of that


NO_ROLE = Role()


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What another person said who did not see the decision."""

    verdict: Verdict
    options: tuple[str, ...]
    decided_by: str
    decided_at: str  # ISO 8601, UTC


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that a person said."""

    decision_id: int
    question: str  # or IDENTITY, or WHOLE
    verdict: Verdict
    options: tuple[str, ...]
    decided_by: str
    decided_at: str  # ISO 8601, UTC
    milliseconds: int  # how long it was on the screen
    second: SecondReading | None = None  # a blind one, if there was one

    @property
    def is_disputed(self) -> bool:
        """Whether a blind second reading says something else."""
        return self.second is not None and (
            self.second.verdict is not self.verdict or set(self.second.options) != set(self.options)
        )


@dataclass(frozen=True, slots=True)
class Remeasured:
    """What the machine saw on a sheet once a person had said which form it is."""

    serial: str  # empty: nobody can read it, but unit and domain are known
    unit: str
    domain: str
    layout_id: str
    reasons: tuple[Reason, ...]
    answers: Answers
    measurements: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """A sheet with people's decisions applied."""

    reading: SheetReading
    asked: tuple[str, ...]  # what people are asked about: IDENTITY, WHOLE, question ids
    open: tuple[str, ...]  # that of it which still waits
    seen_answers: Answers  # what the machine saw, as the form that the sheet is now
    displaced: bool = False  # another paper with its serial counts instead, or neither does


def stand(
    seen: SheetReading,
    decisions: Sequence[Decision],
    remeasured: Mapping[int, Remeasured],
    role: Role = NO_ROLE,
) -> Standing:
    """How *seen* stands.

    Args:
        seen: What the machine saw.
        decisions: Everything that people said about the sheet, the oldest first.
        remeasured: What was measured again after a typed serial, by decision id.
        role: What was decided about it as one of two papers with the same serial.
    """
    standing = _by_itself(seen, decisions, remeasured, role.as_second)
    if role.as_first is None:
        return standing
    ended = SheetStatus.REFUSED if role.as_first is Keeps.NEITHER else SheetStatus.DUPLICATE
    reading = replace(standing.reading, status=ended)
    return replace(standing, reading=reading, open=(), displaced=True)


def _by_itself(
    seen: SheetReading,
    decisions: Sequence[Decision],
    remeasured: Mapping[int, Remeasured],
    kept: Keeps | None,
) -> Standing:
    if seen.status is SheetStatus.DUPLICATE and DISPUTED.intersection(seen.reasons):
        return _second_paper(seen, decisions, kept)
    if seen.status is not SheetStatus.REVIEW:
        return Standing(seen, (), (), seen.answers)
    if seen.serial is not None:
        return _settled(seen, decisions, since=0, by_hand=False)
    said = current(decisions, IDENTITY)
    if said is None:
        return Standing(seen, (IDENTITY,), (IDENTITY,), seen.answers)
    if said.verdict in _ENDS:
        ended = replace(seen, status=_ENDS[said.verdict])
        return Standing(ended, (IDENTITY,), (), seen.answers)
    base = _as(seen, remeasured[said.decision_id])
    return _settled(base, decisions, since=said.decision_id, by_hand=True)


def _second_paper(
    seen: SheetReading, decisions: Sequence[Decision], kept: Keeps | None
) -> Standing:
    """A sheet whose serial another paper, perhaps, holds already."""
    if kept not in (Keeps.SECOND, Keeps.BOTH):
        refused = replace(seen, status=SheetStatus.REFUSED)
        reading = refused if kept is Keeps.NEITHER else seen
        return Standing(reading, (PAPER,), (PAPER,) if kept is None else (), seen.answers)
    counted = replace(seen, status=SheetStatus.COUNTED)
    # That the paper counts is decided: only its doubtful answers are asked about.
    standing = _settled(counted, decisions, since=0, by_hand=True)
    return replace(standing, asked=(PAPER, *(q for q in standing.asked if q != IDENTITY)))


def current(decisions: Sequence[Decision], question: str, since: int = 0) -> Decision | None:
    """What is said about *question* now; only what was said after decision *since* counts."""
    for said in reversed(decisions):
        if said.question == question and said.decision_id > since:
            return None if said.verdict is Verdict.UNDONE else said
    return None


def _as(seen: SheetReading, found: Remeasured) -> SheetReading:
    """The sheet as the form that a person says it is."""
    return replace(
        seen,
        serial=found.serial or None,
        unit=found.unit,
        domain=found.domain,
        layout_id=found.layout_id,
        answers=found.answers,
        measurements=found.measurements,
        reasons=tuple(dict.fromkeys((*seen.reasons, Reason.MANUAL_IDENTITY, *found.reasons))),
    )


def _settled(
    base: SheetReading, decisions: Sequence[Decision], since: int, *, by_hand: bool
) -> Standing:
    # The whole sheet was compared as the form that it then was; an answer was read on the paper.
    whole = current(decisions, WHOLE, since)
    doubted = whole is not None and whole.verdict is Verdict.DOUBTED
    doubtful = [
        question
        for question, answer in base.answers.items()
        if doubted or answer.state is AnswerState.DOUBTFUL
    ]
    # Nobody would ever see a sheet that waits without a doubtful answer, so it is asked whole.
    asks_whole = bool(ASKED_WHOLE.intersection(base.reasons)) or not (doubtful or by_hand)
    asked = [IDENTITY] * by_hand + [WHOLE] * asks_whole + doubtful
    if whole is not None and whole.verdict is Verdict.INVALID:
        refused = replace(base, status=SheetStatus.REFUSED)
        return Standing(refused, tuple(asked), (), base.answers)
    waiting = [WHOLE] if asks_whole and whole is None else []
    answers = dict(base.answers)
    for question in doubtful:
        said = current(decisions, question)
        machine = answers[question]
        if said is None:
            answers[question] = replace(machine, state=AnswerState.DOUBTFUL)
            waiting.append(question)
        elif said.is_disputed:
            answers[question] = _disputed(machine, said)
            waiting.append(question)
        else:
            answers[question] = Answer(
                AnswerState(said.verdict.value), said.options, machine.reasons
            )
    status = SheetStatus.REVIEW if waiting else SheetStatus.COUNTED
    reading = replace(base, status=status, answers=answers)
    return Standing(reading, tuple(asked), tuple(waiting), base.answers)


def _disputed(machine: Answer, said: Decision) -> Answer:
    """An answer that two people read differently: a third decision is needed."""
    second = said.second.options if said.second is not None else ()
    options = tuple(dict.fromkeys((*said.options, *second)))
    return Answer(AnswerState.DOUBTFUL, options, (*machine.reasons, Reason.DISAGREEMENT))


def decisions_by_sheet(
    connection: Connection, sheet_ids: Iterable[int]
) -> dict[int, list[Decision]]:
    """What people said about each sheet, the oldest first."""
    found: dict[int, list[Decision]] = {}
    for some in _portions(sheet_ids):
        query = (
            select(
                decision,
                second_reading.c.verdict.label("second_verdict"),
                second_reading.c.options.label("second_options"),
                second_reading.c.decided_by.label("second_by"),
                second_reading.c.decided_at.label("second_at"),
            )
            .outerjoin(second_reading, second_reading.c.decision_id == decision.c.decision_id)
            .where(decision.c.sheet_id.in_(some))
            .order_by(decision.c.decision_id)
        )
        for row in connection.execute(query):
            found.setdefault(row.sheet_id, []).append(_decision(row))
    return found


def _decision(row: Row[Any]) -> Decision:
    second = None
    if row.second_verdict is not None:
        second = SecondReading(
            Verdict(row.second_verdict), _split(row.second_options), row.second_by, row.second_at
        )
    return Decision(
        decision_id=row.decision_id,
        question=row.question,
        verdict=Verdict(row.verdict),
        options=_split(row.options),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        milliseconds=row.milliseconds,
        second=second,
    )


def remeasured_by_decision(
    connection: Connection, decision_ids: Iterable[int]
) -> dict[int, Remeasured]:
    """What was measured again after a person named the form, by the decision's id."""
    found: dict[int, Remeasured] = {}
    for some in _portions(decision_ids):
        for table in (identified, identified_place):
            for row in connection.execute(select(table).where(table.c.decision_id.in_(some))):
                found[row.decision_id] = Remeasured(
                    serial=row.serial if table is identified else "",
                    unit=row.unit,
                    domain=row.domain,
                    layout_id=row.layout_id,
                    reasons=_reasons(row.reasons),
                    answers=answers_from_json(row.answers_json),
                    measurements=row.measurements,
                )
    return found


def answers_to_json(answers: Answers) -> str:
    """Answers as one text."""
    return json.dumps(
        {
            question: [said.state.value, list(said.options), [r.value for r in said.reasons]]
            for question, said in answers.items()
        }
    )


def answers_from_json(text: str) -> dict[str, Answer]:
    """The answers that :func:`answers_to_json` wrote."""
    return {
        question: Answer(AnswerState(state), tuple(options), tuple(map(Reason, reasons)))
        for question, (state, options, reasons) in json.loads(text).items()
    }


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()


def _reasons(text: str) -> tuple[Reason, ...]:
    return tuple(map(Reason, _split(text)))


def _portions(ids: Iterable[int]) -> Iterable[list[int]]:
    every = list(ids)
    return (every[n : n + _ROWS_AT_ONCE] for n in range(0, len(every), _ROWS_AT_ONCE))
