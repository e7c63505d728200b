"""Looks at a finished PDF as a printer and a phone would: pages as pictures, codes as read.

What was drawn is judged from the page itself and never from what was meant to be drawn.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import pypdfium2
import zxingcpp
from PIL import Image, ImageFilter

from omr.geometry import MM_PER_INCH, PageRect

PROOF_DPI = 150.0
# What a phone sees of 1 mm from 1 m: 4000 pixels over the 1.4 m that a 26 mm lens covers,
# and out of focus by one of them. Close to half the proof's resolution.
PHONE_DPI_AT_1_M = 75.0
_PHONE_BLUR_PX = 1.0
_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
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


def codes_on(
    pdf: bytes, page: int, looks: Iterable[PageRect] = (), *, phone_m: float | None = None
) -> tuple[SeenCode, ...]:
    """Every QR code that can be read on one page, from top to bottom.

    Args:
        pdf: The document.
        page: From 0.
        looks: Parts of the page to look at once more each by itself, as a phone is aimed
            at one code of many; a decoder may miss some where it sees dozens at once.
        phone_m: Look as a phone's camera does from so many metres; else as a scanner.

    Raises:
        IndexError: If there is no such page.
    """
    picture = _picture(pdf, page, PROOF_DPI, grey=True)
    dpi = PROOF_DPI
    if phone_m is not None:
        dpi = PHONE_DPI_AT_1_M / phone_m
        size = (round(picture.width * dpi / PROOF_DPI), round(picture.height * dpi / PROOF_DPI))
        # BOX averages over what one pixel of the camera covers.
        picture = picture.resize(size, Image.Resampling.BOX)
        picture = picture.filter(ImageFilter.GaussianBlur(_PHONE_BLUR_PX))
    found = _read(picture, (0, 0), dpi)
    for look in looks:
        edges = (look.x_mm, look.y_mm, look.right_mm, look.bottom_mm)
        left, top, right, bottom = (round(edge / MM_PER_INCH * dpi) for edge in edges)
        part = picture.crop(
            (max(left, 0), max(top, 0), min(right, picture.width), min(bottom, picture.height))
        )
        for code in _read(part, (max(left, 0), max(top, 0)), dpi):
            if not any(known.text == code.text and known.box.overlaps(code.box) for known in found):
                found.append(code)
    return tuple(sorted(found, key=lambda code: (code.box.y_mm, code.box.x_mm)))


def words_in(pdf: bytes, page: int, boxes: Iterable[PageRect]) -> tuple[str, ...]:
    """The text that can be copied out of each box of a page, its lines joined by blanks.

    Raises:
        IndexError: If there is no such page.
    """
    with _opened(pdf) as document:
        if not 0 <= page < len(document):
            raise IndexError(page)
        sheet = document[page]
        height = sheet.get_height()
        text = sheet.get_textpage()
        points = 72 / MM_PER_INCH
        found = [
            text.get_text_bounded(
                left=box.x_mm * points,
                bottom=height - box.bottom_mm * points,
                right=box.right_mm * points,
                top=height - box.y_mm * points,
            )
            for box in boxes
        ]
        return tuple(unicodedata.normalize("NFC", " ".join(words.split())) for words in found)


def _read(picture: Image.Image, offset: tuple[int, int], dpi: float) -> list[SeenCode]:
    barcodes = zxingcpp.read_barcodes(picture, formats=_QR, try_invert=False)
    return [
        SeenCode(barcode.text, _box(barcode.position, offset, MM_PER_INCH / dpi))
        for barcode in barcodes
    ]


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


def _box(corners: zxingcpp.Position, offset: tuple[int, int], mm_per_px: float) -> PageRect:
    points = (corners.top_left, corners.top_right, corners.bottom_right, corners.bottom_left)
    xs = [(point.x + offset[0]) * mm_per_px for point in points]
    ys = [(point.y + offset[1]) * mm_per_px for point in points]
    return PageRect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
