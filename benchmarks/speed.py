"""What the whole of ``omr scans read`` costs, over merely decoding the same images.

Prints forms, scans them with the virtual scanner, and then, round by round, times ``cv2.imdecode``
(grey, full size) of every image alone in a process and the real batch (identity, registration,
marks, ledger, evidence) on a fresh ledger, a few pages of the one and a few of the other in turn::

    python benchmarks/speed.py --sheets 60 --rounds 5 --seed 7 --out benchmarks/results/NAME.json

A ratio is the median over the rounds; the milliseconds depend on the machine and its load. The
CPU ratio counts processor time alone: it says less about waiting for the disk, and more on a
machine that others use at the same time.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import statistics
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest import mock

import cv2
from speed_decode import Decoder
from speed_office import Clock, Office, Spent, Watch, pdf_of, print_and_scan, processes

import scans.read_page
import scans.tasks
from omr.ledger import readings
from scans.virtual_scanner import (
    COMPLIANT,
    REALISTIC,
    Compression,
    Container,
    Damage,
    Mode,
    ScanPlan,
    fingerprint,
)

_JPEG: dict[str, Any] = {"container": Container.JPEG_FOLDER, "quality": 80, "people": COMPLIANT}
_FAX: dict[str, Any] = {
    "container": Container.TIFF,
    "compression": Compression.G4,
    "mode": Mode.BINARY,
    "people": COMPLIANT,
    "pages_per_file": 1,
}
STRATA = (
    ScanPlan("jpeg-a5-300", dpi=300, **_JPEG),
    ScanPlan("jpeg-a4-2up-300", dpi=300, sheets_per_page=2, **_JPEG),
    ScanPlan("jpeg-a5-200", dpi=200, **_JPEG),
    ScanPlan("g4-a5-300", dpi=300, **_FAX),
    # Not in the promise, but the month's real mix: doubts, pictures of them, damaged sheets.
    ScanPlan("realistic-jpeg-a5-200", dpi=200, **{**_JPEG, "people": REALISTIC}),
    ScanPlan(
        "damaged-jpeg-a5-300",
        dpi=300,
        damage=dict.fromkeys(Damage, 0.08),
        **{**_JPEG, "people": REALISTIC},
    ),
)
# Stage: the module's name for it, as the reader calls it. Stages do not overlap but for
# "page", which holds all of them except the ledger's.
STAGES = {
    "load": (scans.read_page, "load_enough"),
    "load whole": (scans.read_page, "load_page"),
    "fiducials": (scans.read_page, "find_fiducials"),
    "glance": (scans.read_page, "place_at_a_glance"),
    "place": (scans.read_page, "place_sheets"),
    "identify": (scans.read_page, "identify"),
    "measure": (scans.read_page, "measure"),
    "streaks": (scans.read_page, "streaked"),
    "judge": (scans.read_page, "_judged"),
    "picture": (scans.read_page, "_pictured"),
    "page": (scans.tasks, "read_page"),
    "ledger": (readings, "add_pages"),
}
_PACKAGES = ("omr-surveys", "opencv-python-headless", "numpy", "zxing-cpp", "pypdfium2", "pillow")
_BOOK_PAGES = 1000  # the longest PDF that is promised to be streamed; 5,000 pages are five of them
_PAGES_IN_TURN = 20  # so that a change of the machine's load meets decoding and reading alike


@dataclass(frozen=True, slots=True)
class Options:
    """The command's words."""

    sheets: int
    rounds: int
    seed: int
    process_pages: int
    memory_pages: int
    only: str
    out: Path | None


