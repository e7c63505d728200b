"""Judges again what a unit measured: its answers must follow from its measurements (pure).

A ledger's file can be altered by whoever has it. Measurements are kept so that judging them again
gives the same answers; where it does not, a person looks at the sheet before it counts.
That happens without any ill will when the unit's program, or its thresholds, are others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from omr.judging import judge_sheet
from omr.layout import Layout
from omr.ledger.packed import Packed, PackedDecision, PackedSheet
from omr.ledger.sheets import SheetReading
from omr.marks import DISPUTED, HOLDS_SERIAL, Answer, Answers, AnswerState, Reason, SheetStatus
from omr.measure_codec import unpack
from omr.thresholds import Thresholds


def with_doubts(packed: Packed, layouts: Mapping[str, Layout], thresholds: Thresholds) -> Packed:
    """*packed*, in which a person is asked about every sheet that says more than was measured.

    Args:
        packed: What a unit sent.
        layouts: By layout id.
        thresholds: Of the office that merges.
    """
    return replace(
        packed,
        sheets=tuple(_sheet(each, layouts, thresholds) for each in packed.sheets),
        decisions=tuple(_decision(each, layouts, thresholds) for each in packed.decisions),
    )


def _sheet(each: PackedSheet, layouts: Mapping[str, Layout], thresholds: Thresholds) -> PackedSheet:
    seen = each.seen
    if not _may_count(seen):
        return each
    bent = Reason.REGISTRATION in seen.reasons
    if _follow(seen.answers, seen.measurements, layouts[seen.layout_id or ""], thresholds, bent):
        return each
    held = seen.status in HOLDS_SERIAL
    doubted = replace(
        seen,
        status=SheetStatus.REVIEW if held else seen.status,
        reasons=(*seen.reasons, Reason.NOT_AS_MEASURED),
    )
    return replace(each, seen=doubted)


def _may_count(seen: SheetReading) -> bool:
    second = seen.status is SheetStatus.DUPLICATE and bool(DISPUTED.intersection(seen.reasons))
    return seen.serial is not None and (seen.status in HOLDS_SERIAL or second)


def _decision(
    each: PackedDecision, layouts: Mapping[str, Layout], thresholds: Thresholds
) -> PackedDecision:
    named = each.named
    if named is None or _follow(
        named.answers, named.measurements, layouts[named.layout_id], thresholds, bent=False
    ):
        return each
    reasons = (*named.reasons, Reason.NOT_AS_MEASURED)
    return replace(each, named=replace(named, reasons=reasons))


def _follow(
    answers: Answers,
    measurements: bytes | None,
    layout: Layout,
    thresholds: Thresholds,
    bent: bool,  # noqa: FBT001 - private
) -> bool:
    """Whether *answers* are what judging *measurements* gives."""
    if measurements is None:
        return False
    try:
        again, _doubts = judge_sheet(unpack(measurements, layout), layout, thresholds)
    except (ValueError, KeyError):  # no measurements, or another version's
        return False
    return all(_same(answers[name], again[name], bent) for name in again)


def _same(said: Answer, again: Answer, bent: bool) -> bool:  # noqa: FBT001 - private
    # On a sheet whose corners do not fit, the reader doubts every answer.
    state = AnswerState.DOUBTFUL if bent else again.state
    return (said.state, set(said.options)) == (state, set(again.options))
