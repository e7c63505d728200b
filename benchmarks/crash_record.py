"""What was tried and what came of it: a log that only grows, and its sum."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from crash_steps import PROJECT

Line = dict[str, Any]
# How random kills are shared out: reading is what a month is made of.
SHARES = {
    "read": 0.4,
    "print": 0.2,
    "import": 0.15,
    "unpack": 0.1,
    "export": 0.05,
    "watch": 0.05,
    "backup": 0.05,
}
# Reading and printing are killed from their first page on. Before this stood in a line, a random
# kill was counted from the command's start, and half of those of reading fell before any page.
CLOCK = "first page"
_BINS = 10


class Log:
    """One line for each trial; appended, so that several processes may write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._code = code_version()

    def add(self, **line: Any) -> None:
        """Keep what one trial came to, and say what is wrong."""
        line |= {"load": round(os.getloadavg()[0], 1), "code": self._code}
        with self._path.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
        if line.get("wrong"):
            print(json.dumps(line, ensure_ascii=False), flush=True)

    def lines(self) -> list[Line]:
        """Everything so far; a line that was cut off is none."""
        found = []
        if self._path.exists():
            for line in self._path.read_text(encoding="utf-8").splitlines():
                try:
                    found.append(json.loads(line))
                except ValueError:
                    continue
        return found

    def keep_steps(self, work: str, steps: Mapping[str, int]) -> None:
        """Note every step of a command, so that one that is never hit is not forgotten."""
        if self._known_steps(work) != steps:
            self.add(part="steps", work=work, steps=dict(steps), wrong=[])

    def had_every_step(self, work: str, each: int) -> bool:
        """Whether every step that a command has now was hit *each* times."""
        steps, done = self._known_steps(work), self.count("points", work)
        return bool(steps) and all(done[step] >= each for step in steps)

    def places(self) -> Counter[str]:
        """How often each place in the program was hit, whichever command came by."""
        return _by_place(_hits(self.lines()))

    def _known_steps(self, work: str) -> dict[str, int]:
        """A command's steps by this very code; empty if nobody looked."""
        found: dict[str, int] = {}
        for line in self.lines():
            if line["part"] == "steps" and line["work"] == work and line["code"] == self._code:
                found = line["steps"]
        return found

    def had_every_disk(self, work: str) -> bool:
        """Whether a command met disks of every kind, one that can only be read last, all well."""
        well = True
        for line in self.lines():
            if line["part"] == "disk" and line["work"] == work:
                well &= not line["wrong"]
                if line["step"] == "read-only":
                    if well:
                        return True
                    well = True
        return False

    def count(self, part: str, work: str) -> Counter[str]:
        """How often each step of a command was hit, and everything was well afterwards."""
        return Counter(
            line.get("step", "")
            for line in self.lines()
            if line["part"] == part and line["work"] == work and counts(line)
        )


def counts(line: Line) -> bool:
    """Whether a trial is one that was asked for: what was wrong is tried again once mended."""
    if line["part"] == "random" and line.get("clock") != CLOCK:
        return False
    return line.get("hit", True) and not line["wrong"]


def code_version() -> str:
    """The project's commit, with a plus if files were changed since."""
    told = ["git", "-C", str(PROJECT), "describe", "--always", "--abbrev=7", "--dirty=+"]
    try:
        return subprocess.run(told, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def summary(lines: list[Line]) -> dict[str, Any]:
    """Everything that was tried, in numbers."""
    tried = [line for line in lines if line["part"] not in ("steps", "note")]
    hits = _hits(lines)
    every = [times for steps in hits.values() for times in steps.values()]
    drawn = [line for line in lines if line["part"] == "random" and counts(line)]
    wrong = [line for line in lines if line["wrong"]]
    open_ = still_wrong(lines)
    return {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on this machine
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "made_at": time.strftime("%H:%M"),
        "machine_load": [f(line["load"] for line in lines) for f in (min, max)] if lines else [],
        "trials": dict(Counter(line["part"] for line in tried)),
        "trials_by_code": dict(Counter(line.get("code", "before 02dcb14") for line in tried)),
        "notes": [line["text"] for line in lines if line["part"] == "note"],
        "fail_points": len(every),
        "places_in_the_program": len(_by_place(hits)),
        "fewest_kills_at_a_fail_point": min(every, default=0),
        "fewest_kills_at_a_place_in_the_program": min(_by_place(hits).values(), default=0),
        "fail_points_by_command": {work: len(steps) for work, steps in hits.items()},
        "kills_at_fail_points": sum(every),
        "random_kills": dict(Counter(line["work"] for line in drawn)),
        "random_kills_all": len(drawn),
        "random_kills_counted_from_the_start_and_left_out": sum(
            line["part"] == "random" and "clock" not in line for line in lines
        ),
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
        "wrong_trials": len(wrong),
        "wrong_trials_by_code": dict(Counter(line.get("code", "") for line in wrong)),
        "wrong_and_not_mended": open_[:50],
    }


def still_wrong(lines: list[Line]) -> list[Line]:
    """What went wrong and was not well later, when the same was tried with other code."""
    last_well = {_what(line): (n, line.get("code")) for n, line in enumerate(lines) if counts(line)}
    steps = _steps(lines)
    found = []
    for number, line in enumerate(lines):
        later, code = last_well.get(_what(line), (-1, None))
        is_gone = line["part"] == "points" and line["step"] not in steps.get(line["work"], {})
        if line["wrong"] and not is_gone and (later < number or code == line.get("code")):
            found.append(line)
    return found


def _what(line: Line) -> tuple[object, ...]:
    return line["part"], line.get("work"), line.get("step"), line.get("room") is None


def _hits(lines: Iterable[Line]) -> dict[str, Counter[str]]:
    """How often each step of each command was hit; steps that a later version lacks are none."""
    met: dict[str, Counter[str]] = {}
    for line in lines:
        if line["part"] == "points" and counts(line):
            met.setdefault(line["work"], Counter())[line["step"]] += 1
    for work, steps in _steps(lines).items():
        here = met.get(work, Counter())
        met[work] = Counter({step: here[step] for step in steps})
    return met


def _by_place(hits: Mapping[str, Mapping[str, int]]) -> Counter[str]:
    """How often each place in the program was hit, whichever command came by."""
    found: Counter[str] = Counter()
    for steps in hits.values():
        found.update(steps)
    return found


def _steps(lines: Iterable[Line]) -> dict[str, dict[str, int]]:
    """Every command's steps as they were last, and how often each comes."""
    return {line["work"]: line["steps"] for line in lines if line["part"] == "steps"}


def _pages(drawn: list[Line], work: str, what: str) -> dict[str, int]:
    found = Counter(line[what] for line in drawn if line["work"] == work)
    return {str(pages): found[pages] for pages in sorted(found)}


def _tenths(values: list[float]) -> list[int]:
    found = Counter(min(_BINS - 1, int(value * _BINS)) for value in values)
    return [found[tenth] for tenth in range(_BINS)]
