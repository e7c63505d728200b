"""Why a sheet was read as it was: always words, always a picture."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from printed_office import pages_of

from omr.cli import main as omr
from omr.errors import ExitCode
from omr.evidence import EXPECTED_COLOUR, PX_PER_MM, RING_COLOURS, Ring
from omr.ledger import Ledger, decisions, issued, readings
from omr.ledger.sheets import SheetRow
from omr.ledger.standing import IDENTITY, WHOLE, Verdict
from omr.marks import SheetStatus
from omr.workspace import open_workspace
from scans.virtual_scanner import COMPLIANT, HOSTILE, Damage, ScanPlan, load_printed, scan_batch

COUNT = 9


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which good, doubtful and nameless sheets were read."""
    root = tmp_path_factory.mktemp("explain") / "w"
    at = ["--workspace", str(root)]
    assert omr(["init", str(root)]) == 0
    order = ["--unit", "HP-PC08", "--domain", "GTDB", "--count", str(COUNT)]
    files = ["--out", str(root / "f.pdf"), "--manifest", str(root / "f.jsonl")]
    assert omr(["forms", "print", *at, *order, *files]) == 0
    assert omr(["forms", "layouts", *at, "--out", str(root / "layouts")]) == 0
    forms = load_printed(root / "f.pdf", root / "f.jsonl", root / "layouts")
    good = ScanPlan("good", people=COMPLIANT, damage={Damage.DUPLICATE: 1.0})
    scan_batch(forms, good, root / "scans", seed=4, sheets=forms.sheets[:4])
    bad = ScanPlan("bad", people=HOSTILE)
    scan_batch(forms, bad, root / "scans", seed=4, sheets=forms.sheets[4:8])
    nameless = ScanPlan("nameless", people=COMPLIANT, damage={Damage.QR_BOTH: 1.0})
    scan_batch(forms, nameless, root / "scans", seed=4, sheets=forms.sheets[8:9])
    cover, stain = pages_of(root / "f.pdf")[0], pages_of(root / "f.pdf")[1]
    stain[: stain.shape[0] // 2] = 90  # hides two corner marks and a code
    for name, page in (("cover", cover), ("spoilt", stain)):
        cv2.imwrite(str(root / "scans" / f"{name}.png"), page)
    assert omr(["scans", "read", str(root / "scans"), "--jobs", "1", *at]) == 0
    return root


def rows(root: Path, name: str) -> list[SheetRow]:
    with Ledger.open(open_workspace(root).ledger_url) as ledger:
        return [row for row in readings.sheet_rows(ledger) if row.file.startswith(name)]


def counted(root: Path) -> SheetRow:
    """A sheet that was counted without a person."""
    return next(row for row in rows(root, "good") if row.reading.status is SheetStatus.COUNTED)


def explain(root: Path, *words: str) -> int:
    return omr(["scans", "explain", "--workspace", str(root), *words])


def picture(path: Path) -> NDArray[np.uint8]:
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    assert image is not None
    return np.asarray(image, np.uint8)


def has(image: NDArray[np.uint8], colour: tuple[int, int, int]) -> bool:
    """Whether the sheet's part of the picture shows *colour* (BGR)."""
    sheet = image[:, : round(148 * PX_PER_MM)].astype(np.int16)
    return bool((np.abs(sheet - np.array(colour)).max(axis=2) < 12).sum() > 100)


def test_a_counted_sheet_is_drawn_from_its_measurements(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = counted(root)
    assert row.picture is None
    serial = row.reading.serial or ""

    assert explain(root, serial.lower(), "--out", str(tmp_path / "a.png")) == 0

    said = capsys.readouterr().out
    assert said.startswith(f"{serial}: counted\n")
    with Ledger.open(open_workspace(root).ledger_url) as ledger:
        [layout] = issued.layouts(ledger).values()
    for question in layout.questions:
        for bubble in question.bubbles:
            [line] = [
                line
                for line in said.splitlines()
                if line.split()[:2] == [question.id, bubble.option]
            ]
            chosen = bubble.option in row.reading.answers[question.id].options
            assert line.endswith("marked" if chosen else "blank")
    image = picture(tmp_path / "a.png")
    for question in layout.questions:
        for bubble in question.bubbles:
            x, y = round(bubble.centre.x_mm * PX_PER_MM), round(bubble.centre.y_mm * PX_PER_MM)
            dark = bool(image[y, x].mean() < 200)
            assert dark == (bubble.option in row.reading.answers[question.id].options)


def test_the_scan_file_shows_the_sheet_as_it_was_scanned(root: Path, tmp_path: Path) -> None:
    row = counted(root)
    scan, out = root / "scans" / row.file, tmp_path / "a.png"

    assert explain(root, row.reading.serial or "", "--scan", str(scan), "--out", str(out)) == 0

    image = picture(out)
    assert has(image, RING_COLOURS[Ring.MARKED])
    assert not has(image, RING_COLOURS[Ring.DOUBTFUL])


def test_another_file_is_not_taken_for_the_scan(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = counted(root)
    out = tmp_path / "a.png"
    other = root / "scans" / rows(root, "bad")[0].file
    for path in (other, root / "f.pdf", tmp_path / "none.pdf"):
        words = [row.reading.serial or "", "--scan", str(path), "--out", str(out)]
        assert explain(root, *words) == ExitCode.BAD_USAGE
    assert not out.exists()
    assert capsys.readouterr().out == ""


def test_doubts_and_decisions_are_shown_with_their_reasons(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting = [row for row in rows(root, "bad") if row.reading.status is SheetStatus.REVIEW]
    row, about = next(
        (row, about)
        for row in waiting
        for about in row.open
        if about not in (IDENTITY, WHOLE) and row.seen_answers[about].options
    )
    own = tmp_path / "w"
    shutil.copytree(root, own, ignore=shutil.ignore_patterns("scans"))
    out, serial = tmp_path / "a.png", row.reading.serial or ""
    assert explain(own, serial, "--out", str(out)) == 0
    before = capsys.readouterr().out
    assert "in doubt" in before
    assert has(picture(out), RING_COLOURS[Ring.DOUBTFUL])
    assert not has(picture(out), RING_COLOURS[Ring.DECIDED])

    option = row.seen_answers[about].options[0]
    with Ledger.open(open_workspace(own).ledger_url) as ledger:
        decisions.append(ledger, row.record_id, about, Verdict.ANSWERED, [option], by="an")
    assert explain(own, serial, "--out", str(out)) == 0
    after = capsys.readouterr().out.splitlines()
    [line] = [line for line in after if line.split()[:2] == [about, option]]
    assert line.endswith("in doubt; chosen by a person")
    assert has(picture(out), RING_COLOURS[Ring.DECIDED])


def test_a_sheet_without_a_serial_is_found_by_its_place(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [row] = rows(root, "nameless")
    out = tmp_path / "a.png"

    place = ["--file", row.file, "--page", "1", "--sheet", "1"]
    assert explain(root, *place, "--out", str(out)) == 0

    assert "no serial: waiting for a person" in capsys.readouterr().out
    assert picture(out).shape[0] == round(210 * PX_PER_MM)


@pytest.mark.parametrize(
    ("name", "told"), [("cover", "the cover of a pad"), ("spoilt", "do not fit a flat sheet")]
)
def test_a_page_on_which_no_sheet_was_placed_is_shown_as_it_is_and_no_form_is_made_up(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, told: str
) -> None:
    out, file = tmp_path / "a.png", f"{name}.png"

    assert explain(root, "--file", file, "--out", str(out)) == 0
    assert told in capsys.readouterr().out
    assert picture(out)[:, : round(148 * PX_PER_MM) - 1].min() == 255

    scan = root / "scans" / file
    assert explain(root, "--file", file, "--scan", str(scan), "--out", str(out)) == 0
    page = cv2.imread(str(scan), cv2.IMREAD_GRAYSCALE)
    shown = picture(out)[:, : round(148 * PX_PER_MM) - 1].mean()
    assert shown == pytest.approx(page.mean(), abs=6)
    assert not has(picture(out), EXPECTED_COLOUR)


def test_other_sheets_with_the_serial_are_named_and_can_be_asked_for(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = counted(root)
    serial = first.reading.serial or ""
    [copy] = [
        row
        for row in rows(root, "good")
        if row.seen.serial == serial and row.record_id != first.record_id
    ]
    assert explain(root, serial) == 0
    assert f"page {copy.seen.page + 1}, sheet 1: seen before" in capsys.readouterr().out

    assert explain(root, serial, "--page", str(copy.seen.page + 1)) == 0
    assert capsys.readouterr().out.startswith(f"{serial}: seen before")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["GTDB-26-000001"],
        ["GTDB-26-999999-D"],
        ["--file", "none.pdf"],
        ["--file", "good-001.pdf"],  # more than one sheet
        ["--file", "good-001.pdf", "--page", "99"],
    ],
)
def test_what_names_no_single_sheet_is_refused_with_a_remedy(
    root: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain(root, *words) == ExitCode.BAD_USAGE
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_picture_that_cannot_be_written_is_named(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = counted(root)

    out = tmp_path / "none" / "a.png"
    assert explain(root, row.reading.serial or "", "--out", str(out)) == ExitCode.BAD_USAGE
    assert "cannot write" in capsys.readouterr().err
