"""The page in a real browser: what keys do can be shown nowhere else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import review_office
from review_browser import (
    CHROMIUM,
    Running,
    browsing,
    go_to,
    press,
    saved,
    serving,
    settled,
)
from review_office import left, sheet

from omr.ledger import decisions
from omr.ledger.standing import Verdict
from omr.marks import AnswerState, SheetStatus

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with serving(review_office.fresh_office(tmp_path)) as running:
        yield running


@pytest.fixture
def page(running: Running, chromium: Any) -> Iterator[playwright.Page]:
    with browsing(running, chromium) as page:
        yield page


def test_everything_that_waits_is_settled_by_keyboard(
    running: Running, page: playwright.Page
) -> None:
    begun = time.monotonic()
    assert "open" not in page.url
    assert page.inner_text("h1") == "Phiếu này mang số nào?"
    page.keyboard.type("gtdb26000002f")  # the field has the focus: no key is a shortcut
    assert page.inner_text("#serial-state") == "Chữ kiểm tra đúng."
    press(page, "Enter")

    assert page.inner_text("h1") == "Máy đọc cả phiếu này có đúng không?"
    press(page, "Enter")
    assert page.get_attribute("main > .view", "data-about") == "b2"
    shown = page.evaluate("document.querySelector('#crop').getBoundingClientRect().width")
    assert shown > 1000  # large enough to judge ink
    press(page, "Enter")  # a speck: the suggestion, which is the speck's option
    page.keyboard.press("3")  # tick one more
    page.keyboard.press("6")  # untick the speck
    assert page.locator("main .bubble.chosen").count() == 2
    press(page, "Enter")
    assert page.inner_text("h1") == "Thủ tục được niêm yết công khai, dễ tìm hiểu"
    press(page, "x")  # two marks: invalid

    # What contradicts the machine is read a second time, as if nobody had looked.
    assert page.inner_text("main .reasons") == "Đọc độc lập lần hai"
    assert page.locator("main .candidate, main .chosen, main :checked").count() == 0
    for option in ("cho", "tre"):
        page.keyboard.press(page.get_attribute(f"main input[data-option={option}]", "data-key"))
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
    assert all(100 < each.milliseconds < 30_000 for each in said)


def test_a_digit_chooses_and_zero_says_blank_and_x_invalid(
    running: Running, page: playwright.Page
) -> None:
    go_to(page, "a1")
    page.keyboard.press("2")
    saved(page)
    assert sheet(running.ledger, 1).reading.answers["a1"].options == ("r4",)

    go_to(page, "b2")
    page.keyboard.press("0")
    saved(page)
    assert sheet(running.ledger, 1).reading.answers["b2"].state is AnswerState.BLANK

    go_to(page, "m1")
    page.keyboard.press("x")
    saved(page)
    assert sheet(running.ledger, 5).reading.answers["m1"].state is AnswerState.INVALID


def test_u_brings_the_last_decision_back_and_the_one_before_it(
    running: Running, page: playwright.Page
) -> None:
    go_to(page, "b2")
    press(page, "0")
    press(page, "x")
    page.keyboard.press("u")
    page.wait_for_selector("main > .view[data-about=m1]")
    assert page.inner_text("#note").startswith("Đã hoàn tác")
    settled(page)
    page.keyboard.press("u")
    page.wait_for_selector("main > .view[data-about=b2]")
    saved(page)
    assert left(running.ledger) == 5
    settled(page)
    press(page, "Enter")  # and both wait in their order again
    assert page.get_attribute("main > .view", "data-about") == "m1"


def test_arrows_move_without_deciding_and_the_browsers_back_shows_earlier_items(
    running: Running, page: playwright.Page
) -> None:
    go_to(page, "b2")
    press(page, "ArrowRight")
    assert page.get_attribute("main > .view", "data-about") == "m1"
    assert "about=m1" in page.url
    press(page, "ArrowLeft")
    assert page.get_attribute("main > .view", "data-about") == "b2"
    press(page, "ArrowRight")
    assert left(running.ledger) == 5

    press(page, "0")
    page.go_back()
    page.wait_for_selector("main > .view[data-about=m1]")
    assert "Đã quyết định: Để trống" in page.inner_text("main")
    page.go_back()
    page.wait_for_selector("main > .view[data-about=b2]")
    page.go_forward()
    page.wait_for_selector("main > .view[data-about=m1]")
    assert left(running.ledger) == 4


def test_the_whole_sheet_and_the_keys_open_over_the_item_and_close(
    running: Running, page: playwright.Page
) -> None:
    go_to(page, "a1")
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
    assert not page.locator("main .drawn").first.is_visible()
    page.keyboard.up("h")
    assert page.locator("main .drawn").first.is_visible()
    assert left(running.ledger) == 5


def test_a_click_on_the_paper_chooses_that_bubble(running: Running, page: playwright.Page) -> None:
    go_to(page, "a1")
    page.locator('main .bubble[data-option="r2"] circle').click()
    saved(page)

    assert sheet(running.ledger, 1).reading.answers["a1"].options == ("r2",)


def test_a_double_click_decides_one_item_not_two(running: Running, page: playwright.Page) -> None:
    go_to(page, "b2")
    page.locator("main #decide button[value=blank]").dblclick()
    saved(page)

    assert left(running.ledger) == 4


def test_a_key_held_down_decides_one_item_not_many(running: Running, page: playwright.Page) -> None:
    go_to(page, "b2")
    page.keyboard.down("0")
    for _ in range(5):
        page.keyboard.down("0")  # what a held key sends
    page.keyboard.up("0")
    saved(page)

    assert left(running.ledger) == 4


def test_a_key_that_comes_before_the_next_picture_can_be_seen_decides_nothing(
    running: Running, page: playwright.Page
) -> None:
    go_to(page, "b2")
    page.evaluate(
        """() => {
          const target = document.body;
          for (let n = 0; n < 3; n += 1) {
            target.dispatchEvent(new KeyboardEvent("keydown", {key: "0", bubbles: true}));
          }
        }"""
    )
    saved(page)

    assert left(running.ledger) == 4


def test_a_wrong_check_letter_is_told_before_anything_is_sent(
    running: Running, page: playwright.Page
) -> None:
    page.keyboard.type("GTDB-26-000002-A")
    assert "có ký tự sai" in page.inner_text("#serial-state")
    page.keyboard.press("Enter")

    assert page.get_attribute("main > .view", "data-about") == ""
    assert left(running.ledger) == 5


def test_what_somebody_else_decided_meanwhile_brings_the_person_back_with_both_readings(
    running: Running, page: playwright.Page
) -> None:
    go_to(page, "b2")
    record = sheet(running.ledger, 1).record_id
    decisions.append(running.ledger, record, "b2", Verdict.BLANK, by="lan")
    page.keyboard.press("3")
    page.wait_for_selector("#trouble p")
    page.wait_for_selector("main > .view[data-about=b2]")

    assert "lan đã quyết định mục này" in page.inner_text("#trouble")
    assert "Bình thường" in page.inner_text("#trouble")  # what the person had said
    assert "Đã quyết định: Để trống" in page.inner_text("main .decided")
    settled(page)
    press(page, "3")  # seen now, so it may be said again
    saved(page)
    assert sheet(running.ledger, 1).reading.answers["b2"].options == ("r3",)


def test_without_a_connection_nothing_is_lost_and_the_person_is_told(
    running: Running, page: playwright.Page
) -> None:
    go_to(page, "b2")
    page.context.set_offline(True)
    page.keyboard.press("0")
    page.wait_for_selector("#outbox button")
    assert "Chưa lưu được 1 quyết định" in page.inner_text("#outbox")
    page.wait_for_selector("main > .view[data-about=b2]")  # back at what is not saved
    assert "đang chờ gửi lại: Để trống" in page.inner_text("#trouble")
    assert left(running.ledger) == 5

    page.context.set_offline(False)
    saved(page)
    page.wait_for_selector("main > .view[data-about=m1]")
    assert page.inner_text("#outbox") == ""
    assert sheet(running.ledger, 1).reading.answers["b2"].state is AnswerState.BLANK


def test_the_page_works_without_script(running: Running, chromium: Any) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(running.address)
    page.get_by_role("button", name="Không phải phiếu").click()
    page.wait_for_url("**about=%2A*")
    page.get_by_role("button", name="Đúng cả phiếu").click()
    page.wait_for_url("**about=b2*")
    page.get_by_role("button", name="Bình thường", exact=False).first.click()
    page.wait_for_url("**about=m1*")
    page.get_by_role("button", name="Hoàn tác").first.click()
    page.wait_for_url("**about=b2*")
    context.close()

    assert left(running.ledger) == 3
