"""JPEG data -> grey pixels, with what the decoder passes over in silence found out first.

Markers are those of ITU-T T.81, annex B.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import simplejpeg

from omr.fiducials import GreyImage
from omr.i18n import _
from omr.marks import Reason
from scans.decoder_words import listening
from scans.faults import PageFault, too_large

JPEG_START, _JPEG_END = b"\xff\xd8", b"\xff\xd9"
_TRAILER = 4096  # scanners append padding, cameras a few hundred bytes of their own
_SCAN = 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_USUAL = frozenset({0xC0, 0xC1, 0xC2})  # Huffman-coded: baseline, extended, progressive
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length
_APP1 = 0xE1
_ORIENTATION: Mapping[bytes, Literal["little", "big"]] = {  # tag, type, count; the value follows
    b"\x12\x01\x03\x00\x01\x00\x00\x00": "little",
    b"\x01\x12\x00\x03\x00\x00\x00\x01": "big",
}
_PLAIN = (1, 3)  # components: grey, or luminance with two of colour
_COEFFICIENTS = 64
_MOST_SCANS = 100  # usual programs write ten; each costs a pass over the whole image
# libjpeg, jerror.h: what it says when it had to make up blocks. "Extraneous bytes" is not here:
# some scanners write them before every end, and nothing is lost.
_GUESSED = (b"premature end of data", b"bad Huffman", b"bad arithmetic", b"instead of RST")
_MISSING = 128  # grey level of a block that the data end before (libjpeg, jdhuff.c)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the head of a JPEG image says about it."""

    kind: int  # marker of the frame header
    bits: int  # a sample
    width: int
    height: int
    components: int
    first_component: int  # its id: luminance, or the only one


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's pixels, perhaps fewer than the file has."""

    grey: GreyImage  # shape (h, w), uint8
    shrunk: int = 1  # so many of the image's own pixels are one of these, both ways


def decode_jpeg(
    data: bytes, *, turn: bool = True, enough_px: float | None = None
) -> Decoded | PageFault:
    """JPEG *data* in grey; at half size if its longer side then still has *enough_px*.

    Args:
        data: The whole file or stream.
        turn: Whether the camera's note about which side is up counts (EXIF; not in a PDF).
        enough_px: Pixels; ``None`` for all there are.
    """
    frame = _frame(data)
    if frame is None or frame.components == 0:
        return PageFault(Reason.UNREADABLE_FILE, _("the JPEG image is damaged; scan again"))
    if frame.bits != 8:
        words = _("the JPEG image has {bits} bits a sample; scan again with 8 bits")
        return PageFault(Reason.UNREADABLE_FILE, words.format(bits=frame.bits))
    refused = too_large(frame.width, frame.height)
    if refused is not None:
        return refused
    if _passes(data, frame) > _MOST_SCANS:
        words = _("the JPEG image has too many layers; scan again as an ordinary JPEG")
        return PageFault(Reason.TOO_LARGE, words)
    if frame.height == 0 or not is_closed(data) or not _all_scans(data, frame):
        # The decoder fills the missing part with grey and says nothing.
        return _cut_off()
    if frame.components in _PLAIN and not (turn and _is_turned(data)):
        half = enough_px is not None and max(frame.width, frame.height) >= 2 * enough_px
        pixels = _quickly(data, frame, shrunk=2 if half else 1)
        if pixels is not None:
            return _cut_off() if ends_early(pixels) else Decoded(pixels, 2 if half else 1)
    return _carefully(data, turn=turn)


def jpeg_size(head: bytes) -> tuple[int, int]:
    """Width and height of a usual JPEG; (0, 0) if it is none, or its head goes on after *head*."""
    frame = _frame(head)
    if frame is None or frame.kind not in _USUAL or frame.components not in _PLAIN:
        return 0, 0
    return frame.width, frame.height


