from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from omr.loops_surfaces import _least
from omr.surfaces import fit_surface

Array = NDArray[np.float64]
RNG = np.random.default_rng(5)
PLACES = RNG.uniform((10, 60), (135, 175), (78, 2))
TWO_COLUMNS = np.array([(x, y) for x in (30.0, 120.0) for y in np.arange(60.0, 170.0, 6.0)])
ONE_COLUMN = np.array([(30.0, y) for y in np.arange(60.0, 170.0, 6.0)])


def _bowed(at: Array) -> Array:
    x, y = at.T
    return np.stack([0.2 + 1e-3 * x - 2e-5 * x * y, 3e-5 * (y - 100) ** 2 - 0.1], axis=1)


def test_a_quadratic_surface_is_found_exactly() -> None:
    surface = fit_surface(PLACES, _bowed(PLACES), least_spread=0.03)

    assert np.allclose(surface.at(PLACES), _bowed(PLACES), atol=1e-9)


def test_a_fifth_of_strangers_does_not_bend_it() -> None:
    seen = _bowed(PLACES) + RNG.normal(0, 0.01, PLACES.shape)
    seen[::5] += 0.6

    surface = fit_surface(PLACES, seen, least_spread=0.03)

    assert np.abs(surface.at(PLACES) - _bowed(PLACES)).max() < 0.03


@pytest.mark.parametrize("places", [TWO_COLUMNS, ONE_COLUMN], ids=["two columns", "one column"])
def test_where_some_term_is_open_values_are_right_all_the_same(places: Array) -> None:
    surface = fit_surface(places, _bowed(places), least_spread=0.03)

    assert np.allclose(surface.at(places), _bowed(places), atol=1e-6)


def test_the_least_of_many_solutions_is_taken() -> None:
    normal = np.array([[2.0, 2.0, 0.0], [2.0, 2.0, 0.0], [0.0, 0.0, 4.0]])

    found = _least(normal, np.array([4.0, 4.0, 2.0]))

    assert found == pytest.approx([1.0, 1.0, 0.5])


def test_samples_that_lie_close_together_hold_a_surface_there() -> None:
    places = np.vstack([PLACES, RNG.uniform((12, 62), (15, 65), (20, 2))])
    close = np.arange(len(places)) >= len(PLACES)
    bowed = 0.02 * (places - (12, 62)) ** 2
    seen = np.where(close[:, None], bowed, 9.0)

    surface = fit_surface(places, seen, which=close, least_spread=0.03)

    assert surface.at(places[close]) == pytest.approx(bowed[close], abs=1e-6)


def test_samples_that_do_not_count_do_not_bend_a_surface() -> None:
    seen = _bowed(PLACES)
    wrong = seen.copy()
    wrong[::3] += 50.0
    counted = np.arange(len(PLACES)) % 3 > 0

    surface = fit_surface(PLACES, wrong, which=counted, least_spread=0.03)

    assert surface.at(PLACES) == pytest.approx(seen, abs=1e-6)
