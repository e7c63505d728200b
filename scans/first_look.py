"""The first look at a page, with a quarter of its pixels: when it is enough, and what it saw.

A JPEG of 300 dpi decoded at half size costs a fifth less, and everything after it up to three
quarters less. It is believed only where it leaves nothing to doubt (scans.read_page).
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from omr.fiducials import GreyImage
from omr.ledger.sheets import SheetReading

# 145 dpi: above the 135 below which a sheet is refused, and the coarsest at which a pencil line
# of 0.4 mm is as surely seen as at full size. A5 at 300 dpi has 5.9 at half size.
PX_PER_MM = 5.7
# A 1-bit scan that was packed as JPEG has paper and print within these (omr.bilevel.is_bilevel)
# and, packing leaves blocks without an edge quite even, most of its paper in three grey levels:
# 0.83 to 0.95 of the page in measurements, 0.3 to 0.65 in grey scans.
_PAPER, _PRINT, _EVEN = 231, 24, 0.3
_PRINT_SHARE = 0.005  # of a page: less than fiducials and codes make black
# Halved, of a 1-bit page only the edges of what is black lie between them: 0.02 to 0.055 of the
# page, 0.09 with 1 % of pepper. Where print in a grey scan is soft it is 0.11 to 0.27.
_EDGES = 0.10


def may_be_bilevel(grey: GreyImage) -> bool:
    """Whether the page may be a 1-bit scan; halving mixes its pixels, so this tells no more.

    Args:
        grey: The page at half size, shape (h, w), uint8.
    """
    some = np.ascontiguousarray(grey[::4, ::3])
    shares = cv2.calcHist([some], [0], None, [256], [0, 256]).ravel() / some.size
    usual = int(shares.argmax())
    even = shares[max(0, usual - 1) : usual + 2].sum()
    darkest = int(np.searchsorted(np.cumsum(shares), _PRINT_SHARE))
    between = shares[_PRINT + 1 : _PAPER].sum()
    return usual >= _PAPER and darkest <= _PRINT and bool(even >= _EVEN and between <= _EDGES)


def enlarged(reading: SheetReading, shrunk: int) -> SheetReading:
    """*reading* of a smaller image, with its place in the whole one.

    Args:
        reading: As read.
        shrunk: So many of the whole image's pixels are one of the smaller's, both ways.
    """
    if reading.registration is None:
        return reading
    a, b, c, d, e, f, g, h, i = reading.registration
    # A pixel covers shrunk x shrunk pixels, and its middle lies between theirs.
    shift = (shrunk - 1) / 2
    where = (
        *(shrunk * x + shift * w for x, w in ((a, g), (b, h), (c, i))),
        *(shrunk * y + shift * w for y, w in ((d, g), (e, h), (f, i))),
        *(g, h, i),
    )
    return replace(reading, registration=where)
