"""Sheets that fill their image, found in its corners alone; everything else is left (pure).

Nearly every page is one sheet that a feeder pulled through, or two side by side on A4. Their
fiducials lie where they must, and looking only there costs a tenth of looking everywhere. A
sheet is taken only if no fiducial of another one lies on the image beside it, so that a search
of the whole image would find the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from omr.fiducials import Box, FoundFiducial, GreyImage, find_in_corners, find_within
from omr.geometry import ImagePoint, PageRect, Registration
from omr.layout import Layout
from omr.registration import SheetPlace, place_sheets

# Beside the sheet the image may show so much, on each side. A second sheet shows its own
# fiducials only from 15 mm on; more than 10 mm is no stray edge of the glass any more.
_BESIDE_MM = 10.0
# A fiducial ends 15 mm from the paper's edge, which may lie 10 mm inside the image; the
# detector wants a rim of white.
_REACH_MM = 27.0


@dataclass(frozen=True, slots=True)
class _Filling:
    """A complete sheet that fills a part of the image."""

    part: Box
    place: SheetPlace
    px_per_mm: float
    beside_mm: tuple[float, float, float, float]  # shown beyond it left, top, right, bottom


def place_at_a_glance(grey: GreyImage, frame: Layout) -> list[SheetPlace]:
    """The one sheet that fills the image, or the two that share it evenly.

    Args:
        grey: Shape (h, w), uint8.
        frame: Any layout with the fiducials and the paper that are expected.

    Returns:
        One place, or two in reading order; none if the image must be searched as a whole.
    """
    height, width = grey.shape
    for parts in (((0, 0, width, height),), _halves(width, height)):
        filling = []
        for part in parts:
            found = _filling(grey, part, frame)
            if found is None:
                break
            filling.append(found)
        if len(filling) == len(parts):
            return [each.place for each in filling] if _are_alone(grey, filling, frame) else []
    return []


def are_those_of(
    found: Sequence[FoundFiducial], sheets: Sequence[tuple[SheetPlace, Layout]], side_px: float
) -> bool:
    """Whether none of the fiducials *found* is another sheet's.

    Args:
        found: Anywhere on an image.
        sheets: Where they lie in it, and what is printed on each.
        side_px: Roughly how long a fiducial's side is.
    """
    own = [place.registration.locate(f.centre) for place, frame in sheets for f in frame.fiducials]
    return all(_is_one_of(own, each, side_px) for each in found)


def _halves(width: int, height: int) -> tuple[Box, Box]:
    """The image cut across its long side."""
    if width >= height:
        return (0, 0, width // 2, height), (width // 2, 0, width, height)
    return (0, 0, width, height // 2), (0, height // 2, width, height)


def _filling(grey: GreyImage, part: Box, frame: Layout) -> _Filling | None:
    """The complete sheet that fills *part*, if one does."""
    left, top, right, bottom = part
    px_per_mm = max(right - left, bottom - top) / max(frame.width_mm, frame.height_mm)
    found = find_in_corners(
        grey, part, side_px=px_per_mm * _side_mm(frame), reach_px=px_per_mm * _REACH_MM
    )
    if sorted(f.marker for f in found) != sorted(f.marker for f in frame.fiducials):
        return None
    places = place_sheets(found, frame.fiducials)
    if len(places) != 1 or not isinstance(places[0], SheetPlace):
        return None
    beside = _beside_mm(part, places[0].registration, px_per_mm, frame)
    if max(beside) > _BESIDE_MM:
        return None
    return _Filling(part, places[0], px_per_mm, beside)


def _side_mm(frame: Layout) -> float:
    return min(fiducial.size_mm for fiducial in frame.fiducials)


def _beside_mm(
    part: Box, registration: Registration, px_per_mm: float, frame: Layout
) -> tuple[float, float, float, float]:
    """How much *part* shows beyond the sheet's outermost points on its four sides, mm.

    Negative where the sheet goes beyond *part*. The sheet's edges are straight lines, so its
    corners tell.
    """
    left, top, right, bottom = part
    page = PageRect(0, 0, frame.width_mm, frame.height_mm)
    corners = [registration.locate(corner) for corner in page.corners()]
    xs, ys = sorted(c.x_px + 0.5 for c in corners), sorted(c.y_px + 0.5 for c in corners)
    # Of the two corners on a side the inner one: beyond a skewed edge more is shown.
    return (
        (xs[1] - left) / px_per_mm,
        (ys[1] - top) / px_per_mm,
        (right - xs[2]) / px_per_mm,
        (bottom - ys[2]) / px_per_mm,
    )


def _are_alone(grey: GreyImage, sheets: Sequence[_Filling], frame: Layout) -> bool:
    """Whether no other fiducial lies where the image shows more than the sheets."""
    own = [sheet.place.registration.locate(f.centre) for sheet in sheets for f in frame.fiducials]
    side = _side_mm(frame)
    for sheet in sheets:
        side_px = sheet.px_per_mm * side
        for strip in _strips(sheet, side, (0, 0, grey.shape[1], grey.shape[0])):
            for found in find_within(grey, strip, side_px=side_px):
                if not _is_one_of(own, found, side_px):
                    return False
    return True


def _strips(sheet: _Filling, side_mm: float, whole: Box) -> Iterator[Box]:
    """Where beside *sheet* another fiducial would fit, with what it may cover of the sheet."""
    for n, (beside, at, border) in enumerate(zip(sheet.beside_mm, sheet.part, whole, strict=True)):
        # Towards another sheet's part half of the room is that one's, and is looked at too.
        if beside < (side_mm if at == border else side_mm / 2):
            continue
        inwards = 1 if n < 2 else -1
        start = at - (0 if at == border else inwards * round(side_mm * sheet.px_per_mm))
        end = at + inwards * math.ceil((beside + side_mm) * sheet.px_per_mm)
        strip = list(sheet.part)
        strip[n % 2], strip[n % 2 + 2] = min(start, end), max(start, end)
        yield strip[0], strip[1], strip[2], strip[3]


def _is_one_of(own: Sequence[ImagePoint], found: FoundFiducial, side_px: float) -> bool:
    x, y = found.corners.mean(axis=0)
    return any(math.hypot(x - at.x_px, y - at.y_px) < side_px / 2 for at in own)
