"""How often the reader errs in silence, and how often it asks a person.

Virtual people fill printed forms, virtual scanners scan them, the reader's own code reads the
scan files, and every answer is compared with what was meant, stratum by stratum. Results are
added to ``benchmarks/results/accuracy.jsonl``, so that runs accumulate::

    python benchmarks/accuracy.py --minutes 20            # people under every capture
    python benchmarks/accuracy.py --minutes 5 --strata line,empty,again
    python benchmarks/accuracy.py --minutes 5 --check     # adds nothing; exit code 1 on an error
    python benchmarks/accuracy.py --report
    python benchmarks/accuracy.py --reproduce hostile-grey-200 2026112301 17 --pictures out
    python benchmarks/accuracy.py --replay                # all recorded errors: still there?

A silent error is an answer that stands without a person and is not what was meant, a lost
sheet, or a wrong identity (``scans/virtual/scorecard.py``); in the strata that scan one sheet
many times, also a position that is marked once and blank another time. The whole command with
its ledger, sheets that come twice included, is judged by ``--sheets 100 --seed 330 [--out
FILE]`` (``accuracy_end_to_end.py``).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import accuracy_end_to_end
from accuracy_office import SHEETS, Office, open_office, reader_digest
from accuracy_record import (
    RECORD,
    Reader,
    append,
    commit,
    is_current,
    line_of,
    lines_of,
    report,
    was_run,
)
from accuracy_strata import BY_NAME, Stratum, chosen
from accuracy_tally import Tally
from accuracy_worker import BLOCK, Block, begin, look_again, save_picture, work

_AHEAD = 2  # blocks in flight for each worker
# Pages are megabytes that come and go: kept by the allocator instead of being given back to the
# system and cleared again for every page (a fifth of the time).
_KEEP_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "MALLOC_TOP_PAD_": str(64 << 20),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run, report or reproduce; the exit code."""
    words = sys.argv[1:] if argv is None else list(argv)
    if "--sheets" in words:
        accuracy_end_to_end.main(words)
        return 0
    parser = _parser()
    options = parser.parse_args(words)
    if options.report:
        print(report(list(lines_of(options.record)), reader_digest()))
        return 0
    if options.replay:
        return _replay(options.record, options.pictures)
    if options.reproduce:
        if len(options.reproduce) not in {3, 4} or options.reproduce[0] not in BY_NAME:
            parser.error("--reproduce takes a stratum, a seed, an index and perhaps a pass")
        name, run_seed, index, *number = options.reproduce
        again = int(number[0]) if number else 0
        return _reproduce(BY_NAME[name], int(run_seed), int(index), again, options.pictures)
    try:
        strata = chosen(options.strata)
    except ValueError as unknown:
        print(f"accuracy: {unknown}", file=sys.stderr)
        return 2
    reader = Reader(reader_digest(), commit())
    seed: int = options.seed or _free_seed(options.record, check=options.check)
    if not options.check and (done := was_run(options.record, seed, strata, reader.digest)):
        print(
            f"accuracy: this reader has read {', '.join(done)} with seed {seed} already; "
            "take another --seed",
            file=sys.stderr,
        )
        return 2
    begun = time.monotonic()
    with TemporaryDirectory() as folder:
        office = open_office(Path(folder) / "office", options.printed)
        tallies = run(
            office, strata, seed, options.minutes, jobs=options.jobs, pictures=options.pictures
        )
    (layout,) = office.forms.layouts
    wall = time.monotonic() - begun
    lines = [
        line_of(BY_NAME[name], tally, seed=seed, reader=reader, layout=layout, wall_s=wall)
        for name, tally in tallies.items()
    ]
    if not options.check:
        append(options.record, lines)
    print(report(lines, reader.digest))
    errors = [(line["stratum"], error) for line in lines for error in line["errors"]]
    positions = sum(line["positions"] for line in lines)
    print(
        f"\nseed {seed}: {len(errors)} silent errors in {positions:,} positions, "
        f"{positions / wall:,.0f} positions a second"
    )
    for name, error in errors:
        print(f"{name}: {json.dumps(error, ensure_ascii=False)}")
    return 1 if errors and options.check else 0


