"""Files that get their name only when they are complete."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from forms import draft_file
from forms.draft_file import DraftFile
from omr.errors import ExitCode, UsageError


def test_a_file_appears_only_when_it_is_published(tmp_path: Path) -> None:
    place = tmp_path / "a.pdf"
    with DraftFile(place) as draft:
        draft.file.write(b"whole")
        assert not place.exists()
        assert draft.publish() is None
    assert place.read_bytes() == b"whole"
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


def test_a_file_that_is_not_published_leaves_nothing(tmp_path: Path) -> None:
    with DraftFile(tmp_path / "a.pdf") as draft:
        draft.file.write(b"half")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_kept_under_another_name(tmp_path: Path) -> None:
    place = tmp_path / "a.pdf"
    for content in (b"one", b"two", b"three"):
        with DraftFile(place) as draft:
            draft.file.write(content)
            draft.publish()
    kept = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert kept == {"a.pdf": b"three", "a-2.pdf": b"one", "a-3.pdf": b"two"}


def test_withdrawing_puts_the_old_file_back(tmp_path: Path) -> None:
    place = tmp_path / "a.pdf"
    place.write_bytes(b"old")
    with DraftFile(place) as draft:
        draft.file.write(b"new")
        assert draft.publish() == tmp_path / "a-2.pdf"
        draft.withdraw()
    assert place.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


def test_a_file_nobody_asked_for_is_never_made(tmp_path: Path) -> None:
    with DraftFile(None) as draft:
        draft.file.write(b"anything")
        assert draft.publish() is None
        draft.withdraw()
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_wrong_usage(tmp_path: Path) -> None:
    for place in (tmp_path / "missing" / "a.pdf", tmp_path):
        with pytest.raises(UsageError) as failure:
            DraftFile(place)
        assert failure.value.exit_code is ExitCode.BAD_USAGE
        assert str(place) in failure.value.message


def test_two_that_publish_one_name_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "f.pdf"
    path.write_bytes(b"old")
    with DraftFile(path) as one, DraftFile(path) as two:
        one.file.write(b"one")
        two.file.write(b"two")
        first, second = one.publish(), two.publish()
    assert path.read_bytes() == b"two"
    assert first is not None
    assert second is not None
    assert (first.read_bytes(), second.read_bytes()) == (b"old", b"one")


def test_withdrawing_leaves_alone_what_another_one_published_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "f.pdf"
    with DraftFile(path) as one, DraftFile(path) as two:
        one.file.write(b"one")
        two.file.write(b"two")
        one.publish()
        two.publish()
        one.withdraw()
    assert path.read_bytes() == b"two"


def test_a_name_that_is_taken_at_the_last_moment_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f.pdf"
    give = draft_file.give_name
    others = [b"theirs"]

    def late(beside: Path, target: Path) -> None:
        if target == path and others:
            path.write_bytes(others.pop())
        give(beside, target)

    with DraftFile(path) as draft, monkeypatch.context() as patch:
        patch.setattr(draft_file, "give_name", late)
        draft.file.write(b"ours")
        aside = draft.publish()
    assert path.read_bytes() == b"ours"
    assert aside is not None
    assert aside.read_bytes() == b"theirs"


def test_a_full_disk_is_named_and_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with DraftFile(tmp_path / "f.pdf") as draft:
        draft.file.write(b"something")
        with pytest.raises(UsageError, match="No space left"):
            draft.publish()
    assert list(tmp_path.iterdir()) == []


def test_something_that_is_no_file_is_not_set_aside(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UsageError, match="no ordinary file"):
        DraftFile(pipe)
