"""Sheets drawn into page images at a known place, so that a test knows the truth.

Independent of the product's own drawing: fiducials come from OpenCV's generator.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
from make_layout import make_layout
from numpy.typing import NDArray

from omr.geometry import MM_PER_INCH, PagePoint
from omr.layout import Layout

Grey = NDArray[np.uint8]
Matrix = NDArray[np.float64]

PX_PER_MM = 24  # of the sheet before it is "scanned": 610 dpi, 4 px in a 1/6 mm
LAYOUT = make_layout()


def draw_sheet(
    layout: Layout = LAYOUT,
    *,
    without: tuple[int, ...] = (),
    filled: tuple[tuple[str, str], ...] = (),
) -> Grey:
    """The sheet as printed, at 24 px/mm.

    Args:
        layout: What to draw.
        without: Fiducials to leave out.
        filled: Bubbles to fill, as (question, option).
    """
    size = (round(layout.height_mm * PX_PER_MM), round(layout.width_mm * PX_PER_MM))
    sheet = np.full(size, 255, np.uint8)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for fiducial in layout.fiducials:
        if fiducial.marker in without:
            continue
        side = round(fiducial.size_mm * PX_PER_MM)
        left = round((fiducial.centre.x_mm - fiducial.size_mm / 2) * PX_PER_MM)
        top = round((fiducial.centre.y_mm - fiducial.size_mm / 2) * PX_PER_MM)
        mark = cv2.aruco.generateImageMarker(dictionary, fiducial.marker, side)
        sheet[top : top + side, left : left + side] = mark
    for question in layout.questions:
        for bubble in question.bubbles:
            centre = (
                round((bubble.centre.x_mm * PX_PER_MM - 0.5) * 16),
                round((bubble.centre.y_mm * PX_PER_MM - 0.5) * 16),
            )
            radius = round(bubble.diameter_mm / 2 * PX_PER_MM * 16)
            cv2.circle(sheet, centre, radius, 102, 6, cv2.LINE_AA, 4)
            if (question.id, bubble.option) in filled:
                cv2.circle(sheet, centre, radius, 30, -1, cv2.LINE_AA, 4)
    return sheet


def place_matrix(
    *,
    dpi: float,
    skew_deg: float = 0.0,
    at_mm: tuple[float, float] = (0.0, 0.0),
    layout: Layout = LAYOUT,
    tilt: tuple[float, float] = (0.0, 0.0),
    mirrored: bool = False,
) -> Matrix:
    """The 3x3 map from mm on the sheet to px of the scan.

    The sheet is turned about its middle, which comes to lie where the middle of an upright
    sheet at *at_mm* would; *tilt* adds perspective, 1/mm.
    """
    k = dpi / MM_PER_INCH
    cx, cy = layout.width_mm / 2, layout.height_mm / 2
    turn = math.radians(skew_deg)
    c, s = math.cos(turn), math.sin(turn)
    to_middle = np.array([[1, 0, -cx], [0, 1, -cy], [0, 0, 1]], float)
    flip = np.diag([-1.0 if mirrored else 1.0, 1.0, 1.0])
    turned = np.array([[c, -s, 0], [s, c, 0], [tilt[0], tilt[1], 1]], float)
    back = np.array([[1, 0, cx + at_mm[0]], [0, 1, cy + at_mm[1]], [0, 0, 1]], float)
    pixels = np.array([[k, 0, -0.5], [0, k, -0.5], [0, 0, 1]], float)
    return np.asarray(pixels @ back @ turned @ flip @ to_middle)


@dataclass
class Scan:
    """A page image under construction."""

    width_mm: float = 148.0
    height_mm: float = 210.0
    dpi: float = 200.0
    grey: Grey = field(init=False)

    def __post_init__(self) -> None:
        k = self.dpi / MM_PER_INCH
        self.grey = np.full((round(self.height_mm * k), round(self.width_mm * k)), 250, np.uint8)

    def lay(self, sheet: Grey, matrix: Matrix) -> Scan:
        """Put *sheet* where *matrix* says; returns itself."""
        from_sheet_px = np.array(
            [[1 / PX_PER_MM, 0, 0.5 / PX_PER_MM], [0, 1 / PX_PER_MM, 0.5 / PX_PER_MM], [0, 0, 1]]
        )
        shrink = PX_PER_MM / (self.dpi / MM_PER_INCH)
        soft = cv2.GaussianBlur(sheet, (0, 0), max(0.3, 0.45 * shrink))
        height, width = self.grey.shape
        self.grey = np.asarray(
            cv2.warpPerspective(
                soft,
                matrix @ from_sheet_px,
                (width, height),
                dst=self.grey.copy(),
                flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_TRANSPARENT,
            ),
            np.uint8,
        )
        return self

    def noisy(self, sigma: float, seed: int = 1) -> Scan:
        """Add sensor noise of *sigma* grey levels; returns itself."""
        noise = np.random.default_rng(seed).normal(0, sigma, self.grey.shape)
        self.grey = np.clip(self.grey.astype(float) + noise, 0, 255).astype(np.uint8)
        return self

    def blurred(self, sigma_mm: float) -> Scan:
        """Blur the whole image; returns itself."""
        sigma = sigma_mm * self.dpi / MM_PER_INCH
        self.grey = np.asarray(cv2.GaussianBlur(self.grey, (0, 0), sigma), np.uint8)
        return self

    def cover(self, matrix: Matrix, point: PagePoint, half_mm: float, level: int = 128) -> Scan:
        """Hide a square round *point* of the sheet under a flat patch; returns itself."""
        x, y = point.x_mm, point.y_mm
        corners = np.array(
            [
                [x - half_mm, y - half_mm],
                [x + half_mm, y - half_mm],
                [x + half_mm, y + half_mm],
                [x - half_mm, y + half_mm],
            ]
        )
        px = cv2.perspectiveTransform(corners.reshape(-1, 1, 2), matrix)
        cv2.fillConvexPoly(self.grey, np.round(px).astype(np.int32), level)
        return self

    def turned(self, quarters: int) -> tuple[Grey, Matrix]:
        """The image after quarter turns counter-clockwise, and the map of its old pixels."""
        height, width = self.grey.shape
        matrix = np.eye(3)
        for _ in range(quarters % 4):
            matrix = np.array([[0, 1, 0], [-1, 0, width - 1], [0, 0, 1]], float) @ matrix
            width, height = height, width
        return np.ascontiguousarray(np.rot90(self.grey, quarters)), matrix


def apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Where *matrix* takes a point."""
    u, v, w = matrix @ np.array([x, y, 1.0])
    return float(u / w), float(v / w)
