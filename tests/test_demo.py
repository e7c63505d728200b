"""omr demo: the whole job, and a polite refusal in a folder that holds something."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from omr import demo
from omr.cli import main as omr
from omr.periods import Period


def test_the_demonstration_runs_the_whole_job_without_a_silent_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "_COUNT", 4)  # 24 sheets instead of 420
    folder = tmp_path / "demo"

    assert omr(["demo", str(folder), "--jobs", "1"]) == 0

    out = capsys.readouterr().out
    assert "0 silent errors" in out
    assert f"omr scans review --workspace {folder}" in out
    suffixes = {path.suffix for path in (folder / "scans").rglob("*") if path.is_file()}
    assert suffixes == {".pdf", ".tif", ".jpg"}
    for name in ("responses.csv", "tally.csv", "reconciliation.csv"):
        assert (folder / "results" / name).stat().st_size > 0
    truths = [
        json.loads(line)
        for path in folder.glob("*.truth.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert len({truth["unit"] for truth in truths if truth["serial"]}) == 6
    assert len({truth["domain"] for truth in truths if truth["serial"]}) == 4


def test_the_full_demonstration_has_as_many_sheets_as_promised() -> None:
    assert demo._COUNT * len(demo._PADS) >= 400
    assert len({pad.unit for pad in demo._PADS}) == 6
    assert len({pad.domain for pad in demo._PADS}) == 4
    assert len({pad.scanner.container for pad in demo._PADS}) == 3
    assert isinstance(demo._this_month(), Period)


def test_a_folder_that_holds_something_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")

    assert omr(["demo", str(tmp_path)]) == 2

    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert "fresh folder" in capsys.readouterr().err
