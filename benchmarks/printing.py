"""How long a print run takes, how large its file is, and how much memory it needs.

Prints with the real command, each run in a process and a workspace of its own::

    python benchmarks/printing.py --out benchmarks/results/printing-DATE.json

A sheet is one numbered form; covers count as part of the run's file and time. Peak memory
is the process's largest resident set, as the operating system counts it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

SIZES = (1_000, 5_000, 10_000, 20_000)
PAPERS = ("a5", "a4-2up")
_PACKAGES = ("omr-surveys", "reportlab", "segno", "sqlalchemy", "cryptography")
# What the project promises for 10,000 sheets on an office computer.
MOST_SECONDS, MOST_BYTES_A_SHEET, MOST_GROWTH_MB = 60.0, 4096, 16.0
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # getrusage: bytes there, kibibytes here


@dataclass(frozen=True, slots=True)
class Options:
    """The command's words."""

    sizes: tuple[int, ...]
    papers: tuple[str, ...]
    out: Path | None
    one: bool


def main(argv: Sequence[str] | None = None) -> int:
    """Print every size on every paper and record what it took; 1 if a promise is broken."""
    options = _options(argv)
    if options.one:
        print(json.dumps(_print_here(options.sizes[0], options.papers[0])))
        return 0
    rows = []
    print("| paper | sheets | seconds | bytes a sheet | peak memory, MB |")
    print("|---|---|---|---|---|")
    for paper in options.papers:
        for size in options.sizes:
            row = _print_apart(size, paper)
            rows.append(row)
            print(
                f"| {paper} | {size:,} | {row['seconds']:.1f} | {row['bytes_per_sheet']:.0f} "
                f"| {row['peak_mb']:.0f} |",
                flush=True,
            )
    broken = _broken_promises(rows)
    record = {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on the wall
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _PACKAGES},
        "rows": rows,
        "broken_promises": broken,
    }
    print("\n".join(["", *(broken or ["every promise kept"])]))
    if options.out:
        options.out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return 1 if broken else 0


def _print_apart(size: int, paper: str) -> dict[str, Any]:
    """One run in a process of its own, so that its memory is its own."""
    command = [sys.executable, __file__, "--one", "--sizes", str(size), "--papers", paper]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    row: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return row


def _print_here(size: int, paper: str) -> dict[str, Any]:
    from omr.cli import main as omr  # noqa: PLC0415 - the process that measures does not need it

    with tempfile.TemporaryDirectory() as folder, redirect_stdout(sys.stderr):
        pdf = Path(folder) / "forms.pdf"
        code = omr(["init", folder])
        begun = time.monotonic()
        words = ["--unit", "HP-PC08", "--domain", "GTDB", "--count", str(size), "--paper", paper]
        code += omr(["forms", "print", "--workspace", folder, *words, "--out", str(pdf)])
        seconds = time.monotonic() - begun
        if code:
            raise SystemExit(code)
        length = pdf.stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT
    return {
        "paper": paper,
        "sheets": size,
        "seconds": round(seconds, 2),
        "bytes_per_sheet": round(length / size, 1),
        "peak_mb": round(peak / 2**20, 1),
    }


def _broken_promises(rows: Sequence[dict[str, Any]]) -> list[str]:
    broken = []
    for row in rows:
        name = f"{row['sheets']:,} sheets on {row['paper']}"
        if row["seconds"] > MOST_SECONDS * row["sheets"] / 10_000 + 5:  # starting takes a while
            broken.append(f"{name}: {row['seconds']} s")
        if row["bytes_per_sheet"] > MOST_BYTES_A_SHEET:
            broken.append(f"{name}: {row['bytes_per_sheet']} bytes a sheet")
        least = min(other["peak_mb"] for other in rows if other["paper"] == row["paper"])
        if row["peak_mb"] - least > MOST_GROWTH_MB:
            broken.append(f"{name}: {row['peak_mb'] - least:.0f} MB more than a small run")
    return broken


def _options(argv: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--papers", nargs="+", choices=PAPERS, default=PAPERS)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    found = parser.parse_args(argv)
    return Options(tuple(found.sizes), tuple(found.papers), found.out, found.one)


if __name__ == "__main__":
    sys.exit(main())
