"""One trial: a copy of the office, one command cut short, the same command again, and a look."""

from __future__ import annotations

import gc
import mmap
import os
import random
import shutil
import signal
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import wraps
from io import StringIO
from pathlib import Path
from statistics import median
from unittest import mock

import cv2
from crash_office import Office
from crash_read import pages_kept
from crash_steps import Ended, Step, killed_at, may_run_out_of_room, recorded, refused_at, run
from crash_steps import start as start_child
from crash_steps import wait as wait_for
from crash_works import Work, faults, left_over

from omr.errors import OmrError
from scans import local_engine
from scans.pack_file import PackFault

_PAGED = frozenset({"read", "watch", "print"})  # whose progress is told in pages
_PATIENCE_S = 120.0
CUT_SHORT = frozenset({2, 4})  # exit codes of a command that a disk has stopped


@dataclass(frozen=True, slots=True)
class Result:
    """What one trial came to."""

    ended: Ended
    wrong: tuple[str, ...]
    kept: int = 0  # pages in the ledger when it was cut short


@dataclass(slots=True)
class Trials:
    """Copies of an office's stages, cut short one after the other.

    Args:
        office: Made before.
        folder: For the copies; each is deleted after its trial.
    """

    office: Office
    folder: Path
    _wanted: dict[str, object] = field(default_factory=dict)

    def warm_up(self, works: list[Work]) -> None:
        """Do every work once here, so that children have everything loaded and compiled."""
        cv2.setNumThreads(1)  # its threads would not be there after a fork
        for work in works:
            with self._copy(work) as root, redirect_stdout(StringIO()):
                said = StringIO()
                with redirect_stderr(said):
                    code = work.run(root)
                if code:
                    raise RuntimeError(f"{work.name} ended with {code}: {said.getvalue()}")
                self._wanted[work.name] = work.outcome(root)
        for kept in local_engine._readers():  # noqa: SLF001 - children need their own
            kept.close()
        local_engine._readers().clear()  # noqa: SLF001
        gc.collect()
        gc.freeze()  # else the collector touches every page that a child shares with us

    @contextmanager
    def _copy(self, work: Work) -> Iterator[Path]:
        here = Path(tempfile.mkdtemp(prefix="trial-", dir=self.folder))
        try:
            yield self.office.copy(work.stage, here / "w")
        finally:
            shutil.rmtree(here, ignore_errors=True)

    def steps(self, work: Work) -> Counter[Step]:
        """Every step of an undisturbed run, and how often it comes."""
        with self._copy(work) as root:
            ended, steps = recorded(lambda: work.run(root), root.parent, _said(root))
            if ended.code:
                raise RuntimeError(f"{work.name} ended with {ended.code}: {ended.said}")
            return steps

    def killed_at(self, work: Work, step: Step, occurrence: int) -> Result:
        """Kill it right before a step; then let it finish."""
        with self._copy(work) as root:
            ended = killed_at(lambda: work.run(root), root.parent, _said(root), step, occurrence)
            return self.finished(work, root, ended)

    def refused_at(self, work: Work, step: Step, occurrence: int) -> Result:
        """Let the disk be full at a step; then let it finish."""
        with self._copy(work) as root:
            ended = refused_at(lambda: work.run(root), root.parent, _said(root), step, occurrence)
            wrong = explained(ended)
            result = self.finished(work, root, ended)
            return Result(ended, (*wrong, *result.wrong))

    def killed_after(self, work: Work, seconds: float, progress: Progress) -> Result | None:
        """Kill it after a while; None if it was faster."""
        with self._copy(work) as root:
            said = _said(root)
            child = start_child(
                progress.counting(lambda: work.run(root), from_first_page=work.name in _PAGED), said
            )
            progress.wait_for_the_beginning()
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)
            ended = wait_for(child, said)
            if not ended.was_killed:
                return None
            return self.finished(work, root, ended)

    def seconds(self, work: Work, progress: Progress) -> float:
        """How long it takes undisturbed, from where :meth:`killed_after` counts."""
        with self._copy(work) as root:
            child = start_child(
                progress.counting(lambda: work.run(root), from_first_page=work.name in _PAGED),
                _said(root),
            )
            progress.wait_for_the_beginning()
            begun = time.perf_counter()
            os.waitpid(child, 0)
            return time.perf_counter() - begun

    def finished(self, work: Work, root: Path, ended: Ended) -> Result:
        """Look at what is left, run the command again, and look once more."""
        wrong = [f"cut short: {each}" for each in faults(root, work)]
        kept = pages_kept(root) if work.name in {"read", "watch", "evidence"} else 0
        again = run(lambda: work.run(root), _said(root))
        if again.code not in work.done_already:
            wrong.append(f"run again: ended with {again.code}: {again.said.strip()[-300:]}")
        else:
            wrong += [f"run again: {each}" for each in faults(root, work)]
            wrong += [f"left behind: {name}" for name in left_over(root)]
            try:
                came_to = work.outcome(root)
            except (OSError, ValueError, KeyError, sqlite3.Error, OmrError, PackFault) as error:
                wrong.append(f"run again: no outcome: {error!r}")
            else:
                if came_to != self._wanted[work.name]:
                    wrong.append(f"run again: {_difference(self._wanted[work.name], came_to)}")
        return Result(ended, tuple(wrong), kept)


