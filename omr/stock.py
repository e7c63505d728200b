"""Stock control of numbered forms: what may happen to a form, and what it is then. Pure.

A form is followed from the printer to the box: printed, handed out to its unit, and then
back with answers, back blank, void, lost, or handed back unused. People say so in entries
that are only ever added; that a form came back is also known from its scan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What people say about forms (stable words, kept in the ledger)."""

    ISSUE = "issue"  # handed out to the unit
    RETURN_UNUSED = "return-unused"  # handed back as it was
    RETURN_BLANK = "return-blank"  # came back without any mark, and was counted by hand
    VOID = "void"  # spoilt or cancelled; its code is refused from then on
    LOST = "lost"
    UNDO = "undo"  # the last entry about the form was a mistake, or the form was found


class FormState(StrEnum):
    """Where a form is (stable words)."""

    PRINTED = "printed"  # in the store of the office that prints
    OUTSTANDING = "outstanding"  # with the unit, or with a citizen
    RETURNED_ANSWERED = "returned-answered"  # read from a scan
    RETURNED_BLANK = "returned-blank"
    VOID = "void"
    LOST = "lost"
    UNUSED_RETURNED = "unused-returned"  # in the store again


_LEADS_TO: Mapping[FormState, Mapping[Act, FormState]] = {
    FormState.PRINTED: {
        Act.ISSUE: FormState.OUTSTANDING,
        Act.VOID: FormState.VOID,
        Act.LOST: FormState.LOST,
    },
    FormState.OUTSTANDING: {
        Act.RETURN_UNUSED: FormState.UNUSED_RETURNED,
        Act.RETURN_BLANK: FormState.RETURNED_BLANK,
        Act.VOID: FormState.VOID,
        Act.LOST: FormState.LOST,
    },
    FormState.UNUSED_RETURNED: {
        Act.ISSUE: FormState.OUTSTANDING,
        Act.VOID: FormState.VOID,
        Act.LOST: FormState.LOST,
    },
}


@dataclass(frozen=True, slots=True)
class Event:
    """One entry, as it concerns one form."""

    entry_id: int
    act: Act
    period: str  # reporting month of its day, YYYY-MM


@dataclass(frozen=True, slots=True)
class Flow:
    """One form that goes from one stock to another, or out of both."""

    period: str
    act: Act
    count: int  # 1, or -1 where an earlier flow is taken back
    from_store: bool  # else from the unit


class ImpossibleAct(Exception):
    """A form in this state cannot go this way."""

    def __init__(self, state: FormState, act: Act) -> None:
        super().__init__(f"{state.value} cannot {act.value}")
        self.state = state
        self.act = act


@dataclass(frozen=True, slots=True)
class History:
    """What the entries about a form amount to."""

    state: FormState
    steps: tuple[tuple[FormState, Event], ...]  # the state before each entry that still stands
    flows: tuple[Flow, ...]


def follow(events: Sequence[Event]) -> History:
    """The history of a form about which *events* were said, the oldest first.

    Raises:
        ImpossibleAct: If an event cannot follow those before it.
    """
    state = FormState.PRINTED
    steps: list[tuple[FormState, Event]] = []
    flows: list[Flow] = []
    for event in events:
        if event.act is Act.UNDO:
            if not steps:
                raise ImpossibleAct(state, event.act)
            state, undone = steps.pop()
            flows.append(_flow(state, undone, max(event.period, undone.period), -1))
            continue
        steps.append((state, event))
        flows.append(_flow(state, event, event.period, 1))
        state = leads_to(state, event.act)
    return History(state, tuple(steps), tuple(flows))


def leads_to(state: FormState, act: Act) -> FormState:
    """The state after *act*, which is not an undo.

    Raises:
        ImpossibleAct: If a form in *state* cannot go this way.
    """
    after = _LEADS_TO.get(state, {}).get(act)
    if after is None:
        raise ImpossibleAct(state, act)
    return after


def _flow(before: FormState, event: Event, period: str, count: int) -> Flow:
    return Flow(period, event.act, count, from_store=before is not FormState.OUTSTANDING)
