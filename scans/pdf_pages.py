"""PDF scans -> grey page images (pypdfium2).

A scanned page is one image; taking it out costs as much as decoding it, while drawing the
page costs three to eight times as much and resamples the marks. Anything else is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from omr.fiducials import GreyImage
from omr.i18n import _
from omr.marks import Reason
from scans.faults import PageFault
from scans.jpeg import Decoded
from scans.pdf_file import PdfFile, opened
from scans.pdf_images import grey_bitmap, look_at, missing_part, take_out

RENDER_DPI = 300
_RENDERED_DPI = (150.0, 600.0)  # an image that is drawn keeps its own resolution within these
_MAX_RENDERED_SIDE_PX = 8000  # a 541-byte PDF can claim a page of 60,000 px
_COVERS = 0.85  # share of the page from which an image is the page
_SQUARE = 1.06  # most by which an image's pixels may be higher than wide, or wider than high
_POINTS_PER_INCH = 72
_DEEPEST = 3  # forms within forms
_MOST_IMAGES = 5000  # a page in strips of one row each has as many
_UNSEEN_TEXT = (pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP)
_UNSEEN_NOTES = (pdfium_c.FPDF_ANNOT_LINK, pdfium_c.FPDF_ANNOT_POPUP)


@dataclass(frozen=True, slots=True)
class _Placed:
    """An image, and where its unit square lies on the page (x right, y up, points)."""

    image: pdfium.PdfImage
    right: tuple[float, float]
    up: tuple[float, float]

    @property
    def area(self) -> float:
        return abs(self.cross)

    @property
    def cross(self) -> float:
        return self.right[0] * self.up[1] - self.right[1] * self.up[0]

    def dpi(self) -> tuple[float, float]:
        width, height = self.image.get_px_size()
        across = width / max(math.hypot(*self.right), 1e-6)
        down = height / max(math.hypot(*self.up), 1e-6)
        return across * _POINTS_PER_INCH, down * _POINTS_PER_INCH


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is on a page."""

    images: tuple[_Placed, ...]
    more: bool  # and there is something drawn beside the images


def count_pages(path: Path) -> int | PageFault:
    """The number of pages, or why the file cannot be opened."""
    try:
        return len(opened(path)[0])
    except pdfium.PdfiumError as error:
        return _fault(error)


def load_page(
    path: Path, page: int, *, rendered: bool = False, enough_px: float | None = None
) -> Decoded | PageFault:
    """One page, the way up that it is shown; 0-based. See :mod:`scans.pages`."""
    try:
        document, file = opened(path)
        shown_page = document[page]
        try:
            return _load(shown_page, file, rendered=rendered, enough_px=enough_px)
        finally:
            shown_page.close()
    except (pdfium.PdfiumError, IndexError, ValueError, cv2.error) as error:
        return _fault(error)


def _load(
    page: pdfium.PdfPage, file: PdfFile, *, rendered: bool, enough_px: float | None
) -> Decoded | PageFault:
    shown = _shown(page)
    if len(shown.images) > _MOST_IMAGES:
        words = _("{count} images on one page; at most {most} are drawn: print it to a new PDF")
        words = words.format(count=len(shown.images), most=_MOST_IMAGES)
        return PageFault(Reason.TOO_LARGE, words)
    single = None if rendered else _only_image(page, shown)
    for placed in shown.images:
        data = look_at(placed.image, file)
        if isinstance(data, PageFault):
            return data
        if placed is single and not data.masked and (not data.stencil or _is_black(placed)):
            # Pixels of half the size begin at the stored image's corner; a corner that turning
            # puts first must lie between two of them.
            even = data.width % 2 == data.height % 2 == 0
            turned = _turn(placed, page.get_rotation()) is not None or placed.cross < 0
            found = take_out(data, enough_px if even or not turned else None)
            if isinstance(found, PageFault):
                return found
            if found is not None:
                return Decoded(_as_shown(found.grey, placed, page.get_rotation()), found.shrunk)
        # Drawing leaves a damaged image white, or what is missing of it.
        missing = missing_part(data)
        if missing is not None:
            return missing
        bitmap = placed.image.get_bitmap()
        bitmap.warn_on_close = False
        bitmap.close()
    return Decoded(_render(page, shown))


def _shown(page: pdfium.PdfPage) -> _Shown:
    """The images of a page, and whether anything visible is drawn beside them."""
    images, more = [], _has_notes(page)
    identity = (1.0, 0.0, 0.0, 1.0)
    for raw, within in _objects(page.raw, identity, 0):
        kind = pdfium_c.FPDFPageObj_GetType(raw)
        if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            image = pdfium.PdfImage(raw, page=page)
            a, b, c, d = _times(_matrix(raw), within)
            images.append(_Placed(image, (a, b), (c, d)))
            more = more or bool(pdfium_c.FPDFPageObj_HasTransparency(raw))
        elif kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
            # A recognised text layer is invisible and hides nothing.
            more = more or pdfium_c.FPDFTextObj_GetTextRenderMode(raw) not in _UNSEEN_TEXT
        else:
            more = True
    return _Shown(tuple(images), more)


