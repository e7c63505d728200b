"""What ``omr scans status`` says."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import UTC
from pathlib import Path

import pytest
import review_office
from review_office import left, sheet

from omr.cli import main as omr
from omr.ledger import Ledger, decisions, seconds
from omr.ledger.comments import add_comment
from omr.ledger.standing import IDENTITY, WHOLE, Verdict
from omr.workspace import Workspace


@pytest.fixture
def office(tmp_path: Path) -> Workspace:
    return review_office.fresh_office(tmp_path)


def said(office: Workspace, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    capsys.readouterr()
    assert omr(["scans", "status", "--workspace", str(office.root), *more]) == 0
    return capsys.readouterr().out


def test_it_says_what_waits_by_kind_and_reason_and_what_to_run_next(
    office: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = said(office, capsys).splitlines()

    assert lines[:2] == ["counted: 1", "waiting for a person: 4"]
    assert "sheets seen: 5" in lines
    at = lines.index("what waits for a person:")
    assert lines[at + 1 : at + 5] == [
        "  serial not known, neither code could be read: type the serial: 1",
        "  whole sheet, a corner mark is missing: 1",
        "  answer, a mark too faint or too small to be sure: 2",
        "  answer, more than one answer marked: 1",
    ]
    assert any(line.startswith("kept pictures: ") and line.endswith(" MB") for line in lines)
    assert lines[-1] == "5 decisions wait for a person. Next: omr scans review"


def test_once_everything_is_settled_nothing_waits(
    office: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    with Ledger.open(office.ledger_url) as ledger:
        first = sheet(ledger, 1).record_id
        for question in ("a1", "b2"):
            decisions.append(ledger, first, question, Verdict.BLANK, by="an", milliseconds=2000)
        decisions.append(ledger, sheet(ledger, 2).record_id, IDENTITY, Verdict.NOT_A_FORM, by="an")
        decisions.append(ledger, sheet(ledger, 3).record_id, WHOLE, Verdict.CONFIRMED, by="lan")
        last = sheet(ledger, 5).record_id
        said_last = decisions.append(ledger, last, "m1", Verdict.BLANK, by="lan", milliseconds=4000)
        seconds.add(ledger, said_last, Verdict.BLANK, by="an", milliseconds=3000)
        assert left(ledger) == 0

    lines = said(office, capsys).splitlines()

    assert "counted: 4" in lines
    assert "  without a form, a person decided so: 1" in lines
    assert "    decided: an 3, lan 2" in lines
    assert any(line.startswith("a decision takes 2.5 s") for line in lines)
    assert (
        "read by two people: 1 answers; they agree on 1 (100.0 %), kappa -, 0 disagreements open"
        in lines
    )
    assert lines[-1] == "nothing waits for a person"


def test_as_json_it_is_one_object_for_other_programs(
    office: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    found = json.loads(said(office, capsys, "--json"))

    assert found["sheets"] == {
        "counted": 1,
        "review": 4,
        "refused": 0,
        "duplicate": 0,
        "blank": 0,
    }
    assert {"kind": "identity", "reason": "no-code", "count": 1} in found["waits"]
    assert sum(each["count"] for each in found["waits"]) == 5
    [batch] = found["batches"]
    assert (batch["period"], batch["files"], batch["waits"]) == (review_office.PERIOD, 5, 5)
    kept = list(office.evidence_folder.rglob("*.jpg"))
    assert found["pictures"] == {
        "files": len(kept),
        "bytes": sum(path.stat().st_size for path in kept),
    }
    assert found["second_readings"]["kappa"] is None


def test_an_office_that_read_nothing_has_a_short_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "fresh"
    assert omr(["init", str(root)]) == 0
    capsys.readouterr()
    assert omr(["scans", "status", "--workspace", str(root)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == ["sheets seen: 0", "nothing waits for a person"]


def test_comments_and_batches_with_pages_left_are_told(tmp_path: Path) -> None:
    from overview_office import open_shown

    from scans.status import _status, status_lines

    with ExitStack() as stack:
        shown = open_shown(tmp_path, stack)
        record = shown.comment(0)
        shown.comment(1)
        add_comment(shown.ledger, record, "", [], personal=True, by="an")
        lines = list(status_lines(_status(shown.ledger, tmp_path / "evidence", UTC)))

    assert "comments: 1 open, 1 done, 1 of these personal" in lines
    assert "    8 pages are not read yet: run omr scans read on these files again" in lines
