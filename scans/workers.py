"""Reading processes, of which any may die or hang: that costs the page it was at, and no other.

A pool of our own and not the standard library's, whose every process is given up when one of
them dies, and which cannot say at which page that was.
"""

from __future__ import annotations

import signal
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait

from omr import loops
from omr.errors import OmrError
from omr.i18n import _
from omr.marks import Reason
from scans.faults import PageFault
from scans.limits import Limits, limit_memory, start_clock, stop_clock
from scans.stages import ReadingContext
from scans.tasks import (
    Answer,
    CountTask,
    PageTask,
    Task,
    count,
    prepare_reader,
    read_pages,
    refused,
)

# A fresh interpreter for each: forking one that has threads can hang.
_PROCESSES = get_context("spawn")
_TASKS_AT_ONCE = 2  # for each process: the next one is there when the first is done
_TASKS_AHEAD = 3  # for each process, of the first that is not answered: keeps memory flat
_LONGEST_START_S = 120.0  # loading the libraries, on a machine that does much else
_MOST_STARTS = 3  # that come to nothing, one after the other
_LOOK_EVERY_S = 1.0
_Step = tuple[int, Task, int]  # number of the task, the task, the page (of a count: 0)


class ReadersFail(OmrError):
    """No process that reads pages comes up."""


class Workers:
    """Processes that are started when there is work for them. Close it.

    Args:
        context: What they must know.
        limits: For each page.
    """

    def __init__(self, context: ReadingContext, limits: Limits | None = None) -> None:
        self._context = context
        self._limits = limits or Limits()
        self._all: list[_Worker] = []
        self._tried: set[tuple[int, int]] = set()  # steps at which a process died
        self._failed_starts = 0

    def use(self, context: ReadingContext) -> None:
        """From now on *context* is what they must know."""
        self._context = context

    def keep(self, count: int) -> None:
        """Let go of all processes but *count*, and of those that are still at something."""
        idle = [worker for worker in self._all if not worker.steps]
        for worker in [*(w for w in self._all if w.steps), *idle[count:]]:
            self._stop(worker)

    def close(self) -> None:
        """Let go of all processes."""
        self.keep(0)

    def answers(self, tasks: Sequence[Task], processes: int) -> Iterator[Answer]:
        """Every task's answers, in the order of the tasks: a count, or one for each page.

        Args:
            tasks: What to do.
            processes: At most so many at the same time.

        Raises:
            ReadersFail: If no process can be started.
        """
        self._tried.clear()
        arrived: list[deque[Answer]] = [deque() for _task in tasks]
        given = 0
        try:
            for number, task in enumerate(tasks):
                for _page in _pages(task):
                    while not arrived[number]:
                        most = min(len(tasks), number + _TASKS_AHEAD * processes)
                        given = self._hand_out(tasks, given, most, processes)
                        self._take_in(arrived)
                    yield arrived[number].popleft()
        finally:
            for worker in [each for each in self._all if each.steps]:
                self._stop(worker)  # given up in the middle: nobody waits for its answers

    def _hand_out(self, tasks: Sequence[Task], given: int, most: int, processes: int) -> int:
        """Give out tasks up to *most*; the number of the next one."""
        while given < most:
            free = [w for w in self._all if w.tasks() < _TASKS_AT_ONCE]
            if len(self._all) < processes and not any(not w.steps for w in free):
                free = [self._start()]
            if not free:
                break
            worker = min(free, key=lambda each: each.tasks())
            worker.give(given, tasks[given], self._context)
            given += 1
        return given

    def _take_in(self, arrived: list[deque[Answer]]) -> None:
        """Wait for answers, and for processes that die or hang."""
        by_end = {worker.end: worker for worker in self._all if worker.steps}
        for end in wait(list(by_end), _LOOK_EVERY_S):
            worker = by_end[end]  # type: ignore[index]
            try:
                said = worker.end.recv()
            except Exception:  # noqa: BLE001 - its end, or what a broken process sent last
                self._replace(worker, arrived)
                continue
            worker.since = time.monotonic()
            if said is None:
                worker.awaited -= 1
                self._failed_starts = 0
                continue
            number, _task, _page = worker.steps.popleft()
            arrived[number].append(said)
        for worker in list(self._all):
            if worker.is_late(self._limits.wait_s) and not worker.end.poll():
                worker.hung = True
                self._replace(worker, arrived)

    def _replace(self, worker: _Worker, arrived: list[deque[Answer]]) -> None:
        """Another process goes on where *worker* died, once more at the same page, then after."""
        how = worker.stop(0.0 if worker.hung else _LOOK_EVERY_S)
        self._all.remove(worker)
        steps = worker.steps
        if worker.awaited:
            self._failed_starts += 1
            if self._failed_starts >= _MOST_STARTS:
                raise ReadersFail(
                    _("no process that reads pages can be started ({how})").format(how=how),
                    _("Close other programs, so that memory is free, and try again."),
                )
        elif steps:
            number, task, page = steps[0]
            is_known = worker.hung or _took_too_long(how) or (number, page) in self._tried
            self._tried.add((number, page))
            if is_known:
                steps.popleft()
                arrived[number].append(_lost(task, page, self._why(how, hung=worker.hung)))
        if steps:
            self._start().go_on(steps, self._context)

    def _why(self, how: str, *, hung: bool) -> str:
        """Why a page gives no image at which a process died."""
        if hung or _took_too_long(how):
            words = _("reading it took more than {seconds} s; print it to a new PDF, or scan again")
            most = self._limits.wait_s if hung else self._limits.processor_s
            return words.format(seconds=f"{most:g}")
        words = _("it made the decoder fail ({how}); print it to a new PDF, or scan again")
        return words.format(how=how)

    def _start(self) -> _Worker:
        worker = _Worker(self._context, self._limits)
        self._all.append(worker)
        return worker

    def _stop(self, worker: _Worker) -> None:
        worker.stop()
        self._all.remove(worker)


