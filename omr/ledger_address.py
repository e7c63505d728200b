"""The address of a ledger, and where beside it is noted how far the ledger had come."""

from __future__ import annotations

from pathlib import Path
from typing import Self

COUNTER_ENDING = ".counter"


class LedgerAddress(str):
    """A SQLAlchemy address that knows the file of its counter (:mod:`omr.ledger.counter`).

    Every workspace keeps its own, so of a ledger on a server as well.
    """

    __slots__ = ("counter",)
    counter: Path

    def __new__(cls, url: str, counter: Path) -> Self:
        """*url* with the file of its counter."""
        address = super().__new__(cls, url)
        address.counter = counter
        return address
