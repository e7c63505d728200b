"""Evidence pictures: whole or absent, one for each sheet, and made up for after a crash."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import pytest
from printed_office import Printed

from omr.errors import UsageError
from omr.ledger.sheets import SheetReading
from scans.evidence import EvidenceFolder
from scans.pages import PageRef
from scans.read_page import read_page


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return Printed(tmp_path_factory.mktemp("office") / "office")


@pytest.fixture(scope="module")
def scan(printed: Printed) -> tuple[PageRef, SheetReading]:
    path = printed.root / "scan.png"
    cv2.imwrite(str(path), printed.filled())
    ref = PageRef(path, 0)
    [sheet] = read_page(ref, printed.context).sheets
    return ref, sheet


def test_a_picture_is_made_up_for_only_where_it_is_missing(
    printed: Printed, scan: tuple[PageRef, SheetReading], tmp_path: Path
) -> None:
    folder = EvidenceFolder(tmp_path / "anh", printed.context.layouts)
    folder.save_missing(*scan)
    [picture] = (tmp_path / "anh").iterdir()
    assert cv2.imread(str(picture)) is not None
    picture.write_bytes(b"looked at")

    folder.save_missing(*scan)
    assert picture.read_bytes() == b"looked at"


def test_nameless_first_pages_of_two_files_have_a_picture_each(
    printed: Printed, scan: tuple[PageRef, SheetReading], tmp_path: Path
) -> None:
    ref, sheet = scan
    other = PageRef(tmp_path / "other.png", 0)
    cv2.imwrite(str(other.path), printed.filled(1))
    folder = EvidenceFolder(tmp_path / "anh", printed.context.layouts)

    for each in (ref, other):
        folder.save(each, replace(sheet, serial=None))

    assert len(list((tmp_path / "anh").iterdir())) == 2


def test_a_full_disk_is_named_and_leaves_no_half_picture(
    printed: Printed,
    scan: tuple[PageRef, SheetReading],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    folder = EvidenceFolder(tmp_path / "anh", printed.context.layouts)
    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(UsageError, match="No space left") as failure:
        folder.save(*scan)

    assert "Free some space" in failure.value.remedy
    assert list((tmp_path / "anh").iterdir()) == []
