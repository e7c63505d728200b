"""A month of a unit's readings and decisions, on its way from one ledger to another: values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from omr.ledger.sheets import Part, SheetReading
from omr.ledger.standing import Keeps, Remeasured, Verdict


@dataclass(frozen=True, slots=True)
class PackedBatch:
    """The files that one command read."""

    number: int  # in the unit's ledger
    period: str
    software: str
    thresholds_json: str
    started_at: str  # ISO 8601, UTC


@dataclass(frozen=True, slots=True)
class PackedSource:
    """A scan file."""

    sha256: str
    name: str  # never a path
    size_bytes: int
    pages: int
    batch: int  # its batch's number


@dataclass(frozen=True, slots=True)
class PackedSheet:
    """What the machine saw on a sheet, and which pictures of it are kept."""

    record_id: str  # the same in both ledgers
    source: str  # SHA-256 of its scan file
    seen: SheetReading  # without pictures
    picture: str | None  # SHA-256
    parts: tuple[Part, ...]

    def digests(self) -> Iterator[str]:
        """SHA-256 of every picture of it."""
        if self.picture is not None:
            yield self.picture
        yield from (part.sha256 for part in self.parts)


@dataclass(frozen=True, slots=True)
class PackedSecond:
    """A blind second reading of a decision."""

    verdict: Verdict
    options: tuple[str, ...]
    by: str
    at: str  # ISO 8601, UTC
    milliseconds: int


@dataclass(frozen=True, slots=True)
class PackedDecision:
    """What a person said about a sheet or an answer."""

    number: int  # in the unit's ledger: they ascend as they were said
    record_id: str
    question: str  # or what :mod:`omr.ledger.standing` names
    verdict: Verdict
    options: tuple[str, ...]
    by: str
    at: str
    milliseconds: int
    named: Remeasured | None = None  # with IDENTIFIED alone
    second: PackedSecond | None = None


@dataclass(frozen=True, slots=True)
class PackedChoice:
    """Which of two papers with one serial counts."""

    number: int
    first: str  # record ids
    second: str
    keeps: Keeps
    why: str
    by: str
    at: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class PackedNote:
    """What a person made of a comment."""

    number: int
    record_id: str
    text: str
    tags: str  # joined by |
    personal: bool
    by: str
    at: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class PackedAlertNote:
    """What was done about an alert."""

    number: int
    record_id: str
    question: str
    handled: bool
    note: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Packed:
    """Everything about the sheets of a month."""

    batches: tuple[PackedBatch, ...] = ()
    sources: tuple[PackedSource, ...] = ()
    sheets: tuple[PackedSheet, ...] = ()  # in the order in which they were read
    decisions: tuple[PackedDecision, ...] = ()  # each of these in the order it was said
    choices: tuple[PackedChoice, ...] = ()
    notes: tuple[PackedNote, ...] = ()
    alert_notes: tuple[PackedAlertNote, ...] = ()

    def digests(self) -> list[str]:
        """SHA-256 of every picture, each once, in the order of the sheets."""
        return list(dict.fromkeys(digest for each in self.sheets for digest in each.digests()))
