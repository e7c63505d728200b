"""Scan files for tests: pages with a picture on them, in every container we read."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

Grey = NDArray[np.uint8]


def picture(seed: int = 0, *, width: int = 240, height: int = 330) -> Grey:
    """A page-like image: light paper, dark blocks, and nothing symmetric about it."""
    rng = np.random.default_rng(seed)
    page = np.full((height, width), 245, np.uint8)
    for _ in range(25):
        x, y = int(rng.integers(0, width - 20)), int(rng.integers(0, height - 20))
        w, h = (int(n) for n in rng.integers(4, 60, 2))
        page[y : y + h, x : x + w] = rng.integers(0, 200)
    page[5:15, 5:60] = 0
    return page


def tiff_bytes(pages: Sequence[Image.Image], **options: Any) -> bytes:
    """A TIFF file with one page for each image."""
    buffer = io.BytesIO()
    pages[0].save(buffer, "TIFF", save_all=True, append_images=list(pages[1:]), **options)
    return buffer.getvalue()


def image_bytes(image: Image.Image, kind: str, **options: Any) -> bytes:
    """*image* as a JPEG, PNG or other file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def pdf_with_image(
    path: Path,
    image: bytes | Image.Image,
    *,
    size_pt: tuple[float, float] = (420.0, 595.0),
    encrypt: str | None = None,
    also: bytes | None = None,
    rotate: int = 0,
) -> Path:
    """A PDF page that one image covers (JPEG bytes are kept as they are)."""
    canvas = Canvas(str(path), pagesize=size_pt, encrypt=encrypt, pageCompression=0)
    if rotate:
        canvas.setPageRotation(rotate)
    shown = ImageReader(io.BytesIO(image) if isinstance(image, bytes) else image)
    canvas.drawImage(shown, 0, 0, *size_pt)
    if also is not None:
        canvas.drawImage(ImageReader(io.BytesIO(also)), 20, 20, 60, 60)
    canvas.showPage()
    canvas.save()
    return path


def raw_pdf(
    path: Path, *, page: str, content: bytes = b"", image: bytes = b"", **keys: str
) -> Path:
    """A PDF written by hand: one page, at most one image with any keys and data.

    Args:
        path: Where it is written.
        page: The page's own keys, such as ``/MediaBox [0 0 420 595]``.
        content: The page's drawing operators.
        image: The data of the image that ``/Im0 Do`` draws.
        keys: The image's dictionary, such as ``Width="10"``.
    """
    described = " ".join(f"/{name} {value}" for name, value in keys.items())
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R {page} /Contents 4 0 R "
        f"/Resources << /XObject << /Im0 5 0 R >> >> >>".encode(),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /XObject /Subtype /Image %s /Length %d >>\nstream\n%s\nendstream"
        % (described.encode(), len(image), image),
    ]
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    start = data.rindex(b"xref\n")
    data += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    path.write_bytes(data)
    return path


def giant_png(width: int, height: int) -> bytes:
    """The head of a PNG that claims a size and has no pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


def giant_tiff(width: int, height: int) -> bytes:
    """A TIFF page that claims a size and has a few bytes of pixels."""
    entries = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
        (277, 3, 1, 1),
        (278, 4, 1, height),
        (279, 4, 1, 8),
    ]
    body = b"".join(
        struct.pack("<HHI", tag, kind, count)
        + (struct.pack("<HH", value, 0) if kind == 3 else struct.pack("<I", value))
        for tag, kind, count, value in entries
    )
    directory = struct.pack("<H", len(entries)) + body + struct.pack("<I", 0)
    return b"II*\0" + struct.pack("<I", 16) + b"\xff" * 8 + directory


def resized_jpeg(data: bytes, width: int, height: int) -> bytes:
    """A JPEG whose head claims another size."""
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]
