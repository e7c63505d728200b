"""QR codes on a page image -> what they say.

Two decoders that fail on different damage: zxing-cpp first (fast; weak on smudges), then
pyzbar (slow; weak on noise) where the system's zbar library is there, then both again on
enlarged and smoothed copies. Figures in docs/decisions.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import zxingcpp

from omr.codes import CodeBody, CodeFault
from omr.fiducials import GreyImage

_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_BARS = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128])
# A crop of 25 mm at 400 dpi, 10 px a module: more helps no decoder, and zbar takes 0.1 s for
# a code of 800 px.
_ENOUGH_PX = 400
# A whole page of more takes its time and shows no more: A4 has 13 px/mm then.
_WHOLE_LONG_SIDE_PX = 4000


@lru_cache(maxsize=1)
def _zbar() -> Callable[[GreyImage], list[str]] | None:
    """The pyzbar decoder, or None where the system has no zbar library."""
    try:
        from pyzbar import pyzbar  # noqa: PLC0415 - fails where the library is missing
    except (ImportError, OSError):
        return None

    def decode(image: GreyImage) -> list[str]:
        found: list[Any] = pyzbar.decode(image, symbols=[pyzbar.ZBarSymbol.QRCODE])
        return [symbol.data.decode("utf-8", "replace") for symbol in found]

    return decode


def has_zbar() -> bool:
    """Whether the second decoder can be used on this machine."""
    return _zbar() is not None


def read_by_each(image: GreyImage) -> dict[str, list[str] | None]:
    """What each decoder by itself reads on a clean picture; None where it is missing."""
    zbar = _zbar()
    return {"zxing-cpp": _zxing(image), "zbar": None if zbar is None else zbar(image)}


def read_code(
    crop: GreyImage, verify: Callable[[str], CodeBody | CodeFault]
) -> list[CodeBody | CodeFault]:
    """What the QR codes in *crop* say, trying harder until one of ours is read.

    Args:
        crop: The place where a code is expected and a little more; shape (h, w), uint8.
        verify: Says what a text means; asked once for each text.

    Returns:
        What our code says, alone; or the fault of every other text seen; or nothing.
    """
    if min(crop.shape) < 20:
        return []
    faults: dict[str, CodeBody | CodeFault] = {}
    for texts in _attempts(crop):
        for text in texts:
            if text in faults:
                continue
            said = verify(text)
            if isinstance(said, CodeBody):
                return [said]
            faults[text] = said
    return list(faults.values())


def read_page_codes(grey: GreyImage) -> list[tuple[str, tuple[float, float]]]:
    """Every QR code on a whole page: text and rough centre, px. For pages without fiducials."""
    found = []
    few, factor = _few(grey)
    # Codes in a negative are left alone, so that a page taken out as one is drawn instead.
    for barcode in zxingcpp.read_barcodes(few, formats=_QR, try_invert=False):
        corners = barcode.position
        points = (corners.top_left, corners.bottom_right)
        centre = (sum(p.x for p in points) / 2 * factor, sum(p.y for p in points) / 2 * factor)
        found.append((barcode.text, centre))
    return found


def read_page_bars(grey: GreyImage) -> set[str]:
    """What the barcodes on a whole page say: covers bear one."""
    few, _factor = _few(grey)
    return {code.text for code in zxingcpp.read_barcodes(few, formats=_BARS, try_invert=False)}


def _few(grey: GreyImage) -> tuple[GreyImage, float]:
    """The page with as many pixels as its codes need, and how many of its own are one of them."""
    factor = max(1.0, max(grey.shape) / _WHOLE_LONG_SIDE_PX)
    return (grey if factor == 1 else _scaled(grey, 1 / factor)), factor


def _attempts(crop: GreyImage) -> Iterator[list[str]]:
    """Texts from ever more costly looks at the same crop."""
    zbar = _zbar()
    yield _zxing(crop)
    if min(crop.shape) > _ENOUGH_PX:
        crop = _scaled(crop, _ENOUGH_PX / min(crop.shape))
    double = _scaled(crop, 2.0)
    yield _zxing(double)
    if zbar is not None:
        yield zbar(crop)
        yield zbar(double)
    for image in (
        np.asarray(cv2.medianBlur(crop, 3), np.uint8),
        np.asarray(cv2.GaussianBlur(double, (0, 0), 2.0), np.uint8),
        np.asarray(cv2.morphologyEx(double, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)), np.uint8),
        np.asarray(cv2.morphologyEx(double, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8),
    ):
        yield _zxing(image, zxingcpp.Binarizer.GlobalHistogram)
        yield _zxing(image)
        if zbar is not None:
            yield zbar(image)


def _zxing(
    image: GreyImage, binarizer: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage
) -> list[str]:
    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(image),
        formats=_QR,
        try_rotate=False,
        try_downscale=False,
        try_invert=False,
        binarizer=binarizer,
    )
    return [barcode.text for barcode in found]


def _scaled(image: GreyImage, factor: float) -> GreyImage:
    way = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
    resized = cv2.resize(image, None, fx=factor, fy=factor, interpolation=way)
    return np.asarray(resized, np.uint8)
