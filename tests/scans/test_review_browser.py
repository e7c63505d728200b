"""The page in a real browser: what keys do can be shown nowhere else."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import review_office
import uvicorn
from review_office import left, sheet

from omr.ledger import Ledger, decisions
from omr.marks import AnswerState, SheetStatus
from omr.pictures import PictureStore
from omr.settings import Language
from omr.thresholds import Thresholds
from scans.review.app import create_app
from scans.review.desk import Desk
from scans.review.language import Words
from scans.review.server import listen

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
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
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@dataclass
class Running:
    ledger: Ledger
    address: str


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    workspace = review_office.fresh_office(tmp_path)
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


@pytest.fixture
def page(running: Running, tmp_path: Path) -> Iterator[playwright.Page]:
    with playwright.sync_playwright() as play:
        context = play.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            viewport={"width": 1366, "height": 768},
        )
        page = context.new_page()
        page.set_default_timeout(10_000)
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(running.address)
        yield page
        context.close()
        assert complaints == []  # nothing that the policy or the script stumbles over


def press(page: playwright.Page, key: str) -> None:
    """Press a key that leads to another page, and wait for that."""
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press(key)


def test_everything_that_waits_is_settled_by_keyboard(
    running: Running, page: playwright.Page
) -> None:
    begun = time.monotonic()
    assert "open" not in page.url
    assert page.inner_text("h1") == "Thủ tục được niêm yết công khai, dễ tìm hiểu"
    shown = page.evaluate("document.querySelector('#crop image').getBoundingClientRect().width")
    assert shown > 800  # large enough to judge ink
    press(page, "x")  # two marks: invalid
    press(page, "Enter")  # a speck: the suggestion, which is the speck's option

    assert page.inner_text("h1") == "Phiếu này mang số nào?"
    page.keyboard.type("gtdb-26-000002-f")  # the field has the focus: no key is a shortcut
    press(page, "Enter")

    assert page.inner_text("h1") == "Máy đọc cả phiếu này có đúng không?"
    press(page, "Enter")
    page.keyboard.press("3")  # tick one more
    page.keyboard.press("6")  # untick the speck
    assert page.locator(".bubble.chosen").count() == 2
    press(page, "Enter")

    assert page.inner_text("h1") == "Không còn gì chờ xem lại"
    assert time.monotonic() - begun < 30
    first, fifth = sheet(running.ledger, 1), sheet(running.ledger, 5)
    assert first.reading.answers["a1"].state is AnswerState.INVALID
    assert first.reading.answers["b2"].options == ("r3",)
    assert fifth.reading.answers["m1"].options == ("cho", "tre")
    assert sheet(running.ledger, 2).reading.serial == "GTDB-26-000002-F"
    for number in range(1, 6):
        assert sheet(running.ledger, number).reading.status is SheetStatus.COUNTED
    said = decisions.find_decisions(running.ledger, first.record_id)
    assert all(0 < each.milliseconds < 30_000 for each in said)


def test_digits_undo_arrows_and_zero_do_what_they_say(
    running: Running, page: playwright.Page
) -> None:
    start = page.url
    press(page, "2")
    assert sheet(running.ledger, 1).reading.answers["a1"].options == ("r4",)
    press(page, "u")
    assert "about=a1" in page.url
    assert left(running.ledger) == 5
    press(page, "ArrowRight")
    assert "about=b2" in page.url
    press(page, "ArrowLeft")
    assert page.url.split("&note")[0] == start.split("&note")[0]
    press(page, "0")
    assert sheet(running.ledger, 1).reading.answers["a1"].state is AnswerState.BLANK


def test_the_whole_sheet_and_the_keys_open_over_the_item_and_close(
    running: Running, page: playwright.Page
) -> None:
    page.keyboard.press("f")
    assert page.locator("#whole").is_visible()
    page.keyboard.press("1")  # belongs to nothing while the sheet is shown
    page.keyboard.press("f")
    assert not page.locator("#whole").is_visible()
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()
    page.keyboard.down("h")
    assert not page.locator(".drawn").first.is_visible()
    page.keyboard.up("h")
    assert page.locator(".drawn").first.is_visible()
    assert left(running.ledger) == 5


def test_a_click_on_the_paper_chooses_that_bubble(running: Running, page: playwright.Page) -> None:
    with page.expect_navigation(wait_until="load"):
        page.locator('.bubble[data-option="r2"] circle').click()

    assert sheet(running.ledger, 1).reading.answers["a1"].options == ("r2",)


def test_a_key_held_down_decides_one_item_not_many(running: Running, page: playwright.Page) -> None:
    with page.expect_navigation(wait_until="load"):
        page.keyboard.down("0")
        for _ in range(5):
            page.keyboard.down("0")  # what a held key sends
    page.keyboard.up("0")

    assert left(running.ledger) == 4


def test_the_page_works_without_script(running: Running, tmp_path: Path) -> None:
    with playwright.sync_playwright() as play:
        context = play.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            java_script_enabled=False,
        )
        page = context.new_page()
        page.goto(running.address)
        page.get_by_role("button", name="Bình thường").click()
        page.wait_for_url("**about=b2*")
        context.close()

    assert sheet(running.ledger, 1).reading.answers["a1"].options == ("r3",)
