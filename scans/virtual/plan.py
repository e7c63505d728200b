"""What to scan and how: the plan of a batch, and the pages it comes to."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from omr.errors import UsageError
from omr.i18n import _
from scans.virtual.capture import Mode
from scans.virtual.containers import MAY_HOLD, Compression, Container
from scans.virtual.damage import Damage
from scans.virtual.people import REALISTIC, Profile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scans.virtual.contract import PrintedSheet


class Stream(StrEnum):
    """Independent streams of chance, so that one part's draws never move another's."""

    ANSWERS = "answers"
    HAND = "hand"
    FATE = "fate"
    PAPER = "paper"
    CAPTURE = "capture"
    SCANNER = "scanner"
    EXTRA = "extra"


def chance(seed: int, stream: Stream, *names: str | int) -> np.random.Generator:
    """A generator that depends on its arguments alone, not on order or the number of jobs."""
    words = [zlib.crc32(str(name).encode()) for name in (stream, *names)]
    return np.random.default_rng(np.random.SeedSequence([seed, *words]))


@dataclass(frozen=True, slots=True)
class ScanPlan:
    """One scanner's work with one setting.

    Attributes:
        name: Start of the file names.
        container: Kind of file.
        compression: One that the container may hold; G4 needs binary mode and the reverse.
        mode: Grey, colour or binary.
        dpi: 100 to 600.
        people: Who filled the sheets.
        damage: Rate (0..1) of each damage, per sheet.
        quality: JPEG quality; None draws one per file.
        pages_per_file: Then a new file begins.
        sheets_per_page: 2 lays two sheets on one A4 glass, side by side, or below each other
            when they are turned sideways.
        a4_glass: Scan the whole A4 glass even for a single sheet.
        sideways: Sheets are fed with their long edge first.
        seal: Rate of sheets that bear the red seal.
        worst_skew: Share of sheets whose skew is anywhere in the allowed range; the others lie as
            straight as they usually do.
    """

    name: str = "batch"
    container: Container = Container.PDF
    compression: Compression = Compression.JPEG
    mode: Mode = Mode.GREY
    dpi: int = 200
    people: Profile = REALISTIC
    damage: Mapping[Damage, float] = field(default_factory=dict)
    quality: int | None = None
    pages_per_file: int = 50
    sheets_per_page: int = 1
    a4_glass: bool = False
    sideways: bool = False
    seal: float = 1.0
    worst_skew: float = 0.2

    def __post_init__(self) -> None:
        """Refuse what no scanner does.

        Raises:
            UsageError: Settings contradict each other or lie outside their range.
        """
        binary = self.mode is Mode.BINARY
        problems = [
            (self.compression not in MAY_HOLD[self.container], _("this file cannot hold it")),
            (binary and self.compression is Compression.JPEG, _("JPEG is for grey and colour")),
            (self.compression is Compression.G4 and not binary, _("G4 is for black and white")),
            (not 100 <= self.dpi <= 600, _("the resolution must be 100 to 600 dpi")),
            (self.sheets_per_page not in {1, 2}, _("a page holds 1 or 2 sheets")),
            (self.pages_per_file < 1, _("a file holds at least one page")),
            (
                any(not 0 <= rate <= 1 for rate in (*self.damage.values(), self.seal)),
                _("rates must be 0 to 1"),
            ),
        ]
        wrong = [text for bad, text in problems if bad]
        if wrong:
            raise UsageError(
                _("Plan {name} cannot be scanned: {problems}").format(
                    name=self.name, problems="; ".join(wrong)
                ),
                _("Change the plan's container, compression, mode or rates"),
            )


class PageKind(StrEnum):
    """What a scanned page shows."""

    FORM = "form"
    BLANK_BACK = "blank-back"
    FOREIGN = "foreign-page"


@dataclass(frozen=True, slots=True)
class ScannedSheet:
    """One sheet of one scanned page; *copy* counts how often it went through before."""

    sheet: PrintedSheet
    damage: tuple[Damage, ...]
    copy: int = 0


@dataclass(frozen=True, slots=True)
class PageJob:
    """One page to scan: all that a worker needs besides the plan."""

    file: str
    page: int
    kind: PageKind
    sheets: tuple[ScannedSheet, ...]
    scanner: str


def fate(plan: ScanPlan, seed: int, sheet: PrintedSheet) -> tuple[Damage, ...]:
    """What happens to *sheet*: each damage by its own rate."""
    rng = chance(seed, Stream.FATE, plan.name, sheet.serial)
    drawn = {damage: rng.random() for damage in Damage}  # all, so that rates stay independent
    hit = [damage for damage in Damage if drawn[damage] < plan.damage.get(damage, 0.0)]
    if Damage.QR_BOTH in hit and Damage.QR_SMUDGE in hit:
        hit.remove(Damage.QR_SMUDGE)
    return tuple(hit)


def _stack(
    plan: ScanPlan, seed: int, sheets: Sequence[PrintedSheet]
) -> Iterator[tuple[PageKind, tuple[ScannedSheet, ...]]]:
    """The stack of paper as it goes through the scanner, page by page."""
    waiting: list[ScannedSheet] = []
    again: list[tuple[int, ScannedSheet]] = []
    for done, sheet in enumerate(sheets, start=1):
        one = ScannedSheet(sheet, fate(plan, seed, sheet))
        if Damage.FOREIGN_PAGE in one.damage:
            yield PageKind.FOREIGN, (one,)
        waiting.append(one)
        if Damage.DUPLICATE in one.damage:
            later = int(chance(seed, Stream.FATE, sheet.serial, "again").integers(0, 6))
            again.append((done - 1 + later, ScannedSheet(sheet, one.damage, 1)))
        waiting += [scanned for when, scanned in again if when < done]
        again = [(when, scanned) for when, scanned in again if when >= done]
        while len(waiting) >= plan.sheets_per_page:
            page = tuple(waiting[: plan.sheets_per_page])
            del waiting[: plan.sheets_per_page]
            yield PageKind.FORM, page
            for scanned in page:
                if Damage.BLANK_BACK in scanned.damage:
                    yield PageKind.BLANK_BACK, (scanned,)
    waiting += [scanned for _when, scanned in again]
    while waiting:
        yield PageKind.FORM, tuple(waiting[: plan.sheets_per_page])
        del waiting[: plan.sheets_per_page]


def page_jobs(plan: ScanPlan, seed: int, sheets: Sequence[PrintedSheet]) -> Iterator[PageJob]:
    """The pages of the batch in the order in which they are scanned."""
    for number, (kind, scanned) in enumerate(_stack(plan, seed, sheets)):
        book, page = divmod(number, plan.pages_per_file)
        if plan.container is Container.JPEG_FOLDER:
            yield PageJob(f"{plan.name}-{number + 1:05}.jpg", 0, kind, scanned, f"{book}")
        else:
            suffix = "pdf" if plan.container is Container.PDF else "tif"
            yield PageJob(f"{plan.name}-{book + 1:03}.{suffix}", page, kind, scanned, f"{book}")
