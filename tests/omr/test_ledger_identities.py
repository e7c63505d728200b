from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from decision_desk import DOUBTS, Desk, refused, remeasured
from make_ledger import LAYOUT, answers, fresh_ledger, seen, take, void

from omr.ledger import decisions
from omr.ledger.decisions import Refusal
from omr.ledger.issued import keep_layout
from omr.ledger.standing import IDENTITY, WHOLE, Verdict
from omr.marks import Reason, SheetStatus
from reports.paper import paper_month


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_ledger(tmp_path) as ledger:
        yield Desk(ledger)


def test_a_typed_serial_makes_the_sheet_that_form_and_its_doubts_join_the_queue(
    desk: Desk,
) -> None:
    record = desk.nameless()
    assert desk.sheet(record).open == (IDENTITY,)

    desk.name(record, 3)

    row = desk.sheet(record)
    assert (row.reading.serial, row.reading.unit) == (desk.serials[3], "HP-PC08")
    assert row.reading.status is SheetStatus.REVIEW
    assert row.open == ("q2", "q3")
    assert row.reading.reasons == (Reason.NO_CODE, Reason.MANUAL_IDENTITY, Reason.OVERVOTE)
    assert row.seen.serial is None
    desk.say(record, "q2", Verdict.BLANK)
    desk.say(record, "q3", Verdict.BLANK)
    row = desk.sheet(record)
    assert row.reading.status is SheetStatus.COUNTED
    assert Reason.MANUAL_IDENTITY in row.reading.reasons


def test_a_typed_serial_with_certain_answers_counts_at_once(desk: Desk) -> None:
    record = desk.nameless()
    desk.name(record, 0, dict(answers(q1="r5", q2="")))

    assert desk.sheet(record).reading.status is SheetStatus.COUNTED


def test_answers_given_by_people_stay_when_the_serial_is_corrected(desk: Desk) -> None:
    record = desk.nameless()
    desk.name(record, 0)
    desk.say(record, "q2", Verdict.BLANK)
    desk.undo(record, IDENTITY)
    assert desk.sheet(record).open == (IDENTITY,)
    assert desk.sheet(record).reading.serial is None

    desk.name(record, 1)

    assert desk.sheet(record).open == ("q3",)


def test_a_missing_corner_is_remembered_after_the_serial_was_typed(desk: Desk) -> None:
    record = desk.nameless(Reason.FIDUCIAL_MISSING)
    desk.name(record, 0, dict(answers(q1="r5")))

    assert desk.sheet(record).open == (WHOLE,)


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        (Verdict.NOT_A_FORM, SheetStatus.BLANK),
        (Verdict.SCAN_AGAIN, SheetStatus.REFUSED),
        (Verdict.SEEN_BEFORE, SheetStatus.DUPLICATE),
    ],
)
def test_a_sheet_without_identity_can_be_set_aside_and_taken_back(
    desk: Desk, verdict: Verdict, status: SheetStatus
) -> None:
    record = desk.nameless()
    desk.say(record, IDENTITY, verdict)
    row = desk.sheet(record)
    assert (row.reading.status, row.open) == (status, ())
    assert row.reading.reasons == (Reason.NO_CODE,)

    desk.undo(record, IDENTITY)
    assert desk.sheet(record).reading.status is SheetStatus.REVIEW


def test_only_a_form_that_exists_and_is_free_can_be_typed(desk: Desk) -> None:
    record, other = desk.nameless(), desk.nameless()
    held = desk.serials[0]
    desk.read(seen(held))
    desk.name(other, 1)
    spoilt = take(desk.ledger, 1)
    void(desk.ledger, spoilt)
    wrong_letter = desk.serials[2][:-1] + ("A" if desk.serials[2][-1] != "A" else "B")

    for text, why in (
        ("", Refusal.MISTYPED),
        ("'; drop table sheet; --", Refusal.MISTYPED),
        (wrong_letter, Refusal.MISTYPED),
        (_serial_of(999), Refusal.NOT_ISSUED),
        (str(next(spoilt.serials())), Refusal.VOIDED),
        (held, Refusal.HELD),
        (desk.serials[1], Refusal.HELD),  # typed for another sheet
    ):
        with refused(why):
            decisions.find_form(desk.ledger, text, sheet_of=record)

    tidy = decisions.find_form(desk.ledger, f" {desk.serials[2].lower()} ", sheet_of=record)
    assert tidy.serial == desk.serials[2]
    with refused(Refusal.HELD):
        desk.name(record, 1)
    assert desk.sheet(record).open == (IDENTITY,)


def _serial_of(number: int) -> str:
    from omr.serials import Serial

    return str(Serial("GTDB", 2026, number))


def test_a_sheet_measured_with_another_forms_layout_is_refused(desk: Desk) -> None:
    record = desk.nameless()
    found = replace(remeasured(desk.serials[0], dict(DOUBTS)), unit="HP-PC06")

    with refused(Refusal.OTHER_LAYOUT):
        decisions.identify(desk.ledger, record, found, by="an")


