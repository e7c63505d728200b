from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest
from make_ledger import LAYOUT, answers, seen

from omr.layout import QuestionKind
from omr.ledger.sheets import SheetRow
from omr.ledger.standing import IDENTITY, PAPER, WHOLE, Verdict
from omr.marks import Answer, AnswerState, Reason, SheetStatus
from scans.review.queue import (
    Item,
    Kind,
    Queue,
    Ranks,
    Suggestion,
    items_of,
    main_reason,
    suggestion,
    suggestion_for,
)

LAYOUTS = {LAYOUT.layout_id: LAYOUT}
RANKS = Ranks({LAYOUT.layout_id: LAYOUT})


def row(
    record_id: str, *waits: str, reasons: tuple[Reason, ...] = (), **doubts: Answer
) -> SheetRow:
    said = {**answers(q1="r5"), **doubts}
    reading = replace(
        seen("GTDB-26-000001-D", status=SheetStatus.REVIEW, said=said), reasons=reasons
    )
    return SheetRow("f.pdf", "2026-07", record_id, reading, reading, waits, waits, said)


def doubt(*options: str, reason: Reason = Reason.MARGINAL_MARK) -> Answer:
    return Answer(AnswerState.DOUBTFUL, options, (reason,))


def queue_of(*rows: SheetRow) -> Queue:
    return Queue(
        (RANKS.key(each, item, n), item) for n, each in enumerate(rows) for item in items_of(each)
    )


def test_kinds_come_in_their_order_whatever_sheet_they_are_on() -> None:
    nameless = row("c", IDENTITY)
    nameless = replace(nameless, reading=replace(nameless.reading, layout_id=None))
    queue = queue_of(row("a", "q1", WHOLE, q1=doubt("r1")), row("b", PAPER), nameless)

    assert [item.kind for item in queue.items] == [
        Kind.IDENTITY,
        Kind.PAPER,
        Kind.WHOLE,
        Kind.ANSWER,
    ]
    assert Item("a", "q1", second=7).kind is Kind.SECOND


def test_answers_come_by_reason_then_question_as_printed_then_candidate_then_sheet() -> None:
    faint, two = doubt("r2"), doubt("r1", "r2", reason=Reason.OVERVOTE)
    queue = queue_of(
        row("a", "q10", "q2", "q1", q10=faint, q2=doubt("r4"), q1=two),
        row("b", "q2", "q1", q2=faint, q1=two),
        row("c", "q2", q2=faint),
    )

    assert [(item.record_id, item.about) for item in queue.items] == [
        ("b", "q2"),  # faint marks first: q2 before q10, r2 before r4, b before c
        ("c", "q2"),
        ("a", "q2"),
        ("a", "q10"),
        ("a", "q1"),  # then what is marked twice
        ("b", "q1"),
    ]


def test_what_people_disagree_about_is_together_before_its_other_reasons() -> None:
    disputed = Answer(
        AnswerState.DOUBTFUL, ("r1", "r2"), (Reason.MARGINAL_MARK, Reason.DISAGREEMENT)
    )

    assert main_reason(row("a", "q1", q1=disputed), "q1") is Reason.DISAGREEMENT
    assert main_reason(row("a", "q1"), "q1") is None


def test_the_books_say_more_about_a_whole_sheet_than_its_corner() -> None:
    reasons = (Reason.FIDUCIAL_MISSING, Reason.REPORTED_LOST)

    assert main_reason(row("a", WHOLE, reasons=reasons), WHOLE) is Reason.REPORTED_LOST


def test_a_second_readings_place_tells_nothing_of_the_first_or_the_machine() -> None:
    one = RANKS.key(row("a", q1=doubt("r1")), Item("a", "q1", 3), 0)
    other = RANKS.key(row("a", q1=doubt("r4", reason=Reason.OVERVOTE)), Item("a", "q1", 9), 0)

    assert one == other


def test_stepping_goes_round_and_leaves_out_what_is_skipped() -> None:
    sheet = row("a", "q1", "q2", "q4", q1=doubt("r1"), q2=doubt("r1"), q4=doubt("r1"))
    queue = queue_of(sheet)
    first, second, third = queue.items
    here = RANKS.key(sheet, second, 0)

    assert list(queue.ahead(here)) == [third, first]
    assert list(queue.behind(here)) == [first, third]
    assert list(queue.ahead(here, {third})) == [first]
    assert list(queue.ahead(None)) == [first, second, third]
    assert list(queue.behind(None)) == [third, second, first]


