"""From one bubble's measurements to its mark (pure).

What counts is ink that belongs to this bubble: not a fold, a stain, a seal, or the end of a
stroke that was made elsewhere. The rest of the sheet helps to tell: one person fills it, with
one pen. ``docs/mark-specification.md`` states the same rules for people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from omr.mark_shapes import (
    comes_up,
    ends_here,
    hangs_down,
    is_dot,
    is_edged,
    is_part,
    is_stroke,
    winds,
)
from omr.marks import Mark, Reason
from omr.scoring import BubbleMeasure, SheetMeasure
from omr.thresholds import Thresholds

_ALIKE = 1.6  # peaks of one pencil's marks differ by no more
_MOST_FLOOR = 0.020  # noise excuses no more: a light pencil's tick begins at 0.02


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the rest of a sheet says about one mark on it.

    Attributes:
        floor: Darkness that blank bubbles may reach by noise alone.
        peaks: Of the sheet's marks: one person fills a sheet with one pen.
        dashes: The lengths of those of its marks that are straight and end where print cannot
            hide it.
        pencil: Whether its pen is a light one.
        grain: How dark the ink of its middle mark is; 1 where it has none.
        bilevel: Whether it is a 1-bit scan: any stroke may be lost without a trace.
        strokes: The peaks of its strokes, light ones too, if most rows have just one: that is
            how people answer, and neither stains nor what shines through.
        usual: The middle darkness of the rows' ink, if most have ink in just one bubble; else 0.
        sturdy: Whether it is a 1-bit scan that would have kept any stroke of this pen.
        peak: The middle peak of the same ink.
        thin: Whether nearly all of the same ink are strokes, no fillings.
        pens: The peaks of the same ink, if nearly all of it was made in these bubbles and ends
            there, as neither folds nor what shines through do; else none.
    """

    floor: float = 0.0
    peaks: tuple[float, ...] = ()
    dashes: tuple[float, ...] = ()
    pencil: bool = False
    grain: float = 1.0
    bilevel: bool = False
    strokes: tuple[float, ...] = ()
    usual: float = 0.0
    sturdy: bool = False
    peak: float = 0.0
    thin: bool = False
    pens: tuple[float, ...] = ()

    @property
    def pen(self) -> float:
        """The middle one of its marks' peaks; it has to have some."""
        return median(self.peaks)


ALONE = Sheet()


def sheet_of(measured: SheetMeasure, thresholds: Thresholds) -> Sheet:
    """What a sheet's measurements say about all of its marks."""
    t = thresholds
    marks = [
        b
        for b in measured.bubbles
        if b.darkness >= t.definite_long
        and b.coverage > t.least
        and b.housed >= t.apart
        and not comes_from_elsewhere(b, t)
    ]
    rows = Counter(b.question for b in marks)
    grain = median(b.darkness / b.coverage for b in marks) if marks else 1.0
    peaks = tuple(b.peak for b in marks if rows[b.question] == 1)
    lone = _lone_ink(measured, t)
    return Sheet(
        floor=min(t.noise_factor * measured.noise, _MOST_FLOOR),
        peaks=peaks,
        dashes=tuple(b.length for b in marks if b.straight > 0 and b.leaves < t.enters),
        pencil=grain < t.pencil if marks else _has_light_traces(measured, t),
        grain=grain,
        bilevel=measured.bilevel,
        strokes=_strokes(measured, thresholds),
        usual=median(b.darkness for b in lone) if lone else 0.0,
        peak=median(b.peak for b in lone) if lone else 0.0,
        thin=sum(b.coverage < t.half_full for b in lone) >= t.orderly * max(len(lone), 1),
        pens=_pens(measured, lone, t),
        sturdy=measured.bilevel and _is_sturdy(measured, lone, grain, t),
    )


def _lone_ink(measured: SheetMeasure, thresholds: Thresholds) -> list[BubbleMeasure]:
    """The rows' only bubbles with ink, if most rows have just one; else none."""
    t = thresholds
    rows: dict[str, list[BubbleMeasure]] = {}
    for b in measured.bubbles:
        found = rows.setdefault(b.question, [])
        if b.darkness >= t.marginal and b.coverage >= t.least:
            found.append(b)
    single = [found[0] for found in rows.values() if len(found) == 1]
    return single if len(single) >= t.orderly * len(rows) else []


