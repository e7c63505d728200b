"""An office network with the gate before a page of one line, for tests."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from httpx2 import Response

from omr.settings import Language
from scans.review.door import Door
from scans.review.office_guard import OfficeGuard, Reviewers

PORT = 8123
ADDRESS = f"192.168.1.20:{PORT}"
HERE = f"http://{ADDRESS}"
PASSWORD = "ba con mèo xanh"  # noqa: S105 - of the test's own person
COOKIE = f"omr_review_{PORT}"


@dataclass
class Office:
    passwords: dict[str, str]
    now: float = 1000.0
    checked: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.guard = OfficeGuard(
            (ADDRESS, f"phong-pv01:{PORT}"),
            PORT,
            Door(Language.VIETNAMESE),
            Reviewers(self.check, lambda: list(self.passwords), self.left.append),
            clock=lambda: self.now,
        )
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        app.middleware("http")(self.guard)

        @app.get("/")
        @app.get("/item")
        def who(request: Request) -> dict[str, str]:
            state = request.state
            return {"who": state.person, "at": state.session_id, "shown": state.signed_in}

        @app.post("/decide")
        def decide(request: Request) -> dict[str, str]:
            self.decided = request.state.person
            return {"by": request.state.person}

        self.decided = ""
        self.app = app

    def check(self, name: str, password: str) -> bool:
        self.checked.append(name)
        return self.passwords.get(name) == password

    def browser(self, name: str = "", at: str = "192.168.1.30") -> TestClient:
        client = TestClient(
            self.app, base_url=HERE, raise_server_exceptions=False, client=(at, 50000)
        )
        client.headers |= {"origin": HERE, "accept": "text/html"}
        if name:
            answer = sign_in(client, name, self.passwords[name])
            assert answer.status_code == 303, answer.text
        return client


def sign_in(client: TestClient, name: str, password: str, **fields: str) -> Response:
    return client.post(
        "/login", data={"name": name, "password": password} | fields, follow_redirects=False
    )
