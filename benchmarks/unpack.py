"""How long a unit's month takes to be packed and merged: python benchmarks/unpack.py --sheets 2000.

Made-up sheets of one unit, each with a small picture, a tenth of them with a decision. Times are of
one process; sizes are of the file that is sent.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import cv2  # noqa: E402
import numpy as np  # noqa: E402
from make_units import PrintingOffice, Unit, doubted, full  # noqa: E402

from omr.key_pairs import new_sender_key, receiver_key  # noqa: E402
from omr.ledger import readings  # noqa: E402
from omr.ledger.readings import NewSource, Page, sheet_rows  # noqa: E402
from omr.ledger.senders import register_sender  # noqa: E402
from omr.pictures import PictureStore  # noqa: E402
from omr.thresholds import Thresholds  # noqa: E402
from scans.pack_file import write_pack  # noqa: E402
from scans.pack_json import to_lines  # noqa: E402
from scans.unpack import unpack_file  # noqa: E402

PERIOD, UNIT = "2026-11", "HP-PC08"


def main() -> None:
    """Measure once and print or keep the result."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sheets", type=int, default=2000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--out", type=Path)
    given = options.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), given.sheets, given.seed)
    result = {
        "date": datetime.now(UTC).date().isoformat(),
        "software": f"omr {version('omr-surveys')}",
        "python": platform.python_version(),
        "seed": given.seed,
        "sheets": given.sheets,
        "load_before": round(load, 2),
        **found,
    }
    text = json.dumps(result, indent=1)
    print(text)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")


def measure(folder: Path, sheets: int, seed: int) -> dict[str, float]:
    """Seconds of processor and by the clock for each step, and sizes."""
    office = PrintingOffice(folder / "pv01", forms=sheets)
    unit, store = Unit(office, folder / "unit"), PictureStore(folder / "unit" / "evidence")
    _read(unit, store, random.Random(seed))
    receiver = receiver_key(folder / "receiver.json", make=True)
    if receiver is None:
        raise SystemExit("no key was made")
    key = new_sender_key(UNIT, receiver.public)
    register_sender(office.ledger, UNIT, key.public, by="an")
    path, there = folder / "unit.omr", PictureStore(folder / "pv01" / "evidence")
    found: dict[str, float] = {}

    def pack() -> None:
        packed = unit.pack()
        pictures = (store.read(digest) or b"" for digest in packed.digests())
        about = {"period": PERIOD, "made_at": "2026-11-23T08:00:00+00:00", "software": "omr"}
        write_pack(path, key, to_lines(packed), pictures, sheets=len(packed.sheets), **about)

    def unpack() -> None:
        unpack_file(office.ledger, there, receiver, path, thresholds=Thresholds(), by="an")

    for name, step in (("pack", pack), ("unpack", unpack), ("unpack_again", unpack)):
        found |= _timed(name, step)
    if sum(1 for _row in sheet_rows(office.ledger)) != sheets:
        raise SystemExit("sheets were lost")
    found["file_megabytes"] = round(path.stat().st_size / 1e6, 1)
    found["peak_memory_megabytes"] = round(
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, 1
    )
    return found


def _timed(name: str, step: Callable[[], None]) -> dict[str, float]:
    clock, processor = time.perf_counter(), time.process_time()
    step()
    return {
        f"{name}_s": round(time.perf_counter() - clock, 2),
        f"{name}_processor_s": round(time.process_time() - processor, 2),
    }


def _read(unit: Unit, store: PictureStore, chance: random.Random) -> None:
    batch = readings.open_batch(
        unit.ledger, period=PERIOD, software="benchmark", thresholds={"marginal": 0.02}
    )
    count = len(unit.serials)
    file = NewSource("ab" * 32, "scans.pdf", size_bytes=1000, pages=count)
    source = readings.add_sources(unit.ledger, batch, [file])[file.sha256].source_id
    for start in range(0, count, 200):
        pages = []
        for number in range(start, min(start + 200, count)):
            options = {f"q{n}": chance.choice(["r1", "r3", "r5"]) for n in range(1, 12)}
            asked = number % 10 == 0
            said = doubted("q12", "r1", **options) if asked else full(**options)
            seen = replace(unit.sheet(number, said, ink=chance.randbytes(520)), page=number)
            pages.append(Page(source, batch, (replace(seen, picture=_picture(number)),)))
        readings.add_pages(unit.ledger, pages, keep_picture=store.keep)
    for number in range(0, count, 10):
        unit.decide(number, "q12", "r1")


def _picture(number: int) -> bytes:
    """About as large as a sheet's small picture: 30 kB."""
    noise = np.random.default_rng(number).integers(90, 255, (630, 444), np.uint8)
    _done, jpeg = cv2.imencode(".jpg", noise, [cv2.IMWRITE_JPEG_QUALITY, 3])
    return bytes(jpeg)


if __name__ == "__main__":
    main()
