"""Batches: nothing twice, nothing lost, the same outcome whoever reads and however often."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from omr.cli import main as omr
from omr.codes import Verifier
from omr.ledger import Ledger, readings
from omr.ledger.readings import sheet_rows
from omr.ledger.stock_entries import add_entry
from omr.marks import Reason, SheetStatus
from omr.pictures import PictureStore
from omr.serial_ranges import SerialRange
from omr.stock import Act
from omr.thresholds import Thresholds
from omr.workspace import Workspace, open_workspace
from scans import batch, workers
from scans.batch import Summary, read_batch, reading_context
from scans.results import result_lines
from scans.virtual_scanner import COMPLIANT, Container, Damage, ScanPlan, load_printed, scan_batch

COUNT = 10


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with printed forms, their scans, and the keys and ledger they belong to."""
    root = tmp_path_factory.mktemp("printed") / "w"
    at = ["--workspace", str(root)]
    assert omr(["init", str(root)]) == 0
    order = ["--unit", "HP-PC08", "--domain", "GTDB", "--count", str(COUNT)]
    files = ["--out", str(root / "f.pdf"), "--manifest", str(root / "f.jsonl")]
    assert omr(["forms", "print", *at, *order, *files]) == 0
    assert omr(["forms", "layouts", *at, "--out", str(root / "layouts")]) == 0
    forms = load_printed(root / "f.pdf", root / "f.jsonl", root / "layouts")
    plan = ScanPlan("pages", people=COMPLIANT, damage={Damage.DUPLICATE: 0.3}, pages_per_file=5)
    scan_batch(forms, plan, root / "scans", seed=4)
    single = ScanPlan("single", people=COMPLIANT, container=Container.JPEG_FOLDER)
    scan_batch(forms, single, root / "jpegs", seed=4, sheets=forms.sheets[:2])
    return root


@pytest.fixture
def office(scanned: Path, tmp_path: Path) -> Workspace:
    """A fresh copy of the workspace, so that every test reads the scans for the first time."""
    import shutil

    root = tmp_path / "w"
    shutil.copytree(scanned, root, ignore=shutil.ignore_patterns("scans", "jpegs"))
    return open_workspace(root)


def read(office: Workspace, *paths: Path, jobs: int = 1, **more: Any) -> Summary:
    with Ledger.open(office.ledger_url) as ledger:
        context = reading_context(ledger, Verifier(office.keyring()), Thresholds())
        return read_batch(ledger, paths, context, period="2026-11", jobs=jobs, **more)


def results(office: Workspace) -> list[dict[str, Any]]:
    with Ledger.open(office.ledger_url) as ledger:
        return [json.loads(line) for line in result_lines(ledger)]


def test_the_outcome_does_not_depend_on_the_number_of_workers(
    office: Workspace, scanned: Path, tmp_path: Path
) -> None:
    import shutil

    other = tmp_path / "other"
    shutil.copytree(office.root, other)

    read(office, scanned / "scans", jobs=1)
    read(open_workspace(other), scanned / "scans", jobs=2)

    assert results(office) == results(open_workspace(other))
    assert sum(line["status"] == "duplicate" for line in results(office)) > 0


def test_every_sheet_seen_is_in_exactly_one_status(office: Workspace, scanned: Path) -> None:
    summary = read(office, scanned / "scans")

    lines = results(office)
    assert summary.sheets == len(lines) == sum(summary.new[status] for status in SheetStatus)
    assert len({(line["file"], line["page"], line["sheet"]) for line in lines}) == len(lines)


def test_a_sheet_that_the_ledger_will_ask_about_has_a_picture_however_well_it_was_read(
    office: Workspace, scanned: Path, tmp_path: Path
) -> None:
    every = SerialRange("GTDB", 2026, 1, COUNT)
    with Ledger.open(office.ledger_url) as ledger:
        day = datetime.now(office.settings.zone).date()
        add_entry(ledger, Act.LOST, [every], on_day=day, why="mất", by="an")
    read(office, scanned / "jpegs", keep_picture=PictureStore(tmp_path / "kept").keep)
    with Ledger.open(office.ledger_url) as ledger:
        rows = [row for row in sheet_rows(ledger) if row.reading.serial]
    assert rows
    for row in rows:
        assert Reason.REPORTED_LOST in row.reading.reasons
        assert row.picture is not None


