"""Runs a plan: pages made by one process or several, written in order, truth beside them."""

from __future__ import annotations

import json
import multiprocessing
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TYPE_CHECKING, Any

import cv2

from scans.virtual.containers import Book, EncodedPage, open_book
from scans.virtual.page import make_page
from scans.virtual.plan import page_jobs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from scans.virtual.contract import PrintedForms, PrintedSheet
    from scans.virtual.plan import PageJob, ScanPlan

_Made = tuple[EncodedPage, list[dict[str, Any]]]
_AHEAD = 3  # pages in flight per worker: enough to keep it busy, few enough to stay small

_shared: tuple[PrintedForms, ScanPlan, int] | None = None


def _begin(forms: PrintedForms, plan: ScanPlan, seed: int) -> None:
    """Set up a worker process."""
    global _shared  # noqa: PLW0603 - a worker's constants, sent once instead of with every page
    cv2.setNumThreads(1)  # the pool is the parallelism
    _shared = (forms, plan, seed)


def _make(job: PageJob) -> _Made:
    """One page, in a worker."""
    if _shared is None:  # pragma: no cover - only if the pool were built without _begin
        raise RuntimeError
    return make_page(*_shared, job)


def _pages(
    forms: PrintedForms, plan: ScanPlan, seed: int, todo: Iterable[PageJob], jobs: int
) -> Iterator[tuple[PageJob, _Made]]:
    """The pages of *todo*, in its order, with at most a few held at a time."""
    if jobs <= 1:
        for job in todo:
            yield job, make_page(forms, plan, seed, job)
        return
    context = multiprocessing.get_context("spawn")
    running: deque[tuple[PageJob, Future[_Made]]] = deque()
    with ProcessPoolExecutor(
        jobs, mp_context=context, initializer=_begin, initargs=(forms, plan, seed)
    ) as pool:
        try:
            for job in todo:
                running.append((job, pool.submit(_make, job)))
                if len(running) >= _AHEAD * jobs:
                    first, made = running.popleft()
                    yield first, made.result()
            while running:
                first, made = running.popleft()
                yield first, made.result()
        finally:
            for _job, made in running:
                made.cancel()


def iter_batch(
    forms: PrintedForms,
    plan: ScanPlan,
    out_dir: Path,
    seed: int,
    *,
    jobs: int = 1,
    sheets: Sequence[PrintedSheet] | None = None,
) -> Iterator[dict[str, Any]]:
    """Like :func:`scans.virtual_scanner.scan_batch`, but yields each truth line once written."""
    out_dir.mkdir(parents=True, exist_ok=True)
    todo = page_jobs(plan, seed, forms.sheets if sheets is None else sheets)
    book: Book | None = None
    name = ""
    truth_path = out_dir / f"{plan.name}.truth.jsonl"
    try:
        with truth_path.open("w", encoding="utf-8", newline="\n") as truth_file:
            for job, (page, truths) in _pages(forms, plan, seed, todo, jobs):
                if job.file != name:
                    if book is not None:
                        book.close()
                    book, name = open_book(out_dir / job.file, plan.container), job.file
                if book is not None:
                    book.add(page)
                for truth in truths:
                    truth_file.write(json.dumps(truth, ensure_ascii=False) + "\n")
                    yield truth
        if book is not None:
            book.close()
            book = None
    finally:
        if book is not None:
            book.abandon()
