from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omr.loops_shades import share_between
from omr.shades import Shades

PAPER = np.array([240.0, 200.5, 120.0])
SHADES = Shades.between(PAPER, black=30.0)
LEVELS = np.tile(np.arange(256, dtype=np.uint8), (3, 1))


def test_paper_is_0_and_black_is_1_and_the_rest_is_between() -> None:
    dark = SHADES.dark(LEVELS)

    assert dark[0, 240] == pytest.approx(0, abs=1e-6)
    assert dark[:, 30] == pytest.approx(1, abs=1e-6)
    assert (np.diff(dark, axis=1) <= 0).all()
    assert dark.min() == pytest.approx(-0.2)
    assert dark.max() <= 1.2


def test_a_page_without_contrast_is_not_blown_up() -> None:
    flat = Shades.between(np.array([100.0]), black=99.0)

    assert flat.dark(np.array([[90]], np.uint8))[0, 0] == pytest.approx(0.5)


@given(st.floats(0.12, 0.30))
def test_a_sample_is_ink_by_its_level_just_when_it_is_by_its_darkness(ink: float) -> None:
    dark = SHADES.dark(LEVELS)
    clear = np.abs(dark - ink) > 1e-5  # a sample that lies on the limit may be either

    below = SHADES.lightest_ink(ink)[:, None] > LEVELS

    assert np.array_equal(below[clear], (dark > ink)[clear])


@given(st.integers(0, 2**32 - 1), st.integers(2, 60), st.integers(0, 5))
def test_the_scatter_is_that_of_all_the_samples_together(seed: int, count: int, more: int) -> None:
    rng = np.random.default_rng(seed)
    samples = rng.normal(PAPER[:, None], 4, (3, count + more)).round().clip(0, 255).astype(np.uint8)
    which = np.array([True, False, True])
    dark = SHADES.dark(samples)[which, :count]

    direct = 1.4826 * float(np.median(np.abs(dark - np.median(dark))))

    assert SHADES.scatter(samples, count, which) == pytest.approx(direct, abs=1e-6)


@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_the_mean_darkness_is_that_of_the_first_samples(seed: int, count: int) -> None:
    samples = np.random.default_rng(seed).integers(0, 256, (3, 60)).astype(np.uint8)

    found = SHADES.mean_dark(samples, count)

    assert found == pytest.approx(SHADES.dark(samples)[:, :count].mean(axis=1), abs=1e-5)


@pytest.mark.parametrize(("down", "across"), [(1, 1), (8, 3), (7, 20)])
def test_the_share_between_two_levels_is_that_of_the_pixels_looked_at(
    down: int, across: int
) -> None:
    grey = np.random.default_rng(3).integers(0, 256, (50, 61)).astype(np.uint8)
    some = grey[::down, ::across]

    found = share_between(grey, down, across, 25, 230)

    assert found == pytest.approx(float(((some >= 25) & (some <= 230)).mean()))
