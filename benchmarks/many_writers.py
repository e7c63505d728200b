"""Eight reading processes of two hosts into one ledger: exactly one sheet counts for a serial.

Each process keeps its sheets as reading a batch does, twenty pages in a transaction, through a
connection of its own; the two hosts are two workspaces, each with its own counter. One sheet in
ten bears a serial that a sheet of another process bears already, or at the same moment::

    python benchmarks/many_writers.py --seed 7       # starts a PostgreSQL server; adds a result

Nothing is decoded: what is measured is the ledger with its log and its locks.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from multiprocessing.synchronize import Barrier
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import sqlalchemy as sa
from make_ledger import LAYOUT, add_file, answers, seen, take
from postgres_server import address, running_server

from omr.ledger import Ledger, issued, readings
from omr.ledger.checking import check_ledger
from omr.ledger.schema import sheet
from omr.ledger.sheets import SheetReading
from omr.ledger_address import LedgerAddress
from omr.marks import HOLDS_SERIAL

RESULTS = Path(__file__).parent / "results"
HOSTS = 2
_PAGES_AT_ONCE = 20
_QUESTIONS = 16
_MEASURED_BYTES = 900  # of a sheet as it is read: see what benchmarks/speed.py keeps
_SHARED = 0.1


def shares(sheets: int, writers: int, seed: int) -> list[list[int]]:
    """Numbers of the forms that each process reads, in its order; some are read by two.

    The forms that two read come at like places of both, so that they meet.
    """
    rng = random.Random(seed)
    pairs = int(sheets * _SHARED)  # sheets that bear a serial which another process reads too
    alone = sheets - 2 * pairs
    found: list[list[int]] = [[] for _ in range(writers)]
    for number in range(pairs):
        one, other = rng.sample(range(writers), 2)
        found[one].append(number)
        found[other].append(number)
    for number in range(alone):
        found[number % writers].append(pairs + number)
    for mine in found:
        order = {
            number: (number if number < pairs else rng.randrange(pairs or 1)) for number in mine
        }
        mine.sort(key=lambda number: order[number])
    return found


def write_sheets(
    url: str, counter: Path, name: str, serials: Sequence[str], seed: int, start: Barrier, out: Any
) -> None:
    """One process: keep a sheet for each of *serials*."""
    rng = random.Random(f"{seed} {name}")
    said = answers(**{f"q{number}": f"r{rng.randint(1, 5)}" for number in range(_QUESTIONS)})
    slowest, failure = 0.0, ""
    with Ledger.open(LedgerAddress(url, counter)) as ledger:
        source_id, batch_id = add_file(ledger, name, pages=len(serials))
        start.wait()
        began = time.perf_counter()
        try:
            for first in range(0, len(serials), _PAGES_AT_ONCE):
                some = serials[first : first + _PAGES_AT_ONCE]
                pages = [
                    readings.Page(
                        source_id, batch_id, [_sheet(serial, first + n, said, rng.randbytes)]
                    )
                    for n, serial in enumerate(some)
                ]
                before = time.perf_counter()
                readings.add_pages(ledger, pages, same_paper=lambda *_: False)
                slowest = max(slowest, time.perf_counter() - before)
        except Exception as error:  # noqa: BLE001 - told, and the run has failed
            failure = f"{type(error).__name__}: {error}"
        out.put((name, time.perf_counter() - began, slowest, failure))


def _sheet(serial: str, page: int, said: Any, randbytes: Any) -> SheetReading:
    return replace(seen(serial, page=page, said=said), measurements=randbytes(_MEASURED_BYTES))


def run(folder: Path, url: str, *, sheets: int, writers: int, seed: int) -> dict[str, Any]:
    """Write all the sheets and count what is in the ledger then."""
    mine = shares(sheets, writers, seed)
    forms = 1 + max(number for numbers in mine for number in numbers)
    counters = [folder / f"host-{number}.counter" for number in range(HOSTS)]
    with Ledger.create(LedgerAddress(url, counters[0])) as ledger:
        issued.keep_layout(ledger, LAYOUT)
        serials = [str(serial) for serial in take(ledger, forms).serials()]
    context = multiprocessing.get_context("spawn")
    start, out = context.Barrier(writers), context.Queue()
    processes = [
        context.Process(
            target=write_sheets,
            args=(
                url,
                counters[number % HOSTS],
                f"host-{number % HOSTS}-{number}.pdf",
                [serials[form] for form in numbers],
                seed,
                start,
                out,
            ),
        )
        for number, numbers in enumerate(mine)
    ]
    for process in processes:
        process.start()
    told = [out.get(timeout=1800) for _ in processes]
    for process in processes:
        process.join()
    return {
        "seconds": round(max(each[1] for each in told), 1),
        "slowest_transaction_s": round(max(each[2] for each in told), 2),
        "failures": [each[3] for each in told if each[3]],
    } | _counted(LedgerAddress(url, counters[0]), mine, serials)


def _counted(url: str, mine: list[list[int]], serials: list[str]) -> dict[str, Any]:
    borne = Counter(serials[number] for numbers in mine for number in numbers)
    with Ledger.open(url) as ledger:
        with ledger.read() as connection:
            rows = connection.execute(sa.select(sheet.c.serial, sheet.c.status)).all()
            held = Counter(row.serial for row in rows if row.status in HOLDS_SERIAL)
            status = Counter(row.status for row in rows)
        began = time.perf_counter()
        checked = check_ledger(ledger)
        took = time.perf_counter() - began
    return {
        "sheets": len(rows),
        "by_status": dict(sorted(status.items())),
        "serials": len(borne),
        "serials_borne_twice": sum(count == 2 for count in borne.values()),
        "serials_counted_exactly_once": sum(held[serial] == 1 for serial in borne),
        "log_entries": checked.head.entry if checked.head else 0,
        "findings": [f"{found.wrong} {found.record}" for found in checked.findings[:20]],
        "check_s": round(took, 1),
    }


def main() -> int:
    """Run, say what happened, and keep it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sheets", type=int, default=20_000)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--url", default="", help="an empty database; default: a server of its own")
    parser.add_argument("--out", type=Path, default=None)
    given = parser.parse_args()
    load = os.getloadavg()
    with TemporaryDirectory() as folder:
        url = given.url or address(running_server(), "postgres")
        made = run(Path(folder), url, sheets=given.sheets, writers=given.writers, seed=given.seed)
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            version = connection.execute(sa.text("show server_version")).scalar()
        engine.dispose()
    result = {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on this machine
        "python": platform.python_version(),
        "sqlalchemy": sa.__version__,
        "postgresql": version,
        "processors": os.cpu_count(),
        "load_before": [round(each, 1) for each in load],
        "seed": given.seed,
        "writers": given.writers,
        "hosts": HOSTS,
        **made,
        "sheets_a_second": round(made["sheets"] / made["seconds"], 1),
    }
    print(json.dumps(result, indent=2, ensure_ascii=False))
    out = given.out or RESULTS / f"many-writers-{result['date']}.json"
    out.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    once = made["serials_counted_exactly_once"] == made["serials"]
    return 0 if once and not made["failures"] and not made["findings"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
