from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import review_office

from omr.errors import LedgerUnusable, UsageError
from scans.review import server
from scans.review.command import review_scans


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    workspace = review_office.fresh_office(tmp_path)
    command = [sys.executable, "-m", "omr", "scans", "review", "--no-browser"]
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


def test_it_listens_on_this_machine_alone() -> None:
    with server.listen(None) as taken:
        assert taken.getsockname()[0] == "127.0.0.1"


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
