"""Commands killed at their steps and at random moments, in short: ``benchmarks/crash_kills.py``."""

from __future__ import annotations

import gc
import os
import random
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from benchmark_parts import benchmark_parts

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked")
SHORT = ("print", "read", "return", "rotate", "backup", "pack")


@pytest.fixture(scope="module")
def crash() -> Iterator[SimpleNamespace]:
    names = {
        "office": "crash_office",
        "works": "crash_works",
        "trials": "crash_trials",
        "memo": "crash_memo",
    }
    with benchmark_parts(names) as parts:
        yield SimpleNamespace(**parts)


@pytest.fixture(scope="module")
def trials(crash: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("crash")
    copies = folder / "copies"
    copies.mkdir()
    made = crash.trials.Trials(crash.office.Office(folder / "made"), copies)
    with crash.memo.one_command_line():
        made.warm_up(crash.works.everything(SHORT, made.office))
        yield made
    gc.unfreeze()


def _work(crash: SimpleNamespace, trials: Any, name: str) -> Any:
    return crash.works.everything([name], trials.office)[0]


@pytest.mark.parametrize("name", SHORT)
def test_a_command_killed_at_any_step_loses_nothing_and_finishes_when_run_again(
    crash: SimpleNamespace, trials: Any, name: str
) -> None:
    work = _work(crash, trials, name)
    steps = trials.steps(work)
    chance = random.Random(20)
    some = chance.sample(sorted(steps), 3)

    results = [trials.killed_at(work, step, chance.randint(1, steps[step])) for step in some]

    assert len(steps) > 5
    assert [result.wrong for result in results] == [()] * len(some)
    assert all(result.ended.was_killed for result in results)


@pytest.mark.parametrize("name", ["print", "read"])
def test_a_command_that_meets_a_full_disk_says_what_to_do_and_finishes_later(
    crash: SimpleNamespace, trials: Any, name: str
) -> None:
    work = _work(crash, trials, name)
    steps = crash.trials.room_steps(trials.steps(work))
    chance = random.Random(20)

    for step in chance.sample(sorted(steps), 2):
        result = trials.refused_at(work, step, chance.randint(1, steps[step]))
        assert result.wrong == (), step


def test_reading_killed_at_random_moments_comes_to_what_it_would_have_come_to(
    crash: SimpleNamespace, trials: Any
) -> None:
    work, progress = _work(crash, trials, "read"), crash.trials.Progress()
    usual = trials.seconds(work, progress)
    results = [trials.killed_after(work, usual * share, progress) for share in (0.2, 0.5, 0.8)]

    killed = [result for result in results if result is not None]

    assert killed
    assert [result.wrong for result in killed] == [()] * len(killed)


def test_what_is_lost_is_noticed(crash: SimpleNamespace, trials: Any, tmp_path: Path) -> None:
    """The checks themselves: a picture, a manifest and half a pad that are wrong are named."""
    works: ModuleType = crash.works
    root = trials.office.copy("printed", tmp_path / "w")
    (root.parent / "pad.pdf").write_bytes(b"%PDF-1.4 half of one")
    (root.parent / "pad.jsonl").write_text('{"serial": "GTDB-26-0000', encoding="utf-8")

    wrong = works.faults(root, _work(crash, trials, "print"))

    assert any("half of pad.pdf" in each for each in wrong)
    (root.parent / "pad.pdf").unlink()
    assert any(
        "half of pad.jsonl" in each for each in works.faults(root, _work(crash, trials, "print"))
    )
