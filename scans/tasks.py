"""What a reader is asked to do, and doing it: the same in every process and on every machine.

Tasks are small and plain: paths and numbers, never pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2

from omr.i18n import _
from omr.ledger.readings import SheetReading
from omr.marks import Reason, SheetStatus
from scans.faults import PageFault, needs_memory
from scans.files import ScanFile, is_as_it_was
from scans.limits import is_out_of_memory
from scans.look_again import with_streaks
from scans.memory import keep_memory
from scans.pages import PageRef, count_pages
from scans.read_page import read_page
from scans.stages import PageOutcome, ReadingContext


@dataclass(frozen=True, slots=True)
class CountTask:
    """How many pages has this file?"""

    path: Path


@dataclass(frozen=True, slots=True)
class PageTask:
    """What do these pages of this file show?"""

    file: ScanFile
    pages: tuple[int, ...]  # 0-based


Task = CountTask | PageTask
Answer = int | PageFault | PageOutcome


def prepare_reader() -> None:
    """What a process does once, before it reads its first page."""
    cv2.setNumThreads(1)  # the pages run side by side, not their pixels
    keep_memory()


def count(path: Path) -> int | PageFault:
    """The pages of a file, or why none of it can be read; never an exception."""
    try:
        return count_pages(path)
    except Exception as error:  # noqa: BLE001 - one file must not cost the batch
        if is_out_of_memory(error):
            return needs_memory()
        words = _("the file is damaged ({why}); scan or copy it again")
        return PageFault(Reason.UNREADABLE_FILE, words.format(why=error))


def read_pages(task: PageTask, context: ReadingContext) -> Iterator[PageOutcome]:
    """The outcome of every page, one by one."""
    for page in task.pages:
        yield read_one(task.file, page, context)


def read_one(file: ScanFile, page: int, context: ReadingContext) -> PageOutcome:
    """The outcome of one page, with the places of the streaks on it if there are any."""
    outcome = _with_streaks(PageRef(file.path, page), context)
    # A file that changed meanwhile may have shown a part of each; its name in the ledger, its
    # content's hash, is no longer true either.
    return outcome if is_as_it_was(file) else refused(page, _changed())


def _with_streaks(ref: PageRef, context: ReadingContext) -> PageOutcome:
    outcome = read_page(ref, context)
    if not any(Reason.STREAK in sheet.reasons for sheet in outcome.sheets):
        return outcome
    layouts = {layout.layout_id: layout for layout in context.layouts.values()}
    return replace(
        outcome, sheets=tuple(with_streaks(ref, sheet, layouts) for sheet in outcome.sheets)
    )


def refused(page: int, fault: PageFault) -> PageOutcome:
    """The outcome of a page that gives no image."""
    sheet = SheetReading(page, 0, SheetStatus.REFUSED, (fault.reason,))
    return PageOutcome(page, (sheet,), fault.detail)


def _changed() -> PageFault:
    words = _("the file was changed while it was read; wait until it is complete, then read again")
    return PageFault(Reason.UNREADABLE_FILE, words)
