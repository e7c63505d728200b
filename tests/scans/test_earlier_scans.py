"""A second paper with a serial: pictures of both, as long as the first one's file is at hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from printed_office import CHOSEN, Printed

from omr.codes import Verifier
from omr.errors import LedgerUnusable
from omr.evidence import size_px
from omr.ledger import Ledger
from omr.ledger.pages import Scanned
from omr.ledger.readings import sheet_rows
from omr.ledger.sheets import WHOLE_PART, SheetRow
from omr.ledger.waiting import find_sheet
from omr.marks import DISPUTED, SheetStatus
from omr.pictures import PictureStore
from omr.thresholds import Thresholds
from omr.workspace import Workspace, open_workspace
from scans.batch import Summary, read_batch, reading_context
from scans.commands import read_scans
from scans.earlier_scans import EarlierScans
from scans.files import identify_file

OTHER = CHOSEN | {"a1": "r1", "b1": "r1"}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    made = Printed(tmp_path_factory.mktemp("office") / "w")
    (made.root / "ledger-as-printed").mkdir()
    for file in made.root.glob("ledger.db*"):
        shutil.copy(file, made.root / "ledger-as-printed")
    return made


@pytest.fixture
def office(printed: Printed, tmp_path: Path) -> Workspace:
    root = tmp_path / "w"
    shutil.copytree(printed.root, root)
    return open_workspace(root)


@pytest.fixture
def scans(printed: Printed, tmp_path: Path) -> Path:
    """Two papers with one serial."""
    folder = tmp_path / "scans"
    folder.mkdir()
    cv2.imwrite(str(folder / "1-first.png"), printed.filled(0, CHOSEN))
    cv2.imwrite(str(folder / "2-second.png"), printed.filled(0, OTHER))
    return folder


def read(office: Workspace, *paths: Path, keep: Callable[[bytes], str] | None = None) -> Summary:
    store = PictureStore(office.evidence_folder)
    with Ledger.open(office.ledger_url) as ledger:
        context = reading_context(ledger, Verifier(office.keyring()), Thresholds())
        return read_batch(
            ledger, paths, context, period="2026-11", jobs=1, keep_picture=keep or store.keep
        )


def papers(office: Workspace) -> tuple[SheetRow, SheetRow]:
    """The first paper and the second one, with what was kept of them."""
    with Ledger.open(office.ledger_url) as ledger:
        rows = [find_sheet(ledger, row.record_id) for row in sheet_rows(ledger)]
    first, second = (row for row in rows if row is not None)
    assert DISPUTED.intersection(second.reading.reasons)
    return first, second


def shape(office: Workspace, digest: str | None) -> tuple[int, ...]:
    jpeg = PictureStore(office.evidence_folder).read(digest or "")
    assert jpeg is not None
    opened = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert opened is not None
    return tuple(int(side) for side in opened.shape)


def test_of_two_papers_read_together_both_are_shown_whole(
    office: Workspace, scans: Path, printed: Printed
) -> None:
    summary = read(office, scans)

    first, second = papers(office)
    assert first.seen.status is SheetStatus.COUNTED
    part = first.parts[WHOLE_PART]
    assert (part.region.w_mm, part.region.h_mm) == (148.0, 210.0)
    for digest in (part.sha256, second.picture):
        assert shape(office, digest)[::-1] == size_px(printed.layout)
    assert summary.kept.pictures == 2


def test_the_first_papers_file_is_found_beside_the_second_ones(
    office: Workspace, scans: Path
) -> None:
    read(office, scans / "1-first.png")
    read(office, scans / "2-second.png")

    assert WHOLE_PART in papers(office)[0].parts


@pytest.mark.parametrize("how", ["gone", "another", "a link"])
def test_a_file_that_is_not_the_one_that_was_read_is_not_taken_for_it(
    office: Workspace, scans: Path, tmp_path: Path, how: str
) -> None:
    first = scans / "1-first.png"
    read(office, first)
    moved = first.rename(tmp_path / "moved.png")
    if how == "another":
        shutil.copy(scans / "2-second.png", first)
    elif how == "a link":
        first.symlink_to(moved)
    read(office, scans / "2-second.png")

    kept, second = papers(office)
    assert kept.parts == {}
    assert second.picture is not None


def test_a_name_that_leads_elsewhere_is_not_followed(printed: Printed, scans: Path) -> None:
    (scans / "inner").mkdir()
    second = identify_file(scans / "2-second.png")
    moved = shutil.copy(second.path, scans / "inner" / "x.png")
    first = identify_file(scans / "1-first.png")
    earlier = EarlierScans([identify_file(Path(moved))], {printed.layout.layout_id: printed.layout})

    for name in ("../1-first.png", str(scans / "1-first.png"), "..", ".", "", "a\0b"):
        sheet = Scanned(first.sha256, name, 0, 0, printed.layout.layout_id, (1.0,) * 9)
        assert earlier.picture_of(sheet) is None


def test_when_the_store_fails_nothing_is_lost_and_the_next_run_reads_what_is_left(
    office: Workspace, scans: Path
) -> None:
    def full(_jpeg: bytes) -> str:
        raise LedgerUnusable("the disk is full", "Free some space.")

    with pytest.raises(LedgerUnusable):
        read(office, scans, keep=full)
    with Ledger.open(office.ledger_url) as ledger:
        assert list(sheet_rows(ledger)) == []  # no sheet without its pictures

    read(office, scans)

    first, second = papers(office)
    assert WHOLE_PART in first.parts
    assert second.picture is not None


def test_reading_says_how_much_was_kept(
    office: Workspace, scans: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = read_scans([scans], office.root, period="2026-11", jobs=1)

    assert summary.kept.sheets == 1
    total = sum(file.stat().st_size for file in office.evidence_folder.rglob("*.jpg"))
    assert summary.kept.size_bytes == total
    [line] = [line for line in capsys.readouterr().out.splitlines() if "kept" in line]
    assert line.startswith("kept to be shown to people: 2 pictures of 1 sheets")
    assert f"{total / 2000:.0f} kB for each sheet seen" in line
