from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from functools import cache

import cv2
import numpy as np
import pytest
from draw_sheets import LAYOUT, PX_PER_MM, Grey, Scan, draw_sheet, place_matrix
from make_layout import make_layout, make_questions

from omr.geometry import Registration
from omr.scoring import BubbleMeasure, SheetMeasure, bubbles_of, measure, measures_of

FILLED = (("q2", "r3"), ("q5", "r1"), ("q9", "r5"))


Mark = Callable[[Grey], None]


@cache
def _scanned(
    mark: Mark | None, dpi: float, skew_deg: float, warp: tuple[float, float]
) -> tuple[Grey, Registration]:
    sheet = draw_sheet(filled=FILLED)
    if mark is not None:
        mark(sheet)
    matrix = place_matrix(dpi=dpi, skew_deg=skew_deg, at_mm=(3, 3))
    if any(warp):
        height, width = sheet.shape
        x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        swell = (np.sin(np.pi * y / height) * PX_PER_MM).astype(np.float32)
        sheet = np.asarray(
            cv2.remap(sheet, x - warp[0] * swell, y - warp[1] * swell, cv2.INTER_LINEAR), np.uint8
        )
    scan = Scan(154, 216, dpi).lay(sheet, matrix).noisy(2.0)
    return scan.grey, Registration(tuple((matrix / matrix[2, 2]).ravel().tolist()))


def _measured(
    mark: Mark | None = None,
    *,
    dpi: float = 200,
    skew_deg: float = 0.7,
    warp: tuple[float, float] = (0, 0),
) -> SheetMeasure:
    """The sheet scanned and measured; *warp* is how much of it slipped, mm over its length."""
    return measure(*_scanned(mark, dpi, skew_deg, warp), LAYOUT)


def _of(measured: SheetMeasure, question: str, option: str) -> BubbleMeasure:
    (found,) = [b for b in measured.bubbles if (b.question, b.option) == (question, option)]
    return found


def _traces(bubble: BubbleMeasure) -> set[str]:
    """The measures in which a bubble shows any ink at all."""
    names = ("coverage", "peak", "outside", "beside", "zone", "ring", "loose", "extent", "length")
    return {name for name in names if getattr(bubble, name) != 0}


def _line(
    question: str, option: str, ends: tuple[float, float, float, float]
) -> Callable[[Grey], None]:
    """Draws a pen's line round a bubble's centre: from (x, y) to (x, y), mm."""
    (at,) = [b.centre for q, b in bubbles_of(LAYOUT) if (q, b.option) == (question, option)]

    def draw(sheet: Grey) -> None:
        x0, y0, x1, y1 = ends
        start = (round((at.x_mm + x0) * PX_PER_MM), round((at.y_mm + y0) * PX_PER_MM))
        end = (round((at.x_mm + x1) * PX_PER_MM), round((at.y_mm + y1) * PX_PER_MM))
        cv2.line(sheet, start, end, 40, round(0.4 * PX_PER_MM), cv2.LINE_AA)

    return draw


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("skew_deg", [0.0, -4.0, 90.7])
def test_filled_bubbles_stand_out_and_blank_ones_are_bare(dpi: float, skew_deg: float) -> None:
    measured = _measured(dpi=dpi, skew_deg=skew_deg)

    for bubble in measured.bubbles:
        if (bubble.question, bubble.option) in FILLED:
            assert bubble.darkness > 0.7
            assert bubble.coverage > 0.95
        else:
            assert bubble.darkness < 0.01
            assert not _traces(bubble)
    assert measured.outlines_found > 0.9
    assert not measured.bilevel


@pytest.mark.parametrize("warp", [(0.5, 0.0), (0.0, 0.6), (0.4, -0.5)])
def test_bubbles_are_followed_where_the_paper_went(warp: tuple[float, float]) -> None:
    measured = _measured(warp=warp)

    assert measured.bent_mm == pytest.approx(np.hypot(*warp), abs=0.1)
    for bubble in measured.bubbles:
        marked = (bubble.question, bubble.option) in FILLED
        assert bubble.coverage > 0.95 if marked else bubble.coverage == 0
        assert marked or not _traces(bubble)  # no outline that went elsewhere is ink


