"""Ink that is paler than all of a sheet's marks (pure)."""

from __future__ import annotations

from omr.mark_rules import Sheet
from omr.scoring import BubbleMeasure
from omr.thresholds import Thresholds

_PALER = 1.5  # the palest of one pen's marks on a sheet is within this of the others


def is_paler_than_all(
    bubble: BubbleMeasure, thresholds: Thresholds, sheet: Sheet, *, single: bool
) -> bool:
    """Whether ink is plainly paler than each of a sheet's marks: a fold, or dirt.

    Dirt only where several may be marked: no other bubble tells what is one mark too many.
    """
    alike = sum(peak <= bubble.peak * _PALER for peak in sheet.peaks)
    if len(sheet.peaks) <= thresholds.alike:
        return False
    return alike == 0 and bubble.peak < thresholds.pale if single else alike <= 1  # itself
