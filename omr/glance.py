"""Sheets that fill their image, found in its corners alone; everything else is left (pure).

Nearly every page is one sheet that a feeder pulled through, or two side by side on A4. Their
fiducials lie where they must, and looking only there costs a twentieth of looking everywhere.
A sheet is taken only if no fiducial of another one could lie on the image beside it, so that
a search of the whole image would find the same.
"""

from __future__ import annotations

from omr.fiducials import GreyImage, find_in_corners
from omr.geometry import ImagePoint, Registration
from omr.layout import Layout
from omr.registration import SheetPlace, place_sheets

# Outside the sheet the image may show so much: less than a fiducial's side, so that none
# fits there, not even of a sheet that is partly hidden under this one.
_BESIDE_MM = 7.0
_BETWEEN_MM = 3.0  # of both sheets towards the middle of the page: 6 mm together
# A fiducial ends 15 mm from the paper's edge; a sheet may lie 7 mm inside the image, and the
# detector wants a rim of white.
_REACH_MM = 26.0

_Part = tuple[int, int, int, int]  # left, top, right, bottom, px


def place_at_a_glance(grey: GreyImage, frame: Layout) -> list[SheetPlace]:
    """The one sheet that fills the image, or the two that share it evenly.

    Args:
        grey: Shape (h, w), uint8.
        frame: Any layout with the fiducials and the paper that are expected.

    Returns:
        One place, or two in reading order; none if the image must be searched as a whole.
    """
    height, width = grey.shape
    whole = (0, 0, width, height)
    alone = _filling(grey, whole, whole, frame)
    if alone is not None:
        return [alone]
    places = []
    for half in _halves(width, height):
        place = _filling(grey, half, whole, frame)
        if place is None:
            return []
        places.append(place)
    return places


def _halves(width: int, height: int) -> tuple[_Part, _Part]:
    """The image cut across its long side."""
    if width >= height:
        return (0, 0, width // 2, height), (width // 2, 0, width, height)
    return (0, 0, width, height // 2), (0, height // 2, width, height)


def _filling(grey: GreyImage, part: _Part, whole: _Part, frame: Layout) -> SheetPlace | None:
    """The place of the complete sheet that fills *part*, if one does."""
    left, top, right, bottom = part
    px_per_mm = max(right - left, bottom - top) / max(frame.width_mm, frame.height_mm)
    found = find_in_corners(
        grey,
        part,
        side_px=px_per_mm * min(fiducial.size_mm for fiducial in frame.fiducials),
        reach_px=px_per_mm * _REACH_MM,
    )
    if sorted(f.marker for f in found) != sorted(f.marker for f in frame.fiducials):
        return None
    places = place_sheets(found, frame.fiducials)
    if len(places) != 1 or not isinstance(places[0], SheetPlace):
        return None
    place = places[0]
    return place if _fills(part, whole, place.registration, frame) else None


def _fills(part: _Part, whole: _Part, registration: Registration, frame: Layout) -> bool:
    """Whether beside the sheet *part* shows strips at most that hold no fiducial.

    The sheet's edges are straight lines and *part* is convex, so its corners tell.
    """
    left, top, right, bottom = part
    for x, at_side in ((left, left == whole[0]), (right, right == whole[2])):
        for y, at_end in ((top, top == whole[1]), (bottom, bottom == whole[3])):
            at = registration.unlocate(ImagePoint(x - 0.5, y - 0.5))
            beside = max(-at.x_mm, at.x_mm - frame.width_mm, -at.y_mm, at.y_mm - frame.height_mm)
            if beside > (_BESIDE_MM if at_side and at_end else _BETWEEN_MM):
                return False
    return True
