"""From a drawn sheet to its answers: what becomes of marks, and of what is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
import pytest
from draw_ink import COLUMNS, DOWN_MM, LAYOUT, ROWS, place
from draw_sheets import PX_PER_MM, Grey, Scan, draw_sheet, place_matrix

from omr.geometry import Registration
from omr.judging import judge_sheet
from omr.marks import Answer, AnswerState, Reason
from omr.scoring import measure
from omr.thresholds import Thresholds

T = Thresholds()
PEN, PEN_MM = 45, 0.45
BLANK = Answer(AnswerState.BLANK)
Path = tuple[tuple[float, float], ...]
TICK: Path = ((-1.4, -0.2), (-0.4, 1.3), (1.9, -2.3))


def _draw(
    sheet: Grey, path: Path, row: int, column: int, *, grey: int = PEN, width_mm: float = PEN_MM
) -> None:
    """A stroke, mm from a bubble's centre; softened as paper and lens do."""
    left, top = place(row, column)
    points = np.array([[(left + x) * PX_PER_MM, (top + y) * PX_PER_MM] for x, y in path])
    ink = np.full_like(sheet, 255)
    cv2.polylines(
        ink, [np.round(points).astype(np.int32)], False, grey, round(width_mm * PX_PER_MM)
    )
    np.minimum(sheet, ink, out=sheet)


def _fill(sheet: Grey, row: int, column: int, radius_mm: float = 2.1) -> None:
    left, top = place(row, column)
    middle = (round(left * PX_PER_MM), round(top * PX_PER_MM))
    cv2.circle(sheet, middle, round(radius_mm * PX_PER_MM), PEN, -1)


def _answers(
    *steps: Callable[[Grey], None], dpi: float = 200, bilevel: bool = False
) -> Mapping[str, Answer]:
    """What is read of a sheet on which that was drawn, scanned a little crooked."""
    sheet = draw_sheet(LAYOUT)
    for step in steps:
        step(sheet)
    matrix = place_matrix(dpi=dpi, skew_deg=0.6, at_mm=(3, 3))
    scan = Scan(154, 216, dpi).lay(sheet, matrix).noisy(2.0)
    grey = scan.grey if not bilevel else np.where(scan.grey < 150, 0, 255).astype(np.uint8)
    where = Registration(tuple((matrix / matrix[2, 2]).ravel().tolist()))
    answers, doubts = judge_sheet(measure(grey, where, LAYOUT), LAYOUT, T)
    assert bilevel or not doubts
    return answers


def _stroke(row: int, column: int, *path: tuple[float, float]) -> Callable[[Grey], None]:
    return lambda sheet: _draw(sheet, path, row, column)


def _filled(row: int, column: int) -> Callable[[Grey], None]:
    return lambda sheet: _fill(sheet, row, column)


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize(
    "path",
    [
        TICK,
        ((-1.4, 0.1), (1.4, -0.1)),
        ((-1.3, -1.3), (1.3, 1.3), (0.0, 0.0), (-1.3, 1.3), (1.3, -1.3)),
        ((-1.2, 0.6), (0.0, -1.2), (1.2, 0.6), (-1.2, 0.6)),
    ],
    ids=["a tick", "a dash", "a cross", "a triangle"],
)
def test_a_pens_mark_is_the_answer_of_its_row_alone(path: Path, dpi: float) -> None:
    answers = _answers(_stroke(2, 1, *path), dpi=dpi)

    assert answers["q2"] == Answer(AnswerState.ANSWERED, ("r1",))
    assert {answer for name, answer in answers.items() if name != "q2"} == {BLANK}


def test_tails_that_reach_the_rows_above_are_never_an_answer_there() -> None:
    ticks = [
        _stroke(row, row % COLUMNS, (-1.4, 0.0), (-0.4, 1.4), (1.9, 1.0 - DOWN_MM))
        for row in range(ROWS)
    ]
    answers = _answers(*ticks)

    for row in range(ROWS):
        answer = answers[f"q{row}"]
        assert answer.options == (f"r{row % COLUMNS}",)
        assert answer.state is AnswerState.ANSWERED or answer.reasons == (Reason.STRAY_LINE,)


def test_a_mark_struck_out_beyond_doubt_gives_way_to_the_other() -> None:
    def strike(sheet: Grey) -> None:
        for x in (-4.0, 4.0):
            _draw(sheet, ((-x, -4.0), (x, 4.0)), 2, 1)

    both = _answers(lambda s: _fill(s, 2, 1, 2.4), strike, _filled(2, 3))
    lone = _answers(lambda s: _fill(s, 2, 1, 2.4), strike)

    assert both["q2"] == Answer(AnswerState.ANSWERED, ("r3",))
    assert lone["q2"].state is AnswerState.DOUBTFUL
    assert Reason.CORRECTION in lone["q2"].reasons


