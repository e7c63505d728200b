"""What a unit sent is judged again from what it measured."""

from __future__ import annotations

import zlib
from dataclasses import replace

import pytest
from make_ledger import LAYOUT, seen
from make_measures import filled, sheet

from omr.judging import judge_sheet
from omr.ledger.packed import Packed, PackedDecision, PackedSheet
from omr.ledger.sheets import SheetReading
from omr.ledger.standing import Remeasured, Verdict
from omr.marks import Answer, AnswerState, Reason, SheetStatus
from omr.measure_codec import pack, unpack
from omr.thresholds import Thresholds
from scans.judged_again import with_doubts

INK = pack(sheet(LAYOUT, {("q1", "r5"): filled("r5", "q1")}))
HEAD = INK.index(b"\x78")  # where zlib's stream begins
HONEST, _DOUBTS = judge_sheet(unpack(INK, LAYOUT), LAYOUT, Thresholds())
ALTERED = {**HONEST, "q1": Answer(AnswerState.ANSWERED, ("r1",))}
LAYOUTS = {LAYOUT.layout_id: LAYOUT}


def looked_at(reading: SheetReading) -> SheetReading:
    """A sheet after it was judged again."""
    packed = Packed(sheets=(PackedSheet("0" * 32, "a" * 64, reading, None, ()),))
    return with_doubts(packed, LAYOUTS, Thresholds()).sheets[0].seen


def counted(**change: object) -> SheetReading:
    """A counted sheet that says what was measured, unless something else is said."""
    return replace(seen("GTDB-26-000001-D", said=HONEST), **{"measurements": INK} | change)


def test_answers_that_follow_stand() -> None:
    assert HONEST["q1"].options == ("r5",)
    assert looked_at(counted()) == counted()


@pytest.mark.parametrize(
    "change",
    [
        {"answers": ALTERED},
        {"answers": {**HONEST, "q1": Answer(AnswerState.BLANK)}},
        {"measurements": None},
        {"measurements": b""},
        {"measurements": b"junk" * 200},
        {"measurements": INK[:-1]},
        {"measurements": INK[:HEAD] + zlib.compress(bytes(20_000_000))},
        {"measurements": INK[:HEAD] + zlib.compress(b"short")},
    ],
)
def test_answers_that_do_not_follow_wait_for_a_person(change: dict[str, object]) -> None:
    found = looked_at(counted(**change))

    assert found.status is SheetStatus.REVIEW
    assert Reason.NOT_AS_MEASURED in found.reasons


def test_a_second_paper_stays_one_and_is_asked_about_as_well() -> None:
    second = counted(status=SheetStatus.DUPLICATE, reasons=(Reason.OTHER_ANSWERS,), answers=ALTERED)

    found = looked_at(second)

    assert found.status is SheetStatus.DUPLICATE
    assert found.reasons == (Reason.OTHER_ANSWERS, Reason.NOT_AS_MEASURED)


def test_what_can_never_count_is_left_alone() -> None:
    for one in (
        counted(status=SheetStatus.DUPLICATE, reasons=(Reason.SAME_ANSWERS,), answers=ALTERED),
        counted(status=SheetStatus.REFUSED, answers={}),
        counted(status=SheetStatus.REVIEW, serial=None, answers={}),
    ):
        assert looked_at(one) == one


def test_a_sheet_whose_corners_do_not_fit_is_doubted_as_the_reader_doubts_it() -> None:
    doubted = {name: replace(a, state=AnswerState.DOUBTFUL) for name, a in HONEST.items()}
    bent = counted(status=SheetStatus.REVIEW, reasons=(Reason.REGISTRATION,), answers=doubted)

    assert looked_at(bent) == bent


@pytest.mark.parametrize(("answers", "asked"), [(HONEST, False), (ALTERED, True)])
def test_a_form_that_a_person_named_is_judged_again_too(
    answers: dict[str, Answer], *, asked: bool
) -> None:
    named = Remeasured("", "HP-PC08", "GTDB", LAYOUT.layout_id, (), answers, INK)
    at = "2026-11-23T08:00:00+00:00"
    said = PackedDecision(1, "0" * 32, "", Verdict.IDENTIFIED, (), "an", at, 1, named)

    [found] = with_doubts(Packed(decisions=(said,)), LAYOUTS, Thresholds()).decisions

    assert found.named is not None
    assert (Reason.NOT_AS_MEASURED in found.named.reasons) is asked
