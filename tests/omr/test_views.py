from __future__ import annotations

import cv2
import numpy as np
from draw_sheets import place_matrix

from omr.geometry import Registration
from omr.sampling import local_maps, patches
from omr.views import PageViews, PatchViews

CENTRES = np.array([[30.0, 60.0], [118.0, 66.0], [74.5, 170.0]])
HALF, DENSITY = 32, 8.0


def test_views_of_a_page_show_what_patches_taken_out_of_it_show() -> None:
    matrix = place_matrix(dpi=200, skew_deg=7, at_mm=(4, 3))
    registration = Registration(tuple((matrix / matrix[2, 2]).ravel().tolist()))
    rough = np.random.default_rng(5).integers(0, 256, (1700, 1200)).astype(np.uint8)
    grey = np.asarray(cv2.GaussianBlur(rough, (0, 0), 3.0), np.uint8)
    maps = local_maps(registration, CENTRES)
    taken = PatchViews(patches(grey, maps, HALF, DENSITY))
    seen = PageViews(grey, maps, HALF, DENSITY)
    which, shifts = np.array([2, 0]), np.array([[3, -7], [0, 5]])
    offsets = np.array([[-20, 0, 24], [11, 0, -24]])

    assert seen.side == taken.side == 2 * HALF + 1
    assert seen.coarse(which).shape == taken.coarse(which).shape == (2, HALF, HALF)
    assert np.abs(seen.coarse(which).astype(int) - taken.coarse(which)).max() <= 1
    wheel = np.array([[-20.3, 0.0, 14.5], [11.25, -30.1, 7.0]])
    assert seen.around(wheel).shape == taken.around(wheel).shape == (3, 3)
    assert np.abs(seen.around(wheel).astype(int) - taken.around(wheel)).max() <= 1
    near = seen.near(which, shifts, offsets)
    assert near.shape == (2, 3)
    assert np.abs(near.astype(int) - taken.near(which, shifts, offsets)).max() <= 1


def test_what_lies_at_an_offset_of_a_patch_is_right_and_down_of_its_middle() -> None:
    patch = np.zeros((2, 5, 5), np.uint8)
    patch[1, 3, 1] = 9  # one down, one left

    views = PatchViews(patch)

    found = views.near(np.array([0, 1]), np.array([[0, 0], [0, 1]]), np.array([[-1], [0]]))
    assert found.tolist() == [[0], [9]]
