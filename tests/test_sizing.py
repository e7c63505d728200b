"""The sizing in the documents is what its script says of the recorded measurements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from benchmark_parts import benchmark_parts

DOCUMENT = Path(__file__).parents[1] / "docs" / "scale.md"


@pytest.fixture(scope="module")
def sizing() -> Iterator[ModuleType]:
    with benchmark_parts({"sizing": "sizing"}) as found:
        yield found["sizing"]


def test_the_document_shows_the_scripts_inputs_and_table(
    sizing: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    sizing.main([])

    said = capsys.readouterr().out.strip()
    text = DOCUMENT.read_text(encoding="utf-8")
    for part in said.split("\n\n"):
        assert part in text


def test_twice_the_sheets_need_twice_of_everything_and_a_core_at_least(sizing: ModuleType) -> None:
    cost = sizing.cost_of(sizing._options([]))
    slow = replace(cost, processor_ms=3600.0, hours=10.0, core_share=0.5)

    assert dict(sizing.rows(slow, 10_000))["processor time"] == "10.0 h"
    assert dict(sizing.rows(slow, 20_000))["processor time"] == "20.0 h"
    assert dict(sizing.rows(slow, 20_000))["cores, to read it in 10 h"] == "4"
    assert dict(sizing.rows(slow, 1))["cores, to read it in 10 h"] == "1"
