"""Wherever the corners lie, a sheet is placed rightly or refused."""

from __future__ import annotations

import math

import numpy as np
from draw_sheets import LAYOUT, Matrix, place_matrix
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from see_fiducials import only, seen, worst_mm

from omr.fiducials import FoundFiducial
from omr.registration import SheetPlace, Unplaced, place_sheets


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0, 360),
    st.floats(140, 620),
    st.tuples(st.floats(-3e-4, 3e-4), st.floats(-3e-4, 3e-4)),
    st.floats(0, 0.3),
    st.integers(0, 2**32 - 1),
)
def test_corners_that_are_a_little_off_still_give_a_place_that_is_right(
    skew: float, dpi: float, tilt: tuple[float, float], off_px: float, seed: int
) -> None:
    matrix = place_matrix(dpi=dpi, skew_deg=skew, at_mm=(60, 60), tilt=tilt)
    rng = np.random.default_rng(seed)
    found = [
        FoundFiducial(f.marker, f.corners + rng.uniform(-off_px, off_px, (4, 2)))
        for f in seen(matrix)
    ]

    place = only(found)

    assert worst_mm(place, matrix) < 0.15


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_corners_anywhere_at_all_give_a_place_with_a_small_residual_or_a_refusal(
    data: st.DataObject,
) -> None:
    px = st.floats(-50, 4000)
    found = [
        FoundFiducial(
            marker,
            np.array(data.draw(st.lists(st.tuples(px, px), min_size=4, max_size=4)), np.float64),
        )
        for marker in data.draw(st.lists(st.integers(0, 3), min_size=1, max_size=6))
    ]

    for place in place_sheets(found, LAYOUT.fiducials):
        if isinstance(place, SheetPlace):
            assert place.residual_mm <= 0.35


def _seen_displaced(
    matrix: Matrix, marker: int, dx_mm: float, dy_mm: float, noise_px: float, seed: int
) -> list[FoundFiducial]:
    """What a good detector would find if one fiducial were printed elsewhere."""
    rng = np.random.default_rng(seed)
    elsewhere = np.array([[1, 0, dx_mm], [0, 1, dy_mm], [0, 0, 1]])
    found = []
    for n in range(4):
        [one] = seen(matrix @ elsewhere if n == marker else matrix, (n,))
        found.append(FoundFiducial(n, one.corners + rng.normal(0, noise_px, (4, 2))))
    return found


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 3),
    st.floats(0, 2 * math.pi),
    st.floats(2.0, 8.0),
    st.floats(-10, 10),
    st.floats(150, 400),
    st.integers(0, 2**32 - 1),
)
def test_on_a_flat_sheet_a_fiducial_two_millimetres_out_of_place_is_never_overlooked(
    marker: int, direction: float, mm: float, skew: float, dpi: float, seed: int
) -> None:
    matrix = place_matrix(dpi=dpi, skew_deg=skew, at_mm=(20, 20))
    off = mm * math.cos(direction), mm * math.sin(direction)

    [place] = place_sheets(_seen_displaced(matrix, marker, *off, 0.15, seed), LAYOUT.fiducials)

    assert isinstance(place, Unplaced) or place.out_of_line


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 3),
    st.floats(0, 2 * math.pi),
    st.floats(4.0, 8.0),
    st.tuples(st.floats(-5e-4, 5e-4), st.floats(-5e-4, 5e-4)),
    st.integers(0, 2**32 - 1),
)
def test_in_a_photograph_a_fiducial_four_millimetres_out_of_place_is_not_taken_for_tilt(
    marker: int, direction: float, mm: float, tilt: tuple[float, float], seed: int
) -> None:
    matrix = place_matrix(dpi=200, skew_deg=3, at_mm=(20, 20), tilt=tilt)
    off = mm * math.cos(direction), mm * math.sin(direction)
    found = _seen_displaced(matrix, marker, *off, 0.15, seed)
    centres = np.array([f.corners.mean(axis=0) for f in found])
    skewed = np.linalg.norm(centres[0] - centres[1] + centres[2] - centres[3]) * 25.4 / 200
    assume(skewed > 1.0)  # where it undoes the tilt the sheet looks flat, and its bubbles tell

    [place] = place_sheets(found, LAYOUT.fiducials)

    assert isinstance(place, Unplaced) or place.out_of_line


@settings(max_examples=150, deadline=None)
@given(
    st.floats(0, 360),
    st.floats(150, 400),
    st.tuples(st.floats(-6e-4, 6e-4), st.floats(-6e-4, 6e-4)),
    st.floats(0.99, 1.06),
    st.integers(0, 2**32 - 1),
)
def test_neither_tilt_nor_stretch_is_taken_for_a_fiducial_out_of_place(
    skew: float, dpi: float, tilt: tuple[float, float], stretch: float, seed: int
) -> None:
    assume(math.hypot(*tilt) > 1e-4 or tilt == (0.0, 0.0))
    matrix = np.diag([1, stretch, 1]) @ place_matrix(
        dpi=dpi, skew_deg=skew, at_mm=(60, 60), tilt=tilt
    )

    [place] = place_sheets(_seen_displaced(matrix, 0, 0, 0, 0.15, seed), LAYOUT.fiducials)

    assert isinstance(place, SheetPlace)
    assert not place.out_of_line
