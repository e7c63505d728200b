"""How a sheet stands: what the machine saw, and what people said, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from make_ledger import answers, seen

from omr.ledger.desk import _may_be_alike, _seen_again
from omr.ledger.rows import Holder
from omr.ledger.sheets import SheetReading
from omr.ledger.standing import (
    IDENTITY,
    PAPER,
    WHOLE,
    Decision,
    Keeps,
    Remeasured,
    Role,
    SecondReading,
    Standing,
    Verdict,
    answers_from_json,
    answers_to_json,
    current,
    stand,
)
from omr.marks import Answer, AnswerState, Reason, SheetStatus

pytestmark = pytest.mark.embedded

SERIAL = "GTDB-26-000417-M"
DOUBT = Answer(AnswerState.DOUBTFUL, ("r1", "r4"), (Reason.OVERVOTE,))
CLEAR = Answer(AnswerState.ANSWERED, ("r5",))
BLANK = Answer(AnswerState.BLANK)
SAID = {"q1": CLEAR, "q2": DOUBT, "q3": BLANK}
REVIEW = seen(SERIAL, status=SheetStatus.REVIEW, reasons=(Reason.OVERVOTE,), said=SAID)
NAMELESS = SheetReading(0, 0, SheetStatus.REVIEW, (Reason.NO_CODE,))
SECOND = replace(REVIEW, status=SheetStatus.DUPLICATE, reasons=(Reason.OTHER_ANSWERS,))
FOUND = Remeasured(
    serial=SERIAL,
    unit="HP-PC06",
    domain="L05",
    layout_id="A" * 12,
    reasons=(Reason.OVERVOTE, Reason.NO_CODE),
    answers=SAID,
    measurements=b"again",
)


def _said(number: int, question: str, verdict: Verdict, *options: str) -> Decision:
    return Decision(number, question, verdict, options, "an", "2026-11-02T07:00:00+00:00", 0)


@pytest.mark.parametrize("status", [s for s in SheetStatus if s is not SheetStatus.REVIEW])
def test_what_nobody_is_asked_about_stands_as_it_was_seen(status: SheetStatus) -> None:
    sheet = replace(REVIEW, status=status, reasons=(Reason.SAME_ANSWERS,))

    said = [_said(1, "q2", Verdict.BLANK), _said(2, IDENTITY, Verdict.NOT_A_FORM)]
    assert stand(sheet, said, {}) == Standing(sheet, (), (), SAID)


def test_a_doubtful_answer_waits_until_somebody_settles_it() -> None:
    assert stand(REVIEW, [], {}) == Standing(REVIEW, ("q2",), ("q2",), SAID)
    settled = stand(REVIEW, [_said(1, "q2", Verdict.ANSWERED, "r4")], {})
    answer = Answer(AnswerState.ANSWERED, ("r4",), (Reason.OVERVOTE,))
    counted = replace(REVIEW, status=SheetStatus.COUNTED, answers={**SAID, "q2": answer})
    assert settled == Standing(counted, ("q2",), (), SAID)


def test_what_is_said_now_is_the_newest_of_its_kind_and_not_older_than_asked_for() -> None:
    said = [
        _said(1, "q2", Verdict.BLANK),
        _said(2, "q3", Verdict.BLANK),
        _said(3, "q2", Verdict.INVALID),
        _said(4, "q3", Verdict.UNDONE),
    ]

    assert current(said, "q2") == said[2]
    assert current(said[:2], "q2") == said[0]
    assert current(said, "q2", since=2) == said[2]
    assert current(said, "q2", since=3) is None
    assert current(said, "q3") is None
    assert current([], "q2") is None


def test_an_answer_that_two_people_read_differently_waits_for_a_third() -> None:
    def read(verdict: Verdict, *options: str) -> Decision:
        other = SecondReading(verdict, options, "bình", "2026-11-02T08:00:00+00:00")
        return replace(_said(1, "q2", Verdict.ANSWERED, "r4", "r1"), second=other)

    same = stand(REVIEW, [read(Verdict.ANSWERED, "r1", "r4")], {})
    assert (same.open, same.reading.answers["q2"].options) == ((), ("r4", "r1"))
    other = stand(REVIEW, [read(Verdict.ANSWERED, "r1", "r3")], {})
    reasons = (Reason.OVERVOTE, Reason.DISAGREEMENT)
    assert other.reading.answers["q2"] == Answer(AnswerState.DOUBTFUL, ("r4", "r1", "r3"), reasons)
    assert (other.open, other.reading.status) == (("q2",), SheetStatus.REVIEW)
    assert stand(REVIEW, [read(Verdict.BLANK)], {}).open == ("q2",)
    assert stand(REVIEW, [read(Verdict.INVALID, "r4", "r1")], {}).open == ("q2",)


def test_a_sheet_asked_about_as_a_whole_waits_for_that_as_well() -> None:
    torn = replace(REVIEW, reasons=(Reason.FIDUCIAL_MISSING, Reason.OVERVOTE))
    assert stand(torn, [], {}).open == (WHOLE, "q2")
    confirmed = [_said(1, WHOLE, Verdict.CONFIRMED)]
    assert stand(torn, confirmed, {}).open == ("q2",)
    assert stand(torn, confirmed, {}).asked == (WHOLE, "q2")
    doubted = stand(torn, [_said(1, WHOLE, Verdict.DOUBTED), _said(2, "q1", Verdict.BLANK)], {})
    assert (doubted.asked, doubted.open) == ((WHOLE, "q1", "q2", "q3"), ("q2", "q3"))
    assert doubted.reading.answers["q3"] == Answer(AnswerState.DOUBTFUL)
    refused = stand(torn, [_said(1, WHOLE, Verdict.INVALID), _said(2, "q2", Verdict.BLANK)], {})
    assert refused == Standing(replace(torn, status=SheetStatus.REFUSED), (WHOLE, "q2"), (), SAID)


def test_a_sheet_that_waits_without_a_doubtful_answer_is_asked_about_as_a_whole() -> None:
    sheet = replace(REVIEW, answers=answers(q1="r5"))

    assert stand(sheet, [], {}).open == (WHOLE,)
    assert stand(sheet, [_said(1, WHOLE, Verdict.CONFIRMED)], {}).reading.status == "counted"


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        (Verdict.NOT_A_FORM, SheetStatus.BLANK),
        (Verdict.SCAN_AGAIN, SheetStatus.REFUSED),
        (Verdict.SEEN_BEFORE, SheetStatus.DUPLICATE),
    ],
)
def test_a_nameless_sheet_ends_as_somebody_says(verdict: Verdict, status: SheetStatus) -> None:
    assert stand(NAMELESS, [], {}) == Standing(NAMELESS, (IDENTITY,), (IDENTITY,), {})
    ended = replace(NAMELESS, status=status)
    assert stand(NAMELESS, [_said(1, IDENTITY, verdict)], {}) == Standing(
        ended, (IDENTITY,), (), {}
    )


def test_a_named_sheet_is_the_form_that_was_measured_again() -> None:
    named = [_said(5, IDENTITY, Verdict.IDENTIFIED)]

    standing = stand(NAMELESS, named, {5: FOUND})

    reading = standing.reading
    assert (reading.serial, reading.unit, reading.domain) == (SERIAL, "HP-PC06", "L05")
    assert (reading.layout_id, reading.measurements) == ("A" * 12, b"again")
    assert reading.reasons == (Reason.NO_CODE, Reason.MANUAL_IDENTITY, Reason.OVERVOTE)
    assert (standing.asked, standing.open) == ((IDENTITY, "q2"), ("q2",))
    assert standing.seen_answers == SAID
    assert stand(NAMELESS, named, {5: replace(FOUND, serial="")}).reading.serial is None
    # What was said about the whole sheet as another form counts no more; about answers it does.
    torn = replace(FOUND, reasons=(Reason.FIDUCIAL_MISSING,))
    early = [_said(3, WHOLE, Verdict.CONFIRMED), _said(4, "q2", Verdict.BLANK), *named]
    assert stand(NAMELESS, early, {5: torn}).open == (WHOLE,)
    late = [*early, _said(6, WHOLE, Verdict.CONFIRMED)]
    assert stand(NAMELESS, late, {5: torn}).open == ()


def test_of_two_papers_with_one_serial_those_count_that_somebody_chose() -> None:
    def second(kept: Keeps | None) -> Standing:
        return stand(SECOND, [], {}, Role(as_second=kept))

    assert second(None) == Standing(SECOND, (PAPER,), (PAPER,), SAID)
    assert second(Keeps.FIRST) == Standing(SECOND, (PAPER,), (), SAID)
    refused = replace(SECOND, status=SheetStatus.REFUSED)
    assert second(Keeps.NEITHER) == Standing(refused, (PAPER,), (), SAID)
    for kept in (Keeps.SECOND, Keeps.BOTH):
        assert (second(kept).asked, second(kept).open) == ((PAPER, "q2"), ("q2",))
        assert second(kept).reading.status is SheetStatus.REVIEW
        settled = stand(SECOND, [_said(1, "q2", Verdict.BLANK)], {}, Role(as_second=kept))
        assert settled.reading.status is SheetStatus.COUNTED


def test_the_first_paper_ends_as_the_choice_of_the_second_says() -> None:
    for kept, status in (
        (Keeps.SECOND, SheetStatus.DUPLICATE),
        (Keeps.NEITHER, SheetStatus.REFUSED),
    ):
        first = stand(REVIEW, [], {}, Role(as_first=kept))
        assert first == Standing(replace(REVIEW, status=status), ("q2",), (), SAID, displaced=True)


def test_answers_come_back_from_their_text_as_they_were() -> None:
    many = {"q1": DOUBT, "q2": BLANK, "q3": CLEAR}

    assert answers_from_json(answers_to_json(many)) == many
    assert answers_to_json({"q1": DOUBT}) == '{"q1": ["doubtful", ["r1", "r4"], ["overvote"]]}'


NEW = {"q1": CLEAR, "q2": BLANK}


@pytest.mark.parametrize(
    ("held", "new", "alike"),
    [
        (NEW, NEW, True),
        (NEW, {"q1": CLEAR}, False),
        (NEW, {"q1": CLEAR, "q3": BLANK}, False),
        ({"q1": DOUBT}, {"q1": CLEAR}, True),  # a person decides on it anyway
        ({"q1": CLEAR}, {"q1": DOUBT}, False),  # a mark was added
        ({"q1": CLEAR}, {"q1": replace(DOUBT, options=())}, True),
        ({"q1": CLEAR}, {"q1": replace(DOUBT, options=("r5",))}, True),
        ({"q1": CLEAR}, {"q1": BLANK}, False),
        ({"q1": CLEAR, "q2": DOUBT}, {"q1": BLANK, "q2": DOUBT}, False),
    ],
)
def test_two_scans_of_the_same_ink_differ_only_where_one_is_in_doubt(
    held: Mapping[str, Answer], new: Mapping[str, Answer], *, alike: bool
) -> None:
    assert _may_be_alike(held, new) is alike


def test_a_serial_seen_again_is_told_apart_by_answers_and_ink() -> None:
    holder = Holder(1, SAID, "A" * 12, b"held")
    same = replace(REVIEW, measurements=b"new")
    doubtful = replace(same, answers={**SAID, "q1": replace(DOUBT, options=())})
    other = replace(same, answers={**SAID, "q1": BLANK})

    def told(sheet: SheetReading, *, ink: bool | None, held: Holder = holder) -> Reason:
        def same_paper(layout_id: str, one: bytes, two: bytes) -> bool:
            assert (layout_id, one, two) == ("A" * 12, b"held", b"new")
            return bool(ink)

        return _seen_again(held, sheet, None if ink is None else same_paper)

    assert told(same, ink=None) is Reason.SAME_ANSWERS
    assert told(other, ink=None) is Reason.OTHER_ANSWERS
    assert told(doubtful, ink=None) is Reason.OTHER_ANSWERS
    assert told(same, ink=True) is told(doubtful, ink=True) is Reason.SAME_ANSWERS
    assert told(same, ink=False) is Reason.OTHER_PAPER
    assert told(doubtful, ink=False) is Reason.OTHER_ANSWERS
    assert told(other, ink=True) is Reason.OTHER_ANSWERS
    assert told(replace(same, measurements=None), ink=True) is Reason.OTHER_PAPER
    unmeasured = replace(holder, measurements=None)
    assert told(same, ink=True, held=unmeasured) is Reason.OTHER_PAPER
    swapped = replace(SAID["q2"], options=("r4", "r1"))
    assert told(replace(same, answers={**SAID, "q2": swapped}), ink=None) is Reason.SAME_ANSWERS
