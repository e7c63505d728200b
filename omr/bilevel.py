"""Whether somebody, or something, has decided what is black and what is white (pure).

A scan, or a fax, of one bit a pixel keeps a pen or loses it without a trace. So does a picture that
was one bit a pixel once, and was made smaller, softened or packed as JPEG since.
"""

from __future__ import annotations

import cv2
import numpy as np

from omr.fiducials import GreyImage

_WHITE = 250.0  # grey level: what is thresholded has paper without a tone of its own
_INK, _DARKEST, _LIGHTEST = 70, 70, 200  # grey levels: of ink, and of the tones in between
# Tones farther than this many pixels from all ink are an outline's, a light pen's, a halftone's.
_EDGE_PX = 2
# Of a page's tones so many lie apart from ink. Pages of 1 bit that were softened or made smaller
# show 0.02 to 0.08, those of 550 virtual grey scans on white paper 0.145 and more.
_OWN_TONES = 0.11
_BANDS, _BAND = 12, 1 / 36  # in which it is counted: so many, so high, evenly over the page


def is_bilevel(grey: GreyImage) -> bool:
    """Whether the image knows only black and white (a JPEG's ripples round them aside)."""
    from omr import loops_shades as loops  # noqa: PLC0415 - numba, which only measuring needs

    # A page that was turned lies in memory as it was scanned.
    return loops.share_between(np.ascontiguousarray(grey), 8, 3, 25, 230) < 0.002


def is_thresholded(grey: GreyImage, paper: float) -> bool:
    """Whether an image on white *paper* has no tones but on the edges of black ink.

    Args:
        grey: Shape (h, w), uint8.
        paper: Its middle grey level beside the bubbles.
    """
    if paper < _WHITE:
        return False
    height, side = grey.shape[0], 2 * _EDGE_PX + 1
    tones = apart = 0
    for n in range(_BANDS):
        first = n * height // _BANDS
        band = grey[first : first + max(side, int(_BAND * height))]
        between = cv2.inRange(band, _DARKEST, _LIGHTEST)
        darkest_near = cv2.erode(band, np.ones((side, side), np.uint8))
        tones += cv2.countNonZero(between)
        apart += cv2.countNonZero(cv2.bitwise_and(between, cv2.inRange(darkest_near, _INK, 255)))
    return apart < _OWN_TONES * tones
