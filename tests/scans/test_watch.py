"""omr scans watch: every file once, whatever the scanner, the clock or the power do."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from made_workspace import workspace_in

from omr.cli import main as omr
from omr.errors import LedgerUnusable, UsageError
from omr.ledger import Ledger
from omr.ledger.readings import NewSource, add_sources, open_batch, sheet_rows
from omr.workspace import Workspace, open_workspace
from scans import watch
from scans.drop_folder import only_watcher
from scans.files import identify_file
from scans.watch import Watcher, Watching

ROOT = Path(__file__).parents[2]
LATER = 6.0  # seconds after which a file that looks the same is complete


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace, and forms printed in it: one, and two others."""
    root = workspace_in(tmp_path_factory.mktemp("printed") / "office", jobs=1).root
    for name, count in (("one", "1"), ("two", "2")):
        order = ["--unit", "HP-PC08", "--domain", "GTDB", "--count", count, "--no-covers"]
        out = str(root.parent / f"{name}.pdf")
        assert omr(["forms", "print", "--workspace", str(root), *order, "--out", out]) == 0
    return root


@dataclass
class Drop:
    """A folder that is watched by hand: the test says what time it is."""

    folder: Path
    workspace: Workspace
    scans: Path
    today: date = date(2026, 12, 3)
    period: str | None = None
    now: float = 0.0

    def watcher(self, sleep: Callable[[float], None] = lambda _seconds: None) -> Watcher:
        drop = self

        class Here(Watching):
            def today(self) -> date:
                return drop.today

        self.started = Watcher(
            Here(self.workspace, self.period, None, None), self.folder, sleep=sleep
        )
        self.started.begin()
        return self.started

    def look(self, times: int = 1) -> None:
        for _ in range(times):
            self.now += LATER
            self.started.look(self.now)

    def put(self, name: str, source: str = "one.pdf", on: date | None = None) -> Path:
        path = self.folder / name
        shutil.copyfile(self.scans / source, path)
        at = datetime.combine(on or self.today, datetime.min.time(), self.workspace.settings.zone)
        os.utime(path, (at.timestamp() + 36_000, at.timestamp() + 36_000))
        return path

    def sheets(self) -> list[tuple[str, int]]:
        with Ledger.open(self.workspace.ledger_url) as ledger:
            return [(row.file, row.reading.page) for row in sheet_rows(ledger)]


