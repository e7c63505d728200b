"""Whether anything is written into a sheet's comment field (pure: arrays in and out).

The layout names the field and not what is printed in it, so that is told by its shape: a title
at the left end of the first line, in letters that stand on one line; rows of dots; rules. The
paper's shadows have soft edges, and a scanner's specks are small.

Errs on the side of keeping: what is left is taken for writing if it is half a short word.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.fiducials import GreyImage
from omr.geometry import Registration
from omr.layout import Layout
from omr.shades import LEAST_SPAN
from scans.crops import upright_part, whole_pixels

PX_PER_MM = 4.0  # of the samples: a pen's line of 0.4 mm is 1.6 wide
_ALL_OF_IT = 0.9  # of the image's pixels for each sample: a 1-bit scan's crumbs are single ones
_INK = 0.16  # darkness against the paper round it: the share of the way to black print
_PAPER_MM = 3.0  # a shadow changes little within this; a line of writing is no thicker
# The title's letters stand 4.2 mm below the field's upper edge and reach 0.8 mm below their
# line (forms/prose.py); paper may lie 0.5 mm off.
_TITLE_BOTTOM_MM = 5.5
_TITLE_STARTS_MM = 2.0  # from the field's left edge, at most
_WORD_GAP_MM = 1.5  # between the title's words 0.8; its dots begin 2 mm after it
_LEAST_PIECE_MM = 1.0  # longer side; printed dots have 0.25 mm, specks hardly more
_THIN_MM, _LONG_SHARE = 1.0, 0.5  # a rule or a streak: its width, and its length in fields
_LEAST_MM2 = 1.0  # of ink: "tốt" in ballpoint has 3
# Of a pale line a 1-bit scan keeps crumbs, no larger than dots; but these stand in rows, which
# forms/prose.py draws at these heights, and other forms' rows are told by their many dots.
_FIRST_ROW_MM, _ROWS_APART_MM, _OFF_ROW_MM = 4.2, 6.2, 0.6
_CROWDED = 12
_MOST_LABELS = 1 << 16  # of 16 bits
_LEAST_CRUMBS = 4  # not in rows; on 240 empty fields there were at most 2

Pieces = NDArray[np.int32]  # (n, 5): left, top, width, height, area; samples


def is_written_on(
    grey: GreyImage, registration: Registration, layout: Layout, contrast: float
) -> bool:
    """Whether the comment field bears writing.

    Args:
        grey: The page image, shape (h, w), uint8; half its size will do.
        registration: Where the sheet lies in it.
        layout: Its layout.
        contrast: Paper minus black on this sheet, grey levels.
    """
    place = whole_pixels(layout.comment, layout, PX_PER_MM)
    field = upright_part(grey, registration, place, px_per_mm=PX_PER_MM, enough=_ALL_OF_IT)
    return is_written(field, contrast)


def is_written(field: GreyImage, contrast: float) -> bool:
    """Whether there is writing in a comment field that was cut out already.

    Args:
        field: Upright, at :data:`PX_PER_MM`, shape (h, w), uint8.
        contrast: As for :func:`is_written_on`.
    """
    ink = _without_lines(_ink(field, contrast))
    # Crumbs of one stroke of a 1-bit scan hang together again; printed dots are further apart.
    joined = cv2.dilate(ink, np.ones((3, 3), np.uint8))
    # No piece is smaller than 3 x 3 now. Labels of 16 bits take half as long, for the same pieces.
    kind = cv2.CV_16U if joined.size < 4 * _MOST_LABELS else cv2.CV_32S
    count, labels, boxes, centres = cv2.connectedComponentsWithStats(joined, ltype=kind)
    if count == 1:
        return False
    pieces = np.asarray(boxes[1:], np.int32)
    free = ~_is_title(pieces)
    large = np.maximum(pieces[:, 2], pieces[:, 3]) - 2 >= _LEAST_PIECE_MM * PX_PER_MM
    written = np.zeros(count, bool)
    written[1:] = free & large & ~_is_line(pieces, field.shape)
    if written.any() and np.count_nonzero(ink[written[labels]]) >= _LEAST_MM2 * PX_PER_MM**2:
        return True
    crumbs = np.asarray(centres[1:, 1], np.float64)[free & ~large]
    return len(_out_of_rows(crumbs)) >= _LEAST_CRUMBS


def _ink(field: GreyImage, contrast: float) -> NDArray[np.uint8]:
    """1 where a sample is darker than the paper round it."""
    reach = round(_PAPER_MM * PX_PER_MM / 4)
    small = cv2.resize(field, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    paper = cv2.blur(cv2.dilate(small, np.ones((reach, reach), np.uint8)), (reach, reach))
    round_it = cv2.resize(paper, field.shape[::-1], interpolation=cv2.INTER_LINEAR)
    step = _INK * max(contrast, LEAST_SPAN)
    darker = cv2.subtract(round_it, field)
    return np.asarray(cv2.threshold(darker, step, 1, cv2.THRESH_BINARY)[1], np.uint8)


def _without_lines(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """*ink* without the rows and columns that are ink for most of their length."""
    high, wide = ink.shape
    columns = cv2.reduce(ink, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel() > _LONG_SHARE * high
    rows = cv2.reduce(ink, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel() > _LONG_SHARE * wide
    ink[:, columns] = 0
    ink[rows] = 0
    return ink


def _is_line(pieces: Pieces, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which *pieces* are rules or streaks that lie askew."""
    across, down = pieces[:, 2] - 2, pieces[:, 3] - 2  # as before they were dilated
    thin = _THIN_MM * PX_PER_MM
    rule = (down <= thin) & (across >= _LONG_SHARE * shape[1])
    streak = (across <= thin) & (down >= _LONG_SHARE * shape[0])
    return np.asarray(rule | streak)


def _is_title(pieces: Pieces) -> NDArray[np.bool_]:
    """Which *pieces* are the printed title: those that stand close together from the left on."""
    in_line = pieces[:, 1] + pieces[:, 3] - 1 <= _TITLE_BOTTOM_MM * PX_PER_MM
    end = _TITLE_STARTS_MM * PX_PER_MM
    title = np.zeros(len(pieces), bool)
    for n in np.flatnonzero(in_line)[np.argsort(pieces[in_line, 0], kind="stable")]:
        left, width = pieces[n, 0], pieces[n, 2]
        if left > end:
            break
        title[n] = True
        end = max(end, left + width - 2 + _WORD_GAP_MM * PX_PER_MM)
    return title


def _out_of_rows(heights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Those small pieces, by the heights of their middles, that stand in no row of dots."""
    from_row = heights / PX_PER_MM - _FIRST_ROW_MM + _ROWS_APART_MM / 2
    rest = heights[np.abs(from_row % _ROWS_APART_MM - _ROWS_APART_MM / 2) > _OFF_ROW_MM]
    beside = np.abs(rest[:, None] - rest[None]) <= _OFF_ROW_MM * PX_PER_MM
    return np.asarray(rest[beside.sum(axis=1) < _CROWDED])
