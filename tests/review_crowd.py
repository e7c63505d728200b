"""An office in which very many items wait, made in the ledger without scanning anything."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import review_office

from omr.layout import Layout
from omr.ledger import Ledger, decisions, issued, readings
from omr.ledger.pages import Page, add_pages
from omr.ledger.sheets import KeptPart, SheetReading
from omr.ledger.standing import IDENTITY, WHOLE, Verdict
from omr.ledger.stock_entries import finish_run
from omr.marks import Answer, AnswerState, Reason, SheetStatus
from omr.pictures import PictureStore
from omr.workspace import Workspace
from scans.rows_shown import crop_of

_OVERVIEW_PX_PER_MM, _PART_PX_PER_MM = 4, 8
_AT_ONCE = 200


def crowded_office(
    folder: Path, sheets: int, questions: tuple[str, ...], *, alike: bool = False
) -> Workspace:
    """A fresh office in which *sheets* more sheets wait, each with every one of *questions*.

    In every doubtful row the machine saw one faint mark, so every item has a suggestion; no
    two crops are the same picture, unless *alike*: that is made faster.
    """
    workspace = review_office.fresh_office(folder)
    with Ledger.open(workspace.ledger_url) as ledger:
        _settle_all(ledger)
        layout = next(each for each in issued.layouts(ledger).values() if each.domain == "GTDB")
        run = issued.take_serials(
            ledger,
            unit="HP-PC08",
            domain="GTDB",
            year=2026,
            count=sheets,
            layout=layout,
            key_id=1,
            paper="a5",
            pad_size=50,
        )
        finish_run(ledger, run.run_id, run.forms, on_day=date(2026, 11, 2), issue_why="", by="an")
        batch_id = readings.open_batch(
            ledger, period=review_office.PERIOD, software="test", thresholds={}
        )
        digest = secrets.token_hex(32)
        file = readings.NewSource(digest, "dong.pdf", size_bytes=1, pages=sheets)
        source_id = readings.add_sources(ledger, batch_id, [file])[digest].source_id
        keep = PictureStore(workspace.evidence_folder).keep
        read = _readings(layout, [str(serial) for serial in run.serials()], questions, alike=alike)
        pages = [Page(source_id, batch_id, [sheet]) for sheet in read]
        for first in range(0, sheets, _AT_ONCE):
            add_pages(ledger, pages[first : first + _AT_ONCE], keep_picture=keep)
    return workspace


def _settle_all(ledger: Ledger) -> None:
    """Decide about the office's own sheets, so that only the crowd waits."""
    for row in decisions.open_sheets(ledger):
        for about in row.open:
            special = {IDENTITY: Verdict.SCAN_AGAIN, WHOLE: Verdict.CONFIRMED}
            verdict = special.get(about, Verdict.BLANK)
            decisions.append(ledger, row.record_id, about, verdict, by="trước")


def _readings(
    layout: Layout, serials: list[str], questions: tuple[str, ...], *, alike: bool
) -> Iterator[SheetReading]:
    overview = _jpeg(layout.width_mm, layout.height_mm, _OVERVIEW_PX_PER_MM, "")
    for number, serial in enumerate(serials):
        answers, parts = {}, []
        for question in layout.questions:
            option = question.bubbles[number % len(question.bubbles)].option
            answers[question.id] = Answer(AnswerState.ANSWERED, (option,))
            if question.id in questions:
                doubt = (Reason.MARGINAL_MARK,)
                answers[question.id] = Answer(AnswerState.DOUBTFUL, (option,), doubt)
                region, _band = crop_of(layout, question)
                words = question.id if alike else f"{number} {question.id}"
                jpeg = _jpeg(region.w_mm, region.h_mm, _PART_PX_PER_MM, words)
                parts.append(KeptPart(question.id, region, jpeg))
        yield replace(
            SheetReading(number, 0, SheetStatus.REVIEW, (Reason.MARGINAL_MARK,), serial),
            unit="HP-PC08",
            domain="GTDB",
            layout_id=layout.layout_id,
            answers=answers,
            picture=overview,
            parts=tuple(parts),
        )


@functools.cache
def _jpeg(width_mm: float, height_mm: float, px_per_mm: int, words: str) -> bytes:
    shape = (round(height_mm * px_per_mm), round(width_mm * px_per_mm))
    paper = np.full(shape, 245, np.uint8)
    cv2.putText(paper, words, (20, shape[0] // 2), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 60, 3)
    return cv2.imencode(".jpg", paper, [cv2.IMWRITE_JPEG_QUALITY, 60])[1].tobytes()
