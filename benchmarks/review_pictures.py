"""Pictures of every page of the review, for the documents.

Takes a workspace with sheets that wait, such as the one that ``omr demo`` makes, and a browser::

    omr demo demo && python benchmarks/review_pictures.py demo docs/images
"""

from __future__ import annotations

import argparse
import shutil
import socket
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from playwright.sync_api import sync_playwright
from review_server import Server

from omr.ledger import Ledger
from omr.ledger.comments import comments
from omr.ledger.decisions import open_sheets
from omr.ledger.standing import IDENTITY, PAPER, WHOLE
from omr.marks import Reason
from omr.workspace import open_workspace

_SIZE = {"width": 1366, "height": 768}
_SPECIAL = {IDENTITY: "identity", PAPER: "papers", WHOLE: "whole"}


def addresses(root: Path) -> dict[str, str]:
    """By the picture's name, one page of each kind."""
    with Ledger.open(open_workspace(root).ledger_url) as ledger:
        rows = open_sheets(ledger)
        written = comments(ledger)
    found: dict[str, str] = {}
    for row in rows:
        for about in row.open:
            name = _SPECIAL.get(about, "answer")
            query = urlencode({"record": row.record_id, "about": about})
            found.setdefault(name, f"/item?{query}")
            alike = row.seen_answers.get(about)
            if alike and alike.reasons == (Reason.MARGINAL_MARK,) and len(alike.options) == 1:
                found.setdefault("group", f"/group?{query}")
    found |= {"overview": "/overview", "batch": "/batches/1"}
    if rows:
        found["sheet"] = f"/sheets/{rows[0].record_id}"
    if written:
        found["comments"] = "/comments"
    return found


def main() -> int:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("workspace", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as play, Server(given.workspace, port) as server:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport=_SIZE)
        page.goto(server.start())
        for name, address in addresses(given.workspace).items():
            page.goto(f"http://127.0.0.1:{port}{address}")
            _take(page, given.out / f"review-{name}.png")
        browser.close()
    return 0


def _take(page: Any, path: Path) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(900)  # pictures are decoded, and the page takes keys
    page.screenshot(path=path)
    print(path)


if __name__ == "__main__":
    sys.exit(main())
