"""A batch: what is new, who reads it, and what the ledger keeps of it.

Workers compute, this process alone writes: a few pages in one transaction, in file and page
order, so that an interrupted batch continues where it stopped, and which of two sheets holds
a serial never depends on who was faster.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path

import cv2

from omr import loops
from omr.codes import Verifier
from omr.layout import Layout
from omr.ledger import Ledger, issued, readings
from omr.ledger.readings import NewSource, Page, SheetReading, Source
from omr.marks import DISPUTED, Reason, SheetStatus
from omr.thresholds import Thresholds
from scans.earlier_scans import EarlierScans
from scans.engine import Engine
from scans.faults import PageFault
from scans.files import ScanFile, find_files, identify_file, shown_name
from scans.local_engine import LocalEngine
from scans.look_again import picture_of
from scans.pages import PageRef
from scans.same_ink import same_ink
from scans.stages import PageOutcome, ReadingContext
from scans.tasks import PageTask, refused

PAGES_PER_TASK = 8  # the pool's overhead is then below 0.1 ms a page
# A transaction waits for the disk, and every statement in it costs as much as a dozen rows. What
# is lost with the power is read again, so no page waits long: half a second at most.
PAGES_PER_TRANSACTION, LONGEST_WAIT_S = 16, 0.5
FILE_FAULTS = frozenset(
    {Reason.UNREADABLE_FILE, Reason.ENCRYPTED, Reason.TOO_LARGE, Reason.INTERNAL}
)


@dataclass(frozen=True, slots=True)
class Failure:
    """A path, a file or a page that could not be used."""

    where: str
    why: str  # in words, without the reason's
    reason: Reason | None = None  # None: the path led to no scan at all


@dataclass(slots=True)
class Kept:
    """What was kept of sheets for people to see."""

    pictures: int = 0
    size_bytes: int = 0
    sheets: int = 0  # of which there are some


@dataclass(slots=True)
class Summary:
    """What one command did."""

    period: str
    new: Counter[SheetStatus] = field(default_factory=Counter)
    reasons: Counter[Reason] = field(default_factory=Counter)
    known: list[tuple[str, Source]] = field(default_factory=list)  # given name, as it was read
    files: int = 0  # read now, in full or the rest of them
    failures: list[Failure] = field(default_factory=list)
    batches: set[int] = field(default_factory=set)  # that got sheets now
    kept: Kept = field(default_factory=Kept)

    @property
    def sheets(self) -> int:
        """Sheets seen now: the sum over every status."""
        return sum(self.new.values())


@dataclass(frozen=True, slots=True)
class _Work:
    """A file that is to be read now, or the rest of one."""

    file: ScanFile
    source_id: int
    batch_id: int
    pages: tuple[int, ...]
    fault: PageFault | None = None  # the whole file gives no page


def reading_context(
    ledger: Ledger, verifier: Verifier, thresholds: Thresholds, *, every_picture: bool = False
) -> ReadingContext:
    """What the workers must know, from the ledger, the keys and the settings."""
    return ReadingContext(
        verifier=verifier,
        layouts={
            layout_id[: issued.CODE_DIGITS]: layout
            for layout_id, layout in issued.layouts(ledger).items()
        },
        names=issued.code_numbers(ledger),
        thresholds=thresholds,
        asked_about=tuple(issued.forms_against_the_books(ledger)),
        every_picture=every_picture,
    )


def read_batch(
    ledger: Ledger,
    paths: Sequence[Path],
    context: ReadingContext,
    *,
    period: str,
    jobs: int,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    seen: Callable[[PageRef, SheetReading], None] = lambda _ref, _sheet: None,
    keep_picture: Callable[[bytes], str] | None = None,
    prepare: Callable[[], None] = loops.load,
    engine: Engine | None = None,
) -> Summary:
    """Read what is new in *paths* and keep it in the ledger.

    Args:
        ledger: The open ledger.
        paths: Files, or folders of them.
        context: For the workers.
        period: Reporting month of new files, ``YYYY-MM``.
        jobs: Worker processes, at least 1.
        progress: Told the pages done and the pages in all.
        seen: Told every sheet as it was kept.
        keep_picture: Stores a picture that people may be shown; see
            :func:`omr.ledger.readings.add_pages`. Without it the page for people shows none.
        prepare: Has the compiled loops at hand; called if there is anything to read.
        engine: Reads the pages; without one, *jobs* processes of this machine do. It is closed.
    """
    with closing(engine or LocalEngine(context, jobs)) as reader:
        return _read_batch(
            ledger, paths, context, Summary(period), reader, progress, seen, keep_picture, prepare
        )


def _read_batch(
    ledger: Ledger,
    paths: Sequence[Path],
    context: ReadingContext,
    summary: Summary,
    engine: Engine,
    progress: Callable[[int, int], None],
    seen: Callable[[PageRef, SheetReading], None],
    keep_picture: Callable[[bytes], str] | None,
    prepare: Callable[[], None],
) -> Summary:
    files = _identified(paths, summary)
    work = _plan(ledger, files, context, engine, summary)
    summary.batches = {item.batch_id for item in work}
    layouts = _by_id(context)
    earlier = EarlierScans(files, layouts)
    total, done = sum(len(item.pages) for item in work), 0
    progress(done, total)
    if work:
        prepare()  # before workers start, so that they find what was compiled
    with closing(_outcomes(work, engine)) as outcomes:
        for group in _in_groups(outcomes):
            pages = [
                Page(
                    item.source_id,
                    item.batch_id,
                    outcome.sheets,
                    partial(picture_of, PageRef(item.file.path, outcome.page), layouts),
                )
                for item, outcome in group
            ]
            every = readings.add_pages(
                ledger,
                pages,
                keep_picture=partial(_keep, keep_picture, summary.kept) if keep_picture else None,
                first_picture=earlier.picture_of,
                same_paper=same_ink(layouts),
            )
            for (item, outcome), kept in zip(group, every, strict=True):
                ref = PageRef(item.file.path, outcome.page)
                if keep_picture:
                    summary.kept.sheets += _with_pictures(outcome.sheets, kept)
                for sheet in kept:
                    summary.new[sheet.status] += 1
                    summary.reasons.update(sheet.reasons)
                    seen(ref, sheet)
                if any(FILE_FAULTS.intersection(sheet.reasons) for sheet in kept):
                    summary.failures.append(Failure(str(ref), outcome.detail, _fault(kept)))
                done += 1
                progress(done, total)
    return summary


def _keep(keep_picture: Callable[[bytes], str], kept: Kept, jpeg: bytes) -> str:
    """Store a picture, and note how large it is."""
    digest = keep_picture(jpeg)
    kept.pictures += 1
    kept.size_bytes += len(jpeg)
    return digest


def _with_pictures(seen: Sequence[SheetReading], kept: Sequence[SheetReading]) -> int:
    """Of how many sheets there are pictures now; those of second papers were made afterwards."""
    return sum(
        bool(before.picture or before.parts or DISPUTED.intersection(after.reasons))
        for before, after in zip(seen, kept, strict=True)
    )


def _by_id(context: ReadingContext) -> dict[str, Layout]:
    return {context.layout_ids[digits]: layout for digits, layout in context.layouts.items()}


def _in_groups(
    outcomes: Iterable[tuple[_Work, PageOutcome]],
) -> Iterator[list[tuple[_Work, PageOutcome]]]:
    """What is kept in one transaction: it grows while pages come fast."""
    group: list[tuple[_Work, PageOutcome]] = []
    begun = time.monotonic()
    for each in outcomes:
        group.append(each)
        if len(group) >= PAGES_PER_TRANSACTION or time.monotonic() - begun >= LONGEST_WAIT_S:
            yield group
            group, begun = [], time.monotonic()
    if group:
        yield group


def _identified(paths: Sequence[Path], summary: Summary) -> list[ScanFile]:
    """The scan files behind *paths*; what is none is noted."""
    found, unusable = find_files(paths)
    summary.failures += [Failure(_shown(bad.path), bad.why) for bad in unusable]
    files = []
    for path in found:
        try:
            files.append(identify_file(path))
        except OSError as error:
            summary.failures.append(Failure(_shown(path), error.strerror or str(error)))
    return files


def _shown(path: Path) -> str:
    return str(path.parent / shown_name(path)) if path.name else str(path)


def _plan(
    ledger: Ledger,
    files: Sequence[ScanFile],
    context: ReadingContext,
    engine: Engine,
    summary: Summary,
) -> list[_Work]:
    """What is left to read; every new file is announced to the ledger."""
    before = readings.find_sources(ledger, [file.sha256 for file in files])
    new = {file.sha256: file.path for file in files if file.sha256 not in before}
    pages = engine.count_pages(list(new.values()))
    counts = {digest: pages[path] for digest, path in new.items()}
    sources = before | _announce(ledger, files, counts, context.thresholds, summary.period)
    work: list[_Work] = []
    planned: set[str] = set()
    for file in files:
        source, counted = sources[file.sha256], counts.get(file.sha256)
        left = set(range(source.pages))
        if file.sha256 in before:
            left -= readings.pages_done(ledger, source.source_id)
        if not left or file.sha256 in planned:
            summary.known.append((file.name, source))
            summary.failures += _earlier_failures(ledger, file, source)
            continue
        planned.add(file.sha256)
        fault = counted if isinstance(counted, PageFault) else None
        work.append(_Work(file, source.source_id, source.batch_id, tuple(sorted(left)), fault))
    summary.files += len(work)
    return work


def _announce(
    ledger: Ledger,
    files: Sequence[ScanFile],
    counts: Mapping[str, int | PageFault],
    thresholds: Thresholds,
    period: str,
) -> dict[str, Source]:
    """The files whose pages were counted, in a batch of their own; by SHA-256."""
    if not counts:
        return {}
    first = {file.sha256: file for file in reversed(files)}
    new = [
        NewSource(
            digest,
            first[digest].name,
            first[digest].size_bytes,
            1 if isinstance(n, PageFault) else n,
        )
        for digest, n in counts.items()
    ]
    return readings.announce_sources(
        ledger,
        new,
        period=period,
        software=f"omr {version('omr-surveys')}, opencv {cv2.__version__}",
        thresholds=thresholds.as_dict(),
    )


def _earlier_failures(ledger: Ledger, file: ScanFile, source: Source) -> list[Failure]:
    """What could not be used of a file that was read before: said again each time."""
    return [
        Failure(str(PageRef(file.path, row.reading.page)), "", _fault([row.reading]))
        for row in readings.sheet_rows(ledger, source_id=source.source_id)
        if FILE_FAULTS.intersection(row.reading.reasons)
    ]


def _fault(sheets: Sequence[SheetReading]) -> Reason:
    """The reason why a page gave no image."""
    return next(reason for sheet in sheets for reason in sheet.reasons if reason in FILE_FAULTS)


def _outcomes(
    work: Sequence[_Work], engine: Engine
) -> Generator[tuple[_Work, PageOutcome], None, None]:
    """Every page's outcome, in file and page order."""
    tasks = [
        PageTask(item.file, item.pages[start : start + PAGES_PER_TASK])
        for item in work
        if item.fault is None
        for start in range(0, len(item.pages), PAGES_PER_TASK)
    ]
    with closing(engine.read(tasks)) as outcomes:
        for item in work:
            if item.fault is not None:
                yield item, refused(0, item.fault)
            else:
                for _page in item.pages:
                    yield item, next(outcomes)
