"""Whole sheets, papers, groups, units: the keys of every other kind of item in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from review_browser import CHROMIUM, Running, browsing, go_to, press, saved, serving, settled
from review_crowd import crowded_office
from review_everything import full_office
from review_office import sheet

from omr.ledger import decisions, papers
from omr.ledger.standing import PAPER, WHOLE, Verdict
from omr.marks import SheetStatus

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """An office in which everything waits."""
    with serving(full_office(tmp_path)) as running:
        yield running


@pytest.fixture
def page(running: Running, chromium: Any) -> Iterator[playwright.Page]:
    with browsing(running, chromium) as page:
        yield page


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Running]:
    """An office in which twelve look-alike items wait."""
    with serving(crowded_office(tmp_path, 12, ("a1",))) as running:
        yield running


@pytest.fixture
def group(crowd: Running, chromium: Any) -> Iterator[playwright.Page]:
    with browsing(crowd, chromium) as page:
        page.keyboard.press("g")
        page.wait_for_selector("#group[data-ready]")
        yield page


def test_q_says_that_something_on_the_whole_sheet_is_wrong(
    running: Running, page: playwright.Page
) -> None:
    go_to(page, WHOLE)
    press(page, "q")
    saved(page)

    row = sheet(running.ledger, 3)
    (said,) = decisions.find_decisions(running.ledger, row.record_id)
    assert said.verdict is Verdict.DOUBTED
    assert len(row.open) > 10  # every answer on it is asked


def test_x_says_that_a_whole_sheet_does_not_count(running: Running, page: playwright.Page) -> None:
    go_to(page, WHOLE)
    press(page, "x")
    saved(page)

    assert sheet(running.ledger, 3).reading.status is SheetStatus.REFUSED


def test_papers_are_chosen_by_digit_and_the_reason_by_letter(
    running: Running, page: playwright.Page
) -> None:
    go_to(page, PAPER)
    record = page.get_attribute("main > .view", "data-record")
    page.keyboard.press("2")
    page.keyboard.press("Enter")  # no reason yet
    assert "lý do" in page.inner_text("#form-state")
    page.keyboard.press("e")
    press(page, "Enter")
    saved(page)

    pair = papers.find_pair(running.ledger, record)
    assert pair is not None
    assert pair.said is not None
    assert (pair.said.keeps, pair.said.why) == (papers.Keeps.SECOND, "Phiếu bị sao chụp")

    page.keyboard.press("u")
    page.wait_for_selector(f"main > .view[data-about='{PAPER}']")
    saved(page)
    pair = papers.find_pair(running.ledger, record)
    assert pair is not None
    assert pair.said is None


def test_the_first_paper_needs_no_reason_and_h_hides_what_is_drawn(
    running: Running, page: playwright.Page
) -> None:
    go_to(page, PAPER)
    page.keyboard.down("h")
    assert not page.locator("main .differs").first.is_visible()
    page.keyboard.up("h")
    page.keyboard.press("1")
    press(page, "Enter")
    saved(page)

    assert page.get_attribute("main > .view", "data-about") != PAPER


def test_unit_and_domain_are_chosen_where_the_number_cannot_be_read(
    running: Running, page: playwright.Page
) -> None:
    page.fill("#unit", "HP-PC08")
    page.fill("#domain", "gtdb")
    page.keyboard.press("Enter")
    page.wait_for_selector("main > .view:not([data-about=''])")
    saved(page)

    reading = sheet(running.ledger, 2).reading
    assert (reading.serial, reading.unit, reading.domain) == (None, "HP-PC08", "GTDB")
    assert "Đã lưu đơn vị và lĩnh vực" in page.inner_text("#note")


def test_a_number_that_was_never_printed_leaves_the_person_at_the_sheet_with_the_reason(
    running: Running, page: playwright.Page
) -> None:
    page.keyboard.type("GTDB-26-000004-K")  # belongs to another scan
    page.keyboard.press("Enter")
    page.wait_for_selector("#trouble p")

    assert "đã thuộc về một phiếu quét khác" in page.inner_text("#trouble")
    assert page.get_attribute("main > .view", "data-about") == ""
    assert page.input_value("#serial") == "GTDB-26-000004-K"


def test_a_group_is_confirmed_with_enter_and_exceptions_are_asked_by_themselves(
    crowd: Running, group: playwright.Page
) -> None:
    assert group.locator(".tile").count() == 12
    group.keyboard.press("ArrowRight")  # the first
    group.keyboard.press("ArrowRight")
    group.keyboard.press("Space")
    apart = group.locator(".tile.apart")
    assert apart.count() == 1
    record = str(apart.first.get_attribute("data-key-of")).split(" ")[0]
    assert group.inner_text("#confirm-all").startswith("Lưu: 11 ô đã tô")
    assert group.inner_text("#apart") == "1 mục để riêng"
    group.keyboard.press("Enter")
    group.wait_for_selector(f"main > .view[data-record='{record}']")
    settled(group)

    assert group.inner_text("#note") == "Đã lưu 11 quyết định."
    (waits,) = decisions.open_sheets(crowd.ledger)
    assert waits.record_id == record


def test_a_click_sets_a_tile_apart_and_zero_says_that_the_rest_is_blank(
    crowd: Running, group: playwright.Page
) -> None:
    group.locator(".tile").nth(3).click()
    group.locator(".tile").nth(5).click()
    group.locator(".tile").nth(5).click()  # and back
    group.keyboard.press("0")
    group.wait_for_selector("main > .view[data-key]")

    rows = decisions.open_sheets(crowd.ledger)
    assert len(rows) == 1
    assert group.get_attribute("main > .view", "data-record") == rows[0].record_id


def test_g_leads_to_the_group_and_back_to_the_single_item(
    crowd: Running, group: playwright.Page
) -> None:
    group.keyboard.press("?")
    assert group.locator("#help").is_visible()
    group.keyboard.press("Escape")
    group.keyboard.press("g")
    group.wait_for_selector("main > .view[data-key]")
    settled(group)
    assert len(decisions.open_sheets(crowd.ledger)) == 12
