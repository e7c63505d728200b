"""Looks at a finished PDF as a printer and a phone would: pages as pictures, codes as read.

What was drawn is judged from the page itself and never from what was meant to be drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import pypdfium2
import zxingcpp
from PIL import Image, ImageFilter

from omr.geometry import MM_PER_INCH, PageRect

PROOF_DPI = 150.0
_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
# A phone held at arm's length: half the proof's resolution, out of focus by one pixel.
_PHONE_SCALE = 0.5
_PHONE_BLUR_PX = 1.0
# pypdfium2 rounds sizes up, so an exact A4 page would gain a row of pixels.
_JUST_BELOW = 1 - 1e-6


@dataclass(frozen=True, slots=True)
class SeenCode:
    """A QR code as a decoder found it on a page."""

    text: str
    box: PageRect  # upright, around its four corners


def page_count(pdf: bytes) -> int:
    """How many pages the document has."""
    with _opened(pdf) as document:
        return len(document)


def page_png(pdf: bytes, page: int, dpi: float) -> bytes:
    """One page as a PNG file in colour.

    Args:
        pdf: The document.
        page: From 0.
        dpi: Pixels per inch of paper, > 0.

    Raises:
        IndexError: If there is no such page.
    """
    png = BytesIO()
    picture = _picture(pdf, page, dpi, grey=False)
    picture.save(png, "PNG", optimize=True, dpi=(dpi, dpi))
    return png.getvalue()


def codes_on(pdf: bytes, page: int, *, as_phone: bool = False) -> tuple[SeenCode, ...]:
    """Every QR code that can be read on one page, from top to bottom.

    Args:
        pdf: The document.
        page: From 0.
        as_phone: Look at half the resolution through a blur, as a phone's camera does.

    Raises:
        IndexError: If there is no such page.
    """
    picture = _picture(pdf, page, PROOF_DPI, grey=True)
    dpi = PROOF_DPI
    if as_phone:
        dpi *= _PHONE_SCALE
        size = (round(picture.width * _PHONE_SCALE), round(picture.height * _PHONE_SCALE))
        picture = picture.resize(size, Image.Resampling.BOX)
        picture = picture.filter(ImageFilter.GaussianBlur(_PHONE_BLUR_PX))
    found = [
        SeenCode(barcode.text, _box(barcode.position, MM_PER_INCH / dpi))
        for barcode in zxingcpp.read_barcodes(picture, formats=_QR, try_invert=False)
    ]
    return tuple(sorted(found, key=lambda code: (code.box.y_mm, code.box.x_mm)))


@contextmanager
def _opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        yield document
    finally:
        document.close()


def _picture(pdf: bytes, page: int, dpi: float, *, grey: bool) -> Image.Image:
    with _opened(pdf) as document:
        if not 0 <= page < len(document):
            raise IndexError(page)
        bitmap = document[page].render(scale=dpi / 72 * _JUST_BELOW, grayscale=grey)
        picture: Image.Image = bitmap.to_pil()
        return picture.copy()  # the bitmap's memory goes with the document


def _box(corners: zxingcpp.Position, mm_per_px: float) -> PageRect:
    points = (corners.top_left, corners.top_right, corners.bottom_right, corners.bottom_left)
    left, right = min(p.x for p in points), max(p.x for p in points)
    top, bottom = min(p.y for p in points), max(p.y for p in points)
    return PageRect(
        left * mm_per_px, top * mm_per_px, (right - left) * mm_per_px, (bottom - top) * mm_per_px
    )
