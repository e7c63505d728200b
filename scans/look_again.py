"""A page looked at once more, when a sheet on it turns out to need more than its reading.

Seldom needed, so the reader keeps no image for it: a second paper's picture, the place of a
streak, an explanation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.bilevel import is_bilevel
from omr.evidence import jpeg_of, upright
from omr.fiducials import GreyImage, find_fiducials
from omr.geometry import PagePoint, PageRect, Registration
from omr.layout import Layout
from omr.ledger.sheets import Axis, SheetReading, Streak
from omr.marks import Reason
from omr.scoring import bubbles_of
from omr.streaks import find_streaks
from scans.faults import PageFault
from scans.pages import PageRef, can_render, load_page
from scans.streaked import reaches_px

_BLACK_SHARE = 0.5  # percent of a sheet: less than its fiducials and codes make black


def registration_of(numbers: tuple[float, ...]) -> Registration:
    """A registration from the ledger's nine numbers."""
    a, b, c, d, e, f, g, h, i = numbers
    return Registration((a, b, c, d, e, f, g, h, i))


def page_image(ref: PageRef, where: Registration, layout: Layout) -> GreyImage | None:
    """The page as it was read: the image on which the sheet lies at *where*.

    A PDF page may have been drawn anew for reading, and light and dark exchanged, so that is
    tried where the page's own image does not show the sheet.

    Returns:
        Shape (h, w), uint8; None if the page cannot be loaded or shows no such sheet.
    """
    for rendered in (False, True) if can_render(ref) else (False,):
        grey = load_page(ref, rendered=rendered)
        if isinstance(grey, PageFault):
            continue
        for image in (grey, np.asarray(cv2.bitwise_not(grey), np.uint8)):
            if find_fiducials(upright(image, where, layout)):
                return image
    return None


def picture_of(ref: PageRef, layouts: Mapping[str, Layout], sheet: SheetReading) -> bytes | None:
    """The picture of a sheet, upright, as JPEG; None if it cannot be made.

    Args:
        ref: The sheet's page.
        layouts: By layout id.
        sheet: What was read.
    """
    layout = layouts.get(sheet.layout_id or "")
    if sheet.registration is None or layout is None:
        return None
    where = registration_of(sheet.registration)
    grey = page_image(ref, where, layout)
    if grey is None:
        return None
    return jpeg_of(upright(grey, where, layout), bilevel=is_bilevel(grey))


def with_streaks(ref: PageRef, sheet: SheetReading, layouts: Mapping[str, Layout]) -> SheetReading:
    """*sheet* with the places of the streaks because of which it was set aside."""
    layout = layouts.get(sheet.layout_id or "")
    if Reason.STREAK not in sheet.reasons or sheet.streaks or sheet.registration is None:
        return sheet
    if layout is None:
        return sheet
    where = registration_of(sheet.registration)
    grey = page_image(ref, where, layout)
    return sheet if grey is None else replace(sheet, streaks=_streaks(grey, where, layout))


def _streaks(grey: GreyImage, where: Registration, layout: Layout) -> tuple[Streak, ...]:
    page = PageRect(0, 0, layout.width_mm, layout.height_mm)
    corners = [where.locate(corner) for corner in page.corners()]
    xs, ys = [corner.x_px for corner in corners], [corner.y_px for corner in corners]
    sheet = upright(grey, where, layout)
    scale = where.px_per_mm(PagePoint(layout.width_mm / 2, layout.height_mm / 2))
    columns, rows = find_streaks(
        grey,
        box=(int(min(xs)), int(min(ys)), int(max(xs)), int(max(ys))),
        px_per_mm=scale,
        contrast=float(np.median(sheet) - np.percentile(sheet, _BLACK_SHARE)),
    )
    # A rule that the form prints can look like a streak; it is far from all bubbles.
    places = [where.locate(bubble.centre) for _question, bubble in bubbles_of(layout)]
    beside, above = reaches_px(where, layout)
    return (
        *_lines(columns, Axis.COLUMN, [at.x_px for at in places], beside),
        *_lines(rows, Axis.ROW, [at.y_px for at in places], above),
    )


def _lines(
    places: NDArray[np.int64], axis: Axis, bubbles: Sequence[float], reach: NDArray[np.float64]
) -> list[Streak]:
    """Neighbouring columns or rows as one streak each, if it spoils a bubble."""
    runs = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1) if len(places) else []
    return [
        Streak(axis, int(run[0] + run[-1]) // 2, len(run))
        for run in runs
        if any(run[0] - far <= at <= run[-1] + far for at, far in zip(bubbles, reach, strict=True))
    ]
