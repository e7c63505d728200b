from __future__ import annotations

from itertools import count

from scans.review.sessions import IDLE_S, LONGEST_S, Sessions


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def made(clock: Clock) -> Sessions:
    numbers = count(1)
    return Sessions(clock, lambda: f"secret-{next(numbers)}")


def test_the_secret_finds_the_session_and_nothing_else_does() -> None:
    sessions = made(Clock())
    secret = sessions.begin("Lan")

    found = sessions.find(secret)
    assert found is not None
    assert found.person == "Lan"
    for other in ("", "secret-2", secret + "x", found.session_id, "\ud800"):
        assert sessions.find(other) is None


def test_the_name_of_a_session_does_not_tell_its_secret() -> None:
    sessions = made(Clock())
    one, two = sessions.begin("Lan"), sessions.begin("Lan")
    first, second = sessions.find(one), sessions.find(two)

    assert first is not None
    assert second is not None
    assert first.session_id != second.session_id
    assert one not in first.session_id


def test_a_session_ends_when_it_lies_idle() -> None:
    clock = Clock()
    sessions = made(clock)
    secret = sessions.begin("Lan")
    clock.now += IDLE_S - 1
    assert sessions.find(secret) is not None
    clock.now += IDLE_S - 1
    assert sessions.find(secret) is not None  # it was used in between
    clock.now += IDLE_S

    assert sessions.find(secret) is None
    clock.now -= IDLE_S
    assert sessions.find(secret) is None  # for good


def test_what_a_page_asks_by_itself_does_not_keep_a_session_alive() -> None:
    clock = Clock()
    sessions = made(clock)
    secret = sessions.begin("Lan")
    for _minute in range(int(IDLE_S / 60) - 1):
        clock.now += 60
        assert sessions.find(secret, in_use=False) is not None
    clock.now += 60

    assert sessions.find(secret, in_use=False) is None


def test_a_session_ends_after_a_day_of_work_however_busy() -> None:
    clock = Clock()
    sessions = made(clock)
    secret = sessions.begin("Lan")
    for _quarter in range(int(LONGEST_S / 900) - 1):
        clock.now += 900
        assert sessions.find(secret) is not None
    clock.now += 900

    assert sessions.find(secret) is None


def test_signing_out_ends_that_session_alone() -> None:
    sessions = made(Clock())
    office, home, other = sessions.begin("Lan"), sessions.begin("Lan"), sessions.begin("Minh")

    ended = sessions.end(office)
    assert ended is not None
    assert ended.person == "Lan"
    assert sessions.find(office) is None
    assert sessions.find(home) is not None
    assert sessions.find(other) is not None
    assert sessions.of("Lan") == 1
    assert sessions.end(office) is None


def test_a_person_can_be_signed_out_everywhere() -> None:
    sessions = made(Clock())
    secrets = [sessions.begin("Lan"), sessions.begin("Lan")]
    other = sessions.begin("Minh")

    sessions.end_all("Lan")

    assert [sessions.find(secret) for secret in secrets] == [None, None]
    assert sessions.find(other) is not None


def test_sessions_are_bounded_and_the_longest_unused_goes_first() -> None:
    clock = Clock()
    sessions = made(clock)
    first = sessions.begin("Lan")
    second = sessions.begin("Lan")
    clock.now += 1
    assert sessions.find(first) is not None
    for _browser in range(499):
        clock.now += 0.001
        sessions.begin("Minh")

    assert sessions.find(second) is None
    assert sessions.find(first) is not None
