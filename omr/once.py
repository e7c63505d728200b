"""Work whose result belongs to one object, done once for each of the last few (pure).

They are told apart by identity: to hash a layout takes longer than most of what is worked out
from it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_MOST_KEPT = 16


def once_each(work: Callable[[T], R]) -> Callable[[T], R]:
    """*work*, with its last results kept; for objects that never change."""
    kept: dict[int, tuple[T, R]] = {}

    @wraps(work)
    def found(subject: T) -> R:
        known = kept.get(id(subject))
        # What is kept stays alive, so no other object can have its id; None is for the first.
        if known is None or known[0] is not subject:
            known = subject, work(subject)
            while len(kept) >= _MOST_KEPT:
                kept.pop(next(iter(kept)), None)
            kept[id(subject)] = known
        return known[1]

    return found
