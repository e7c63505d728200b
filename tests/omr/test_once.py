from __future__ import annotations

from dataclasses import dataclass

from omr.once import once_each


@dataclass(frozen=True)
class Thing:
    name: str


def test_work_is_done_once_for_each_object_and_again_for_an_equal_one() -> None:
    done: list[str] = []

    @once_each
    def work(thing: Thing) -> str:
        done.append(thing.name)
        return thing.name.upper()

    first, twin = Thing("a"), Thing("a")

    assert [work(first), work(first), work(twin)] == ["A", "A", "A"]
    assert done == ["a", "a"]


def test_only_the_last_few_results_are_kept_and_none_is_mistaken_for_another() -> None:
    done: list[str] = []

    @once_each
    def work(thing: Thing) -> str:
        done.append(thing.name)
        return thing.name

    things = [Thing(str(n)) for n in range(100)]

    assert [work(thing) for thing in things] == [thing.name for thing in things]
    assert [work(thing) for thing in things[::-1]] == [thing.name for thing in things[::-1]]
    assert 100 < len(done) < 200
