"""Ink of known places, sizes and levels, and the measures that it must have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import cv2
import numpy as np
import pytest
from draw_sheets import LAYOUT, PX_PER_MM, Grey, Scan, draw_sheet, place_matrix

from omr.geometry import Registration
from omr.scoring import BubbleMeasure, SheetMeasure, bubbles_of, measure

DIAMETER, RADIUS = 4.5, 2.25
PEN_MM = 0.4
SPREAD_MM = 0.3  # at 200 dpi a stroke's blurred end is ink so far beyond the pen's middle
TINT = 10  # grey levels by which the inside of every bubble is darker than its paper
PAPER, BLACK = 220.0, 40.0
PEN = 45  # of 255, before the scanner makes paper and black of it


class _Pen:
    """Draws round bubbles' centres, in mm."""

    def __init__(self, sheet: Grey) -> None:
        self._sheet = sheet
        self._centres = {(q, b.option): b.centre for q, b in bubbles_of(LAYOUT)}

    def _at(self, question: str, x: float, y: float) -> tuple[int, int]:
        centre = self._centres[question, "r3"]
        return round((centre.x_mm + x) * PX_PER_MM), round((centre.y_mm + y) * PX_PER_MM)

    def line(self, question: str, *ends: float, level: int = PEN) -> None:
        start, end = self._at(question, *ends[:2]), self._at(question, *ends[2:])
        cv2.line(self._sheet, start, end, level, round(PEN_MM * PX_PER_MM), cv2.LINE_AA)

    def dot(self, question: str, x: float, radius: float) -> None:
        middle = self._at(question, x, 0.0)
        cv2.circle(self._sheet, middle, round(radius * PX_PER_MM), PEN, -1, cv2.LINE_AA)


@cache
def _scanned() -> tuple[Grey, Registration]:
    sheet = draw_sheet()
    for _question, bubble in bubbles_of(LAYOUT):
        middle = bubble.centre.x_mm * PX_PER_MM, bubble.centre.y_mm * PX_PER_MM
        at = round(middle[0]), round(middle[1])
        cv2.circle(sheet, at, round(2.1 * PX_PER_MM), 255 - TINT, -1, cv2.LINE_AA)
    pen = _Pen(sheet)
    pen.line("q1", -1.0, 0.0, 1.0, 0.0)  # a dash
    pen.line("q2", 0.0, 0.0, 5.0, 0.0)  # a line that leaves to the right
    pen.line("q4", 0.0, 0.0, 0.0, 1.2)  # a stroke down from the middle
    pen.dot("q6", 2.9, 0.25)  # a dot in the white beside
    pen.line("q7", -1.0, 0.0, 1.0, 0.0, level=150)  # a pale dash
    pen.dot("q8", 0.0, 3.2)  # filled over its outline
    pen.line("q10", -3.5, 0.0, 4.5, 0.0)  # a line across
    matrix = place_matrix(dpi=200)
    grey = Scan(148, 210, 200).lay(sheet, matrix).grey
    scanned = np.round(BLACK + grey * ((PAPER - BLACK) / 255)).astype(np.uint8)
    return scanned, Registration(tuple((matrix / matrix[2, 2]).ravel().tolist()))


@pytest.fixture
def measured() -> SheetMeasure:
    return measure(*_scanned(), LAYOUT)


@pytest.fixture
def found(measured: SheetMeasure) -> Mapping[str, BubbleMeasure]:
    return {b.question: b for b in measured.bubbles if b.option == "r3"}


def test_a_sheets_paper_and_contrast_are_those_of_the_scan(measured: SheetMeasure) -> None:
    assert measured.contrast == pytest.approx(PAPER - BLACK, abs=1)
    assert all(b.paper == pytest.approx(PAPER, abs=1) for b in measured.bubbles)
    assert measured.noise < 0.001
    assert measured.bent_mm < 0.01
    assert measured.bilevel is False
    assert [(b.question, b.option) for b in measured.bubbles] == [
        (question, place.option) for question, place in bubbles_of(LAYOUT)
    ]


