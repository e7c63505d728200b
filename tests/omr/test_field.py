from __future__ import annotations

from dataclasses import replace
from functools import cache
from unittest.mock import patch

import cv2
import numpy as np
import pytest
from draw_ink import LAYOUT as DENSE
from draw_sheets import LAYOUT, PX_PER_MM, Grey, Scan, draw_sheet, place_matrix
from make_layout import make_layout, make_questions
from numpy.typing import NDArray

import omr.scoring
from omr.field import NO_BUBBLE, ZONE_MM, Field, Frame, frame_of
from omr.geometry import PageRect, Registration
from omr.ink_objects import Traces, trace
from omr.layout import Layout
from omr.scoring import bubbles_of, measure

RADIUS_MM = 2.25
WORDS = PageRect(70.0, 58.6, 33.0, 2.8)  # between the first two rows
RULE = PageRect(60.0, 69.9, 60.0, 0.2)
PEN = 40  # grey level of a pen's line


def _centres(layout: Layout) -> NDArray[np.float64]:
    return np.array([(b.centre.x_mm, b.centre.y_mm) for _, b in bubbles_of(layout)])


def _frame(layout: Layout) -> Frame:
    return frame_of(layout, _centres(layout), RADIUS_MM)


def _printed(sheet: Grey, box: PageRect) -> None:
    """Solid print that fills *box*."""
    left, top, right, bottom = (
        round(v * PX_PER_MM) for v in (box.x_mm, box.y_mm, box.right_mm, box.bottom_mm)
    )
    sheet[top:bottom, left:right] = 20


def _line(sheet: Grey, *ends_mm: tuple[float, float]) -> None:
    points = np.array([[round(v * PX_PER_MM) for v in end] for end in ends_mm], np.int32)
    cv2.polylines(sheet, [points], False, PEN, round(0.4 * PX_PER_MM), cv2.LINE_AA)


def _slipped(sheet: Grey, by_mm: float) -> Grey:
    """The sheet as a feed scans it that slips by so much towards its middle, and back."""
    height, width = sheet.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    swell = (np.sin(np.pi * y / height) * PX_PER_MM * by_mm).astype(np.float32)
    return np.asarray(cv2.remap(sheet, x, y - swell, cv2.INTER_LINEAR), np.uint8)


def _field(
    sheet: Grey,
    layout: Layout = LAYOUT,
    *,
    dpi: float = 200,
    skew_deg: float = 0.7,
    noise: float = 2.0,
) -> Field:
    """The field that measuring sees of a sheet once it is scanned."""
    kept: list[Field] = []

    def keep(field: Field) -> Traces:
        kept.append(field)
        return trace(field)

    matrix = place_matrix(dpi=dpi, skew_deg=skew_deg, at_mm=(3, 3))
    scan = Scan(154, 216, dpi).lay(sheet, matrix).noisy(noise)
    with patch.object(omr.scoring, "trace", keep):
        measure(scan.grey, Registration(tuple((matrix / matrix[2, 2]).ravel().tolist())), layout)
    (found,) = kept
    return found


@cache
def _blank_sheet(layout: Layout) -> Grey:
    sheet = draw_sheet(layout)
    sheet.flags.writeable = False
    return sheet


def _at(field: Field, x_mm: float, y_mm: float) -> tuple[int, int]:
    """Row and column of a place on the page."""
    column, row = np.rint(field.frame.to_px(np.array([[x_mm, y_mm]]))[0]).astype(int)
    return int(row), int(column)


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("skew_deg", [0.0, -4.0, 90.7])
def test_a_blank_sheet_has_no_ink_for_its_outlines_vanish(dpi: float, skew_deg: float) -> None:
    found = _field(_blank_sheet(LAYOUT), dpi=dpi, skew_deg=skew_deg)

    assert not found.seen.any()
    free = ~found.frame.blocked
    free.ravel()[found.frame.zone] = False
    assert np.abs(found.ink[free]).max() < found.level
    zone = found.ink.ravel()[found.frame.zone]
    assert np.quantile(np.abs(zone), 0.99) < 0.2  # the outline itself is twice as dark
    assert found.level <= 0.06


