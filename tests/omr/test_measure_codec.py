from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_layout import make_layout, make_questions
from make_measures import NUMBERS, SHARES, bubble, filled, sheet

from omr.layout import Bubble, Layout
from omr.measure_codec import pack, packed, unpack, unpack_look
from omr.scan_health import Look
from omr.scoring import SheetMeasure, bubbles_of

LAYOUT = make_layout()
PLACES = bubbles_of(LAYOUT)


@st.composite
def measures(draw: st.DrawFn) -> SheetMeasure:
    # One bubble drawn freely, the others spread over the range: fast, and all columns differ.
    free = {name: draw(st.floats(0, 255 if name == "paper" else 1)) for name in NUMBERS}
    shift = draw(st.floats(0, 1))
    place = draw(st.sampled_from(PLACES))
    said = {
        (question, b.option): bubble(
            b.option,
            question,
            **{
                name: (shift + (n + 1) * (column + 1) * 0.0137) % 1.0
                for column, name in enumerate(NUMBERS)
            },
        )
        for n, (question, b) in enumerate(PLACES)
    }
    said[place[0], place[1].option] = bubble(place[1].option, place[0], **free)
    return sheet(
        LAYOUT,
        said,
        noise=draw(st.floats(0, 1, width=32)),
        contrast=draw(st.floats(-50, 255, width=32)),
        bent_mm=draw(st.floats(0, 2, width=32)),
        outlines_found=draw(st.floats(0, 1, width=32)),
        bilevel=draw(st.booleans()),
    )


@given(measures())
def test_measurements_come_back_as_exact_as_promised(measured: SheetMeasure) -> None:
    back = unpack(pack(measured), LAYOUT)

    assert replace(back, bubbles=()) == replace(measured, bubbles=())
    assert len(back.bubbles) == len(measured.bubbles)
    for was, now in zip(measured.bubbles, back.bubbles, strict=True):
        assert (now.question, now.option) == (was.question, was.option)
        assert now.darkness == pytest.approx(was.darkness, abs=0.5 / 10_000 + 1e-9)
        assert now.paper == pytest.approx(was.paper, abs=0.5 + 1e-9)
        for name in SHARES:
            assert getattr(now, name) == pytest.approx(getattr(was, name), abs=0.5 / 250 + 1e-9)


@given(measures())
def test_packing_what_was_unpacked_changes_nothing_more(measured: SheetMeasure) -> None:
    once = pack(measured)

    assert pack(unpack(once, LAYOUT)) == once


@given(measures())
def test_what_is_judged_is_what_comes_back(measured: SheetMeasure) -> None:
    data, seen = packed(measured, LAYOUT)

    assert data == pack(measured) == pack(seen)
    assert seen == unpack(data, LAYOUT)
    assert seen.bubbles[1] == tuple(seen.bubbles)[1] == seen.bubbles[:2][1]


@given(measures())
def test_a_bubble_costs_about_as_many_bytes_as_promised(measured: SheetMeasure) -> None:
    assert len(pack(measured)) <= (len(SHARES) + 3) * len(PLACES) + 60


def _measured(layout: Layout) -> SheetMeasure:
    marked = layout.questions[0]
    return sheet(layout, {(marked.id, "r1"): filled("r1", marked.id)})


def test_a_sheet_that_is_mostly_blank_costs_much_less() -> None:
    assert len(pack(_measured(LAYOUT))) < 2 * len(PLACES)


def _renamed(layout: Layout) -> Layout:
    first = layout.questions[0]
    bubbles = tuple(Bubble(b.option + "x", b.centre, b.diameter_mm) for b in first.bubbles)
    return replace(layout, questions=(replace(first, bubbles=bubbles), *layout.questions[1:]))


def _reordered(layout: Layout) -> Layout:
    return replace(layout, questions=layout.questions[::-1])


@pytest.mark.parametrize(
    "other",
    [
        make_layout(questions=make_questions(count=11)),
        make_layout(questions=make_questions(options=4)),
        make_layout(questions=make_questions(count=10, options=6)),  # as many bubbles
        _renamed(LAYOUT),
        _reordered(LAYOUT),
    ],
    ids=["fewer questions", "fewer options", "another grid", "another option", "another order"],
)
def test_measurements_of_another_layout_are_refused(other: Layout) -> None:
    with pytest.raises(ValueError, match="another version or layout"):
        unpack(pack(_measured(LAYOUT)), other)


def test_measurements_of_another_version_are_refused() -> None:
    packed = pack(_measured(LAYOUT))

    with pytest.raises(ValueError, match="another version or layout"):
        unpack(b"\x63" + packed[1:], LAYOUT)


@given(st.integers(0, 400))
def test_measurements_that_were_cut_off_are_refused(length: int) -> None:
    packed = pack(_measured(LAYOUT))

    with pytest.raises(ValueError, match=r"another version or layout|damaged"):
        unpack(packed[: min(length, len(packed) - 1)], LAYOUT)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_measurements_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"another version or layout|damaged"):
        unpack(data, LAYOUT)


def test_a_layout_with_one_question_works_too() -> None:
    small = make_layout(questions=LAYOUT.questions[:1])
    measured = _measured(small)

    assert len(unpack(pack(measured), small).bubbles) == 5


@given(measures())
def test_how_the_sheet_looked_comes_back_without_its_bubbles(measured: SheetMeasure) -> None:
    look = unpack_look(pack(measured))

    assert look == Look(
        measured.contrast, measured.noise, measured.outlines_found, measured.bilevel
    )


@pytest.mark.parametrize("data", [b"", b"\x01\x02", b"\x63" + bytes(40)])
def test_how_a_sheet_looked_is_not_guessed_from_damaged_measurements(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"damaged|another version"):
        unpack_look(data)
