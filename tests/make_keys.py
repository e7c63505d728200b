"""Keyrings and verifiers for tests, from bytes that a test chooses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from omr.codes import Verifier
from omr.keys import Key, Keyring

DAY = date(2026, 11, 14)


def keyring_of(masters: Mapping[int, bytes]) -> Keyring:
    """A keyring of masters by id, of which the highest id signs; none may be in it."""
    keys = tuple(Key(key_id, DAY, masters[key_id]) for key_id in sorted(masters))
    return Keyring(max(masters, default=None), keys)


def verifier_of(masters: Mapping[int, bytes]) -> Verifier:
    """What verifies with these masters."""
    return Verifier(keyring_of(masters))
