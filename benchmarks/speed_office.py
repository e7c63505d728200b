"""A workspace with printed and scanned forms, read again and again with a stopwatch."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import active_children
from pathlib import Path
from unittest import mock

import pypdfium2 as pdfium

from omr.cli import main as omr
from omr.codes import Verifier
from omr.ledger import Ledger
from omr.ledger_address import COUNTER_ENDING
from omr.thresholds import Thresholds
from omr.workspace import open_workspace
from scans.batch import read_batch, reading_context
from scans.engine import Engine
from scans.stages import ReadingContext
from scans.virtual_scanner import ScanPlan, load_printed, scan_batch


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds on the wall, and of processor time of this process and those that read for it."""

    wall: float
    cpu: float

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.wall + other.wall, self.cpu + other.cpu)


class Clock:
    """Started when made."""

    def __init__(self) -> None:
        self._others = _others_s()
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def spent(self) -> Spent:
        """Since then."""
        wall, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        others = _others_s()
        for process, before in self._others.items():
            others[process] = others.get(process, before) - before
        return Spent(wall, cpu + sum(others.values()))


def processes() -> list[int]:
    """This process and those that read for it."""
    return [os.getpid(), *(child.pid for child in active_children() if child.pid)]


def _others_s() -> dict[int, float]:
    """Processor time of every process that reads for this one, where the system tells."""
    spent = {}
    for process in processes()[1:]:
        try:
            said = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
        except OSError:
            continue
        user, system = said.rpartition(")")[2].split()[11:13]
        spent[process] = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return spent


@dataclass(frozen=True, slots=True)
class Office:
    """A workspace whose printed forms were scanned, and its ledger as it was before reading."""

    root: Path
    fresh_ledger: Path

    def read(
        self,
        paths: Sequence[Path],
        *,
        jobs: int = 1,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
        engine: Callable[[ReadingContext], Engine] | None = None,
    ) -> tuple[Spent, Counter[str]]:
        """Time to read *paths* as the command does, and the sheets by status."""
        ledger_file = self.root / "ledger.db"
        for left in self.root.glob("ledger.db*"):
            left.unlink()
        for ending in ("", COUNTER_ENDING):
            shutil.copy(f"{self.fresh_ledger}{ending}", f"{ledger_file}{ending}")
        workspace = open_workspace(self.root)
        with Ledger.open(workspace.ledger_url) as ledger:
            context = reading_context(ledger, Verifier(workspace.keyring()), Thresholds())
            clock = Clock()
            summary = read_batch(
                ledger,
                paths,
                context,
                period="2026-11",
                jobs=jobs,
                progress=progress,
                engine=engine(context) if engine else None,
            )
            spent = clock.spent()
        return spent, Counter({status.value: n for status, n in summary.new.items()})


def print_and_scan(
    folder: Path, plan: ScanPlan, sheets: int, seed: int
) -> tuple[Office, list[Path]]:
    """Print, fill and scan *sheets* in a workspace of their own; the scan files too."""
    pad, office = folder / "pad.pdf", str(folder)
    with mock.patch("sys.stdout", None):  # the commands' own words are not the record
        omr(["init", office])
        words = f"--unit HP-PC08 --domain GTDB --count {sheets}".split()
        files_out = ["--out", str(pad), "--manifest", f"{pad}.jsonl"]
        omr(["forms", "print", "--workspace", office, *words, *files_out])
        omr(["forms", "layouts", "--workspace", office, "--out", str(folder / "layouts")])
    forms = load_printed(pad, Path(f"{pad}.jsonl"), folder / "layouts")
    scans_in = folder / "scans"
    scan_batch(forms, plan, scans_in, seed, jobs=2)
    fresh = folder / "fresh-ledger"
    for ending in ("", COUNTER_ENDING):
        shutil.copy(f"{folder / 'ledger.db'}{ending}", f"{fresh}{ending}")
    files = sorted(path for path in scans_in.iterdir() if path.suffix != ".jsonl")
    return Office(folder, fresh), files


class Watch:
    """Notes when every page was done; a batch calls it after each."""

    def __init__(self) -> None:
        self._times: list[float] = []

    def __call__(self, _done: int, _total: int) -> None:
        """A page is done."""
        self._times.append(time.perf_counter())

    def steady_rate(self) -> float:
        """Pages a second after the first fifth: workers have started by then."""
        first = len(self._times) // 5
        return (len(self._times) - 1 - first) / (self._times[-1] - self._times[first])


def pdf_of(files: Sequence[Path], path: Path) -> Path:
    """One PDF whose pages are the JPEG files, byte for byte."""
    document = pdfium.PdfDocument.new()
    for file in files:
        image = pdfium.PdfImage.new(document)
        image.load_jpeg(file)
        width, height = image.get_px_size()
        size = width * 72 / 300, height * 72 / 300
        image.set_matrix(pdfium.PdfMatrix().scale(*size))
        page = document.new_page(*size)
        page.insert_obj(image)
        page.gen_content()
        page.close()
    document.save(path)
    document.close()
    return path
