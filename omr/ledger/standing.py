"""How a sheet stands once people have decided: derived each time, kept nowhere.

The machine's reading is never changed. Decisions are rows beside it, the newest of which
wins, so any decision can be taken back by adding another row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import Connection, select

from omr.ledger.schema import decision, identified
from omr.ledger.sheets import SheetReading
from omr.marks import ASKED_WHOLE, Answer, Answers, AnswerState, Reason, SheetStatus

# What a decision can be about, besides a question's id. Ids never look like these.
IDENTITY = ""  # which form the sheet is
WHOLE = "*"  # whether everything that was read on the sheet can stand

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


@dataclass(frozen=True, slots=True)
class Remeasured:
    """What the machine saw on a sheet once a person had said which form it is."""

    serial: str
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


def stand(
    seen: SheetReading,
    decisions: Sequence[Decision],
    remeasured: Mapping[int, Remeasured],
) -> Standing:
    """How *seen* stands.

    Args:
        seen: What the machine saw.
        decisions: Everything that people said about the sheet, the oldest first.
        remeasured: What was measured again after a typed serial, by decision id.
    """
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
        serial=found.serial,
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
        said = current(decisions, question, since)
        machine = answers[question]
        if said is None:
            answers[question] = replace(machine, state=AnswerState.DOUBTFUL)
            waiting.append(question)
        else:
            answers[question] = Answer(
                AnswerState(said.verdict.value), said.options, machine.reasons
            )
    status = SheetStatus.REVIEW if waiting else SheetStatus.COUNTED
    reading = replace(base, status=status, answers=answers)
    return Standing(reading, tuple(asked), tuple(waiting), base.answers)


def decisions_by_sheet(
    connection: Connection, sheet_ids: Iterable[int]
) -> dict[int, list[Decision]]:
    """What people said about each sheet, the oldest first."""
    found: dict[int, list[Decision]] = {}
    for some in _portions(sheet_ids):
        query = (
            select(decision).where(decision.c.sheet_id.in_(some)).order_by(decision.c.decision_id)
        )
        for row in connection.execute(query):
            found.setdefault(row.sheet_id, []).append(
                Decision(
                    decision_id=row.decision_id,
                    question=row.question,
                    verdict=Verdict(row.verdict),
                    options=tuple(row.options.split("|")) if row.options else (),
                    decided_by=row.decided_by,
                    decided_at=row.decided_at,
                    milliseconds=row.milliseconds,
                )
            )
    return found


def remeasured_by_decision(
    connection: Connection, decision_ids: Iterable[int]
) -> dict[int, Remeasured]:
    """What was measured again after typed serials, by the decision's id."""
    found: dict[int, Remeasured] = {}
    for some in _portions(decision_ids):
        query = select(identified).where(identified.c.decision_id.in_(some))
        for row in connection.execute(query):
            found[row.decision_id] = Remeasured(
                serial=row.serial,
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


def _reasons(text: str) -> tuple[Reason, ...]:
    return tuple(Reason(word) for word in text.split("|")) if text else ()


def _portions(ids: Iterable[int]) -> Iterable[list[int]]:
    every = list(ids)
    return (every[n : n + _ROWS_AT_ONCE] for n in range(0, len(every), _ROWS_AT_ONCE))
