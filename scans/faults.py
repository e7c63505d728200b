"""Why a page of a file cannot be looked at."""

from __future__ import annotations

from dataclasses import dataclass

from omr.marks import Reason


@dataclass(frozen=True, slots=True)
class PageFault:
    """A page, or a whole file, that gives no image."""

    reason: Reason
    detail: str  # for the person who has to find out why
