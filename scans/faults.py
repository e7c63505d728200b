"""Why a page of a file cannot be looked at."""

from __future__ import annotations

from dataclasses import dataclass

from omr.i18n import _
from omr.marks import Reason

MAX_PIXELS = 100_000_000  # A3 at 600 dpi has 70 million


@dataclass(frozen=True, slots=True)
class PageFault:
    """A page, or a whole file, that gives no image."""

    reason: Reason
    detail: str  # for the person who has to find out why


def too_large(width: int, height: int) -> PageFault | None:
    """A refusal if an image claims absurdly many pixels: bytes can ask for gigabytes."""
    if width * height <= MAX_PIXELS:
        return None
    words = _("{width} x {height} pixels; at most {most} million are read: scan at 300 dpi")
    most = MAX_PIXELS // 1_000_000
    return PageFault(Reason.TOO_LARGE, words.format(width=width, height=height, most=most))


def needs_memory() -> PageFault:
    """The refusal of a page for which there is not enough memory."""
    words = _("it needs more memory than a page may have; scan at 300 dpi, in grey")
    return PageFault(Reason.TOO_LARGE, words)
