from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import virtual_forms
from hypothesis import given, settings
from hypothesis import strategies as st

from scans.virtual import parameters as p
from scans.virtual.canvas import Canvas
from scans.virtual.contract import Spot, options
from scans.virtual.gestures import mark
from scans.virtual.ink import Pen, draw, visible_ink_mm2
from scans.virtual.intent import Doubt, MarkKind, SheetIntent
from scans.virtual.people import (
    COMPLIANT,
    EMPTY,
    HOSTILE,
    LINES,
    PROFILES,
    REALISTIC,
    Profile,
    plan_answers,
)
from scans.virtual.strokes import Hand, move

LAYOUT = virtual_forms.layout()
IDS = options(LAYOUT)
HAND = Hand(0.02, 1.0)
SIZE = (4.5, 4.5)


def crowd(profile: Profile, count: int = 400) -> list[SheetIntent]:
    return [plan_answers(LAYOUT, np.random.default_rng(n), profile) for n in range(count)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(sorted(PROFILES)))
def test_every_plan_is_one_a_person_could_carry_out(seed: int, name: str) -> None:
    intent = plan_answers(LAYOUT, np.random.default_rng(seed), PROFILES[name])
    kinds = {question["id"]: question["kind"] for question in LAYOUT["questions"]}
    assert [one.question for one in intent.questions] == list(IDS)
    for one in intent.questions:
        marked = [option for option, _kind in one.marks]
        assert set(marked) | set(one.intended) <= set(IDS[one.question])
        assert len(marked) == len(set(marked))
        assert kinds[one.question] == "multi" or len(one.intended) <= 1
        assert set(one.intended) <= set(marked)
        assert all(set(reading) <= set(IDS[one.question]) for reading in one.right_readings())
        if one.doubt is None:
            assert one.right_readings() == (one.intended,)


def test_most_people_are_satisfied_and_paid_nothing_extra() -> None:
    answers = Counter(
        (one.question, one.intended) for intent in crowd(REALISTIC) for one in intent.questions
    )
    rated = sum(n for (q, o), n in answers.items() if q == "a1" and o)
    happy = sum(answers["a1", (option,)] for option in ("r5", "r4"))
    assert 0.85 < happy / rated < 0.98
    assert answers["y1", ("kh",)] > 20 * max(1, answers["y1", ("co",)] - 5)
    assert answers["m1", ()] > 0.7 * 400


def test_some_people_mark_one_column_from_top_to_bottom() -> None:
    def straight(intent: SheetIntent) -> bool:
        rows = {one.intended for one in intent.questions if one.question in virtual_forms.RATED}
        return len(rows - {()}) == 1

    share = sum(map(straight, crowd(REALISTIC))) / 400
    assert 0.08 < share < 0.35


def test_a_hostile_crowd_shows_every_kind_of_mark_and_a_compliant_one_no_doubt() -> None:
    seen = Counter(k for i in crowd(HOSTILE) for one in i.questions for _o, k in one.marks)
    assert set(seen) == set(MarkKind) - {MarkKind.LINE}
    assert min(seen.values()) > 0.01 * sum(seen.values())
    doubts = {one.doubt for intent in crowd(COMPLIANT) for one in intent.questions}
    assert doubts == {None}


def test_a_correction_means_the_other_option_and_an_overvote_no_clear_answer() -> None:
    corrected = overvoted = 0
    for intent in crowd(HOSTILE):
        for one in intent.questions:
            kinds = dict(one.marks)
            if MarkKind.STRUCK in kinds.values():
                corrected += 1
                assert one.doubt is None
                assert kinds[one.intended[0]] is not MarkKind.STRUCK
            if one.doubt is Doubt.OVERVOTE:
                overvoted += 1
                assert one.right_readings() == ()
                assert len(one.marks) == 2
    assert min(corrected, overvoted) > 50


def test_light_pencil_marks_are_made_with_a_pencil() -> None:
    for intent in crowd(HOSTILE):
        kinds = {kind for one in intent.questions for _option, kind in one.marks}
        if kinds & {MarkKind.LIGHT_FILL, MarkKind.LIGHT_TICK}:
            assert intent.pen == "pencil"


def test_an_empty_sheet_bears_no_mark_and_a_drill_line_is_the_only_kind() -> None:
    for intent in crowd(EMPTY, 50):
        assert all(one.marks == () and one.intended == () for one in intent.questions)
        assert intent.stray_lines == intent.comment_words == 0
    for pen, profile in LINES.items():
        for intent in crowd(profile, 20):
            assert (intent.pen, intent.nib_mm) == (pen, 1.0)
            kinds = {kind for one in intent.questions for _option, kind in one.marks}
            assert kinds == {MarkKind.LINE}
            assert all(one.marks for one in intent.questions if one.question != "m1")


