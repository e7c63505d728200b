from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_layout import make_layout

from omr.geometry import PagePoint, PageRect
from omr.layout import (
    Bubble,
    Fiducial,
    Layout,
    Question,
    QuestionKind,
    layout_from_json,
    layout_to_json,
)

LENGTHS = st.floats(0, 400, allow_nan=False)
SIZES = st.floats(0.5, 50)
IDS = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)
POINTS = st.builds(PagePoint, LENGTHS, LENGTHS)
RECTS = st.builds(PageRect, LENGTHS, LENGTHS, SIZES, SIZES)
SQUARES = st.builds(lambda x, y, side: PageRect(x, y, side, side), LENGTHS, LENGTHS, SIZES)
BUBBLES = st.builds(Bubble, IDS, POINTS, SIZES)
QUESTIONS = st.builds(
    Question,
    IDS,
    st.sampled_from(QuestionKind),
    st.lists(BUBBLES, min_size=0, max_size=4, unique_by=lambda b: b.option).map(tuple),
    st.booleans(),
)
LAYOUTS = st.builds(
    Layout,
    survey=st.text(max_size=8),
    revision=st.integers(0, 99),
    domain=IDS.map(str.upper),
    wording=st.text(max_size=8),
    width_mm=SIZES,
    height_mm=SIZES,
    questions=st.lists(QUESTIONS, max_size=4, unique_by=lambda q: q.id).map(tuple),
    fiducials=st.lists(
        st.builds(Fiducial, st.integers(0, 49), POINTS, SIZES), min_size=4, max_size=4
    ).map(tuple),
    codes=st.lists(SQUARES, min_size=1, max_size=2).map(tuple),
    comment=RECTS,
    stamp=RECTS,
    artwork=st.lists(RECTS, max_size=3).map(tuple),
)
PRINT = PageRect(12.0, 53.0, 48.0, 3.2)  # the words of the first row


@given(LAYOUTS)
def test_a_layout_comes_back_from_json_text_the_same(layout: Layout) -> None:
    text = json.dumps(layout_to_json(layout))

    back = layout_from_json(json.loads(text))

    assert back == layout
    assert back.layout_id == layout.layout_id


@given(LAYOUTS)
def test_an_id_is_twelve_hexadecimal_digits_and_a_plain_function_of_the_content(
    layout: Layout,
) -> None:
    assert re.fullmatch(r"[0-9A-F]{12}", layout.layout_id)
    assert layout.layout_id == copy.deepcopy(layout).layout_id


@given(LAYOUTS, LAYOUTS)
def test_two_layouts_have_one_id_exactly_when_they_are_equal(one: Layout, other: Layout) -> None:
    # A collision would need 2**48 tries.
    assert (one.layout_id == other.layout_id) == (one == other)


FIRST = make_layout().questions[0]
CHANGED: dict[str, Layout] = {
    "survey": replace(make_layout(), survey="trial2"),
    "revision": replace(make_layout(), revision=2),
    "domain": replace(make_layout(), domain="GTDB2"),
    "wording": replace(make_layout(), wording="1" * 64),
    "width": replace(make_layout(), width_mm=148.0001),
    "height": replace(make_layout(), height_mm=209.9999),
    "a question's id": replace(
        make_layout(), questions=(replace(FIRST, id="z1"), *make_layout().questions[1:])
    ),
    "a question's kind": replace(
        make_layout(),
        questions=(replace(FIRST, kind=QuestionKind.MULTI), *make_layout().questions[1:]),
    ),
    "whether a question is optional": replace(
        make_layout(), questions=(replace(FIRST, optional=False), *make_layout().questions[1:])
    ),
    "the order of questions": replace(make_layout(), questions=make_layout().questions[::-1]),
    "the order of bubbles": replace(
        make_layout(),
        questions=(replace(FIRST, bubbles=FIRST.bubbles[::-1]), *make_layout().questions[1:]),
    ),
    "a bubble's place": replace(
        make_layout(),
        questions=(
            replace(
                FIRST,
                bubbles=(
                    replace(FIRST.bubbles[0], centre=PagePoint(70.01, 55.0)),
                    *FIRST.bubbles[1:],
                ),
            ),
            *make_layout().questions[1:],
        ),
    ),
    "a bubble's size": replace(
        make_layout(),
        questions=(
            replace(
                FIRST,
                bubbles=(replace(FIRST.bubbles[0], diameter_mm=4.6), *FIRST.bubbles[1:]),
            ),
            *make_layout().questions[1:],
        ),
    ),
    "a fiducial": replace(
        make_layout(),
        fiducials=(
            replace(make_layout().fiducials[0], marker=7),
            *make_layout().fiducials[1:],
        ),
    ),
    "a code": replace(make_layout(), codes=(PageRect(120, 18.5, 20, 20), make_layout().codes[1])),
    "the comment": replace(make_layout(), comment=PageRect(45.0, 180.0, 80.0, 20.5)),
    "the stamp": replace(make_layout(), stamp=PageRect(17.0, 6.5, 42.0, 42.5)),
    "print near bubbles": replace(make_layout(), artwork=(PRINT,)),
    "the place of print": replace(make_layout(), artwork=(replace(PRINT, x_mm=12.1),)),
    "the size of print": replace(make_layout(), artwork=(replace(PRINT, h_mm=3.3),)),
}


