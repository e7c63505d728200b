"""A ledger with batches, doubts and comments, and the overview's pages over it, for tests."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from decision_desk import DOUBTS
from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from fastapi.testclient import TestClient
from make_ledger import LAYOUT, add_file, fresh_ledger, seen, take

from omr.geometry import PageRect
from omr.ledger import Ledger, readings
from omr.ledger.sheets import COMMENT_PART, KeptPart, SheetReading
from omr.marks import Reason, SheetStatus
from omr.pictures import PictureStore
from omr.settings import Language
from omr.thresholds import Thresholds
from scans.review import app as app_module
from scans.review.desk import Desk
from scans.review.language import Words
from scans.review.overview import add_overview
from scans.review.pages import Pages

REGION = PageRect(45.0, 180.0, 80.0, 20.0)  # of LAYOUT's comment


def comment_jpeg(text: str) -> bytes:
    """A comment's crop: dark writing on paper, 8 px a mm."""
    image = np.full((160, 640), 250, np.uint8)
    cv2.putText(image, text, (20, 100), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.6, 20, 3, cv2.LINE_AA)
    return bytes(cv2.imencode(".jpg", image)[1])


@dataclass
class Shown:
    """The pages, and what is behind them."""

    ledger: Ledger
    pictures: PictureStore
    desk: Desk
    app: FastAPI
    serials: list[str]
    places: dict[str, tuple[int, int]]  # by file: source and batch

    def browser(self, person: str = "an") -> TestClient:
        """A browser in which *person* is signed in."""
        return TestClient(self.app, headers={"x-person": person}, raise_server_exceptions=True)

    def read(self, reading: SheetReading, file: str = "batch.pdf", pages: int = 10) -> str:
        """Keep a sheet on the next page of a file, in a batch of its own; its record id."""
        if file not in self.places:
            self.places[file] = add_file(self.ledger, file, pages=pages)
        source_id, batch_id = self.places[file]
        page = len(readings.pages_done(self.ledger, source_id))
        kept = replace(reading, page=page)
        readings.add_pages(
            self.ledger,
            [readings.Page(source_id, batch_id, (kept,))],
            keep_picture=self.pictures.keep,
        )
        [row] = [
            row
            for row in readings.sheet_rows(self.ledger, source_id=source_id)
            if row.seen.page == page
        ]
        return row.record_id

    def doubtful(self, number: int, file: str = "batch.pdf") -> str:
        """A sheet with two doubts."""
        return self.read(
            seen(
                self.serials[number],
                status=SheetStatus.REVIEW,
                reasons=(Reason.OVERVOTE, Reason.MARGINAL_MARK),
                said=DOUBTS,
            ),
            file,
        )

    def comment(self, number: int, text: str = "cam on") -> str:
        """A counted sheet with a handwritten comment."""
        part = KeptPart(COMMENT_PART, REGION, comment_jpeg(text))
        return self.read(replace(seen(self.serials[number]), parts=(part,)))


def open_shown(
    folder: Path, stack: ExitStack, *, language: Language = Language.VIETNAMESE
) -> Shown:
    """The pages over a fresh ledger, closed with *stack*."""
    ledger = stack.enter_context(fresh_ledger(folder))
    return shown_over(ledger, PictureStore(folder / "evidence"), language=language)


def shown_over(ledger: Ledger, pictures: PictureStore, *, language: Language) -> Shown:
    """The pages over *ledger*; a header says who is signed in."""
    run = take(ledger, 20, layout=LAYOUT)
    desk = Desk(ledger, pictures, {}, Thresholds())
    app = FastAPI()

    @app.middleware("http")
    async def sign_in(
        request: Request, handle: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        request.state.person = request.headers["x-person"]
        request.state.signed_in = ""
        answer = await handle(request)
        answer.headers["Content-Security-Policy"] = "default-src 'self'"
        return answer

    app.mount("/static", StaticFiles(directory=Path(app_module.__file__).parent / "static"))
    pages = Pages(desk, Words(language), "omr reports export")
    add_overview(app, desk, pages, Words(language))
    return Shown(ledger, pictures, desk, app, [str(serial) for serial in run.serials()], {})


def digest_of(jpeg: bytes) -> str:
    """Its SHA-256."""
    return hashlib.sha256(jpeg).hexdigest()
