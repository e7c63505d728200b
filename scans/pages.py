"""Scan files -> grey page images. What cannot be read is a value, named page by page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2

from omr.fiducials import GreyImage
from omr.i18n import _
from omr.marks import Reason
from scans import pdf_pages, tiff_pages
from scans.decode import decode_image, png_size
from scans.faults import PageFault, needs_memory
from scans.files import shown_name
from scans.jpeg import JPEG_START, Decoded, jpeg_size
from scans.limits import is_out_of_memory

MAX_PAGES = 10_000  # in one file; a longer one is a mistake or an attack
MAX_IMAGE_BYTES = 256 << 20  # of a file that is one image, which is read as a whole
# What is decoded in the process that also keeps the ledger: kinds whose decoders are small and
# are given nothing but pixels, up to A4 at 600 dpi.
_ORDINARY_PIXELS, _ORDINARY_BYTES = 40_000_000, 64 << 20
_HEAD = 1024  # bytes within which a PDF says that it is one
_ORDINARY_HEAD = 1 << 16  # bytes; a camera's head with a small picture in it is longer


@dataclass(frozen=True, slots=True)
class PageRef:
    """One page of one scan file; cheap to send to a worker process."""

    path: Path
    page: int  # 0-based, as in the file

    def __str__(self) -> str:
        return f"{shown_name(self.path)}, page {self.page + 1}"


def count_pages(path: Path) -> int | PageFault:
    """How many pages a file claims to have, or why none of it can be read."""
    try:
        head = _head(path)
        if not head:
            return PageFault(Reason.UNREADABLE_FILE, _("the file is empty; scan or copy it again"))
        if head.startswith(b"%PDF") or b"%PDF-" in head:
            pages = pdf_pages.count_pages(path)
        elif head[:2] in (b"II", b"MM"):
            pages = tiff_pages.count_pages(path, MAX_PAGES)
        else:
            pages = 1
    except OSError as error:
        return _unreadable(error)
    if isinstance(pages, int) and pages > MAX_PAGES:
        words = _("{pages} pages; at most {most} are read: split the file")
        return PageFault(Reason.TOO_LARGE, words.format(pages=pages, most=MAX_PAGES))
    return pages


def load_page(ref: PageRef, *, rendered: bool = False) -> GreyImage | PageFault:
    """The page as a grey image, shape (h, w), uint8, the way up that a viewer shows it.

    Args:
        ref: Which page.
        rendered: For PDF, draw the whole page instead of taking its one image out.
    """
    found = _load(ref, None, rendered=rendered)
    return found if isinstance(found, PageFault) else found.grey


def load_enough(ref: PageRef, enough_px: float) -> Decoded | PageFault:
    """The page as above, at half its size if that is cheap and leaves enough of it.

    Args:
        ref: Which page.
        enough_px: For the longer side.
    """
    return _load(ref, enough_px, rendered=False)


def _load(ref: PageRef, enough_px: float | None, *, rendered: bool) -> Decoded | PageFault:
    try:
        head = _head(ref.path)
        if head.startswith(b"%PDF") or b"%PDF-" in head:
            return pdf_pages.load_page(ref.path, ref.page, rendered=rendered, enough_px=enough_px)
        if head[:2] in (b"II", b"MM"):
            pixels = tiff_pages.load_page(ref.path, ref.page, MAX_PAGES)
            return pixels if isinstance(pixels, PageFault) else Decoded(pixels)
        if ref.path.stat().st_size > MAX_IMAGE_BYTES:
            words = _("an image of more than {most} MB; scan at 300 dpi as JPEG")
            return PageFault(Reason.TOO_LARGE, words.format(most=MAX_IMAGE_BYTES >> 20))
        return decode_image(ref.path.read_bytes(), enough_px)
    except OSError as error:
        return _unreadable(error)
    except (MemoryError, cv2.error) as error:
        if is_out_of_memory(error):
            return needs_memory()
        raise


def is_ordinary(path: Path) -> bool:
    """Whether the file's decoder is one that needs no process of its own to be safe.

    Baseline and progressive JPEG, PNG and Group 4 TIFF of usual size. A PDF can hold anything.
    """
    try:
        if path.stat().st_size > _ORDINARY_BYTES:
            return False
        head = _head(path, _ORDINARY_HEAD)
    except OSError:
        return True  # there is nothing to decode
    if b"%PDF-" in head[:_HEAD]:
        return False
    if head[:2] in (b"II", b"MM"):
        return tiff_pages.is_fax(path, MAX_PAGES)
    size = jpeg_size(head) if head.startswith(JPEG_START) else png_size(head)
    return size is None or 0 < size[0] * size[1] <= _ORDINARY_PIXELS


def can_render(ref: PageRef) -> bool:
    """Whether ``load_page(ref, rendered=True)`` may show something else."""
    return ref.path.suffix.lower() == ".pdf" or _head(ref.path).startswith(b"%PDF")


def _unreadable(error: OSError) -> PageFault:
    words = _("the file cannot be read ({why}); check that it is there and may be opened")
    return PageFault(Reason.UNREADABLE_FILE, words.format(why=error.strerror or error))


def _head(path: Path, size: int = _HEAD) -> bytes:
    with path.open("rb") as stream:
        return stream.read(size)
