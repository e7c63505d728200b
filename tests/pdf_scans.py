"""Scanned PDF pages for tests: what is put in, and what comes out."""

from __future__ import annotations

import zlib
from pathlib import Path

import cv2
import numpy as np
from make_scans import Grey, image_bytes, picture, raw_pdf
from PIL import Image

from scans.faults import PageFault
from scans.pages import PageRef, load_page

A5_PT = (420.0, 595.0)
MEDIA = "/MediaBox [0 0 420 595]"
COVER = b"q 420 0 0 595 0 0 cm /Im0 Do Q"


def jpeg_of(mode: str = "L", seed: int = 0) -> bytes:
    """A test picture as JPEG."""
    return image_bytes(Image.fromarray(picture(seed)).convert(mode), "JPEG", quality=90)


def page_of(path: Path, number: int = 0, *, rendered: bool = False) -> Grey:
    """A page that can be read."""
    page = load_page(PageRef(path, number), rendered=rendered)
    assert not isinstance(page, PageFault), page
    assert page.dtype == np.uint8
    assert page.ndim == 2
    return page


def fault_of(path: Path, number: int = 0) -> PageFault:
    """Why a page cannot be read."""
    page = load_page(PageRef(path, number))
    assert isinstance(page, PageFault)
    assert page.detail
    return page


def difference(page: Grey, truth: Grey) -> float:
    """Mean difference after bringing *page* to the size of *truth*."""
    size = (truth.shape[1], truth.shape[0])
    small = cv2.resize(page, size, interpolation=cv2.INTER_AREA)
    return float(np.abs(small.astype(int) - truth).mean())


def with_grey_image(path: Path, content: bytes, **keys: str) -> Path:
    """A PDF whose page shows the test picture through *content*; *keys* of the image."""
    keys = {
        "Width": "240",
        "Height": "330",
        "ColorSpace": "/DeviceGray",
        "BitsPerComponent": "8",
        "Filter": "/FlateDecode",
        **keys,
    }
    data = zlib.compress(picture().tobytes())
    return raw_pdf(path, page=MEDIA, content=content, image=data, **keys)


def with_jpeg(path: Path, data: bytes, *, page: str = MEDIA) -> Path:
    """A PDF whose page a JPEG covers; *page* are the page's keys."""
    return raw_pdf(
        path,
        page=page,
        content=COVER,
        image=data,
        Width="240",
        Height="330",
        ColorSpace="/DeviceGray",
        BitsPerComponent="8",
        Filter="/DCTDecode",
    )
