"""One image of a PDF page -> its own pixels, or proof that they are all there."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from omr.fiducials import GreyImage
from omr.i18n import _
from omr.marks import Reason
from scans import jbig2
from scans.faults import PageFault, too_large
from scans.fax import decode_g4, rows_announced
from scans.jpeg import Decoded, decode_jpeg, is_closed
from scans.jpeg2000 import decode_jpeg2000
from scans.pdf_file import REFERENCE, Entries, PdfFile

_FAX, _JPEG, _JBIG2, _JPEG_2000 = "CCITTFaxDecode", "DCTDecode", "JBIG2Decode", "JPXDecode"
_DEFAULT_COLUMNS = 1728  # ISO 32000-1, table 11
_DEPTHS = (1, 2, 4, 8, 16)  # bits a sample (ISO 32000-1, table 89)
_PNG_PREDICTORS = range(10, 16)
_GREY = (pdfium_c.FPDF_COLORSPACE_DEVICEGRAY, pdfium_c.FPDF_COLORSPACE_CALGRAY)
_COLOUR = (pdfium_c.FPDF_COLORSPACE_DEVICERGB, pdfium_c.FPDF_COLORSPACE_CALRGB)
_PROFILE = pdfium_c.FPDF_COLORSPACE_ICCBASED
_SAMPLES = {pdfium_c.FPDF_COLORSPACE_DEVICECMYK: 4, pdfium_c.FPDF_COLORSPACE_LAB: 3}
_SAMPLES |= dict.fromkeys(_COLOUR, 3)


@dataclass(frozen=True, slots=True)
class ImageData:
    """An image, what its dictionary says, and its data."""

    image: pdfium.PdfImage
    entries: Entries | None  # None: not found; nothing may be assumed
    raw: bytes  # as in the file
    filters: list[str]  # those that pypdfium2 does not undo
    colours: int  # FPDF_COLORSPACE_*
    width: int
    height: int

    @property
    def masked(self) -> bool:
        """Whether parts of it are see-through."""
        found = self.entries or {}
        return any(found.get(name) is not None for name in ("SMask", "Mask", "SMaskInData"))

    @property
    def stencil(self) -> bool:
        """Whether it is a mask through which the page is painted."""
        if self.entries is None:
            unknown = self.colours == pdfium_c.FPDF_COLORSPACE_UNKNOWN
            return unknown and not {_JPEG, _JPEG_2000}.intersection(self.filters)
        return self.entries.get("ImageMask") is True


def look_at(image: pdfium.PdfImage, file: PdfFile) -> ImageData | PageFault:
    """Everything about *image* that is known before it is decoded."""
    width, height = image.get_px_size()
    if width < 1 or height < 1:
        return _incomplete()
    refused = too_large(width, height)
    if refused is not None:
        return refused
    raw = bytes(image.get_data(decode_simple=False))
    filters = image.get_filters(skip_simple=True)
    # To tell the colours of a JPEG 2000 image, pdfium decodes it; nobody asks for them.
    colours = (
        pdfium_c.FPDF_COLORSPACE_UNKNOWN
        if _JPEG_2000 in filters
        else image.get_metadata().colorspace
    )
    return ImageData(
        image=image,
        entries=file.entries_before(raw) if raw else None,
        raw=raw,
        filters=filters,
        colours=colours,
        width=width,
        height=height,
    )


def take_out(data: ImageData, enough_px: float | None = None) -> Decoded | PageFault | None:
    """The image's own pixels in grey, or why they cannot be had.

    ``None``: only drawing the page shows what it looks like. A JPEG may come at half its size
    if its longer side then still has *enough_px*; a huge JPEG 2000 image always does.
    """
    if data.filters == [_JPEG]:
        inverted = _inverted(data)
        usual = data.colours in _GREY or (data.colours in {*_COLOUR, _PROFILE} and not inverted)
        if usual and inverted is not None:
            found = decode_jpeg(_content(data), turn=False, enough_px=enough_px)
            if not inverted or isinstance(found, PageFault):
                return found
            return Decoded(np.asarray(cv2.bitwise_not(found.grey), np.uint8), found.shrunk)
    if data.filters == [_FAX]:
        fax = _fax(data)
        if fax is not None:
            return fax if isinstance(fax, PageFault) else Decoded(fax)
    if data.filters == [_JPEG_2000] and _is_plain(data):
        plain = decode_jpeg2000(_content(data))
        if plain is not None:
            return plain if isinstance(plain, PageFault) else Decoded(plain)
    if data.stencil:
        return None
    return missing_part(data) or Decoded(_decoded(data.image))


def missing_part(data: ImageData) -> PageFault | None:
    """A fault if the image is not there to its end: pdfium makes up the rest in silence."""
    last = data.filters[-1] if data.filters else ""
    if last == "" and _is_deflated(data):
        return None if _inflates(data) else _incomplete()
    content = _content(data)
    if last == _JPEG:
        whole = is_closed(content)
    elif last == _JBIG2:
        whole = jbig2.is_whole(content)
    elif last == _FAX:
        whole = _fax_whole(data, content)
    elif last == "":
        whole = len(content) >= _fewest_bytes(data)
    else:
        whole = True  # JPEG 2000: pdfium refuses what is cut off
    return None if whole else _incomplete()


def _incomplete() -> PageFault:
    words = _("the image of the page is damaged or cut off; scan or copy it again")
    return PageFault(Reason.UNREADABLE_FILE, words)


def _is_plain(data: ImageData) -> bool:
    """Whether the PDF shows a JPEG 2000 image just as it says of itself."""
    if data.entries is None or data.masked or _inverted(data) is not False:
        return False
    return data.entries.get("ColorSpace") in (None, "/DeviceGray", "/DeviceRGB")


def _content(data: ImageData) -> bytes:
    """The image's data, simple filters undone."""
    alone = (f"/{_JPEG}", f"/{_FAX}", f"/{_JPEG_2000}")
    if data.entries is not None and data.entries.get("Filter") in alone:
        return data.raw
    return bytes(data.image.get_data(decode_simple=True))


