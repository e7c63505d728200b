"""Two hundred items settled by keyboard while the review page's server is killed fifty times.

A real browser, the real command as its own process, killed with SIGKILL at random moments up to
60 ms after a key, which is when decisions are on their way. Afterwards every item must be
decided exactly once, as was meant::

    python benchmarks/review_kills.py --seed 20     # about six minutes; adds a result file

The person's pace is 0.5 to 1.5 times ``--pace`` seconds an item.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import socket
import sys
from datetime import date
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from playwright.sync_api import sync_playwright
from review_crowd import crowded_office
from review_marathon import mistakes, settle_under_kills

from omr.ledger import Ledger, issued

RESULTS = Path(__file__).parent / "results"
_QUESTIONS = ("a1", "b2", "c1", "t0")


def main() -> int:
    """Run, say what happened, and keep it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--pace", type=float, default=0.5, help="seconds an item")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--out", type=Path, default=None)
    given = parser.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with TemporaryDirectory() as folder, sync_playwright() as play:
        sheets = -(-given.items // len(_QUESTIONS))
        workspace = crowded_office(Path(folder), sheets, _QUESTIONS)
        with Ledger.open(workspace.ledger_url) as ledger:
            layout = next(each for each in issued.layouts(ledger).values() if each.domain == "GTDB")
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
        context = play.chromium.launch_persistent_context(
            Path(folder) / "profile",
            executable_path=program,
            args=["--no-sandbox", "--disable-gpu", "--no-first-run"],
        )
        run = settle_under_kills(
            workspace, context, port, kills=given.kills, pace_s=given.pace, seed=given.seed
        )
        context.close()
        options = {q.id: tuple(b.option for b in q.bubbles) for q in layout.questions}
        wrong = mistakes(workspace, options)
    again = sum(times - 1 for times in run.pressed.values())
    result = {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on this machine
        "python": platform.python_version(),
        "seed": given.seed,
        "items": run.items,
        "kills": run.kills,
        "pressed_again_after_a_kill": again,
        "lost_or_twice_or_wrong": wrong,
        "seconds": round(run.seconds, 1),
        "kill_after_key_ms_quartiles": [round(ms, 1) for ms in quantiles(run.when_ms, n=4)],
        "slowest_next_item_ms": round(run.slowest_ms, 1),
    }
    print(json.dumps(result, indent=2, ensure_ascii=False))
    out = given.out or RESULTS / f"review-kills-{result['date']}.json"
    out.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
