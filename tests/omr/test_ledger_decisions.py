from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from decision_desk import DOUBT, DOUBTS, Desk, machine_rows, refused
from make_ledger import add_page, fresh_ledger, seen

from omr.ledger import decisions, readings, seconds
from omr.ledger.decisions import Refusal
from omr.ledger.standing import IDENTITY, WHOLE, Verdict
from omr.marks import Answer, AnswerState, Reason, SheetStatus


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_ledger(tmp_path) as ledger:
        yield Desk(ledger)


def test_a_sheet_counts_once_its_last_doubt_is_decided(desk: Desk) -> None:
    record = desk.doubtful()
    assert desk.sheet(record).open == ("q2", "q3")

    desk.say(record, "q2", Verdict.INVALID)
    assert desk.sheet(record).reading.status is SheetStatus.REVIEW
    assert [row.record_id for row in decisions.open_sheets(desk.ledger)] == [record]

    desk.say(record, "q3", Verdict.ANSWERED, "r4")
    row = desk.sheet(record)
    assert row.reading.status is SheetStatus.COUNTED
    assert row.open == ()
    assert row.reading.answers["q1"] == Answer(AnswerState.ANSWERED, ("r5",))
    assert row.reading.answers["q2"] == Answer(AnswerState.INVALID, (), (Reason.OVERVOTE,))
    assert row.reading.answers["q3"].options == ("r4",)
    assert row.reading.reasons == (Reason.OVERVOTE, Reason.MARGINAL_MARK)
    assert decisions.open_sheets(desk.ledger) == []


def test_what_the_machine_saw_stays_as_it_was(desk: Desk) -> None:
    record = desk.doubtful()
    before, reading = machine_rows(desk.ledger), desk.sheet(record).seen

    desk.say(record, "q2", Verdict.BLANK)
    desk.say(record, "q3", Verdict.ANSWERED, "r1")
    desk.undo(record, "q2")

    assert machine_rows(desk.ledger) == before
    row = desk.sheet(record)
    assert row.seen == reading
    assert row.seen_answers["q2"] == DOUBT


def test_the_newest_decision_counts_and_undoing_it_asks_again(desk: Desk) -> None:
    record = desk.doubtful()
    desk.say(record, "q2", Verdict.ANSWERED, "r1")
    desk.say(record, "q2", Verdict.BLANK)
    assert desk.sheet(record).reading.answers["q2"].state is AnswerState.BLANK

    desk.undo(record, "q2")

    row = desk.sheet(record)
    assert row.open == ("q2", "q3")
    assert row.reading.answers["q2"] == DOUBT
    history = decisions.find_decisions(desk.ledger, record)
    assert [said.verdict for said in history] == ["answered", "blank", "undone"]
    assert {said.decided_by for said in history} == {"an"}
    with refused(Refusal.NOTHING_TO_UNDO):
        desk.undo(record, "q2")


def test_a_decision_keeps_who_when_and_how_long(desk: Desk) -> None:
    record = desk.doubtful()
    decisions.append(desk.ledger, record, "q2", Verdict.BLANK, by="Bình", milliseconds=10**12)

    (said,) = decisions.find_decisions(desk.ledger, record)
    assert said.decided_by == "Bình"
    assert said.decided_at.endswith("+00:00")
    assert said.milliseconds == 24 * 3600 * 1000  # left open for weeks says nothing more


def test_statuses_are_counted_as_they_stand_and_always_add_up(desk: Desk) -> None:
    record, nameless = desk.doubtful(0), desk.nameless()
    desk.doubtful(1)
    desk.read(seen(desk.serials[2]))
    desk.say(record, "q2", Verdict.BLANK)
    desk.say(record, "q3", Verdict.BLANK)
    desk.say(nameless, IDENTITY, Verdict.SCAN_AGAIN)

    counts = readings.count_by_status(desk.ledger)

    assert counts == {
        SheetStatus.COUNTED: 2,
        SheetStatus.REVIEW: 1,
        SheetStatus.REFUSED: 1,
        SheetStatus.DUPLICATE: 0,
        SheetStatus.BLANK: 0,
    }
    assert readings.count_by_status(desk.ledger, period="2026-07") == counts
    assert sum(readings.count_by_status(desk.ledger, period="2026-08").values()) == 0


@pytest.mark.parametrize(
    ("question", "verdict", "options", "why"),
    [
        ("q1", Verdict.BLANK, (), Refusal.NOT_ASKED),  # certain, so nobody is asked
        ("q9", Verdict.BLANK, (), Refusal.NOT_ASKED),
        ("nothing", Verdict.BLANK, (), Refusal.NOT_ASKED),
        ("q2", Verdict.CONFIRMED, (), Refusal.NOT_ASKED),
        ("q2", Verdict.UNDONE, (), Refusal.NOT_ASKED),
        (IDENTITY, Verdict.NOT_A_FORM, (), Refusal.NOT_ASKED),  # its code was read
        (WHOLE, Verdict.CONFIRMED, (), Refusal.NOT_ASKED),
        ("q2", Verdict.ANSWERED, (), Refusal.NO_OPTION),
        ("q2", Verdict.ANSWERED, ("r1", "r2"), Refusal.TOO_MANY_OPTIONS),
        ("q2", Verdict.ANSWERED, ("r9",), Refusal.NO_SUCH_OPTION),
        ("q2", Verdict.ANSWERED, ("r1|r2",), Refusal.NO_SUCH_OPTION),
        ("q2", Verdict.BLANK, ("r1",), Refusal.NO_SUCH_OPTION),
    ],
)
def test_a_decision_that_does_not_fit_is_refused_and_leaves_nothing(
    desk: Desk, question: str, verdict: Verdict, options: tuple[str, ...], why: Refusal
) -> None:
    record = desk.doubtful()

    with refused(why):
        desk.say(record, question, verdict, *options)

    assert decisions.find_decisions(desk.ledger, record) == []