class _Worker:
    """One process, and what it has been given and not yet answered."""

    def __init__(self, context: ReadingContext, limits: Limits) -> None:
        self.end, theirs = _PROCESSES.Pipe()
        about = (theirs, context, limits)
        self._process = _PROCESSES.Process(target=serve, args=about, daemon=True)
        self._process.start()
        theirs.close()
        self._knows = context
        self.steps: deque[_Step] = deque()
        self.hung = False
        self.awaited = 1  # so often it will say that it has loaded what it needs
        self._has_loops = False
        self.since = time.monotonic()  # when it last said something, or was given something

    def tasks(self) -> int:
        """How many it has been given."""
        return len({number for number, _task, _page in self.steps})

    def give(self, number: int, task: Task, context: ReadingContext) -> None:
        """Send it a task; and *context*, if that is another than it knows."""
        if not self.steps:
            self.since = time.monotonic()
        self.steps += ((number, task, page) for page in _pages(task))
        if isinstance(task, PageTask) and not self._has_loops:
            self._has_loops = True
            self.awaited += 1
        with suppress(OSError):  # it has died, which will be found when its answer is awaited
            if context is not self._knows:
                self.end.send(context)
                self._knows = context
            self.end.send(task)

    def go_on(self, steps: deque[_Step], context: ReadingContext) -> None:
        """Give it what another one left undone."""
        left: dict[int, tuple[Task, list[int]]] = {}
        for number, task, page in steps:
            left.setdefault(number, (task, []))[1].append(page)
        for number, (task, pages) in left.items():
            rest = PageTask(task.file, tuple(pages)) if isinstance(task, PageTask) else task
            self.give(number, rest, context)

    def is_late(self, wait_s: float) -> bool:
        """Whether it has been silent for too long."""
        most = _LONGEST_START_S if self.awaited else wait_s
        return bool(self.steps) and time.monotonic() - self.since > most

    def stop(self, patience_s: float = 0.0) -> str:
        """End it, and say in a word how it ended, or that it did not by itself.

        Args:
            patience_s: So long it may take to end by itself.
        """
        self._process.join(patience_s)
        ended = self._process.exitcode
        self._process.kill()
        self.end.close()
        if ended is None:
            return "killed"
        return signal.Signals(-ended).name if ended < 0 else f"exit {ended}"


def _pages(task: Task) -> tuple[int, ...]:
    return task.pages if isinstance(task, PageTask) else (0,)


def _took_too_long(how: str) -> bool:
    return how == getattr(signal, "SIGPROF", signal.SIGTERM).name


def _lost(task: Task, page: int, why: str) -> Answer:
    """The answer for a page, or a file, at which a process died."""
    fault = PageFault(Reason.UNREADABLE_FILE, why)
    return fault if isinstance(task, CountTask) else refused(page, fault)


def serve(end: Connection, context: ReadingContext, limits: Limits) -> None:
    """What a process does: answer until nobody asks any more."""
    with suppress(ValueError, OSError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it says when to stop
    prepare_reader()
    limit_memory(limits.memory_mb)
    is_ready = False
    with suppress(EOFError, OSError):
        end.send(None)
        while True:
            said: Task | ReadingContext = end.recv()
            if isinstance(said, ReadingContext):
                context = said
                continue
            if isinstance(said, PageTask) and not is_ready:
                loops.load()  # a third of a second, which is not the first page's
                limit_memory(limits.memory_mb)
                end.send(None)
                is_ready = True
            start_clock(limits.processor_s)
            for answer in _answers(said, context):
                stop_clock()
                end.send(answer)
                start_clock(limits.processor_s)
            stop_clock()


def _answers(task: Task, context: ReadingContext) -> Iterator[Answer]:
    if isinstance(task, CountTask):
        yield count(task.path)
    else:
        yield from read_pages(task, context)
