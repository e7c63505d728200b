"""The review page's addresses that show something, and those that say who looks at it."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from scans.review.desk import Desk
from scans.review.door import asked_by_script
from scans.review.item_pages import address_of, item_of, key_of
from scans.review.language import Words
from scans.review.pages import Pages, Said
from scans.review.personal import picture_for
from scans.review.queue import Item

NOTES = frozenset(
    {"note_undone", "note_nothing", "note_identified", "note_placed", "note_agrees", "group_none"}
)
MOST_AHEAD = 5  # items that one browser may have ready
_MOST_HELD = 60  # items that it may hold: a group, and those that are ready

Keys = Annotated[tuple[str, ...], Form()]


def add_looking(app: FastAPI, desk: Desk, pages: Pages, words: Words) -> None:
    """Add what shows items and pictures."""
    routes = _Routes(desk, pages, words)
    for path, route in (
        ("/", routes.start),
        ("/item", routes.item),
        ("/step", routes.step),
        ("/ahead", routes.ahead),
        ("/pictures/{digest}.jpg", routes.picture),
    ):
        app.get(path)(route)
    app.post("/hold")(routes.hold)
    app.post("/release")(routes.release)


class _Routes:
    def __init__(self, desk: Desk, pages: Pages, words: Words) -> None:
        self._desk = desk
        self._pages = pages
        self._words = words

    def start(self, request: Request, note: str = "") -> Response:
        first = self._desk.first(request.state.person)
        return (
            self._pages.empty(request, note=self._note(note)) if first is None else to(first, note)
        )

    def item(
        self, request: Request, record: str, about: str, second: int = 0, note: str = ""
    ) -> Response:
        said = Said(note=self._note(note))
        return self._pages.item(request, Item(record, about, second), said)

    def step(
        self, request: Request, record: str, about: str, way: str, second: int = 0
    ) -> Response:
        here, person = Item(record, about, second), request.state.person
        if way == "back":
            found = self._desk.before(person, here)
        else:
            found = next(iter(self._desk.ahead(person, here, 1)), None)
        found = found or (here if self._desk.sheet(record) else None)
        if found is not None and asked_by_script(request):
            return self._pages.item(request, found)
        return to(found)

    def ahead(
        self,
        request: Request,
        record: str,
        about: str,
        second: int = 0,
        many: int = 2,
        skip: Annotated[list[str] | None, Query()] = None,
    ) -> Response:
        here = Item(record, about, second)
        known = {found for found in map(item_of, skip or ()) if found is not None}
        most = max(0, min(many, MOST_AHEAD))
        return self._pages.ahead(request, self._desk.ahead(request.state.person, here, most, known))

    def hold(self, request: Request, item: Keys = ()) -> Response:
        some = _items(item)
        mine = self._desk.hold(request.state.person, some) if some else []
        return self._pages.answer(request, mine=[key_of(each) for each in mine])

    def release(self, request: Request, item: Keys = ()) -> Response:
        self._desk.give_back(request.state.person, _items(item))
        return Response(status_code=204)

    def picture(self, request: Request, digest: str) -> Response:
        try:
            jpeg = picture_for(self._desk, digest, request.state.person)
        except ValueError:
            jpeg = None
        if jpeg is None:
            raise HTTPException(404)
        return Response(jpeg, media_type="image/jpeg")

    def _note(self, note: str) -> str:
        return self._words(note) if note in NOTES else ""


def to(item: Item | None, note: str = "") -> Response:
    """Send the browser to an item's page, or to the start."""
    if item is None:
        return RedirectResponse(f"/?note={note}" if note in NOTES else "/", status_code=303)
    address = address_of(item)
    return RedirectResponse(f"{address}&note={note}" if note in NOTES else address, 303)


def _items(keys: tuple[str, ...]) -> list[Item]:
    return [found for found in map(item_of, keys[:_MOST_HELD]) if found is not None]
