"""Would the tests notice if the code said something else? Mutation testing with mutmut.

Every group is a few modules that nothing may be wrong in, and the tests that hold them. The
tracked files are copied aside, mutmut changes the modules one little thing at a time, and runs
the tests that reach the change. A change that no test notices "survives"::

    pip install mutmut==3.8.1
    python benchmarks/mutation.py --group serials --out benchmarks/results/mutation.json

Results are added to the file, one entry a group, with the names of the survivors; in the
copy (``--keep FOLDER``) ``mutmut show NAME`` tells what each of them changed, and there a run
that was cut short goes on. A group too large to try all of it is sampled (``--sample 400``)
and recorded as a sample, with its bounds. Once there are new tests, ``--again`` tries only what
survived in the record: only where the modules are still the same, and never a sample, whose
rest says nothing about the others any more.

What mutmut cannot change counts for nothing here: constants of a module, and functions with a
decorator (properties, caches, context managers, compiled loops).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from accuracy_bounds import upper_bound
from accuracy_record import commit

ROOT = Path(__file__).parent.parent
MOST_SURVIVE = 0.1  # the promise: nine of ten changes are noticed
LEAST_SAMPLE = 400  # bounds of three points in a hundred at nine of ten
# "timeout": the change made the tests run for ever; "suspicious": they broke in an odd way.
_NOTICED = frozenset({"killed", "timeout", "suspicious", "segfault", "caught by type check"})
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it


@dataclass(frozen=True, slots=True)
class Group:
    """Modules that are changed, and the tests that should notice."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    dear: tuple[str, ...] = ()  # words in the names of tests that are left out


GROUPS = {
    "serials": Group(
        ("omr/serials.py", "omr/serial_ranges.py", "omr/pads.py"),
        ("tests/omr/test_serials.py", "tests/omr/test_serial_ranges.py"),
    ),
    "marks": Group(
        (
            "omr/marks.py",
            "omr/thresholds.py",
            "omr/mark_rules.py",
            "omr/judging.py",
            "omr/lost_marks.py",
            "omr/pale_ink.py",
            "omr/rough_sheets.py",
        ),
        (
            "tests/omr/test_thresholds.py",
            "tests/omr/test_mark_*.py",
            "tests/omr/test_judging*.py",
            "tests/omr/test_lone_marks.py",
            "tests/omr/test_light_pens.py",
            "tests/omr/test_row_doubts.py",
            "tests/omr/test_rough_sheets.py",
        ),
    ),
    "scoring": Group(
        ("omr/scoring.py",),
        ("tests/omr/test_scoring*.py",),  # those of drawn marks are about the rules, and dear
        dear=("filled_bubbles_stand_out", "layouts_do_not_borrow"),
    ),
    "ledger": Group(
        (
            "omr/ledger/__init__.py",
            "omr/ledger/desk.py",
            "omr/ledger/rows.py",
            "omr/ledger/readings.py",
            "omr/ledger/pages.py",
            "omr/ledger/held.py",
            "omr/ledger/decisions.py",
            "omr/ledger/settling.py",
            "omr/ledger/standing.py",
            "omr/ledger/issued.py",
            "omr/ledger/stock.py",
            "omr/ledger/stock_entries.py",
            "omr/ledger/entries.py",
        ),
        # Those of backups, merging, seals and passwords are about other modules, and dear.
        tuple(
            f"tests/omr/test_ledger_{about}*.py"
            for about in (
                "counter",
                "decisions",
                "electronic",
                "failures",
                "held",
                "identities",
                "issued",
                "looking_up",
                "months",
                "numbers",
                "pages",
                "papers",
                "printed_forms",
                "readings",
                "rescans",
                "seconds",
                "standing",
                "stock_entries",
                "withdrawals",
            )
        ),
        # With examples by the dozen; each is seconds for every change that nothing notices.
        dear=(
            "any_part_of_an_export",
            "whatever_was_imported_before",
            "every_sheet_seen_has_one_row",
            "cut_off_anywhere",
            "pages_kept_together",
            "more_sheets_than_are_fetched",
            "TestIssuing",
        ),
    ),
    "tally": Group(
        ("reports/tally.py", "reports/merge.py", "reports/counts.py"),
        (
            "tests/reports/test_count_cases.py",
            "tests/reports/test_counts.py",
            "tests/reports/test_counting.py",
        ),
    ),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Change, test and record; 1 if more survives than is promised."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--group", action="append", choices=sorted(GROUPS))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--sample", type=int, help=f"changes to try, {LEAST_SAMPLE} or more")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--again", action="store_true", help="only what survived in the record")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--keep", type=Path, help="a new folder for the changed copy")
    options = parser.parse_args(argv)
    if options.sample is not None and options.sample < LEAST_SAMPLE:
        parser.error(f"a sample of less than {LEAST_SAMPLE} says too little")
    worst = 0.0
    for name in options.group or GROUPS:
        known = json.loads(options.out.read_text("utf-8")) if _is_there(options.out) else {}
        with _copy(options.keep and options.keep / name, GROUPS[name]) as copy:
            chosen = changes = None
            if options.again:
                chosen, changes = _survivors(known.get(name), copy, name)
            elif options.sample is not None:
                every = _changes(copy, GROUPS[name])
                changes = len(every)
                if options.sample < changes:
                    chosen = sorted(random.Random(options.seed).sample(every, options.sample))
            begun = time.monotonic()
            states = _tried(copy, chosen, options.jobs)
            wall_s = time.monotonic() - begun
            record = _record(GROUPS[name], copy, states, changes or len(states))
        record["wall_s"] = round(wall_s)
        if options.again:
            record = _both(known[name], record)
        elif chosen is not None:
            record |= {"seed": options.seed, "bounds_95": _bounds(record)}
        worst = max(worst, 1 - record["noticed"])
        print(f"{name}: {record['noticed']:.1%} of {record['tried']:,} changes are noticed")
        for survivor in record["survivors"]:
            print(f"  {survivor}")
        if options.out:
            words = json.dumps(known | {name: record}, indent=1, ensure_ascii=False)
            options.out.write_text(words + "\n", encoding="utf-8")
    return int(worst > MOST_SURVIVE)