def _pens(
    measured: SheetMeasure, lone: Sequence[BubbleMeasure], thresholds: Thresholds
) -> tuple[float, ...]:
    """The peaks of the rows' only ink, if so many rows have some that ends in its bubble."""
    t = thresholds
    rows = len({b.question for b in measured.bubbles})
    ends = [b.peak for b in lone if not (b.straight and (b.enters or b.aligned))]
    own = sum(b.share >= t.own and b.housed >= t.apart for b in lone)
    return tuple(ends) if min(len(ends), own) >= t.answered * rows else ()


def _is_sturdy(
    measured: SheetMeasure,
    lone: Sequence[BubbleMeasure],
    grain: float,
    thresholds: Thresholds,
) -> bool:
    """Whether a 1-bit scan kept every stroke, so that a bubble without a crumb is blank.

    It kept the printed outlines, and even the thinnest of the rows' marks is whole. Where they
    are no mere strokes they must have no holes, so that a light one would stay, too.
    """
    t = thresholds
    if not lone or measured.outlines_found < t.sturdy_outlines:
        return False
    coverages = [b.coverage for b in lone]
    # Fillings of which grains are left cover as little, but all over the bubble.
    strokes = median(coverages) < t.fine and median(b.faint for b in lone) < t.grained
    return min(coverages) >= t.sturdy and (strokes or grain >= t.crisp)


def _strokes(measured: SheetMeasure, thresholds: Thresholds) -> tuple[float, ...]:
    """The peaks of a sheet's strokes, or none if they do not stand one to a row."""
    t = thresholds
    rows: dict[str, list[float]] = {}
    for b in measured.bubbles:
        found = rows.setdefault(b.question, [])
        if is_stroke(b, t):
            found.append(b.peak)
    single = [peaks[0] for peaks in rows.values() if len(peaks) == 1]
    return tuple(single) if len(single) >= t.answered * len(rows) else ()


def _has_light_traces(measured: SheetMeasure, thresholds: Thresholds) -> bool:
    """Whether a sheet without marks was filled with a light pen: it left some traces."""
    t = thresholds
    traces = [b for b in measured.bubbles if b.zone >= t.faint_zone and b.peak >= t.faint_peak]
    return len(traces) > t.alike


def judge_bubble(
    bubble: BubbleMeasure, thresholds: Thresholds, sheet: Sheet = ALONE, *, lone: bool = False
) -> tuple[Mark, Reason | None]:
    """One bubble's mark, and why it is marginal if it is.

    Args:
        bubble: As measured.
        thresholds: Of this run.
        sheet: The rest of it.
        lone: Whether no other bubble of its row has any ink, on a sheet most of whose rows
            have ink in just one bubble.
    """
    t = thresholds
    if bubble.ring >= t.ring and bubble.coverage < t.hollow:
        return Mark.MARGINAL, Reason.CIRCLED
    if bubble.darkness < max(t.marginal, sheet.floor):
        return Mark.BLANK, None
    if bubble.extent == 0 and bubble.darkness < t.shading:  # no ink, but the print's or paper's
        return Mark.BLANK, None
    long = bubble.extent >= t.long and bubble.darkness >= t.definite_long
    long = long or (is_stroke(bubble, t) and _is_like(bubble, sheet.strokes, t))
    usual = lone and _is_usual(bubble, t, sheet)
    # A 1-bit scan makes dots of anything: there only what its sheet's other rows show, too.
    like = not sheet.bilevel or 0 < t.usual * sheet.usual <= bubble.darkness
    dot = is_dot(bubble, t) and like
    meant = long or usual or dot or is_edged(bubble, t)
    whole = ends_here(bubble, t) or (lone and _is_one_of_them(bubble, t, sheet))
    whole |= bubble.straight > 0 and bubble.bend < t.bend and _is_dash(bubble, t, sheet)
    if bubble.darkness < t.definite and not (meant and whole):
        return Mark.MARGINAL, Reason.MARGINAL_MARK
    if comes_from_elsewhere(bubble, t, sheet) and not (lone and not _strays(bubble, t, sheet)):
        return Mark.MARGINAL, Reason.STRAY_LINE
    if not usual and (_is_odd_one(bubble, t, sheet) or hangs_down(bubble, t)):
        return Mark.MARGINAL, Reason.STRAY_LINE
    if sheet.peaks and not sheet.usual and is_part(bubble, t):
        return Mark.MARGINAL, Reason.STRAY_LINE
    in_pieces = bubble.whole < t.crumbs or bubble.coverage < t.least
    if in_pieces or (_is_shade(bubble, t, sheet) and not usual):
        return Mark.MARGINAL, Reason.MARGINAL_MARK
    return Mark.MARKED, None


