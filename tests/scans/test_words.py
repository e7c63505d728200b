from __future__ import annotations

from omr.marks import Reason, SheetStatus
from scans.words import reason_in_words, status_in_words


def test_every_reason_and_status_can_be_told_in_words() -> None:
    for reason in Reason:
        assert reason_in_words(reason) not in ("", reason.value)
    for status in SheetStatus:
        assert status_in_words(status)
