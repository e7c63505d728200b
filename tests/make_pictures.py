"""Kept crops without a camera, for tests of the ledger."""

from __future__ import annotations

from omr.geometry import PageRect
from omr.ledger.sheets import KeptPart

WHOLE_REGION = PageRect(0.0, 0.0, 148.0, 210.0)


def kept_part(part: str, region: PageRect = WHOLE_REGION, jpeg: bytes = b"JPEG") -> KeptPart:
    """A crop whose bytes are no picture."""
    return KeptPart(part, region, jpeg)
