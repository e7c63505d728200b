"""Parts of a sheet, upright, without straightening the rest of it (pure: arrays in and out).

Laid over the picture of the whole sheet at its region, stretched to fit, a part covers exactly
what it shows, whatever its scale: pixels of all scales lie as those of
:func:`omr.evidence.upright` do.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.evidence import PX_PER_MM
from omr.fiducials import GreyImage
from omr.geometry import PagePoint, PageRect, Registration
from omr.layout import Layout

OVERVIEW_PX_PER_MM = 3.0  # 76 dpi: handwriting of 3 mm is 9 px high
SHARP = 1.2  # of the image's pixels for each wanted one: halved further, it would be soft


def overview(grey: GreyImage, registration: Registration, layout: Layout) -> GreyImage:
    """The whole sheet, upright, at :data:`OVERVIEW_PX_PER_MM`.

    Args:
        grey: The page image, shape (h, w), uint8.
        registration: Where the sheet lies in it.
        layout: Gives the sheet's size; any layout printed on that paper will do.
    """
    return upright_part(
        grey,
        registration,
        PageRect(0.0, 0.0, layout.width_mm, layout.height_mm),
        px_per_mm=OVERVIEW_PX_PER_MM,
    )


def upright_part(
    grey: GreyImage,
    registration: Registration,
    region: PageRect,
    *,
    px_per_mm: float = PX_PER_MM,
    enough: float = SHARP,
) -> GreyImage:
    """A part of the sheet, upright, as :func:`omr.evidence.upright` shows it.

    Args:
        grey: The page image, shape (h, w), uint8.
        registration: Where the sheet lies in it.
        region: The part; of whole pixels, as from :func:`whole_pixels`.
        px_per_mm: Scale of the picture.
        enough: So many of the image's own pixels for each wanted one; an image with twice as
            many is halved first. Below 1, no pixel is passed over.
    """
    width, height = round(region.w_mm * px_per_mm), round(region.h_mm * px_per_mm)
    # A pixel's middle, and half a pixel of the large picture before it, which begins there.
    first = 0.5 / px_per_mm - 0.5 / PX_PER_MM
    to_page = np.array(
        [
            [1 / px_per_mm, 0.0, region.x_mm + first],
            [0.0, 1 / px_per_mm, region.y_mm + first],
            [0.0, 0.0, 1.0],
        ]
    )
    scale = registration.px_per_mm(
        PagePoint(region.x_mm + region.w_mm / 2, region.y_mm + region.h_mm / 2)
    )
    to_image = np.array(registration.h).reshape(3, 3) @ to_page
    source, to_source = _shrunk(grey, registration, region, scale / px_per_mm / enough)
    return _warped(source, to_source @ to_image, (width, height))


def whole_pixels(region: PageRect, layout: Layout, px_per_mm: float = PX_PER_MM) -> PageRect:
    """*region*, grown until its sides lie between pixels, as far as the sheet reaches."""
    left, top = (math.floor(max(0.0, mm) * px_per_mm) for mm in (region.x_mm, region.y_mm))
    right, bottom = (
        min(math.ceil(mm * px_per_mm), math.floor(side * px_per_mm))
        for mm, side in ((region.right_mm, layout.width_mm), (region.bottom_mm, layout.height_mm))
    )
    return PageRect(
        left / px_per_mm, top / px_per_mm, (right - left) / px_per_mm, (bottom - top) / px_per_mm
    )


def _shrunk(
    grey: GreyImage, registration: Registration, region: PageRect, ratio: float
) -> tuple[GreyImage, NDArray[np.float64]]:
    """The image round *region*, halved as often as *ratio*, what it has to what is enough, allows.

    Taking one pixel of several would draw thin lines as dots.

    Returns:
        The smaller image, and the map (3, 3) of the image's pixels onto its own.
    """
    halvings = int(math.log2(max(1.0, ratio)))
    to_source = np.eye(3)
    if halvings == 0:
        return grey, to_source
    corners = [registration.locate(corner) for corner in region.corners()]
    (height, width), rim = grey.shape, 2**halvings
    left = min(max(0, math.floor(min(at.x_px for at in corners)) - rim), width - 1)
    top = min(max(0, math.floor(min(at.y_px for at in corners)) - rim), height - 1)
    right = max(left + 1, math.ceil(max(at.x_px for at in corners)) + rim)
    bottom = max(top + 1, math.ceil(max(at.y_px for at in corners)) + rim)
    source = grey[top:bottom, left:right]
    to_source[:2, 2] = -left, -top
    for _halving in range(halvings):
        high, wide = (side // 2 * 2 for side in source.shape)
        if min(high, wide) == 0:
            break
        half = cv2.resize(
            source[:high, :wide], (wide // 2, high // 2), interpolation=cv2.INTER_AREA
        )
        source = np.asarray(half, np.uint8)
        to_source = np.array([[0.5, 0, -0.25], [0, 0.5, -0.25], [0, 0, 1]]) @ to_source
    return source, to_source


def _warped(grey: GreyImage, to_image: NDArray[np.float64], size: tuple[int, int]) -> GreyImage:
    flags = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(grey, to_image, size, flags=flags), np.uint8)