@pytest.fixture
def drop(printed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Drop:
    shutil.copytree(printed, tmp_path / "office")
    (tmp_path / "drop").mkdir()
    capsys.readouterr()
    return Drop(tmp_path / "drop", open_workspace(tmp_path / "office"), printed.parent)


def test_a_file_dropped_in_pieces_is_read_once_and_whole(drop: Drop) -> None:
    data = (drop.scans / "two.pdf").read_bytes()
    drop.watcher()
    path = drop.folder / "lô 1.pdf"
    for end in (1, len(data) // 2, len(data) - 40):
        path.write_bytes(data[:end])
        drop.look()
    assert drop.sheets() == []
    drop.look(3)  # nothing more comes for 18 s, but the end is missing
    assert drop.sheets() == []

    drop.put("lô 1.pdf", "two.pdf")
    drop.look(4)

    assert drop.sheets() == [("lô 1.pdf", 0), ("lô 1.pdf", 1)]


def test_a_file_that_is_renamed_when_it_is_complete_is_read_under_its_own_name(drop: Drop) -> None:
    drop.watcher()
    hidden = drop.put("scan.pdf.part")
    drop.look(3)
    hidden.rename(drop.folder / "scan.pdf")
    drop.look(2)

    assert drop.sheets() == [("scan.pdf", 0)]


def test_after_a_restart_only_what_was_not_read_is_read(
    drop: Drop, capsys: pytest.CaptureFixture[str]
) -> None:
    drop.watcher()
    drop.put("first.pdf")
    drop.look(2)
    half = drop.put("half.pdf", "two.pdf")  # announced, then the power went
    known = identify_file(half)
    with Ledger.open(drop.workspace.ledger_url) as ledger:
        batch = open_batch(ledger, period="2026-12", software="test", thresholds={})
        add_sources(ledger, batch, [NewSource(known.sha256, "half.pdf", known.size_bytes, 2)])
    capsys.readouterr()

    drop.watcher()
    drop.look(2)

    said = capsys.readouterr().out
    assert "1 files here were read before" in said
    assert "first.pdf" not in said
    assert sorted(drop.sheets()) == [("first.pdf", 0), ("half.pdf", 0), ("half.pdf", 1)]


def test_a_file_that_fails_is_named_once_until_it_changes(
    drop: Drop, capsys: pytest.CaptureFixture[str]
) -> None:
    drop.watcher()
    path = drop.folder / "bad.pdf"
    path.write_bytes(b"%PDF-1.4\nbroken\n%%EOF\n")
    os.utime(path, (1_796_300_000, 1_796_300_000))
    drop.look(5)
    assert capsys.readouterr().err.count("bad.pdf") == 1

    drop.put("bad.pdf")
    drop.look(2)

    assert capsys.readouterr().err == ""
    assert drop.sheets()[-1] == ("bad.pdf", 0)


def test_a_link_is_named_once_and_never_followed(
    drop: Drop, capsys: pytest.CaptureFixture[str]
) -> None:
    (drop.folder / "link.pdf").symlink_to(drop.scans / "one.pdf")
    drop.watcher()
    drop.look(4)

    assert capsys.readouterr().err.count("link.pdf") == 1
    assert drop.sheets() == []


def test_a_file_of_another_month_is_never_read_into_this_one_in_silence(
    drop: Drop, capsys: pytest.CaptureFixture[str]
) -> None:
    drop.watcher()
    assert "files go into period 2026-12, until 2026-12-14" in capsys.readouterr().out
    late = drop.put("late.pdf", on=date(2026, 12, 14))
    drop.today = date(2026, 12, 15)  # it was complete only after midnight
    drop.look(3)

    said = capsys.readouterr()
    assert "files go into period 2027-01, until 2027-01-14" in said.out
    assert "late.pdf is of 2026-12-14, which is period 2026-12" in said.err
    assert f'omr scans read "{late}" --period 2026-12 (or 2027-01)' in said.err
    assert drop.sheets() == []
    drop.put("new.pdf")
    drop.look(2)
    assert drop.sheets() == [("new.pdf", 0)]
    assert "period 2027-01" in capsys.readouterr().out


def test_a_period_that_is_given_holds_for_every_file(
    drop: Drop, capsys: pytest.CaptureFixture[str]
) -> None:
    drop.period = "2026-11"
    drop.watcher()
    drop.put("old.pdf", on=date(2025, 1, 1))
    drop.look(2)

    said = capsys.readouterr().out
    assert "every file goes into period 2026-11" in said
    assert "1 files, period 2026-11" in said
    assert drop.sheets() == [("old.pdf", 0)]


def test_a_ledger_in_use_is_waited_for_and_given_up_after_some_minutes(
    drop: Drop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    true_read, tries = watch.read_scans, iter([True, True, False])

    def read(*paths: Any, **options: Any) -> Any:
        if next(tries, True):
            raise LedgerUnusable("locked", "Wait.")
        return true_read(*paths, **options)

    monkeypatch.setattr(watch, "read_scans", read)
    drop.watcher(slept.append)
    drop.put("scan.pdf")
    drop.look(2)
    assert drop.sheets() == [("scan.pdf", 0)]
    assert slept == [60.0, 60.0]
    assert capsys.readouterr().err.count("omr: locked") == 2

    drop.put("other.pdf", "two.pdf")
    with pytest.raises(LedgerUnusable):
        drop.look(2)
    assert len(slept) == 6


def test_a_folder_that_is_away_for_a_while_is_waited_for(
    drop: Drop, capsys: pytest.CaptureFixture[str]
) -> None:
    drop.watcher()
    away = drop.folder.rename(drop.folder.with_name("away"))
    drop.look(3)
    assert capsys.readouterr().err.count("cannot be looked into") == 1

    away.rename(drop.folder)
    drop.put("scan.pdf")
    drop.look(2)

    assert "is there again" in capsys.readouterr().out
    assert drop.sheets() == [("scan.pdf", 0)]


def test_a_folder_has_one_watcher(tmp_path: Path, drop: Drop) -> None:
    with only_watcher(drop.folder, tmp_path):
        with pytest.raises(UsageError) as refused, only_watcher(drop.folder, tmp_path):
            pass
        assert str(drop.folder) in refused.value.message
    with only_watcher(drop.folder, tmp_path):
        pass


@pytest.mark.parametrize("poll", [False, True])
def test_a_dropped_file_is_heard_of_at_once(
    drop: Drop, monkeypatch: pytest.MonkeyPatch, *, poll: bool
) -> None:
    monkeypatch.setattr(watch, "_POLL_S", 0.05)
    with watch._listening(drop.folder, poll=poll) as heard:
        drop.put("scan.pdf")
        assert heard.wait(10)


def test_without_messages_from_the_system_the_folder_is_looked_at(
    drop: Drop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Deaf(watch.PollingObserver):
        def start(self) -> None:
            raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr(watch, "Observer", Deaf)
    monkeypatch.setattr(watch, "_POLL_S", 0.05)
    with watch._listening(drop.folder, poll=False) as heard:
        drop.put("scan.pdf")
        assert heard.wait(10)
    assert "inotify watch limit reached" in capsys.readouterr().out


def test_what_is_no_folder_and_a_wrong_month_are_wrong_usage(drop: Drop) -> None:
    at = ["--workspace", str(drop.workspace.root)]
    assert omr(["scans", "watch", str(drop.folder / "no"), *at]) == 2
    assert omr(["scans", "watch", str(drop.folder), "--period", "2026-13", *at]) == 2
    assert omr(["scans", "watch", str(drop.folder), "--evidence", str(drop.folder), *at]) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_it_ends_at_a_signal_with_nothing_lost(drop: Drop) -> None:
    words = ["scans", "watch", str(drop.folder), "--workspace", str(drop.workspace.root)]
    with subprocess.Popen(
        [sys.executable, "-m", "omr", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("watching ")
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        _out, error = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "nothing is lost" in error
