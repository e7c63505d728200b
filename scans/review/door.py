"""The pages by which people come in and go, and the answers to those who may not.

They show nothing of the work. A script of ours (``X-Requested-With: omr``) gets the same
words as JSON instead: ``{"why": <sentence for people>, "kind": <word for the script>}``.
"""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from omr.settings import Language
from scans.review.words_guard import GUARD_WORDS


class Door:
    """Makes those pages.

    Args:
        language: The office's.
    """

    def __init__(self, language: Language) -> None:
        self._language = language
        self._at = 0 if language is Language.VIETNAMESE else 1
        self._templates = Environment(
            loader=PackageLoader("scans.review"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def refuse(self, request: Request, status: int, why: str) -> Response:
        """The answer to a refused request."""
        if asked_by_script(request):
            return JSONResponse({"why": self._words(why), "kind": why}, status_code=status)
        return self._page("refused.html", status, why=why)

    def login(
        self,
        request: Request,
        status: int,
        *,
        next_path: str,
        name: str = "",
        note: str = "",
        trouble: str = "",
        seconds: int = 0,
    ) -> Response:
        """The page that asks for name and password, or why a script is not answered.

        Args:
            request: What is answered.
            status: Of the answer.
            next_path: Where the person goes afterwards; checked by the caller.
            name: As typed before.
            note: Which words to begin with; none if empty.
            trouble: Which words say what went wrong; none if empty.
            seconds: How long to wait before the next try.
        """
        kind = trouble or note or "sign_in_first"
        if asked_by_script(request):
            why = self._words(kind, seconds=seconds)
            return JSONResponse({"why": why, "kind": kind}, status_code=status)
        return self._page(
            "login.html",
            status,
            next_path=next_path,
            name=name,
            note=self._words(note) if note else "",
            trouble=self._words(trouble, seconds=seconds) if trouble else "",
        )

    def _page(self, template: str, status: int, **values: Any) -> Response:
        html = self._templates.get_template(template).render(
            words=self._words, language=self._language.value, **values
        )
        return HTMLResponse(html, status_code=status)

    def _words(self, key: str, **values: object) -> str:
        return GUARD_WORDS[key][self._at].format(**values)


def asked_by_script(request: Request) -> bool:
    """Whether a script of ours asks, which cannot show a page."""
    return request.headers.get("x-requested-with") == "omr"
