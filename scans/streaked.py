"""Whether a scanner's streak spoils a sheet: it runs through a bubble, or close beside one.

Beside a bubble a streak is no less harm: pieces of it join a tick to the next option, and
half a ring round a bubble looks like one that a person drew.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.fiducials import GreyImage
from omr.geometry import PagePoint, PageRect, Registration
from omr.layout import Layout
from omr.scoring import bubbles_of
from omr.streaks import find_streaks
from scans.identity import pixel_of

# So near to a bubble's outline a streak spoils it. Upright on the sheet nothing is printed that is
# as long as a streak. Level rules are, 1.3 mm from an outline; an uneven feed brings them to within
# 0.7 mm of where the outline is expected (1,056 virtual scans), and they must not pass for streaks.
_BESIDE_UPRIGHT_MM, _BESIDE_LEVEL_MM = 1.2, 0.2


def streaked(grey: GreyImage, registration: Registration, layout: Layout, contrast: float) -> bool:
    """Whether a scanner's streak runs through any bubble, or close beside one.

    Args:
        grey: The page image, shape (h, w), uint8.
        registration: Where the sheet lies in it.
        layout: The sheet's layout.
        contrast: Paper minus black on this sheet, grey levels.
    """
    page = PageRect(0, 0, layout.width_mm, layout.height_mm)
    corners = np.array([pixel_of(registration, corner) for corner in page.corners()])
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    columns, rows = find_streaks(
        grey,
        box=(int(left), int(top), int(right), int(bottom)),
        px_per_mm=registration.px_per_mm(PagePoint(layout.width_mm / 2, layout.height_mm / 2)),
        contrast=contrast,
    )
    if not len(columns) and not len(rows):
        return False
    bubbles = [bubble for _question, bubble in bubbles_of(layout)]
    centres = np.array([[(bubble.centre.x_mm, bubble.centre.y_mm)] for bubble in bubbles])
    matrix = np.array(registration.h).reshape(3, 3)
    at = cv2.perspectiveTransform(centres, matrix)  # shape (n, 1, 2), px
    across, down = reaches_px(registration, layout)
    return bool(
        (np.abs(at[..., 0] - columns) <= across[:, None]).any()
        or (np.abs(at[..., 1] - rows) <= down[:, None]).any()
    )


def reaches_px(
    registration: Registration, layout: Layout
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How near a streak may not come to the middle of each bubble: columns, then rows.

    Returns:
        Two arrays of shape (bubbles,), px, in the order of :func:`omr.scoring.bubbles_of`.
    """
    x, y = layout.width_mm / 2, layout.height_mm / 2
    middle, below = (registration.locate(PagePoint(x, y + far)) for far in (0, 1))
    stands = abs(below.y_px - middle.y_px) > abs(below.x_px - middle.x_px)
    scale = registration.px_per_mm(PagePoint(x, y))
    radii = np.array([bubble.diameter_mm for _question, bubble in bubbles_of(layout)]) / 2
    upright, level = (radii + _BESIDE_UPRIGHT_MM) * scale, (radii + _BESIDE_LEVEL_MM) * scale
    return (upright, level) if stands else (level, upright)
