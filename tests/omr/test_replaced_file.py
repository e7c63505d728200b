from __future__ import annotations

import os
import stat
from datetime import datetime
from pathlib import Path

import pytest

from omr.errors import LedgerUnusable, UsageError
from omr.replaced_file import replace_file

NOW = datetime(2026, 7, 14, 9, 30, 5)  # noqa: DTZ001 - only its digits count


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "units.csv"
    file.write_bytes(b"old")
    return file


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_the_old_content_stays_beside_the_new_one(path: Path) -> None:
    aside = replace_file(path, b"old", b"new", NOW)

    assert path.read_bytes() == b"new"
    assert aside.name == "units-20260714-093005.csv"
    assert aside.read_bytes() == b"old"
    assert names(path.parent) == ["units-20260714-093005.csv", "units.csv"]


def test_two_changes_within_a_second_keep_both_old_contents(path: Path) -> None:
    replace_file(path, b"old", b"new", NOW)
    aside = replace_file(path, b"new", b"newer", NOW)

    assert aside.name == "units-20260714-093005-2.csv"
    assert aside.read_bytes() == b"new"


def test_a_file_that_somebody_else_changed_is_left_alone(path: Path) -> None:
    path.write_bytes(b"theirs")

    with pytest.raises(UsageError):
        replace_file(path, b"old", b"new", NOW)

    assert path.read_bytes() == b"theirs"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_permissions_and_links_are_kept(path: Path) -> None:
    path.chmod(0o640)
    link = path.with_name("link.csv")
    link.symlink_to(path)

    replace_file(link, b"old", b"new", NOW)

    assert link.is_symlink()
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize("fails", ["fsync", "open"])
def test_a_failure_leaves_the_old_file_and_no_rubbish(
    path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    def broken(*_given: object, **_options: object) -> int:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(f"os.{fails}", broken)

    with pytest.raises(LedgerUnusable, match="No space left"):
        replace_file(path, b"old", b"new", NOW)

    assert path.read_bytes() == b"old"
    assert names(path.parent) == ["units.csv"]


def test_a_crash_before_the_new_name_leaves_the_old_file_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shutil.copymode", crash)

    with pytest.raises(KeyboardInterrupt):
        replace_file(path, b"old", b"new", NOW)

    assert path.read_bytes() == b"old"
    assert not [name for name in names(path.parent) if name.endswith(".part")]
