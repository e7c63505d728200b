"""The review page's HTML: fills the templates in, everything escaped.

An item is a piece of a page: alone inside the frame, or by itself for the script, which has
the next ones ready before they are asked for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.exceptions import HTTPException

from omr.errors import OmrError
from omr.ledger.decisions import DecisionRefused
from scans.review.desk import Desk
from scans.review.door import asked_by_script
from scans.review.group import Sort
from scans.review.group_view import Tile
from scans.review.item_pages import ItemPages, address_of, key_of
from scans.review.language import Words
from scans.review.overview_views import day_and_time
from scans.review.queue import Item


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says above its content."""

    note: str = ""
    refused: DecisionRefused | None = None
    trouble: str = ""  # in words, where no refusal of the ledger is meant
    typed: str = ""  # what the person had typed
    more: tuple[str, ...] = ()  # lines below the trouble


NOTHING_SAID = Said()


class OtherPerson(Exception):
    """A decision that another person left in this browser; it must not be kept as this one's."""


def refuse_other(request: Request, by: str) -> None:
    """Refuse what the script sends in the name of somebody who is not signed in any more.

    Args:
        request: Of a person who was let in.
        by: Who pressed the key; empty from forms, which nobody keeps.

    Raises:
        OtherPerson: If it is somebody else.
    """
    if by not in ("", request.state.person):
        raise OtherPerson


class Pages:
    """Every page that there is.

    Args:
        desk: What they show.
        words: In the office's language.
        next_command: What to run when nothing is left.
        zone: Of the times that are shown; None: this machine's.
    """

    def __init__(
        self, desk: Desk, words: Words, next_command: str, zone: tzinfo | None = None
    ) -> None:
        self._desk = desk
        self._words = words
        self._next_command = next_command
        self._items = ItemPages(desk, words)
        self.links: list[tuple[str, str]] = [("/", words("start"))]  # addresses and their words
        self.templates = Environment(
            loader=PackageLoader("scans.review"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.filters["when"] = partial(day_and_time, zone=zone)

    def item(self, request: Request, here: Item, said: Said = NOTHING_SAID) -> Response:
        """One item as it stands; as JSON for the script."""
        found = self._items.of(request.state.person, here, typed=said.typed)
        if found is None:
            return self.message(request, 404, "missing_title")
        template, values = found
        status = 409 if said.refused or said.trouble else 200
        if asked_by_script(request):
            view = self._view(here, template, values)
            kind = said.refused.why.value if said.refused else ""
            return self.answer(
                request, status, view=view, note=said.note, why=self._trouble(said), kind=kind
            )
        return self.page(
            request,
            template,
            status,
            note=said.note,
            trouble=self._trouble(said),
            more=said.more,
            **values,
        )

    def ahead(self, request: Request, items: list[Item]) -> Response:
        """Several items for the script, to have them ready."""
        views = []
        for item in items:
            found = self._items.of(request.state.person, item, held=True)
            if found is not None:
                views.append(self._view(item, *found))
        return self.answer(request, 200, views=views)

    def answer(self, request: Request, status: int = 200, **values: Any) -> Response:
        """What the script asked for, and how far the work has come."""
        progress = self._desk.progress(request.state.person)
        return JSONResponse(
            {"left": progress.left, "done": progress.done, "share": progress.share, **values},
            status_code=status,
        )

    def group(self, request: Request, sort: Sort, tiles: list[Tile], said: Said) -> Response:
        """Look-alike items on one screen."""
        return self.page(
            request,
            "group.html",
            sort=sort,
            tiles=tiles,
            note=said.note,
            trouble=said.trouble,
            more=said.more,
        )

    def empty(self, request: Request, note: str = "") -> Response:
        """Nothing is left that this person could take."""
        waits = self._desk.progress(request.state.person).left > 0
        return self.page(
            request, "empty.html", note=note, command=self._next_command, busy_elsewhere=waits
        )

    def message(
        self, request: Request, status: int, title: str, text: str = "", *, kind: str = ""
    ) -> Response:
        """A page that only says something; as JSON for the script."""
        if asked_by_script(request):
            why = text or self._words(title)
            return JSONResponse({"why": why, "kind": kind or title}, status_code=status)
        return self.page(
            request, "message.html", status, title=self._words(title), text=text, link=True
        )

    def page(
        self, request: Request, template: str, status: int = 200, /, **values: Any
    ) -> HTMLResponse:
        """A template inside the page's frame; ``page.html`` says what it needs."""
        person = getattr(request.state, "person", "")
        try:
            progress = self._desk.progress(person)
        except OmrError:
            progress = None  # the page says itself that the ledger cannot be used now
        common = {
            "base": "page.html",
            "words": self._words,
            "script_words": json.dumps(self._words.for_script(), ensure_ascii=False),
            "progress": progress,
            "person": person,
            "signed_in": getattr(request.state, "signed_in", ""),
            "links": self.links,
            "here_path": request.url.path,
            "note": "",
            "trouble": "",
            "more": (),
        }
        html = self.templates.get_template(template).render(common | values)
        return HTMLResponse(html, status_code=status)

    async def missing(self, request: Request, error: Exception) -> Response:
        """No such page."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        return self.message(request, status, "missing_title")

    async def unreadable(self, request: Request, _error: Exception) -> Response:
        """A form that our page never sends."""
        return self.message(request, 400, "trouble_title", kind="unreadable")

    async def refused(self, request: Request, error: Exception) -> Response:
        """A decision that cannot be kept, where no item is at hand to show it with."""
        if not isinstance(error, DecisionRefused):
            raise error
        text = self._words.refusal(error.why, error.detail)
        return self.message(request, 409, "trouble_title", text, kind=error.why.value)

    async def other_person(self, request: Request, _error: Exception) -> Response:
        """What another person left unsent in this browser."""
        text = self._words("not_yours")
        return self.message(request, 409, "trouble_title", text, kind="other-person")

    async def trouble(self, request: Request, error: Exception) -> Response:
        """The ledger or a file cannot be used now."""
        text = f"{error.message}. {error.remedy}" if isinstance(error, OmrError) else ""
        return self.message(request, 503, "trouble_title", text, kind="unusable")

    def _trouble(self, said: Said) -> str:
        if said.refused is None:
            return said.trouble
        return self._words.refusal(said.refused.why, said.refused.detail)

    def _view(self, item: Item, template: str, values: dict[str, Any]) -> dict[str, str]:
        """One item for the script."""
        html = self.templates.get_template(template).render(
            base="piece.html", words=self._words, **values
        )
        return {"key": key_of(item), "address": address_of(item), "html": html}
