"""Every command that writes, killed at every step and at random moments, and stopped by the disk.

Small offices (five pages come back) are copied, a command is started in a forked child and cut
short, and the same command is run again. Whatever was cut: the ledger passes ``integrity_check``
at once, no file that bears its name is half, nothing is lost or there twice, what the second run
comes to equals an undisturbed run, and nothing is left lying about::

    python benchmarks/crash_kills.py --parts points --each 20 --seed 20
    python benchmarks/crash_kills.py --parts random --kills 2000 --seed 20
    python benchmarks/crash_kills.py --parts refused,disk --seed 20

* ``points``: killed right before each write, rename, link, deletion, statement and commit
  (:mod:`crash_steps`), each ``--each`` times, at different occurrences where there are several;
* ``random``: SIGKILL at a moment drawn over the measured time of the work itself, shared out among
  reading, printing, importing and exporting; the histogram tells how many pages were read by then;
* ``refused``: at each such step that needs room the disk is full once;
* ``disk``: a tmpfs with so much room, in steps from none to enough, and one that can only be read
  (root alone may mount one; without it this part is said to be left out).

Every trial adds a line to the log, so a run that is cut short goes on where it was, and several
may share the work (``--only``). Results go to ``benchmarks/results``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sqlite3
import sys
import time
from collections import Counter
from contextlib import ExitStack, nullcontext
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import crash_disk
from crash_office import Office
from crash_trials import (
    Progress,
    Trials,
    occurrences,
    remembered,
    room_steps,
    usual_seconds,
)
from crash_works import Work, everything

RESULTS = Path(__file__).parent / "results"
# How random kills are shared out: reading is what a month is made of.
SHARES = {"read": 0.45, "print": 0.25, "import": 0.25, "export": 0.05}
_MEASURED_ANEW = 40  # trials: the machine's load changes
_BINS = 10


def main() -> int:
    """Run what is asked for and sum up everything in the log."""
    given = _given()
    log = Log(given.log)
    memory = Path("/dev/shm")  # noqa: S108 - a commit waits for no disk there
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        if given.parts:
            trials, works = prepared(Path(folder), given.only)
            for part in given.parts:
                with remembered() if part != "random" else nullcontext():
                    trials.warm_up(works)
                    PARTS[part](trials, works, log, given)
    return log.sum_up(given)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words = lambda text: [word for word in text.split(",") if word]  # noqa: E731
    parser.add_argument("--parts", type=words, default=["points", "random", "refused", "disk"])
    parser.add_argument("--only", type=words, default=[], help="these commands alone")
    parser.add_argument("--each", type=int, default=20, help="kills at every step")
    parser.add_argument("--kills", type=int, default=2000, help="at random moments")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--log", type=Path, default=RESULTS / f"crash-kills-{date.today()}.jsonl")  # noqa: DTZ011
    parser.add_argument("--out", type=Path, default=None, help="the summary; default: a result")
    return parser.parse_args()


def prepared(folder: Path, only: list[str]) -> tuple[Trials, list[Work]]:
    """An office in *folder*, everything loaded, and what is to be cut short."""
    office = Office(folder / "made")
    copies = folder / "copies"
    copies.mkdir()
    os.environ["TMPDIR"] = str(folder)
    return Trials(office, copies), everything(only, office)


class Log:
    """One line for each trial; appended, so that several processes may write."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, **line: Any) -> None:
        """Keep what one trial came to, and say what is wrong."""
        line["load"] = round(os.getloadavg()[0], 1)
        with self._path.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
        if line.get("wrong"):
            print(json.dumps(line, ensure_ascii=False), flush=True)

    def lines(self) -> list[dict[str, Any]]:
        """Everything so far; a line that was cut off is none."""
        found = []
        if self._path.exists():
            for line in self._path.read_text(encoding="utf-8").splitlines():
                try:
                    found.append(json.loads(line))
                except ValueError:
                    continue
        return found

    def count(self, part: str, work: str) -> Counter[str]:
        """How often each step of a command was hit."""
        return Counter(
            line.get("step", "")
            for line in self.lines()
            if line["part"] == part and line["work"] == work and line.get("hit", True)
        )

    def sum_up(self, given: argparse.Namespace) -> int:
        """Tell and keep the whole; 1 if anything was ever wrong."""
        lines = self.lines()
        result = summary(lines) | {"seed": given.seed}
        print(json.dumps(result, indent=2, ensure_ascii=False))
        out = given.out or self._path.with_suffix(".json")
        out.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return 1 if result["wrong"] else 0


def points(trials: Trials, works: list[Work], log: Log, given: argparse.Namespace) -> None:
    """Kill at every step."""
    _at_steps("points", trials, works, log, given)


def refused(trials: Trials, works: list[Work], log: Log, given: argparse.Namespace) -> None:
    """Let the disk be full at every step that needs room, a few times."""
    _at_steps("refused", trials, works, log, given)