def test_an_interrupted_run_goes_on_where_it_stopped(
    office: Workspace, scanned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    monkeypatch.setattr(batch, "PAGES_PER_TRANSACTION", 2)
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(office.root, undisturbed)
    read(open_workspace(undisturbed), scanned / "scans")

    def stop_after(pages: int) -> Callable[[int, int], None]:
        def progress(done: int, _total: int) -> None:
            if done == pages:
                raise KeyboardInterrupt

        return progress

    for pages in (1, 3, 2):
        with pytest.raises(KeyboardInterrupt):
            read(office, scanned / "scans", progress=stop_after(pages))
    assert len(results(office)) >= 6
    read(office, scanned / "scans")

    assert results(office) == results(open_workspace(undisturbed))


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_killed_between_two_transactions_gives_the_same_after_another_run(
    office: Workspace, scanned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    import shutil

    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(office.root, undisturbed)
    read(open_workspace(undisturbed), scanned / "scans")
    told: list[int] = []
    real, calls = readings.add_pages, 0

    def dies(*args: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt  # read, but not kept
        return real(*args, **more)

    with monkeypatch.context() as patched:
        patched.setattr(batch, "PAGES_PER_TRANSACTION", 4)
        patched.setattr(batch, "LONGEST_WAIT_S", 60.0)
        patched.setattr(readings, "add_pages", dies)
        with pytest.raises(KeyboardInterrupt):
            read(
                office,
                scanned / "scans",
                jobs=jobs,
                progress=lambda done, _total: told.append(done),
            )
    kept = {(line["file"], line["page"]) for line in results(office)}
    assert max(told) == len(kept) == 4  # only what was kept has been told
    read(office, scanned / "scans", jobs=jobs)

    assert results(office) == results(open_workspace(undisturbed))


def test_a_slow_page_does_not_wait_for_others(
    office: Workspace, scanned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    real = readings.add_pages

    def watched(ledger: Ledger, pages: Any, **more: Any) -> Any:
        sizes.append(len(pages))
        return real(ledger, pages, **more)

    monkeypatch.setattr(readings, "add_pages", watched)
    monkeypatch.setattr(batch, "LONGEST_WAIT_S", 0.0)
    summary = read(office, scanned / "scans")

    assert summary.sheets > 4
    assert set(sizes) == {1}


def test_a_renamed_copy_of_a_file_is_known_by_its_content(
    office: Workspace, scanned: Path, tmp_path: Path
) -> None:
    first = min((scanned / "scans").glob("*.pdf"))
    renamed = tmp_path / "renamed.pdf"
    renamed.write_bytes(first.read_bytes())
    read(office, first)
    before = results(office)

    summary = read(office, renamed)

    assert summary.sheets == 0
    assert [(name, source.name) for name, source in summary.known] == [("renamed.pdf", first.name)]
    assert results(office) == before


def test_the_same_content_twice_in_one_command_is_read_once(
    office: Workspace, scanned: Path, tmp_path: Path
) -> None:
    first = min((scanned / "jpegs").glob("*.jpg"))
    twin = tmp_path / "twin.jpg"
    twin.write_bytes(first.read_bytes())

    summary = read(office, first, twin)

    assert summary.sheets == 1
    assert [name for name, _ in summary.known] == ["twin.jpg"]


def test_a_bad_file_is_named_each_time_and_the_good_ones_are_read(
    office: Workspace, scanned: Path, tmp_path: Path
) -> None:
    good = min((scanned / "jpegs").glob("*.jpg"))
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.7 and nothing more")

    first = read(office, bad, good)
    again = read(office, bad, good)

    assert first.new[SheetStatus.REFUSED] == 1
    assert first.sheets == 2
    for summary in (first, again):
        (failure,) = summary.failures
        assert "bad.pdf" in failure.where
        assert failure.reason is Reason.UNREADABLE_FILE
    assert again.sheets == 0


def test_a_fault_of_our_own_costs_one_page_and_is_named(
    office: Workspace, scanned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scans import read_page

    real, calls = read_page.load_enough, 0

    def fails_once(*args: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise ZeroDivisionError("a fault of ours")
        return real(*args, **more)

    monkeypatch.setattr(read_page, "load_enough", fails_once)

    summary = read(office, scanned / "jpegs")

    assert summary.reasons[Reason.INTERNAL] == 1
    assert summary.sheets > 1
    assert "ZeroDivisionError" in summary.failures[0].why


def test_measurements_are_kept_and_judge_to_the_same_answers(
    office: Workspace, scanned: Path
) -> None:
    from omr.judging import judge_sheet
    from omr.ledger import issued
    from omr.measure_codec import unpack

    read(office, scanned / "scans")

    with Ledger.open(office.ledger_url) as ledger:
        layouts = issued.layouts(ledger)
        rows = [row for row in readings.sheet_rows(ledger) if row.reading.measurements]
    assert len(rows) >= COUNT
    for row in rows:
        seen = row.reading
        layout = layouts[seen.layout_id or ""]
        assert seen.measurements is not None
        answers, _doubts = judge_sheet(unpack(seen.measurements, layout), layout, Thresholds())
        assert answers == seen.answers
    assert max(len(row.reading.measurements or b"") for row in rows) < 1000


def test_few_pages_are_read_without_starting_workers(
    office: Workspace, scanned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_PROCESSES", None)

    summary = read(office, scanned / "jpegs", jobs=8)

    assert summary.sheets == 2