def _shown(runs: NDArray[np.int64], shape: tuple[int, int]) -> NDArray[np.int64]:
    """How often each pixel is in one of *runs*."""
    found = np.zeros(shape, np.int64)
    for row, first, end in runs.tolist():
        found[row, first:end] += 1
    return found


def test_what_is_sampled_is_all_that_softens_into_what_is_looked_at_and_little_else() -> None:
    frame = _frame(LAYOUT)
    sampled = _shown(frame.runs, frame.blocked.shape)
    free = ~frame.blocked

    assert (_shown(frame.wanted, frame.blocked.shape) == free).all()
    reach = np.asarray(cv2.dilate(free.view(np.uint8), np.ones((7, 7), np.uint8)), np.bool_)
    assert sampled[reach].all()
    assert sampled.max() == 1
    assert np.count_nonzero(sampled) < 1.1 * np.count_nonzero(reach)


def _stretched(sheet: Grey, row_mm: float, by: float) -> Grey:
    """The sheet with one row of bubbles *by* so much longer than the others."""
    height, width = sheet.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    off = y - row_mm * PX_PER_MM
    near = np.exp(-0.5 * (off / (2.2 * PX_PER_MM)) ** 2)
    return np.asarray(cv2.remap(sheet, x, y - (by * off * near).astype(np.float32), 1), np.uint8)


def test_outlines_that_a_feed_stretched_within_one_row_vanish_too() -> None:
    row_mm = float(np.unique(_centres(LAYOUT)[:, 1])[3])

    found = _field(_stretched(_blank_sheet(LAYOUT), row_mm, 0.08))

    assert not found.seen.any()
    assert not found.faint.any()


def test_a_trace_too_light_to_be_followed_still_counts_as_faint() -> None:
    sheet = _blank_sheet(LAYOUT).copy()
    x, y = _centres(LAYOUT)[7]
    across = np.array([[[round(v * PX_PER_MM) for v in (x + dx, y)] for dx in (-1.3, 1.3)]])
    light = sheet.copy()
    cv2.polylines(light, across.astype(np.int32), False, 0, round(0.5 * PX_PER_MM), cv2.LINE_AA)
    sheet = np.asarray(cv2.addWeighted(sheet, 0.955, light, 0.045, 0), np.uint8)

    found = _field(sheet, noise=0.5)

    assert not found.seen.any()
    assert found.faint[7] > 0.09
    assert np.delete(found.faint, 7).max() < 0.05


@pytest.mark.parametrize(
    ("count", "options"),
    [(1, 4), (2, 2), (12, 2), (12, 1)],
)
def test_forms_with_few_bubbles_have_a_field_too(count: int, options: int) -> None:
    layout = make_layout(questions=make_questions(count, options))
    sheet = _blank_sheet(layout).copy()
    centre = layout.questions[0].bubbles[-1].centre
    _line(sheet, (centre.x_mm - 1.3, centre.y_mm), (centre.x_mm + 1.3, centre.y_mm))

    found = _field(sheet, layout)

    seen = np.argwhere(found.seen)
    row, column = _at(found, centre.x_mm, centre.y_mm)
    assert len(seen) > 10
    assert np.abs(seen - (row, column)).max() <= 10


def test_bubbles_that_stand_as_near_as_on_real_forms_do_not_disturb_each_other() -> None:
    assert not _field(_blank_sheet(DENSE), DENSE).seen.any()


def test_print_is_blocked_where_its_boxes_stand_and_ink_beside_it_is_seen() -> None:
    layout = replace(LAYOUT, artwork=(WORDS, RULE))
    sheet = _blank_sheet(LAYOUT).copy()
    _printed(sheet, WORDS)
    _printed(sheet, RULE)

    assert not _field(sheet, layout).seen.any()
    assert _field(sheet, LAYOUT).seen.any()  # without its boxes it is ink

    _line(sheet, (75.5, 66.0), (75.5, 74.0))  # across the rule, between two columns
    found = _field(sheet, layout)
    assert found.seen[_at(found, 75.5, 67.5)]
    assert found.seen[_at(found, 75.5, 72.0)]
    assert not found.seen[_at(found, 75.5, 70.0)]  # under the rule nobody knows