@pytest.mark.parametrize("what", CHANGED)
def test_any_change_makes_another_layout(what: str) -> None:
    ids = {layout.layout_id for layout in CHANGED.values()} | {make_layout().layout_id}

    assert CHANGED[what].layout_id != make_layout().layout_id
    assert len(ids) == len(CHANGED) + 1


def _places(data: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every leaf in JSON data."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _places(value, (*at, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _places(value, (*at, index))
    else:
        yield at


_LEAVES = [
    # Both sides of a bubble are its diameter; reading uses the first.
    place
    for place in _places(layout_to_json(replace(make_layout(), artwork=(PRINT,))))
    if place[0] != "bubbles" or place[-1] != "h_mm"
]


@given(st.sampled_from(_LEAVES))
def test_a_description_altered_at_any_place_is_refused(place: tuple[Any, ...]) -> None:
    data = layout_to_json(replace(make_layout(), artwork=(PRINT,)))
    holder: Any = data
    for step in place[:-1]:
        holder = holder[step]
    value = holder[place[-1]]
    if isinstance(value, bool):
        holder[place[-1]] = not value
    elif isinstance(value, str):
        holder[place[-1]] = {"single": "multi", "multi": "single"}.get(value, value + "x")
    else:
        holder[place[-1]] = value + 1

    with pytest.raises((ValueError, KeyError)):
        layout_from_json(data)


@given(st.sampled_from(sorted(layout_to_json(make_layout()))))
def test_a_description_with_a_part_missing_is_refused(part: str) -> None:
    data = layout_to_json(replace(make_layout(), artwork=(PRINT,)))
    del data[part]

    with pytest.raises((KeyError, ValueError)):
        layout_from_json(data)


def test_a_description_has_the_promised_keys() -> None:
    data = layout_to_json(make_layout())

    assert {
        "layout",
        "page",
        "questions",
        "bubbles",
        "fiducials",
        "codes",
        "comment",
        "stamp",
        "artwork",
    } <= set(data)
    assert data["page"] == {"width_mm": 148.0, "height_mm": 210.0}
    assert {"id", "kind"} <= set(data["questions"][0])
    assert set(data["bubbles"][0]) == {"question", "option", "x_mm", "y_mm", "w_mm", "h_mm"}
    assert {"x_mm", "y_mm", "size_mm"} <= set(data["fiducials"][0])
    assert set(data["codes"][0]) == {"x_mm", "y_mm", "size_mm"}
    assert set(data["comment"]) == set(data["stamp"]) == {"x_mm", "y_mm", "w_mm", "h_mm"}
    assert {question["kind"] for question in data["questions"]} == {"single", "multi"}


def test_a_description_gives_centres_of_bubbles_and_corners_of_codes() -> None:
    layout = make_layout()
    data = layout_to_json(layout)

    assert len(data["bubbles"]) == sum(len(q.bubbles) for q in layout.questions)
    assert data["bubbles"][0] == {
        "question": "q1",
        "option": "r1",
        "x_mm": 70.0,
        "y_mm": 55.0,
        "w_mm": 4.5,
        "h_mm": 4.5,
    }
    assert data["codes"][0] == {"x_mm": 120.0, "y_mm": 18.0, "size_mm": 20.0}
    assert data["fiducials"][2]["x_mm"] == 148.0 - 11.5


def test_a_question_that_is_not_there_is_a_key_error() -> None:
    assert make_layout().question("q3").kind is QuestionKind.MULTI
    with pytest.raises(KeyError):
        make_layout().question("q99")


def test_layouts_that_ask_other_things_in_the_same_frame_share_it() -> None:
    asked = make_layout()
    other = make_layout(survey="other", questions=asked.questions[:3])

    assert asked.frame == other.frame
    assert asked.layout_id != other.layout_id


@pytest.mark.parametrize(
    "wrong",
    [
        {"codes": (PageRect(120, 18, 20, 21),)},
        {"questions": (FIRST, FIRST)},
    ],
    ids=["a code that is not square", "two questions with one id"],
)
def test_a_layout_that_could_not_be_read_back_is_refused_before_it_is_printed(
    wrong: dict[str, Any],
) -> None:
    with pytest.raises(ValueError, match=r"square|twice"):
        replace(make_layout(), **wrong)


def test_forms_printed_before_their_print_was_kept_can_still_be_read() -> None:
    layout = make_layout()
    kept = layout_to_json(replace(layout, artwork=()))
    del kept["artwork"]

    assert layout_from_json(kept).artwork == ()
