from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from omr.discs import distances
from omr.faint import faint_reach, faint_traces
from omr.shades import Shades

RADIUS_MM, DENSITY = 2.25, 8.0
HALF = faint_reach(RADIUS_MM, DENSITY)
COUNT = 40
ALL_BLANK = np.ones(COUNT, np.bool_)
SHADES = Shades.between(np.full(COUNT, 240.0), black=40.0)


def _paper(noise: float = 2.0) -> NDArray[np.float64]:
    """Bubbles as printed, with the outline at the patch's rim; grey levels."""
    rng = np.random.default_rng(11)
    seen = rng.normal(240, noise, (COUNT, 2 * HALF + 1, 2 * HALF + 1))
    seen[:, np.abs(distances(HALF, DENSITY) - RADIUS_MM) < 0.15] -= 90
    return seen


def _traces(seen: NDArray[np.float64], blank: NDArray[np.bool_] = ALL_BLANK) -> NDArray[np.float64]:
    return faint_traces(
        seen.round().clip(0, 255).astype(np.uint8), SHADES, blank, RADIUS_MM, DENSITY
    )


@pytest.mark.parametrize("noise", [0.0, 2.0, 5.0])
def test_blank_bubbles_show_no_trace(noise: float) -> None:
    assert not _traces(_paper(noise)).any()


def test_a_pale_stroke_is_seen_as_long_as_it_is_and_in_its_bubble_alone() -> None:
    seen = _paper()
    seen[7, HALF - 1 : HALF + 2, HALF - 8 : HALF + 9] -= 24  # 2 mm long, an eighth as dark as ink

    extents = _traces(seen)

    assert extents[7] == pytest.approx(2.0, abs=0.5)
    assert np.count_nonzero(extents) == 1


def test_of_two_traces_the_larger_counts() -> None:
    seen = _paper(0.0)
    seen[3, HALF - 8 : HALF - 5, HALF - 2 : HALF + 2] -= 60
    seen[3, HALF + 3 : HALF + 7, HALF - 7 : HALF + 8] -= 60

    assert _traces(seen)[3] > 1.8


def test_a_speck_is_short() -> None:
    seen = _paper()
    seen[5, HALF - 1 : HALF + 1, HALF - 1 : HALF + 1] -= 70

    assert 0 <= _traces(seen)[5] < 0.25 * 2 * RADIUS_MM + 0.5


def test_shading_over_a_whole_bubble_is_no_trace() -> None:
    seen = _paper()
    seen[9] -= 6

    assert _traces(seen)[9] == 0


def test_neighbouring_patches_do_not_join_their_traces() -> None:
    seen = _paper(0.0)
    seen[20, HALF + 8 : HALF + 12, HALF - 3 : HALF + 4] -= 60
    seen[21, HALF - 12 : HALF - 8, HALF - 3 : HALF + 4] -= 60

    extents = _traces(seen)

    assert extents[20] == pytest.approx(extents[21])
    assert 0.5 < extents[20] < 1.7
