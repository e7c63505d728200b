from __future__ import annotations

import hashlib
import os
import socket
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from scans.files import SUFFIXES, ScanFile, find_files, identify_file

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="no such files there")


def _make(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).write_bytes(name.encode())
    return [folder / name for name in names]


def test_a_folder_gives_its_scans_in_the_order_of_their_names(tmp_path: Path) -> None:
    _make(tmp_path, "b.PDF", "a.tif", "c.jpeg", "d.TIFF", "e.jpg", "f.png", "notes.txt")

    files, unusable = find_files([tmp_path])

    assert [file.name for file in files] == ["a.tif", "b.PDF", "c.jpeg", "d.TIFF", "e.jpg", "f.png"]
    assert unusable == []


def test_every_kind_of_scan_that_is_promised_is_taken() -> None:
    assert {".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png"} == SUFFIXES


def test_a_file_given_by_name_is_taken_whatever_its_ending(tmp_path: Path) -> None:
    [odd] = _make(tmp_path, "scan.dat")

    assert find_files([odd]) == ([odd], [])


def test_a_file_given_twice_is_read_once(tmp_path: Path) -> None:
    [scan] = _make(tmp_path, "a.pdf")

    files, unusable = find_files([scan, tmp_path, tmp_path / "." / "a.pdf"])

    assert files == [scan]
    assert unusable == []


def test_a_name_that_leads_nowhere_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    [scan] = _make(tmp_path, "a.pdf")
    missing = tmp_path / "b.pdf"

    files, [unusable] = find_files([missing, scan])

    assert files == [scan]
    assert unusable.path == missing
    assert "no such file" in unusable.why


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b"], ids=["endless", "with a zero byte"])
def test_a_name_that_no_file_can_have_is_named(tmp_path: Path, name: str) -> None:
    files, [unusable] = find_files([tmp_path / name])

    assert files == []
    assert unusable.why


def test_a_folder_without_scans_is_named(tmp_path: Path) -> None:
    _make(tmp_path, "notes.txt")

    files, [unusable] = find_files([tmp_path])

    assert files == []
    assert unusable.path == tmp_path
    assert "no scans in this folder" in unusable.why


def test_a_folder_with_scans_inside_a_folder_is_named_not_passed_over(tmp_path: Path) -> None:
    inner = tmp_path / "PC08"
    inner.mkdir()
    [scan] = _make(tmp_path, "a.pdf")
    _make(inner, "b.pdf")
    (tmp_path / "empty").mkdir()

    files, [unusable] = find_files([tmp_path])

    assert files == [scan]
    assert unusable.path == inner
    assert "not opened" in unusable.why


def test_a_folder_closed_to_us_is_named_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    [scan] = _make(tmp_path, "a.pdf")
    genuine = Path.iterdir

    def iterdir(self: Path) -> Iterator[Path]:
        if self == closed:
            raise PermissionError(13, "Permission denied", str(self))
        return genuine(self)

    monkeypatch.setattr(Path, "iterdir", iterdir)

    files, [unusable] = find_files([closed, scan])

    assert files == [scan]
    assert unusable.path == closed


@POSIX
def test_a_link_in_a_folder_is_named_and_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    [secret] = _make(tmp_path, "secret.pdf")
    [scan] = _make(folder, "a.pdf")
    (folder / "b.pdf").symlink_to(secret)
    (folder / "c.pdf").symlink_to(tmp_path / "nothing.pdf")

    files, unusable = find_files([folder])

    assert files == [scan]
    assert [entry.path.name for entry in unusable] == ["b.pdf", "c.pdf"]
    assert all("link" in entry.why for entry in unusable)


@POSIX
def test_pipes_and_sockets_are_named_and_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "a.pdf")
    [scan] = _make(tmp_path, "c.pdf")
    with socket.socket(socket.AF_UNIX) as ear:
        monkeypatch.chdir(tmp_path)  # a socket's whole name must be short
        ear.bind("b.pdf")

        files, unusable = find_files([tmp_path])
        given, [direct] = find_files([tmp_path / "a.pdf"])

    assert files == [scan]
    assert [entry.path.name for entry in unusable] == ["a.pdf", "b.pdf"]
    assert given == []
    assert "not a regular file" in direct.why


@POSIX
def test_a_device_is_named(tmp_path: Path) -> None:
    files, [unusable] = find_files([Path("/dev/zero")])

    assert files == []
    assert "not a regular file" in unusable.why


def test_a_folder_named_like_a_scan_is_a_folder(tmp_path: Path) -> None:
    odd = tmp_path / "batch.pdf"
    odd.mkdir()
    [scan] = _make(odd, "a.pdf")

    assert find_files([odd]) == ([scan], [])


def test_a_vietnamese_name_is_one_name_however_its_letters_are_put_together(
    tmp_path: Path,
) -> None:
    composed = unicodedata.normalize("NFC", "phiếu quét tháng bảy.pdf")
    taken_apart = unicodedata.normalize("NFD", composed)
    assert composed != taken_apart

    [path] = _make(tmp_path, taken_apart)
    [found], _unusable = find_files([tmp_path])

    assert identify_file(found).name == composed
    assert found == path


def test_a_file_is_named_by_its_content(tmp_path: Path) -> None:
    content = os.urandom(300_000)
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).write_bytes(content)
    (tmp_path / "c.pdf").write_bytes(content[:-1])
    a, b, c = (identify_file(tmp_path / name) for name in ("a.pdf", "b.pdf", "c.pdf"))

    assert a.sha256 == b.sha256 == hashlib.sha256(content).hexdigest()
    assert c.sha256 != a.sha256
    assert (a.size_bytes, c.size_bytes) == (300_000, 299_999)
    assert isinstance(a, ScanFile)


def test_a_file_that_went_away_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        identify_file(tmp_path / "a.pdf")