def _inverted(data: ImageData) -> bool | None:
    """Whether /Decode turns light and dark round; ``None`` if that is not known."""
    if data.entries is None:
        return None
    order = data.entries.get("Decode")
    if order is None:
        return False
    if not isinstance(order, list) or len(order) % 2:
        return None
    if order == [0.0, 1.0] * (len(order) // 2):
        return False
    return True if order == [1.0, 0.0] * (len(order) // 2) else None


def _fax_entries(data: ImageData) -> Entries | None:
    """The fax decoder's parameters; ``None`` if they are not known."""
    if data.entries is None:
        return None
    found = data.entries.get("DecodeParms", data.entries.get("DP"))
    if isinstance(found, list):
        found = found[-1] if found else None
    if found is None:
        return {}
    known = isinstance(found, dict) and REFERENCE not in found.values()
    return found if known else None


def _fax(data: ImageData) -> GreyImage | PageFault | None:
    """A Group 4 page, three times as fast as pdfium; ``None`` if it has to do it."""
    about, inverted = _fax_entries(data), _inverted(data)
    if about is None or inverted is None or about.get("K", 0.0) >= 0:
        return None
    if about.get("EncodedByteAlign") or about.get("Columns", _DEFAULT_COLUMNS) != data.width:
        return None
    if data.colours not in _GREY and not data.stencil:
        return None
    black_is_one = about.get("BlackIs1", False)
    pixels = decode_g4(
        _content(data), data.width, data.height, black_is_dark=black_is_one == inverted
    )
    return _incomplete() if pixels is None else pixels


def _fax_whole(data: ImageData, content: bytes) -> bool:
    about = _fax_entries(data)
    if about is None:
        return True
    if about.get("K", 0.0) < 0 and not about.get("EncodedByteAlign"):
        said = about.get("Columns", _DEFAULT_COLUMNS)
        columns = int(said) if isinstance(said, int | float) else 0
        return decode_g4(content, columns, data.height, black_is_dark=True) is not None
    announced = rows_announced(content)
    return announced == 0 or announced >= data.height - 1


def _fewest_bytes(data: ImageData) -> int:
    """How many bytes of pixels there must be at least."""
    said = (data.entries or {}).get("BitsPerComponent", 1.0)
    bits = int(said) if said in _DEPTHS else 1
    samples = _SAMPLES.get(data.colours, 1)
    return data.height * ((data.width * samples * bits + 7) // 8)


def _is_deflated(data: ImageData) -> bool:
    filters = (data.entries or {}).get("Filter")
    return filters in ("/FlateDecode", ["/FlateDecode"])


def _inflates(data: ImageData) -> bool:
    """Whether deflated data hold all pixels; no more than those are looked at (bombs)."""
    least = _fewest_bytes(data)
    about = (data.entries or {}).get("DecodeParms")
    if isinstance(about, dict) and about.get("Predictor", 1.0) in _PNG_PREDICTORS:
        least += data.height  # each row starts with the number of its predictor
    try:
        return len(zlib.decompressobj().decompress(data.raw, least)) >= least
    except zlib.error:  # encrypted, or damaged: what pdfium can make of it
        return len(data.image.get_data(decode_simple=True)) >= _fewest_bytes(data)


def _decoded(image: pdfium.PdfImage) -> GreyImage:
    bitmap = image.get_bitmap()
    bitmap.warn_on_close = False  # its pixels are copied before it is closed
    try:
        return grey_bitmap(bitmap)
    finally:
        bitmap.close()


def grey_bitmap(bitmap: pdfium.PdfBitmap) -> GreyImage:
    """What pdfium drew or decoded, as grey pixels of our own."""
    pixels = bitmap.to_numpy()
    if pixels.ndim == 2:
        return np.array(pixels, np.uint8)
    if pixels.shape[2] == 1:
        return np.array(pixels[:, :, 0], np.uint8)
    code = cv2.COLOR_BGRA2GRAY if pixels.shape[2] == 4 else cv2.COLOR_BGR2GRAY
    return np.asarray(cv2.cvtColor(pixels, code), np.uint8)