def test_a_scan_of_a_form_that_was_typed_before_is_a_duplicate_of_it(desk: Desk) -> None:
    record = desk.nameless()
    desk.name(record, 0, dict(answers(q1="r5", q2="r1")))

    again = desk.sheet(desk.read(seen(desk.serials[0])))
    other = desk.sheet(desk.read(seen(desk.serials[0], said=answers(q1="r1"))))

    assert again.reading.status is other.reading.status is SheetStatus.DUPLICATE
    assert again.reading.reasons == (Reason.SAME_ANSWERS,)
    assert other.reading.reasons == (Reason.OTHER_ANSWERS,)
    for attempt in (
        lambda: desk.undo(record, IDENTITY),
        lambda: desk.name(record, 1),
        lambda: desk.say(record, IDENTITY, Verdict.NOT_A_FORM),
    ):
        with refused(Refusal.DUPLICATES_DEPEND):
            attempt()


def test_a_serial_is_free_again_when_its_typing_is_undone(desk: Desk) -> None:
    record = desk.nameless()
    desk.name(record, 0)
    desk.undo(record, IDENTITY)

    kept = desk.sheet(desk.read(seen(desk.serials[0])))
    assert kept.reading.status is SheetStatus.COUNTED
    with refused(Refusal.HELD):
        desk.name(record, 0)


def test_a_sheet_whose_serial_nobody_can_read_counts_for_the_unit_that_is_named(
    desk: Desk,
) -> None:
    record = desk.nameless()
    found = replace(remeasured("", dict(answers(q1="r5"))), reasons=())

    decisions.place(desk.ledger, record, found, by="an")

    row = desk.sheet(record)
    assert (row.reading.status, row.reading.serial) == (SheetStatus.COUNTED, None)
    assert (row.reading.unit, row.reading.domain) == ("HP-PC08", "GTDB")
    assert {Reason.MANUAL_IDENTITY, Reason.NO_SERIAL} <= set(row.reading.reasons)
    [response] = paper_month([row]).responses
    assert response.answers["q1"] == ("r5",)
    assert paper_month([row]).anomalies[("HP-PC08", "GTDB")] == 1
    desk.undo(record, IDENTITY)
    assert desk.sheet(record).open == (IDENTITY,)


def test_a_place_must_fit_the_layout_and_a_nameless_sheet(desk: Desk) -> None:
    record = desk.nameless()
    found = remeasured("", dict(answers(q1="r5")))

    with refused(Refusal.OTHER_LAYOUT):
        decisions.place(desk.ledger, record, replace(found, domain="PCCC"), by="an")
    with refused(Refusal.OTHER_LAYOUT):
        decisions.place(desk.ledger, record, replace(found, serial=desk.serials[0]), by="an")
    with refused(Refusal.NOT_ASKED):
        decisions.place(desk.ledger, desk.doubtful(), found, by="an")


def test_an_answer_that_the_corrected_form_cannot_have_is_asked_again(desk: Desk) -> None:
    record = desk.nameless()
    desk.name(record, 0)
    desk.say(record, "q2", Verdict.ANSWERED, "r4")
    desk.say(record, "q3", Verdict.ANSWERED, "r4")
    desk.undo(record, IDENTITY)
    questions = tuple(
        replace(q, bubbles=q.bubbles[:1]) if q.id == "q2" else q for q in LAYOUT.questions
    )
    other = replace(LAYOUT, questions=questions)
    keep_layout(desk.ledger, other)
    serial = str(next(take(desk.ledger, 1, layout=other).serials()))
    found = replace(remeasured(serial, dict(DOUBTS)), layout_id=other.layout_id)

    decisions.identify(desk.ledger, record, found, by="an")

    assert desk.sheet(record).open == ("q2",)


def test_a_form_that_somebody_named_meanwhile_is_not_named_otherwise_unseen(desk: Desk) -> None:
    record = desk.nameless()
    desk.name(record, 0)  # by an, while bình measures the sheet as another form

    one, other = remeasured(desk.serials[1], dict(DOUBTS)), remeasured("", dict(DOUBTS))
    with pytest.raises(decisions.DecisionRefused, match="decided-meanwhile: an"):
        decisions.identify(desk.ledger, record, one, by="bình", seen=0)
    with pytest.raises(decisions.DecisionRefused, match="decided-meanwhile: an"):
        decisions.place(desk.ledger, record, other, by="bình", seen=0)

    assert desk.sheet(record).reading.serial == desk.serials[0]


def test_taking_back_never_takes_back_what_somebody_else_said_since(desk: Desk) -> None:
    record = desk.doubtful()
    old = desk.say(record, "q2", Verdict.BLANK)
    decisions.append(desk.ledger, record, "q2", Verdict.ANSWERED, ["r4"], by="bình")

    with pytest.raises(decisions.DecisionRefused, match="decided-meanwhile: bình"):
        decisions.undo(desk.ledger, record, "q2", by="an", seen=old)
