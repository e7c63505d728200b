"""Folders on their way: what a crash leaves goes with the next one, what somebody holds stays."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from omr import draft_folder as module
from omr.draft_folder import draft_folder, take_drafts_away

posix = pytest.mark.skipif(os.name == "nt", reason="locks work otherwise there")
PREFIX = ".omr-backup-"


def _left_over(parent: Path) -> Path:
    folder = parent / f"{PREFIX}x1y2"
    (folder / "restored").mkdir(parents=True)
    (folder / "restored" / "ledger.db").write_bytes(b"what people answered")
    return folder


def test_what_a_crash_left_goes_with_the_next_folder_whatever_that_is_called(
    tmp_path: Path,
) -> None:
    left = _left_over(tmp_path)

    with draft_folder(tmp_path, PREFIX) as folder:
        (folder / "half").write_bytes(b"half")
        assert not left.exists()

    assert list(tmp_path.iterdir()) == []


@posix
def test_what_somebody_holds_and_what_is_no_draft_stay(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / f"{PREFIX}link").symlink_to(elsewhere)
    (tmp_path / f"{PREFIX}file").write_bytes(b"somebody's")
    with draft_folder(tmp_path, PREFIX) as one, draft_folder(tmp_path, PREFIX) as two:
        take_drafts_away(tmp_path, PREFIX)
        assert one != two
        assert one.is_dir()
        assert two.is_dir()
        assert stat.S_IMODE(one.stat().st_mode) == 0o700

    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"{PREFIX}file", f"{PREFIX}link", "elsewhere"]


@posix
def test_a_folder_that_is_taken_for_left_over_at_once_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold, taken = module._hold, []

    def slow(folder: Path) -> int:
        if not taken:
            taken.append(folder)
            take_drafts_away(tmp_path, PREFIX)
        return hold(folder)

    monkeypatch.setattr(module, "_hold", slow)
    with draft_folder(tmp_path, PREFIX) as folder:
        assert folder.is_dir()
        assert folder != taken[0]


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), draft_folder(tmp_path, PREFIX) as folder:
        (folder / "half").write_bytes(bytes(1 // 0))

    assert list(tmp_path.iterdir()) == []
