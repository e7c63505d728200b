"""Real pages, printed, filled in and scanned by strangers, read by ``omr marks``.

The pages lie beside the project (their licences differ from ours), so the tests are skipped
where that folder is absent.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scans.foreign import mark_lines

REAL = Path(__file__).resolve().parents[3] / "shared" / "real"
TRUTH = REAL / "truth.jsonl"
needs_pages = pytest.mark.skipif(
    not TRUTH.is_file(), reason="the real pages (../shared/real) are not on this machine"
)


def _pages() -> list[dict[str, Any]]:
    if not TRUTH.is_file():
        return []
    return [json.loads(line) for line in TRUTH.read_text(encoding="utf-8").splitlines()]


def _read(page: dict[str, Any], folder: Path) -> dict[str, str]:
    boxes = folder / "boxes.json"
    sides = ("id", "x", "y", "w", "h")
    given = [{k: b[k] for k in sides} for b in page["bubbles"]]
    boxes.write_text(json.dumps(given), encoding="utf-8")
    lines = [json.loads(line) for line in mark_lines(REAL / page["image"], boxes)]
    return {line["id"]: line["mark"] for line in lines}


@needs_pages
@pytest.mark.parametrize("page", _pages(), ids=lambda page: page["image"])
def test_no_mark_is_missed_and_none_is_invented(page: dict[str, Any], tmp_path: Path) -> None:
    marks = _read(page, tmp_path)

    known = [bubble for bubble in page["bubbles"] if bubble["marked"] != "unknown"]
    missed = [b["id"] for b in known if b["marked"] and marks[b["id"]] == "blank"]
    invented = [b["id"] for b in known if not b["marked"] and marks[b["id"]] == "marked"]
    assert (missed, invented) == ([], [])
    doubtful = [b["id"] for b in known if marks[b["id"]] == "doubtful"]
    assert doubtful == []


@needs_pages
def test_both_sets_are_there() -> None:
    assert {page["image"].split("/")[0] for page in _pages()} == {"formscanner", "open-mcr"}
    assert len(_pages()) == 27