def _is_there(path: Path | None) -> bool:
    return path is not None and path.exists()


@contextmanager
def _copy(kept: Path | None, group: Group) -> Iterator[Path]:
    """The tracked files in a folder of their own, beside what the project reads of its own."""
    with TemporaryDirectory() as temporary:
        folder = (kept or Path(temporary)) / "project"
        if folder.is_dir():  # a run that was cut short goes on
            yield folder
            return
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
        (folder / "COMMIT").write_text(commit(), "utf-8")
        _configure(folder, group)
        yield folder


def _configure(copy: Path, group: Group) -> None:
    """Tell mutmut and pytest what to do, in the copy's own settings."""
    tests = [str(path.relative_to(copy)) for words in group.tests for path in copy.glob(words)]
    arguments = ["-q", "-p", "no:cacheprovider", "--import-mode=importlib"]
    # Half of what a test session costs by itself: plugins looked for, garbage collected.
    arguments += ["-p", "_hypothesis_pytestplugin"]
    arguments += ["-p", "no:unraisableexception", "-p", "no:threadexception"]
    # The same few examples for every change, and no search for a shorter one that fails.
    arguments += ["-p", "mutation_profile", "--hypothesis-profile=mutation"]
    # A forked process tests each change: connections to a server do not outlive that, and
    # tests with processes or threads of their own cost more than they find.
    left_out = ("server", "process", "threads", *group.dear)
    arguments += ["-k", " and ".join(f"not {word}" for word in left_out)]
    settings = {
        "source_paths": ["omr", "forms", "scans", "reports"],
        "only_mutate": list(group.modules),
        "also_copy": ["benchmarks", "docs", "README.md", "dev.py"],
        "pytest_add_cli_args": arguments,
        "pytest_add_cli_args_test_selection": sorted(tests),
        "timeout_multiplier": 8.0,
        "timeout_constant": 2.0,
        "use_git_change_detection": False,
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    with (copy / "pyproject.toml").open("a", encoding="utf-8") as project:
        project.write("\n[tool.mutmut]\n" + "\n".join(lines) + "\n")
    (copy / "plugins").mkdir()
    (copy / "plugins" / "mutation_profile.py").write_text(_PROFILE, "utf-8")


_PROFILE = """\
from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "mutation",
    database=None,
    deadline=None,
    derandomize=True,
    max_examples=10,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
"""
_NAMES = """\
import sys
from pathlib import Path

from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.utils.format_utils import get_mutant_name

for file in sys.argv[1:]:
    for name in mutate_file_contents(file, Path(file).read_text("utf-8")).mutant_names:
        print(get_mutant_name(Path(file), name))
"""


def _changes(copy: Path, group: Group) -> list[str]:
    """The names of all changes that mutmut can make."""
    words = [sys.executable, "-c", _NAMES, *group.modules]
    found = subprocess.run(words, cwd=copy, check=True, capture_output=True, text=True)
    return found.stdout.split()


def _tried(copy: Path, chosen: Sequence[str] | None, jobs: int) -> dict[str, str]:
    """What became of every change, or of those *chosen*."""
    mutmut = str(Path(sys.executable).with_name("mutmut"))
    memory = _MEMORY if _MEMORY.is_dir() else None
    with TemporaryDirectory(dir=memory) as files, (copy / "mutmut.log").open("wb") as log:
        around = os.environ | {
            "TMPDIR": files,  # the tests' own folder in memory ends with the first of many runs
            "PYTHONPATH": str(copy / "plugins"),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "OPENCV_FOR_THREADS_NUM": "1",  # threads do not come along into a new process
        }
        # It ends with an error where anything survived; what became of each is asked for below.
        words = [mutmut, "run", "--max-children", str(jobs), *(chosen or ())]
        subprocess.run(words, cwd=copy, stdout=log, stderr=log, check=False, env=around)
    results = subprocess.run(
        [mutmut, "results", "--all", "true"], cwd=copy, check=True, capture_output=True, text=True
    ).stdout
    states = {}
    for line in results.splitlines():
        name, separator, state = line.strip().rpartition(": ")
        if separator and (chosen is None or name in chosen):
            states[name] = state
    if not states or set(states.values()) == {"not checked"}:
        raise SystemExit((copy / "mutmut.log").read_text("utf-8", "replace")[-3000:])
    return states


def _record(group: Group, copy: Path, states: Mapping[str, str], changes: int) -> dict[str, Any]:
    survivors = sorted(name for name, state in states.items() if state not in _NOTICED)
    return {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on the wall
        "commit": (copy / "COMMIT").read_text("utf-8"),
        "python": platform.python_version(),
        "mutmut": version("mutmut"),
        "modules": group.modules,
        "digest": _digest(copy, group),
        "changes": changes,
        "tried": len(states),
        "outcomes": dict(sorted(Counter(states.values()).items())),
        "noticed": 1 - len(survivors) / len(states),
        "survivors": survivors,
    }


def _digest(copy: Path, group: Group) -> str:
    """Of the modules' texts: names of changes mean the same only while they are the same."""
    texts = b"\0".join((copy / module).read_bytes() for module in group.modules)
    return hashlib.sha256(texts).hexdigest()[:16]


def _survivors(known: Mapping[str, Any] | None, copy: Path, name: str) -> tuple[list[str], int]:
    """What survived in the record, if it is of the modules as they are now and no sample."""
    if known is None or "seed" in known or known["digest"] != _digest(copy, GROUPS[name]):
        raise SystemExit(f"{name}: no whole record of the modules as they are; try them all")
    if not known["survivors"]:
        raise SystemExit(f"{name}: nothing survived; there is nothing to try again")
    return list(known["survivors"]), known["changes"]


def _both(first: Mapping[str, Any], again: Mapping[str, Any]) -> dict[str, Any]:
    """The first record, with what a later run of its survivors found."""
    outcomes = Counter({k: n for k, n in first["outcomes"].items() if k in _NOTICED})
    outcomes.update(again["outcomes"])
    before = {"date": first["date"], "commit": first["commit"], "noticed": first["noticed"]}
    return {
        **first,
        "date": again["date"],
        "commit": again["commit"],
        "outcomes": dict(sorted(outcomes.items())),
        "noticed": 1 - len(again["survivors"]) / first["tried"],
        "survivors": again["survivors"],
        "wall_s": first["wall_s"] + again["wall_s"],
        "before": [*first.get("before", ()), before],
    }


def _bounds(record: Mapping[str, Any]) -> tuple[float, float]:
    """Between which the share that is noticed of all changes lies (95 %, exact)."""
    tried, survived = record["tried"], len(record["survivors"])
    most = upper_bound(survived, tried, 0.975)
    return round(1 - most, 4), round(upper_bound(tried - survived, tried, 0.975), 4)


if __name__ == "__main__":
    sys.exit(main())
