"""Looks at passwords one at a time, and slows down whoever guesses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from scans.review.slowdown import (
    FREE_FOR_A_NAME,
    FREE_FOR_AN_ADDRESS,
    LONGEST_FOR_A_NAME_S,
    LONGEST_FOR_AN_ADDRESS_S,
    Slowdown,
)

_MOST_WAITING = 20  # tries looked at or in line; each takes some 0.2 s and 16 MB
_BUSY_S = 5  # seconds in which that line is done


class Attempts:
    """Tries at signing in.

    Args:
        check: Whether a password is a name's; slow on purpose, the same for every name.
        clock: Seconds that never run backwards.
    """

    def __init__(self, check: Callable[[str, str], bool], clock: Callable[[], float]) -> None:
        self._check = check
        self._by_name = Slowdown(clock, free=FREE_FOR_A_NAME, longest=LONGEST_FOR_A_NAME_S)
        self._by_address = Slowdown(
            clock, free=FREE_FOR_AN_ADDRESS, longest=LONGEST_FOR_AN_ADDRESS_S
        )
        self._proven: set[tuple[str, str]] = set()  # names, and addresses they came from
        # Beside the threads that answer everybody else, so guessing does not hold them up.
        self._checker = ThreadPoolExecutor(1, thread_name_prefix="omr-password")
        self._waiting = 0

    async def attempt(self, name: str, password: str, address: str) -> tuple[bool, int]:
        """One try.

        Args:
            name: As typed, in composed letters.
            password: As typed.
            address: Of the machine it comes from.

        Returns:
            Whether the password is the name's; and, if above 0, for how many seconds no
            password is looked at, as this one was not.
        """
        wait = self._wait(name, address)
        if wait:
            return False, wait
        if self._waiting >= _MOST_WAITING:
            return False, _BUSY_S
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._checker, self._look, name, password, address)
        finally:
            self._waiting -= 1

    def _look(self, name: str, password: str, address: str) -> tuple[bool, int]:
        # Asked again here, where tries come one after another: many sent at once wait as well.
        wait = self._wait(name, address)
        if wait:
            return False, wait
        key = self._key(name, address)
        right = self._check(name, password)
        if right:
            self._by_name.right(key)
            self._proven.add((name, address))
        else:
            self._by_name.wrong(key)
            self._by_address.wrong(address)
        return right, 0

    def _wait(self, name: str, address: str) -> int:
        return max(self._by_name.wait(self._key(name, address)), self._by_address.wait(address))

    def _key(self, name: str, address: str) -> str:
        # Who has signed in from an address before is not held up by others who try the name.
        return f"{name}\n{address}" if (name, address) in self._proven else name