def main(argv: Sequence[str] | None = None) -> None:
    """Run every stratum and record what came out."""
    options = _options(argv)
    cv2.setNumThreads(1)
    rows: list[dict[str, Any]] = []
    record = _about(options) | {"strata": rows}
    with tempfile.TemporaryDirectory() as folder:
        print("| stratum | pages | decode ms | read ms | read / decode | CPU | slowest page ms |")
        print("|---|---|---|---|---|---|---|")
        for number, plan in enumerate(STRATA):
            if options.only not in {"", plan.name}:
                continue
            office, files = print_and_scan(
                Path(folder) / plan.name, plan, options.sheets, options.seed + number
            )
            row = _stratum(plan.name, office, files, options)
            rows.append(row)
            print(
                f"| {row['stratum']} | {row['pages']} | {row['decode_ms']:.2f} "
                f"| {row['read_ms']:.2f} | {row['ratio']:.2f} | {row['cpu_ratio']:.2f} "
                f"| {row['slowest_page_ms']:.0f} |",
                flush=True,
            )
            if plan.name == "jpeg-a5-300":
                record["pdf_over_bare_files"] = _pdf_over_files(office, files, options)
                record["two_processes_over_one"] = _two_over_one(
                    office, files, options.process_pages
                )
                record["memory"] = _memory(office, files, options.memory_pages)
                for name in ("pdf_over_bare_files", "two_processes_over_one", "memory"):
                    print(f"{name}: {json.dumps(record[name])}", flush=True)
            record["load_average_after"] = os.getloadavg()
            if options.out:  # after each stratum: a run that is cut short has said something
                options.out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    for row in rows:
        stages = ", ".join(f"{name} {ms:.2f}" for name, ms in row["stages_cpu_ms"].items())
        print(f"{row['stratum']}: {stages}")


