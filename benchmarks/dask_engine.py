"""What Dask's scheduler costs: the same pages read by a cluster of these cores, and by the pool.

Prints forms, scans them with the virtual scanner, binds the pages into one PDF and reads it again
and again, by turns with two local processes and with a Dask cluster of two processes::

    python benchmarks/dask_engine.py --pages 640 --rounds 3 --out benchmarks/results/NAME.json

All processes have started and read before the first round. The ratios are the cluster's over the
pool's, medians over the rounds: of time on the wall, and of processor time of everything that took
part, which says more on a machine that others use. Scheduler and client share the cores with the
workers here, as they do not on a real cluster.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unittest import mock

from distributed import LocalCluster
from speed import STRATA
from speed_office import Spent, pdf_of, print_and_scan

from scans import dask_engine
from scans.dask_engine import DaskEngine
from scans.stages import ReadingContext
from scans.workers import Workers

_PACKAGES = ("omr-surveys", "distributed", "opencv-python-headless", "numpy")
PROCESSES = 2


def main(argv: Sequence[str] | None = None) -> None:
    """Read by turns and record the rates."""
    options = _options(argv)
    dask_engine.PAGES_PER_TASK = options.batch
    spent: dict[str, list[Spent]] = {"pool": [], "dask": []}
    statuses: dict[str, dict[str, int]] = {}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        plan = next(plan for plan in STRATA if plan.name == "jpeg-a5-300")
        office, files = print_and_scan(Path(folder) / "office", plan, options.sheets, options.seed)
        copies = -(-options.pages // len(files))
        book = pdf_of((list(files) * copies)[: options.pages], Path(folder) / "book.pdf")
        # Both kinds of processes stay, so that starting them is in no figure.
        stack.enter_context(mock.patch.object(Workers, "keep", return_value=None))
        cluster = stack.enter_context(
            LocalCluster(
                n_workers=PROCESSES, threads_per_worker=1, dashboard_address=None, silence_logs=50
            )
        )

        def on_cluster(known: ReadingContext) -> DaskEngine:
            return DaskEngine(known, cluster.scheduler_address)

        for turn in range(options.rounds + 1):
            names = list(spent)
            random.Random(f"{options.seed} {turn}").shuffle(names)
            for name in names:
                engine = on_cluster if name == "dask" else None
                took, seen = office.read([book], jobs=PROCESSES, engine=engine)
                statuses[name] = dict(seen)
                print(f"{name}: {took.wall:.1f} s, {took.cpu:.1f} s of processors", flush=True)
                if turn:
                    spent[name].append(took)
    if statuses["pool"] != statuses["dask"]:
        raise SystemExit(f"read differently: {statuses}")
    pairs = list(zip(spent["pool"], spent["dask"], strict=True))
    record: dict[str, Any] = {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on the wall
        "seed": options.seed,
        "pages": options.pages,
        "pages_per_task": options.batch,
        "processes": PROCESSES,
        "seconds": {name: [took.wall for took in each] for name, each in spent.items()},
        "processor_seconds": {name: [took.cpu for took in each] for name, each in spent.items()},
        "dask_over_pool": statistics.median(dask.wall / pool.wall for pool, dask in pairs),
        "dask_over_pool_cpu": statistics.median(dask.cpu / pool.cpu for pool, dask in pairs),
        "statuses": statuses["dask"],
        "cores": os.cpu_count(),
        "load_average": os.getloadavg(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _PACKAGES},
    }
    print(
        f"dask / pool: {record['dask_over_pool']:.3f} on the wall, "
        f"{record['dask_over_pool_cpu']:.3f} of processor time"
    )
    if options.out:
        options.out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=int, default=640)
    parser.add_argument("--sheets", type=int, default=40, help="different ones among the pages")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=dask_engine.PAGES_PER_TASK)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path)
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