def test_a_drill_line_is_straight_and_crosses_its_bubble() -> None:
    (stroke,) = mark(np.random.default_rng(2), MarkKind.LINE, Hand(0.0, 1.0), SIZE, 1.0, 9.0)
    assert np.ptp(stroke.points_mm[:, 0]) == pytest.approx(SIZE[0], rel=0.02)
    assert np.ptp(stroke.points_mm[:, 1]) == pytest.approx(0.0, abs=1e-6)


def test_a_movement_starts_and_ends_where_it_was_meant_to() -> None:
    stroke = move(np.random.default_rng(1), [(0.0, 0.0), (2.0, 3.0), (4.0, 0.0)], Hand(0.0, 1.0))
    assert stroke.points_mm[0] == pytest.approx((0.0, 0.0), abs=1e-9)
    assert stroke.points_mm[-1] == pytest.approx((4.0, 0.0), abs=1e-6)
    steps = np.hypot(*np.diff(stroke.points_mm, axis=0).T)
    assert steps.max() < 1.5 * p.PATH_STEP_MM
    assert 1.5 < stroke.points_mm[:, 1].max() <= 3.0  # the corner is rounded, as hands do


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(MarkKind)), st.integers(0, 2**32))
def test_marks_stay_near_their_bubble(kind: MarkKind, seed: int) -> None:
    strokes = mark(np.random.default_rng(seed), kind, HAND, SIZE, 0.45, 6.2)
    points = np.concatenate([stroke.points_mm for stroke in strokes])
    assert np.isfinite(points).all()
    assert np.hypot(*points.T).max() < 12.0
    if kind is MarkKind.SPECK:
        assert np.ptp(points, axis=0).max() < 0.6


def paper() -> Canvas:
    per_mm = 200 / 25.4
    return Canvas(
        np.full((126, 126), 0.85, np.float32), (per_mm, per_mm), (63.0, 63.0), np.zeros((4, 2)), 0.9
    )


def ink_of(kind: MarkKind, pen: str, seed: int) -> tuple[float, float]:
    """Visible ink (mm²) of a mark, and the least light left anywhere."""
    canvas, rng = paper(), np.random.default_rng(seed)
    tool = Pen(0.45, p.PENS[pen].density.at(0.5), p.PENS[pen])
    strokes = mark(rng, kind, HAND, SIZE, tool.nib_mm, 9.0)
    patch = draw(canvas, strokes, tool, rng, (0.1, 0.6, 0.3))
    assert patch is not None
    spot = Spot("q", "o", 0.0, 0.0, *SIZE)
    return visible_ink_mm2(canvas, patch, spot, 0.07, 0.8), float(patch.light.min())


def test_ink_only_darkens_and_a_fill_covers_most_of_its_bubble() -> None:
    areas = [ink_of(MarkKind.FILL, "blue", seed)[0] for seed in range(20)]
    assert min(areas) > 0.55 * np.pi * 2.25**2
    for pen in p.PENS:
        _area, least = ink_of(MarkKind.FILL, pen, 1)
        assert 0.0 < least < 0.5, pen


def test_kinds_leave_as_much_ink_as_their_names_say() -> None:
    def median(kind: MarkKind, pen: str = "black") -> float:
        return float(np.median([ink_of(kind, pen, seed)[0] for seed in range(25)]))

    fill, tick, dot = median(MarkKind.FILL), median(MarkKind.TICK), median(MarkKind.DOT)
    assert fill > 3 * tick > 3 * p.CLEAR_INK_MM2
    assert 0.5 < dot < 2.6
    assert median(MarkKind.SPECK) < p.CLEAR_INK_MM2
    assert median(MarkKind.CIRCLED) < p.CLEAR_INK_MM2
    assert median(MarkKind.LIGHT_FILL, "pencil") < median(MarkKind.FILL, "pencil")


def test_red_ink_darkens_green_light_and_lets_red_pass() -> None:
    canvas = paper()
    canvas.pixels = np.full((126, 126, 3), 0.85, np.float32)
    tool = Pen(0.5, 2.0, p.PENS["red"])
    rng = np.random.default_rng(3)
    draw(canvas, mark(rng, MarkKind.FILL, HAND, SIZE, 0.5, 9.0), tool, rng, (0.1, 0.6, 0.3))
    blue, green, red = canvas.pixels.reshape(-1, 3).min(axis=0)
    assert green < 0.3
    assert blue < 0.3
    assert red > 0.4
