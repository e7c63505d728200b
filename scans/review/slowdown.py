"""Makes guessing passwords slow (pure: the clock comes from outside).

After a few wrong passwords for one name, or from one address, the next try must wait: 2 s,
4 s, 8 s and so on up to a bound. Nobody is shut out for good, so nobody can shut a colleague
out. A try that comes too early is not looked at and does not make the wait longer.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_FIRST_S = 2.0
_FORGET_S = 1800.0  # after so long without a wrong password, earlier ones count no more
_MOST = 2000  # names or addresses remembered: some 200 kB

# A person mistypes a few times: with a Vietnamese keyboard on, with Caps Lock, with the old
# password. One address may be a machine that several people share.
FREE_FOR_A_NAME, LONGEST_FOR_A_NAME_S = 4, 60.0
FREE_FOR_AN_ADDRESS, LONGEST_FOR_AN_ADDRESS_S = 10, 300.0


@dataclass(frozen=True, slots=True)
class _Wrong:
    times: int
    last: float


class Slowdown:
    """Counts wrong passwords by a key. Safe to use from several threads.

    Args:
        clock: Seconds that never run backwards.
        free: How many may be wrong before the next must wait.
        longest: The longest wait, in seconds.
    """

    def __init__(self, clock: Callable[[], float], *, free: int, longest: float) -> None:
        self._clock = clock
        self._free = free
        self._longest = longest
        self._wrong: OrderedDict[str, _Wrong] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, key: str) -> int:
        """How many seconds the next try must wait; 0 if it may come now."""
        with self._lock:
            found = self._of(key)
            over = found.times - self._free
            if over < 0:
                return 0
            # From the second try on, 2**over would soon be too large for a float.
            delay = min(self._longest, _FIRST_S * 2.0 ** min(over, 30))
            return max(0, math.ceil(found.last + delay - self._clock()))

    def wrong(self, key: str) -> None:
        """A password was wrong."""
        with self._lock:
            times = self._of(key).times + 1
            self._wrong[key] = _Wrong(times, self._clock())
            self._wrong.move_to_end(key)
            while len(self._wrong) > _MOST:
                self._wrong.popitem(last=False)

    def right(self, key: str) -> None:
        """A password was right: the count begins anew."""
        with self._lock:
            self._wrong.pop(key, None)

    def _of(self, key: str) -> _Wrong:
        present = self._clock()
        found = self._wrong.get(key)
        if found is None or present - found.last >= _FORGET_S:
            return _Wrong(0, present)
        return found
