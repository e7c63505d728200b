"""Reading on a cluster: the same pages through Dask, many to a task, paths and never pixels.

Dask hands out tasks, moves them from a worker that died to another, and gives up on one that
kills its workers; the pages of such a task are read here, in a process with limits, so that the
one which is at fault is named. Whoever reads a page, what comes back is the same.
"""

from __future__ import annotations

import hashlib
import pickle
import platform
import threading
from collections import deque
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

from distributed import Client, KilledWorker

import omr
import scans
from omr import loops
from omr.errors import OmrError
from omr.i18n import _
from scans.faults import PageFault
from scans.files import ScanFile, identify_file
from scans.limits import Limits, limit_memory, start_clock, stop_clock
from scans.local_engine import LocalEngine
from scans.stages import PageOutcome, ReadingContext
from scans.tasks import PageTask, prepare_reader, read_pages

PAGES_PER_TASK = 64  # the scheduler's share is 5 % then (measured), at 16 it is 14 %
_TASKS_AHEAD = 3  # for each worker: keeps it busy, and memory flat
_LONGEST_WAIT_S = 10  # for the scheduler's first answer
_PACKAGES = ("omr-surveys", "opencv-python-headless", "numpy", "pillow", "pypdfium2", "simplejpeg")


class ClusterUnusable(OmrError):
    """The cluster cannot be reached, or would not read as this machine does."""


@dataclass(frozen=True, slots=True)
class _Unseen:
    """A worker's answer: the file is not there as it is here."""

    worker: str
    path: str


_Batch = tuple[PageTask, ...]


class DaskEngine:
    """Reads pages with the workers of a Dask cluster. Close it.

    Args:
        context: What the workers must know. It holds the keys that codes are verified with: the
            network is trusted, or the scheduler's address begins with ``tls://``.
        address: The scheduler's.

    Raises:
        ClusterUnusable: If it does not answer, has no workers, or they have other software.
    """

    def __init__(self, context: ReadingContext, address: str) -> None:
        self._here = LocalEngine(context, 1)
        self._context = pickle.dumps(context)  # with each task: workers come and go
        self._client = _client(address)
        try:
            self._workers = _workers_alike(self._client, address)
        except BaseException:
            self._client.close()
            raise

    def count_pages(self, paths: Sequence[Path]) -> Mapping[Path, int | PageFault]:
        """How many pages each file has; counted here, which takes 2 ms a file.

        Raises:
            ClusterUnusable: If a worker cannot see one of their folders.
        """
        folders = {path.absolute().parent: path.absolute() for path in paths}
        seen: Mapping[str, list[str]] = self._client.run(_unseen, list(map(str, folders.values())))
        for worker, unseen in seen.items():
            if unseen:
                raise _cannot_see(_Unseen(worker, unseen[0]))
        return self._here.count_pages(paths)

    def read(self, tasks: Sequence[PageTask]) -> Generator[PageOutcome, None, None]:
        """Every page's outcome, in the order of the tasks and their pages.

        Raises:
            ClusterUnusable: If a worker cannot see a file, or no worker is left.
        """
        waiting: deque[tuple[_Batch, Any]] = deque()
        try:
            for batch in _batches(map(_anywhere, tasks)):
                future = self._client.submit(read_on_worker, self._context, batch, pure=False)
                waiting.append((batch, future))
                if len(waiting) >= _TASKS_AHEAD * self._workers:
                    yield from self._outcomes(*waiting.popleft())
            while waiting:
                yield from self._outcomes(*waiting.popleft())
        finally:
            self._client.cancel([future for _batch, future in waiting])

    def close(self) -> None:
        """Leave the cluster to others."""
        self._client.close()
        self._here.close()

    def _outcomes(self, batch: _Batch, future: Any) -> Iterable[PageOutcome]:
        try:
            answer: list[PageOutcome] | _Unseen = future.result()
        except KilledWorker:  # one after the other died of it
            return self._here.read(batch)
        if isinstance(answer, _Unseen):
            raise _cannot_see(answer)
        return answer


def _client(address: str) -> Any:
    try:
        return Client(address, timeout=_LONGEST_WAIT_S, set_as_default=False)
    except (OSError, ValueError, ImportError) as error:  # TimeoutError is an OSError
        raise ClusterUnusable(
            _("no Dask scheduler answers at {address}: {why}").format(address=address, why=error),
            _("Start it with 'dask scheduler' and give the address that it prints."),
        ) from error