def test_nothing_can_be_decided_about_a_sheet_that_counts_or_is_not_there(desk: Desk) -> None:
    counted = desk.read(seen(desk.serials[0]))

    with refused(Refusal.NOT_ASKED):
        desk.say(counted, "q1", Verdict.BLANK)
    with refused(Refusal.UNKNOWN_SHEET):
        desk.say("0" * 32, "q1", Verdict.BLANK)


def test_several_options_stand_where_several_may_be_marked(desk: Desk) -> None:
    record = desk.doubtful()
    desk.say(record, "q3", Verdict.ANSWERED, "r4", "r1", "r4")

    assert desk.sheet(record).reading.answers["q3"].options == ("r4", "r1")


def test_a_sheet_that_waits_without_a_doubtful_answer_is_asked_about_as_a_whole(
    desk: Desk,
) -> None:
    torn = desk.read(
        seen(desk.serials[0], status=SheetStatus.REVIEW, reasons=(Reason.FIDUCIAL_MISSING,))
    )
    assert desk.sheet(torn).open == (WHOLE,)

    desk.say(torn, WHOLE, Verdict.CONFIRMED)
    assert desk.sheet(torn).reading.status is SheetStatus.COUNTED

    desk.say(torn, WHOLE, Verdict.DOUBTED)
    row = desk.sheet(torn)
    assert row.open == ("q1", "q2")
    assert row.reading.answers["q1"] == Answer(AnswerState.DOUBTFUL, ("r5",))
    desk.say(torn, "q1", Verdict.ANSWERED, "r3")
    desk.say(torn, "q2", Verdict.BLANK)
    row = desk.sheet(torn)
    assert row.reading.status is SheetStatus.COUNTED
    assert row.reading.answers["q1"].options == ("r3",)


def test_a_missing_corner_is_asked_about_besides_doubtful_answers(desk: Desk) -> None:
    reasons = (Reason.FIDUCIAL_MISSING, Reason.OVERVOTE)
    torn = desk.read(seen(desk.serials[0], status=SheetStatus.REVIEW, reasons=reasons, said=DOUBTS))

    assert desk.sheet(torn).open == (WHOLE, "q2", "q3")


def test_the_newest_decision_of_a_person_is_the_one_that_still_counts(desk: Desk) -> None:
    record = desk.doubtful()
    first = desk.say(record, "q2", Verdict.BLANK)
    decisions.append(desk.ledger, record, "q3", Verdict.BLANK, by="someone else")

    found = decisions.newest_of(desk.ledger, "an")
    assert found is not None
    assert (found[0], found[1].decision_id) == (record, first)
    desk.undo(record, "q2")
    assert decisions.newest_of(desk.ledger, "an") is None


def test_only_sheets_that_changed_since_are_named(desk: Desk) -> None:
    record = desk.doubtful(0)
    reached = decisions.newest(desk.ledger)
    assert decisions.changed_sheets(desk.ledger, reached) == (reached, [])

    desk.read(seen(desk.serials[1]))  # counts at once, so nobody need look
    later = desk.doubtful(2)
    desk.say(record, "q2", Verdict.BLANK)

    now, changed = decisions.changed_sheets(desk.ledger, reached)
    assert sorted(changed) == sorted([record, later])
    assert now == decisions.newest(desk.ledger) != reached


def test_a_picture_belongs_to_the_ledger_only_if_a_sheet_names_it(desk: Desk) -> None:
    reading = replace(seen(desk.serials[0]), status=SheetStatus.REVIEW, picture=b"jpeg")
    kept: list[bytes] = []

    def keep(jpeg: bytes) -> str:
        kept.append(jpeg)
        return "ab" * 32

    add_page(
        desk.ledger,
        source_id=desk.source_id,
        batch_id=desk.batch_id,
        sheets=[reading],
        keep_picture=keep,
    )

    assert kept == [b"jpeg"]
    assert desk.row(0).picture == "ab" * 32
    assert decisions.picture_is_kept(desk.ledger, "ab" * 32)
    assert not decisions.picture_is_kept(desk.ledger, "cd" * 32)


def test_a_picture_that_cannot_be_kept_leaves_the_page_unread(desk: Desk) -> None:
    def fails(_jpeg: bytes) -> str:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        add_page(
            desk.ledger,
            source_id=desk.source_id,
            batch_id=desk.batch_id,
            sheets=[replace(seen(desk.serials[0]), picture=b"jpeg")],
            keep_picture=fails,
        )

    assert readings.pages_done(desk.ledger, desk.source_id) == set()


def test_saying_the_same_again_is_kept_once_unless_it_settles_a_disagreement(desk: Desk) -> None:
    record = desk.doubtful()

    def say(by: str, seen: int) -> int:
        return decisions.append(
            desk.ledger, record, "q2", Verdict.ANSWERED, ["r4"], by=by, seen=seen
        )

    first = say("an", 0)
    assert say("an", 0) == first  # the answer to the request was lost
    assert say("an", first) == first  # the item was shown again
    with refused(Refusal.DECIDED_MEANWHILE):
        say("bình", 0)
    seconds.add(desk.ledger, first, Verdict.BLANK, by="bình")
    assert say("an", first) > first  # a third decision, with both in view
    assert "q2" not in desk.sheet(record).open