def explained(ended: Ended) -> list[str]:
    """What is missing of a good message about a disk that is full or closed to us."""
    if ended.code == 0:  # it could do without
        return []
    lines = ended.said.strip().splitlines()
    wrong = []
    if ended.code not in CUT_SHORT:
        wrong.append(f"ended with {ended.code}: {ended.said.strip()[-400:]}")
    elif len(lines) < 2 or not lines[0].startswith("omr: ") or not lines[-1].strip():
        wrong.append(f"no remedy: {ended.said.strip()[-300:]}")
    if "Traceback" in ended.said:
        wrong.append("a traceback was shown")
    return wrong


def occurrences(times: int, wanted: int, chance: random.Random) -> list[int]:
    """Which of *times* occurrences are hit so that there are *wanted* hits, the ends among them."""
    every = list(range(1, times + 1))
    if times >= wanted:
        inner = chance.sample(every[1:-1], wanted - 2) if wanted > 2 else []
        return sorted({1, times, *inner})
    return sorted(every * -(-wanted // times))[: max(wanted, times)]


def room_steps(steps: Counter[Step]) -> dict[Step, int]:
    """The steps that a full disk may refuse."""
    return {step: times for step, times in steps.items() if may_run_out_of_room(step)}


class Progress:
    """How far a child has come, in memory that it shares with us: pages read or drawn."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 8)

    def pages(self) -> int:
        """Since the child began."""
        return int.from_bytes(self._shared[:4], "little")

    def wait_for_the_beginning(self) -> None:
        """Until the child is about to begin its work."""
        patience = time.monotonic() + _PATIENCE_S
        while not self._shared[4] and time.monotonic() < patience:
            time.sleep(0.0005)

    def counting(
        self, work: Callable[[], int], *, from_first_page: bool = False
    ) -> Callable[[], int]:
        """*work*, which says that it began, and counts the pages that it reads or draws.

        With *from_first_page* it begins with its first page: what comes before takes as long as
        a few pages, and its steps are killed one by one anyway.
        """
        self._shared[:] = bytes(8)

        def counted() -> int:
            from forms.draw import FormsPdf  # noqa: PLC0415 - loaded long ago
            from scans.read_page import read_page  # noqa: PLC0415

            with (
                mock.patch("scans.tasks.read_page", self._counts(read_page)),
                mock.patch.object(FormsPdf, "sheet", self._counts(FormsPdf.sheet)),
            ):
                self._shared[4] = not from_first_page
                return work()

        return counted

    def _counts(self, function: Callable[..., object]) -> Callable[..., object]:
        @wraps(function)
        def wrapped(*given: object, **named: object) -> object:
            self._shared[4] = 1
            done = function(*given, **named)
            self._shared[:4] = (self.pages() + 1).to_bytes(4, "little")
            return done

        return wrapped


def usual_seconds(trials: Trials, work: Work, progress: Progress, times: int = 5) -> float:
    """The median of a few undisturbed runs."""
    return median(trials.seconds(work, progress) for _ in range(times))


def _said(root: Path) -> Path:
    return root.parent.parent / "said"  # beside what is looked at


def _difference(wanted: object, found: object) -> str:
    """Where two outcomes differ, short enough to be read."""
    if isinstance(wanted, tuple) and isinstance(found, tuple) and len(wanted) == len(found):
        for one, other in zip(wanted, found, strict=True):
            if one != other:
                return _difference(one, other)
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name in wanted.keys() | found.keys():
            if wanted.get(name) != found.get(name):
                return f"{name}: {_difference(wanted.get(name), found.get(name))}"
    if isinstance(wanted, list) and isinstance(found, list):
        missing = [each for each in wanted if each not in found]
        more = [each for each in found if each not in wanted]
        return f"missing {str(missing)[:200]}, too many {str(more)[:200]}, {len(wanted)} wanted"
    return f"{str(wanted)[:200]} is {str(found)[:200]}"
