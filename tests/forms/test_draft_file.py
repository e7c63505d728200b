"""Files that get their name only when they are complete."""

from __future__ import annotations

from pathlib import Path

import pytest

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
