"""Who may talk to the page on one machine: this machine, this browser, this page.

Besides listening on 127.0.0.1 alone, the page lets in only the browser that opened its
one-time address. The checks that every request passes are in :mod:`scans.review.gate`.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from hashlib import sha256

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from omr.person import present_person
from scans.review.gate import Deny, Gate, Visitor


class Guard(Gate):
    """Lets one browser in, once.

    Args:
        port: Where the page is served.
        deny: Makes the answer to a refused request from its status and which words it shows.
        person: Who decides; by default, whoever is signed in at this machine.
    """

    def __init__(self, port: int, deny: Deny, person: str | None = None) -> None:
        super().__init__((f"127.0.0.1:{port}", f"localhost:{port}"), port, deny)
        self.token = secrets.token_urlsafe(32)
        self._session = secrets.token_urlsafe(32)
        self._visit = Visitor(
            present_person() if person is None else person,
            sha256(self._session.encode()).hexdigest()[:16],
            signed_in=False,
        )
        self._spent = False
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        """What the browser opens; good for one visit."""
        return f"http://{self._hosts[0]}/open/{self.token}"

    async def _door(self, request: Request, path: str) -> Response | None:
        if not path.startswith("/open/") or request.method != "GET":
            return None
        token = path.removeprefix("/open/")
        with self._lock:
            good = not self._spent and _same(token, self.token)
            self._spent = self._spent or good
        if not good and not self._is_known(request):
            return self._deny(request, 403, "denied_link")
        answer = RedirectResponse("/", status_code=303)
        return self._let_in(answer, self._session) if good else answer

    async def _visitor(self, request: Request) -> Visitor | None:
        return self._visit if self._is_known(request) else None

    def _stranger(self, request: Request) -> Response:
        # A secret of another run: this browser was let in before the page was started again.
        return self._deny(request, 403, "lost" if self._secret(request) else "denied_link")

    def _is_known(self, request: Request) -> bool:
        return _same(self._secret(request), self._session)


def _same(one: str, other: str) -> bool:
    # A path may hold what no UTF-8 has; it is compared as it came, and is not ours.
    return hmac.compare_digest(one.encode(errors="replace"), other.encode())
