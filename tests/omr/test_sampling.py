from __future__ import annotations

import numpy as np
import pytest
from draw_sheets import place_matrix

from omr.geometry import PagePoint, Registration
from omr.sampling import at_points, local_maps, patches

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


def test_a_stretched_paper_is_followed() -> None:
    slopes = np.tile([[0.02, 0.0], [0.0, -0.01]], (3, 1, 1))
    flat, bent = local_maps(TURNED, CENTRES), local_maps(TURNED, CENTRES, slopes)
    offset = np.array([5.0, 4.0])

    seen = bent[:, :, :2] @ offset
    meant = flat[:, :, :2] @ (offset * (1.02, 0.99))

    assert np.allclose(seen, meant)
    assert np.array_equal(bent[:, :, 2], flat[:, :, 2])


def test_patches_and_points_show_the_same_page() -> None:
    rows, columns = np.mgrid[:1700, :1200]
    grey = (columns * 0.1 + rows * 0.05).clip(0, 255).astype(np.uint8)
    maps = local_maps(TURNED, CENTRES)

    found = patches(grey, maps, 12, 8.0)
    corners = np.array([[-1.5, -1.5], [1.5, -1.5], [0.0, 0.0], [-1.5, 1.5], [1.5, 1.5]])
    points = at_points(grey, maps, corners)

    assert found.shape == (3, 25, 25)
    at = found[:, [0, 0, 12, 24, 24], [0, 24, 12, 0, 24]].astype(int)
    assert np.abs(at - points).max() <= 1
    for centre, level in zip(CENTRES, points[:, 2], strict=True):
        place = TURNED.locate(PagePoint(*centre))
        assert level == pytest.approx(place.x_px * 0.1 + place.y_px * 0.05, abs=1.1)


def test_beyond_the_image_its_edge_goes_on() -> None:
    grey = np.full((100, 100), 200, np.uint8)

    assert (patches(grey, local_maps(TURNED, CENTRES), 20, 8.0) == 200).all()


def test_no_bubble_gives_no_patch() -> None:
    none = local_maps(TURNED, CENTRES)[:0]

    assert patches(np.zeros((50, 50), np.uint8), none, 5, 8.0).shape == (0, 11, 11)
