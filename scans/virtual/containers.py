"""Scan files: encoded page images, and the PDF, TIFF or folder that holds them.

Pages are encoded where they are made and written one by one, so memory does not grow with
the file. Nothing written depends on the clock: the same pages give the same bytes.
"""

from __future__ import annotations

import io
import os
import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

import cv2
from PIL import Image, PdfParser, TiffImagePlugin

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


class Container(StrEnum):
    """What scan files come in."""

    PDF = "pdf"
    TIFF = "tiff"
    JPEG_FOLDER = "jpeg-folder"


class Compression(StrEnum):
    """How a page image is packed."""

    JPEG = "jpeg"
    G4 = "g4"
    DEFLATE = "deflate"
    LZW = "lzw"


_TIFF_NAMES = {
    Compression.JPEG: "jpeg",
    Compression.G4: "group4",
    Compression.DEFLATE: "tiff_adobe_deflate",
    Compression.LZW: "tiff_lzw",
}
MAY_HOLD = {
    Container.PDF: {Compression.JPEG, Compression.G4},
    Container.TIFF: set(Compression),
    Container.JPEG_FOLDER: {Compression.JPEG},
}


@dataclass(frozen=True, slots=True)
class EncodedPage:
    """One page image, packed.

    Attributes:
        data: A JPEG file, the bare G4 stream of a PDF, or a one-page TIFF file.
        width: Pixels.
        height: Pixels.
        colour: Three channels.
        dpi: Pixels per inch, as the scanner notes it.
        compression: Of *data*.
    """

    data: bytes
    width: int
    height: int
    colour: bool
    dpi: int
    compression: Compression


def encode(
    image: NDArray[Any],
    container: Container,
    compression: Compression,
    quality: int,
    dpi: int,
) -> EncodedPage:
    """Pack a page.

    Args:
        image: Uint8 grey ``(rows, columns)`` or B, G, R ``(rows, columns, 3)``; for G4 it holds
            nothing but 0 and 255.
        container: Where it will go.
        compression: One of ``MAY_HOLD[container]``.
        quality: JPEG quality, 1..95; ignored otherwise.
        dpi: Noted in the image.
    """
    colour, buffer = image.ndim == 3, io.BytesIO()
    picture = Image.fromarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB) if colour else image)
    extra: dict[str, Any] = {}
    if compression is Compression.G4:
        # Scanners code what is black on paper as CCITT's black runs.
        picture = Image.fromarray(255 - image).convert("1", dither=Image.Dither.NONE)
    elif compression is Compression.JPEG:
        extra["quality"] = quality
    height, width = image.shape[:2]
    if container is Container.TIFF:
        name = _TIFF_NAMES[compression]
        picture.save(buffer, "TIFF", compression=name, dpi=(dpi, dpi), **extra)
        data = buffer.getvalue()
        if compression is Compression.G4:
            data = _min_is_white(data)
    elif compression is Compression.G4:
        # One strip, so that the strip is the CCITT stream a PDF wants.
        strip = (width + 7) // 8 * height
        picture.save(buffer, "TIFF", compression="group4", strip_size=strip)
        data = _only_strip(buffer.getvalue())
    else:
        picture.save(buffer, "JPEG", dpi=(dpi, dpi), **extra)
        data = buffer.getvalue()
    return EncodedPage(data, width, height, colour, dpi, compression)


def _min_is_white(tiff: bytes) -> bytes:
    """*tiff* (little-endian, one page) with its 0 bits declared white.

    Pillow writes 0 as black; asked for white it turns every pixel in a Python loop (0.6 s a page).
    """
    (start,) = struct.unpack_from("<L", tiff, 4)
    (entries,) = struct.unpack_from("<H", tiff, start)
    for entry in range(start + 2, start + 2 + 12 * entries, 12):
        if struct.unpack_from("<H", tiff, entry)[0] == TiffImagePlugin.PHOTOMETRIC_INTERPRETATION:
            return tiff[: entry + 8] + bytes(4) + tiff[entry + 12 :]
    return tiff  # pragma: no cover - every TIFF has this entry


def _only_strip(tiff: bytes) -> bytes:
    """The image data of a one-strip TIFF."""
    with Image.open(io.BytesIO(tiff)) as picture:
        tags = picture.tag_v2  # type: ignore[attr-defined]  # only TIFF images have it
        (start,), (length,) = (
            tags[TiffImagePlugin.STRIPOFFSETS],
            tags[TiffImagePlugin.STRIPBYTECOUNTS],
        )
    return tiff[start : start + length]


