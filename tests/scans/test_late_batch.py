from __future__ import annotations

from pathlib import Path

from make_ledger import fresh_ledger

from omr.ledger.months import close_month, reopen_month
from scans.late_batch import late_lines


def test_reading_into_a_closed_month_is_told_and_into_an_open_one_is_not(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        close_month(ledger, "2026-10", b"x", by="an")
        assert list(late_lines(ledger, ["2026-11"])) == []

        (line,) = late_lines(ledger, ["2026-10", "2026-11", "2026-10"])
        assert line.startswith("2026-10 is closed as version 1")
        assert "omr reports reopen --period 2026-10 --why" in line

        reopen_month(ledger, "2026-10", by="an", why="muộn")
        assert list(late_lines(ledger, ["2026-10"])) == []
