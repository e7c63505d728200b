"""Ink that is other than a sheet's marks, and no stroke's: dust, blots, folds (pure)."""

from __future__ import annotations

from omr.mark_rules import Sheet
from omr.scoring import BubbleMeasure
from omr.thresholds import Thresholds


def is_paler_than_all(
    bubble: BubbleMeasure, thresholds: Thresholds, sheet: Sheet, *, single: bool
) -> bool:
    """Whether ink is plainly paler than each of a sheet's marks: a fold, or dirt.

    Dirt only where several may be marked: no other bubble tells what is one mark too many.
    """
    if len(sheet.peaks) <= thresholds.alike or (single and bubble.peak >= thresholds.pale):
        return False
    alike = sum(peak <= bubble.peak * thresholds.paler for peak in sheet.peaks)
    return alike == 0 if single else alike <= 1  # itself


def is_dirt(bubble: BubbleMeasure, thresholds: Thresholds, sheet: Sheet, *, single: bool) -> bool:
    """Whether ink is poorer than the sheet's pen makes it and has the shape of no stroke.

    Args:
        bubble: With ink.
        thresholds: Of this run.
        sheet: The rest of it.
        single: Whether one bubble of its row may be marked.
    """
    t = thresholds
    if len(sheet.peaks) <= t.alike or bubble.coverage == 0:
        return False
    peak = bubble.peak / sheet.pen
    grain = bubble.darkness / bubble.coverage / sheet.grain

    def has(coverage: float, arms: float) -> bool:
        return bubble.coverage >= coverage and bubble.arms < arms

    short = bubble.length < t.blot_length
    clot = short and has(t.clot_coverage, t.blot_arms)
    blot = has(t.blot_coverage, t.blot_arms) or short
    dust = has(t.dust_coverage, t.dust_arms) and bubble.housed < t.dust_housed
    slipped = bubble.ring >= t.slipped_ring and bubble.beside >= t.slipped_beside
    slipped &= bubble.home < t.slipped_home and bubble.coverage < t.slipped_coverage
    slipped &= bubble.arms < t.slipped_arms
    moved = bubble.shown < t.slipped_shown and bubble.coverage < t.slipped_coverage
    moved &= not sheet.bilevel  # which may lose any outline
    return (
        moved
        or (blot and peak < t.blot_peak and grain < t.blot_grain)
        or (dust and peak < t.dust_peak and grain < t.dust_grain)
        or (clot and grain < t.clot_grain)
        or (slipped and peak < t.slipped_peak)
        or grain < (t.shade_grain if single else t.poor_grain)
        or (not single and (bubble.loose >= t.cloudy or _is_darker_than_all(bubble, t, sheet)))
    )


def _is_darker_than_all(bubble: BubbleMeasure, thresholds: Thresholds, sheet: Sheet) -> bool:
    """Whether ink is plainly darker than each other mark of a sheet: toner, not its pen.

    Toner is black; how dark a light pencil's strokes are varies more.
    """
    others = sorted(sheet.peaks)
    if bubble.peak >= others[-1]:
        del others[-1]  # itself, or as dark
    return bubble.peak > max(thresholds.darker * others[-1], thresholds.dot_peak)
