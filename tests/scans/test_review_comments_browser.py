"""The comments' keys in a real browser, and that the overview's pages obey their own policy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from overview_office import Shown, open_shown
from review_browser import CHROMIUM

from omr.ledger.comments import comments
from omr.ledger.sheets import SheetReading
from omr.marks import Reason, SheetStatus
from scans.review.server import listen

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Shown]:
    with ExitStack() as stack:
        yield open_shown(tmp_path, stack)


@pytest.fixture
def address(shown: Shown) -> Iterator[str]:
    with listen(None) as taken:
        server = uvicorn.Server(uvicorn.Config(shown.app, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture
def page(address: str, chromium: Any) -> Iterator[playwright.Page]:
    context = chromium.new_context(
        viewport={"width": 1366, "height": 768},
        base_url=address,
        extra_http_headers={"x-person": "an"},
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []  # nothing that the policy or the script stumbles over


def test_a_comment_is_read_tagged_and_saved_by_keyboard(
    shown: Shown, page: playwright.Page
) -> None:
    for number in range(3):
        shown.comment(number)
    page.goto("/comments")
    page.keyboard.press("1")
    page.keyboard.press("7")
    page.keyboard.press("7")  # off again
    page.keyboard.press("p")
    page.keyboard.press("t")
    page.keyboard.type("Cán bộ tên 1p")  # in the field no key is a shortcut
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")

    first, second, third = comments(shown.ledger)
    assert (first.text, first.tags, first.personal) == ("Cán bộ tên 1p", ("praise",), True)
    [(who, milliseconds)] = [(first.by, _milliseconds(shown, first.record_id))]
    assert who == "an"
    assert 0 < milliseconds < 30_000
    assert second.record_id in page.url
    with page.expect_navigation():
        page.keyboard.press("ArrowRight")
    assert third.record_id in page.url
    with page.expect_navigation():
        page.keyboard.press("ArrowLeft")
    assert second.record_id in page.url
    page.keyboard.press("t")
    page.keyboard.type("ab")
    page.keyboard.press("ArrowLeft")  # moves in the text
    page.keyboard.type("x")
    assert page.input_value("#text") == "axb"
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("ArrowRight")
    assert comments(shown.ledger)[1].by == ""  # leaving saves nothing


def _milliseconds(shown: Shown, record_id: str) -> int:
    from omr.ledger.history import history

    return history(shown.ledger, record_id)[-1].milliseconds


@pytest.mark.parametrize(
    ("width", "height"), [(1366, 768), (820, 1180), (683, 384)], ids=["wide", "tablet", "zoomed"]
)
def test_no_page_is_wider_than_its_window_and_heads_stay_in_sight(
    shown: Shown, page: playwright.Page, width: int, height: int
) -> None:
    record = shown.doubtful(0)
    shown.comment(1)
    for number in range(2, 16):
        shown.doubtful(number)
    for _ in range(30):  # without a serial
        shown.read(SheetReading(0, 0, SheetStatus.BLANK, (Reason.EMPTY_PAGE,)), pages=50)
    page.set_viewport_size({"width": width, "height": height})
    batch_id = shown.places["batch.pdf"][1]
    for path in ("/overview", f"/batches/{batch_id}", f"/sheets/{record}", "/comments"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.locator("img").evaluate_all("all => all.every(one => one.naturalWidth > 0)")
    page.goto(f"/batches/{batch_id}")
    end = page.locator("main").evaluate("main => main.getBoundingClientRect().bottom + scrollY")
    assert page.evaluate("document.documentElement.scrollHeight") <= max(end + 4, height)
    box = page.locator(".table.tall")
    box.evaluate("box => { box.scrollTop = 200; }")
    if height > 500:
        top = box.evaluate("box => box.getBoundingClientRect().top")
        head = box.locator("thead th").first.evaluate("th => th.getBoundingClientRect().top")
        assert abs(head - top) < 3


def test_every_control_can_be_reached_with_tab_and_shows_that_it_has_the_focus(
    shown: Shown, page: playwright.Page
) -> None:
    shown.comment(0)
    page.goto("/comments")
    wanted = page.evaluate(
        "document.querySelectorAll('a[href], button, select, textarea, input:not([type=hidden])')"
        ".length"
    )
    outlines = set()
    reached = 0
    for _ in range(wanted):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "(() => { const it = document.activeElement;"
            " const ring = it.closest('.option') ?? it;"
            " return [it.tagName, getComputedStyle(ring).outlineStyle]; })()"
        )
        reached += found[0] in {"A", "BUTTON", "SELECT", "TEXTAREA", "INPUT"}
        outlines.add(found[1])
    assert reached == wanted
    assert outlines == {"solid"}
