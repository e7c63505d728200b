"""The overview: what was read, what waits, what was set aside, and each sheet's evidence."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import tzinfo
from typing import Annotated
from urllib.parse import urlencode

from fastapi import FastAPI, Query, Request, Response
from starlette.exceptions import HTTPException

from omr.layout import Layout
from omr.ledger import Ledger, decisions, overview, seconds, sheet_lists
from omr.ledger.comment_list import may_see
from omr.ledger.deciders import pace
from omr.ledger.history import history
from omr.ledger.overview import BatchSummary
from omr.ledger.sheet_lists import BY_PERSON, SET_ASIDE, SheetFilter, SheetPage
from omr.ledger.sheets import COMMENT_PART, SheetRow
from omr.marks import Reason, SheetStatus
from omr.measure_codec import unpack
from omr.scoring import SheetMeasure
from omr.settings import Language
from scans.health import findings
from scans.review.comments import add_comments
from scans.review.desk import Desk
from scans.review.language import Words
from scans.review.overview_frame import ROWS, Frame, person_of
from scans.review.overview_picture import origin_of, sheet_picture
from scans.review.overview_views import answer_lines, history_lines, shares, waiting
from scans.review.pages import Pages
from scans.review.words_health import health_in_words

_BATCHES = 10  # on one page
Number = Annotated[int, Query(ge=1, le=1_000_000)]


def add_overview(
    app: FastAPI, desk: Desk, pages: Pages, words: Words, zone: tzinfo | None = None
) -> None:
    """Add the overview, the batches, sheets and comments to the review page.

    Args:
        app: The application; whoever comes through its gate may look.
        desk: What is shown.
        pages: The queue's pages, which get links to these.
        words: Tells the language.
        zone: Of the times that are shown; None: this machine's.
    """
    frame = Frame(desk, words.language, zone)
    pages.links += [
        ("/overview", frame.words("nav_overview")),
        ("/comments", frame.words("nav_comments")),
    ]
    _add_batches(app, frame, _Health(desk.ledger, words.language))
    _add_sheets(app, frame)
    add_comments(app, frame)


class _Health:
    """The scanner's health by batch; worked out once, for a batch that was read does not change."""

    def __init__(self, ledger: Ledger, language: Language) -> None:
        self._ledger = ledger
        self._language = language
        self._lock = threading.Lock()
        self._known: dict[tuple[int, int], list[str]] = {}

    def lines(self, batch: BatchSummary, *, work: bool) -> list[str] | None:
        """What is said about the scanner.

        Args:
            batch: Of which.
            work: Whether it may take a second; without it only what is known already.
        """
        key = (batch.batch_id, batch.total)
        with self._lock:
            if key not in self._known and work:
                found = findings(self._ledger, [batch.batch_id])
                self._known[key] = health_in_words(found, self._language)
            return self._known.get(key)


def _add_batches(app: FastAPI, frame: Frame, health: _Health) -> None:
    ledger = frame.desk.ledger

    @app.get("/overview")
    def show_overview(request: Request, page: Number = 1) -> Response:
        standing = frame.standing()
        total = overview.count_batches(ledger)
        batches = overview.batches(ledger, standing, first=(page - 1) * _BATCHES, count=_BATCHES)
        items = frame.desk.queue(person_of(request)).items
        return frame.page(
            request,
            "overview.html",
            "overview",
            batches=[
                (batch, shares(batch.sheets), health.lines(batch, work=n == 0))
                for n, batch in enumerate(batches)
            ],
            pager=_pager(page, total, _BATCHES, "/overview", {}),
            waiting=waiting(items, standing, frame.words),
            aside=sheet_lists.set_aside(ledger, standing),
            agreement=seconds.agreement(ledger),
            pace=pace(ledger),
        )

    @app.get("/batches/{batch_id}")
    def show_batch(
        request: Request,
        batch_id: int,
        status: str = "",
        reason: str = "",
        file: int = 0,
        page: Number = 1,
    ) -> Response:
        standing = frame.standing()
        batch = overview.find_batch(ledger, standing, batch_id)
        if batch is None:
            raise HTTPException(404)
        wanted = SheetFilter(batch_id, file or None, _status(status), _reason(reason) or None)
        found = sheet_lists.sheets(ledger, standing, wanted, first=(page - 1) * ROWS, count=ROWS)
        asked = {"status": status, "reason": reason, "file": file}
        return frame.page(
            request,
            "overview_batch.html",
            "overview",
            batch=batch,
            shares=shares(batch.sheets),
            files=overview.batch_files(ledger, standing, batch_id),
            health=health.lines(batch, work=True),
            reasons=sheet_lists.reasons_in(ledger, standing, batch_id).most_common(),
            found=found,
            asked=asked,
            statuses=list(SheetStatus),
            pager=_sheet_pager(page, found, f"/batches/{batch_id}", asked),
        )

    @app.get("/aside")
    def show_aside(
        request: Request, status: str = "", reason: str = "", page: Number = 1
    ) -> Response:
        standing = frame.standing()
        chosen = _status(status)
        if chosen not in SET_ASIDE:
            raise HTTPException(404)
        wanted = SheetFilter(status=chosen, reason=_reason(reason) or None, main=True)
        found = sheet_lists.sheets(ledger, standing, wanted, first=(page - 1) * ROWS, count=ROWS)
        asked = {"status": status, "reason": reason}
        return frame.page(
            request,
            "overview_aside.html",
            "overview",
            found=found,
            asked=asked,
            pager=_sheet_pager(page, found, "/aside", asked),
        )


