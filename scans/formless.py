"""Pages on which no sheet could be placed: what they are instead."""

from __future__ import annotations

from collections.abc import Collection

import cv2
import numpy as np

from omr.fiducials import GreyImage, find_fiducials
from omr.marks import Reason
from omr.own_pages import kind_of_page
from scans.identify import read_page_bars

_DARKEST_PAPER = 90  # grey level; a page that is black all over is no empty paper
_INK_SHARE = 0.002  # of the page darker than mid-grey: below, the page is empty paper
# A mirrored sheet is only named, never measured, so that much of an image is enough: A4 has
# 6 px/mm then, at which fiducials are found (omr.fiducials).
_MIRRORED_LONG_SIDE_PX = 1800


def name_page(grey: GreyImage, codes: Collection[str]) -> Reason:
    """What a page without a form is: one of our own, empty paper, or somebody else's.

    Args:
        grey: Shape (h, w), uint8.
        codes: What the QR codes on it say.
    """
    if is_empty(grey):
        return Reason.EMPTY_PAGE
    return kind_of_page(codes, read_page_bars(grey)) or Reason.FOREIGN_PAGE


def is_mirrored(grey: GreyImage) -> bool:
    """Whether the page shows fiducials in a mirror."""
    factor = _MIRRORED_LONG_SIDE_PX / max(grey.shape)
    if factor < 1:
        small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        grey = np.asarray(small, np.uint8)
    return bool(find_fiducials(np.ascontiguousarray(grey[:, ::-1])))


def is_empty(grey: GreyImage) -> bool:
    """Whether the page is bare paper: light, and nearly nothing much darker than it."""
    small = cv2.resize(grey, (400, 560), interpolation=cv2.INTER_AREA)
    inner = small[20:-20, 20:-20].astype(np.float32)  # shadows live at the edge
    paper = float(np.median(inner))
    return paper > _DARKEST_PAPER and float((inner < paper - 40).mean()) < _INK_SHARE
