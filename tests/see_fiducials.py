"""What a perfect detector finds of sheets, and how well they are placed."""

from __future__ import annotations

import functools
import math

import numpy as np
from draw_sheets import LAYOUT, Grey, Matrix, apply, draw_sheet

from omr.fiducials import FoundFiducial
from omr.geometry import PagePoint
from omr.registration import SheetPlace, place_sheets

PAGE = [PagePoint(x, y) for x in np.linspace(3, 145, 8) for y in np.linspace(3, 207, 9)]


@functools.cache
def drawn_sheet() -> Grey:
    return draw_sheet()


def seen(matrix: Matrix, markers: tuple[int, ...] = (0, 1, 2, 3)) -> list[FoundFiducial]:
    """What a perfect detector would find of a sheet that lies at *matrix*."""
    found = []
    for marker in markers:
        fiducial = LAYOUT.fiducials[marker]
        x, y, half = fiducial.centre.x_mm, fiducial.centre.y_mm, fiducial.size_mm / 2
        around = ((-half, -half), (half, -half), (half, half), (-half, half))
        corners = np.array([apply(matrix, x + dx, y + dy) for dx, dy in around])
        found.append(FoundFiducial(marker, corners))
    return found


def only(found: list[FoundFiducial]) -> SheetPlace:
    [place] = place_sheets(found, LAYOUT.fiducials)
    assert isinstance(place, SheetPlace), place
    return place


def worst_mm(place: SheetPlace, matrix: Matrix) -> float:
    worst = 0.0
    for point in PAGE:
        at = place.registration.locate(point)
        x, y = apply(matrix, point.x_mm, point.y_mm)
        scale = place.registration.px_per_mm(point)
        worst = max(worst, math.hypot(at.x_px - x, at.y_px - y) / scale)
    return worst


def photographed(
    tilt_deg: float,
    side_deg: float,
    *,
    at_mm: tuple[float, float] = (0, 0),
    away_mm: float = 190.0,
) -> Matrix:
    """Where a phone's camera sees a sheet; from 190 mm away one nearly fills the picture."""
    tilt, side = math.radians(tilt_deg), math.radians(side_deg)
    about_z = np.array(
        [
            [math.cos(side), -math.sin(side), 0],
            [math.sin(side), math.cos(side), 0],
            [0, 0, 1],
        ]
    )
    about_x = np.array(
        [
            [1, 0, 0],
            [0, math.cos(tilt), -math.sin(tilt)],
            [0, math.sin(tilt), math.cos(tilt)],
        ]
    )
    turned = about_x @ about_z
    to_camera = np.column_stack([turned[:, 0], turned[:, 1], [0, 0, away_mm]])
    lens = np.array([[2880.0, 0, 1500], [0, 2880.0, 2000], [0, 0, 1]])
    middle = np.array([[1, 0, at_mm[0] - 74.0], [0, 1, at_mm[1] - 105.0], [0, 0, 1]])
    return np.asarray(lens @ to_camera @ middle, np.float64)
