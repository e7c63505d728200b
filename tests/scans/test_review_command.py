from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
import review_office

from omr.cli import main
from omr.errors import LedgerUnusable, UsageError
from omr.ledger import Ledger, reviewers
from omr.workspace import Workspace
from scans.review import server
from scans.review.command import review_scans

PASSWORD = "ba con meo xanh"  # noqa: S105 - of the test's own person


@contextmanager
def started(workspace: Workspace, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "omr", "scans", "review", "--no-browser", *options]
    process = subprocess.Popen(
        [*command, "--workspace", str(workspace.root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONUNBUFFERED": "1", "OMR_LANG": "en"},
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate(timeout=10)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with started(review_office.fresh_office(tmp_path)) as process:
        yield process


@pytest.fixture
def served(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    workspace = review_office.fresh_office(tmp_path)
    with Ledger.open(workspace.ledger_url) as ledger:
        reviewers.add_reviewer(ledger, "Lan", PASSWORD)
    with started(workspace, "--host", "127.0.0.1") as process:
        yield process


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_the_address_is_the_only_output_and_ctrl_c_ends_it(
    running: subprocess.Popen[str],
) -> None:
    assert running.stdout is not None
    address = urlsplit(running.stdout.readline().strip())
    assert address.hostname == "127.0.0.1"
    connection = http.client.HTTPConnection("127.0.0.1", address.port or 0, timeout=10)
    connection.request("GET", address.path)
    answer = connection.getresponse()
    assert answer.status == 303
    answer.read()
    cookie = (answer.getheader("set-cookie") or "").split(";")[0]
    connection.request("GET", "/", headers={"Cookie": cookie})
    assert connection.getresponse().status == 303

    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=15)

    assert running.returncode == 0
    assert out == ""
    assert "Traceback" not in err


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_in_the_offices_network_the_address_is_the_only_output_and_people_sign_in(
    served: subprocess.Popen[str],
) -> None:
    assert served.stdout is not None
    line = served.stdout.readline().strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", line)
    with httpx2.Client(base_url=line, headers={"accept": "text/html"}) as browser:
        assert browser.get("/").headers["location"] == "/login?next=%2F"
        for guess in range(10):  # what a machine says of itself makes no other machine of it
            wrong = browser.post(
                "/login",
                data={"name": f"name {guess}", "password": "x"},
                headers={"origin": line[:-1], "x-forwarded-for": f"10.0.0.{guess}"},
            )
            assert wrong.status_code == 401
        data = {"name": "Lan", "password": PASSWORD, "next": "/"}
        slowed = browser.post("/login", data=data, headers={"origin": line[:-1]})
        assert slowed.status_code == 429
        time.sleep(float(slowed.headers["retry-after"]))
        right = browser.post("/login", data=data, headers={"origin": line[:-1]})
        assert right.status_code == 303
        assert browser.get("/").headers["location"].startswith("/item?")

    served.send_signal(signal.SIGINT)
    out, err = served.communicate(timeout=15)

    assert served.returncode == 0
    assert out == ""
    assert "Traceback" not in err


def test_a_request_that_names_two_places_at_once_gets_nothing(
    served: subprocess.Popen[str],
) -> None:
    assert served.stdout is not None
    address = urlsplit(served.stdout.readline().strip())
    for request in (
        f"GET / HTTP/1.1\r\nHost: {address.netloc}\r\nHost: evil.example\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        f"GET http://evil.example/static/ HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n",
        f"GET http://evil.example/ HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n",
        f"POST /leave?x HTTP/1.1\r\nHost: {address.netloc}\r\ncontent-length: 0\r\n\r\n",
        f"CONNECT {address.netloc} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n",
        f"GET /{'a' * 100_000} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", address.port or 0), timeout=5) as line:
            line.sendall(request.encode())
            answer = line.recv(4096).decode(errors="replace")
        assert answer.startswith(("HTTP/1.1 40", "HTTP/1.0 40")), request[:60]
        assert "set-cookie" not in answer.lower()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--host", "127.0.0.1"), "omr scans reviewers add NAME"),
        (("--host", "0.0.0.0"), "every network"),  # noqa: S104 - refused
        (("--host", "8.8.8.8"), "from outside"),
        (("--host", "phong-pv01"), "no network address"),
    ],
)
def test_an_office_page_that_cannot_be_safe_is_refused_with_a_way_out(
    tmp_path: Path, options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = review_office.fresh_office(tmp_path)
    capsys.readouterr()

    assert main(["scans", "review", *options, "--workspace", str(workspace.root)]) == 2

    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err


def test_a_reviewer_who_was_removed_is_no_reviewer(tmp_path: Path) -> None:
    workspace = review_office.fresh_office(tmp_path)
    with Ledger.open(workspace.ledger_url) as ledger:
        reviewers.add_reviewer(ledger, "Lan", PASSWORD)
        reviewers.remove_reviewer(ledger, "Lan")

    with pytest.raises(UsageError, match="nobody has a password"):
        review_scans(workspace.root, host="127.0.0.1", browser=False)


def test_it_listens_on_this_machine_alone() -> None:
    with server.listen(None) as taken:
        assert taken.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_it_listens_on_the_one_address_that_was_asked_for(host: str) -> None:
    if host == "::1" and not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    with server.listen(None, host) as taken:
        assert taken.getsockname()[0] == host


def test_an_address_of_another_machine_is_named_with_a_way_out() -> None:
    with pytest.raises(UsageError, match=r"10\.255\.255\.254 is not an address of this") as caught:
        server.listen(None, "10.255.255.254")
    assert "own address" in caught.value.remedy


def test_the_same_port_can_be_used_again_at_once() -> None:
    with server.listen(None) as taken:
        port = taken.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            taken.accept()[0].close()  # so that the closed connection lingers on this side

    server.listen(port).close()


def test_a_taken_port_is_named_with_a_way_out() -> None:
    with (
        server.listen(None) as taken,
        pytest.raises(UsageError, match=str(taken.getsockname()[1])) as caught,
    ):
        server.listen(taken.getsockname()[1])
    assert "--port" in caught.value.remedy


def test_a_folder_without_a_workspace_is_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnusable, match="no workspace"):
        review_scans(tmp_path, browser=False)


def test_the_browser_opens_the_address_unless_it_should_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[str] = []
    told: list[str] = []
    monkeypatch.setattr(server.webbrowser, "open", opened.append)
    monkeypatch.setattr(server, "_has_screen", lambda: True)

    class Threadless:
        def __init__(self, *, target: object, args: tuple[str], daemon: bool) -> None:
            assert daemon  # a browser that hangs must not hold the command
            self.call = lambda: target(*args)  # type: ignore[operator]  # stands in for a thread

        def start(self) -> None:
            self.call()

    class Interrupted:
        def __init__(self, _config: object) -> None: ...

        def run(self, sockets: list[socket.socket]) -> None:
            assert sockets == [taken]
            raise KeyboardInterrupt

    monkeypatch.setattr(server.threading, "Thread", Threadless)
    monkeypatch.setattr(server.uvicorn, "Server", Interrupted)
    with server.listen(None) as taken:
        for browser in (True, False):
            server.serve(None, taken, "http://x/", browser=browser, tell=told.append)  # type: ignore[arg-type]  # never called

    assert opened == ["http://x/"]
    assert told == ["http://x/", "http://x/"]
