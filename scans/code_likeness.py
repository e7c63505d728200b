"""Whether a page bears a QR code that no decoder can read any more (OpenCV).

Every form bears two. Where the rest of the code is gone, the squares in its corners are still
nested as in no other print: dark in light in dark, 7 modules in 5 in 3 (ISO/IEC 18004, finder
pattern).
"""

from __future__ import annotations

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from omr.fiducials import GreyImage

_RING, _CORE = 7 / 5, 7 / 3  # outer side to that of the light square, and of the dark core
_TOLERANCE = 0.25  # of these: ink spreads, low toner shrinks
_OFF_CENTRE = 0.15  # of the outer side
_LEAST_PX = 10.0  # of the outer side: a module has more than one pixel
_SQUARE = 0.88  # area in that of the tightest rectangle round it: a circle has 0.79
_ASPECT = 1.25

_Square = tuple[complex, float]  # centre and side, px


def shows_spoilt_code(small: GreyImage) -> bool:
    """Whether a corner square of a QR code is on a page; one may be all that is left.

    Args:
        small: Shape (h, w), uint8; 2,000 px along its long side are plenty.
    """
    _level, dark = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    outlines, tree = cv2.findContours(dark, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)
    if tree is None:
        return False
    for number, (_next, _before, child, parent) in enumerate(tree[0]):
        if child < 0 or parent < 0:  # the light square: something lies in it, and it in something
            continue
        outer, middle = _square(outlines[parent]), _square(outlines[number])
        if outer is None or middle is None:
            continue
        cores = (_square(outlines[core]) for core in _children(tree[0], child))
        if any(core is not None and _are_nested(outer, middle, core) for core in cores):
            return True
    return False


def _children(tree: NDArray[np.int32], first: int) -> list[int]:
    """All outlines beside the first one."""
    found = [first]
    while (following := int(tree[found[-1]][0])) >= 0:
        found.append(following)
    return found


def _square(outline: MatLike) -> _Square | None:
    """The square that an outline is, if it is one."""
    centre, (width, height), _turn = cv2.minAreaRect(outline)
    # An outline runs through the middles of its pixels: the square is one pixel larger.
    sides = sorted((width + 1, height + 1))
    if sides[0] < _LEAST_PX / _CORE or sides[1] > _ASPECT * sides[0]:
        return None
    if cv2.contourArea(cv2.convexHull(outline)) < _SQUARE * width * height:
        return None
    return complex(*centre), float(np.sqrt(sides[0] * sides[1]))


def _are_nested(outer: _Square, middle: _Square, inner: _Square) -> bool:
    """Whether three squares lie in each other as a finder pattern's do."""
    side = outer[1]
    at = max(abs(middle[0] - outer[0]), abs(inner[0] - outer[0])) <= _OFF_CENTRE * side
    ring = abs(side / middle[1] / _RING - 1) <= _TOLERANCE
    core = abs(side / inner[1] / _CORE - 1) <= _TOLERANCE
    return side >= _LEAST_PX and at and ring and core