def test_a_line_through_a_bubble_is_followed_out_of_it() -> None:
    found = _of(_measured(_line("q7", "r2", (-6, 0.3, 6, -0.3))), "q7", "r2")

    assert found.straight == 1
    assert found.leaves > 0.5
    assert found.enters > 0.5
    assert found.bend < 0.06
    assert found.home < 0.6
    assert found.extent > 0.8


def test_a_ring_round_a_bubble_is_seen_from_all_sides() -> None:
    def ring(sheet: Grey) -> None:
        (at,) = [b.centre for q, b in bubbles_of(LAYOUT) if (q, b.option) == ("q6", "r4")]
        middle = (round(at.x_mm * PX_PER_MM), round(at.y_mm * PX_PER_MM))
        cv2.circle(sheet, middle, round(3.6 * PX_PER_MM), 50, round(0.4 * PX_PER_MM))

    found = _of(_measured(ring), "q6", "r4")

    assert found.ring == 1
    assert found.loose == 1
    assert found.coverage == 0


def test_every_measure_is_within_its_range() -> None:
    def scrawl(sheet: Grey) -> None:
        rng = np.random.default_rng(3)
        points = rng.integers(0, 3500, (60, 2)).astype(np.int32)
        cv2.polylines(sheet, [points], isClosed=False, color=20, thickness=12)

    for bubble in _measured(scrawl).bubbles:
        for field in fields(BubbleMeasure)[2:-1]:
            assert 0 <= getattr(bubble, field.name) <= 1
        assert 0 <= bubble.paper <= 255


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_page_of_one_grey_has_no_mark_on_it(level: int) -> None:
    matrix = place_matrix(dpi=200)
    registration = Registration(tuple((matrix / matrix[2, 2]).ravel().tolist()))

    measured = measure(np.full((1654, 1165), level, np.uint8), registration, LAYOUT)

    assert all(b.darkness == 0 and not _traces(b) for b in measured.bubbles)
    assert measured.outlines_found == 0


@pytest.mark.parametrize(("count", "options"), [(1, 4), (2, 2), (12, 2)])
def test_small_forms_are_measured_too(count: int, options: int) -> None:
    layout = make_layout(questions=make_questions(count, options))
    matrix = place_matrix(dpi=200, skew_deg=0.5, at_mm=(3, 3))
    scan = Scan(154, 216, 200).lay(draw_sheet(layout, filled=(("q1", "r2"),)), matrix)
    registration = Registration(tuple((matrix / matrix[2, 2]).ravel().tolist()))

    measured = measure(scan.grey, registration, layout)

    assert [b.option for b in measured.bubbles if b.darkness > 0.5] == ["r2"]


def test_layouts_do_not_borrow_each_others_places() -> None:
    moved = tuple(
        replace(
            question,
            bubbles=tuple(
                replace(b, centre=replace(b.centre, x_mm=b.centre.x_mm - 20.0))
                for b in question.bubbles
            ),
        )
        for question in LAYOUT.questions
    )
    other = replace(LAYOUT, questions=moved)
    matrix = place_matrix(dpi=200, at_mm=(3, 3))
    registration = Registration(tuple((matrix / matrix[2, 2]).ravel().tolist()))
    for layout in (LAYOUT, other, LAYOUT):
        scan = Scan(154, 216, 200).lay(draw_sheet(layout, filled=FILLED), matrix)
        marked = {
            (b.question, b.option)
            for b in measure(scan.grey, registration, layout).bubbles
            if b.darkness > 0.5
        }
        assert marked == set(FILLED)


def test_measures_made_together_are_those_made_one_by_one() -> None:
    count = len(fields(BubbleMeasure)) - 2
    rows = [("q1", "r1", *(n / 100 for n in range(count))), ("q1", "r2", *(0.5,) * count)]

    made = measures_of(*map(list, zip(*rows, strict=True)))

    assert made == tuple(BubbleMeasure(*row) for row in rows)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="shorter"):
        measures_of(["q1"], ["r1"])
