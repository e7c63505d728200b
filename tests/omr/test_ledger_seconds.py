from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from decision_desk import Desk, refused
from hypothesis import given
from hypothesis import strategies as st
from make_ledger import answers, fresh_ledger, seen

from omr.ledger import decisions, papers, seconds
from omr.ledger.papers import Keeps
from omr.ledger.refusals import Refusal
from omr.ledger.reviewers import add_reviewer
from omr.ledger.seconds import cohens_kappa
from omr.ledger.standing import IDENTITY, Verdict
from omr.marks import AnswerState, Reason, SheetStatus


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_ledger(tmp_path) as ledger:
        yield Desk(ledger)


def settled(desk: Desk) -> tuple[str, int, int]:
    """A sheet on which an decided about both doubts: its record, and the two decisions."""
    record = desk.doubtful()
    one = desk.say(record, "q2", Verdict.ANSWERED, "r4")
    two = desk.say(record, "q3", Verdict.BLANK)
    assert desk.sheet(record).reading.status is SheetStatus.COUNTED
    return record, one, two


def questions(desk: Desk, person: str, share: float = 1.0) -> list[str]:
    return [each.question for each in seconds.waiting(desk.ledger, person, share)]


def test_somebody_else_reads_a_share_of_the_decisions_again(desk: Desk) -> None:
    settled(desk)

    assert questions(desk, "bình") == ["q2", "q3"]
    assert questions(desk, "bình", share=0.0) == []


def test_the_share_is_kept_and_does_not_change_from_one_look_to_the_next(desk: Desk) -> None:
    for number in range(6):
        record = desk.doubtful(number)
        desk.say(record, "q2", Verdict.BLANK)
        desk.say(record, "q3", Verdict.BLANK)

    some = seconds.waiting(desk.ledger, "bình", 0.5)

    assert 0 < len(some) < 12
    assert seconds.waiting(desk.ledger, "bình", 0.5) == some
    assert set(some) <= set(seconds.waiting(desk.ledger, "bình", 1.0))


def test_nobody_reads_their_own_decision_again_where_others_review_too(desk: Desk) -> None:
    settled(desk)
    assert questions(desk, "an") == ["q2", "q3"]  # one person does everything

    add_reviewer(desk.ledger, "bình", "a long password")

    assert questions(desk, "an") == []
    assert questions(desk, "bình") == ["q2", "q3"]


def test_what_contradicts_the_machine_is_always_read_again(desk: Desk) -> None:
    record = desk.doubtful()  # the machine saw r1 and r4
    desk.say(record, "q2", Verdict.ANSWERED, "r5")
    desk.say(record, "q3", Verdict.ANSWERED, "r1")

    assert questions(desk, "bình", share=0.0) == ["q2"]


def test_readings_that_agree_leave_the_sheet_counted(desk: Desk) -> None:
    record, one, two = settled(desk)

    assert seconds.add(desk.ledger, one, Verdict.ANSWERED, ["r4"], by="bình")
    assert seconds.add(desk.ledger, two, Verdict.BLANK, by="bình")

    assert desk.sheet(record).reading.status is SheetStatus.COUNTED
    assert questions(desk, "bình") == []
    found = seconds.agreement(desk.ledger)
    assert (found.pairs, found.agreeing, found.kappa, found.open) == (2, 2, 1.0, 0)


def test_readings_that_disagree_ask_for_a_third_decision_which_settles_it(desk: Desk) -> None:
    record, one, _two = settled(desk)

    assert not seconds.add(desk.ledger, one, Verdict.ANSWERED, ["r1"], by="bình")

    row = desk.sheet(record)
    assert (row.reading.status, row.open) == (SheetStatus.REVIEW, ("q2",))
    answer = row.reading.answers["q2"]
    assert (answer.state, answer.options) == (AnswerState.DOUBTFUL, ("r4", "r1"))
    assert Reason.DISAGREEMENT in answer.reasons
    assert seconds.agreement(desk.ledger).open == 1
    assert "q2" not in questions(desk, "chi")

    decisions.append(desk.ledger, record, "q2", Verdict.ANSWERED, ["r4"], by="chi", seen=one)

    assert desk.sheet(record).reading.status is SheetStatus.COUNTED
    assert "q2" not in questions(desk, "dung")  # decided with both in view
    assert seconds.agreement(desk.ledger).open == 0


