"""When a file in a scanner's folder is complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from scans.decoder_check import FOLDER, SAMPLES
from scans.drop_folder import is_ended, present_scans
from scans.settling import Settling, Stamp, is_scan_name

A = Path("a.pdf")


def looks(settling: Settling, *sizes: int | None, ended: bool = True) -> list[bool]:
    """Whether the file was given, look after look, 4 s apart; None: it is not there."""
    return [
        settling.complete(
            4.0 * number, {} if size is None else {A: Stamp(size, size)}, lambda _path: ended
        )
        == [A]
        for number, size in enumerate(sizes)
    ]


def test_a_file_is_given_once_it_has_looked_the_same_for_a_while() -> None:
    assert looks(Settling(), 10, 20, 20, 30, 30, 30) == [False] * 5 + [True]


def test_a_file_of_the_same_size_that_was_written_anew_starts_again() -> None:
    settling = Settling()
    for now, modified in ((0.0, 1), (4.0, 2), (8.0, 2)):
        assert settling.complete(now, {A: Stamp(10, modified)}, lambda _path: True) == []
    assert settling.complete(12.0, {A: Stamp(10, 2)}, lambda _path: True) == [A]


def test_a_file_without_its_end_waits_and_is_read_at_last_so_that_it_is_named() -> None:
    assert looks(Settling(patience_s=16.0), 10, 10, 10, 10, 10, ended=False) == [False] * 4 + [True]


def test_an_empty_file_waits_as_long() -> None:
    assert looks(Settling(patience_s=16.0), 0, 0, 0, 0, 0) == [False] * 4 + [True]


def test_what_was_dealt_with_is_given_again_only_when_it_has_changed() -> None:
    settling = Settling()
    assert looks(settling, 10, 10, 10)[-1]
    assert settling.waiting
    settling.dealt_with([A])
    assert not settling.waiting

    assert not any(looks(settling, 10, 10, 10))
    assert looks(settling, 11, 11, 11)[-1]


def test_a_file_that_went_and_came_back_is_another() -> None:
    settling = Settling()
    assert looks(settling, 10, 10, 10)[-1]
    settling.dealt_with([A])

    assert looks(settling, None, 10, 10, 10) == [False, False, False, True]


@pytest.mark.parametrize(
    "name", ["scan.pdf", "LÔ 1.TIF", "a.b.jpeg", "partial.png", "x.tmpl.pdf", "template.tiff"]
)
def test_scans_are_known_by_their_names(name: str) -> None:
    assert is_scan_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("scan.pdf.part", "scan.pdf.tmp", ".scan.pdf", "~scan.pdf", "~$scan.pdf", "scan.pdf~"),
        *("scan.tmp.pdf", "scan.part.tif", "scan.pdf.crdownload", "scan.filepart", "_tmp12.jpg"),
        *("notes.txt", "Thumbs.db", "pdf"),
    ],
)
def test_names_of_unfinished_files_and_of_other_kinds_are_left_alone(name: str) -> None:
    assert not is_scan_name(name)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_whole_file_of_every_kind_has_its_end_and_a_cut_off_one_has_not(
    sample: object, tmp_path: Path
) -> None:
    name = sample.name  # type: ignore[attr-defined]  # a parameter
    data = (FOLDER / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(data)
    assert is_ended(path)

    for share in (0.02, 0.5, 0.97):
        path.write_bytes(data[: int(len(data) * share)])
        assert not is_ended(path), share


def test_padding_after_the_end_is_no_fault(tmp_path: Path) -> None:
    for name in ("grey.jpg", "jpeg.pdf"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes() + bytes(100))
        assert is_ended(tmp_path / name)


def test_a_file_that_another_program_has_locked_or_that_is_closed_to_us_is_not_ended(
    tmp_path: Path,
) -> None:
    fcntl = pytest.importorskip("fcntl", reason="Windows locks files by opening them")
    path = tmp_path / "grey.jpg"
    path.write_bytes((FOLDER / "grey.jpg").read_bytes())
    with path.open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert not is_ended(path)
    assert is_ended(path)
    assert not is_ended(tmp_path / "gone.jpg")


def test_links_and_folders_with_a_scans_name_are_told_from_files(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"12345")
    (tmp_path / "b.pdf").symlink_to(tmp_path / "a.pdf")
    (tmp_path / "c.tif").mkdir()
    (tmp_path / "notes.txt").touch()

    found, odd = present_scans(tmp_path)

    assert {path.name: stamp.size_bytes for path, stamp in found.items()} == {"a.pdf": 5}
    assert {path.name for path in odd} == {"b.pdf", "c.tif"}
