"""Reading on this machine: in this process what is ordinary, all else in processes of its own.

With one job an ordinary JPEG is decoded where the ledger is kept, which costs nothing; a page
that asks for a larger or more delicate decoder goes to one process with limits, which is kept
for the next batch.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from scans.faults import PageFault
from scans.pages import is_ordinary
from scans.stages import PageOutcome, ReadingContext
from scans.tasks import CountTask, PageTask, count, prepare_reader, read_pages
from scans.workers import Workers

_SERIAL_UP_TO = 6  # so few pages are read before a second process has even started


@lru_cache(maxsize=1)
def _readers() -> list[Workers]:
    """The processes that are kept from one batch to the next; none at first."""
    return []


class LocalEngine:
    """Reads pages with processes of this machine. Close it.

    Args:
        context: What they must know.
        jobs: Processes, at least 1.
    """

    def __init__(self, context: ReadingContext, jobs: int) -> None:
        self._context, self._jobs = context, jobs
        kept = _readers()
        if not kept:
            kept.append(Workers(context))
        self._workers = kept[0]
        self._workers.use(context)
        prepare_reader()

    def count_pages(self, paths: Sequence[Path]) -> Mapping[Path, int | PageFault]:
        """How many pages each file has, or why it can be read not at all."""
        odd = [path for path in paths if not is_ordinary(path)]
        counts: dict[Path, int | PageFault] = {}
        tasks = [CountTask(path) for path in odd]
        for path, answer in zip(odd, self._workers.answers(tasks, self._jobs), strict=True):
            if isinstance(answer, PageOutcome):
                raise TypeError(answer)
            counts[path] = answer
        return {path: counts[path] if path in counts else count(path) for path in paths}

    def read(self, tasks: Sequence[PageTask]) -> Generator[PageOutcome, None, None]:
        """Every page's outcome, in the order of the tasks and their pages."""
        if self._jobs > 1 and sum(len(task.pages) for task in tasks) > _SERIAL_UP_TO:
            yield from self._elsewhere(tasks, self._jobs)
            return
        for ordinary, some in groupby(tasks, lambda task: is_ordinary(task.file.path)):
            if ordinary:
                for task in some:
                    yield from read_pages(task, self._context)
            else:
                yield from self._elsewhere(list(some), 1)

    def close(self) -> None:
        """Let go of all processes but the one that is kept."""
        self._workers.keep(1)

    def _elsewhere(self, tasks: Sequence[PageTask], processes: int) -> Iterator[PageOutcome]:
        for answer in self._workers.answers(tasks, processes):
            if not isinstance(answer, PageOutcome):
                raise TypeError(answer)
            yield answer
