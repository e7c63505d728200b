"""Would the tests notice if the code said something else? Mutation testing with mutmut.

Every group is a few modules that nothing may be wrong in, and the tests that hold them. The
tracked files are copied aside, mutmut changes the modules one little thing at a time, and runs
the tests that reach the change. A change that no test notices "survives"::

    python benchmarks/mutation.py --group serials --out benchmarks/results/mutation.json

Results are added to the file, one entry a group, with the names of the survivors; in the
copy (``--keep FOLDER``) ``mutmut show NAME`` tells what each of them changed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from accuracy_record import commit

ROOT = Path(__file__).parent.parent
MOST_SURVIVE = 0.1  # the promise: nine of ten changes are noticed
# "timeout": the change made the tests run for ever; "suspicious": they broke in an odd way.
_NOTICED = frozenset({"killed", "timeout", "suspicious", "segfault", "caught by type check"})


@dataclass(frozen=True, slots=True)
class Group:
    """Modules that are changed, and the tests that should notice."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


GROUPS = {
    "serials": Group(
        ("omr/serials.py", "omr/serial_ranges.py", "omr/pads.py"),
        ("tests/omr/test_serials.py", "tests/omr/test_serial_ranges.py"),
    ),
    "marks": Group(
        ("omr/marks.py", "omr/mark_rules.py", "omr/judging.py"),
        (
            "tests/omr/test_mark_rules.py",
            "tests/omr/test_judging.py",
            "tests/omr/test_judging_sheets.py",
            "tests/omr/test_marks_drawn.py",
        ),
    ),
    "scoring": Group(
        ("omr/scoring.py",),
        ("tests/omr/test_scoring.py", "tests/omr/test_marks_drawn.py"),
    ),
    "ledger": Group(
        (
            "omr/ledger/readings.py",
            "omr/ledger/pages.py",
            "omr/ledger/held.py",
            "omr/ledger/decisions.py",
            "omr/ledger/settling.py",
            "omr/ledger/standing.py",
            "omr/ledger/issued.py",
            "omr/ledger/stock.py",
            "omr/ledger/entries.py",
        ),
        ("tests/omr/test_ledger_*.py",),
    ),
    "tally": Group(
        ("reports/tally.py", "reports/merge.py", "reports/counts.py"),
        (
            "tests/reports/test_counts.py",
            "tests/reports/test_counting.py",
            "tests/reports/test_month.py",
        ),
    ),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Change, test and record; 1 if more survives than is promised."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--group", action="append", choices=sorted(GROUPS))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--keep", type=Path, help="a new folder for the changed copy")
    options = parser.parse_args(argv)
    worst = 0.0
    for name in options.group or GROUPS:
        with _copy(options.keep and options.keep / name) as copy:
            begun = time.monotonic()
            states = _mutated(copy, GROUPS[name], options.jobs)
            record = _record(name, states, time.monotonic() - begun)
        worst = max(worst, 1 - record["noticed"])
        print(f"{name}: {record['noticed']:.1%} of {record['changes']:,} changes are noticed")
        for survivor in record["survivors"]:
            print(f"  {survivor}")
        if options.out:
            known = json.loads(options.out.read_text("utf-8")) if options.out.exists() else {}
            words = json.dumps(known | {name: record}, indent=1, ensure_ascii=False)
            options.out.write_text(words + "\n", encoding="utf-8")
    return int(worst > MOST_SURVIVE)


@contextmanager
def _copy(kept: Path | None) -> Iterator[Path]:
    """The tracked files in a folder of their own, beside what the project reads of its own."""
    with TemporaryDirectory() as temporary:
        folder = (kept or Path(temporary)) / "project"
        folder.mkdir(parents=True)
        git = shutil.which("git") or "git"
        archive = subprocess.run(
            [git, "archive", "--format=tar", "HEAD"], cwd=ROOT, check=True, stdout=subprocess.PIPE
        )
        with tarfile.open(fileobj=BytesIO(archive.stdout)) as tracked:
            tracked.extractall(folder, filter="data")
        beside = ROOT.parent / "shared"
        if beside.is_dir():
            (folder.parent / "shared").symlink_to(beside.resolve())
        yield folder


def _mutated(copy: Path, group: Group, jobs: int) -> Counter[tuple[str, str]]:
    """Every change's name and what became of it."""
    tests = [str(path.relative_to(copy)) for words in group.tests for path in copy.glob(words)]
    settings = {
        "source_paths": ["omr", "forms", "scans", "reports"],
        "only_mutate": list(group.modules),
        "also_copy": ["benchmarks", "docs", "README.md", "dev.py"],
        "pytest_add_cli_args": ["-q", "-p", "no:cacheprovider", "--import-mode=importlib"],
        "pytest_add_cli_args_test_selection": sorted(tests),
        "use_git_change_detection": False,
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    with (copy / "pyproject.toml").open("a", encoding="utf-8") as project:
        project.write("\n[tool.mutmut]\n" + "\n".join(lines) + "\n")
    mutmut = str(Path(sys.executable).with_name("mutmut"))
    with (copy / "mutmut.log").open("wb") as log:
        # It ends with an error where anything survived; what became of each is asked for below.
        words = [mutmut, "run", "--max-children", str(jobs)]
        subprocess.run(words, cwd=copy, stdout=log, stderr=log, check=False)
    results = subprocess.run(
        [mutmut, "results", "--all", "true"], cwd=copy, check=True, capture_output=True, text=True
    ).stdout
    states: Counter[tuple[str, str]] = Counter()
    for line in results.splitlines():
        name, separator, state = line.strip().rpartition(": ")
        if separator:
            states[name, state] += 1
    if not states:
        raise SystemExit((copy / "mutmut.log").read_text("utf-8", "replace")[-3000:])
    return states


def _record(name: str, states: Counter[tuple[str, str]], wall_s: float) -> dict[str, Any]:
    outcomes: Counter[str] = Counter()
    for (_change, state), number in states.items():
        outcomes[state] += number
    survivors = sorted(change for change, state in states if state not in _NOTICED)
    changes = sum(outcomes.values())
    return {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on the wall
        "commit": commit(),
        "python": platform.python_version(),
        "mutmut": version("mutmut"),
        "modules": GROUPS[name].modules,
        "changes": changes,
        "outcomes": dict(outcomes),
        "noticed": 1 - len(survivors) / changes,
        "survivors": survivors,
        "wall_s": round(wall_s),
    }


if __name__ == "__main__":
    sys.exit(main())
