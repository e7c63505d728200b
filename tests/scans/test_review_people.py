"""Several people, lost sessions, long queues, every page: the review page as offices use it."""

from __future__ import annotations

import shutil
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from review_crowd import crowded_office
from review_everything import full_office
from review_server import Server

from omr.ledger import Ledger, decisions
from omr.ledger.reviewers import add_reviewer
from omr.ledger.standing import IDENTITY, PAPER, WHOLE
from omr.marks import Reason, SheetStatus
from omr.workspace import Workspace

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
WORDS = "mật khẩu đủ dài"


@pytest.fixture
def port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def sign_in(chromium: Any, address: str, name: str) -> Any:
    page = chromium.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.set_default_timeout(20_000)
    page.goto(address)
    fill_in(page, name)
    return page


def fill_in(page: Any, name: str) -> None:
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", WORDS)
    page.click("form[action^='/login'] button")
    shown(page)


def shown(page: Any) -> str:
    page.wait_for_selector("main > .view[data-ready], main > .message")
    return str(page.evaluate("document.querySelector('main > .view')?.dataset.key ?? ''"))


def press(page: Any, key: str) -> None:
    before = shown(page)
    page.keyboard.press(key)
    page.wait_for_function(
        "before => (document.querySelector('main > .view')?.dataset.key ?? '') !== before",
        arg=before,
    )


def saved(page: Any) -> None:
    page.wait_for_selector("html[data-unsent='0']", state="attached")


def waiting(workspace: Workspace) -> int:
    with Ledger.open(workspace.ledger_url) as ledger:
        return sum(len(row.open) for row in decisions.open_sheets(ledger))


def test_two_people_settle_one_queue_and_never_see_the_same_item(
    chromium: Any, port: int, tmp_path: Path
) -> None:
    workspace = crowded_office(tmp_path, 10, ("a1", "b2"))
    with Ledger.open(workspace.ledger_url) as ledger:
        for name in ("An", "Bình"):
            add_reviewer(ledger, name, WORDS)
    with Server(workspace.root, port, host="127.0.0.1") as server:
        address = server.start()
        an, binh = sign_in(chromium, address, "An"), sign_in(chromium, address, "Bình")
        seen: dict[str, list[str]] = {"An": [], "Bình": []}
        for _ in range(7):
            for name, page in (("An", an), ("Bình", binh)):
                seen[name].append(shown(page))
                press(page, "Enter")
        for page in (an, binh):
            saved(page)

    assert not set(seen["An"]) & set(seen["Bình"])
    assert waiting(workspace) == 6
    with Ledger.open(workspace.ledger_url) as ledger:
        for name, keys in seen.items():
            for record, about, _second in (key.split(" ") for key in keys):
                said = [d for d in decisions.find_decisions(ledger, record) if d.question == about]
                assert [each.decided_by for each in said] == [name]


def test_a_session_that_the_server_forgot_is_resumed_with_nothing_lost(
    chromium: Any, port: int, tmp_path: Path
) -> None:
    workspace = crowded_office(tmp_path, 4, ("a1",))
    with Ledger.open(workspace.ledger_url) as ledger:
        add_reviewer(ledger, "An", WORDS)
    with Server(workspace.root, port, host="127.0.0.1") as server:
        page = sign_in(chromium, server.start(), "An")
        first = shown(page)
        server.kill()
        server.start()  # knows no session
        page.keyboard.press("2")  # decided while signed out
        page.wait_for_selector("#outbox a.button")
        assert waiting(workspace) == 4

        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"http://127.0.0.1:{port}/login")
        fill_in(page, "An")
        saved(page)

    record, about, _second = first.split(" ")
    with Ledger.open(workspace.ledger_url) as ledger:
        row = decisions.find_sheet(ledger, record)
        assert row is not None
        assert row.reading.answers[about].options == ("r4",)
        assert len(decisions.find_decisions(ledger, record)) == 1
    assert waiting(workspace) == 3


def test_sixteen_hundred_items_wait_and_the_page_goes_on_as_ever(
    chromium: Any, port: int, tmp_path: Path
) -> None:
    # benchmarks/review_speed.py does it with 5,000, and with a clock.
    workspace = crowded_office(tmp_path, 400, ("a1", "b2", "c1", "t0"), alike=True)
    with Server(workspace.root, port) as server:
        page = chromium.new_page()
        page.goto(server.start())
        assert "1.600" in page.inner_text("#left") or "1600" in page.inner_text("#left")
        for _ in range(5):
            press(page, "Enter")
        saved(page)
        press(page, "u")
        page.goto(f"http://127.0.0.1:{port}/overview")
        assert page.locator("h1").count() == 1

    assert waiting(workspace) == 1596


def test_no_page_has_a_serious_accessibility_fault(
    chromium: Any, port: int, tmp_path: Path
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    workspace = full_office(tmp_path)
    faults = []
    looked_at = set()
    with ExitStack() as stack:
        server = stack.enter_context(Server(workspace.root, port))
        page = chromium.new_page(viewport={"width": 1366, "height": 768})
        page.goto(server.start())
        shown(page)
        addresses = everything(workspace)
        assert len(addresses) > 10
        for address in addresses:
            for width in (1366, 683):  # 683: what is left at 200 % zoom
                page.set_viewport_size({"width": width, "height": 768})
                page.goto(f"http://127.0.0.1:{port}{address}")
                page.wait_for_load_state("networkidle")
                kind = address.partition("?")[0], width
                if width == 1366 or kind not in looked_at:  # narrow, one of a kind tells enough
                    looked_at.add(kind)
                    for found in axe.run(page).response["violations"]:
                        if found["impact"] in ("serious", "critical"):
                            places = [node["target"] for node in found["nodes"]][:3]
                            faults.append(f"{address} at {width}: {found['id']} {places}")
                beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                if beyond > 0:
                    faults.append(f"{address} at {width}: {beyond} px beyond the right edge")
    assert faults == []


def everything(workspace: Workspace) -> list[str]:
    """The address of every page that there is."""
    with Ledger.open(workspace.ledger_url) as ledger:
        rows = decisions.open_sheets(ledger)
    items = [(row.record_id, about) for row in rows for about in row.open]
    kinds = {about for _record, about in items}
    assert {IDENTITY, PAPER, WHOLE, "a1", "m1"} <= kinds
    queue = [f"/item?{urlencode({'record': r, 'about': about})}" for r, about in items]
    sheets = [f"/sheets/{row.record_id}" for row in rows[:2]]
    aside = f"/aside?{urlencode({'status': SheetStatus.DUPLICATE, 'reason': Reason.OTHER_ANSWERS})}"
    groups = [f"/group?{urlencode({'record': r, 'about': a})}" for r, a in items if len(a) > 1][:2]
    return [*queue, *groups, "/overview", "/batches/1", aside, *sheets, "/comments", "/nowhere"]
