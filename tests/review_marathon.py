"""Somebody settles items by keyboard while the server is killed under their hands."""

from __future__ import annotations

import random
import threading
import time
import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa
from playwright.sync_api import Error
from review_server import Server

from omr.ledger import Ledger
from omr.ledger.decisions import open_sheets
from omr.ledger.schema import decision, sheet
from omr.ledger.standing import Verdict
from omr.workspace import Workspace

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

OPTIONS = 5  # of every question in the crowd's rows
_STUCK_S = 60.0


@dataclass(slots=True)
class Run:
    """What happened."""

    items: int
    kills: int = 0
    seconds: float = 0.0
    pressed: Counter[str] = field(default_factory=Counter)  # by item: how often it was decided
    slowest_ms: float = 0.0  # from a key to the next item on the screen, between kills
    when_ms: list[float] = field(default_factory=list)  # of each kill, after the last key


def meant(key: str) -> int:
    """What the person says about an item: always the same, 0 for blank."""
    return zlib.crc32(key.encode()) % (OPTIONS + 1)


def settle_under_kills(
    workspace: Workspace,
    context: BrowserContext,
    port: int,
    *,
    kills: int,
    pace_s: float,
    seed: int,
) -> Run:
    """Settle everything that waits, one key an item; kill the server at random moments.

    Args:
        workspace: A crowded office's.
        context: Of a browser.
        port: Where the server is started, again and again.
        kills: How often it is killed.
        pace_s: About how long the person looks at each item.
        seed: Of the moments.
    """
    chance = random.Random(seed)
    waiting = _waiting(workspace)
    run = Run(items=waiting)
    moments = set(chance.sample(range(waiting), kills))
    begun = time.monotonic()
    with Server(workspace.root, port) as server:
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())  # "leave this page?"
        page.goto(server.start())
        for number in range(10 * waiting):
            key = _shown(page)
            if not key or not key.endswith(" 0"):  # nothing, or a blind second reading
                break
            time.sleep(pace_s * chance.uniform(0.5, 1.5))
            if _key(page) != key:  # the page went on by itself: the person looks again
                continue
            killing = None
            if number in moments:
                delay = chance.uniform(0.0, 0.06)
                run.when_ms.append(1000 * delay)
                killing = threading.Timer(delay, server.kill)
                killing.start()
            run.pressed[key] += 1
            pressed = time.monotonic()
            page.keyboard.press(str(meant(key.removesuffix(" 0"))))
            if killing is None:
                _next(page, key)
                run.slowest_ms = max(run.slowest_ms, 1000 * (time.monotonic() - pressed))
                continue
            killing.join()
            run.kills += 1
            time.sleep(0.3)  # the person sees that nothing goes on
            page.goto(server.start())
        _everything_sent(page)
    run.seconds = time.monotonic() - begun
    return run


def _shown(page: Page) -> str:
    """The item on the screen, or empty once nothing waits."""
    page.wait_for_selector("main > .view[data-ready], main > .message", timeout=1000 * _STUCK_S)
    while (key := _key(page)) is None:
        time.sleep(0.01)
    return key


def _key(page: Page) -> str | None:
    """The item on the screen; None while another page is coming."""
    try:
        return str(page.evaluate("document.querySelector('main > .view')?.dataset.key ?? ''"))
    except Error as error:
        if "navigation" not in str(error):
            raise
        return None


def _next(page: Page, before: str) -> None:
    end = time.monotonic() + _STUCK_S
    while _key(page) in (before, None):
        assert time.monotonic() < end, "the next item never came"
        time.sleep(0.003)


def _everything_sent(page: Page) -> None:
    page.wait_for_selector("html[data-unsent='0']", state="attached", timeout=1000 * _STUCK_S)


def _waiting(workspace: Workspace) -> int:
    with Ledger.open(workspace.ledger_url) as ledger:
        return sum(len(row.open) for row in open_sheets(ledger))


def mistakes(workspace: Workspace, layout_options: dict[str, tuple[str, ...]]) -> list[str]:
    """What is wrong on record: items decided twice, otherwise than meant, or not at all."""
    found = []
    with Ledger.open(workspace.ledger_url) as ledger, ledger.read() as connection:
        said = connection.execute(
            sa.select(
                sheet.c.record_id,
                decision.c.question,
                decision.c.verdict,
                decision.c.options,
                sa.func.count().over(partition_by=(sheet.c.record_id, decision.c.question)),
            )
            .join(sheet, sheet.c.sheet_id == decision.c.sheet_id)
            .where(decision.c.decided_by != "trước")
        ).all()
    for record, question, verdict, options, times in said:
        digit = meant(f"{record} {question}")
        wanted = (
            (Verdict.ANSWERED.value, layout_options[question][digit - 1])
            if digit
            else (Verdict.BLANK.value, "")
        )
        if times != 1:
            found.append(f"{record} {question}: decided {times} times")
        if (verdict, options) != wanted:
            found.append(f"{record} {question}: {verdict} {options}, meant {wanted}")
    left = _waiting(workspace)
    return [*found, *([f"{left} items still wait"] if left else [])]
