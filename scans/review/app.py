"""The review page: its parts joined to one application."""

from __future__ import annotations

import mimetypes
from datetime import tzinfo
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from omr.errors import OmrError
from omr.ledger.decisions import DecisionRefused
from scans.review.deciding import Deciding
from scans.review.deciding_routes import add_deciding
from scans.review.desk import Desk
from scans.review.door import Door
from scans.review.gate import Gate
from scans.review.group_routes import add_groups
from scans.review.guard import Guard
from scans.review.language import Words
from scans.review.looking_routes import add_looking
from scans.review.overview import add_overview
from scans.review.pages import OtherPerson, Pages

# Windows may have another type in its registry, and then browsers refuse the page's modules.
mimetypes.add_type("text/javascript", ".js")


def create_app(
    desk: Desk,
    words: Words,
    port: int,
    next_command: str,
    *,
    guard: Gate | None = None,
    zone: tzinfo | None = None,
) -> tuple[FastAPI, Gate]:
    """The page over *desk*.

    Args:
        desk: What it shows.
        words: In the office's language.
        port: Where it is served; requests that name another one are refused.
        next_command: What to run when nothing is left.
        guard: Who is let in; by default, one browser on this machine.
        zone: Of the times that are shown; None: this machine's.

    Returns:
        The application, and the guard that knows the address to open.
    """
    pages = Pages(desk, words, next_command, zone)
    deciding = Deciding(desk)
    guard = guard or Guard(port, Door(words.language).refuse)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(guard)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    app.add_exception_handler(HTTPException, pages.missing)
    app.add_exception_handler(RequestValidationError, pages.unreadable)
    app.add_exception_handler(OmrError, pages.trouble)
    app.add_exception_handler(DecisionRefused, pages.refused)
    app.add_exception_handler(OtherPerson, pages.other_person)
    add_looking(app, desk, pages, words)
    add_deciding(app, desk, deciding, pages, words)
    add_groups(app, desk, deciding, pages, words)
    add_overview(app, desk, pages, words, zone)
    return app, guard
