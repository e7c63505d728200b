"""What a person is shown of a sheet to decide about one question, in mm (pure)."""

from __future__ import annotations

from omr.geometry import PageRect
from omr.layout import Layout, Question

_PAD_MM = 4.0  # from the outer rows' bubble centres to where the crop ends
_HALF_ROW_MM = 3.2  # the form's rows are 6.3 mm apart
_SIDE_MM = 2.0  # of paper beside the print
_FAR_MM = 14.0  # a neighbour further away than this is not shown, only the paper up to here
_SAME_ROW_MM = 2.5


def crop_of(layout: Layout, question: Question) -> tuple[PageRect, PageRect]:
    """What to show of the sheet for *question*: its rows, and one more above and below.

    Returns:
        The crop, and within it the question's own rows; both as wide as what is printed.
    """
    own = [bubble.centre.y_mm for bubble in question.bubbles]
    top, bottom = min(own), max(own)
    others = [
        bubble.centre.y_mm
        for other in layout.questions
        if other.id != question.id
        for bubble in other.bubbles
    ]
    above = max((y for y in others if y < top - _SAME_ROW_MM), default=top - _FAR_MM)
    below = min((y for y in others if y > bottom + _SAME_ROW_MM), default=bottom + _FAR_MM)
    # A heading stands above its rows, so what lies between two rows belongs to the lower one.
    band_top = max(top - _FAR_MM, above + min(_HALF_ROW_MM, (top - above) / 2))
    band_bottom = bottom + min(_HALF_ROW_MM, (below - bottom) / 2)
    crop_top = max(0.0, max(above, top - _FAR_MM) - _PAD_MM)
    crop_bottom = min(layout.height_mm, min(below, bottom + _FAR_MM) + _PAD_MM)
    left, right = printed_width(layout)
    return (
        PageRect(left, crop_top, right - left, crop_bottom - crop_top),
        PageRect(left, band_top, right - left, band_bottom - band_top),
    )


def printed_width(layout: Layout) -> tuple[float, float]:
    """The left and right end of print, mm: the fiducials stand outermost."""
    left = min(mark.centre.x_mm - mark.size_mm / 2 for mark in layout.fiducials)
    right = max(mark.centre.x_mm + mark.size_mm / 2 for mark in layout.fiducials)
    return max(0.0, left - _SIDE_MM), min(layout.width_mm, right + _SIDE_MM)
