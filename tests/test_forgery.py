"""A thousandth of the forgery benchmark, each time: no forged code passes, no genuine one fails."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SOURCE = Path(__file__).parent.parent / "benchmarks" / "forgery.py"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("forgery", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["forgery"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


forgery = _load()


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, Any]]:
    return {row["kind"]: row for row in forgery.run(share=0.001, seed=5, jobs=1)}


def test_no_forged_code_of_any_kind_is_accepted_and_every_genuine_one_is(
    rows: dict[str, dict[str, Any]],
) -> None:
    assert len(rows) == len(forgery.KINDS)
    for row in rows.values():
        assert row["accepted"] == row["should_be_accepted"], row
    assert rows["random tag on a printable body"]["codes"] == 10_000
    assert rows["genuine"]["accepted"] == 100


@pytest.mark.parametrize(
    ("kind", "faults"),
    [
        ("random tag on a printable body", {"bad-signature"}),
        ("random text", {"foreign-code"}),
        ("another office's keys", {"bad-signature", "unknown-key"}),
        ("a withdrawn key", {"withdrawn-key"}),
        ("another year's key", {"bad-signature"}),
        ("another master of ours", {"bad-signature"}),
        ("cut or refilled tag", {"bad-signature", "foreign-code"}),
        ("tag of another valid code", {"bad-signature"}),
    ],
)
def test_each_kind_is_refused_for_its_own_reason(
    rows: dict[str, dict[str, Any]], kind: str, faults: set[str]
) -> None:
    assert {fault for fault, count in rows[kind]["refused"].items() if count} == faults


def test_every_bit_and_every_character_of_a_code_is_tried(
    rows: dict[str, dict[str, Any]],
) -> None:
    import itertools
    import random

    flips = list(itertools.islice(forgery.bit_flips(random.Random(1)), forgery.BITS))
    changes = list(itertools.islice(forgery.characters(random.Random(1)), forgery.CHARACTERS))
    code = next(forgery.genuine(random.Random(1)))

    assert len({*flips, code}) == 249
    assert len({*changes, code}) == 47 * 44 + 1
    assert all(sum(a != b for a, b in zip(code, each, strict=True)) == 1 for each in changes)
    assert rows["every one-bit flip of valid codes"]["codes"] == 10 * 248


def test_the_same_seed_tries_the_same_codes_however_many_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(SOURCE.parent)  # where worker processes look the module up

    assert forgery.run(share=1e-6, seed=3, jobs=1) == forgery.run(share=1e-6, seed=3, jobs=2)


def test_the_result_that_is_published_is_of_the_full_run_and_without_a_fault() -> None:
    import json

    published = sorted((SOURCE.parent / "results").glob("forgery-*.json"))
    assert published
    for path in published:
        record = json.loads(path.read_text(encoding="utf-8"))
        assert record["wrong"] == record["forged_accepted"] == 0
        done = {row["kind"]: row["codes"] for row in record["kinds"]}
        assert done == {kind.name: kind.full for kind in forgery.KINDS}
