"""The review page in a real browser, for tests: a server in a thread, Chromium, waiting."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from omr.ledger import Ledger
from omr.pictures import PictureStore
from omr.settings import Language
from omr.thresholds import Thresholds
from omr.workspace import Workspace
from scans.review.app import create_app
from scans.review.desk import Desk
from scans.review.language import Words
from scans.review.server import listen

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Refusals and lost connections are meant; anything else that a browser says is a fault.
_MEANT = (
    "status of 409",
    "net::ERR_INTERNET_DISCONNECTED",
    # A busy machine runs our script first, which focuses the same field.
    "Autofocus processing was blocked because a document already has a focused element",
)


@dataclass
class Running:
    """A page that is served."""

    ledger: Ledger
    address: str  # opens it, once


@contextmanager
def serving(workspace: Workspace) -> Iterator[Running]:
    """Serve the page over *workspace*."""
    with ExitStack() as stack:
        ledger = stack.enter_context(Ledger.open(workspace.ledger_url))
        taken = stack.enter_context(listen(None))
        desk = Desk(
            ledger,
            PictureStore(workspace.evidence_folder),
            workspace.surveys(),
            Thresholds(),
            units=workspace.units(),
        )
        app, guard = create_app(
            desk, Words(Language.VIETNAMESE), taken.getsockname()[1], "omr reports export"
        )
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        yield Running(ledger, guard.address)
        server.should_exit = True
        thread.join(timeout=10)


@contextmanager
def browsing(running: Running, chromium: Any) -> Iterator[Any]:
    """A page of Chromium that has opened the address; it must not complain about anything."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.set_default_timeout(30_000)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(running.address)
    settled(page)
    yield page
    context.close()
    unmeant = [each for each in complaints if not any(word in each for word in _MEANT)]
    assert not unmeant, unmeant


def settled(page: Any) -> None:
    """Wait until what is shown answers to keys."""
    page.wait_for_selector("main > .view[data-ready], main > .message")


def key_of(page: Any) -> str:
    """What is shown."""
    return str(page.evaluate("document.querySelector('main > .view')?.dataset.key ?? ''"))


def press(page: Any, key: str) -> None:
    """Press a key that leads to another item, and wait for that."""
    before = key_of(page)
    page.keyboard.press(key)
    page.wait_for_function(
        "before => (document.querySelector('main > .view')?.dataset.key ?? '') !== before",
        arg=before,
    )
    settled(page)


def saved(page: Any) -> None:
    """Wait until everything that was pressed is on record."""
    page.wait_for_selector("html[data-unsent='0']", state="attached")


def go_to(page: Any, about: str) -> None:
    """Step on to the item about *about*."""
    for _ in range(8):
        if page.get_attribute("main > .view", "data-about") == about:
            page.wait_for_selector("main > .view[data-ready]")  # no key counts before
            return
        page.keyboard.press("Escape")  # out of a field
        press(page, "ArrowRight")
    raise AssertionError(f"nothing about {about} waits")
