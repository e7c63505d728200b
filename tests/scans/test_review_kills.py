"""Nothing is lost and nothing decided twice when the server dies under a person's hands."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from typing import Any

import pytest
from review_crowd import crowded_office

from omr.ledger import Ledger, issued

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

from review_marathon import mistakes, settle_under_kills  # noqa: E402 - needs Playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


def test_every_item_is_decided_once_though_the_server_is_killed(
    chromium: Any, tmp_path: Path
) -> None:
    workspace = crowded_office(tmp_path, 5, ("a1", "b2"))
    with Ledger.open(workspace.ledger_url) as ledger:
        layout = next(each for each in issued.layouts(ledger).values() if each.domain == "GTDB")
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    context = chromium.new_context()
    run = settle_under_kills(workspace, context, port, kills=2, pace_s=0.1, seed=20)
    context.close()

    assert (run.items, run.kills) == (10, 2)
    options = {q.id: tuple(b.option for b in q.bubbles) for q in layout.questions}
    assert mistakes(workspace, options) == []
