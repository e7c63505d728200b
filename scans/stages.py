"""The stages a sheet passes through, one type each: no stage accepts an earlier one's work.

page image -> :class:`Placed` -> :class:`Identified` -> :class:`Measured` -> reading
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from omr.codes import CodeBody, Verifier
from omr.layout import Layout
from omr.ledger.readings import SheetReading
from omr.registration import SheetPlace
from omr.scoring import SheetMeasure
from omr.serial_ranges import SerialRange
from omr.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What a worker must know before it reads a page; plain data, sent once.

    ``frames`` and ``layout_ids`` follow from the layouts: worked out once, not for each sheet.
    """

    verifier: Verifier  # says which codes are ours
    layouts: Mapping[str, Layout]  # by the six digits in the QR code
    names: Mapping[tuple[str, int], str]  # unit and domain ids behind the code's numbers
    thresholds: Thresholds
    asked_about: tuple[SerialRange, ...] = ()  # forms whose sheets the ledger will ask about
    every_picture: bool = False  # keep one of sheets about which nobody is asked, too
    # One layout for every arrangement of fiducials and codes ever printed, newest first ...
    frames: tuple[Layout, ...] = field(init=False, repr=False, compare=False)
    # ... and every layout's whole id, by the same six digits.
    layout_ids: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        frames = {layout.frame: layout for layout in self.layouts.values()}
        ids = {digits: layout.layout_id for digits, layout in self.layouts.items()}
        object.__setattr__(self, "frames", tuple(reversed(frames.values())))
        object.__setattr__(self, "layout_ids", ids)

    def asks_about(self, domain: str, body: CodeBody) -> bool:
        """Whether a person will be asked about this form, however well it is read."""
        return any(
            (each.domain, each.year) == (domain, body.campaign) and each.holds(body.number)
            for each in self.asked_about
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """A sheet whose fiducials say where it lies. Not yet identified."""

    place: SheetPlace
    frame: Layout  # any layout with these fiducials and code places


@dataclass(frozen=True, slots=True)
class Identified:
    """A placed sheet whose signed code says which one it is. Not yet measured."""

    placed: Placed
    body: CodeBody
    serial: str
    unit: str
    domain: str
    layout: Layout
    layout_id: str  # the layout's own, which takes long to work out


@dataclass(frozen=True, slots=True)
class Measured:
    """An identified sheet with everything that was measured on it."""

    identified: Identified
    measure: SheetMeasure


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """What became of one page: one reading for each sheet on it, at least one."""

    page: int
    sheets: tuple[SheetReading, ...]
    detail: str = ""  # why, for the person who looks, if something failed
