"""By what a batch was judged, and how clearly its marks and blanks lie apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from make_layout import make_layout
from make_measures import bubble, filled, sheet

from omr.cli import main as omr
from omr.errors import ExitCode
from omr.ledger import Ledger
from omr.ledger.captures import rules_of_batch
from omr.ledger.sources import open_batch
from omr.thresholds import Thresholds
from omr.workspace import open_workspace
from scans.uncertainty import Spread
from scans.virtual_scanner import COMPLIANT, ScanPlan, load_printed, scan_batch

T = Thresholds()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which one batch was read."""
    root = tmp_path_factory.mktemp("thresholds") / "w"
    at = ["--workspace", str(root)]
    assert omr(["init", str(root)]) == 0
    order = ["--unit", "HP-PC08", "--domain", "GTDB", "--count", "3"]
    files = ["--out", str(root / "f.pdf"), "--manifest", str(root / "f.jsonl")]
    assert omr(["forms", "print", *at, *order, *files]) == 0
    assert omr(["forms", "layouts", *at, "--out", str(root / "layouts")]) == 0
    forms = load_printed(root / "f.pdf", root / "f.jsonl", root / "layouts")
    scan_batch(forms, ScanPlan("good", people=COMPLIANT), root / "scans", seed=4)
    assert omr(["scans", "read", str(root / "scans"), "--jobs", "1", *at]) == 0
    return root


def _told(root: Path, capsys: pytest.CaptureFixture[str], *more: str) -> list[str]:
    assert omr(["scans", "thresholds", "--workspace", str(root), *more]) == 0
    return capsys.readouterr().out.splitlines()


def test_every_threshold_of_the_batch_is_told_and_what_it_divided(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = _told(root, capsys)

    told = dict(line.split()[:2] for line in lines if line.startswith("  "))
    assert {name: float(value) for name, value in told.items()} == T.as_dict()
    words = "\n".join(lines)
    assert "3 sheets measured" in words
    blanks = next(line for line in lines if line.startswith("darkness of blank"))
    marks = next(line for line in lines if line.startswith("darkness of marks"))
    assert float(blanks.split()[-1]) < float(marks.split()[-1])


def test_a_threshold_that_the_office_set_is_shown_beside_the_programs_own(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Ledger.open(open_workspace(root).ledger_url) as ledger:
        changed = T.as_dict() | {"marginal": 0.02}
        number = open_batch(ledger, period="2026-07", software="omr", thresholds=changed)

    lines = _told(root, capsys, "--batch", str(number))

    assert [line.split() for line in lines if "own:" in line] == [
        ["marginal", "0.02", "the", "program's", "own:", f"{T.marginal:g}"]
    ]
    assert "0 sheets measured" in "\n".join(lines)


def test_rules_of_another_version_are_shown_and_not_guessed_at(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Ledger.open(open_workspace(root).ledger_url) as ledger:
        number = open_batch(ledger, period="2026-07", software="omr 0", thresholds={"old": 0.5})

    lines = _told(root, capsys, "--batch", str(number))

    assert any(line.split()[:2] == ["old", "0.5"] and "unknown" in line for line in lines)
    assert "another version" in lines[-1]


def test_a_batch_that_was_never_read_is_named_with_what_to_do(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--workspace", str(root)]

    assert omr(["scans", "thresholds", *at, "--batch", "99"]) == ExitCode.BAD_USAGE
    assert "omr scans read" in capsys.readouterr().err


def test_the_newest_batch_is_the_one_begun_last(root: Path) -> None:
    with Ledger.open(open_workspace(root).ledger_url) as ledger:
        number = open_batch(ledger, period="2026-08", software="omr", thresholds=T.as_dict())
        newest = rules_of_batch(ledger)
        none = rules_of_batch(ledger, number + 1)

    assert newest is not None
    assert newest.batch_id == number
    assert none is None


def test_bubbles_are_sorted_by_what_they_were_taken_for() -> None:
    layout = make_layout()
    said = {
        ("q1", "r1"): filled("r1", "q1"),
        ("q2", "r2"): bubble("r2", "q2", darkness=T.marginal, extent=0.1),
    }
    spread = Spread()
    spread.add(sheet(layout, said), layout, T)

    assert (spread.sheets, spread.questions, spread.doubtful, spread.between) == (1, 12, 1, 1)
    assert spread.marked == [filled().darkness]
    assert set(spread.blank) == {0.0}
    assert len(spread.blank) + len(spread.marked) == 60 - 5  # without the doubtful row


def test_a_bubble_that_was_struck_out_is_not_among_the_blank_ones() -> None:
    layout = make_layout()
    said = {
        ("q1", "r1"): filled("r1", "q1", coverage=1.0, arms=1.0),
        ("q1", "r2"): filled("r2", "q1"),
    }
    spread = Spread()
    spread.add(sheet(layout, said), layout, T)

    assert (spread.doubtful, spread.no_answer, len(spread.marked)) == (0, 1, 1)
    assert set(spread.blank) == {0.0}
