"""Image bytes -> grey pixels. What cannot be decoded whole is a value with its reason."""

from __future__ import annotations

import warnings
from io import BytesIO

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from omr.fiducials import GreyImage
from omr.marks import Reason
from scans.faults import PageFault

MAX_PIXELS = 100_000_000  # A3 at 600 dpi has 70 million
_JPEG_START, _JPEG_END = b"\xff\xd8", b"\xff\xd9"
_TRAILER = 4096  # scanners append padding, cameras a few hundred bytes of their own


def decode_image(data: bytes) -> GreyImage | PageFault:
    """A JPEG or PNG file's content as a grey image."""
    # The declared size is looked at first: a few hundred bytes can ask for a gigabyte.
    try:
        with quiet_pillow(), Image.open(BytesIO(data), formats=("JPEG", "PNG")) as image:
            refused = too_large(*image.size)
            see_through = image.has_transparency_data
            if refused is None and see_through:
                return grey_of(image)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return PageFault(Reason.UNREADABLE_FILE, "neither PDF, TIFF, JPEG nor PNG, or damaged")
    if refused is not None:
        return refused
    if data.startswith(_JPEG_START) and _JPEG_END not in data[-_TRAILER:]:
        # Some decoders fill the missing part with grey and say nothing.
        return PageFault(Reason.UNREADABLE_FILE, "the JPEG image is cut off")
    try:
        flags = cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error as error:
        return PageFault(Reason.UNREADABLE_FILE, str(error).strip())
    if pixels is None:
        return PageFault(Reason.UNREADABLE_FILE, "the image cannot be decoded")
    return np.asarray(pixels, np.uint8)


def grey_of(image: Image.Image) -> GreyImage:
    """Pillow's *image* as grey pixels; what is see-through shows white paper.

    Raises:
        ValueError: If a pixel has so many bits that its white is unknown.
        OSError: If the pixels are damaged.
    """
    if image.mode.startswith("I;16"):  # Pillow's own conversion clips: all paper, no ink
        return (np.asarray(image) >> 8).astype(np.uint8)
    if image.mode in {"I", "F"}:
        raise ValueError("32 bits a pixel; scan in grey with 8 bits")
    if image.has_transparency_data:
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image.convert("RGBA"))
    return np.asarray(image.convert("L"), np.uint8)


def too_large(width: int, height: int) -> PageFault | None:
    """A refusal if an image claims absurdly many pixels."""
    if width * height <= MAX_PIXELS:
        return None
    return PageFault(Reason.TOO_LARGE, f"{width} x {height} pixels")


def quiet_pillow() -> warnings.catch_warnings[None]:
    """Pillow's own size limit only warns; ours is checked instead, before decoding."""
    Image.MAX_IMAGE_PIXELS = None
    return warnings.catch_warnings(action="ignore")
