"""Who is at work: the name that entries and decisions are signed with."""

from __future__ import annotations

import getpass


def present_person() -> str:
    """Who is signed in at this machine; ``?`` if the system has no name for them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no name for this user id
        return "?"