def test_a_paper_that_slipped_is_straightened() -> None:
    layout = replace(LAYOUT, artwork=(WORDS, RULE))
    sheet = _blank_sheet(LAYOUT).copy()
    _printed(sheet, WORDS)
    _printed(sheet, RULE)
    _line(sheet, (92.0, 93.0), (92.0, 97.0))

    found = _field(_slipped(sheet, 0.6), layout)

    assert not found.seen[: _at(found, 0, 85.0)[0]].any()  # neither outlines nor print
    rows = np.flatnonzero(found.seen.any(axis=1))
    columns = np.flatnonzero(found.seen.any(axis=0))
    top, left = _at(found, 92.0, 93.0)
    bottom, _column = _at(found, 92.0, 97.0)
    assert (rows.min(), rows.max()) == (pytest.approx(top, abs=2), pytest.approx(bottom, abs=2))
    assert columns.mean() == pytest.approx(left, abs=1)


def test_a_line_is_as_dark_in_the_field_as_it_is_drawn_whatever_the_resolution() -> None:
    sheet = _blank_sheet(LAYOUT).copy()
    _line(sheet, (68.0, 55.0), (72.0, 55.0))
    darkness = []
    for dpi in (150, 200, 300):
        found = _field(sheet, dpi=dpi)
        row, column = _at(found, 70.0, 55.0)
        darkness.append(float(found.ink[row - 1 : row + 2, column].max()))

    assert min(darkness) > 0.45
    assert max(darkness) - min(darkness) < 0.12


def test_a_light_shadow_over_the_sheet_is_no_ink() -> None:
    sheet = _blank_sheet(LAYOUT).astype(np.float32)
    across = np.linspace(1.0, 0.82, sheet.shape[1], dtype=np.float32)

    assert not _field((sheet * across).astype(np.uint8)).seen.any()


def test_noise_raises_the_level_and_is_no_ink() -> None:
    quiet = _field(_blank_sheet(LAYOUT), noise=1.0)
    noisy = _field(_blank_sheet(LAYOUT), noise=14.0)

    assert noisy.level > quiet.level
    assert noisy.seen.mean() < 5e-4  # single pixels


def test_every_pixel_near_a_bubble_knows_the_nearest_one() -> None:
    frame = _frame(DENSE)
    height, width = frame.nearest.shape
    centres = frame.to_px(_centres(DENSE))
    for row in range(0, height, 7):
        for column in range(0, width, 7):
            apart = np.hypot(*(centres - (column, row)).T)
            owner = int(frame.nearest[row, column])
            if owner == NO_BUBBLE:
                assert frame.blocked[row, column]
                assert apart.min() > 4 * (5.7 + RADIUS_MM) - 0.1
            else:
                assert apart[owner] == pytest.approx(apart.min(), abs=1e-6)


def test_a_box_of_print_never_blocks_a_bubble_or_its_rim() -> None:
    x, y = _centres(DENSE)[0]
    frame = _frame(replace(DENSE, artwork=(PageRect(x - 10, y - 10, 20, 20),)))

    assert not frame.printed.ravel()[frame.zone].any()
    column, row = np.rint(frame.to_px(np.array([[x + RADIUS_MM + ZONE_MM + 0.5, y]]))[0])
    assert frame.blocked[int(row), int(column)]


def test_the_codes_are_blocked_as_print_is() -> None:
    code = PageRect(95.0, 63.0, 6.0, 6.0)
    frame = _frame(replace(DENSE, codes=(code,)))
    column, row = np.rint(frame.to_px(np.array([[98.0, 66.0]]))[0]).astype(int)

    assert frame.printed[row, column]
    assert not _frame(DENSE).printed.any()


def test_a_frame_is_worked_out_once_for_a_layout() -> None:
    assert _frame(LAYOUT) is _frame(LAYOUT)
    assert _frame(LAYOUT) is not _frame(replace(LAYOUT, artwork=(RULE,)))
