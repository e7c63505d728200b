"""Keyrings and verifiers for tests, from bytes that a test chooses."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date

from omr.codes import Verifier, campaign_key
from omr.keys import Key, Keyring

DAY = date(2026, 11, 14)


def keyring_of(masters: Mapping[int, bytes]) -> Keyring:
    """A keyring of masters by id, of which the highest id signs; none may be in it."""
    keys = tuple(Key(key_id, DAY, masters[key_id]) for key_id in sorted(masters))
    return Keyring(max(masters, default=None), keys)


def verifier_of(masters: Mapping[int, bytes]) -> Verifier:
    """What verifies with these masters."""
    return Verifier(keyring_of(masters))


def secrets_in(keyring: Keyring, years: range = range(2025, 2028)) -> list[str]:
    """Every spelling in which a key of *keyring* could leak."""
    raw = [key.master for key in keyring.keys if key.master is not None]
    raw += [campaign_key(master, year) for master in tuple(raw) for year in years]
    raw += [secret for key in keyring.keys for secret in key.campaigns.values()]
    return [
        spelling
        for secret in raw
        for spelling in (
            base64.b64encode(secret).decode(),
            base64.urlsafe_b64encode(secret).decode(),
            secret.hex(),
            secret.hex().upper(),
            repr(secret)[2:-1],
        )
    ]
