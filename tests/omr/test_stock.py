from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omr.stock import Act, Event, FormState, ImpossibleAct, follow, leads_to


def events(*acts: Act) -> list[Event]:
    return [Event(n, act, f"2026-{n:02d}") for n, act in enumerate(acts, start=1)]


def test_a_form_that_nothing_was_said_about_lies_in_the_store() -> None:
    assert follow([]).state is FormState.PRINTED


@pytest.mark.parametrize(
    ("acts", "state"),
    [
        ([Act.ISSUE], FormState.OUTSTANDING),
        ([Act.ISSUE, Act.RETURN_UNUSED], FormState.UNUSED_RETURNED),
        ([Act.ISSUE, Act.RETURN_UNUSED, Act.ISSUE], FormState.OUTSTANDING),
        ([Act.ISSUE, Act.RETURN_BLANK], FormState.RETURNED_BLANK),
        ([Act.ISSUE, Act.LOST, Act.UNDO], FormState.OUTSTANDING),
        ([Act.ISSUE, Act.UNDO], FormState.PRINTED),
        ([Act.VOID], FormState.VOID),
        ([Act.ISSUE, Act.VOID, Act.UNDO, Act.UNDO], FormState.PRINTED),
    ],
)
def test_entries_lead_a_form_from_state_to_state(acts: list[Act], state: FormState) -> None:
    assert follow(events(*acts)).state is state


@pytest.mark.parametrize(
    "acts",
    [
        [Act.RETURN_UNUSED],
        [Act.RETURN_BLANK],
        [Act.UNDO],
        [Act.ISSUE, Act.ISSUE],
        [Act.VOID, Act.ISSUE],
        [Act.ISSUE, Act.LOST, Act.VOID],
        [Act.ISSUE, Act.RETURN_BLANK, Act.LOST],
        [Act.ISSUE, Act.UNDO, Act.UNDO],
    ],
)
def test_a_form_cannot_go_a_way_that_paper_cannot_go(acts: list[Act]) -> None:
    with pytest.raises(ImpossibleAct):
        follow(events(*acts))


def test_a_flow_says_whether_the_form_left_the_store_or_the_unit() -> None:
    flows = follow(events(Act.ISSUE, Act.RETURN_UNUSED, Act.VOID)).flows
    assert [(flow.act, flow.from_store) for flow in flows] == [
        (Act.ISSUE, True),
        (Act.RETURN_UNUSED, False),
        (Act.VOID, True),
    ]


def test_taking_an_entry_back_is_a_flow_of_the_month_in_which_it_is_taken_back() -> None:
    flows = follow(events(Act.ISSUE, Act.LOST, Act.UNDO)).flows
    assert [(flow.act, flow.period, flow.count) for flow in flows] == [
        (Act.ISSUE, "2026-01", 1),
        (Act.LOST, "2026-02", 1),
        (Act.LOST, "2026-03", -1),
    ]


@given(st.lists(st.sampled_from(list(Act)), max_size=12))
def test_flows_add_up_to_where_the_form_is(acts: list[Act]) -> None:
    possible: list[Act] = []
    for act in acts:
        try:
            follow(events(*possible, act))
        except ImpossibleAct:
            continue
        possible.append(act)
    history = follow(events(*possible))
    with_unit = sum(
        flow.count * (1 if flow.act is Act.ISSUE else -1)
        for flow in history.flows
        if flow.act is Act.ISSUE or not flow.from_store
    )
    assert with_unit == (history.state is FormState.OUTSTANDING)


def test_void_lost_and_blank_forms_stay_so_unless_the_entry_is_taken_back() -> None:
    for state in (FormState.VOID, FormState.LOST, FormState.RETURNED_BLANK):
        for act in set(Act) - {Act.UNDO}:
            with pytest.raises(ImpossibleAct):
                leads_to(state, act)