def _is_odd_one(bubble: BubbleMeasure, thresholds: Thresholds, sheet: Sheet) -> bool:
    """Whether a stroke that goes under print, nobody knows how far, is like no other mark here."""
    t = thresholds
    stroke = bubble.cut > 0 and bubble.coverage < t.half_full
    return stroke and bool(sheet.peaks) and not _is_like(bubble, sheet.peaks, t)


def _is_one_of_them(bubble: BubbleMeasure, thresholds: Thresholds, sheet: Sheet) -> bool:
    """Whether a stroke that ends at print begins in this bubble, among as dark strokes.

    Where all rows have one stroke each, this is its row's: a tick whose knee is not seen. A
    line that passes goes on beyond the outline on the other side, or comes out of the print.
    """
    t = thresholds
    alike = sheet.usual / 2 <= bubble.darkness <= 2 * sheet.usual
    begins = bubble.enters == 0 and bubble.hidden < 1 and bubble.depth >= t.deep
    return sheet.thin and alike and begins and bubble.length <= t.length


def _is_usual(bubble: BubbleMeasure, thresholds: Thresholds, sheet: Sheet) -> bool:
    """Whether the only ink in its row is no stain and, for the sheet, no mere speck.

    Nor is it a fold that runs down a column of a sheet that bears nothing else.
    """
    t = thresholds
    enough = bubble.extent >= t.kneed or (
        bubble.extent >= t.speck and bubble.darkness >= t.usual * sheet.usual
    )
    # A 1-bit scan has no shading: what is left of a thin stroke is enough there.
    like = _is_like(bubble, sheet.pens, t)
    least = t.marginal if sheet.bilevel or like else t.shading
    dark = bubble.darkness >= least and (bubble.peak >= t.palest or like)
    penned = sheet.bilevel or sheet.peak >= t.pale or like
    return dark and enough and penned and bubble.share >= t.own


def _is_shade(bubble: BubbleMeasure, thresholds: Thresholds, sheet: Sheet) -> bool:
    """Whether pale ink may be a fold or a stain rather than a mark of this sheet's pen."""
    t = thresholds
    thin = bubble.coverage < t.broad and bubble.housed >= t.apart
    folded = bubble.straight > 0 and bubble.bend < t.bend
    if bubble.peak >= (t.pale_thin if thin and not folded else t.pale):
        return False
    if bubble.peak >= t.palest and _is_like(bubble, sheet.peaks, t):
        return False
    return not _is_like(bubble, sheet.strokes, t)


def _is_like(bubble: BubbleMeasure, peaks: Sequence[float], thresholds: Thresholds) -> bool:
    """Whether more than a few marks, itself among them, are as dark as this one."""
    like = sum(bubble.peak / _ALIKE <= peak <= bubble.peak * _ALIKE for peak in peaks)
    return like > thresholds.alike


def _strays(bubble: BubbleMeasure, thresholds: Thresholds, sheet: Sheet) -> bool:
    """Whether the only ink in its row may be part of something that is no mark of it.

    On a sheet most of whose rows have just one stroke a row's only ink is its answer, even
    where it touches the next row's mark or goes far beyond its bubble. What is left to doubt
    is a line that only passes, a piece that wanders over the sheet, and the mere end of a
    mark that was made in another row: straight, or not reaching below the middle.
    """
    t = thresholds
    wanders = bubble.length > t.wander_length and bubble.home < t.wander_home
    # Writing, or a ring round the next row's bubble, that just clips this one.
    wanders |= bubble.housed < t.spread and bubble.coverage < t.half_full
    wanders |= bubble.loose >= t.amid  # a seal or a stain may lie on one row alone
    straight = bubble.straight > 0 and bubble.bend < t.bend_long
    # A tail from below leaves a bubble at one place or two, a mark that it joins at more.
    tail = bubble.below > 0 and (straight or bubble.arms < t.half_arms)
    an_end = bubble.depth < t.middle or tail or (straight and bubble.leaves >= t.leaves)
    # One scribble over two rows is the answer of one of them at most.
    an_end |= bubble.outside > bubble.coverage
    an_end &= bubble.share < t.own
    # Whatever its shape, where hardly any of it is here it was made elsewhere.
    an_end |= bubble.share < t.tail_share
    an_end |= comes_up(bubble, t)
    seen = _is_one_of_them(bubble, t, sheet)
    return _passes(bubble, t, sheet, seen=seen) or wanders or an_end


