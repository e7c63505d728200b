"""A hundred thousand pages through the real batch, one after the other, into one ledger.

Pages come from the virtual scanner; each gets a freshly signed QR code of a serial of its own
(see :mod:`soak_pages`), so every one is decoded, placed, identified, measured and kept::

    python benchmarks/soak.py --pages 100000 --folder /var/tmp/soak --seed 20
    python benchmarks/soak.py --pages 3000 --folder /tmp/soak      # a check, a few minutes

It may be stopped at any time, also with SIGKILL: the same command goes on where it was. Each lot of
pages adds a line to ``<folder>/soak.jsonl``; at the end the whole is summed up in a result
file. What must hold: the last tenth as fast as the first (processor time of the reading process
a page, without the painting), its memory grown by less than 50 MB from its first lot on, at most
3 KB of ledger a sheet (pictures are kept elsewhere), and no answer read otherwise than on the page
it was painted on. Other programs on the machine slow every page a little, so speed is compared in
the quietest quarter of each tenth's lots: what makes the program itself slower shows in all.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, redirect_stdout
from datetime import date
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
from soak_pages import Base, Painter, bases_of, issue, shares, silent_errors

from omr.cli import main as omr
from omr.codes import Verifier
from omr.ledger import Ledger
from omr.ledger.readings import SheetReading
from omr.pictures import PictureStore
from omr.thresholds import Thresholds
from omr.workspace import Workspace, open_workspace
from scans.batch import read_batch, reading_context
from scans.pages import PageRef
from scans.virtual_scanner import Container, ScanPlan, load_printed, scan_batch

RESULTS = Path(__file__).parent / "results"
PERIOD, UNIT, DOMAIN, DPI = "2026-11", "HP-PC08", "GTDB", 200
MOST_GROWN_MB, MOST_BYTES, MOST_SLOWER = 50.0, 3072.0, 1.1


def main() -> int:
    """Make pages and read them, until there are enough."""
    given = _given()
    cv2.setNumThreads(1)
    office = _office(given.folder, given.bases, given.seed)
    log = given.folder / "soak.jsonl"
    with Ledger.open(office.ledger_url) as ledger:
        context = reading_context(ledger, Verifier(office.keyring()), Thresholds())
        bases = bases_of(sorted((given.folder / "bases").glob("*.jpg")), context)
    print(f"{len(bases)} pages to paint on", flush=True)
    painter = Painter(bases, office.keyring().signing())
    lines = _lines(log)
    session = 1 + max((line["session"] for line in lines), default=0)
    while (done := sum(line["pages"] for line in lines)) < given.pages:
        line = _lot(office, painter, done, min(given.lot, given.pages - done), given)
        lines.append(line | {"session": session, "load": round(os.getloadavg()[0], 1)})
        with log.open("a", encoding="utf-8") as out:
            out.write(json.dumps(lines[-1]) + "\n")
        print(json.dumps(lines[-1]), flush=True)
    return _sum_up(lines, given)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, required=True, help="kept between runs")
    parser.add_argument("--lot", type=int, default=500, help="pages read by one command")
    parser.add_argument("--bases", type=int, default=200, help="pages of the virtual scanner")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--out", type=Path, default=None)
    return parser.parse_args()


def _office(folder: Path, bases: int, seed: int) -> Workspace:
    """The workspace, and the virtual scanner's pages; made once."""
    root = folder / "office"
    if not (folder / "bases-ready").exists():
        shutil.rmtree(root, ignore_errors=True)
        shutil.rmtree(folder / "bases", ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        at, paper = ["--workspace", str(root)], folder / "pad.pdf"
        with redirect_stdout(StringIO()):
            omr(["init", str(root)])
            words = f"--unit {UNIT} --domain {DOMAIN} --count {bases} --no-covers".split()
            files = ["--out", str(paper), "--manifest", f"{paper}.jsonl"]
            if omr(["forms", "print", *at, *words, *files]):
                raise RuntimeError("the forms were not printed")
            omr(["forms", "layouts", *at, "--out", str(folder / "layouts")])
        forms = load_printed(paper, Path(f"{paper}.jsonl"), folder / "layouts")
        plan = ScanPlan("base", container=Container.JPEG_FOLDER, dpi=DPI)
        scan_batch(forms, plan, folder / "bases", seed, jobs=1)
        (folder / "bases-ready").touch()
    return open_workspace(root)


def _lot(
    office: Workspace, painter: Painter, done: int, pages: int, given: argparse.Namespace
) -> dict[str, Any]:
    """Paint and read some pages; what it took."""
    scans = given.folder / "scans"
    shutil.rmtree(scans, ignore_errors=True)
    scans.mkdir()
    begun = time.perf_counter()
    numbers: dict[str, Base] = {}
    with Ledger.open(office.ledger_url) as ledger:
        run = issue(ledger, painter.base(0), pages, office.keyring().signing()[0], date.today())  # noqa: DTZ011
    serials = list(run.serials())
    for at, serial in enumerate(serials):
        jpeg = painter.jpeg(done + at, run, serial)
        (scans / f"page-{done + at:07}.jpg").write_bytes(jpeg)
        numbers[str(serial)] = painter.base(done + at)
    painted = time.perf_counter() - begun
    wrong, seen = Counter[str](), Counter[str]()

    def look(_ref: PageRef, sheet: SheetReading) -> None:
        seen[sheet.status.value] += 1
        base = numbers.pop(sheet.serial or "", None)
        if base is None:
            wrong["sheets of another serial"] += 1
            return
        wrong["silent errors"] += silent_errors(base, sheet.answers)
        wrong["other status"] += sheet.status != base.status

    began, cpu = time.perf_counter(), time.process_time()
    with Ledger.open(office.ledger_url) as ledger:
        context = reading_context(ledger, Verifier(office.keyring()), Thresholds())
        summary = read_batch(
            ledger,
            [scans],
            context,
            period=PERIOD,
            jobs=1,  # in this process, whose memory and time are measured
            seen=look,
            keep_picture=PictureStore(office.evidence_folder).keep,
        )
    used = time.process_time() - cpu
    wrong["serials not read"] += len(numbers)
    shutil.rmtree(scans)
    return {
        "pages": pages,
        "read_s": round(time.perf_counter() - began, 2),
        "cpu_s": round(used, 2),
        "paint_s": round(painted, 2),
        "memory_mb": round(_memory_mb(), 1),
        "ledger_bytes": _ledger_bytes(office),
        "pictures": summary.kept.pictures,
        "picture_bytes": summary.kept.size_bytes,
        "seen": dict(seen),
        "wrong": {name: count for name, count in wrong.items() if count},
    }


def _memory_mb() -> float:
    """What this process holds in memory now; where that is not told, the most it ever did."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 1e6


def _ledger_bytes(office: Workspace) -> int:
    with closing(sqlite3.connect(office.ledger_file)) as db:
        db.execute("pragma wal_checkpoint(truncate)")
    return office.ledger_file.stat().st_size


def _lines(log: Path) -> list[dict[str, Any]]:
    """What earlier runs wrote; a line that was cut off is no line."""
    if not log.exists():
        return []
    found = []
    for line in log.read_text(encoding="utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def _sum_up(lines: list[dict[str, Any]], given: argparse.Namespace) -> int:
    """Say and keep what the whole came to; 1 if a promise is broken."""
    sizes = [line["ledger_bytes"] for line in lines]
    pages = sum(line["pages"] for line in lines)
    quiet = _by_tenth(lines, _quiet_ms)
    grown = max(
        max(of) - of[0]
        for number in {line["session"] for line in lines}
        if (of := [line["memory_mb"] for line in lines if line["session"] == number])
    )
    later = max(1, pages - lines[0]["pages"])
    wrong = Counter[str]()
    for line in lines:
        wrong.update(line["wrong"])
    result = {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on this machine
        "python": platform.python_version(),
        "opencv": cv2.__version__,
        "seed": given.seed,
        "pages": pages,
        "lots": len(lines),
        "sessions": max(line["session"] for line in lines),
        "machine_load": [min(line["load"] for line in lines), max(line["load"] for line in lines)],
        "cpu_ms_a_page_by_tenth": _by_tenth(lines, _mean_ms),
        "cpu_ms_a_page_by_tenth_in_quiet_lots": quiet,
        "memory_mb_first_and_most": [lines[0]["memory_mb"], max(x["memory_mb"] for x in lines)],
        "memory_grown_mb": round(grown, 1),
        "ledger_bytes_a_sheet": round(sizes[-1] / pages),
        "ledger_bytes_for_each_more": round((sizes[-1] - sizes[0]) / later),
        "pictures_a_sheet": round(sum(line["pictures"] for line in lines) / pages, 2),
        "picture_bytes_a_sheet": round(sum(line["picture_bytes"] for line in lines) / pages),
        "seen": dict(sum((Counter(line["seen"]) for line in lines), Counter())),
        "seen_shares_first_and_last": [shares(lines[0]["seen"]), shares(lines[-1]["seen"])],
        "wrong": dict(wrong),
        "reading_hours": round(sum(line["read_s"] for line in lines) / 3600, 2),
    }
    broken = [
        name
        for name, bad in {
            "speed": quiet[-1] > quiet[0] * MOST_SLOWER,
            "memory": grown >= MOST_GROWN_MB,
            "ledger": result["ledger_bytes_a_sheet"] > MOST_BYTES,
            "answers": bool(wrong["silent errors"] or wrong["serials not read"]),
        }.items()
        if bad
    ]
    result["broken_promises"] = broken
    print(json.dumps(result, indent=2))
    out = given.out or RESULTS / f"soak-{result['date']}.json"
    out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 1 if broken else 0


def _by_tenth(
    lines: list[dict[str, Any]], said: Callable[[list[dict[str, Any]]], float]
) -> list[float]:
    """What is *said* of the lots in each tenth of the run; in each lot if there are fewer."""
    parts = min(10, len(lines))
    ends = [len(lines) * part // parts for part in range(parts + 1)]
    return [round(said(lines[begin:end]), 2) for begin, end in pairwise(ends)]


def _mean_ms(lots: list[dict[str, Any]]) -> float:
    """Processor time a page."""
    return 1000 * sum(lot["cpu_s"] for lot in lots) / sum(lot["pages"] for lot in lots)


def _quiet_ms(lots: list[dict[str, Any]]) -> float:
    """The same in the quarter of the lots that took least."""
    ordered = sorted(lots, key=lambda lot: lot["cpu_s"] / lot["pages"])
    return _mean_ms(ordered[: -(-len(ordered) // 4)])


if __name__ == "__main__":
    sys.exit(main())
