from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from omr.errors import LedgerUnusable
from omr.pictures import PictureStore

JPEG = b"\xff\xd8 a picture \xff\xd9"
DIGEST = hashlib.sha256(JPEG).hexdigest()


def test_a_kept_picture_comes_back_by_its_hash(tmp_path: Path) -> None:
    store = PictureStore(tmp_path / "evidence")

    assert store.keep(JPEG) == DIGEST
    assert store.read(DIGEST) == JPEG
    assert (tmp_path / "evidence" / DIGEST[:2] / f"{DIGEST}.jpg").read_bytes() == JPEG


def test_keeping_a_picture_twice_leaves_one_file(tmp_path: Path) -> None:
    store = PictureStore(tmp_path)
    store.keep(JPEG)
    store.keep(JPEG)

    assert [path.name for path in tmp_path.rglob("*.*")] == [f"{DIGEST}.jpg"]


def test_a_picture_that_is_missing_or_was_changed_is_not_shown(tmp_path: Path) -> None:
    store = PictureStore(tmp_path)
    assert store.read(DIGEST) is None

    store.keep(JPEG)
    (tmp_path / DIGEST[:2] / f"{DIGEST}.jpg").write_bytes(b"something else")
    assert store.read(DIGEST) is None


def test_a_damaged_picture_is_named_rather_than_kept_as_if_whole(tmp_path: Path) -> None:
    store = PictureStore(tmp_path)
    store.keep(JPEG)
    (tmp_path / DIGEST[:2] / f"{DIGEST}.jpg").write_bytes(b"")

    with pytest.raises(LedgerUnusable, match="damaged"):
        store.keep(JPEG)


@pytest.mark.parametrize(
    "name", ["", "..", "../../etc/passwd", "a" * 63, "A" * 64, f"{'a' * 63}/", "0" * 64 + "\n"]
)
def test_only_a_hash_names_a_picture(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal"):
        PictureStore(tmp_path).read(name)


def test_a_folder_that_cannot_be_written_stops_the_command(tmp_path: Path) -> None:
    in_the_way = tmp_path / "evidence"
    in_the_way.write_text("a file where the folder should be")

    with pytest.raises(LedgerUnusable, match="cannot be kept") as caught:
        PictureStore(in_the_way).keep(JPEG)
    assert caught.value.remedy


def test_a_deleted_picture_is_gone_and_deleting_it_again_is_no_fault(tmp_path: Path) -> None:
    store = PictureStore(tmp_path)
    store.keep(JPEG)

    assert store.path(DIGEST).is_file()
    assert store.delete(DIGEST)
    assert not store.path(DIGEST).exists()
    assert not store.delete(DIGEST)
    assert store.read(DIGEST) is None


def test_only_a_hash_can_be_deleted_and_a_failure_is_told(tmp_path: Path) -> None:
    store = PictureStore(tmp_path)
    with pytest.raises(ValueError, match="64 hexadecimal"):
        store.delete("../omr.toml")
    store.path(DIGEST).mkdir(parents=True)  # something that is no file

    with pytest.raises(LedgerUnusable, match="cannot be deleted"):
        store.delete(DIGEST)
