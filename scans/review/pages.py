"""The review page's HTML: fills the templates in, everything escaped."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.exceptions import HTTPException

from omr.errors import OmrError
from omr.ledger.decisions import DecisionRefused
from omr.ledger.standing import IDENTITY, WHOLE
from omr.marks import AGAINST_THE_BOOKS
from scans.review.desk import Desk
from scans.review.language import Words
from scans.review.queue import Item
from scans.review.view import answer_view, marks_of, serial_crop


class Pages:
    """Every page that there is.

    Args:
        desk: What they show.
        words: In the office's language.
        next_command: What to run when nothing is left.
    """

    def __init__(self, desk: Desk, words: Words, next_command: str) -> None:
        self._desk = desk
        self._words = words
        self._next_command = next_command
        self._templates = Environment(
            loader=PackageLoader("scans.review"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def item(
        self,
        here: Item,
        *,
        note: str = "",
        refused: DecisionRefused | None = None,
        typed: str = "",
    ) -> Response:
        """One item, as it stands."""
        row = self._desk.sheet(here.record_id)
        if row is None or here.about not in row.asked:
            return self._message(404, "missing_title", "", link=True)
        common = {
            "row": row,
            "about": here.about,
            "here": urlencode({"record": here.record_id, "about": here.about}),
            "note": note,
            "trouble": self._words.refusal(refused.why, refused.detail) if refused else "",
        }
        status = 409 if refused else 200
        if here.about == IDENTITY:
            return self._identity(here, status, common | {"typed": typed})
        layout = self._desk.layouts[row.reading.layout_id or ""]
        decided = self._desk.decision(here)
        if here.about == WHOLE:
            marks = marks_of(layout, row.seen_answers)
            return self._page(
                "whole.html",
                status,
                **common,
                layout=layout,
                marks=marks,
                said=decided,
                odd=bool(AGAINST_THE_BOOKS.intersection(row.reading.reasons)),
            )
        view = answer_view(row, layout, here.about, self._desk.surveys, decided)
        answer = row.seen_answers[here.about]
        return self._page("answer.html", status, **common, layout=layout, view=view, answer=answer)

    def _identity(self, here: Item, status: int, common: dict[str, Any]) -> Response:
        layout = self._desk.newest_layout()
        return self._page(
            "identity.html",
            status,
            **common,
            layout=layout,
            crop=serial_crop(layout) if layout else None,
            said=self._desk.decision(here),
        )

    def empty(self) -> Response:
        """Nothing is left."""
        return self._page("empty.html", 200, note="", trouble="", command=self._next_command)

    def denied(self, _request: Request, status: int, why: str) -> Response:
        """A request that the guard stopped: nothing about the work is shown."""
        return self._render(
            "message.html",
            status,
            progress=None,
            note="",
            trouble="",
            title=self._words("denied_title"),
            text=self._words(why),
            link=False,
        )

    async def missing(self, _request: Request, error: Exception) -> Response:
        """No such page."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        return self._message(status, "missing_title", "", link=True)

    async def unreadable(self, _request: Request, _error: Exception) -> Response:
        """A form that our page never sends."""
        return self._message(400, "trouble_title", "", link=True)

    async def refused(self, _request: Request, error: Exception) -> Response:
        """A decision that cannot be kept, where no item is at hand to show it with."""
        text = (
            self._words.refusal(error.why, error.detail)
            if isinstance(error, DecisionRefused)
            else ""
        )
        return self._message(409, "trouble_title", text, link=True)

    async def trouble(self, _request: Request, error: Exception) -> Response:
        """The ledger or a file cannot be used now."""
        text = f"{error.message}. {error.remedy}" if isinstance(error, OmrError) else ""
        return self._render(
            "message.html",
            503,
            progress=None,
            note="",
            trouble="",
            title=self._words("trouble_title"),
            text=text,
            link=True,
        )

    def _message(self, status: int, title: str, text: str, *, link: bool) -> Response:
        return self._page(
            "message.html",
            status,
            note="",
            trouble="",
            title=self._words(title),
            text=text,
            link=link,
        )

    def _page(self, template: str, status: int, **values: Any) -> Response:
        return self._render(template, status, progress=self._desk.progress(), **values)

    def _render(self, template: str, status: int, **values: Any) -> Response:
        html = self._templates.get_template(template).render(words=self._words, **values)
        return HTMLResponse(html, status_code=status)
