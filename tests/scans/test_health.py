"""What a batch says about its scanner, and about sheets that were scanned twice."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import pytest

from omr.cli import main as omr
from omr.codes import Verifier
from omr.geometry import Registration
from omr.ledger import Ledger, readings
from omr.ledger.captures import captures
from omr.ledger.sheets import Axis
from omr.marks import Reason, SheetStatus
from omr.thresholds import Thresholds
from omr.workspace import Workspace, open_workspace
from scans import same_ink
from scans.batch import Summary, read_batch, reading_context
from scans.health import health_lines, lie_of
from scans.virtual_scanner import COMPLIANT, Container, Damage, ScanPlan, load_printed, scan_batch

COUNT = 6
STREAK_MM = 108.0  # through the bubbles of most rows


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("printed") / "w"
    at = ["--workspace", str(root)]
    assert omr(["init", str(root)]) == 0
    order = ["--unit", "HP-PC08", "--domain", "GTDB", "--count", str(COUNT)]
    files = ["--out", str(root / "f.pdf"), "--manifest", str(root / "f.jsonl")]
    assert omr(["forms", "print", *at, *order, *files]) == 0
    assert omr(["forms", "layouts", *at, "--out", str(root / "layouts")]) == 0
    forms = load_printed(root / "f.pdf", root / "f.jsonl", root / "layouts")
    single = ScanPlan("single", people=COMPLIANT, container=Container.JPEG_FOLDER)
    scan_batch(forms, single, root / "jpegs", seed=4)
    twice = ScanPlan("twice", people=COMPLIANT, damage={Damage.DUPLICATE: 1.0})
    scan_batch(forms, twice, root / "twice", seed=4)
    return root


@pytest.fixture
def office(scanned: Path, tmp_path: Path) -> Workspace:
    root = tmp_path / "w"
    shutil.copytree(scanned, root, ignore=shutil.ignore_patterns("twice", "jpegs"))
    return open_workspace(root)


def read(office: Workspace, *paths: Path, **more: object) -> Summary:
    with Ledger.open(office.ledger_url) as ledger:
        context = reading_context(ledger, Verifier(office.keyring()), Thresholds())
        return read_batch(ledger, paths, context, period="2026-11", jobs=1, **more)  # type: ignore[arg-type]


def test_a_scanner_in_order_gets_one_line(
    office: Workspace, scanned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--workspace", str(office.root)]
    assert omr(["scans", "read", str(scanned / "jpegs"), "--jobs", "1", *at]) == 0
    assert "scanner: fine" in capsys.readouterr().out.splitlines()

    assert omr(["scans", "status", *at]) == 0
    said = capsys.readouterr().out
    assert "  scanner: fine" in said
    assert f"{COUNT} files" in said


def test_a_file_that_was_read_before_says_nothing_about_the_scanner(
    office: Workspace, scanned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--workspace", str(office.root)]
    assert omr(["scans", "read", str(scanned / "jpegs"), "--jobs", "1", *at]) == 0
    capsys.readouterr()
    assert omr(["scans", "read", str(scanned / "jpegs"), "--jobs", "1", *at]) == 0

    assert "scanner" not in capsys.readouterr().out


def test_dirt_on_the_glass_is_named_with_its_place(
    office: Workspace, scanned: Path, tmp_path: Path
) -> None:
    dirty = tmp_path / "dirty"
    dirty.mkdir()
    for n, source in enumerate(sorted((scanned / "jpegs").glob("*.jpg"))):
        grey = cv2.imread(str(source), cv2.IMREAD_GRAYSCALE)
        assert grey is not None
        if 1 <= n <= 4:
            column = round(STREAK_MM * 200 / 25.4)
            grey[:, column - 1 : column + 2] = 70
        cv2.imwrite(str(dirty / source.name), grey)

    summary = read(office, dirty)

    assert summary.reasons[Reason.STREAK] == 4
    with Ledger.open(office.ledger_url) as ledger:
        found = list(captures(ledger, summary.batches))
        lines = health_lines(ledger, summary.batches)
    streaks = [c.streaks for c in found if Reason.STREAK in c.reasons]
    assert all(abs(line.at_px - STREAK_MM * 200 / 25.4) <= 2 for some in streaks for line in some)
    assert {line.axis for some in streaks for line in some} == {Axis.COLUMN}
    assert lines[0] == "scanner:"
    assert "the same streak on 4 sheets running" in lines[1]
    assert "single-00002.jpg, page 1 to single-00005.jpg, page 1" in lines[1]
    [at_mm] = [int(word) for word in lines[1].replace(",", "").split() if word.isdigit()][1:2]
    assert abs(at_mm - STREAK_MM) <= 2


def test_sheets_that_are_scanned_twice_are_known_by_their_ink(
    office: Workspace, scanned: Path
) -> None:
    summary = read(office, scanned / "twice")

    assert summary.new[SheetStatus.DUPLICATE] >= COUNT - 1
    assert summary.reasons[Reason.SAME_ANSWERS] == summary.new[SheetStatus.DUPLICATE]
    assert summary.reasons[Reason.OTHER_PAPER] == 0


def test_other_ink_with_the_same_answers_is_disputed_and_its_picture_kept(
    office: Workspace, scanned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(same_ink, "same_paper", lambda _one, _other: False)
    kept: dict[str, bytes] = {}

    def keep(jpeg: bytes) -> str:
        kept[f"{len(kept):064x}"] = jpeg
        return f"{len(kept) - 1:064x}"

    summary = read(office, scanned / "twice", keep_picture=keep)

    assert summary.reasons[Reason.OTHER_PAPER] >= COUNT - 1
    with Ledger.open(office.ledger_url) as ledger:
        rows = [
            row for row in readings.sheet_rows(ledger) if Reason.OTHER_PAPER in row.reading.reasons
        ]
    assert rows
    assert all(row.picture in kept for row in rows)
    assert all(kept[row.picture or ""].startswith(b"\xff\xd8") for row in rows)


@pytest.mark.parametrize("quarters", range(4))
def test_how_a_sheet_lay_does_not_depend_on_which_way_round_it_was_fed(quarters: int) -> None:
    import math

    from make_layout import make_layout

    angle = math.radians(90 * quarters + 2.0)
    across, along = 8.0, 7.84  # px per mm along the image's rows and columns
    c, s = math.cos(angle), math.sin(angle)
    where = Registration(
        (across * c, -across * s, 900.0, along * s, along * c, 900.0, 0.0, 0.0, 1.0)
    )

    lie = lie_of(where, make_layout())

    assert lie.skew_degrees == pytest.approx(2.0, abs=0.1)
    assert lie.aspect == pytest.approx(across / along, abs=0.002)
    assert lie.dpi == pytest.approx(math.sqrt(across * along) * 25.4)
