"""What a refused decision tells, so that people know which form or option it was about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from decision_desk import DOUBTS, Desk, remeasured
from make_ledger import answers, fresh_ledger, seen, take, void

from omr.ledger import decisions
from omr.ledger.decisions import DecisionRefused, Refusal
from omr.ledger.standing import IDENTITY, WHOLE, Verdict
from omr.marks import Answer, AnswerState, Reason, SheetStatus
from omr.serials import Serial

pytestmark = pytest.mark.embedded


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_ledger(tmp_path) as ledger:
        yield Desk(ledger)


@contextmanager
def _refused(why: Refusal, detail: str = "") -> Iterator[None]:
    with pytest.raises(DecisionRefused) as refusal:
        yield
    assert (refusal.value.why, refusal.value.detail) == (why, detail)


def test_a_refused_serial_is_named_as_it_was_understood(desk: Desk) -> None:
    record, other = desk.nameless(), desk.nameless()
    desk.read(seen(desk.serials[0]))
    desk.name(other, 1)
    spoilt = take(desk.ledger, 1)
    void(desk.ledger, spoilt)
    never = str(Serial("GTDB", 2026, 999))

    for text, why, detail in (
        (" GTDB-26 ", Refusal.MISTYPED, "GTDB-26"),
        (f" {never.lower()}", Refusal.NOT_ISSUED, never),
        (str(next(spoilt.serials())), Refusal.VOIDED, str(next(spoilt.serials()))),
        (desk.serials[0], Refusal.HELD, desk.serials[0]),
        (desk.serials[1], Refusal.HELD, desk.serials[1]),
    ):
        with _refused(why, detail):
            decisions.find_form(desk.ledger, text, sheet_of=record)
    with _refused(Refusal.UNKNOWN_SHEET):
        decisions.find_form(desk.ledger, desk.serials[2], sheet_of="0" * 32)


def test_a_sheet_may_be_named_again_as_the_form_that_it_is_and_no_other_sheet_may(
    desk: Desk,
) -> None:
    record, other = desk.nameless(), desk.nameless()
    desk.name(record, 0)
    assert decisions.find_form(desk.ledger, desk.serials[0], sheet_of=record).unit == "HP-PC08"
    desk.name(record, 0, dict(answers(q1="r5")))
    assert desk.sheet(record).reading.status is SheetStatus.COUNTED

    desk.name(other, 1)  # named too, but otherwise
    with _refused(Refusal.HELD, desk.serials[0]):
        desk.name(other, 0)
    # One that bears the serial, and was not named, is held by itself.
    borne = desk.read(
        seen(desk.serials[2], status=SheetStatus.REVIEW, reasons=(Reason.FIDUCIAL_MISSING,))
    )
    with _refused(Refusal.HELD, desk.serials[2]):
        decisions.find_form(desk.ledger, desk.serials[2], sheet_of=borne)


def test_a_sheet_measured_as_another_unit_domain_or_layout_is_refused_by_its_serial(
    desk: Desk,
) -> None:
    record = desk.nameless()
    found = remeasured(desk.serials[0], dict(DOUBTS))
    for wrong in (
        replace(found, unit="HP-PC06"),
        replace(found, domain="L05"),
        replace(found, layout_id="0" * 64),
    ):
        with _refused(Refusal.OTHER_LAYOUT, desk.serials[0]):
            decisions.identify(desk.ledger, record, wrong, by="an")
    with _refused(Refusal.OTHER_LAYOUT, "L05"):
        nowhere = replace(found, serial="", domain="L05")
        decisions.place(desk.ledger, record, nowhere, by="an")
    with _refused(Refusal.OTHER_LAYOUT, "GTDB"):
        decisions.place(desk.ledger, record, found, by="an")  # its serial is known
    assert decisions.find_decisions(desk.ledger, record) == []


def test_a_sheet_whose_code_was_read_is_not_named_by_hand(desk: Desk) -> None:
    counted = desk.read(seen(desk.serials[0]))
    waiting = desk.doubtful(1)
    found = remeasured(desk.serials[2], dict(DOUBTS))
    for record in (counted, waiting):
        with _refused(Refusal.NOT_ASKED):
            decisions.identify(desk.ledger, record, found, by="an")
        with _refused(Refusal.NOT_ASKED):
            decisions.place(desk.ledger, record, replace(found, serial=""), by="an")
    with _refused(Refusal.UNKNOWN_SHEET):
        decisions.identify(desk.ledger, "0" * 32, found, by="an")


@pytest.mark.parametrize(
    ("question", "verdict", "options", "why", "detail"),
    [
        ("q1", Verdict.BLANK, (), Refusal.NOT_ASKED, "q1"),
        (WHOLE, Verdict.CONFIRMED, (), Refusal.NOT_ASKED, WHOLE),
        ("q2", Verdict.ANSWERED, (), Refusal.NO_OPTION, ""),
        ("q2", Verdict.ANSWERED, ("r1", "r2"), Refusal.TOO_MANY_OPTIONS, "r1|r2"),
        ("q2", Verdict.ANSWERED, ("r9", "r1"), Refusal.NO_SUCH_OPTION, "r9|r1"),
        ("q2", Verdict.INVALID, ("r1", "r2"), Refusal.NO_SUCH_OPTION, "r1|r2"),
    ],
)
def test_a_refused_answer_tells_what_did_not_fit(
    desk: Desk, question: str, verdict: Verdict, options: tuple[str, ...], why: Refusal, detail: str
) -> None:
    record = desk.doubtful()
    with _refused(why, detail):
        desk.say(record, question, verdict, *options)


def test_options_about_a_sheets_identity_are_refused_and_named(desk: Desk) -> None:
    record = desk.nameless()
    with _refused(Refusal.NO_SUCH_OPTION, "r1|r2"):
        desk.say(record, IDENTITY, Verdict.NOT_A_FORM, "r1", "r2")
    assert decisions.find_decisions(desk.ledger, record) == []


def test_nothing_said_is_nothing_to_take_back(desk: Desk) -> None:
    for record in (desk.doubtful(), desk.nameless()):
        for question in ("q2", IDENTITY, WHOLE):
            with _refused(Refusal.NOTHING_TO_UNDO):
                desk.undo(record, question)
        assert decisions.find_decisions(desk.ledger, record) == []


def test_a_serial_that_a_duplicate_depends_on_is_named(desk: Desk) -> None:
    record = desk.nameless()
    desk.name(record, 0, dict(answers(q1="r5", q2="r1")))
    for _ in range(2):
        desk.read(seen(desk.serials[0]))
    for attempt in (
        lambda: desk.undo(record, IDENTITY),
        lambda: desk.name(record, 1),
        lambda: desk.say(record, IDENTITY, Verdict.SCAN_AGAIN),
    ):
        with _refused(Refusal.DUPLICATES_DEPEND, desk.serials[0]):
            attempt()


def test_a_sheet_of_a_form_that_became_void_is_not_brought_back(desk: Desk) -> None:
    record = desk.nameless()
    run = take(desk.ledger, 1)
    [serial] = map(str, run.serials())
    decisions.identify(desk.ledger, record, remeasured(serial, dict(DOUBTS)), by="an")
    whole = desk.read(
        seen(desk.serials[3], status=SheetStatus.REVIEW, reasons=(Reason.FIDUCIAL_MISSING,))
    )
    desk.undo(record, IDENTITY)
    desk.say(whole, WHOLE, Verdict.INVALID)
    void(desk.ledger, run)

    with _refused(Refusal.VOIDED, serial):
        decisions.identify(desk.ledger, record, remeasured(serial, dict(DOUBTS)), by="an")
    void(desk.ledger, replace(desk.run, first=4, count=1))
    for attempt in (
        lambda: desk.undo(whole, WHOLE),
        lambda: desk.say(whole, WHOLE, Verdict.CONFIRMED),
    ):
        with _refused(Refusal.VOIDED, desk.serials[3]):
            attempt()
    assert desk.sheet(whole).reading.status is SheetStatus.REFUSED


def test_the_time_on_the_screen_is_kept_between_none_and_a_day(desk: Desk) -> None:
    record = desk.doubtful()
    day = 24 * 3600 * 1000
    for given in (-5, 0, 1, 700, day, day + 1):
        decisions.append(
            desk.ledger, record, "q2", Verdict.BLANK, by=f"{given}", milliseconds=given
        )
    kept = [said.milliseconds for said in decisions.find_decisions(desk.ledger, record)]
    assert kept == [0, 0, 1, 700, day, day]


def test_the_same_said_again_by_the_same_person_is_kept_once(desk: Desk) -> None:
    record = desk.doubtful()

    def say(*options: str, by: str = "an", seen: int | None = 0) -> int:
        return decisions.append(
            desk.ledger, record, "q3", Verdict.ANSWERED, options, by=by, seen=seen
        )

    first = say("r1", "r4")
    assert say("r4", "r1") == first
    with _refused(Refusal.DECIDED_MEANWHILE, "an"):
        say("r1")
    with _refused(Refusal.DECIDED_MEANWHILE, "an"):
        say("r1", "r4", by="bình")
    second = say("r1", seen=first)
    assert second > first
    assert say("r1", seen=None) > second  # who does not look says it once more


def test_a_corrected_form_keeps_the_answers_that_it_can_have(desk: Desk) -> None:
    record = desk.nameless(Reason.FIDUCIAL_MISSING)
    desk.name(record, 0)
    desk.say(record, WHOLE, Verdict.CONFIRMED)
    desk.say(record, "q2", Verdict.ANSWERED, "r4")
    desk.say(record, "q3", Verdict.ANSWERED, "r1", "r2")
    desk.name(record, 1)

    kept = desk.sheet(record).reading.answers
    assert kept["q2"] == Answer(AnswerState.ANSWERED, ("r4",), (Reason.OVERVOTE,))
    assert kept["q3"].options == ("r1", "r2")
    assert desk.sheet(record).open == (WHOLE,)  # it was compared as another form
    verdicts = [said.verdict for said in decisions.find_decisions(desk.ledger, record)]
    assert Verdict.UNDONE not in verdicts