def run(
    office: Office,
    strata: Sequence[Stratum],
    seed: int,
    minutes: float,
    *,
    jobs: int = 2,
    pictures: Path | None = None,
) -> dict[str, Tally]:
    """Read sheets of all *strata* in turn until the time is over.

    Args:
        office: Its forms are filled and read.
        strata: By turns, a block of sheets each.
        seed: Of everything drawn.
        minutes: At least one block is read, and blocks begun are finished.
        jobs: Processes.
        pictures: Folder for pages with silent errors.

    Returns:
        Stratum name to what came out, for every stratum that had its turn.
    """
    os.environ.update(_KEEP_MEMORY)  # read by the workers when they start
    tallies: dict[str, Tally] = defaultdict(Tally)
    end = time.monotonic() + 60 * minutes
    waiting: deque[Future[tuple[str, Tally]]] = deque()
    with ProcessPoolExecutor(
        jobs, mp_context=get_context("spawn"), initializer=begin, initargs=(office, pictures)
    ) as pool:
        for block in _blocks(strata, seed):
            if tallies and time.monotonic() >= end:
                break
            waiting.append(pool.submit(work, block))
            if len(waiting) >= _AHEAD * jobs:
                name, tally = waiting.popleft().result()
                tallies[name].add(tally)
        for late in waiting:
            name, tally = late.result()
            tallies[name].add(tally)
    return {stratum.name: tallies[stratum.name] for stratum in strata if stratum.name in tallies}


def _blocks(strata: Sequence[Stratum], seed: int) -> Iterator[Block]:
    """Blocks without end: each stratum has its turn."""
    done = Counter[str]()
    while True:
        for stratum in strata:
            size = BLOCK if stratum.passes == 1 else 1
            yield Block(stratum.name, seed, done[stratum.name], size)
            done[stratum.name] += size


def _free_seed(record: Path, *, check: bool) -> int:
    """The day's number with two more digits: how many runs the record holds of that day."""
    today = int(f"{date.today():%Y%m%d}") * 100  # noqa: DTZ011 - the day on the wall
    if check:
        return today
    taken = [int(line["seed"]) for line in lines_of(record)]
    return max([today, *(seed for seed in taken if seed < today + 100)]) + 1


def _reproduce(stratum: Stratum, seed: int, index: int, number: int, folder: Path | None) -> int:
    """Make one sheet of a run again, read it, and say what was meant and what was read."""
    with TemporaryDirectory() as other:
        office = open_office(Path(other) / "office")
        scan, found = look_again(office, stratum, seed, index, number)
        for truth, result, errors in found:
            print(json.dumps({"truth": truth, "read": result, "errors": errors}, indent=1))
        if folder is not None:
            print(save_picture(folder, office, stratum, scan, found))
    return 0


def _replay(record: Path, folder: Path | None) -> int:
    """Read every recorded sheet with an error again: does this reader still err?"""
    sheets = sorted(
        {
            (line["stratum"], error["seed"], error["index"], error.get("pass", 0))
            for line in lines_of(record)
            if is_current(line)
            for error in line["errors"]
            if error["kind"] != "changed"  # that takes all the passes: run the stratum again
        }
    )
    still = 0
    with TemporaryDirectory() as other:
        office = open_office(Path(other) / "office")
        for name, seed, index, number in sheets:
            scan, found = look_again(office, BY_NAME[name], seed, index, number)
            wrong = [error for _truth, _result, errors in found for error in errors]
            still += bool(wrong)
            said = "still wrong" if wrong else "no silent error"
            print(f"{name} {seed} {index} {number}: {said}")
            for error in wrong:
                print(f"  {json.dumps(error, ensure_ascii=False)}")
            if wrong and folder is not None:
                save_picture(folder, office, BY_NAME[name], scan, found)
    print(f"{still} of {len(sheets)} sheets are still wrong")
    return 1 if still else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=5.0, help="stop after so long")
    parser.add_argument(
        "--strata", default="", help="names or groups, with commas; all: everything there is"
    )
    parser.add_argument("--seed", type=int, help="default: from the day, one that is free")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--record", type=Path, default=RECORD)
    parser.add_argument("--pictures", type=Path, help="folder for pages with silent errors")
    parser.add_argument("--printed", type=int, default=SHEETS, help="forms to print and fill")
    parser.add_argument(
        "--check", action="store_true", help="record nothing; exit code 1 on a silent error"
    )
    parser.add_argument("--report", action="store_true", help="the record's tables, no run")
    parser.add_argument(
        "--replay", action="store_true", help="read every recorded sheet with an error again"
    )
    parser.add_argument(
        "--reproduce",
        nargs="+",
        metavar=("STRATUM", "SEED INDEX [PASS]"),
        help="one sheet of a run: what was meant and what is read",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
