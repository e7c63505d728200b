"""Who may talk to the page in a trusted office network: reviewers with name and password.

There is no TLS: whoever can listen to the network reads passwords and answers. That is why
only addresses of an office's own network are served (:mod:`scans.review.addresses`).
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.requests import ClientDisconnect

from scans.review.addresses import own_path
from scans.review.attempts import Attempts
from scans.review.door import Door, asked_by_script
from scans.review.gate import Gate, Visitor
from scans.review.sessions import Sessions
from scans.reviewer_names import LONGEST_NAME, one_spelling

_MOST_FORM = 8192  # bytes of the form that signs in
_FORM_S = 10.0  # a form of some hundred bytes takes no longer to arrive
_RECHECK_S = 5.0  # how long a reviewer who was removed may go on


@dataclass(frozen=True, slots=True)
class Reviewers:
    """What the guard asks and tells about people.

    Attributes:
        check: Whether a password is a name's; slow on purpose.
        names: Everybody who may sign in.
        left: Told whose last browser has signed out.
    """

    check: Callable[[str, str], bool]
    names: Callable[[], Sequence[str]]
    left: Callable[[str], None]


class OfficeGuard(Gate):
    """Lets reviewers in.

    Args:
        hosts: The names, with port, that a Host header may have; the first is shown.
        port: Where the page is served.
        door: Makes the pages by which people come in.
        reviewers: Who may.
        sessions: Who did.
        clock: Seconds that never run backwards.
    """

    def __init__(
        self,
        hosts: Sequence[str],
        port: int,
        door: Door,
        reviewers: Reviewers,
        sessions: Sessions | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(hosts, port, door.refuse)
        self._pages = door
        self._reviewers = reviewers
        self._sessions = sessions or Sessions(clock, lambda: secrets.token_urlsafe(32))
        self._clock = clock
        self._attempts = Attempts(reviewers.check, clock)
        self._names: frozenset[str] = frozenset()
        self._names_from = float("-inf")

    @property
    def address(self) -> str:
        """What reviewers open; no secret."""
        return f"http://{self._hosts[0]}/"

    async def _door(self, request: Request, path: str) -> Response | None:
        if path == "/login" and request.method == "GET":
            return await self._ask(request)
        if path == "/login" and request.method == "POST":
            return await self._sign_in(request)
        if path == "/leave" and request.method == "POST":
            return await self._sign_out(request)
        return None

    async def _visitor(self, request: Request) -> Visitor | None:
        # A page left open asks by itself whether anything is new; that is nobody at work.
        in_use = "x-omr-background" not in request.headers
        session = self._sessions.find(self._secret(request), in_use=in_use)
        if session is None:
            return None
        if not await self._may_review(session.person):
            self._sessions.end_all(session.person)
            return None
        return Visitor(session.person, session.session_id, signed_in=True)

    def _stranger(self, request: Request) -> Response:
        known_before = bool(self._secret(request))
        if request.method not in ("GET", "HEAD"):
            note = "not_kept" if known_before and self._is_ours(request) else "sign_in_first"
            return self._pages.login(request, 401, next_path=_came_from(request), note=note)
        note = "session_over" if known_before else ""
        here = own_path(request.scope["path"] + _query(request))
        if asked_by_script(request) or "text/html" not in request.headers.get("accept", ""):
            return self._pages.login(request, 401, next_path=here, note=note)
        query = {"next": here} | ({"note": note} if note else {})
        return RedirectResponse(f"/login?{urlencode(query)}", status_code=303)

    async def _ask(self, request: Request) -> Response:
        next_path = own_path(request.query_params.get("next", "/"))
        if await self._visitor(request) is not None:
            return RedirectResponse(next_path, status_code=303)
        note = request.query_params.get("note", "")
        known = note if note in ("session_over", "signed_out") else ""
        return self._pages.login(request, 200, next_path=next_path, note=known)

    async def _sign_in(self, request: Request) -> Response:
        if not self._is_ours(request):
            return self._deny(request, 403, "denied_request")
        form = await _form(request)
        if form is None:
            return self._deny(request, 413, "denied_request")
        next_path = own_path(form.get("next", "/"))
        name, password = one_spelling(form.get("name", "")), form.get("password", "")
        if len(name) > LONGEST_NAME:  # nobody's; not worth remembering
            name = ""
        address = request.client.host if request.client else ""
        right, seconds = await self._attempts.attempt(name, password, address)
        if seconds:
            answer = self._pages.login(
                request, 429, next_path=next_path, name=name, trouble="wait", seconds=seconds
            )
            answer.headers["Retry-After"] = str(seconds)
            return answer
        if not right:
            return self._pages.login(
                request, 401, next_path=next_path, name=name, trouble="wrong_password"
            )
        self._names_from = float("-inf")  # they may have been added a moment ago
        self._sessions.end(self._secret(request))  # whoever used this browser before
        answer = RedirectResponse(next_path, status_code=303)
        return self._let_in(answer, self._sessions.begin(name))

    async def _sign_out(self, request: Request) -> Response:
        if not self._is_ours(request):
            return self._deny(request, 403, "denied_request")
        ended = self._sessions.end(self._secret(request))
        if ended is not None and not self._sessions.of(ended.person):
            await asyncio.to_thread(self._reviewers.left, ended.person)
        answer = RedirectResponse("/login?note=signed_out", status_code=303)
        answer.delete_cookie(self._cookie, path="/", httponly=True, samesite="strict")
        return answer

    async def _may_review(self, person: str) -> bool:
        present = self._clock()
        if present - self._names_from >= _RECHECK_S:
            self._names = frozenset(await asyncio.to_thread(self._reviewers.names))
            self._names_from = present
        return person in self._names


async def _form(request: Request) -> dict[str, str] | None:
    """The few short fields of a form of ours; None if it is none of ours."""
    body = bytearray()
    try:
        async with asyncio.timeout(_FORM_S):
            async for part in request.stream():
                body += part
                if len(body) > _MOST_FORM:
                    return None
        fields = parse_qs(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=10)
    except (TimeoutError, ValueError, ClientDisconnect):
        return None
    return {name: values[0] for name, values in fields.items()}


def _query(request: Request) -> str:
    query = request.url.query
    return f"?{query}" if query else ""


def _came_from(request: Request) -> str:
    """The page of ours that sent a form."""
    parts = urlsplit(request.headers.get("referer", ""))
    if parts.netloc.lower() != request.headers.get("host", "").lower():
        return "/"
    return own_path(parts.path + (f"?{parts.query}" if parts.query else ""))
