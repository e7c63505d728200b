"""Public addresses: what citizens reach with the QR codes that are meant for them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """One public page."""

    name: str  # what stands beside the code
    url: str  # what the code says
    short: str  # what a person can type: printed in text, against stickers over the code
