"""Pictures of a sheet: upright, and with what the reader saw (pure: arrays in and out)."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.fiducials import GreyImage
from omr.geometry import PagePoint, Registration
from omr.layout import Bubble, Layout
from omr.marks import Answer, AnswerState

PX_PER_MM = 8.0  # of the picture: the page upright, 203 dpi
ON_UPRIGHT = Registration((PX_PER_MM, 0.0, 0.0, 0.0, PX_PER_MM, 0.0, 0.0, 0.0, 1.0))
JPEG_QUALITY = 80
_COMMENT = b"\xff\xfe"  # JPEG marker (ITU-T T.81, table B.1); a length and the text follow
_ONE_BIT, _GREY = b"omr: 1-bit scan", b"omr: grey scan"
_GREEN, _AMBER, _BLUE, _RED = (60, 150, 40), (0, 150, 240), (200, 120, 30), (40, 40, 210)  # BGR


def draw_evidence(
    grey: GreyImage, registration: Registration, layout: Layout, answers: Mapping[str, Answer]
) -> NDArray[np.uint8]:
    """The sheet upright, with fiducials, codes, bubbles and what was decided drawn over it.

    Green: an answer that stands. Amber: a candidate that a person decides about. Thin blue:
    a bubble that was measured and found blank.

    Args:
        grey: The page image, shape (h, w), uint8.
        registration: Where the sheet lies in it.
        layout: The sheet's layout.
        answers: What was read.

    Returns:
        Shape (height, width, 3), uint8, BGR.
    """
    grey_sheet = upright(grey, registration, layout)
    picture = np.asarray(cv2.cvtColor(grey_sheet, cv2.COLOR_GRAY2BGR), np.uint8)
    for fiducial in layout.fiducials:
        half = fiducial.size_mm / 2
        x, y = fiducial.centre.x_mm, fiducial.centre.y_mm
        _box(picture, x - half, y - half, x + half, y + half, _RED)
    for code in layout.codes:
        _box(picture, code.x_mm, code.y_mm, code.right_mm, code.bottom_mm, _RED)
    for question in layout.questions:
        answer = answers.get(question.id)
        for bubble in question.bubbles:
            _ring(picture, bubble, answer)
    return picture


def upright(grey: GreyImage, registration: Registration, layout: Layout) -> GreyImage:
    """The sheet alone, upright, at :data:`PX_PER_MM`; :data:`ON_UPRIGHT` maps onto it.

    Args:
        grey: The page image, shape (h, w), uint8.
        registration: Where the sheet lies in it.
        layout: Gives the sheet's size; any layout printed on that paper will do.
    """
    to_image = np.array(registration.h).reshape(3, 3) @ np.diag([1 / PX_PER_MM, 1 / PX_PER_MM, 1])
    width, height = size_px(layout)
    flags = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(grey, to_image, (width, height), flags=flags), np.uint8)


def size_px(layout: Layout) -> tuple[int, int]:
    """Width and height of an upright picture of *layout*'s sheet."""
    return round(layout.width_mm * PX_PER_MM), round(layout.height_mm * PX_PER_MM)


def jpeg_of(grey: GreyImage, *, bilevel: bool) -> bytes:
    """A grey picture as JPEG, as small as still shows a faint pencil: about 250 kB a sheet.

    Args:
        grey: Shape (h, w), uint8.
        bilevel: Whether the scan it was made from knew only black and white. Turning and
            packing make greys, so the picture carries this as its comment.
    """
    done, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise RuntimeError("the picture could not be packed")
    jpeg, note = bytes(data), _ONE_BIT if bilevel else _GREY
    return jpeg[:2] + _COMMENT + (len(note) + 2).to_bytes(2, "big") + note + jpeg[2:]


def from_bilevel(jpeg: bytes) -> bool:
    """Whether a picture comes from a 1-bit scan; assumed where it does not say."""
    length = int.from_bytes(jpeg[4:6], "big")
    return not (jpeg[2:4] == _COMMENT and jpeg[6 : 4 + length] == _GREY)


def _ring(picture: NDArray[np.integer], bubble: Bubble, answer: Answer | None) -> None:
    chosen = answer is not None and bubble.option in answer.options
    doubtful = answer is not None and answer.state is AnswerState.DOUBTFUL
    colour, width = (_BLUE, 1)
    if chosen:
        colour, width = (_AMBER, 4) if doubtful else (_GREEN, 4)
    elif doubtful and answer is not None and not answer.options:
        colour, width = (_AMBER, 2)
    radius = round((bubble.diameter_mm / 2 + 0.5) * PX_PER_MM)
    cv2.circle(picture, _px(bubble.centre), radius, colour, width, cv2.LINE_AA)


def _box(
    picture: NDArray[np.integer],
    left: float,
    top: float,
    right: float,
    bottom: float,
    colour: tuple[int, int, int],
) -> None:
    cv2.rectangle(picture, _px(PagePoint(left, top)), _px(PagePoint(right, bottom)), colour, 2)


def _px(point: PagePoint) -> tuple[int, int]:
    return round(point.x_mm * PX_PER_MM), round(point.y_mm * PX_PER_MM)
