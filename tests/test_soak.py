"""The soak benchmark in small: it goes on where it was, and tells when a promise is broken."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from benchmark_parts import benchmark_parts

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(scope="module")
def soak() -> Iterator[ModuleType]:
    with benchmark_parts({"soak": "soak"}) as found:
        yield found["soak"]


@pytest.fixture
def run(soak: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """What the command gives back, and what it records."""

    def call(pages: int, **more: int) -> tuple[int, dict[str, Any]]:
        words = [f"--{name}={value}" for name, value in more.items()]
        out = tmp_path / "result.json"
        at = [f"--pages={pages}", f"--folder={tmp_path / 'soak'}", f"--out={out}"]
        monkeypatch.setattr("sys.argv", ["soak.py", *at, *words])
        return soak.main(), json.loads(out.read_text(encoding="utf-8"))

    return call


def test_a_run_that_was_cut_short_goes_on_and_every_page_is_read_as_it_was_painted(
    run: Run,
) -> None:
    run(2, lot=2, bases=2)
    _code, said = run(5, lot=2, bases=2)

    assert (said["pages"], said["lots"], said["sessions"]) == (5, 3, 2)
    assert sum(said["seen"].values()) == 5
    assert said["wrong"] == {}
    assert said["ledger_bytes_for_each_more"] > 0


LOT = {
    "pages": 500,
    "read_s": 9.0,
    "cpu_s": 8.5,
    "memory_mb": 700.0,
    "pictures": 100,
    "picture_bytes": 2_500_000,
    "seen": {"counted": 400, "review": 100},
    "wrong": {},
    "session": 1,
    "load": 1.0,
}


def lots(**change: Callable[[int], object]) -> list[dict[str, Any]]:
    """Forty lots; *change* says what differs, from the lot's number."""
    usual = {"ledger_bytes": lambda number: 1_250_000 * (number + 1)}
    return [
        LOT | {name: said(number) for name, said in (usual | change).items()}
        for number in range(40)
    ]


@pytest.mark.parametrize(
    ("broken", "change"),
    [
        ([], {}),
        ([], {"cpu_s": lambda number: 8.5 if number % 2 else 14.0}),  # others' programs
        (["speed"], {"cpu_s": lambda number: 8.5 + number / 30}),
        (["memory"], {"memory_mb": lambda number: 700 + 1.4 * number}),
        ([], {"session": lambda n: 1 + n // 20, "memory_mb": lambda n: 700 + 90 * (n // 20)}),
        (["ledger"], {"ledger_bytes": lambda number: 1_600_000 * (number + 1)}),
        (["answers"], {"wrong": lambda number: {"silent errors": 1} if number == 7 else {}}),
    ],
)
def test_a_promise_is_broken_by_what_the_program_does_itself(
    soak: ModuleType,
    tmp_path: Path,
    broken: list[str],
    change: dict[str, Callable[[int], object]],
) -> None:
    folder = tmp_path / "soak"
    given = soak.argparse.Namespace(seed=20, out=tmp_path / "result.json", folder=folder)

    assert soak._sum_up(lots(**change), given) == bool(broken)

    assert json.loads(given.out.read_text(encoding="utf-8"))["broken_promises"] == broken
