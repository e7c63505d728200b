from __future__ import annotations

from scans.review.slowdown import Slowdown


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_few_mistakes_cost_nothing() -> None:
    slow = Slowdown(Clock(), free=3, longest=60)
    for _mistake in range(2):
        slow.wrong("Lan")

    assert slow.wait("Lan") == 0


def test_the_wait_doubles_up_to_its_bound_and_shuts_nobody_out() -> None:
    clock = Clock()
    slow = Slowdown(clock, free=3, longest=60)
    waits = []
    for _mistake in range(60):
        slow.wrong("Lan")
        waits.append(slow.wait("Lan"))
        clock.now += waits[-1]
        assert slow.wait("Lan") == 0

    assert waits[:9] == [0, 0, 2, 4, 8, 16, 32, 60, 60]
    assert max(waits) == 60


def test_a_thousand_mistakes_are_counted_without_overflow() -> None:
    slow = Slowdown(Clock(), free=1, longest=300)
    for _mistake in range(3000):
        slow.wrong("Lan")

    assert slow.wait("Lan") == 300


def test_one_persons_mistakes_are_not_anothers() -> None:
    slow = Slowdown(Clock(), free=1, longest=60)
    slow.wrong("Lan")

    assert slow.wait("Lan") == 2
    assert slow.wait("Minh") == 0


def test_the_right_password_or_half_an_hour_begins_the_count_anew() -> None:
    clock = Clock()
    slow = Slowdown(clock, free=2, longest=60)
    for key in ("Lan", "Minh"):
        slow.wrong(key)
        slow.wrong(key)
    slow.right("Lan")
    assert slow.wait("Lan") == 0
    assert slow.wait("Minh") == 2
    clock.now += 1800
    slow.wrong("Minh")

    assert slow.wait("Minh") == 0


def test_what_is_remembered_is_bounded() -> None:
    slow = Slowdown(Clock(), free=1, longest=60)
    for number in range(5000):
        slow.wrong(str(number))

    assert len(slow._wrong) == 2000
    assert slow.wait("4999") == 2
    assert slow.wait("0") == 0