def _quickly(data: bytes, frame: _Frame, *, shrunk: int) -> GreyImage | None:
    """The pixels if the decoder had nothing at all to say about *data*; else ``None``.

    The same library as cv2's, without its copy of the data and its words on standard error.
    """
    height, width = (-(-side // shrunk) for side in (frame.height, frame.width))
    try:
        pixels = simplejpeg.decode_jpeg(
            data, "GRAY", fastdct=False, min_height=height, min_width=width, strict=True
        )
    except ValueError:  # a warning, or a kind that it does not decode
        return None
    # It may choose a scale between whole and half for a narrow image, never one below half.
    return pixels[:, :, 0] if pixels.shape == (height, width, 1) else None


def _carefully(data: bytes, *, turn: bool) -> Decoded | PageFault:
    """The pixels, turned as noted, with what libjpeg says of them looked at."""
    flags = cv2.IMREAD_GRAYSCALE | (0 if turn else cv2.IMREAD_IGNORE_ORIENTATION)
    try:
        with listening() as said:
            pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error as error:
        return PageFault(Reason.UNREADABLE_FILE, str(error).strip())
    if pixels is None:
        words = _("the JPEG image cannot be decoded; scan again as an ordinary JPEG")
        return PageFault(Reason.UNREADABLE_FILE, words)
    if any(words in said for words in _GUESSED):
        words = _("the JPEG image is damaged: a part of it is lost; scan or copy it again")
        return PageFault(Reason.UNREADABLE_FILE, words)
    grey = np.asarray(pixels, np.uint8)
    return _cut_off() if ends_early(grey, turned=turn) else Decoded(grey)


def is_closed(data: bytes) -> bool:
    """Whether JPEG *data* has an end, padding after it or not."""
    return _JPEG_END in data[-_TRAILER:]


def ends_early(pixels: GreyImage, *, turned: bool = False) -> bool:
    """Whether decoded *pixels* lack their lower part although the data were closed.

    A scanner that was interrupted closes them all the same. Paper is never the same grey from
    edge to edge. The edge meant is the last to be scanned, wherever a note may have turned it.
    """
    edges = [pixels[-1]]
    if turned:
        edges += [pixels[0], pixels[:, 0], pixels[:, -1]]
    return any(bool((edge == _MISSING).all()) for edge in edges)


def _cut_off() -> PageFault:
    words = _("the JPEG image is cut off: its lower part is missing; scan or copy it again")
    return PageFault(Reason.UNREADABLE_FILE, words)


def _frame(data: bytes) -> _Frame | None:
    for marker, body in _segments(data):
        if marker in _FRAMES and len(body) >= 9:
            return _Frame(
                kind=marker,
                bits=body[0],
                height=int.from_bytes(body[1:3], "big"),
                width=int.from_bytes(body[3:5], "big"),
                components=body[5],
                first_component=body[6],
            )
    return None


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Markers up to the first scan, each with what it holds."""
    at = len(JPEG_START)
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker in _ALONE:
            at += 2
        elif marker == _SCAN:
            return
        else:
            length = int.from_bytes(data[at + 2 : at + 4], "big")
            yield marker, data[at + 4 : at + 2 + length]
            at += 2 + length


def _passes(data: bytes, frame: _Frame) -> int:
    """How often the decoder has to go over the image; an upper bound.

    Some thousand scans of a few bytes each would keep it busy for minutes.
    """
    first = data.find(b"\xff\xda")
    if frame.kind not in _PROGRESSIVE and data[first + 4 : first + 5] == bytes((frame.components,)):
        return 1  # what follows the first scan is not looked at
    return data.count(b"\xff\xda", max(first, 0))


def _is_turned(data: bytes) -> bool:
    """Whether a camera noted that another side is up (Exif 2.3, tag 0x0112, a short)."""
    for marker, body in _segments(data):
        if marker == _APP1 and body.startswith(b"Exif"):
            for head, order in _ORIENTATION.items():
                at = body.find(head)
                value = body[at + len(head) : at + len(head) + 2]
                if at >= 0 and int.from_bytes(value, order) != 1:
                    return True
    return False


def _all_scans(data: bytes, frame: _Frame) -> bool:
    """Whether a progressive image is there to the last bit of its luminance.

    One that was cut off and closed shows the whole page, but as through frosted glass.
    """
    if frame.kind not in _PROGRESSIVE:
        return True
    missing_bits = [_COEFFICIENTS] * _COEFFICIENTS  # of each coefficient; at first, all
    at = data.find(b"\xff\xda")
    while at >= 0:
        count = data[at + 4] if at + 4 < len(data) else 0
        header = data[at + 5 : at + 8 + 2 * count]
        if len(header) == 3 + 2 * count and frame.first_component in header[: 2 * count : 2]:
            first, last, precision = header[2 * count :]
            for coefficient in range(first, min(last + 1, _COEFFICIENTS)):
                missing_bits[coefficient] = precision & 0x0F
        at = data.find(b"\xff\xda", at + 2)
    return not any(missing_bits)
