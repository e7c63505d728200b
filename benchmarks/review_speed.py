"""How long it takes from a key to the next picture on the review page, with 5,000 items waiting.

Measured in the browser itself: from the event of the key to the frame after the next item stands
in its place, with its picture decoded::

    python benchmarks/review_speed.py            # about two minutes; adds a result file
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import socket
import sys
import time
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from playwright.sync_api import sync_playwright
from review_crowd import crowded_office
from review_server import Server

RESULTS = Path(__file__).parent / "results"
_QUESTIONS = ("a1", "b2", "c1", "t0")
_WATCH = """
(() => {
  window.measured = [];
  let pressed = 0;
  document.addEventListener("keydown", () => { pressed = performance.now(); }, true);
  new MutationObserver(() => {
    const view = document.querySelector("main > .view");
    if (!pressed || !view) return;
    const since = pressed;
    pressed = 0;
    const pictures = [...view.querySelectorAll(".paper image")].map((one) => one.decode());
    Promise.all(pictures).then(() => requestAnimationFrame(() => {
      window.measured.push(performance.now() - since);
    }));
  }).observe(document.getElementById("main"), { childList: true });
})()
"""


def main() -> int:
    """Measure and keep it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--items", type=int, default=5000)
    parser.add_argument("--keys", type=int, default=100)
    parser.add_argument("--pace", type=float, default=0.6, help="seconds an item")
    parser.add_argument("--out", type=Path, default=None)
    given = parser.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with TemporaryDirectory() as folder, sync_playwright() as play:
        workspace = crowded_office(
            Path(folder), -(-given.items // len(_QUESTIONS)), _QUESTIONS, alike=False
        )
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
        with Server(workspace.root, port) as server:
            browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            page.goto(server.start())
            page.wait_for_selector("main > .view[data-ready]")
            page.evaluate(_WATCH)
            for _ in range(given.keys):
                time.sleep(given.pace)
                page.keyboard.press("Enter")
            time.sleep(1)
            taken = [float(ms) for ms in page.evaluate("window.measured")]
            browser.close()
    result = {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on this machine
        "python": platform.python_version(),
        "items": given.items,
        "keys": given.keys,
        "shown": len(taken),
        "pace_s": given.pace,
        "key_to_picture_ms": {
            "median": round(median(taken), 1),
            "p95": round(quantiles(taken, n=20)[-1], 1),
            "slowest": round(max(taken), 1),
        },
    }
    print(json.dumps(result, indent=2))
    out = given.out or RESULTS / f"review-speed-{result['date']}.json"
    out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