def _at_steps(
    part: str, trials: Trials, works: list[Work], log: Log, given: argparse.Namespace
) -> None:
    chance = random.Random(given.seed)
    for work in works:
        steps, done = trials.steps(work), log.count(part, work.name)
        each = given.each if part == "points" else 2
        for step, times in (steps if part == "points" else room_steps(steps)).items():
            wanted = occurrences(times, each, chance)[done[step] :]
            for occurrence in wanted:
                cut = trials.killed_at if part == "points" else trials.refused_at
                result = cut(work, step, occurrence)
                log.add(
                    part=part,
                    work=work.name,
                    step=step,
                    occurrence=occurrence,
                    hit=result.ended.was_killed or part == "refused",
                    ended=result.ended.code,
                    wrong=result.wrong,
                )
        print(f"{part} {work.name}: {len(steps)} steps", flush=True)


def at_random(trials: Trials, works: list[Work], log: Log, given: argparse.Namespace) -> None:
    """Kill at random moments of the work."""
    progress = Progress()
    for work in works:
        if work.name not in SHARES:
            continue
        wanted = round(given.kills * SHARES[work.name])
        done = sum(log.count("random", work.name).values())
        chance = random.Random(f"{given.seed} {work.name} {done}")
        usual, measured, attempts = 0.0, 0, 0
        while done < wanted and attempts < 4 * wanted:
            if attempts >= measured:
                usual, measured = usual_seconds(trials, work, progress), attempts + _MEASURED_ANEW
            attempts += 1
            after = chance.uniform(0.0, usual)
            result = trials.killed_after(work, after, progress)
            if result is None:
                continue  # it was faster this time: nothing was killed
            done += 1
            log.add(
                part="random",
                work=work.name,
                after=round(after, 4),
                share=round(after / usual, 3),
                pages=progress.pages(),
                kept=result.kept,
                wrong=result.wrong,
            )
        print(f"random {work.name}: {done} kills", flush=True)


def on_a_full_disk(trials: Trials, works: list[Work], log: Log, _given: argparse.Namespace) -> None:
    """Give it a disk with little room, and one that can only be read."""
    with ExitStack() as stack:
        try:
            disk = stack.enter_context(crash_disk.small_disk(trials.folder))
        except crash_disk.NotAllowed as why:
            print(f"disk: left out: {why}", flush=True)
            log.add(part="disk", work="", step="left out", why=str(why), wrong=[])
            return
        for work in works:
            if log.count("disk", work.name):
                continue
            for tried in crash_disk.attempts(trials, work, disk):
                log.add(part="disk", work=work.name, **tried)
            print(f"disk {work.name}", flush=True)


PARTS = {"points": points, "random": at_random, "refused": refused, "disk": on_a_full_disk}


def summary(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Everything that was tried, in numbers."""
    hits: dict[str, Counter[str]] = {}
    for line in lines:
        if line["part"] == "points" and line["hit"]:
            hits.setdefault(line["work"], Counter())[line["step"]] += 1
    every = [times for steps in hits.values() for times in steps.values()]
    drawn = [line for line in lines if line["part"] == "random"]
    wrong = [line for line in lines if line["wrong"]]
    return {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on this machine
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "made_at": time.strftime("%H:%M"),
        "machine_load": [f(line["load"] for line in lines) for f in (min, max)] if lines else [],
        "trials": dict(Counter(line["part"] for line in lines)),
        "fail_points": len(every),
        "fewest_kills_at_a_fail_point": min(every, default=0),
        "fail_points_by_command": {work: len(steps) for work, steps in hits.items()},
        "kills_at_fail_points": sum(every),
        "random_kills": dict(Counter(line["work"] for line in drawn)),
        "read_histogram_pages_read_when_killed": _pages(drawn, "read", "pages"),
        "read_histogram_pages_in_ledger_when_killed": _pages(drawn, "read", "kept"),
        "print_histogram_forms_drawn_when_killed": _pages(drawn, "print", "pages"),
        "histogram_share_of_the_usual_time": {
            work: _tenths([x["share"] for x in drawn if x["work"] == work]) for work in SHARES
        },
        "full_or_read_only_disks": dict(
            Counter(line["step"] for line in lines if line["part"] == "disk")
        ),
        "ended_when_refused": dict(
            Counter(
                str(x["ended"]) for x in lines if x["part"] in {"refused", "disk"} and "ended" in x
            )
        ),
        "wrong": wrong[:50],
        "wrong_trials": len(wrong),
    }


def _pages(drawn: list[dict[str, Any]], work: str, what: str) -> dict[str, int]:
    found = Counter(line[what] for line in drawn if line["work"] == work)
    return {str(pages): found[pages] for pages in sorted(found)}


def _tenths(values: list[float]) -> list[int]:
    found = Counter(min(_BINS - 1, int(value * _BINS)) for value in values)
    return [found[tenth] for tenth in range(_BINS)]


if __name__ == "__main__":
    sys.exit(main())