def test_two_marks_are_asked_about_whatever_they_are() -> None:
    answer = _answers(_filled(2, 0), _stroke(2, 2, *TICK))["q2"]

    assert answer == Answer(AnswerState.DOUBTFUL, ("r0", "r2"), (Reason.OVERVOTE,))


def test_a_second_light_mark_is_asked_about() -> None:
    faint = _answers(_filled(2, 0), lambda sheet: _draw(sheet, TICK, 2, 2, grey=205))["q2"]

    assert faint.state is AnswerState.DOUBTFUL
    assert faint.options == ("r0", "r2")


@pytest.mark.parametrize("x_mm", [-1.0, 0.0, 0.7, 2.0, 5.5])
@pytest.mark.parametrize("grey", [150, 200, 235])
def test_a_fold_on_an_empty_sheet_is_never_an_answer(x_mm: float, grey: int) -> None:
    fold = ((x_mm, -30.0), (x_mm + 1.0, 45.0))
    answers = _answers(lambda sheet: _draw(sheet, fold, 2, 1, grey=grey))

    assert not any(answer.state is AnswerState.ANSWERED for answer in answers.values())


@pytest.mark.parametrize("grey", [120, 180, 225])
@pytest.mark.parametrize("radius_mm", [3.5, 7.0, 14.0])
def test_a_stain_on_an_empty_sheet_is_never_an_answer(radius_mm: float, grey: int) -> None:
    def stain(sheet: Grey) -> None:
        left, top = place(2, 1)
        blot = np.full_like(sheet, 255)
        middle = (round((left + 2.5) * PX_PER_MM), round((top + 2.0) * PX_PER_MM))
        cv2.circle(blot, middle, round(radius_mm * PX_PER_MM), grey, -1)
        soft = cv2.GaussianBlur(blot, (0, 0), 0.5 * PX_PER_MM).astype(np.float32) / 255
        sheet[:] = (sheet * soft).astype(np.uint8)

    answers = _answers(stain)

    assert not any(answer.state is AnswerState.ANSWERED for answer in answers.values())


def test_a_line_across_two_rows_is_asked_about_in_rows_without_a_mark() -> None:
    slip = _stroke(2, 1, (-3.5, -4.5), (4.5, 8.5))
    answers = _answers(slip)

    assert answers["q2"].state is AnswerState.DOUBTFUL
    assert not any(answer.state is AnswerState.ANSWERED for answer in answers.values())


def test_a_ring_round_a_bubble_is_asked_about_by_its_name() -> None:
    turn = np.linspace(0, 2 * np.pi, 40)
    ring = tuple((3.2 * float(np.cos(t)), 3.2 * float(np.sin(t))) for t in turn)
    answer = _answers(_stroke(2, 2, *ring))["q2"]

    assert answer.state is AnswerState.DOUBTFUL
    assert "r2" in answer.options
    assert Reason.CIRCLED in answer.reasons


def test_what_a_1_bit_scan_leaves_of_a_light_stroke_is_not_blank() -> None:
    others = [_filled(row, 0) for row in (0, 1, 3, 4)]

    def crumbs(sheet: Grey) -> None:
        for x in (-1.5, 0.0, 1.5):
            _draw(sheet, ((x, 0.4 * x), (x + 0.02, 0.4 * x)), 2, 1, width_mm=0.25)

    answers = _answers(*others, crumbs, dpi=300, bilevel=True)

    assert answers["q2"].state is AnswerState.DOUBTFUL


def test_a_sheet_handed_back_empty_is_blank_everywhere() -> None:
    assert set(_answers().values()) == {BLANK}


def _covered(
    row: int, column: int, half_mm: float, shift_mm: float = 0.0
) -> Callable[[Grey], None]:
    """A strip of tape as light as the paper over a bubble."""

    def cover(sheet: Grey) -> None:
        left, top = place(row, column)
        corners = [
            (round((left + shift_mm + side * half_mm) * PX_PER_MM), round((top + down) * PX_PER_MM))
            for side, down in ((-1, -3.0), (1, 3.0))
        ]
        cv2.rectangle(sheet, *corners, 255, -1)

    return cover


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize(
    ("half_mm", "shift_mm"), [(3.0, 0.0), (1.6, 0.0), (2.0, 1.2)], ids=["all", "middle", "one side"]
)
def test_a_mark_hidden_under_tape_is_asked_about(
    half_mm: float, shift_mm: float, dpi: float
) -> None:
    answers = _answers(
        _stroke(3, 1, (-0.5, -0.5), (0.5, 0.5)), _covered(3, 1, half_mm, shift_mm), dpi=dpi
    )

    assert answers["q3"].state is AnswerState.DOUBTFUL
    assert answers["q3"].options == ("r1",)
