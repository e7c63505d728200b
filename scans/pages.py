"""Scan files -> grey page images. What cannot be read is a value, named page by page."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

# OpenCV reads its own limits once, when it is imported; the default allows 2^30 pixels.
MAX_PIXELS = 100_000_000  # A3 at 600 dpi has 70 million
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MAX_PIXELS))

import cv2  # noqa: E402 - after the limit is set
import numpy as np  # noqa: E402
from PIL import Image, UnidentifiedImageError  # noqa: E402

from omr.fiducials import GreyImage  # noqa: E402
from omr.marks import Reason  # noqa: E402
from scans import pdf_pages  # noqa: E402
from scans.faults import PageFault  # noqa: E402

MAX_PAGES = 10_000  # in one file; a longer one is a mistake or an attack
_JPEG_END = b"\xff\xd9"


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
            return PageFault(Reason.UNREADABLE_FILE, "the file is empty")
        if head.startswith(b"%PDF") or b"%PDF-" in head:
            pages = pdf_pages.count_pages(path)
        elif head[:2] in (b"II", b"MM"):
            pages = _count_tiff_pages(path)
        else:
            pages = 1
    except OSError as error:
        return PageFault(Reason.UNREADABLE_FILE, str(error))
    if isinstance(pages, int) and pages > MAX_PAGES:
        return PageFault(Reason.TOO_LARGE, f"{pages} pages; at most {MAX_PAGES} are read")
    return pages


def load_page(ref: PageRef, *, rendered: bool = False) -> GreyImage | PageFault:
    """The page as a grey image, shape (h, w), uint8.

    Args:
        ref: Which page.
        rendered: For PDF, draw the whole page instead of taking its one image out.
    """
    try:
        head = _head(ref.path)
        if head.startswith(b"%PDF") or b"%PDF-" in head:
            return pdf_pages.load_page(ref.path, ref.page, rendered=rendered)
        if head[:2] in (b"II", b"MM"):
            return _load_tiff_page(ref.path, ref.page)
        return decode_image(ref.path.read_bytes())
    except OSError as error:
        return PageFault(Reason.UNREADABLE_FILE, str(error))


def can_render(ref: PageRef) -> bool:
    """Whether ``load_page(ref, rendered=True)`` may show something else."""
    return ref.path.suffix.lower() == ".pdf" or _head(ref.path).startswith(b"%PDF")


def decode_image(data: bytes) -> GreyImage | PageFault:
    """A JPEG or PNG file's content as a grey image."""
    size = _declared_size(data)
    if isinstance(size, PageFault):
        return size
    if data[:2] == b"\xff\xd8" and _JPEG_END not in data[-4096:]:
        # The decoder would fill the missing part with grey and say nothing.
        return PageFault(Reason.UNREADABLE_FILE, "the JPEG image is cut off")
    try:
        flags = cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION
        image = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error as error:
        return PageFault(Reason.UNREADABLE_FILE, str(error).strip())
    if image is None:
        return PageFault(Reason.UNREADABLE_FILE, "the image cannot be decoded")
    return np.asarray(image, np.uint8)


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(1024)


def _declared_size(data: bytes) -> tuple[int, int] | PageFault:
    """Width and height from the file's head, refused before decoding if absurd."""
    try:
        with _quiet_pillow(), Image.open(BytesIO(data)) as image:
            width, height = image.size
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return PageFault(Reason.UNREADABLE_FILE, "neither PDF, TIFF, JPEG nor PNG, or damaged")
    if width * height > MAX_PIXELS:
        return PageFault(Reason.TOO_LARGE, f"{width} x {height} pixels")
    return width, height


def _count_tiff_pages(path: Path) -> int | PageFault:
    """Pages up to and including the first that is damaged."""
    count = 0
    try:
        with _quiet_pillow(), Image.open(path) as image:
            while count <= MAX_PAGES:
                image.seek(count)
                count += 1
    except EOFError:  # Pillow's way to say that there is no such page
        return count
    except Exception as error:  # noqa: BLE001 - damaged directories fail in many ways
        if count == 0:
            return PageFault(Reason.UNREADABLE_FILE, f"damaged TIFF: {error}")
        return count + 1  # the damaged page is counted, so that it will be named
    return count


def _load_tiff_page(path: Path, page: int) -> GreyImage | PageFault:
    try:
        with _quiet_pillow(), Image.open(path) as image:
            image.seek(page)
            if image.width * image.height > MAX_PIXELS:
                return PageFault(Reason.TOO_LARGE, f"{image.width} x {image.height} pixels")
            return np.asarray(image.convert("L"), np.uint8)
    except Exception as error:  # noqa: BLE001 - damaged pages fail in many ways
        return PageFault(Reason.UNREADABLE_FILE, f"damaged TIFF page: {error}")


def _quiet_pillow() -> warnings.catch_warnings[None]:
    """Pillow's own size limit only warns; ours is checked instead, before decoding."""
    Image.MAX_IMAGE_PIXELS = None
    return warnings.catch_warnings(action="ignore")
