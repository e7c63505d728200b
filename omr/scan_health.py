"""What a batch's sheets say about the scanner that scanned them (pure).

One sheet that lies askew says nothing; forty of them say that the feeder's guides are loose.
Files of several pages are looked at one by one, as each comes from one scanner on one day;
files of one page are looked at together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import median

USUAL_DPI = (150, 200, 240, 300, 400, 600)  # what scanners are set to; between them lies 20 %
# Sheets, before anything is said about how they are on the whole: of fewer, sheets that lie as
# those of a good feeder do look loose too often.
ENOUGH = 20
_ENOUGH_EACH = 10  # of the first and of the last third
_RUNNING = 3  # sheets with the same streak: dirt on the glass, no hair that fell off again
# An automatic crop moves the paper's edge in the image by so much from sheet to sheet
# (scans.virtual.parameters, OVERSCAN_MM).
_SAME_PLACE_MM = 3.0
# Feeders in order leave sheets within 3 degrees, usually 0.7 (scans.virtual.parameters).
_CROOKED_DEGREES = 1.5  # on the median
_LOOSE_DEGREES = 2.0  # robust standard deviation; 0.9 where one sheet in five lies badly
_RESIZED = 0.03  # scale outside 0.97 to 1.03: "fit to page"; printers and scanners keep to 0.02
_STRETCHED = 0.015  # feeds in order stretch the paper by up to 1 %; 2 % is still read
_FADING = 0.85  # contrast of the last third over the first; sheets of mixed paper reach 0.93
_PALE = 100.0  # grey levels between paper and black: twice the least; good scans have 170 to 250
_NOISY = 0.006  # half of the noise that hides light marks; good scans have up to 0.0035
_HARDLY_SEEN = 0.60  # of the outlines; good scans show 0.78 and more, below 0.45 is doubted
_MANY = 0.10  # share of sheets
_LEAST_DPI = 190  # 150 dpi is read, but leaves more to people


class Trouble(StrEnum):
    """What may be wrong with a scanner, worst first."""

    GLASS = "glass"  # the same streak on several sheets running
    LOW_DPI = "low-dpi"
    BILEVEL = "bilevel"
    PALE = "pale"
    OUTLINES = "outlines"
    FADING = "fading"
    NOISE = "noise"
    CROOKED = "crooked"
    LOOSE = "loose"
    RESIZED = "resized"
    STRETCHED = "stretched"
    MIXED_DPI = "mixed-dpi"


@dataclass(frozen=True, slots=True)
class Lie:
    """How one sheet lay on the glass."""

    dpi: float  # as its print came out
    skew_degrees: float  # from the nearest quarter turn, -45 to 45
    aspect: float  # scale along the image's rows over scale along its columns
    streaks_mm: tuple[float, ...] = ()  # from the image's left edge; from the top, negative


@dataclass(frozen=True, slots=True)
class Look:
    """How one sheet looked; see :class:`omr.scoring.SheetMeasure`."""

    contrast: float
    noise: float
    outlines_found: float
    bilevel: bool


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What one sheet says about its scanner."""

    series: str  # its file; empty where every file has one page
    place: str  # where it is, for people
    lie: Lie | None  # None: refused before it could be placed
    look: Look | None  # None: nothing was measured on it
    too_coarse: bool = False  # refused for its resolution


@dataclass(frozen=True, slots=True)
class Finding:
    """One trouble in one series of sheets."""

    trouble: Trouble
    series: str
    value: float  # what the words say: mm, degrees, percent, dpi, or sheets
    sheets: int  # that show it
    first: str = ""  # where it begins ...
    last: str = ""  # ... and ends, if it does


def examine(sheets: Iterable[SheetFacts]) -> list[Finding]:
    """Everything that is wrong, worst first; empty if the scanner is fine.

    Args:
        sheets: A batch's, in scanning order.
    """
    by_series: dict[str, list[SheetFacts]] = {}
    for sheet in sheets:
        by_series.setdefault(sheet.series, []).append(sheet)
    found = [
        finding for series, some in by_series.items() for finding in _examine_series(series, some)
    ]
    order = list(Trouble)
    return sorted(found, key=lambda finding: order.index(finding.trouble))


def usual_dpi(dpi: float) -> int:
    """The setting that a scanner's *dpi* is nearest to, by ratio."""
    return min(USUAL_DPI, key=lambda usual: abs(math.log(dpi / usual)))