_Linear = tuple[float, float, float, float]


def _objects(
    parent: pdfium_c.FPDF_PAGE | pdfium_c.FPDF_PAGEOBJECT, within: _Linear, depth: int
) -> Iterator[tuple[pdfium_c.FPDF_PAGEOBJECT, _Linear]]:
    """Everything drawn, forms opened, each with the matrix of the form it lies in."""
    if depth == 0:
        count, get = pdfium_c.FPDFPage_CountObjects, pdfium_c.FPDFPage_GetObject
    else:
        count, get = pdfium_c.FPDFFormObj_CountObjects, pdfium_c.FPDFFormObj_GetObject
    for number in range(count(parent)):
        raw = get(parent, number)
        if not raw:
            continue
        is_form = pdfium_c.FPDFPageObj_GetType(raw) == pdfium_c.FPDF_PAGEOBJ_FORM
        if is_form and depth < _DEEPEST:
            yield from _objects(raw, _times(_matrix(raw), within), depth + 1)
        else:
            yield raw, within


def _matrix(raw: pdfium_c.FPDF_PAGEOBJECT) -> _Linear:
    found = pdfium_c.FS_MATRIX()
    pdfium_c.FPDFPageObj_GetMatrix(raw, found)
    return found.a, found.b, found.c, found.d


def _times(inner: _Linear, outer: _Linear) -> _Linear:
    a, b, c, d = inner
    e, f, g, h = outer
    return a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h


def _has_notes(page: pdfium.PdfPage) -> bool:
    """Whether someone wrote, drew or stamped on the page in a viewer."""
    for number in range(pdfium_c.FPDFPage_GetAnnotCount(page)):
        note = pdfium_c.FPDFPage_GetAnnot(page, number)
        if note:
            kind = pdfium_c.FPDFAnnot_GetSubtype(note)
            pdfium_c.FPDFPage_CloseAnnot(note)
            if kind not in _UNSEEN_NOTES:
                return True
    return False


def _only_image(page: pdfium.PdfPage, shown: _Shown) -> _Placed | None:
    """The image that is the page, if there is one and nothing is drawn beside it."""
    if len(shown.images) != 1 or shown.more:
        return None
    [placed] = shown.images
    width, height = page.get_size()
    if placed.area < _COVERS * width * height:
        return None
    across, down = placed.dpi()
    return placed if 1 / _SQUARE < across / max(down, 1e-6) < _SQUARE else None


def _is_black(placed: _Placed) -> bool:
    """Whether a stencil is painted in plain black: its bits are then the picture."""
    red, green, blue, alpha = (pdfium_c.c_uint() for _number in range(4))
    known = pdfium_c.FPDFPageObj_GetFillColor(placed.image, red, green, blue, alpha)
    return bool(known) and (red.value, green.value, blue.value, alpha.value) == (0, 0, 0, 255)


def _as_shown(pixels: GreyImage, placed: _Placed, rotation: int) -> GreyImage:
    """*pixels* turned by quarters, or turned over, as the page shows them."""
    if placed.cross < 0:  # shown mirrored: the rows run the other way along the turned columns
        pixels = np.asarray(cv2.flip(pixels, 0), np.uint8)
    turn = _turn(placed, rotation)
    return pixels if turn is None else np.asarray(cv2.rotate(pixels, turn), np.uint8)


def _turn(placed: _Placed, rotation: int) -> int | None:
    """What turns an image as the page shows it, as ``cv2.rotate`` names it."""
    # Turn the x axis of the image onto the nearest axis of the page, then the page itself.
    quarters = round(math.degrees(math.atan2(placed.right[1], placed.right[0])) / 90)
    turns = {
        1: cv2.ROTATE_90_COUNTERCLOCKWISE,
        2: cv2.ROTATE_180,
        3: cv2.ROTATE_90_CLOCKWISE,
    }
    return turns.get((quarters - rotation // 90) % 4)


def _render(page: pdfium.PdfPage, shown: _Shown) -> GreyImage:
    width, height = page.get_size()
    dpi = max(
        (max(placed.dpi()) for placed in shown.images if placed.area > width * height / 20),
        default=0.0,
    )
    least, most = _RENDERED_DPI
    scale = (min(dpi, most) if dpi > least else RENDER_DPI) / _POINTS_PER_INCH
    scale = min(scale, _MAX_RENDERED_SIDE_PX / max(width, height, 1.0))
    # Drawing in colour and converting is three times faster than pdfium's grey mode.
    bitmap = page.render(scale=scale, rev_byteorder=False)
    try:
        return grey_bitmap(bitmap)
    finally:
        bitmap.close()


def _fault(error: Exception) -> PageFault:
    text = str(error)
    if "password" in text.lower():
        words = _("the PDF is protected by a password; save it without one")
        return PageFault(Reason.ENCRYPTED, words)
    words = _("the PDF is damaged ({why}); scan or copy it again")
    return PageFault(Reason.UNREADABLE_FILE, words.format(why=text))
