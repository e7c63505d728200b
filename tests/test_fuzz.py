"""A few hundred hostile inputs of every kind, each time; the millions are in benchmarks/fuzz.py."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from benchmark_parts import benchmark_parts

SEED = 20
resource = pytest.importorskip("resource")  # Windows has none

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks processes")


@pytest.fixture(scope="module")
def parts() -> Iterator[dict[str, ModuleType]]:
    with benchmark_parts({"fuzz": "fuzz", "targets": "fuzz_targets"}) as found:
        yield found


def _small(parts: dict[str, ModuleType], kind: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The benchmark with blocks of a few cases."""
    from dataclasses import replace

    target = parts["targets"].TARGETS[kind]
    monkeypatch.setitem(parts["targets"].TARGETS, kind, replace(target, block=60))
    return parts["fuzz"]


@pytest.mark.parametrize(
    "kind", ["qr", "csv", "jpeg", "pdf", "png", "tiff", "toml", "units", "xlsx"]
)
def test_nothing_that_is_hostile_does_harm(
    parts: dict[str, ModuleType], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fuzz = _small(parts, kind, monkeypatch)

    began_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # it forks this process

    [tally] = fuzz.run(kind, SEED, 0, 1)

    assert tally.finds == []
    assert tally.cases == 60
    assert tally.peak_mb - began_mb < fuzz.MOST_MB / 2
    assert len(tally.outcomes) > 1  # some are read, some are refused


def test_sound_inputs_of_every_kind_are_taken(parts: dict[str, ModuleType], tmp_path: Path) -> None:
    good = {"page", "genuine", "rows", "survey", "1 or more units", "encrypted"}
    for kind, target in parts["targets"].TARGETS.items():
        for seed in target.seeds()[:12]:
            assert target.run(seed, tmp_path / kind) in good, kind


def test_a_case_that_ends_or_stops_its_process_is_a_find_and_the_next_is_tried(
    parts: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import os
    import signal
    import time
    from dataclasses import replace

    fuzz, targets = parts["fuzz"], parts["targets"]

    def run(data: bytes, _path: Path) -> str:
        if data == b"3":
            os.kill(os.getpid(), signal.SIGKILL)
        if data == b"4":
            time.sleep(0.6)  # as on a machine that others use as well: no hang
        if data == b"5":
            time.sleep(60)
        while data == b"7":
            pass
        if data in (b"2", b"6"):
            raise targets.Forgery("passed")
        return "fine"

    harmful = replace(
        targets.TARGETS["qr"],
        make=lambda _rng: (str(number).encode() for number in range(1000)),
        seeds=list,
        run=run,
        block=9,
    )
    monkeypatch.setitem(targets.TARGETS, "qr", harmful)
    monkeypatch.setattr(fuzz, "LONGEST_S", 0.3)
    monkeypatch.setattr(fuzz, "_PATIENCE", 10)
    out = tmp_path / "fuzz.jsonl"

    with pytest.raises(SystemExit):
        fuzz.main(["qr", "--cases", "9", "--seed", "1", "--out", str(out)])

    [line] = out.read_text(encoding="utf-8").splitlines()
    found = [(find["number"], find["what"]) for find in json.loads(line)["finds"]]
    harm = ["forgery", "crash", "hang", "forgery", "hang"]
    assert found == list(zip((2, 3, 5, 6, 7), harm, strict=True))
    assert fuzz.summed(out)["qr"]["finds"] == 5
