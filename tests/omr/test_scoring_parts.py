"""What the measures of a sheet are worked out from, each against numbers known beforehand."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from omr.geometry import Registration
from omr.scoring import (
    BubbleColumns,
    BubbleMeasure,
    _black_level,
    _blank_population,
    _light_on,
)
from omr.surfaces import TERMS

NUMBERS = len(fields(BubbleMeasure)) - 2
PX_PER_MM = 8.0
FLAT = Registration((PX_PER_MM, 0.0, 0.0, 0.0, PX_PER_MM, 0.0, 0.0, 0.0, 1.0))


def _columns(options: tuple[str, ...], value: float = 0.25) -> BubbleColumns:
    numbers = np.full((NUMBERS, len(options)), value)
    return BubbleColumns((("q1",) * len(options), options), numbers)


def test_columns_of_measures_behave_as_a_row_of_bubbles() -> None:
    columns = _columns(("r1", "r2", "r3"))
    made = tuple(BubbleMeasure("q1", option, *[0.25] * NUMBERS) for option in ("r1", "r2", "r3"))

    assert len(columns) == 3
    assert tuple(columns) == made
    assert (columns[1], columns[-1], columns[1:]) == (made[1], made[2], made[1:])
    assert columns[0] is columns[0]
    assert columns == made == columns
    assert columns == list(made)
    assert hash(columns) == hash(_columns(("r1", "r2", "r3"))) == hash(made)


def test_columns_differ_where_a_bubble_differs_or_nothing_can_be_compared() -> None:
    columns = _columns(("r1", "r2"))
    other = replace(columns[1], darkness=0.5)

    assert columns != (columns[0], other)
    assert columns != _columns(("r1", "r2"), 0.5)
    assert columns != _columns(("r1",))
    assert columns != 7
    assert columns != {columns[0], columns[1]}


def _dotted(*dots: tuple[int, int, int], size: int = 40) -> np.ndarray:
    """White paper with squares of three pixels: column, row, level."""
    grey = np.full((size, size), 250, np.uint8)
    for column, row, level in dots:
        grey[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2] = level
    return grey


def _black(grey: np.ndarray, *places_px: tuple[int, int]) -> float:
    return _black_level(grey, FLAT, np.array(places_px, np.float64) / PX_PER_MM)


def test_black_is_the_middle_level_of_the_corners_borders() -> None:
    grey = _dotted((10, 20, 30), (20, 10, 50), (30, 30, 90))

    assert _black(grey, (10, 20), (20, 10), (30, 30)) == 50
    grey[19, 9] = 30 + 9  # one of nine pixels
    assert _black(grey, (10, 20)) == pytest.approx(31)


def test_borders_that_the_image_does_not_show_say_nothing_about_black() -> None:
    edges = [(1, 20), (20, 1), (38, 20), (20, 38)]
    grey = _dotted(*((column, row, 40) for column, row in edges))

    for place in edges:
        assert _black(grey, place) == 40
    beyond = [(0, 20), (20, 0), (39, 20), (20, 39), (-9, 20), (20, 99)]
    assert _black(grey, *beyond, (1, 20)) == 40
    assert _black(grey, *beyond) == 0.0


def _paper(levels: list[int], places_mm: list[tuple[float, float]] | None = None) -> list[float]:
    """The paper's level at bubbles round which it is so bright."""
    ring = np.repeat(np.array(levels, np.uint8)[:, None], 9, axis=1)
    ring[:, :3] = 0  # ink in the ring, less than half of it
    at = [(5.0 * (n % 4), 6.0 * (n // 4)) for n in range(len(levels))]
    return [float(level) for level in _light_on(ring, np.array(places_mm or at)).at_bubbles]


def test_a_ring_full_of_ink_takes_the_level_of_the_other_paper() -> None:
    assert _paper([200, 180, 200, 220]) == [200, 180, 200, 220]
    assert _paper([200, 179, 200, 220]) == [200, 200, 200, 220]


def test_under_a_lamp_a_ring_full_of_ink_takes_the_level_of_its_surroundings() -> None:
    lamp = [240 - 5 * (n // 4) - 3 * (n % 4) for n in range(24)]  # 240 to 206
    inked = lamp.copy()
    inked[9] = 100

    assert _paper(lamp) == lamp
    assert _paper(inked)[9] == pytest.approx(lamp[9], abs=1)
    assert [level for n, level in enumerate(_paper(inked)) if n != 9] == lamp[:9] + lamp[10:]


@pytest.mark.parametrize("count", [2 * TERMS - 1, 2 * TERMS])
def test_a_surface_of_light_needs_twice_as_many_bubbles_as_it_has_terms(count: int) -> None:
    ring = np.full((count, 9), 200, np.uint8)
    at = np.array([(5.0 * (n % 4), 6.0 * (n // 4)) for n in range(count)])

    assert (_light_on(ring, at).surface is None) is (count < 2 * TERMS)


def test_blank_bubbles_are_the_lighter_three_of_five() -> None:
    blank = [0.02, 0.00, 0.01, 0.05, 0.03, 0.04]
    raw = np.array([*blank, 0.9, 0.3, 0.8, 0.7], np.float32)

    middle, spread = _blank_population(raw)

    assert middle == pytest.approx(0.025)
    assert spread == pytest.approx(1.4826 * 0.015)
    middle, spread = _blank_population(np.array([0.4, 0.1, 0.0, 0.9], np.float32))
    assert middle == pytest.approx(0.1)  # of three, however few there are
    assert spread == pytest.approx(1.4826 * 0.1)
