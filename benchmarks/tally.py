"""How long a tally takes: responses in memory to the table of ``tally.csv``.

A million responses of 119 units, four domains and both channels, every question answered at
random; each response with answers of its own, as they come out of the ledger::

    python benchmarks/tally.py --out benchmarks/results/tally-DATE.json
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from omr.survey import Role, Survey
from omr.survey_file import shipped_survey
from reports.counts import Ratings, count
from reports.responses import Channel, Place, Response
from reports.tally import Choices, tally_of

MOST_SECONDS = 5.0  # what the project promises for a million
_UNITS, _DOMAINS = 119, ("QLHC", "PCCC", "XNC", "GTDB")
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # getrusage: bytes there, kibibytes here


def main(argv: Sequence[str] | None = None) -> int:
    """Count, say how long it took, and record it; 1 if the promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--responses", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(argv)
    survey = shipped_survey()
    responses = list(_responses(survey, options.responses, options.seed))
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    wall, processor = time.monotonic(), time.process_time()
    counts = count(responses, Ratings.of([survey]))
    table = tally_of(counts, Choices.of([survey]).with_counts(counts))
    wall, processor = time.monotonic() - wall, time.process_time() - processor
    singles = [q.id for q in survey.questions if q.role is not Role.REASONS]
    counted = int(table[table["question"].isin(singles)]["count"].sum())
    if counted != options.responses * len(singles):
        raise SystemExit(f"{counted} answers counted")
    promised = MOST_SECONDS * options.responses / 1_000_000
    record = {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on the wall
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "load": load,
        "python": platform.python_version(),
        "responses": options.responses,
        "rows": len(table),
        "seconds": round(wall, 2),
        "processor_seconds": round(processor, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT / 2**20),
        "kept": processor <= promised,  # one thread and no files: the clock adds other programs
    }
    print(json.dumps(record, indent=1))
    if options.out:
        options.out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return 0 if record["kept"] else 1


def _responses(survey: Survey, number: int, seed: int) -> Iterator[Response]:
    chance = random.Random(seed)
    offered = [(q.id, ["", *(o.id for o in q.options)], q.role) for q in survey.questions]
    units = [f"HP-{10000 + unit}" for unit in range(_UNITS)]
    place = Place("tệp.pdf")
    for each in range(number):
        answers = {}
        for question, options, role in offered:
            most = 2 if role is Role.REASONS else 1
            some = {options[int(chance.random() * len(options))] for _ in range(most)} - {""}
            answers[question] = tuple(sorted(some))
        yield Response(
            record_id=f"{each:032x}",
            channel=Channel.PAPER if chance.random() < 0.7 else Channel.ELECTRONIC,
            unit=units[int(chance.random() * _UNITS)],
            domain=_DOMAINS[int(chance.random() * len(_DOMAINS))],
            period="2026-11",
            answers=answers,
            place=place,
        )


if __name__ == "__main__":
    sys.exit(main())
