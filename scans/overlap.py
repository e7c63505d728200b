"""Sheets that lie over one another on a glass: what is hidden must not pass for blank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.geometry import PagePoint, PageRect
from omr.marks import Reason
from omr.registration import Unplaced
from scans.stages import Placed

# Forms print nothing nearer to the paper's edge than 7 mm, so that edges may lie over edges.
_EDGE_MM = 4.0


def set_covered_apart(sheets: Sequence[Placed | Unplaced]) -> list[Placed | Unplaced]:
    """*sheets*, of which those that another one covers in part are placed no more.

    The one that shows fewer fiducials lies below. Where both show as many, nobody knows which
    does, and a person looks at both.
    """
    told = list(sheets)
    for one, other in combinations(range(len(told)), 2):
        first, second = told[one], told[other]
        if not (isinstance(first, Placed) and isinstance(second, Placed)):
            continue
        if not _overlap(first, second):
            continue
        gone, other_gone = len(first.place.missing), len(second.place.missing)
        if gone != other_gone:
            below = one if gone > other_gone else other
            told[below] = _unplaced(first if below == one else second)
        else:
            told[one], told[other] = _doubted(first), _doubted(second)
    return told


def _overlap(first: Placed, second: Placed) -> bool:
    area, _outline = cv2.intersectConvexConvex(_outline_px(first), _outline_px(second))
    return float(area) > 0


def _outline_px(sheet: Placed) -> NDArray[np.float32]:
    """The sheet without its edges, shape (4, 2), px."""
    page = PageRect(0, 0, sheet.frame.width_mm, sheet.frame.height_mm).grown(-_EDGE_MM)
    where = sheet.place.registration
    corners = [where.locate(corner) for corner in page.corners()]
    return np.array([(at.x_px, at.y_px) for at in corners], np.float32)


def _doubted(sheet: Placed) -> Placed:
    return replace(sheet, place=replace(sheet.place, out_of_line=True))


def _unplaced(sheet: Placed) -> Unplaced:
    where = sheet.place.registration
    x, y = sheet.frame.width_mm / 2, sheet.frame.height_mm / 2
    at, beside = where.locate(PagePoint(x, y)), where.locate(PagePoint(x + 1, y))
    right = complex(beside.x_px - at.x_px, beside.y_px - at.y_px)
    return Unplaced(Reason.REGISTRATION, complex(at.x_px, at.y_px), right)
