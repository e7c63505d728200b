"""Files on their way: what a crash leaves is taken away, what somebody writes now is not."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from omr.new_file import write_new_file
from omr.part_file import PartFile, part_name, take_left_over, write_files

posix = pytest.mark.skipif(os.name == "nt", reason="locks work otherwise there")


def test_what_a_crash_left_behind_goes_when_the_file_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "pad.pdf"
    part_name(path).write_bytes(b"half of a pad with signed codes")

    write_files({path: b"whole"})

    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [
        ("pad.pdf", b"whole")
    ]


def test_what_a_crash_left_behind_goes_although_the_file_got_its_name(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes(b"whole")
    part_name(path).hardlink_to(path)

    assert not write_new_file(path, b"other")

    assert [file.name for file in tmp_path.iterdir()] == ["units.csv"]
    assert path.read_bytes() == b"whole"


@posix
def test_two_who_write_one_file_at_a_time_leave_each_other_alone(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with PartFile(path) as one, PartFile(path) as two:
        one.file.write(b"one")
        two.file.write(b"two")
        assert one.path != two.path
        assert not take_left_over(path)
        one.finish()
        two.finish()
        two.path.replace(path)
        one.path.replace(path)
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("r.jsonl", b"one")]


def test_a_file_that_fails_leaves_nothing_and_the_older_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")

    with pytest.raises(ZeroDivisionError), PartFile(path) as part:
        part.file.write(bytes(1 // 0))

    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]


def test_of_several_files_none_gets_its_name_before_all_are_written(tmp_path: Path) -> None:
    old, new = tmp_path / "a.csv", tmp_path / "b.csv"
    old.write_bytes(b"old")
    seen: list[dict[str, bytes]] = []

    def look() -> None:
        seen.append({file.name: file.read_bytes() for file in tmp_path.iterdir()})

    write_files({old: b"1", new: b"2"}, before_names=look)

    assert seen == [{"a.csv": b"old", ".a.csv.part": b"1", ".b.csv.part": b"2"}]
    with pytest.raises(FileNotFoundError):
        write_files({old: b"3", tmp_path / "no" / "c.csv": b"4"})
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
        "a.csv": b"1",
        "b.csv": b"2",
    }


@posix
def test_a_secret_is_for_its_owner_while_it_is_written(tmp_path: Path) -> None:
    with PartFile(tmp_path / "keys.json", owner_only=True) as part:
        assert stat.S_IMODE(part.path.stat().st_mode) == 0o600