def test_after_a_decision_comes_what_stood_behind_it() -> None:
    sheet = row("a", "q1", "q2", "q4", q1=doubt("r1"), q2=doubt("r1"), q4=doubt("r1"))
    first, second, third = queue_of(sheet).items
    left = queue_of(replace(sheet, open=("q1", "q4")))

    assert list(left.ahead(RANKS.key(sheet, second, 0))) == [third, first]
    assert list(left.behind(RANKS.key(sheet, second, 0))) == [first, third]
    assert list(queue_of().ahead(RANKS.key(sheet, second, 0))) == []


def test_a_change_of_one_sheet_changes_its_items_alone() -> None:
    one = row("a", "q1", "q2", q1=doubt("r1"), q2=doubt("r1"))
    other = row("b", "q1", q1=doubt("r1"))
    queue = queue_of(one, other)
    entries = [(RANKS.key(one, item, 0), item) for item in items_of(one)]

    settled = queue.changed(entries, entries[1:])

    assert settled.items == [Item("b", "q1"), Item("a", "q2")]
    assert settled.has(entries[1][0])
    assert not settled.has(entries[0][0])
    assert len(queue) == 3  # the old one stays as it was
    assert settled.changed(entries[1:], entries).items == queue.items


def test_five_thousand_items_are_sorted_and_stepped_through_in_no_time() -> None:
    rows = [
        row(f"s{n:04}", "q1", "q2", "q4", "q5", "q7", q1=doubt(f"r{1 + n % 5}"))
        for n in range(1000)
    ]
    entries = [
        (RANKS.key(each, item, n), item) for n, each in enumerate(rows) for item in items_of(each)
    ]
    random.Random(1).shuffle(entries)

    begun = time.perf_counter()
    queue = Queue(entries)
    middle = queue.items[2500]
    here = next(key for key, item in entries if item == middle)
    following = next(queue.ahead(here))
    took = time.perf_counter() - begun

    assert len(queue) == 5000
    assert following == queue.items[2501]
    assert took < 0.2  # about 20 ms on two slow cores


@pytest.mark.parametrize(
    ("options", "reasons", "expected"),
    [
        (("r2",), (Reason.MARGINAL_MARK,), Suggestion(Verdict.ANSWERED, ("r2",))),
        ((), (Reason.POOR_IMAGE,), Suggestion(Verdict.BLANK)),
        (("r2", "r3"), (Reason.MARGINAL_MARK,), None),
        (("r2", "r3"), (Reason.OVERVOTE,), None),
        (("r2",), (Reason.CORRECTION,), None),
        (("r2",), (Reason.MARGINAL_MARK, Reason.DISAGREEMENT), None),
    ],
)
def test_one_candidate_is_suggested_and_a_choice_among_several_never(
    options: tuple[str, ...], reasons: tuple[Reason, ...], expected: Suggestion | None
) -> None:
    question = LAYOUT.question("q1")
    assert question.kind is QuestionKind.SINGLE

    said = Answer(AnswerState.DOUBTFUL, options, reasons)
    assert suggestion(question, said) == expected


def test_every_candidate_is_suggested_where_several_may_be_marked() -> None:
    said = Answer(AnswerState.DOUBTFUL, ("r1", "r4"), (Reason.MARGINAL_MARK,))

    found = suggestion(LAYOUT.question("q3"), said)
    assert found == Suggestion(Verdict.ANSWERED, ("r1", "r4"))


def test_nothing_is_suggested_once_two_people_disagree() -> None:
    sheet = row("a", "q1", q1=doubt("r1"))
    assert suggestion_for(sheet, LAYOUTS, "q1") == Suggestion(Verdict.ANSWERED, ("r1",))

    stands = {"q1": Answer(AnswerState.DOUBTFUL, ("r1", "r2"), (Reason.DISAGREEMENT,))}
    disputed = replace(sheet, reading=replace(sheet.reading, answers=stands))
    assert suggestion_for(disputed, LAYOUTS, "q1") is None
    assert suggestion_for(sheet, {}, "q1") is None
