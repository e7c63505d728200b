from __future__ import annotations

from dataclasses import replace

import pytest
from make_ledger import LAYOUT, answers, seen

from omr.layout import QuestionKind
from omr.ledger.sheets import SheetRow
from omr.ledger.standing import IDENTITY, WHOLE, Verdict
from omr.marks import Answer, AnswerState, Reason, SheetStatus
from scans.review.queue import Item, Suggestion, after, before, items_of, suggestion

LAYOUTS = {LAYOUT.layout_id: LAYOUT}
A, B, C = (Item("a", "q1"), Item("b", "q2"), Item("b", "q3"))
ORDER = ["a", "b", "c"]


def row(record_id: str, *waits: str) -> SheetRow:
    reading = seen("GTDB-26-000001-D", status=SheetStatus.REVIEW, said=answers(q1="r5"))
    return SheetRow("f.pdf", "2026-07", record_id, reading, reading, waits, waits)


def test_items_come_sheet_by_sheet_in_printed_order() -> None:
    rows = [row("b", "q10", "q2", WHOLE), row("a"), row("c", "q1")]

    assert items_of(rows, LAYOUTS) == [
        Item("b", WHOLE),
        Item("b", "q2"),
        Item("b", "q10"),
        Item("c", "q1"),
    ]


def test_a_sheet_without_a_layout_has_its_identity_to_settle() -> None:
    nameless = row("a", IDENTITY)
    nameless = replace(nameless, reading=replace(nameless.reading, layout_id=None))

    assert items_of([nameless], {}) == [Item("a", IDENTITY)]


def test_stepping_goes_round() -> None:
    items = [A, B, C]

    assert after(items, A, ORDER) == B
    assert after(items, C, ORDER) == A
    assert before(items, A, ORDER) == C
    assert before(items, C, ORDER) == B


def test_after_a_decision_comes_what_is_left_of_the_sheet_then_the_next_sheet() -> None:
    assert after([A, C], B, ORDER) == C
    assert after([A], C, ORDER) == A
    assert after([A, Item("c", "q1")], C, ORDER) == Item("c", "q1")
    assert before([A, Item("c", "q1")], B, ORDER) == A
    assert after([], A, ORDER) is None
    assert before([], A, ORDER) is None


def test_a_sheet_that_nobody_knows_any_more_leads_to_the_start() -> None:
    assert after([A, B], Item("gone", "q1"), ORDER) == A


@pytest.mark.parametrize(
    ("options", "reasons", "expected"),
    [
        (("r2",), (Reason.MARGINAL_MARK,), Suggestion(Verdict.ANSWERED, ("r2",))),
        ((), (Reason.POOR_IMAGE,), Suggestion(Verdict.BLANK)),
        (("r2", "r3"), (Reason.MARGINAL_MARK,), None),
        (("r2", "r3"), (Reason.OVERVOTE,), None),
        (("r2",), (Reason.CORRECTION,), None),
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
