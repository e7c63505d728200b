"""Ink that is paler than a sheet's marks, and no stroke's: dust, blots, folds (pure)."""

from __future__ import annotations

from omr.mark_rules import Sheet
from omr.scoring import BubbleMeasure
from omr.thresholds import Thresholds

_PALER = 1.5  # the palest of one pen's marks on a sheet is within this of the others
# Of 64,000 marks on virtual scans one in a thousand is one of these, mostly of a starved pen; of
# the second generator's dirt, stains and folds taken for marks all six were (seeds 1 and 2).
_BLOT = (0.65, 0.60)  # peak and darkness of ink, in those of the sheet's middle mark: of a blot ...
_BLOT_COVERAGE, _BLOT_ARMS = 0.35, 0.30  # ... as large as this, of which no stroke comes out ...
_SHORT = 0.09  # ... or that is shorter than any tick, in tens of diameters
_DUST = (0.88, 0.75)  # ... and of grains, ...
_DUST_COVERAGE, _DUST_ARMS = 0.30, 0.35  # ... so many, without strokes, ...
_DUST_HOUSED = 0.80  # ... of which more than a mark's lie round about
_ONE_MORE = (0.80, 0.80)  # ... and of what is asked about where several may be marked
_SLIPPED_PEAK = 0.80  # ... and of an outline that a fold has put elsewhere: ...
_SLIPPED_RING, _SLIPPED_BESIDE = 0.40, 0.12  # ... it shows round the place, ...
_SLIPPED_HOME, _SLIPPED_COVERAGE, _SLIPPED_ARMS = 0.60, 0.25, 0.25  # ... and a bow in it


def is_paler_than_all(
    bubble: BubbleMeasure, thresholds: Thresholds, sheet: Sheet, *, single: bool
) -> bool:
    """Whether ink is plainly paler than each of a sheet's marks: a fold, or dirt.

    Dirt only where several may be marked: no other bubble tells what is one mark too many.
    """
    if len(sheet.peaks) <= thresholds.alike or (single and bubble.peak >= thresholds.pale):
        return False
    alike = sum(peak <= bubble.peak * _PALER for peak in sheet.peaks)
    return alike == 0 if single else alike <= 1  # itself


def is_dirt(bubble: BubbleMeasure, thresholds: Thresholds, sheet: Sheet, *, single: bool) -> bool:
    """Whether ink is poorer than the sheet's pen makes it and has the shape of no stroke.

    Args:
        bubble: With ink.
        thresholds: Of this run.
        sheet: The rest of it.
        single: Whether one bubble of its row may be marked.
    """
    if len(sheet.peaks) <= thresholds.alike or sheet.pen == 0 or bubble.coverage == 0:
        return False
    peak = bubble.peak / sheet.pen
    grain = bubble.darkness / bubble.coverage / sheet.grain

    def is_poor(limits: tuple[float, float]) -> bool:
        return peak < limits[0] and grain < limits[1]

    blot = bubble.coverage >= _BLOT_COVERAGE and bubble.arms < _BLOT_ARMS
    dust = bubble.coverage >= _DUST_COVERAGE and bubble.arms < _DUST_ARMS
    if is_poor(_BLOT) and (blot or bubble.length < _SHORT):
        return True
    if is_poor(_DUST) and dust and bubble.housed < _DUST_HOUSED:
        return True
    if not single and is_poor(_ONE_MORE):
        return True
    return (
        peak < _SLIPPED_PEAK
        and bubble.ring >= _SLIPPED_RING
        and bubble.beside >= _SLIPPED_BESIDE
        and bubble.home < _SLIPPED_HOME
        and bubble.coverage < _SLIPPED_COVERAGE
        and bubble.arms < _SLIPPED_ARMS
    )
