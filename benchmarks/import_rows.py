"""How long it takes to import an electronic export, and how much memory.

Writes exports of several sizes, as CSV and as workbook, and imports each with the real
command in a process and a workspace of its own; then the largest once more::

    python benchmarks/import_rows.py --out benchmarks/results/import-DATE.json

Every row has 22 answers and comes from its own unit, domain and second. Peak memory is the
process's largest resident set, as the operating system counts it.
"""

from __future__ import annotations

import argparse
import csv
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
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

SIZES = (10_000, 50_000, 100_000)
KINDS = ("csv", "xlsx")
# What the project promises: 100,000 rows, and memory that hardly grows with them.
PROMISED_ROWS, MOST_SECONDS, MOST_BYTES_A_ROW = 100_000, 20.0, 2048
_ROWS_A_MONTH = 8000  # the sample's rows are two minutes apart, within opening hours
_PACKAGES = ("omr-surveys", "sqlalchemy", "xlsxwriter")
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # getrusage: bytes there, kibibytes here


@dataclass(frozen=True, slots=True)
class Options:
    """The command's words."""

    sizes: tuple[int, ...]
    kinds: tuple[str, ...]
    out: Path | None
    one: Path | None


def main(argv: Sequence[str] | None = None) -> int:
    """Import every size in every form and record what it took; 1 if a promise is broken."""
    options = _options(argv)
    if options.one:
        print(json.dumps(_import_here(options.one)))
        return 0
    rows: list[dict[str, Any]] = []
    print("| form | rows | seconds | processor | peak memory, MB |")
    print("|---|---|---|---|---|")
    for kind in options.kinds:
        for size in options.sizes:
            with tempfile.TemporaryDirectory() as folder:
                file = _written(Path(folder) / f"phieu.{kind}", size)
                _workspace(Path(folder) / "office")
                again = (False, True) if size == max(options.sizes) else (False,)
                rows += [_import_apart(kind, size, file, known=known) for known in again]
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


def _options(argv: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    said = parser.parse_args(argv)
    return Options(tuple(said.sizes), tuple(said.kinds), said.out, said.one)


def _workspace(root: Path) -> None:
    from omr.ledger import Ledger  # noqa: PLC0415 - after the options were understood
    from omr.provinces import find_province  # noqa: PLC0415
    from omr.workspace import init_workspace, open_workspace  # noqa: PLC0415

    init_workspace(root, find_province("31"))
    Ledger.create(open_workspace(root).ledger_url).close()


def _written(path: Path, rows: int) -> Path:
    """An export of that many rows, over as many months as they need."""
    from omr.periods import Period  # noqa: PLC0415
    from omr.provinces import find_province  # noqa: PLC0415
    from omr.survey_file import shipped_survey  # noqa: PLC0415
    from omr.unit_seed import seed_units  # noqa: PLC0415
    from omr.units_file import parse_units, units_text  # noqa: PLC0415
    from reports.sample_export import write_sample_export  # noqa: PLC0415

    catalogue = parse_units(units_text(seed_units(find_province("31"))), Path("units.csv"))
    units = [(u, u.domains) for u in catalogue.units if u.domains and u.valid_to is None]
    plain, part = path.with_suffix(".csv"), path.with_name("part.csv")
    period, left = Period.parse("2026-01"), rows
    with plain.open("w", encoding="utf-8", newline="") as stream:
        while left:
            some = min(left, _ROWS_A_MONTH)
            write_sample_export(
                part, shipped_survey(), units, period, rows=some, seed=left, form="sheet"
            )
            head, _newline, body = part.read_text(encoding="utf-8").partition("\n")
            stream.write(body if left < rows else f"{head}\n{body}")
            period, left = period.next(), left - some
    return plain if path.suffix == ".csv" else _as_workbook(plain, path)


def _as_workbook(plain: Path, path: Path) -> Path:
    import xlsxwriter  # noqa: PLC0415

    with xlsxwriter.Workbook(path) as workbook, plain.open(encoding="utf-8", newline="") as stream:
        sheet = workbook.add_worksheet("Câu trả lời biểu mẫu 1")
        moment = workbook.add_format({"num_format": "dd/mm/yyyy h:mm:ss"})
        for number, cells in enumerate(csv.reader(stream)):
            for place, cell in enumerate(cells):
                if number and not place:
                    at = datetime.strptime(cell, "%d/%m/%Y %H:%M:%S")  # noqa: DTZ007 - local
                    sheet.write_datetime(number, place, at, moment)
                elif cell:
                    sheet.write_string(number, place, cell)
    return path


def _import_apart(kind: str, size: int, file: Path, *, known: bool) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, __file__, "--one", str(file)], capture_output=True, text=True, check=True
    )
    row: dict[str, Any] = {"form": kind, "rows": size, "again": known, **json.loads(done.stdout)}
    if (row["new"], row["known"]) != ((0, size) if known else (size, 0)):
        raise AssertionError(f"not every row arrived: {row}")
    print(
        f"| {kind}{', again' if known else ''} | {size:,} | {row['seconds']:.1f} "
        f"| {row['processor_s']:.1f} | {row['peak_mb']:.0f} |",
        flush=True,
    )
    return row


def _import_here(file: Path) -> dict[str, Any]:
    from reports.import_commands import ImportSummary, import_export  # noqa: PLC0415

    started, processor = time.perf_counter(), time.process_time()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        summary = import_export(file.parent / "office", file, "google-forms")
    assert isinstance(summary, ImportSummary)  # noqa: S101 - the profile says so
    return {
        "seconds": round(time.perf_counter() - started, 2),
        "processor_s": round(time.process_time() - processor, 2),
        "peak_mb": round(
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT / 1024 / 1024, 1
        ),
        "new": summary.outcome.new,
        "known": summary.outcome.known,
    }


def _broken_promises(rows: Sequence[dict[str, Any]]) -> list[str]:
    broken = [
        f"{row['rows']:,} rows of {row['form']} took {row['seconds']} s"
        for row in rows
        if row["seconds"] > MOST_SECONDS * max(1.0, row["rows"] / PROMISED_ROWS)
    ]
    for kind in {row["form"] for row in rows}:
        fresh = sorted((r for r in rows if r["form"] == kind and not r["again"]), key=_size)
        if len(fresh) > 1:
            grown = (fresh[-1]["peak_mb"] - fresh[0]["peak_mb"]) * 1024 * 1024
            a_row = grown / (fresh[-1]["rows"] - fresh[0]["rows"])
            if a_row > MOST_BYTES_A_ROW:
                broken.append(f"{kind}: memory grows by {a_row:.0f} bytes a row")
    return broken


def _size(row: dict[str, Any]) -> int:
    return int(row["rows"])


if __name__ == "__main__":
    raise SystemExit(main())