def _examine_series(series: str, sheets: Sequence[SheetFacts]) -> Iterator[Finding]:
    lies = [sheet.lie for sheet in sheets if sheet.lie is not None]
    looks = [sheet.look for sheet in sheets if sheet.look is not None]
    yield from _dirt(series, sheets)
    yield from _resolution(series, sheets, lies)
    if one_bit := sum(look.bilevel for look in looks):
        percent = 100 * one_bit / len(looks)
        yield Finding(Trouble.BILEVEL, series, percent, one_bit)
    if len(lies) >= ENOUGH:
        yield from _geometry(series, lies)
    grey = [look for look in looks if not look.bilevel]
    if len(grey) >= ENOUGH:
        yield from _light(series, grey)


def _dirt(series: str, sheets: Sequence[SheetFacts]) -> Iterator[Finding]:
    """The longest runs of sheets that one streak goes through."""
    placed = [sheet for sheet in sheets if sheet.lie is not None]
    for first, sheet in enumerate(placed):
        for at in _streaks(sheet):
            if first and _near(at, _streaks(placed[first - 1])) is not None:
                continue  # a run that began earlier
            run, here = 1, at
            for following in placed[first + 1 :]:
                nearest = _near(here, _streaks(following))
                if nearest is None:
                    break
                run, here = run + 1, nearest
            if run >= _RUNNING:
                last = placed[first + run - 1].place
                yield Finding(Trouble.GLASS, series, at, run, sheet.place, last)


def _streaks(sheet: SheetFacts) -> tuple[float, ...]:
    return sheet.lie.streaks_mm if sheet.lie is not None else ()


def _near(at: float, streaks: Sequence[float]) -> float | None:
    """The streak at the same place on the glass, along the same axis."""
    close = [other for other in streaks if abs(other - at) <= _SAME_PLACE_MM and other * at >= 0]
    return min(close, key=lambda other: abs(other - at), default=None)


def _resolution(
    series: str, sheets: Sequence[SheetFacts], lies: Sequence[Lie]
) -> Iterator[Finding]:
    coarse = [lie.dpi for lie in lies if lie.dpi < _LEAST_DPI]
    refused = sum(sheet.too_coarse for sheet in sheets)
    if coarse or refused:
        dpi = usual_dpi(median(coarse)) if coarse else 0
        yield Finding(Trouble.LOW_DPI, series, dpi, len(coarse) + refused)
    changes = sum(usual_dpi(a.dpi) != usual_dpi(b.dpi) for a, b in pairwise(lies))
    if series and changes:  # in one file; the files of a folder may come from many scanners
        yield Finding(Trouble.MIXED_DPI, series, len({usual_dpi(x.dpi) for x in lies}), len(lies))


def _geometry(series: str, lies: Sequence[Lie]) -> Iterator[Finding]:
    count = len(lies)
    skews = [lie.skew_degrees for lie in lies]
    middle = median(skews)
    spread = 1.4826 * median(abs(skew - middle) for skew in skews)
    if abs(middle) >= _CROOKED_DEGREES:
        yield Finding(Trouble.CROOKED, series, middle, count)
    if spread >= _LOOSE_DEGREES:
        yield Finding(Trouble.LOOSE, series, spread, count)
    scale = median(lie.dpi / usual_dpi(lie.dpi) for lie in lies)
    if abs(scale - 1) > _RESIZED:
        yield Finding(Trouble.RESIZED, series, 100 * scale, count)
    aspect = median(lie.aspect for lie in lies)
    if abs(aspect - 1) > _STRETCHED:
        yield Finding(Trouble.STRETCHED, series, 100 * abs(aspect - 1), count)


def _light(series: str, looks: Sequence[Look]) -> Iterator[Finding]:
    count = len(looks)
    contrasts = [look.contrast for look in looks]
    if median(contrasts) < _PALE:
        yield Finding(Trouble.PALE, series, median(contrasts), count)
    third = count // 3
    if third >= _ENOUGH_EACH:
        ratio = median(contrasts[-third:]) / max(median(contrasts[:third]), 1.0)
        if ratio < _FADING:
            yield Finding(Trouble.FADING, series, 100 * (1 - ratio), count)
    yield from _share(Trouble.NOISE, series, looks, lambda look: look.noise > _NOISY)
    yield from _share(
        Trouble.OUTLINES, series, looks, lambda look: look.outlines_found < _HARDLY_SEEN
    )


def _share(
    trouble: Trouble, series: str, looks: Sequence[Look], bad: Callable[[Look], bool]
) -> Iterator[Finding]:
    count = sum(bad(look) for look in looks)
    if count > _MANY * len(looks):
        yield Finding(trouble, series, 100 * count / len(looks), count)
