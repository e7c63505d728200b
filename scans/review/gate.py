"""The one way in: what every request must have, whoever may come in behind it.

The page shows citizens' answers and changes the ledger. So a request must name this page in
its Host header (DNS rebinding), must come from somebody who was let in, and may change
something only when this page itself sent it (cross-site posts). Two kinds of gate decide who
is let in: :class:`scans.review.guard.Guard` on this machine alone, and
:class:`scans.review.office_guard.OfficeGuard` in an office's network.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from fastapi import Request, Response

from omr.errors import OmrError

_SAFE = frozenset({"GET", "HEAD"})
_HEADERS = {
    # All that the page needs is its own; nothing inline, so injected script never runs.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; font-src 'self'; media-src 'none'; worker-src 'none'; "
        "base-uri 'none'; object-src 'none'; form-action 'self'; frame-src 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": that would make the browser hide the origin of our own posts.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",  # citizens' answers must not stay in the browser's cache
}
# The largest post of ours confirms 40 items with their answers: some 10 kB.
MOST_BODY = 1_000_000  # bytes
_LONGEST_PATH = 1000  # characters; the longest of ours, a picture's, has 78
_STRANGE = re.compile(r"[\x00-\x1f\x7f\\]|(?:^|/)\.\.?(?:/|$)")

Handler = Callable[[Request], Awaitable[Response]]
# Makes the answer to a refused request from its status and which words it shows.
Deny = Callable[[Request, int, str], Response]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever was let in.

    Attributes:
        person: Whose decisions these are.
        session_id: Tells two browsers of one person apart; no secret.
        signed_in: Whether the person came in by name and password, and may leave.
    """

    person: str
    session_id: str
    signed_in: bool


class Gate(ABC):
    """Checks every request; an ASGI "http" middleware.

    A request that is let in carries ``request.state.person``, ``request.state.session_id``
    and ``request.state.signed_in`` (the name to show with a button to sign out, or ``""``).

    Args:
        hosts: The names, with port, that a Host header may have; the first is shown.
        port: Where the page is served.
        deny: Makes the answer to a refused request.
    """

    def __init__(self, hosts: Sequence[str], port: int, deny: Deny) -> None:
        self._hosts = tuple(hosts)
        if port == 80:  # which browsers leave out
            self._hosts += tuple(host.removesuffix(":80") for host in hosts)
        # Cookies know no ports, so two pages on one machine need two names.
        self._cookie = f"omr_review_{port}"
        self._deny = deny

    @property
    @abstractmethod
    def address(self) -> str:
        """What the browser opens."""

    async def __call__(self, request: Request, handle: Handler) -> Response:
        """Answer *request*, or refuse it."""
        try:
            response = await self._answer(request, handle)
        except OmrError as error:
            print(f"omr: {error.message}", file=sys.stderr)
            response = self._deny(request, 503, "unusable")
        except Exception as error:  # noqa: BLE001 - a fault costs one request, never the work
            if os.environ.get("OMR_DEBUG"):
                traceback.print_exc()
            print(f"omr: {type(error).__name__}: {error}", file=sys.stderr)
            response = self._deny(request, 500, "internal")
        for name, value in _HEADERS.items():
            response.headers[name] = value
        return response

    async def _answer(self, request: Request, handle: Handler) -> Response:
        if request.headers.get("host", "").lower() not in self._hosts:
            return self._deny(request, 400, "denied_request")
        path: str = request.scope["path"]  # what the routes see; request.url mends it
        safe = request.method in _SAFE
        if safe and path.startswith("/static/") and not _is_strange(path):
            return await handle(request)  # no secrets, and the pages of strangers need them
        if not safe and (fault := _body_fault(request)):
            return self._deny(request, fault, "denied_request")
        at_the_door = await self._door(request, path)
        if at_the_door is not None:
            return at_the_door
        visitor = await self._visitor(request)
        if visitor is None:
            return self._stranger(request)
        if not safe and not self._is_ours(request):
            return self._deny(request, 403, "denied_request")
        if _is_strange(path):
            return self._deny(request, 404, "no_such_page")
        request.state.person = visitor.person
        request.state.session_id = visitor.session_id
        request.state.signed_in = visitor.person if visitor.signed_in else ""
        return await handle(request)

    @abstractmethod
    async def _door(self, request: Request, path: str) -> Response | None:
        """The answer of the pages by which people come in; None if it is another page."""

    @abstractmethod
    async def _visitor(self, request: Request) -> Visitor | None:
        """Who sends this request; None for a stranger."""

    @abstractmethod
    def _stranger(self, request: Request) -> Response:
        """The answer to somebody who was not let in."""

    def _is_ours(self, request: Request) -> bool:
        """Whether a page of ours sent this; browsers let no other site name our origin."""
        host = request.headers.get("host", "")
        return request.headers.get("origin", "").lower() == f"http://{host.lower()}"

    def _let_in(self, answer: Response, secret: str) -> Response:
        """Give the browser the session's *secret* with *answer*."""
        answer.set_cookie(self._cookie, secret, httponly=True, samesite="strict", path="/")
        return answer

    def _secret(self, request: Request) -> str:
        """What the browser shows as its session's secret; "" if nothing."""
        return request.cookies.get(self._cookie, "")


def _is_strange(path: str) -> bool:
    """Whether no page of ours could have that address."""
    return len(path) > _LONGEST_PATH or _STRANGE.search(path) is not None


def _body_fault(request: Request) -> int:
    """The status that refuses a body too large, or of a length not told; 0 if it may be read."""
    if "transfer-encoding" in request.headers:
        return 411  # browsers always tell the length of a form
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdecimal():
        return 400
    return 413 if len(length) > 9 or int(length) > MOST_BODY else 0