class Book(Protocol):
    """A scan file being written; it appears under its name only when closed."""

    def add(self, page: EncodedPage) -> None:
        """Append one page."""

    def close(self) -> None:
        """Finish the file."""

    def abandon(self) -> None:
        """Leave nothing behind."""


class PdfBook:
    """A PDF with one image a page."""

    def __init__(self, path: Path) -> None:
        self._path, self._part = path, path.with_name(path.name + ".part")
        self._pdf = PdfParser.PdfParser(filename=str(self._part), mode="w+b")
        self._pdf.start_writing()
        self._pdf.write_header()
        self._pdf.pages_ref = self._pdf.next_object_id(0)  # pages name their parent

    def add(self, page: EncodedPage) -> None:
        """Append one page, its image stream as it is."""
        pdf, name = self._pdf, PdfParser.PdfName
        binary = page.compression is Compression.G4
        image: dict[str, Any] = {
            "Type": name("XObject"),
            "Subtype": name("Image"),
            "Width": page.width,
            "Height": page.height,
            "BitsPerComponent": 1 if binary else 8,
            "ColorSpace": name("DeviceRGB" if page.colour else "DeviceGray"),
            "Filter": name("CCITTFaxDecode" if binary else "DCTDecode"),
        }
        if binary:
            image["DecodeParms"] = PdfParser.PdfDict(
                {"K": -1, "Columns": page.width, "Rows": page.height}
            )
        wide, high = (side * 72.0 / page.dpi for side in (page.width, page.height))
        picture = pdf.write_obj(None, stream=page.data, **image)
        place = b"q %.4f 0 0 %.4f 0 0 cm /scan Do Q\n" % (wide, high)
        content = pdf.write_obj(None, stream=place)
        reference = pdf.next_object_id(0)
        pdf.pages.append(reference)
        pdf.write_page(
            reference,
            Resources=PdfParser.PdfDict(XObject=PdfParser.PdfDict(scan=picture)),
            MediaBox=PdfParser.PdfArray([0, 0, wide, high]),
            Contents=content,
        )

    def close(self) -> None:
        """Write the catalogue and the cross-references, and give the file its name."""
        pdf, name = self._pdf, PdfParser.PdfName
        pdf.write_obj(pdf.pages_ref, Type=name("Pages"), Count=len(pdf.pages), Kids=pdf.pages)
        pdf.root_ref = pdf.write_obj(None, Type=name("Catalog"), Pages=pdf.pages_ref)
        pdf.write_xref_and_trailer()
        pdf.close()
        os.replace(self._part, self._path)  # noqa: PTH105 - one atomic step, as everywhere

    def abandon(self) -> None:
        """Drop the unfinished file."""
        self._pdf.close()
        self._part.unlink(missing_ok=True)


class TiffBook:
    """A TIFF with one directory a page."""

    def __init__(self, path: Path) -> None:
        self._path, self._part = path, path.with_name(path.name + ".part")
        self._writer = TiffImagePlugin.AppendingTiffWriter(str(self._part), new=True)

    def add(self, page: EncodedPage) -> None:
        """Append one page; the writer moves its offsets."""
        self._writer.write(page.data)
        self._writer.newFrame()

    def close(self) -> None:
        """Finish and give the file its name."""
        self._writer.close()
        os.replace(self._part, self._path)  # noqa: PTH105

    def abandon(self) -> None:
        """Drop the unfinished file."""
        self._writer.close()
        self._part.unlink(missing_ok=True)


class JpegFile:
    """A single JPEG of a folder; it holds one page."""

    def __init__(self, path: Path) -> None:
        self._path, self._part = path, path.with_name(path.name + ".part")

    def add(self, page: EncodedPage) -> None:
        """Write the page."""
        self._part.write_bytes(page.data)

    def close(self) -> None:
        """Give the file its name."""
        os.replace(self._part, self._path)  # noqa: PTH105

    def abandon(self) -> None:
        """Drop the unfinished file."""
        self._part.unlink(missing_ok=True)


def open_book(path: Path, container: Container) -> Book:
    """Start the scan file *path*."""
    kinds: dict[Container, type[PdfBook | TiffBook | JpegFile]] = {
        Container.PDF: PdfBook,
        Container.TIFF: TiffBook,
        Container.JPEG_FOLDER: JpegFile,
    }
    return kinds[container](path)
