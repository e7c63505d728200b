"""The quick search for outlines finds what trying every shift finds."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from omr.discs import distances
from omr.outline_search import REACH_MM, _outline_kernel, outline_offsets
from omr.shades import Shades

RADIUS_MM, DENSITY, HALF = 2.25, 8.0, 32


def _patches(noise: float, seed: int) -> NDArray[np.uint8]:
    """Outlines up to the reach away, grey levels; some with a stroke, some without outline."""
    rng = np.random.default_rng(seed)
    steps = np.arange(-HALF, HALF + 1) / DENSITY
    gx, gy = np.meshgrid(steps, steps)
    patches = np.full((60, 2 * HALF + 1, 2 * HALF + 1), 235.0)
    for n in range(len(patches)):
        dx, dy = rng.uniform(-REACH_MM, REACH_MM, 2)
        line = np.abs(np.hypot(gx - dx, gy - dy) - RADIUS_MM)
        if n % 7:
            patches[n] -= rng.uniform(20, 110) * np.clip((0.125 - line) / 0.1 + 0.5, 0, 1)
        if n % 3 == 0:
            patches[n, np.abs(gx * rng.normal() + gy * rng.normal()) < 0.2] = 60
    return (patches + rng.normal(0, noise, patches.shape)).round().clip(0, 255).astype(np.uint8)


def _by_every_shift(
    dark: NDArray[np.float32],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    kernel, reach = _outline_kernel(RADIUS_MM, DENSITY), round(REACH_MM * DENSITY)
    half = kernel.shape[0] // 2
    cut = slice(HALF - reach - half, HALF + reach + half + 1)
    offsets, clear = np.zeros((len(dark), 2)), np.zeros(len(dark), np.bool_)
    for n, patch in enumerate(dark):
        answer = np.asarray(cv2.matchTemplate(patch[cut, cut], kernel, cv2.TM_CCORR))
        row, column = np.unravel_index(answer.argmax(), answer.shape)
        inner = patch[distances(HALF, DENSITY) < 1.0]
        clear[n] = (
            answer.max() > 0.06
            and 0 < row < 2 * reach
            and 0 < column < 2 * reach
            and float(inner.mean()) < 0.15
        )
        offsets[n] = np.array([column - reach, row - reach]) / DENSITY
    return offsets, clear


@pytest.mark.parametrize("noise", [0.0, 3.0, 8.0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_quick_search_agrees_with_every_shift(noise: float, seed: int) -> None:
    patches = _patches(noise, seed)
    shades = Shades.between(np.full(len(patches), 235.0), black=35.0)
    wanted, sure = _by_every_shift(shades.dark(patches))

    found = outline_offsets(patches, RADIUS_MM, DENSITY, shades)

    both = found.clear & sure
    assert np.mean(found.clear != sure) < 0.1  # strokes near the limits may go either way
    assert np.count_nonzero(both) > 20
    assert np.abs(found.offsets_mm - wanted)[both].max() <= 0.6 / DENSITY  # the parabola's share


def test_grey_levels_and_their_darkness_give_the_same() -> None:
    patches = _patches(3.0, 4)
    shades = Shades.between(np.linspace(220, 240, len(patches)), black=35.0)

    by_level = outline_offsets(patches, RADIUS_MM, DENSITY, shades)
    by_darkness = outline_offsets(shades.dark(patches), RADIUS_MM, DENSITY)

    assert np.allclose(by_level.offsets_mm, by_darkness.offsets_mm, atol=1e-3)
    assert np.array_equal(by_level.clear, by_darkness.clear)
    seen = by_level.clear
    assert np.allclose(by_level.weakest[seen], by_darkness.weakest[seen], atol=1e-3)


@pytest.mark.parametrize("turned", [0, 1, 2, 3])
@pytest.mark.parametrize("share", [0.3, 0.5, 1.0])
def test_an_outline_that_is_covered_in_part_shows_less_in_its_weakest_quarter(
    share: float, turned: int
) -> None:
    steps = np.arange(-HALF, HALF + 1) / DENSITY
    gx, gy = np.meshgrid(steps, steps)
    line = np.abs(np.hypot(gx - 0.2, gy + 0.1) - RADIUS_MM)
    whole = (0.6 * np.clip((0.125 - line) / 0.1 + 0.5, 0, 1)).astype(np.float32)
    covered = np.where(np.rot90(gx, turned) < RADIUS_MM * (2 * share - 1), 0, whole)
    weakest = outline_offsets(
        np.stack([whole, covered.astype(np.float32)]), RADIUS_MM, DENSITY
    ).weakest

    assert weakest[0] > 0.1
    assert weakest[1] < 0.4 * weakest[0]


def test_patches_too_small_to_look_round_are_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        outline_offsets(np.zeros((2, 41, 41), np.float32), RADIUS_MM, DENSITY)
