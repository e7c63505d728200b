"""The review page's routes; what they do is in :mod:`scans.review.desk`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

from fastapi import FastAPI, Form, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from omr.errors import OmrError
from omr.ledger.decisions import DecisionRefused, Refusal
from omr.ledger.standing import IDENTITY, Verdict
from scans.review.desk import Desk
from scans.review.door import Door
from scans.review.gate import Gate
from scans.review.guard import Guard
from scans.review.language import Words
from scans.review.pages import Pages
from scans.review.queue import Item, suggestion

_NOTES = frozenset({"note_undone", "note_nothing", "note_identified"})
Text = Annotated[str, Form()]
Several = Annotated[tuple[str, ...], Form()]
Milliseconds = Annotated[int, Form()]


def create_app(
    desk: Desk, words: Words, port: int, next_command: str, *, guard: Gate | None = None
) -> tuple[FastAPI, Gate]:
    """The page over *desk*.

    Args:
        desk: What it shows and does.
        words: In the office's language.
        port: Where it is served; requests that name another one are refused.
        next_command: What to run when nothing is left.
        guard: Who is let in; by default, one browser on this machine.

    Returns:
        The application, and the guard that knows the address to open.
    """
    pages = Pages(desk, words, next_command)
    guard = guard or Guard(port, Door(words.language).refuse)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(guard)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    app.add_exception_handler(HTTPException, pages.missing)
    app.add_exception_handler(RequestValidationError, pages.unreadable)
    app.add_exception_handler(OmrError, pages.trouble)
    app.add_exception_handler(DecisionRefused, pages.refused)
    _add_looking(app, desk, pages, words)
    _add_deciding(app, desk, pages)
    return app, guard


def _add_looking(app: FastAPI, desk: Desk, pages: Pages, words: Words) -> None:
    @app.get("/")
    def start() -> Response:
        first = desk.first()
        return pages.empty() if first is None else _to(first)

    @app.get("/item")
    def item(record: str, about: str, note: str = "") -> Response:
        return pages.item(Item(record, about), note=words(note) if note in _NOTES else "")

    @app.get("/step")
    def step(record: str, about: str, way: str) -> Response:
        here = Item(record, about)
        return _to(desk.before(here) if way == "back" else desk.after(here))

    @app.get("/pictures/{digest}.jpg")
    def picture(digest: str) -> Response:
        try:
            jpeg = desk.picture(digest)
        except ValueError:
            jpeg = None
        if jpeg is None:
            raise HTTPException(404)
        return Response(jpeg, media_type="image/jpeg")


def _add_deciding(app: FastAPI, desk: Desk, pages: Pages) -> None:
    @app.post("/decide")
    def decide(
        record: Text,
        say: Text,
        about: Text = IDENTITY,
        options: Several = (),
        milliseconds: Milliseconds = 0,
    ) -> Response:
        here = Item(record, about)
        try:
            verdict, chosen = _said(desk, here, say, options)
            desk.decide(here, verdict, chosen, milliseconds)
        except DecisionRefused as refused:
            return pages.item(here, refused=refused)
        return _to(desk.after(here))

    @app.post("/identify")
    def identify(record: Text, serial: Text, milliseconds: Milliseconds = 0) -> Response:
        here = Item(record, IDENTITY)
        try:
            desk.identify(record, serial, milliseconds)
        except DecisionRefused as refused:
            return pages.item(here, refused=refused, typed=serial)
        return _to(desk.after(here), "note_identified")

    @app.post("/undo")
    def undo() -> Response:
        undone = desk.undo()
        return _to(undone, "note_undone") if undone else _to(desk.first(), "note_nothing")


def _said(
    desk: Desk, here: Item, say: str, options: tuple[str, ...]
) -> tuple[Verdict, tuple[str, ...]]:
    """What the pressed button means."""
    kind, _colon, option = say.partition(":")
    if kind == "options":
        return (Verdict.ANSWERED, options) if options else (Verdict.BLANK, ())
    if kind == "suggested":
        row = desk.sheet(here.record_id)
        layout = desk.layouts.get(row.reading.layout_id or "") if row else None
        if row is None or layout is None or here.about not in row.asked:
            raise DecisionRefused(Refusal.NOT_ASKED)
        found = suggestion(layout.question(here.about), row.seen_answers[here.about])
        if found is None:
            raise DecisionRefused(Refusal.NO_OPTION)
        return found.verdict, found.options
    try:
        verdict = Verdict(kind)
    except ValueError as error:
        raise DecisionRefused(Refusal.NOT_ASKED) from error
    return verdict, (option,) if verdict is Verdict.ANSWERED and option else ()


def _to(item: Item | None, note: str = "") -> Response:
    if item is None:
        return RedirectResponse("/", status_code=303)
    query = {"record": item.record_id, "about": item.about} | ({"note": note} if note else {})
    return RedirectResponse(f"/item?{urlencode(query)}", status_code=303)
