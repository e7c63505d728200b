"""The same ink scanned again, and the same answers given on a second paper."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_layout import make_layout, make_questions
from make_measures import filled, sheet

from omr.same_paper import agreement, same_paper
from omr.scoring import BubbleMeasure, SheetMeasure

LAYOUT = make_layout(questions=make_questions(16))


def paper(hand: int, marks: int = 16) -> SheetMeasure:
    """A sheet that somebody filled: every mark a little different."""
    rng = random.Random(hand)
    said = {}
    for question in LAYOUT.questions[:marks]:
        option = question.bubbles[0].option
        said[question.id, option] = filled(
            option,
            question.id,
            darkness=rng.uniform(0.2, 0.7),
            coverage=rng.uniform(0.3, 0.95),
            outside=rng.uniform(0.0, 0.2),
            home=rng.uniform(0.6, 1.0),
        )
    return sheet(LAYOUT, said)


def scanned_again(first: SheetMeasure, seed: int = 0) -> SheetMeasure:
    """Another scanner's view: darker, with a little scatter of its own."""
    rng = random.Random(seed)

    def again(bubble: BubbleMeasure) -> BubbleMeasure:
        def seen(value: float) -> float:
            return min(1.0, max(0.0, 0.85 * value + rng.gauss(0.0, 0.01))) if value else 0.0

        return replace(
            bubble,
            darkness=seen(bubble.darkness),
            coverage=seen(bubble.coverage),
            outside=seen(bubble.outside),
            home=seen(bubble.home),
        )

    return replace(first, bubbles=tuple(again(bubble) for bubble in first.bubbles))


@given(st.integers(0, 10**6))
def test_a_sheet_that_is_scanned_again_shows_the_same_ink(hand: int) -> None:
    first = paper(hand)

    assert same_paper(first, first)
    assert same_paper(first, scanned_again(first, hand))


def test_the_same_answers_on_a_second_paper_are_other_ink() -> None:
    told = [same_paper(paper(2 * n), paper(2 * n + 1)) for n in range(300)]

    assert not any(told)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_order_of_the_two_does_not_matter(one: int, other: int) -> None:
    a, b = paper(one), paper(other)

    assert same_paper(a, b) == same_paper(b, a)


def test_a_few_marks_are_no_proof() -> None:
    first = paper(1, marks=7)

    assert not same_paper(first, scanned_again(first))


def test_two_sheets_without_a_mark_say_nothing_twice() -> None:
    assert same_paper(sheet(LAYOUT, {}), sheet(LAYOUT, {}))


def test_a_scan_in_black_and_white_may_have_lost_every_mark() -> None:
    assert not same_paper(sheet(LAYOUT, {}), sheet(LAYOUT, {}, bilevel=True))


def test_a_marked_sheet_is_no_rescan_of_an_empty_one() -> None:
    assert not same_paper(sheet(LAYOUT, {}), paper(1))


def test_marks_that_are_all_alike_prove_nothing() -> None:
    said = {(q.id, "r1"): filled("r1", q.id) for q in LAYOUT.questions}
    alike = sheet(LAYOUT, said)

    assert not same_paper(alike, alike)
    assert agreement([(b, b) for b in alike.bubbles if b.coverage > 0]) == 0.0


def test_sheets_of_different_layouts_are_not_compared() -> None:
    other = make_layout(questions=make_questions(4))

    with pytest.raises(ValueError, match="layouts"):
        same_paper(paper(1), sheet(other, {}))
