"""Pages and sheets that could not be placed: what they are, as far as anything says it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import cv2
import numpy as np

from omr.codes import CodeBody
from omr.fiducials import DARKEST_PAPER, GreyImage, find_fiducials
from omr.layout import Layout
from omr.marks import Reason
from omr.own_pages import kind_of_page
from omr.registration import Unplaced
from scans.identify import read_page_bars
from scans.likeness import may_be_ours

_INK_SHARE = 0.002  # of the page darker than mid-grey: below, the page is empty paper
# Black over so much of a page hides more of a form than two fiducials and both codes; over more
# than the other share it is the page's own colour: a cover, a negative.
_BLACK_SHARE, _ALL_BLACK = 0.40, 0.97
_BLACK = 128  # grey level, the mean over a few millimetres: halftones are grey
# What is only named, never measured, is looked at with so many pixels: A4 has 6 px/mm then, at
# which fiducials are found (omr.fiducials).
_NAMED_LONG_SIDE_PX = 1800
# Lines through one fiducial of 7 mm are off by so much at a code 90 mm from the sheet's middle
# in a photograph; another sheet's codes lie farther off, unless it lies over this one.
_CODE_OFF_MM = 20.0


def reduced(grey: GreyImage) -> GreyImage:
    """The page with as many pixels as naming it needs."""
    factor = _NAMED_LONG_SIDE_PX / max(grey.shape)
    if factor >= 1:
        return grey
    small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def name_page(grey: GreyImage, small: GreyImage, codes: Collection[str]) -> Reason:
    """What a page without a form is: one of our own, empty paper, or somebody else's.

    Args:
        grey: Shape (h, w), uint8.
        small: The same, :func:`reduced`.
        codes: What the QR codes on it say.
    """
    if is_empty(small):
        return Reason.EMPTY_PAGE
    return kind_of_page(codes, read_page_bars(grey)) or Reason.FOREIGN_PAGE


def is_mirrored(small: GreyImage) -> bool:
    """Whether a :func:`reduced` page shows fiducials in a mirror."""
    return bool(find_fiducials(np.ascontiguousarray(small[:, ::-1])))


def is_dark(small: GreyImage) -> bool:
    """Whether most of a page is darker than any paper."""
    return float(np.median(small)) < DARKEST_PAPER


def is_negative(small: GreyImage, frames: Sequence[Layout]) -> bool:
    """Whether a :func:`reduced` page looks like a form where dark and light change places."""
    if not is_dark(small):
        return False
    turned = np.asarray(cv2.bitwise_not(small), np.uint8)
    return bool(find_fiducials(turned, harder=False)) or may_be_ours(turned, frames)


def is_empty(grey: GreyImage) -> bool:
    """Whether the page is bare paper: light, and nearly nothing much darker than it."""
    small = cv2.resize(grey, (400, 560), interpolation=cv2.INTER_AREA)
    inner = small[20:-20, 20:-20].astype(np.float32)  # shadows live at the edge
    paper = float(np.median(inner))
    return paper > DARKEST_PAPER and float((inner < paper - 40).mean()) < _INK_SHARE


def is_blackened(small: GreyImage) -> bool:
    """Whether so much of a :func:`reduced` page is black that a form may be under it."""
    coarse = cv2.resize(small, (80, 112), interpolation=cv2.INTER_AREA)
    black = float((coarse < _BLACK).mean())
    return _BLACK_SHARE <= black < _ALL_BLACK


def code_of(
    unplaced: Unplaced,
    codes: Sequence[tuple[CodeBody, tuple[float, float]]],
    frames: Sequence[Layout],
) -> CodeBody | None:
    """The code that belongs to a sheet whose place is not known well enough to measure it.

    Args:
        unplaced: The sheet.
        codes: Every code of ours on the page, with its rough centre, px; other sheets' too.
        frames: Layouts whose codes may be expected.

    Returns:
        The one that lies where the sheet's own is expected, if any does.
    """
    nearest, best = _CODE_OFF_MM * abs(unplaced.right), None
    for frame in frames:
        middle = complex(frame.width_mm / 2, frame.height_mm / 2)
        for place in frame.codes:
            printed = complex(place.x_mm + place.w_mm / 2, place.y_mm + place.h_mm / 2)
            expected = unplaced.locate(printed - middle)
            for body, at in codes:
                off = abs(complex(*at) - expected)
                if off < nearest:
                    nearest, best = off, body
    return best
