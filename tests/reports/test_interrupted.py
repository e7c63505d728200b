"""Exports and destroyed links that were cut short: told from whole ones, and finished later."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from omr.errors import LedgerUnusable, UsageError
from omr.ledger import Ledger
from omr.workspace import Workspace
from reports.export import write_together
from reports.month_commands import close
from reports.pictures_to_delete import PicturesToDelete


def test_an_export_that_is_cut_short_between_two_files_has_no_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_together(tmp_path, {"tally.csv": b"old", "z.csv": b"old", "manifest.json": b"old"})
    replaced = Path.replace

    def cut(here: Path, target: Path) -> Path:
        if target.name == "z.csv":
            raise KeyboardInterrupt
        return replaced(here, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", cut)
        with pytest.raises(KeyboardInterrupt):
            write_together(tmp_path, {"tally.csv": b"1", "z.csv": b"2", "manifest.json": b"3"})

    assert (tmp_path / "tally.csv").read_bytes() == b"1"
    assert not (tmp_path / "manifest.json").exists()  # else it would tell of other files
    write_together(tmp_path, {"tally.csv": b"1", "z.csv": b"2", "manifest.json": b"3"})
    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == [b"1", b"2", b"3"]


def test_an_export_without_room_leaves_the_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_together(tmp_path, {"tally.csv": b"old", "manifest.json": b"old"})

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UsageError, match="No space left") as failure:
        write_together(tmp_path, {"tally.csv": b"new", "manifest.json": b"new"})

    assert "Free some space" in failure.value.remedy
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {b"old"}


def test_answers_are_gone_from_the_file_though_the_first_attempt_was_cut_short(
    workspace: Workspace, office: Any, this_period: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    [serial] = office.print_forms(1)
    office.scan(serial, this_period, a1="r5", t0="r1")

    def power_cut(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "forget_deleted", power_cut)
        with pytest.raises(KeyboardInterrupt):
            close(workspace.root, this_period, unlink=True, confirm=lambda _question: True)
    office.ledger.close()
    with pytest.raises(UsageError, match="no longer linked"):
        close(workspace.root, this_period, unlink=True)

    with closing(sqlite3.connect(workspace.ledger_file)) as db:
        assert db.execute("pragma freelist_count").fetchone() == (0,)
    log = workspace.ledger_file.with_name("ledger.db-wal")
    assert not log.exists() or log.stat().st_size == 0


def test_the_list_of_pictures_to_delete_is_whole_or_not_there(
    workspace: Workspace, office: Any, this_period: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = PicturesToDelete(workspace.evidence_folder, this_period)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(LedgerUnusable, match="No space left"):
            pictures.announce(office.ledger)

    assert list(workspace.evidence_folder.glob("*to-delete*")) == []
    pictures.announce(office.ledger)
    assert pictures.delete(office.ledger) == 0
