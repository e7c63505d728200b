"""Print, fill in, scan, read, export: what comes out is what was put in."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from made_workspace import workspace_in

from omr.cli import main as omr
from scans.virtual_scanner import (
    COMPLIANT,
    REALISTIC,
    Compression,
    Container,
    Damage,
    Mode,
    ScanPlan,
    load_printed,
    scan_batch,
    score,
)

PERIOD = "2026-11"


class Office:
    """A workspace driven by its commands."""

    def __init__(self, root: Path) -> None:
        self.root = root
        workspace_in(root, jobs=1)  # tests/test_demo.py does the whole job with two

    def run(self, *words: str) -> int:
        return omr([*words[:2], "--workspace", str(self.root), *words[2:]])

    def print_forms(self, count: int, *, paper: str = "a5", domain: str = "GTDB") -> Any:
        pdf = self.root / f"{domain}-{paper}.pdf"
        order = ["--unit", "HP-PC08", "--domain", domain, "--count", str(count), "--paper", paper]
        manifest = pdf.with_suffix(".jsonl")
        assert (
            self.run("forms", "print", *order, "--out", str(pdf), "--manifest", str(manifest)) == 0
        )
        assert self.run("forms", "layouts", "--out", str(self.root / "layouts")) == 0
        return load_printed(pdf, manifest, self.root / "layouts")

    def results(self) -> list[dict[str, Any]]:
        out = self.root / "results.jsonl"
        assert self.run("scans", "results", "--out", str(out)) == 0
        return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "office")


PLANS = [
    ScanPlan("grey", people=REALISTIC, dpi=200),
    ScanPlan(
        "colour", people=REALISTIC, dpi=150, mode=Mode.COLOUR, container=Container.JPEG_FOLDER
    ),
    ScanPlan(
        "fax",
        people=COMPLIANT,
        dpi=300,
        mode=Mode.BINARY,
        container=Container.TIFF,
        compression=Compression.G4,
    ),
    ScanPlan("glass", people=COMPLIANT, dpi=200, sheets_per_page=2),
    ScanPlan("sideways", people=COMPLIANT, dpi=200, sideways=True),
]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_what_people_filled_in_is_what_is_read(office: Office, plan: ScanPlan) -> None:
    forms = office.print_forms(8)
    truths = scan_batch(forms, plan, office.root / "scans", seed=5)

    assert office.run("scans", "read", str(office.root / "scans"), "--period", PERIOD) == 0

    card = score(office.results(), truths)
    assert card.errors == []
    assert card.sheets == 8
    assert card.statuses["counted"] + card.statuses["review"] == 8


def test_no_damage_makes_a_silent_error_or_loses_a_sheet(office: Office) -> None:
    forms = office.print_forms(30)
    plan = ScanPlan("damaged", people=REALISTIC, dpi=200, damage=dict.fromkeys(Damage, 0.15))
    truths = scan_batch(forms, plan, office.root / "scans", seed=11)

    assert office.run("scans", "read", str(office.root / "scans"), "--period", PERIOD) == 0

    results = office.results()
    assert score(results, truths).errors == []
    seen = {(line["file"], line["page"]) for line in results}
    assert seen == {(truth["file"], truth["page"]) for truth in truths}


def test_forms_printed_two_on_a_sheet_are_read_from_the_uncut_print(office: Office) -> None:
    forms = office.print_forms(5, paper="a4-2up")

    assert (
        office.run("scans", "read", str(office.root / "GTDB-a4-2up.pdf"), "--period", PERIOD) == 0
    )

    places = [(line["page"], line["sheet"], line["serial"]) for line in office.results()]
    by_place = sorted((sheet.pdf_page, sheet.x_mm, sheet.serial) for sheet in forms.sheets)
    assert [serial for _, _, serial in places] == [serial for _, _, serial in by_place]
    # The first page's left half is the pad's cover.
    assert [sheet for _, sheet, _ in places] == [0, 0, 1, 0, 1]


def test_the_exports_count_exactly_what_was_read(office: Office) -> None:
    forms = office.print_forms(12)
    scan_batch(forms, ScanPlan("grey", people=COMPLIANT), office.root / "scans", seed=3)
    assert office.run("scans", "read", str(office.root / "scans"), "--period", PERIOD) == 0
    out = office.root / "out"

    code = office.run("reports", "export", "--period", PERIOD, "--out", str(out), "--provisional")

    assert code == 0
    counted = [line for line in office.results() if line["status"] == "counted"]
    expected = Counter(
        (question, option)
        for line in counted
        for question, said in line["answers"].items()
        for option in said["options"] or [""]
    )
    with (out / "tally.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["channel"] == "paper"]
    tallied = {(row["question"], row["option"]): int(row["count"]) for row in rows}
    assert {key: count for key, count in tallied.items() if count} == expected
    with (out / "reconciliation.csv").open(encoding="utf-8", newline="") as stream:
        (stock,) = csv.DictReader(stream)
    assert int(stock["opening"]) + int(stock["issued"]) == sum(
        int(stock[name])
        for name in (
            "returned_answered",
            "returned_blank",
            "void",
            "lost",
            "unused_returned",
            "outstanding",
        )
    )


def test_an_export_is_refused_while_people_must_decide(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    forms = office.print_forms(4)
    plan = ScanPlan("torn", people=COMPLIANT, damage={Damage.QR_BOTH: 1.0})
    scan_batch(forms, plan, office.root / "scans", seed=2)
    assert office.run("scans", "read", str(office.root / "scans"), "--period", PERIOD) == 0
    capsys.readouterr()

    code = office.run("reports", "export", "--period", PERIOD, "--out", str(office.root / "out"))

    assert code == 5
    assert "4" in capsys.readouterr().err
    assert not (office.root / "out").exists()


def test_reading_the_same_files_again_adds_nothing_and_says_so(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    forms = office.print_forms(3)
    scan_batch(forms, ScanPlan("grey", people=COMPLIANT), office.root / "scans", seed=3)
    read = ("scans", "read", str(office.root / "scans"), "--period", PERIOD)
    assert office.run(*read) == 0
    before = office.results()
    capsys.readouterr()

    assert office.run(*read) == 0

    assert office.results() == before
    assert "already read" in capsys.readouterr().out


def test_the_same_sheets_in_another_file_are_duplicates(office: Office) -> None:
    forms = office.print_forms(3)
    plans = [ScanPlan("monday", people=COMPLIANT), ScanPlan("tuesday", people=COMPLIANT)]
    for plan in plans:
        scan_batch(forms, plan, office.root / plan.name, seed=3)
        assert office.run("scans", "read", str(office.root / plan.name), "--period", PERIOD) == 0

    statuses = Counter(line["status"] for line in office.results())

    assert statuses["duplicate"] == 3
    assert statuses["counted"] + statuses["review"] == 3
