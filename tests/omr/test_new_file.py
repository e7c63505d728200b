from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from omr.new_file import is_there, write_new_file
from omr.part_file import part_name


def test_a_new_file_is_written_whole_and_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"

    assert write_new_file(path, b"data")

    assert path.read_bytes() == b"data"
    assert list(tmp_path.iterdir()) == [path]


def test_an_existing_file_is_never_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"mine")

    assert not write_new_file(path, b"other")

    assert path.read_bytes() == b"mine"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_to_nowhere_counts_as_an_existing_file(tmp_path: Path) -> None:
    link = tmp_path / "a.txt"
    link.symlink_to(tmp_path / "elsewhere")

    assert not write_new_file(link, b"other")

    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in access lists")
def test_a_file_may_be_for_its_owner_only(tmp_path: Path) -> None:
    write_new_file(tmp_path / "secret", b"x", owner_only=True)
    write_new_file(tmp_path / "open", b"x")

    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "open").stat().st_mode) & 0o600 == 0o600


def test_a_crash_before_the_end_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("omr.new_file.os.fsync", crash)

    with pytest.raises(OSError, match="No space left"):
        write_new_file(tmp_path / "a.txt", b"data")

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_appears_meanwhile_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    sync = os.fsync

    def be_faster(descriptor: int) -> None:
        path.write_bytes(b"first")
        sync(descriptor)

    monkeypatch.setattr("omr.new_file.os.fsync", be_faster)

    assert not write_new_file(path, b"second")

    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("there", [False, True])
def test_a_file_system_without_hard_links_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, there: bool
) -> None:
    path = tmp_path / "a.txt"

    def no_links(_self: Path, _target: Path) -> None:
        if there:
            path.write_bytes(b"first")
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", no_links)

    assert write_new_file(path, b"data") is not there

    assert path.read_bytes() == (b"first" if there else b"data")
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_new_file(tmp_path / "no" / "a.txt", b"data")


def test_what_is_there_is_rid_of_what_an_interrupted_writer_left(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    part_name(path).write_bytes(b"half")

    assert not is_there(path)
    assert part_name(path).exists()  # nobody knows yet whose it is: its next writer takes it away
    path.write_bytes(b"whole")

    assert is_there(path)
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]
