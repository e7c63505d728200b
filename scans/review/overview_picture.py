"""Pictures for the overview: a sheet with what was read on it, and comments made unreadable.

Arrays and JPEG in and out (pure).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.evidence import PX_PER_MM, Ring, draw_places, drawn_sheet, in_colour, rings_of, size_px
from omr.fiducials import GreyImage
from omr.geometry import PageRect
from omr.layout import Layout
from omr.ledger.sheets import COMMENT_PART, WHOLE_PART, SheetRow
from omr.scoring import SheetMeasure

_QUALITY = 82  # of the JPEG: rings stay sharp, about 300 kB a sheet
# One grey value for a piece of paper that holds two or three letters: nothing can be read.
_VEIL_MM = 4.0


class Origin(StrEnum):
    """Where a sheet's picture comes from."""

    KEPT = "kept"  # the picture that was kept of the whole sheet
    PARTS = "parts"  # drawn, with the kept crops at their places
    DRAWN = "drawn"  # from the layout and the measurements alone
    OUTLINE = "outline"  # from the layout alone
    NOTHING = "nothing"


def origin_of(row: SheetRow, layout: Layout | None, *, measured: bool) -> Origin:
    """Where the picture of a sheet will come from, if its kept files are there.

    Args:
        row: The sheet.
        layout: Its own; None if it is not known.
        measured: Whether there are measurements to draw it from.
    """
    if row.picture or WHOLE_PART in row.parts:
        return Origin.KEPT
    if layout is None:
        return Origin.NOTHING
    if row.parts:
        return Origin.PARTS
    return Origin.DRAWN if measured else Origin.OUTLINE


def sheet_picture(
    row: SheetRow,
    paper: Layout,
    layout: Layout | None,
    measured: SheetMeasure | None,
    kept: Mapping[str, bytes],
    *,
    hide_comment: bool,
) -> bytes:
    """A sheet with a ring round every bubble that says something.

    Args:
        row: The sheet as it stands.
        paper: Gives its size; any layout that is printed on such paper.
        layout: Its own; None if it is not known, then nothing is drawn on it.
        measured: What to draw it from where no picture was kept.
        kept: Its kept pictures, JPEG by SHA-256.
        hide_comment: Whether its comment must not be readable.

    Returns:
        JPEG, 8 px a mm.
    """
    grey = _base(row, paper, measured, kept)
    for name, part in row.parts.items():
        if name != WHOLE_PART:
            _lay(grey, part.region, _grey(kept.get(part.sha256)))
    if hide_comment:
        regions = [part.region for name, part in row.parts.items() if name == COMMENT_PART]
        for region in (*regions, paper.comment):
            _veil(grey, region)
    picture = in_colour(grey)
    if layout is not None:
        draw_places(picture, layout, rings_now(row, layout))
    return _jpeg(picture)


def rings_now(row: SheetRow, layout: Layout) -> dict[tuple[str, str], Ring]:
    """The rings that say something: the machine's, with people's decisions over them."""
    rings = rings_of(layout, row.seen_answers)
    for question, answer in row.reading.answers.items():
        if answer != row.seen_answers.get(question):
            for bubble in layout.question(question).bubbles:
                chosen = bubble.option in answer.options
                rings[question, bubble.option] = Ring.DECIDED if chosen else Ring.BLANK
    return {place: ring for place, ring in rings.items() if ring is not Ring.BLANK}


def veiled(jpeg: bytes, region: PageRect) -> bytes | None:
    """A crop as nobody can read it; None if it is no picture.

    Args:
        jpeg: The crop.
        region: Of the sheet, that it shows.
    """
    grey = _grey(jpeg)
    return None if grey is None else _jpeg(_veil_of(grey, region))


def with_veil(jpeg: bytes, shows: PageRect, hidden: PageRect) -> bytes:
    """A kept picture with a part of it made unreadable; as it is if it shows nothing of that.

    Args:
        jpeg: The picture, of any scale.
        shows: What of the sheet it shows, mm.
        hidden: What nobody may read, mm.
    """
    grey = _grey(jpeg)
    if grey is None:
        return jpeg
    height, width = grey.shape
    across, down = width / shows.w_mm, height / shows.h_mm  # px a mm
    left = max(0, round((hidden.x_mm - shows.x_mm) * across))
    top = max(0, round((hidden.y_mm - shows.y_mm) * down))
    right = min(width, round((hidden.right_mm - shows.x_mm) * across))
    bottom = min(height, round((hidden.bottom_mm - shows.y_mm) * down))
    if left >= right or top >= bottom:
        return jpeg
    region = PageRect(0.0, 0.0, (right - left) / across, (bottom - top) / down)
    picture = grey.copy()
    picture[top:bottom, left:right] = _veil_of(picture[top:bottom, left:right], region)
    return _jpeg(picture)


def _base(
    row: SheetRow, paper: Layout, measured: SheetMeasure | None, kept: Mapping[str, bytes]
) -> NDArray[np.uint8]:
    whole = row.parts.get(WHOLE_PART)
    for digest in (row.picture, whole.sha256 if whole else None):
        found = _grey(kept.get(digest)) if digest else None
        if found is not None:
            resized = cv2.resize(found, size_px(paper), interpolation=cv2.INTER_CUBIC)
            return np.ascontiguousarray(resized, np.uint8)
    return drawn_sheet(paper, measured)


def _lay(sheet: NDArray[np.uint8], region: PageRect, crop: GreyImage | None) -> None:
    """Lay *crop* on the sheet at its place."""
    if crop is None:
        return
    rows, columns = _pixels(sheet, region)
    height, width = rows.stop - rows.start, columns.stop - columns.start
    if height > 0 and width > 0:
        sheet[rows, columns] = cv2.resize(crop, (width, height), interpolation=cv2.INTER_AREA)


def _veil(sheet: NDArray[np.uint8], region: PageRect) -> None:
    rows, columns = _pixels(sheet, region)
    part = sheet[rows, columns]
    if part.size:
        sheet[rows, columns] = _veil_of(part, region)


def _veil_of(grey: GreyImage, region: PageRect) -> NDArray[np.uint8]:
    """*grey* with one value for each few millimetres, smooth between them."""
    few_size = (max(1, round(region.w_mm / _VEIL_MM)), max(1, round(region.h_mm / _VEIL_MM)))
    few = cv2.resize(grey, few_size, interpolation=cv2.INTER_AREA)
    size = (grey.shape[1], grey.shape[0])
    return np.asarray(cv2.resize(few, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _pixels(sheet: GreyImage, region: PageRect) -> tuple[slice, slice]:
    """Rows and columns of the picture that *region* covers, within the picture."""
    top, left = round(region.y_mm * PX_PER_MM), round(region.x_mm * PX_PER_MM)
    bottom, right = round(region.bottom_mm * PX_PER_MM), round(region.right_mm * PX_PER_MM)
    height, width = sheet.shape[:2]
    return (
        slice(min(max(top, 0), height), min(max(bottom, 0), height)),
        slice(min(max(left, 0), width), min(max(right, 0), width)),
    )


def _grey(jpeg: bytes | None) -> GreyImage | None:
    if not jpeg:
        return None
    found = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    return None if found is None else np.asarray(found, np.uint8)


def _jpeg(picture: NDArray[np.uint8]) -> bytes:
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise RuntimeError("the picture could not be packed")
    return bytes(data)
