from __future__ import annotations

import cv2
import numpy as np
import pytest
from draw_sheets import place_matrix

from omr.geometry import PagePoint, Registration
from omr.sampling import local_maps, patches, samples_at

CENTRES = np.array([[30.0, 60.0], [118.0, 66.0], [74.5, 170.0]])


def _registration(
    skew_deg: float, at_mm: tuple[float, float], tilt: tuple[float, float] = (0.0, 0.0)
) -> Registration:
    matrix = place_matrix(dpi=200, skew_deg=skew_deg, at_mm=at_mm, tilt=tilt)
    return Registration(tuple((matrix / matrix[2, 2]).ravel().tolist()))


TURNED = _registration(skew_deg=7, at_mm=(4, 3))
TILTED = _registration(skew_deg=-3, at_mm=(6, 6), tilt=(3e-4, -2e-4))


@pytest.mark.parametrize("registration", [TURNED, TILTED], ids=["turned", "tilted"])
def test_a_local_map_is_the_page_map_within_a_few_millimetres(registration: Registration) -> None:
    maps = local_maps(registration, CENTRES)
    for (x, y), local in zip(CENTRES, maps, strict=True):
        for dx, dy in ((0.0, 0.0), (7.0, -7.0), (-4.0, 3.0)):
            at = registration.locate(PagePoint(x + dx, y + dy))
            near = local[:, :2] @ (dx, dy) + local[:, 2]
            # A tilt of 3.6e-4 per mm bends the grid by 0.036 mm at 9.9 mm, the patch's corner.
            limit = 1e-9 if registration is TURNED or (dx, dy) == (0.0, 0.0) else 0.036 * 8
            assert np.hypot(near[0] - at.x_px, near[1] - at.y_px) <= limit


def test_patches_show_the_page_where_it_lies() -> None:
    rows, columns = np.mgrid[:1700, :1200]
    grey = (columns * 0.1 + rows * 0.05).clip(0, 255).astype(np.uint8)

    found = patches(grey, local_maps(TURNED, CENTRES), 12, 8.0)

    assert found.shape == (3, 25, 25)
    corners = ((0, 0), (0, 24), (12, 12), (24, 0), (24, 24))
    for (x, y), patch in zip(CENTRES, found, strict=True):
        for row, column in corners:
            place = TURNED.locate(PagePoint(x + (column - 12) / 8.0, y + (row - 12) / 8.0))
            seen = place.x_px * 0.1 + place.y_px * 0.05
            assert patch[row, column] == pytest.approx(seen, abs=1.1)


def test_beyond_the_image_its_edge_goes_on() -> None:
    grey = np.full((100, 100), 200, np.uint8)

    assert (patches(grey, local_maps(TURNED, CENTRES), 20, 8.0) == 200).all()


def test_no_bubble_gives_no_patch() -> None:
    none = local_maps(TURNED, CENTRES)[:0]

    assert patches(np.zeros((50, 50), np.uint8), none, 5, 8.0).shape == (0, 11, 11)


def test_samples_at_places_are_those_of_the_patch_round_them() -> None:
    rng = np.random.default_rng(5)
    grey = cv2.GaussianBlur(rng.integers(0, 256, (900, 700)).astype(np.uint8), (0, 0), 1.5)
    maps = local_maps(TURNED, CENTRES)
    whole = patches(np.asarray(grey, np.uint8), maps, 12, 8.0).reshape(len(CENTRES), -1)
    rows, columns = np.divmod(np.array([0, 12, 77, 312, 624]), 25)

    found = samples_at(np.asarray(grey, np.uint8), maps, (np.stack([columns, rows]) - 12) / 8.0)

    wanted = whole[:, [0, 12, 77, 312, 624]]
    assert found.shape == (len(CENTRES), 5)
    assert np.abs(found.astype(int) - wanted).max() <= 1  # rounded in another order


def test_beyond_the_image_samples_are_its_edge_too() -> None:
    far = samples_at(np.full((40, 40), 90, np.uint8), local_maps(TURNED, CENTRES), np.eye(2) * 900)

    assert (far == 90).all()
