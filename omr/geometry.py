"""Positions on paper (millimetres) and in a scan (pixels), and the map between them.

Both spaces have their origin at the top left, x to the right and y down. Pixel centres
lie at integer coordinates, as in OpenCV.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True)
class PagePoint:
    """A place on the printed sheet: mm from the sheet's top-left corner."""

    x_mm: float
    y_mm: float


@dataclass(frozen=True, slots=True)
class ImagePoint:
    """A place in one scanned image: px from the image's top-left corner."""

    x_px: float
    y_px: float


@dataclass(frozen=True, slots=True)
class PageRect:
    """An upright rectangle on the printed sheet, in mm, named by its top-left corner."""

    x_mm: float
    y_mm: float
    w_mm: float
    h_mm: float

    @property
    def right_mm(self) -> float:
        """The right edge's distance from the sheet's left edge."""
        return self.x_mm + self.w_mm

    @property
    def bottom_mm(self) -> float:
        """The lower edge's distance from the sheet's top edge."""
        return self.y_mm + self.h_mm

    def corners(self) -> tuple[PagePoint, PagePoint, PagePoint, PagePoint]:
        """The corners clockwise from top left."""
        return (
            PagePoint(self.x_mm, self.y_mm),
            PagePoint(self.right_mm, self.y_mm),
            PagePoint(self.right_mm, self.bottom_mm),
            PagePoint(self.x_mm, self.bottom_mm),
        )

    def grown(self, by_mm: float) -> PageRect:
        """The rectangle with every side moved outwards by *by_mm*."""
        return PageRect(
            self.x_mm - by_mm, self.y_mm - by_mm, self.w_mm + 2 * by_mm, self.h_mm + 2 * by_mm
        )

    def overlaps(self, other: PageRect) -> bool:
        """Whether the two rectangles share any area."""
        return (
            self.x_mm < other.right_mm
            and other.x_mm < self.right_mm
            and self.y_mm < other.bottom_mm
            and other.y_mm < self.bottom_mm
        )


@dataclass(frozen=True, slots=True)
class Registration:
    """Maps the printed page onto one scan of it: a plane homography.

    ``h`` is the row-major 3x3 matrix from millimetres to pixels, scaled so that its last
    element is 1. An affine map is the special case with ``h[6] == h[7] == 0``.
    """

    h: tuple[float, float, float, float, float, float, float, float, float]

    def __post_init__(self) -> None:
        if not all(math.isfinite(value) for value in self.h):
            raise ValueError("a registration must be finite")
        if abs(self._determinant()) < 1e-12:
            raise ValueError("a registration must be invertible")

    def _determinant(self) -> float:
        a, b, c, d, e, f, g, h, i = self.h
        return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)

    def locate(self, point: PagePoint) -> ImagePoint:
        """Where *point* of the printed page lies in the scan."""
        x, y = _project(self.h, point.x_mm, point.y_mm)
        return ImagePoint(x, y)

    def unlocate(self, point: ImagePoint) -> PagePoint:
        """The printed place that *point* of the scan shows."""
        a, b, c, d, e, f, g, h, i = self.h
        det = self._determinant()
        inverse = (
            (e * i - f * h) / det,
            (c * h - b * i) / det,
            (b * f - c * e) / det,
            (f * g - d * i) / det,
            (a * i - c * g) / det,
            (c * d - a * f) / det,
            (d * h - e * g) / det,
            (b * g - a * h) / det,
            (a * e - b * d) / det,
        )
        x, y = _project(inverse, point.x_px, point.y_px)
        return PagePoint(x, y)

    def px_per_mm(self, at: PagePoint) -> float:
        """The local scale at *at*: geometric mean over the two directions."""
        centre = self.locate(at)
        right = self.locate(PagePoint(at.x_mm + 1, at.y_mm))
        down = self.locate(PagePoint(at.x_mm, at.y_mm + 1))
        ux, uy = right.x_px - centre.x_px, right.y_px - centre.y_px
        vx, vy = down.x_px - centre.x_px, down.y_px - centre.y_px
        return math.sqrt(abs(ux * vy - uy * vx))

    @property
    def mirrored(self) -> bool:
        """Whether the scan shows the sheet from behind (or fed through a mirror)."""
        return self._determinant() < 0


def _project(h: tuple[float, ...], x: float, y: float) -> tuple[float, float]:
    w = h[6] * x + h[7] * y + h[8]
    return (h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w
