"""Scan files -> grey page images. What cannot be read is a value, named page by page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from omr.fiducials import GreyImage
from omr.i18n import _
from omr.marks import Reason
from scans import pdf_pages, tiff_pages
from scans.decode import decode_image
from scans.faults import PageFault
from scans.jpeg import Decoded

MAX_PAGES = 10_000  # in one file; a longer one is a mistake or an attack


@dataclass(frozen=True, slots=True)
class PageRef:
    """One page of one scan file; cheap to send to a worker process."""

    path: Path
    page: int  # 0-based, as in the file

    def __str__(self) -> str:
        return f"{self.path.name}, page {self.page + 1}"


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
        return decode_image(ref.path.read_bytes(), enough_px)
    except OSError as error:
        return _unreadable(error)


def can_render(ref: PageRef) -> bool:
    """Whether ``load_page(ref, rendered=True)`` may show something else."""
    return ref.path.suffix.lower() == ".pdf" or _head(ref.path).startswith(b"%PDF")


def _unreadable(error: OSError) -> PageFault:
    words = _("the file cannot be read ({why}); check that it is there and may be opened")
    return PageFault(Reason.UNREADABLE_FILE, words.format(why=error.strerror or error))


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(1024)
