"""PDF scans -> grey page images (pypdfium2).

A scanned page is one image; taking it out costs as much as decoding it, while drawing the
page costs three to eight times as much and resamples the marks. Anything else is drawn.
"""

from __future__ import annotations

import atexit
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from omr.fiducials import GreyImage
from omr.marks import Reason
from scans.decode import decode_image
from scans.faults import PageFault, too_large

RENDER_DPI = 300
_MAX_RENDERED_SIDE_PX = 8000  # a 541-byte PDF can claim a page of 60,000 px
_COVERS = 0.85  # share of the page from which an image is the page
_POINTS_PER_INCH = 72


def count_pages(path: Path) -> int | PageFault:
    """The number of pages, or why the file cannot be opened."""
    try:
        return len(_document(path))
    except pdfium.PdfiumError as error:
        return _fault(error)


def load_page(path: Path, page: int, *, rendered: bool = False) -> GreyImage | PageFault:
    """One page, shape (h, w), uint8; 0-based."""
    try:
        opened = _document(path)[page]
        try:
            if not rendered:
                image = _only_image(opened)
                if image is not None:
                    return _take_out(image)
            return _damaged_image(opened) or _render(opened)
        finally:
            opened.close()
    except (pdfium.PdfiumError, IndexError, ValueError, cv2.error) as error:
        return _fault(error)


def _document(path: Path) -> pdfium.PdfDocument:
    about = path.stat()
    return _opened(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=1)  # the pages of one file come one after the other
def _opened(path: Path, _modified_ns: int, _size: int) -> pdfium.PdfDocument:
    """The open document; another one when the file was written anew under the same name."""
    return pdfium.PdfDocument(path)


atexit.register(_opened.cache_clear)  # pypdfium2 complains of documents left open


def _only_image(page: pdfium.PdfPage) -> pdfium.PdfImage | None:
    """The image that is the page, if there is one and nothing is drawn beside it.

    Invisible text (a recognised text layer) may be there; it does not hide anything.
    """
    objects = list(page.get_objects(max_depth=3))
    images = [o for o in objects if o.type == pdfium_c.FPDF_PAGEOBJ_IMAGE]
    others = {o.type for o in objects} - {
        pdfium_c.FPDF_PAGEOBJ_IMAGE,
        pdfium_c.FPDF_PAGEOBJ_TEXT,
        pdfium_c.FPDF_PAGEOBJ_FORM,
    }
    if len(images) != 1 or others:
        return None
    image = images[0]
    left, bottom, right, top = image.get_bounds()
    width, height = page.get_width(), page.get_height()
    if page.get_rotation() in (90, 270):
        width, height = height, width
    if (right - left) * (top - bottom) < _COVERS * width * height:
        return None
    stencil = image.get_metadata().colorspace == pdfium_c.FPDF_COLORSPACE_UNKNOWN
    if stencil and "DCTDecode" not in image.get_filters():
        return None  # its bits say where ink is, not what is white
    a, b, c, d, _e, _f = image.get_matrix().get()
    return image if a * d - b * c > 0 else None  # otherwise it is shown mirrored


def _take_out(image: pdfium.PdfImage) -> GreyImage | PageFault:
    """The image's own pixels in grey, or why they cannot be had."""
    refused = too_large(*image.get_px_size())
    if refused is not None:
        return refused
    about = image.get_metadata()
    plain = about.colorspace in (
        pdfium_c.FPDF_COLORSPACE_DEVICEGRAY,
        pdfium_c.FPDF_COLORSPACE_DEVICERGB,
    )
    if plain and image.get_filters(skip_simple=True) == ["DCTDecode"]:
        # Not drawn if it is damaged: drawing shows what is missing as white paper.
        return decode_image(bytes(image.get_data(decode_simple=True)))
    bitmap = image.get_bitmap()
    bitmap.warn_on_close = False  # its pixels are copied before it is closed
    try:
        return _grey(bitmap)
    finally:
        bitmap.close()


def _damaged_image(page: pdfium.PdfPage) -> PageFault | None:
    """A fault if an image on the page cannot be decoded: drawing would leave it white."""
    for image in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        refused = too_large(*image.get_px_size())
        if refused is not None:
            return refused
        bitmap = image.get_bitmap()
        bitmap.warn_on_close = False
        bitmap.close()
    return None


def _render(page: pdfium.PdfPage) -> GreyImage:
    width, height = page.get_size()
    scale = RENDER_DPI / _POINTS_PER_INCH
    scale = min(scale, _MAX_RENDERED_SIDE_PX / max(width, height, 1.0))
    # Drawing in colour and converting is three times faster than pdfium's grey mode.
    bitmap = page.render(scale=scale, rev_byteorder=False)
    try:
        return _grey(bitmap)
    finally:
        bitmap.close()


def _grey(bitmap: pdfium.PdfBitmap) -> GreyImage:
    pixels = bitmap.to_numpy()
    if pixels.ndim == 2:
        return np.array(pixels, np.uint8)
    if pixels.shape[2] == 1:
        return np.array(pixels[:, :, 0], np.uint8)
    code = cv2.COLOR_BGRA2GRAY if pixels.shape[2] == 4 else cv2.COLOR_BGR2GRAY
    return np.asarray(cv2.cvtColor(pixels, code), np.uint8)


def _fault(error: Exception) -> PageFault:
    text = str(error)
    if "password" in text.lower():
        return PageFault(Reason.ENCRYPTED, "the PDF is protected by a password")
    return PageFault(Reason.UNREADABLE_FILE, text)