def test_a_second_reading_is_kept_once_and_only_of_what_stands(desk: Desk) -> None:
    record, one, two = settled(desk)
    assert seconds.add(desk.ledger, one, Verdict.ANSWERED, ["r4"], by="bình")
    assert seconds.add(desk.ledger, one, Verdict.ANSWERED, ["r4"], by="bình")  # repeated
    with refused(Refusal.DECIDED_MEANWHILE):
        seconds.add(desk.ledger, one, Verdict.ANSWERED, ["r4"], by="chi")
    with refused(Refusal.NO_SUCH_OPTION):
        seconds.add(desk.ledger, two, Verdict.ANSWERED, ["r99"], by="bình")
    with refused(Refusal.NOT_ASKED):
        seconds.add(desk.ledger, two, Verdict.CONFIRMED, by="bình")
    with refused(Refusal.NOT_ASKED):
        seconds.add(desk.ledger, 999, Verdict.BLANK, by="bình")
    desk.undo(record, "q3")
    with refused(Refusal.NOT_ASKED):
        seconds.add(desk.ledger, two, Verdict.BLANK, by="bình")


def test_a_changed_sheet_is_named_after_a_second_reading(desk: Desk) -> None:
    record, one, _two = settled(desk)
    point = decisions.newest(desk.ledger)
    seconds.add(desk.ledger, one, Verdict.BLANK, by="bình")

    assert decisions.changed_sheets(desk.ledger, point)[1] == [record]


def test_kappa_is_what_cohens_example_gives() -> None:
    # 50 grants read by two people: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: kappa is 0.4.
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15

    assert cohens_kappa(pairs) == pytest.approx(0.4)
    assert cohens_kappa([]) is None
    assert cohens_kappa([("y", "y")] * 5) is None  # chance alone would agree


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=40))
def test_kappa_is_symmetric_and_at_most_one(pairs: list[tuple[str, str]]) -> None:
    found = cohens_kappa(pairs)
    swapped = cohens_kappa([(two, one) for one, two in pairs])

    assert found == pytest.approx(swapped) if found is not None else swapped is None
    assert found is None or found <= 1


def test_nobody_reads_again_what_stands_on_a_sheet_that_does_not_count(desk: Desk) -> None:
    record = desk.nameless()
    desk.name(record, 0)
    one = desk.say(record, "q2", Verdict.BLANK)
    desk.say(record, "q3", Verdict.BLANK)
    assert questions(desk, "bình") == ["q2", "q3"]

    desk.say(record, IDENTITY, Verdict.NOT_A_FORM)

    assert questions(desk, "bình") == []
    with refused(Refusal.NOT_ASKED):
        seconds.add(desk.ledger, one, Verdict.BLANK, by="bình")


def test_a_disagreement_on_a_paper_that_counts_no_more_is_open_no_more(desk: Desk) -> None:
    record, one, _two = settled(desk)
    seconds.add(desk.ledger, one, Verdict.BLANK, by="bình")
    assert seconds.agreement(desk.ledger).open == 1
    second = desk.read(seen(desk.serials[0], said=answers(q1="r1")))

    papers.choose(desk.ledger, second, Keeps.SECOND, why="bản gốc", by="an")

    assert decisions.open_sheets(desk.ledger) == []
    assert seconds.agreement(desk.ledger).open == 0
    papers.undo(desk.ledger, second, by="an")
    assert desk.sheet(record).open == ("q2",)
    assert seconds.agreement(desk.ledger).open == 1
