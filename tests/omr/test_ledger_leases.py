from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from decision_desk import Desk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make_ledger import fresh_ledger

from omr.ledger import leases


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_ledger(tmp_path) as ledger:
        yield Desk(ledger)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_an_item_on_one_screen_is_not_given_to_another_person(desk: Desk) -> None:
    item = (desk.doubtful(), "q2")

    assert leases.take(desk.ledger, [item], "an") == {item}
    assert leases.take(desk.ledger, [item], "bình") == set()
    assert leases.take(desk.ledger, [item], "an") == {item}  # lengthened
    assert leases.others(desk.ledger, "bình") == {item}
    assert leases.others(desk.ledger, "an") == set()


def test_a_lease_ends_by_itself_and_can_be_given_back(desk: Desk) -> None:
    record, clock = desk.doubtful(), Clock()
    one, two = (record, "q2"), (record, "q3")
    leases.take(desk.ledger, [one, two], "an", 60, clock=clock)

    leases.give_back(desk.ledger, "an", [two])
    assert leases.take(desk.ledger, [one, two], "bình", 60, clock=clock) == {two}
    clock.now += 61
    assert leases.others(desk.ledger, "bình", clock=clock) == set()
    assert leases.take(desk.ledger, [one], "bình", 60, clock=clock) == {one}
    leases.give_back(desk.ledger, "bình")
    assert leases.take(desk.ledger, [one, two], "an", 60, clock=clock) == {one, two}


def test_a_sheet_that_is_not_there_cannot_be_leased(desk: Desk) -> None:
    assert leases.take(desk.ledger, [("nothing", "q1")], "an") == set()
    assert leases.take(desk.ledger, [], "an") == set()


def test_people_who_ask_at_the_same_moment_never_get_the_same_item(desk: Desk) -> None:
    items = [(desk.doubtful(number), "q2") for number in range(6)]
    people = [f"person {n}" for n in range(8)]

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda person: leases.take(desk.ledger, items, person), people))

    assert sorted(place for some in got for place in some) == sorted(items)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"), st.sampled_from(["q2", "q3"]), st.booleans(), st.integers(0, 40)
        ),
        max_size=25,
    )
)
def test_no_item_is_ever_two_peoples(desk: Desk, steps: list[tuple[str, str, bool, int]]) -> None:
    record, clock = desk.doubtful() if desk.page < 0 else desk.row(0).record_id, Clock()
    for person in "ab":
        leases.give_back(desk.ledger, person)
    model: dict[str, tuple[str, float]] = {}
    for person, about, takes, later in steps:
        clock.now += later
        if takes:
            holder = model.get(about)
            free = holder is None or holder[0] == person or holder[1] <= clock.now
            got = leases.take(desk.ledger, [(record, about)], person, 60, clock=clock)
            assert bool(got) == free
            if free:
                model[about] = (person, clock.now + 60)
        else:
            leases.give_back(desk.ledger, person, [(record, about)])
            if model.get(about, ("", 0.0))[0] == person:
                del model[about]


def test_a_clock_that_goes_back_keeps_nothing_from_anybody(desk: Desk) -> None:
    record, clock = desk.doubtful(), Clock()
    leases.take(desk.ledger, [(record, "q2")], "an", clock=clock)

    clock.now -= 3600

    assert leases.others(desk.ledger, "bình", clock=clock) == set()
    assert leases.take(desk.ledger, [(record, "q2")], "bình", clock=clock) == {(record, "q2")}
    assert leases.others(desk.ledger, "an", clock=clock) == {(record, "q2")}


def test_a_machine_whose_clock_is_a_little_behind_takes_nothing_away(desk: Desk) -> None:
    record, clock = desk.doubtful(), Clock()
    leases.take(desk.ledger, [(record, "q2")], "an", clock=clock)

    clock.now -= 5

    assert leases.take(desk.ledger, [(record, "q2")], "bình", clock=clock) == set()
    assert leases.others(desk.ledger, "bình", clock=clock) == {(record, "q2")}