def test_what_all_blank_bubbles_have_is_taken_off_the_darkness(
    measured: SheetMeasure, found: Mapping[str, BubbleMeasure]
) -> None:
    tint, ink = TINT / 255, (255 - PEN) / 255
    blank = [b for b in measured.bubbles if b.option != "r3"]

    assert all(b.darkness < 0.005 and b.coverage == 0 for b in blank)
    full = found["q8"]
    assert full.darkness == pytest.approx(ink - tint, abs=0.01)
    assert (full.coverage, full.outside, full.ring) == (1.0, 1.0, 1.0)
    assert 0.6 < full.beside <= 0.8  # the outline is not ink


def test_a_dash_is_as_long_dark_and_wide_as_it_was_drawn(
    found: Mapping[str, BubbleMeasure],
) -> None:
    dash, pale = found["q1"], found["q7"]
    long_mm = 2.0 + PEN_MM + 2 * SPREAD_MM

    assert dash.extent == pytest.approx(long_mm / DIAMETER, abs=0.03)
    assert dash.length == pytest.approx(dash.extent / 10, rel=0.03)
    assert dash.zone == pytest.approx(dash.extent, abs=0.06)
    assert dash.straight == pale.straight == 1
    inside_mm2 = np.pi * 1.875**2
    assert 2.0 * PEN_MM < dash.coverage * inside_mm2 < long_mm * (PEN_MM + 0.3)
    assert 2.0 * PEN_MM < pale.coverage * inside_mm2 <= dash.coverage * inside_mm2
    assert pale.darkness == pytest.approx(dash.darkness * (255 - 150) / (255 - PEN), rel=0.12)
    assert (dash.outside, dash.leaves, dash.ring, dash.depth < 0.35) == (0, 0, 0, True)


def test_a_line_leaves_its_bubble_as_far_as_it_was_drawn(
    found: Mapping[str, BubbleMeasure],
) -> None:
    line = found["q2"]

    reach_mm = 5.0 + PEN_MM / 2 + SPREAD_MM
    assert line.leaves == pytest.approx((reach_mm - RADIUS) / DIAMETER, abs=0.04)
    assert line.length == pytest.approx((reach_mm + PEN_MM / 2 + SPREAD_MM) / 45, abs=0.006)
    assert 0.4 < line.home < 0.6
    assert 0.02 < line.outside < 0.05
    assert 0.02 < line.beside < 0.06


def test_a_line_across_goes_beyond_the_outline_on_both_sides(
    found: Mapping[str, BubbleMeasure],
) -> None:
    line = found["q10"]

    beyond_mm = PEN_MM / 2 + SPREAD_MM - RADIUS
    assert line.enters == pytest.approx((3.5 + beyond_mm) / DIAMETER, abs=0.05)
    assert line.leaves == pytest.approx((4.5 + beyond_mm) / DIAMETER, abs=0.05)


def test_a_stroke_reaches_below_the_middle_as_far_as_it_was_drawn(
    found: Mapping[str, BubbleMeasure],
) -> None:
    down_mm = 1.2 + PEN_MM / 2 + SPREAD_MM

    assert found["q4"].depth == pytest.approx(down_mm / RADIUS, abs=0.05)


def test_ink_in_the_white_beside_is_none_inside(found: Mapping[str, BubbleMeasure]) -> None:
    dot = found["q6"]
    white_mm2 = np.pi * ((RADIUS + 0.7) ** 2 - RADIUS**2)

    assert (dot.darkness < 0.005, dot.coverage, dot.extent) == (True, 0, 0)
    assert np.pi * 0.25**2 < dot.beside * white_mm2 < np.pi * 0.45**2
    assert dot.zone == pytest.approx((0.5 + 2 * SPREAD_MM) / DIAMETER, abs=0.03)
    assert 0.02 < dot.outside < 0.05


def test_a_scan_of_two_levels_is_known_as_one_when_it_is_measured() -> None:
    grey, where = _scanned()
    black_and_white = np.where(grey < 130, 0, 255).astype(np.uint8)

    assert measure(black_and_white, where, LAYOUT).bilevel is True
