"""How often the reader errs in silence, and how often it asks a person.

Prints forms, lets virtual people fill them and virtual scanners scan them, reads them with
the real command's code, and compares with the truth, stratum by stratum::

    python benchmarks/accuracy.py --sheets 100 --seed 7 --out benchmarks/results/NAME.json

A silent error is an answer that stands without a person and is not what was meant, a lost
sheet, a sheet counted twice, or a wrong identity (``scans/virtual/scorecard.py``).
"""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from omr.cli import main as omr
from omr.codes import Verifier
from omr.ledger import Ledger
from omr.thresholds import Thresholds
from omr.workspace import open_workspace
from scans.batch import read_batch, reading_context
from scans.results import result_lines
from scans.virtual_scanner import (
    COMPLIANT,
    HOSTILE,
    REALISTIC,
    Compression,
    Container,
    Damage,
    Mode,
    ScanPlan,
    fingerprint,
    load_printed,
    scan_batch,
    score,
)

_BINARY = {"container": Container.TIFF, "compression": Compression.G4, "mode": Mode.BINARY}
_DAMAGED = dict.fromkeys(Damage, 0.08)
STRATA = (
    ScanPlan("compliant-grey-200", people=COMPLIANT, dpi=200),
    ScanPlan("compliant-g4-300", people=COMPLIANT, dpi=300, **_BINARY),
    ScanPlan("realistic-grey-150", people=REALISTIC, dpi=150),
    ScanPlan("realistic-grey-200", people=REALISTIC, dpi=200),
    ScanPlan("realistic-grey-300", people=REALISTIC, dpi=300),
    ScanPlan("realistic-colour-200", people=REALISTIC, mode=Mode.COLOUR, dpi=200),
    ScanPlan("realistic-g4-300", people=REALISTIC, dpi=300, **_BINARY),
    ScanPlan("realistic-damaged-200", people=REALISTIC, dpi=200, damage=_DAMAGED),
    ScanPlan("hostile-grey-200", people=HOSTILE, dpi=200),
    ScanPlan("hostile-colour-300", people=HOSTILE, mode=Mode.COLOUR, dpi=300),
)
_PACKAGES = ("omr-surveys", "opencv-python-headless", "numpy", "zxing-cpp", "pypdfium2", "pillow")


@dataclass(frozen=True, slots=True)
class Options:
    """The command's words."""

    sheets: int
    seed: int
    jobs: int
    out: Path | None


def main(argv: Sequence[str] | None = None) -> None:
    """Run every stratum and record what came out."""
    options = _options(argv)
    rows = []
    print(
        "| stratum | sheets | positions | silent errors | answers for review | sheets for review |"
    )
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for number, plan in enumerate(STRATA):
            row = _run(Path(folder) / plan.name, replace(plan, seal=1.0), options, number)
            rows.append(row)
            print(
                f"| {row['stratum']} | {row['sheets']} | {row['positions']} "
                f"| {row['silent_errors']} | {row['asked_share']:.2%} "
                f"| {row['review_share']:.0%} |",
                flush=True,
            )
    record = {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on the wall
        "seed": options.seed,
        "sheets_per_stratum": options.sheets,
        "virtual_scanner": fingerprint(),
        "thresholds": Thresholds().as_dict(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _PACKAGES},
        "silent_errors": sum(row["silent_errors"] for row in rows),
        "sheets": sum(row["sheets"] for row in rows),
        "positions": sum(row["positions"] for row in rows),
        "strata": rows,
    }
    print(f"\n{record['silent_errors']} silent errors in {record['positions']} positions")
    if options.out:
        options.out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _run(folder: Path, plan: ScanPlan, options: Options, number: int) -> dict[str, Any]:
    """Print, fill, scan and read one stratum in a workspace of its own."""
    pad, office = folder / "pad.pdf", str(folder)
    omr(["init", office])
    words = f"--unit HP-PC08 --domain GTDB --count {options.sheets}".split()
    files_out = ["--out", str(pad), "--manifest", f"{pad}.jsonl"]
    omr(["forms", "print", "--workspace", office, *words, *files_out])
    omr(["forms", "layouts", "--workspace", office, "--out", str(folder / "layouts")])
    forms = load_printed(pad, Path(f"{pad}.jsonl"), folder / "layouts")
    scans = folder / "scans"
    truths = scan_batch(forms, plan, scans, options.seed + number, jobs=options.jobs)
    workspace = open_workspace(folder)
    with Ledger.open(workspace.ledger_url) as ledger:
        context = reading_context(ledger, Verifier(workspace.keyring()), Thresholds())
        begun = time.monotonic()
        files = sorted(path for path in scans.iterdir() if path.suffix != ".jsonl")
        summary = read_batch(ledger, files, context, period="2026-11", jobs=options.jobs)
        seconds = time.monotonic() - begun
        results = [json.loads(line) for line in result_lines(ledger)]
    card = score(results, truths)
    bubbles = sum(len(q.bubbles) for layout in context.layouts.values() for q in layout.questions)
    asked, seen = sum(card.asked.values()), sum(card.seen.values())
    return {
        "stratum": plan.name,
        "sheets": card.sheets,
        "positions": card.sheets * bubbles,
        "silent_errors": len(card.errors),
        "errors": [str(error) for error in card.errors],
        "asked_share": asked / max(1, seen),
        "review_share": card.statuses["review"] / max(1, card.sheets),
        "statuses": dict(card.statuses),
        "asked_by_kind": dict(card.asked),
        "seen_by_kind": dict(card.seen),
        "ms_per_sheet": 1000 * seconds / max(1, summary.sheets),
    }


def _options(argv: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sheets", type=int, default=50, help="in each stratum")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path)
    found = parser.parse_args(argv)
    return Options(found.sheets, found.seed, found.jobs, found.out)


if __name__ == "__main__":
    main()