def _workers_alike(client: Any, address: str) -> int:
    """How many workers there are, if all of them have the software that is here."""
    try:
        found: Mapping[str, str] = client.run(software)
    except ImportError as error:
        raise ClusterUnusable(
            _("a worker lacks this program: {why}").format(why=error),
            _("Install the same version of omr-surveys on every machine of the cluster."),
        ) from error
    if not found:
        raise ClusterUnusable(
            _("the Dask scheduler at {address} has no workers").format(address=address),
            _("Start some: dask worker {address} --nthreads 1 --nworkers -1").format(
                address=address
            ),
        )
    ours = _ours()
    for worker, theirs in found.items():
        if theirs != ours:
            raise ClusterUnusable(
                _("the worker {worker} has other software: {theirs}; here: {ours}").format(
                    worker=worker, theirs=theirs, ours=ours
                ),
                _("Install the same versions on every machine of the cluster, then try again."),
            )
    return len(found)


def _ours() -> str:
    return software()


def _cannot_see(answer: _Unseen) -> ClusterUnusable:
    return ClusterUnusable(
        _("the worker {worker} cannot see {path} as it is here").format(
            worker=answer.worker, path=answer.path
        ),
        _("Put the scans into a folder that every machine has under the same name."),
    )


def _anywhere(task: PageTask) -> PageTask:
    """The task with a path that does not depend on the folder that a process is in."""
    return replace(task, file=replace(task.file, path=task.file.path.absolute()))


def _batches(tasks: Iterable[PageTask]) -> Iterable[_Batch]:
    """Tasks joined or parted so that each batch has so many pages and no more."""
    batch: list[PageTask] = []
    room = PAGES_PER_TASK
    for task in tasks:
        left = task.pages
        while left:
            batch.append(replace(task, pages=left[:room]))
            left, room = left[room:], room - len(left[:room])
            if room == 0:
                yield tuple(batch)
                batch, room = [], PAGES_PER_TASK
    if batch:
        yield tuple(batch)


# What follows runs on the workers.

_one_at_a_time = threading.Lock()  # pdfium, and all that is kept open, are for one thread


def software() -> str:
    """What reads here: versions, and a digest of this program's own code."""
    digest = hashlib.sha256()
    for package in (omr, scans):
        folder = Path(package.__file__ or "").parent
        for source in sorted(folder.rglob("*.py")):
            digest.update(source.relative_to(folder).as_posix().encode() + source.read_bytes())
    versions = " ".join(f"{name} {version(name)}" for name in _PACKAGES)
    python = ".".join(platform.python_version_tuple()[:2])
    return f"{versions} python {python} code {digest.hexdigest()[:12]}"


def _unseen(paths: list[str]) -> list[str]:
    """Which of *paths* are no files on the machine where this runs."""
    return [path for path in paths if not Path(path).is_file()]


def read_on_worker(packed: bytes, batch: _Batch) -> list[PageOutcome] | _Unseen:
    """The outcomes of a batch of pages, in their order.

    Args:
        packed: The pickled context.
        batch: The pages.
    """
    with _one_at_a_time:
        limits, context = _prepared(), _unpacked(packed)
        outcomes: list[PageOutcome] = []
        for task in batch:
            try:
                file = _as_it_is_here(task.file)
            except OSError:
                return _Unseen(platform.node(), str(task.file.path))
            for page in task.pages:
                if limits is not None:
                    start_clock(limits.processor_s)
                outcomes += read_pages(PageTask(file, (page,)), context)
        if limits is not None:
            stop_clock()
        return outcomes


@lru_cache(maxsize=1)
def _prepared() -> Limits | None:
    """What a worker's process does before its first page; limits where it may die of them."""
    prepare_reader()
    loops.load()
    if parent_process() is None:  # nobody starts it anew: this may be anybody's own process
        return None
    limits = Limits()
    limit_memory(limits.memory_mb)
    return limits


@lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> ReadingContext:
    context: ReadingContext = pickle.loads(packed)  # noqa: S301 - from who may run any code here
    return context


@lru_cache(maxsize=64)
def _as_it_is_here(file: ScanFile) -> ScanFile:
    """*file* with the time that it has on this machine: network drives round times.

    Raises:
        OSError: If it is not there, or has other content.
    """
    about = file.path.stat()
    if (about.st_size, about.st_mtime_ns) == (file.size_bytes, file.modified_ns):
        return file
    here = identify_file(file.path)
    if here.sha256 != file.sha256:
        raise FileNotFoundError(file.path)
    return here
