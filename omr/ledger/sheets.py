"""A sheet on its way into the ledger, and as the ledger holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from omr.geometry import PageRect
from omr.marks import Answers, Reason, SheetStatus

COMMENT_PART = "comment"  # of a sheet's kept crops, beside the questions' ids
WHOLE_PART = "whole"  # the sheet's picture, made when a second paper with its serial came


class Axis(StrEnum):
    """Which way a scanner's streak runs through the image."""

    COLUMN = "column"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Streak:
    """A line that dirt on the scanner's glass drew."""

    axis: Axis
    at_px: int  # its middle: from the image's left edge for a column, from the top for a row
    width_px: int


@dataclass(frozen=True, slots=True)
class KeptPart:
    """A crop on the way to the store."""

    part: str  # question id, COMMENT_PART or WHOLE_PART
    region: PageRect  # of the upright sheet that it shows, exactly
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """A kept crop."""

    part: str
    region: PageRect
    sha256: str


@dataclass(frozen=True, slots=True)
class SheetReading:
    """What the machine saw on one sheet, before the ledger has its say."""

    page: int  # 0-based in its file
    sheet: int  # 0-based on its page
    status: SheetStatus
    reasons: tuple[Reason, ...] = ()
    serial: str | None = None
    unit: str | None = None
    domain: str | None = None
    layout_id: str | None = None
    answers: Answers = field(default_factory=dict)
    registration: tuple[float, ...] | None = None
    measurements: bytes | None = None
    streaks: tuple[Streak, ...] = ()  # of a sheet that was set aside because of them
    picture: bytes | None = None  # JPEG of the sheet, upright; only on the way to the store
    parts: tuple[KeptPart, ...] = ()  # sharper crops of it; only on the way to the store


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One sheet as the ledger holds it."""

    file: str
    period: str
    record_id: str
    reading: SheetReading  # as it stands after what people decided
    seen: SheetReading  # what the machine saw; never changed
    asked: tuple[str, ...] = ()  # what people are asked about; see omr.ledger.standing
    open: tuple[str, ...] = ()  # that of it which still waits
    seen_answers: Answers = field(default_factory=dict)  # before any decision about them
    picture: str | None = None  # SHA-256 of the kept picture
    parts: Mapping[str, Part] = field(default_factory=dict)  # kept crops, by what they show
    displaced: bool = False  # another paper with its serial counts instead, or neither does
