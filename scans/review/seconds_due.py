"""Which blind second readings a person has before them, without asking the ledger each time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from omr.ledger import Ledger, seconds
from omr.ledger.waiting import Point
from scans.review.queue import Item

# Looking through every decision takes a second or two once there are thousands.
_LOOK_AGAIN_S = 60.0


@dataclass(slots=True)
class _Due:
    items: list[Item] = field(default_factory=list)
    at: float = float("-inf")
    point: Point = field(default_factory=Point)


class SecondsDue:
    """What each person should read blind. Safe to use from several threads.

    Args:
        ledger: Open; the caller closes it.
        share: Of all decisions, 0 to 1.
        clock: Seconds; never goes back.
    """

    def __init__(
        self, ledger: Ledger, share: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ledger = ledger
        self._share = share
        self._clock = clock
        self._lock = threading.Lock()
        self._due: dict[str, _Due] = {}

    def items(self, person: str, reached: Point) -> list[Item]:
        """What *person* should read blind.

        Args:
            person: Who is signed in.
            reached: How far the ledger has come.
        """
        with self._lock:
            due = self._due.setdefault(person, _Due())
            fresh = due.items and self._clock() - due.at < _LOOK_AGAIN_S
            if due.point != reached and not fresh:
                found = seconds.waiting(self._ledger, person, self._share)
                due.items = [Item(s.record_id, s.question, s.decision_id) for s in found]
                due.at, due.point = self._clock(), reached
            return list(due.items)

    def drop(self, item: Item) -> None:
        """Forget *item*: it was read, or need not be read any more."""
        with self._lock:
            for due in self._due.values():
                due.items = [each for each in due.items if each != item]