def _add_sheets(app: FastAPI, frame: Frame) -> None:
    desk = frame.desk

    @app.get("/sheets/{record_id}")
    def show_sheet(request: Request, record_id: str) -> Response:
        row = _row(desk, record_id)
        layout = desk.layouts.get(row.reading.layout_id or "")
        measured = _measured(row, layout)
        return frame.page(
            request,
            "overview_sheet.html",
            "overview",
            row=row,
            batch_id=overview.batch_of(desk.ledger, record_id),
            layout=layout,
            origin=origin_of(row, layout, measured=measured is not None),
            veiled=_hides(desk, row, person_of(request)),
            answers=answer_lines(row, layout, desk.surveys, frame.words),
            history=history_lines(
                history(desk.ledger, record_id), layout, desk.surveys, frame.words
            ),
        )

    @app.get("/sheets/{record_id}/picture.jpg")
    def show_picture(request: Request, record_id: str) -> Response:
        row = _row(desk, record_id)
        layout = desk.layouts.get(row.reading.layout_id or "")
        paper = layout or next(iter(desk.layouts.values()), None)
        if paper is None or (layout is None and not row.picture and not row.parts):
            raise HTTPException(404)
        digests = {part.sha256 for part in row.parts.values()} | {row.picture or ""}
        kept = {name: desk.pictures.read(name) for name in digests if name}
        jpeg = sheet_picture(
            row,
            paper,
            layout,
            _measured(row, layout),
            {name: found for name, found in kept.items() if found},
            hide_comment=_hides(desk, row, person_of(request)),
        )
        return Response(jpeg, media_type="image/jpeg")


def _row(desk: Desk, record_id: str) -> SheetRow:
    row = decisions.find_sheet(desk.ledger, record_id)
    if row is None:
        raise HTTPException(404)
    return row


def _hides(desk: Desk, row: SheetRow, person: str) -> bool:
    """Whether the comment on a sheet must not be readable for *person*."""
    return COMMENT_PART in row.parts and not may_see(desk.ledger, row.record_id, person)


def _measured(row: SheetRow, layout: Layout | None) -> SheetMeasure | None:
    if layout is None or row.reading.measurements is None:
        return None
    try:
        return unpack(row.reading.measurements, layout)
    except ValueError:  # kept by another version of the program
        return None


def _status(text: str) -> SheetStatus | None:
    """The status that a form names; none is any."""
    try:
        return SheetStatus(text) if text else None
    except ValueError as error:
        raise HTTPException(404) from error


def _reason(text: str) -> str:
    """The reason that a form names, or BY_PERSON; none is any."""
    if text and text != BY_PERSON and text not in {reason.value for reason in Reason}:
        raise HTTPException(404)
    return text


def _sheet_pager(
    page: int, found: SheetPage, path: str, asked: Mapping[str, object]
) -> dict[str, object]:
    return _pager(page, found.total, ROWS, path, asked)


def _pager(
    page: int, total: int, count: int, path: str, asked: Mapping[str, object]
) -> dict[str, object]:
    """What the links below a table say and lead to; empty: there is no such page."""

    def link(to: int) -> str:
        if not 1 <= to <= max(1, -(-total // count)):
            return ""
        query = {name: value for name, value in asked.items() if value} | {"page": to}
        return f"{path}?{urlencode(query)}"

    first = (page - 1) * count
    return {
        "first": min(first + 1, total),
        "last": min(first + count, total),
        "total": total,
        "before": link(page - 1),
        "after": link(page + 1),
    }