def _is_dash(bubble: BubbleMeasure, thresholds: Thresholds, sheet: Sheet) -> bool:
    """Whether a line that ends at print may be one of its sheet's dashes.

    Who answers with dashes may end one there: none much longer than the others.
    """
    t = thresholds
    among = len(sheet.dashes) > t.alike and bubble.length <= max(sheet.dashes) + t.dashes
    return among and bubble.leaves < t.enters and bubble.hidden < 1


def _passes(
    bubble: BubbleMeasure, thresholds: Thresholds, sheet: Sheet, *, seen: bool = False
) -> bool:
    """Whether the ink in a bubble may be a line that only passes, unless all of it is *seen*."""
    t = thresholds
    is_dash = _is_dash(bubble, t, sheet)
    # A pale line may break where it leaves a bubble; a dark one that goes on is seen to.
    goes_on = bubble.aligned > 0 and (bubble.leaves >= t.goes_on or bubble.peak < t.pale)
    # What hangs together with another bubble's ink is longer than the line in this one.
    joined = bubble.share < 1 and bubble.peak >= t.pale
    length = bubble.length
    if joined and bubble.leaves + bubble.enters < t.leaves:
        length = 0.0
    return winds(bubble, t) or (
        bubble.straight > 0
        and (
            (goes_on and bubble.bend < t.bend_long)
            or (bubble.enters >= t.enters and bubble.bend < t.crossed)
            or (length > t.length and bubble.bend < t.bend_long)
            or (length > t.wander_length and bubble.bend < t.crossed)
            or (bubble.hidden > 0 and bubble.bend < t.bend and not (is_dash or seen))
        )
    )


def comes_from_elsewhere(
    bubble: BubbleMeasure, thresholds: Thresholds, sheet: Sheet = ALONE
) -> bool:
    """Whether the ink in a bubble may be part of something that is no mark of it."""
    t = thresholds
    passing = _passes(bubble, t, sheet)
    around = max(bubble.outside, bubble.beside) if bubble.peak < t.pale else bubble.outside
    spilt = around > max(t.spilt * bubble.coverage, t.spilt_least)
    spilt |= bubble.beside > max(2 * bubble.coverage, t.spilt_far)
    kneed = (
        bubble.straight > 0
        and bubble.bend >= t.bend_long
        and bubble.enters == 0
        and bubble.below == 0
        and bubble.depth >= t.deep
    )
    an_end = bubble.straight > 0 and bubble.bend < t.bend
    thin = bubble.coverage < t.broad
    scattered = bubble.outside > bubble.coverage and bubble.housed < t.scattered
    foreign = (bubble.share < t.own and (an_end or (thin and bubble.housed < t.apart))) or (
        bubble.share < t.own_straight and bubble.straight > 0 and not kneed
    )
    # Where much of it lies round the bubble, it was made beside it.
    little = bubble.share < t.shared and bubble.coverage < t.half_full
    foreign |= little and not kneed and bubble.outside > t.outlying * bubble.coverage
    # A tick's tail comes from further down; the mark of this bubble is the greater part.
    foreign |= thin and bubble.below > 0 and bubble.share < t.own
    # Even if as much of it lies here, where both are longer than a tick.
    foreign |= (
        thin and bubble.below > 0 and bubble.share < t.shared and bubble.length > t.wander_length
    )
    foreign |= comes_up(bubble, t)
    amid = bubble.loose >= t.amid
    wanders = thin and bubble.length > t.wander_length and bubble.home < t.wander_home
    amid |= wanders and bubble.share < t.wander_share
    return passing or spilt or scattered or foreign or amid or bubble.housed < t.spread
