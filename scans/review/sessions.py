"""Who is signed in, in which browsers, and until when (pure: clock and secrets come from outside).

Sessions live in memory alone: whoever ends the program ends them all. Only hashes of the
secrets are kept, so looking one up takes no time that tells anything about another.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

# OWASP's Session Management Cheat Sheet: 15 to 30 minutes idle for low risk, 4 to 8 hours
# in all for an office day. Here one day's work must not be interrupted by a lunch break,
# and nothing but an office's own network can reach the page.
LONGEST_S = 12 * 3600.0
IDLE_S = 3600.0
_MOST = 500  # sessions; people cannot have so many browsers, and each costs a password


@dataclass(slots=True)
class Session:
    """One browser in which a person is signed in.

    Attributes:
        person: Who.
        session_id: Tells it from the person's other browsers; the secret cannot be had from it.
        began: When, in seconds of the clock.
        seen: When it was used last.
    """

    person: str
    session_id: str
    began: float
    seen: float


class Sessions:
    """All of them. Safe to use from several threads.

    Args:
        clock: Seconds that never run backwards.
        make_secret: A new secret that nobody can guess.
        longest: How long a session lasts at most, in seconds.
        idle: How long it lasts unused, in seconds.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        make_secret: Callable[[], str],
        *,
        longest: float = LONGEST_S,
        idle: float = IDLE_S,
    ) -> None:
        self._clock = clock
        self._make_secret = make_secret
        self._longest = longest
        self._idle = idle
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def begin(self, person: str) -> str:
        """Sign *person* in; returns the secret that the browser shows from now on."""
        secret = self._make_secret()
        digest = _digest(secret)
        with self._lock:
            present = self._clock()
            self._drop_ended(present)
            if len(self._sessions) >= _MOST:
                oldest = min(self._sessions, key=lambda each: self._sessions[each].seen)
                del self._sessions[oldest]
            self._sessions[digest] = Session(person, digest[:16], present, present)
        return secret

    def find(self, secret: str, *, in_use: bool = True) -> Session | None:
        """The session with that secret; None if there is none.

        Args:
            secret: As the browser shows it.
            in_use: Whether a person does something, which keeps the session alive.
        """
        digest = _digest(secret)
        with self._lock:
            present = self._clock()
            found = self._sessions.get(digest)
            if found is None:
                return None
            if self._is_over(found, present):
                del self._sessions[digest]
                return None
            if in_use:
                found.seen = present
            return found

    def end(self, secret: str) -> Session | None:
        """Sign that browser out; returns the session that ended."""
        with self._lock:
            return self._sessions.pop(_digest(secret), None)

    def end_all(self, person: str) -> None:
        """Sign *person* out everywhere."""
        with self._lock:
            self._sessions = {
                digest: each for digest, each in self._sessions.items() if each.person != person
            }

    def of(self, person: str) -> int:
        """In how many browsers *person* is signed in."""
        with self._lock:
            self._drop_ended(self._clock())
            return sum(each.person == person for each in self._sessions.values())

    def _drop_ended(self, present: float) -> None:
        self._sessions = {
            digest: each
            for digest, each in self._sessions.items()
            if not self._is_over(each, present)
        }

    def _is_over(self, session: Session, present: float) -> bool:
        return present - session.began >= self._longest or present - session.seen >= self._idle


def _digest(secret: str) -> str:
    return sha256(secret.encode(errors="replace")).hexdigest()
