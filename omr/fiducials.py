"""Grey image -> the fiducials on it, each with its four corners (pure; OpenCV)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.fiducial_bits import CELLS_PER_SIDE, INNER_CELLS

GreyImage = NDArray[np.uint8]

# Detection works on a copy whose long side has at most so many pixels: A4 then has 6 px/mm
# and a 7 mm fiducial 41 px. Detection needs 27 px (4.5 px a cell; see docs/decisions.md).
_DETECTION_LONG_SIDE_PX = 1800
# Nor does a harder look need all pixels of a larger one: at 600 dpi that takes 2 s, and A4 has 12
# px/mm in so many.
_HARDER_LONG_SIDE_PX = 3600
# White lines in toner and specks of pepper cut a fiducial's black apart. They are narrower than
# this at 6 px/mm, and a cell is twice as wide.
_SPECK_PX = 3
_ENOUGH = 3  # fiducials that place a sheet (omr.registration)
# In the corners the copy is as coarse as detection allows; below this many px a cell it
# begins to fail (docs/decisions.md).
_CELL_PX = 4.5
_SMALLEST = 0.6  # of the side that a fiducial is expected to have: tilt, wrong guess
_SMALLEST_TILE_PX = 8
_LEAST_RATE = 0.02  # of a fiducial's outline to a page's longer side: on A3 it is 0.07
_AS_EXPECTED = 0.8  # of the same, where there is nothing else: two A5 sheets on A4 show 0.71
# One fiducial's black is 0.0008 of an A5 sheet and 0.0002 of A3. A pixel of so small a copy
# has hardly any noise, and print that can be read at all is more than 30 levels deep.
DARKEST_PAPER = 90  # grey level; a page that is black nearly all over is no bare paper
_BARE_SIZE_PX, _BARE_STEP, _BARE_SHARE = (424, 600), 15.0, 0.00005

Box = tuple[int, int, int, int]  # left, top, right, bottom, px


@dataclass(frozen=True, slots=True)
class FoundFiducial:
    """One fiducial in an image.

    ``corners`` has shape (4, 2), float64, px: the outer corners of the black square,
    clockwise from the one that is printed top left.
    """

    marker: int
    corners: NDArray[np.float64]


def find_fiducials(
    grey: GreyImage, *, harder: bool = True, side_px: float = 0.0
) -> list[FoundFiducial]:
    """Every fiducial of ours on the page, corners to a tenth of a pixel.

    Args:
        grey: Shape (h, w), uint8, any resolution, any orientation.
        harder: Whether more is tried where not all were found at first.
        side_px: Roughly how long their sides are, where that is known: the first look then passes
            over what is much smaller, such as print.

    Returns:
        The fiducials found, in no particular order; several of one id when several sheets
        lie on the page.
    """
    factor = max(1, -(-max(grey.shape) // _DETECTION_LONG_SIDE_PX))
    small = _reduced(grey, factor)
    smallest = 4 * _SMALLEST * side_px / factor / max(small.shape)
    detector = _quick_detector(max(_LEAST_RATE, round(smallest, 2)))
    found = _placed_finely(grey, factor, _detect(small, factor, detector))
    if _looks_complete(found) or not harder or (not found and is_bare(small)):
        return found
    # Faint, blurred, shaded or worn: look harder, at more threshold windows and more pixels.
    finer = max(1, -(-max(grey.shape) // _HARDER_LONG_SIDE_PX))
    for scale in dict.fromkeys((factor, finer)):
        image = _reduced(grey, scale)
        seen = _detect(image, scale, _thorough_detector())
        found = _merged(found, _placed_finely(grey, scale, seen))
        if _looks_complete(found):
            return found
    seen = _detect(_mended(small, _SPECK_PX), factor, _thorough_detector())
    # What was mended may be anything that is dark. Fewer than three place no sheet, so that one
    # that is not ours would only make a stranger's page a spoilt form.
    if len(seen) >= _ENOUGH:
        whole = _mended(grey, _SPECK_PX * factor)  # corners that no white line crosses
        found = _merged(found, _placed_finely(whole, factor, seen))
    return found


def find_in_corners(
    grey: GreyImage, part: Box, *, side_px: float, reach_px: float
) -> list[FoundFiducial]:
    """The fiducials in the four corners of a part of the image, corners as precise as ever.

    A twentieth of the work of :func:`find_fiducials`, which looks everywhere and harder.

    Args:
        grey: Shape (h, w), uint8.
        part: Where to look; within the image.
        side_px: Roughly how long a fiducial's side is.
        reach_px: How far from the part's corner the fiducial may end.

    Returns:
        Those found until a corner showed none of that size; a corner may show several.
    """
    found: list[FoundFiducial] = []
    for tile in _corner_tiles(part, round(reach_px)):
        seen = find_within(grey, tile, side_px=side_px)
        if not seen or max(_side(f) for f in seen) < _AS_EXPECTED * side_px:
            break  # a smaller one belongs to one of several sheets
        found += seen
    return [_refined(grey, fiducial) for fiducial in found]


def find_within(grey: GreyImage, part: Box, *, side_px: float) -> list[FoundFiducial]:
    """The fiducials in a part of the image, corners to a few pixels; arguments as above."""
    left, top, right, bottom = part
    tile = grey[max(0, top) : bottom, max(0, left) : right]
    if min(tile.shape) < max(side_px, _SMALLEST_TILE_PX):
        return []
    start = np.array([max(0, left), max(0, top)], np.float64)
    coarse = max(1, int(side_px / CELLS_PER_SIDE / _CELL_PX))
    # Print that a 1-bit scan has swollen or worn away shows its cells at full size only.
    for factor in (coarse, 1) if coarse > 1 else (1,):
        small = _reduced(tile, factor)
        rate = 4 * _SMALLEST * side_px / factor / max(small.shape)
        seen = _detect(small, factor, _close_detector(round(rate, 1)))
        if seen:
            return [FoundFiducial(f.marker, f.corners + start) for f in seen]
    return []


def is_bare(image: GreyImage) -> bool:
    """Whether this is evenly lit paper with nothing on it, as most backs of sheets are.

    Args:
        image: Shape (h, w), uint8, any resolution.
    """
    small = cv2.resize(image, _BARE_SIZE_PX, interpolation=cv2.INTER_AREA)
    paper = float(np.median(small))
    return paper > DARKEST_PAPER and float(np.mean(small < paper - _BARE_STEP)) < _BARE_SHARE


def _corner_tiles(part: Box, reach: int) -> Iterator[Box]:
    """A square in each corner of *part*."""
    left, top, right, bottom = part
    across, down = min(reach, right - left), min(reach, bottom - top)
    for y in (top, bottom - down):
        for x in (left, right - across):
            yield x, y, x + across, y + down


def _looks_complete(found: list[FoundFiducial]) -> bool:
    """Whether whole sheets were found: each id as often as every other."""
    counts = [sum(f.marker == marker for f in found) for marker in INNER_CELLS]
    return counts[0] > 0 and len(set(counts)) == 1


def _merged(first: list[FoundFiducial], second: list[FoundFiducial]) -> list[FoundFiducial]:
    """All of *first*, and those of *second* that lie elsewhere."""
    merged = list(first)
    for fiducial in second:
        centre = fiducial.corners.mean(axis=0)
        size = np.linalg.norm(fiducial.corners[0] - fiducial.corners[2])
        if all(np.linalg.norm(known.corners.mean(axis=0) - centre) > size for known in merged):
            merged.append(fiducial)
    return merged


def _mended(grey: GreyImage, widest: int) -> GreyImage:
    """*grey* without light lines and specks up to *widest* - 1 px; what is dark stays in place."""
    opened = cv2.morphologyEx(grey, cv2.MORPH_OPEN, np.ones((widest, widest), np.uint8))
    return np.asarray(opened, np.uint8)


def _reduced(grey: GreyImage, factor: int) -> GreyImage:
    if factor == 1:
        return grey
    height, width = grey.shape
    size = (max(1, width // factor), max(1, height // factor))
    # Without the rest that fills no pixel: quicker by far, and corners lie where they are said to.
    whole = grey[: size[1] * factor, : size[0] * factor]
    return cv2.resize(whole, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _detect(image: GreyImage, scale: int, detector: cv2.aruco.ArucoDetector) -> list[FoundFiducial]:
    corners, ids, _rejected = detector.detectMarkers(image)
    if ids is None:
        return []
    return [
        _scaled(FoundFiducial(int(marker), quad.reshape(4, 2).astype(np.float64)), scale)
        for marker, quad in zip(ids.ravel(), corners, strict=True)
        if int(marker) in INNER_CELLS
    ]


def _side(fiducial: FoundFiducial) -> float:
    return float(np.linalg.norm(fiducial.corners[0] - fiducial.corners[1]))


def _placed_finely(grey: GreyImage, factor: int, found: list[FoundFiducial]) -> list[FoundFiducial]:
    """Corners at full resolution of fiducials that were found in a copy reduced by *factor*.

    Where the copy had few pixels a cell its corners are off by more than refining bridges, so
    those fiducials are found again, each in its own place.
    """
    return [
        _refined(grey, fiducial if _is_fine(fiducial, factor) else _found_again(grey, fiducial))
        for fiducial in found
    ]


def _is_fine(fiducial: FoundFiducial, factor: int) -> bool:
    return factor == 1 or _side(fiducial) / CELLS_PER_SIDE / factor >= _CELL_PX


def _found_again(grey: GreyImage, fiducial: FoundFiducial) -> FoundFiducial:
    """The same fiducial, seen with more pixels; as it was if they do not show it."""
    (left, top), (right, bottom) = fiducial.corners.min(axis=0), fiducial.corners.max(axis=0)
    side = _side(fiducial)
    rim = side / 2
    height, width = grey.shape
    part = (
        max(0, int(left - rim)),
        max(0, int(top - rim)),
        min(width, int(right + rim)),
        min(height, int(bottom + rim)),
    )
    seen = find_within(grey, part, side_px=side)
    same = [each for each in seen if each.marker == fiducial.marker]
    return same[0] if len(same) == 1 else fiducial


def _scaled(fiducial: FoundFiducial, scale: float) -> FoundFiducial:
    """In an image with *scale* times as many pixels along a side; centres are at whole numbers."""
    return FoundFiducial(fiducial.marker, (fiducial.corners + 0.5) * scale - 0.5)


def _refined(grey: GreyImage, fiducial: FoundFiducial) -> FoundFiducial:
    """The corners moved to where the edges cross at full resolution."""
    reach = max(2, round(0.4 * _side(fiducial) / CELLS_PER_SIDE))
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.02)
    start = fiducial.corners.astype(np.float32).reshape(-1, 1, 2)
    moved = cv2.cornerSubPix(grey, start.copy(), (reach, reach), (-1, -1), criteria)
    return FoundFiducial(fiducial.marker, moved.reshape(4, 2).astype(np.float64))


@cache
def _close_detector(perimeter_rate: float) -> cv2.aruco.ArucoDetector:
    """For a small part of a page in which fiducials are known to be large.

    Args:
        perimeter_rate: Of the smallest fiducial's outline to the part's longer side.
    """
    parameters = cv2.aruco.DetectorParameters()
    parameters.adaptiveThreshWinSizeMin = 15  # three cells, as in the quick detector
    parameters.adaptiveThreshWinSizeMax = 15
    parameters.minMarkerPerimeterRate = perimeter_rate
    return cv2.aruco.ArucoDetector(_dictionary(), parameters)


@cache
def _quick_detector(perimeter_rate: float) -> cv2.aruco.ArucoDetector:
    """For a page.

    Args:
        perimeter_rate: Of the smallest fiducial's outline to the page's longer side.
    """
    parameters = cv2.aruco.DetectorParameters()
    # One threshold window of about three cells instead of the default's sweep of three.
    parameters.adaptiveThreshWinSizeMin = 23
    parameters.adaptiveThreshWinSizeMax = 23
    parameters.minMarkerPerimeterRate = perimeter_rate
    return cv2.aruco.ArucoDetector(_dictionary(), parameters)


@cache
def _thorough_detector() -> cv2.aruco.ArucoDetector:
    parameters = cv2.aruco.DetectorParameters()
    parameters.adaptiveThreshWinSizeMin = 5
    parameters.adaptiveThreshWinSizeMax = 65
    parameters.adaptiveThreshWinSizeStep = 12
    parameters.minMarkerPerimeterRate = 0.015
    parameters.polygonalApproxAccuracyRate = 0.05
    return cv2.aruco.ArucoDetector(_dictionary(), parameters)


def _dictionary() -> cv2.aruco.Dictionary:
    return cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
