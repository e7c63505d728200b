"""Who may talk to the page: this machine, this browser, this page.

The page shows citizens' answers and changes the ledger, so besides listening on 127.0.0.1
alone it lets in only the browser that opened its one-time address, refuses names that an
attacker's domain may have been given (DNS rebinding), and refuses posts from other sites.
"""

from __future__ import annotations

import hmac
import os
import secrets
import sys
import threading
from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

_SAFE = frozenset({"GET", "HEAD"})
_HEADERS = {
    # All that the page needs is its own; nothing inline, so injected script never runs.
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": that would make the browser hide the origin of our own posts.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",  # citizens' answers must not stay in the browser's cache
}

Handler = Callable[[Request], Awaitable[Response]]


class Guard:
    """Lets one browser in, once.

    Args:
        port: Where the page is served.
        deny: Makes the answer to a refused request from its status and which words it shows.
    """

    def __init__(self, port: int, deny: Callable[[Request, int, str], Response]) -> None:
        self.token = secrets.token_urlsafe(32)
        self._hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        # Cookies know no ports, so two pages on one machine need two names.
        self._cookie = f"omr_review_{port}"
        self._session = secrets.token_urlsafe(32)
        self._deny = deny
        self._spent = False
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        """What the browser opens; good for one visit."""
        return f"http://{self._hosts[0]}/open/{self.token}"

    async def __call__(self, request: Request, handle: Handler) -> Response:
        """Answer *request*, or refuse it."""
        try:
            response = await self._answer(request, handle)
        except Exception as error:  # a fault of ours costs one request, never the work
            if os.environ.get("OMR_DEBUG"):
                raise
            print(f"omr: {type(error).__name__}: {error}", file=sys.stderr)
            response = self._deny(request, 500, "internal")
        for name, value in _HEADERS.items():
            response.headers[name] = value
        return response

    async def _answer(self, request: Request, handle: Handler) -> Response:
        host = request.headers.get("host", "")
        if host not in self._hosts:
            return self._deny(request, 400, "denied_request")
        path = request.url.path
        if path.startswith("/static/") and request.method in _SAFE:
            return await handle(request)
        if path.startswith("/open/") and request.method == "GET":
            return self._open(request, path.removeprefix("/open/"))
        if not self._is_known(request):
            return self._deny(request, 403, "denied_link")
        if request.method not in _SAFE and request.headers.get("origin") != f"http://{host}":
            return self._deny(request, 403, "denied_request")
        return await handle(request)

    def _open(self, request: Request, token: str) -> Response:
        with self._lock:
            good = not self._spent and _same(token, self.token)
            self._spent = self._spent or good
        if not good and not self._is_known(request):
            return self._deny(request, 403, "denied_link")
        answer = RedirectResponse("/", status_code=303)
        if good:
            answer.set_cookie(
                self._cookie, self._session, httponly=True, samesite="strict", path="/"
            )
        return answer

    def _is_known(self, request: Request) -> bool:
        return _same(request.cookies.get(self._cookie, ""), self._session)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
