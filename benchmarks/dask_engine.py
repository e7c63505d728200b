"""What Dask's scheduler costs: the same pages read by a cluster of these cores, and by the pool.

Prints forms, scans them with the virtual scanner, binds the pages into one PDF and reads it again
and again, by turns with two local processes and with a Dask cluster of two processes::

    python benchmarks/dask_engine.py --pages 640 --rounds 3 --out benchmarks/results/NAME.json

A rate is pages a second once all processes are busy; the ratio is the pool's over the cluster's,
the median over the rounds. Scheduler and client share the cores with the workers here, as they
do not on a real cluster.
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
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from distributed import LocalCluster
from speed import STRATA
from speed_office import Watch, pdf_of, print_and_scan

from scans import dask_engine
from scans.dask_engine import DaskEngine

_PACKAGES = ("omr-surveys", "distributed", "opencv-python-headless", "numpy")
PROCESSES = 2


def main(argv: Sequence[str] | None = None) -> None:
    """Read by turns and record the rates."""
    options = _options(argv)
    dask_engine.PAGES_PER_TASK = options.batch
    rates: dict[str, list[float]] = {"pool": [], "dask": []}
    statuses: dict[str, dict[str, int]] = {}
    with tempfile.TemporaryDirectory() as folder:
        plan = next(plan for plan in STRATA if plan.name == "jpeg-a5-300")
        office, files = print_and_scan(Path(folder) / "office", plan, options.sheets, options.seed)
        copies = -(-options.pages // len(files))
        book = pdf_of((list(files) * copies)[: options.pages], Path(folder) / "book.pdf")
        with LocalCluster(
            n_workers=PROCESSES, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as cluster:
            for turn in range(options.rounds):
                names = list(rates)
                random.Random(f"{options.seed} {turn}").shuffle(names)
                for name in names:
                    watch = Watch()
                    made = name == "dask"
                    _spent, seen = office.read(
                        [book],
                        jobs=PROCESSES,
                        progress=watch,
                        engine=(lambda known: DaskEngine(known, cluster.scheduler_address))
                        if made
                        else None,
                    )
                    statuses[name] = dict(seen)
                    rates[name].append(watch.steady_rate())
                    print(f"{name}: {rates[name][-1]:.1f} pages/s", flush=True)
    if statuses["pool"] != statuses["dask"]:
        raise SystemExit(f"read differently: {statuses}")
    ratios = [pool / dask for pool, dask in zip(rates["pool"], rates["dask"], strict=True)]
    record: dict[str, Any] = {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on the wall
        "seed": options.seed,
        "pages": options.pages,
        "pages_per_task": options.batch,
        "processes": PROCESSES,
        "pages_per_second": rates,
        "pool_over_dask": statistics.median(ratios),
        "ratios": ratios,
        "statuses": statuses["dask"],
        "cores": os.cpu_count(),
        "load_average": os.getloadavg(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _PACKAGES},
    }
    print(f"pool / dask: {record['pool_over_dask']:.3f}")
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
