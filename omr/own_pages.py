"""What tells the pages that we print beside forms, when one of them lies in a scanned stack."""

from __future__ import annotations

from collections.abc import Collection

from omr.marks import Reason
from omr.pads import parse_pad
from omr.serials import SerialMistyped

# The sample code on a calibration page. No signature of ours is 47 characters of plain words,
# so this can never count as a form.
CALIBRATION_CODE = "TRANG KIEM TRA MAY IN - KHONG PHAI LA PHIEU ..."
_ADDRESSES = ("https://", "http://")
_LEAST_ON_A_BOARD = 2  # a form's own code for phones is one; letters of others bear one, too


def kind_of_page(codes: Collection[str], bars: Collection[str]) -> Reason | None:
    """Which of our pages without a form says this; None if it is none of them.

    Args:
        codes: What the QR codes on the page say.
        bars: What its barcodes (Code 128) say.
    """
    if CALIBRATION_CODE in codes:
        return Reason.CALIBRATION
    if any(map(_names_a_pad, bars)):
        return Reason.COVER
    if len({text for text in codes if text.startswith(_ADDRESSES)}) >= _LEAST_ON_A_BOARD:
        return Reason.BOARD
    return None


def _names_a_pad(text: str) -> bool:
    try:
        parse_pad(text)
    except SerialMistyped:
        return False
    return True
