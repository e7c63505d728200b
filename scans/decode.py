"""Image bytes -> grey pixels. What cannot be decoded whole is a value with its reason."""

from __future__ import annotations

import warnings
from io import BytesIO

import cv2
import numpy as np
from PIL import Image

from omr.fiducials import GreyImage
from omr.i18n import _
from omr.marks import Reason
from scans.decoder_words import listening
from scans.faults import PageFault, too_large
from scans.jpeg import JPEG_START, Decoded, decode_jpeg

_PNG_START = b"\x89PNG\r\n\x1a\n"
# What the pixels need. A decoder makes room for any chunk's declared length before it reads it,
# unpacks texts and colour profiles, and follows animations: none of that is wanted.
_PNG_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT"})
_PNG_END = b"IEND"
_STRIP_ROWS = 512


def decode_image(data: bytes, enough_px: float | None = None) -> Decoded | PageFault:
    """A JPEG or PNG file's content as a grey image, the way up that the file notes.

    Args:
        data: The whole file.
        enough_px: For the longer side: a JPEG may come at half its size.
    """
    if data.startswith(JPEG_START):
        return decode_jpeg(data, turn=True, enough_px=enough_px)
    if not data.startswith(_PNG_START):
        words = _("neither PDF, TIFF, JPEG nor PNG, or damaged; scan again")
        return PageFault(Reason.UNREADABLE_FILE, words)
    plain = _plain_png(data)
    return _png_cut_off() if plain is None else _decode_png(plain)


def png_size(head: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG; None if *head* does not begin one."""
    if not head.startswith(_PNG_START) or head[12:16] != b"IHDR":
        return None
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def _decode_png(data: bytes) -> Decoded | PageFault:
    # The declared size is looked at first: a few hundred bytes can ask for a gigabyte.
    try:
        with quiet_pillow(), Image.open(BytesIO(data), formats=("PNG",)) as image:
            refused = too_large(*image.size)
            if refused is None and image.has_transparency_data:
                return Decoded(grey_of(image))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - damaged images fail in many ways
        return _png_cut_off()
    if refused is not None:
        return refused
    try:
        with listening():
            pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error as error:
        return PageFault(Reason.UNREADABLE_FILE, str(error).strip())
    return _png_cut_off() if pixels is None else Decoded(np.asarray(pixels, np.uint8))


def _plain_png(data: bytes) -> bytes | None:
    """A PNG with nothing in it but its pixels (ISO/IEC 15948, 5.3); None if it is cut off.

    A palette that is missing is made up by decoders, in white.
    """
    kept, at = [_PNG_START], len(_PNG_START)
    needs_palette = data[25:26] == b"\x03"
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        if end > len(data):
            return None
        if kind in _PNG_CHUNKS or kind == _PNG_END:
            kept.append(data[at:end])
        if kind == _PNG_END:
            break
        needs_palette = needs_palette and kind != b"PLTE"
        at = end
    return None if needs_palette else b"".join(kept)


def _png_cut_off() -> PageFault:
    words = _("the PNG image is damaged or cut off; scan or copy it again")
    return PageFault(Reason.UNREADABLE_FILE, words)


def grey_of(image: Image.Image) -> GreyImage:
    """Pillow's *image* as grey pixels; what is see-through shows white paper.

    Raises:
        ValueError: If a pixel has so many bits that its white is unknown.
        OSError: If the pixels are damaged.
    """
    if image.mode.startswith("I;16"):  # Pillow's own conversion clips: all paper, no ink
        return (np.asarray(image) >> 8).astype(np.uint8)
    if image.mode in {"I", "F"}:
        raise ValueError(_("32 bits a pixel; scan in grey with 8 bits"))
    if image.has_transparency_data:
        return _on_paper(image)
    return np.asarray(image.convert("L"), np.uint8)


def _on_paper(image: Image.Image) -> GreyImage:
    """A see-through *image* on white paper; in strips, for each takes three times its room."""
    width, height = image.size
    page = np.empty((height, width), np.uint8)
    for top in range(0, height, _STRIP_ROWS):
        strip = image.crop((0, top, width, min(top + _STRIP_ROWS, height))).convert("RGBA")
        paper = Image.new("RGBA", strip.size, "white")
        page[top : top + strip.height] = np.asarray(
            Image.alpha_composite(paper, strip).convert("L"), np.uint8
        )
    return page


def quiet_pillow() -> warnings.catch_warnings[None]:
    """Pillow's own size limit only warns; ours is checked instead, before decoding."""
    Image.MAX_IMAGE_PIXELS = None
    return warnings.catch_warnings(action="ignore")