def _about(options: Options) -> dict[str, Any]:
    return {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on the wall
        "seed": options.seed,
        "sheets_per_stratum": options.sheets,
        "rounds": options.rounds,
        "virtual_scanner": fingerprint(),
        "python": platform.python_version(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_average_before": os.getloadavg(),
        "versions": {name: version(name) for name in _PACKAGES},
    }


def _stratum(name: str, office: Office, files: Sequence[Path], options: Options) -> dict[str, Any]:
    starts = range(0, len(files), _PAGES_IN_TURN)
    groups = [range(n, min(n + _PAGES_IN_TURN, len(files))) for n in starts]
    with Decoder(files) as decoder:
        office.read(files[:_PAGES_IN_TURN])
        decoder.decode(groups[0])
        rounds, statuses = _rounds(office, decoder, files, groups, options)
    stages, slowest = _profile(office, files)
    size = sum(path.stat().st_size for path in files)
    return {
        "stratum": name,
        "pages": len(files),
        "kB_per_page": size / len(files) / 1024,
        "decode_ms": _per_page([decoding.wall for decoding, _reading in rounds], files),
        "read_ms": _per_page([reading.wall for _decoding, reading in rounds], files),
        "decode_cpu_ms": _per_page([decoding.cpu for decoding, _reading in rounds], files),
        "read_cpu_ms": _per_page([reading.cpu for _decoding, reading in rounds], files),
        "ratio": statistics.median(reading.wall / decoding.wall for decoding, reading in rounds),
        "cpu_ratio": statistics.median(reading.cpu / decoding.cpu for decoding, reading in rounds),
        "ratios": [reading.wall / decoding.wall for decoding, reading in rounds],
        "slowest_page_ms": 1000 * slowest,
        "statuses": {status: n // options.rounds for status, n in statuses.items()},
        "stages_cpu_ms": stages,
    }


def _rounds(
    office: Office,
    decoder: Decoder,
    files: Sequence[Path],
    groups: Sequence[range],
    options: Options,
) -> tuple[list[tuple[Spent, Spent]], Counter[str]]:
    """Time to decode and to read everything, round by round; and the sheets by status."""
    rounds = []
    statuses: Counter[str] = Counter()
    for turn in range(options.rounds):
        decoding = reading = Spent(0.0, 0.0)
        for group in groups:
            steps = [0, 1]
            random.Random(f"{options.seed} {turn} {group.start}").shuffle(steps)
            for step in steps:
                if step:
                    spent, seen = office.read([files[n] for n in group])
                    reading += spent
                    statuses += seen
                else:
                    decoding += decoder.decode(group)
        rounds.append((decoding, reading))
    return rounds, statuses


def _per_page(seconds: Sequence[float], files: Sequence[Path]) -> float:
    return 1000 * statistics.median(seconds) / len(files)


def _profile(office: Office, files: Sequence[Path]) -> tuple[dict[str, float], float]:
    """From a run of its own: ms of processor time a page in every stage; the slowest page, s."""
    spent: defaultdict[str, float] = defaultdict(float)
    slowest = 0.0

    def timed(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **words: Any) -> Any:
            nonlocal slowest
            clock = Clock()
            try:
                return call(*args, **words)
            finally:
                took = clock.spent()
                spent[name] += took.cpu
                if name == "page":
                    slowest = max(slowest, took.wall)

        return wrapped

    with ExitStack() as stack:
        for name, (module, attribute) in STAGES.items():
            if hasattr(module, attribute):
                watched = timed(name, getattr(module, attribute))
                stack.enter_context(mock.patch.object(module, attribute, watched))
        total, _seen = office.read(files)
    spent["rest"] = total.cpu - spent["page"] - spent["ledger"]
    return {name: 1000 * seconds / len(files) for name, seconds in spent.items()}, slowest


def _pdf_over_files(office: Office, files: Sequence[Path], options: Options) -> dict[str, Any]:
    """The same JPEGs inside one PDF and as bare files, in turn."""
    book = pdf_of(files, office.root / "book.pdf")
    ratios, cpu_ratios = [], []
    office.read([book])  # the process that opens PDFs is started once, and kept
    for _turn in range(options.rounds):
        bare, _seen = office.read(files)
        bound, _seen = office.read([book])
        ratios.append(bound.wall / bare.wall)
        cpu_ratios.append(bound.cpu / bare.cpu)
    return {
        "ratio": statistics.median(ratios),
        "cpu_ratio": statistics.median(cpu_ratios),
        "ratios": ratios,
    }


def _two_over_one(office: Office, files: Sequence[Path], pages: int) -> dict[str, Any]:
    """Pages a second of two workers over one process, once all of them are busy."""
    if not pages:
        return {}
    copies = -(-pages // len(files))
    book = pdf_of((list(files) * copies)[:pages], office.root / "long.pdf")
    rates: dict[int, list[float]] = {1: [], 2: []}
    for _turn in range(2):
        for jobs, found in rates.items():
            watch = Watch()
            office.read([book], jobs=jobs, progress=watch)
            found.append(watch.steady_rate())
    one, two = (statistics.median(rates[jobs]) for jobs in (1, 2))
    return {"ratio": two / one, "pages_per_second": rates, "load_average": os.getloadavg()}


def _memory(office: Office, files: Sequence[Path], pages: int) -> dict[str, Any]:
    """Resident memory of each process while PDFs of many pages are read, MB.

    One process reads the pages and this one keeps the ledger; it has also made and timed the scans,
    so that it is larger than the command's own. Libraries that both have loaded count in
    each. Another process binds the PDFs, so that what that takes is not in the figures; each begins
    with another page, since a file that was read before is not read again.
    """
    if not pages:
        return {}
    books: list[Path] = []
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as binder:
        for first in range(0, pages, _BOOK_PAGES):
            count = min(_BOOK_PAGES, pages - first)
            turn = len(books) % len(files)
            turned = [*files[turn:], *files[:turn]] * -(-count // len(files))
            path = office.root / f"huge-{len(books)}.pdf"
            books.append(binder.submit(pdf_of, turned[:count], path).result())
    seen: dict[str, dict[int, float]] = defaultdict(dict)

    def look(done: int, _total: int) -> None:
        if done % 100 == 0:
            ours = os.getpid()
            for number, process in enumerate(processes()):
                name = "ledger's process" if process == ours else f"reader {number}"
                seen[name][done] = _resident_mb(process)

    _spent, statuses = office.read(books, progress=look)
    return {
        "pages": pages,
        "files": len(books),
        "pdf_mb": sum(book.stat().st_size for book in books) / 1e6,
        "statuses": dict(statuses),
        "resident_mb": dict(seen),
        "most_mb": {name: max(found.values()) for name, found in seen.items()},
        "growth_mb_after_a_quarter": {
            name: _growth([mb for done, mb in found.items() if done >= pages // 4])
            for name, found in seen.items()
        },
        "peak_mb_of_the_benchmark": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _growth(seen: Sequence[float]) -> float:
    return max(seen) - seen[0] if seen else 0.0


def _resident_mb(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _options(argv: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sheets", type=int, default=60, help="in each stratum")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--process-pages", type=int, default=400, help="0: one process only")
    parser.add_argument("--memory-pages", type=int, default=1000, help="0: do not look at memory")
    parser.add_argument("--only", default="", help="the one stratum of that name")
    parser.add_argument("--out", type=Path)
    found = parser.parse_args(argv)
    return Options(
        sheets=found.sheets,
        rounds=found.rounds,
        seed=found.seed,
        process_pages=found.process_pages,
        memory_pages=found.memory_pages,
        only=found.only,
        out=found.out,
    )


if __name__ == "__main__":
    main()
