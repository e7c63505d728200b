"""Pictures of a sheet: upright, and with what the reader saw (pure: arrays in and out)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.fiducials import GreyImage, find_fiducials
from omr.geometry import PagePoint, Registration
from omr.layout import Bubble, Layout
from omr.marks import Answer, AnswerState
from omr.outline import settle_offsets
from omr.scoring import HALF_SIDE_MM, SheetMeasure, bubbles_of

PX_PER_MM = 8.0  # of the picture: the page upright, 203 dpi
ON_UPRIGHT = Registration((PX_PER_MM, 0.0, 0.0, 0.0, PX_PER_MM, 0.0, 0.0, 0.0, 1.0))
JPEG_QUALITY = 80
_COMMENT = b"\xff\xfe"  # JPEG marker (ITU-T T.81, table B.1); a length and the text follow
_ONE_BIT, _GREY = b"omr: 1-bit scan", b"omr: grey scan"
_GREEN, _AMBER, _BLUE, _RED = (60, 150, 40), (0, 150, 240), (200, 120, 30), (40, 40, 210)  # BGR
_VIOLET, _PINK = (170, 40, 120), (190, 60, 230)
_BLACK_SHARE = 0.5  # percent of a sheet: less than its fiducials and codes make black
_INK_GREY, _OUTLINE_GREY = 0, 150  # of a drawn sheet


class Ring(StrEnum):
    """What the ring round a bubble says."""

    BLANK = "blank"  # measured and found blank
    OPEN = "open"  # blank, but the whole question is doubtful
    DOUBTFUL = "doubtful"  # a candidate that a person decides about
    MARKED = "marked"  # an answer that stands by itself
    DECIDED = "decided"  # an answer by a person's decision


RING_COLOURS: Mapping[Ring, tuple[int, int, int]] = {  # BGR
    Ring.BLANK: _BLUE,
    Ring.OPEN: _AMBER,
    Ring.DOUBTFUL: _AMBER,
    Ring.MARKED: _GREEN,
    Ring.DECIDED: _VIOLET,
}
EXPECTED_COLOUR, FOUND_COLOUR = _RED, _PINK
_RING_WIDTHS = {Ring.BLANK: 1, Ring.OPEN: 2, Ring.DOUBTFUL: 4, Ring.MARKED: 4, Ring.DECIDED: 4}


@dataclass(frozen=True, slots=True)
class Found:
    """What of a sheet's print was found again on its picture."""

    fiducials: tuple[int, ...]  # markers
    outlines: float  # share of the bubbles


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
    picture = in_colour(upright(grey, registration, layout))
    draw_places(picture, layout, rings_of(layout, answers))
    return picture


def in_colour(grey: GreyImage) -> NDArray[np.uint8]:
    """A grey picture, (h, w), as one to draw on: shape (h, w, 3), uint8, BGR."""
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)


def rings_of(layout: Layout, answers: Mapping[str, Answer]) -> dict[tuple[str, str], Ring]:
    """The ring for every bubble, by question and option."""
    return {
        (question.id, bubble.option): _ring_for(bubble, answers.get(question.id))
        for question in layout.questions
        for bubble in question.bubbles
    }


def draw_places(
    picture: NDArray[np.uint8], layout: Layout, rings: Mapping[tuple[str, str], Ring]
) -> None:
    """Draw where everything is expected, and a ring round every bubble.

    Args:
        picture: Of the sheet, upright, at :data:`PX_PER_MM`; changed in place.
        layout: The sheet's layout.
        rings: By question and option; bubbles that are not in it get none.
    """
    for fiducial in layout.fiducials:
        half = fiducial.size_mm / 2
        x, y = fiducial.centre.x_mm, fiducial.centre.y_mm
        _box(picture, x - half, y - half, x + half, y + half, EXPECTED_COLOUR)
    for code in layout.codes:
        _box(picture, code.x_mm, code.y_mm, code.right_mm, code.bottom_mm, EXPECTED_COLOUR)
    for question, bubble in bubbles_of(layout):
        ring = rings.get((question, bubble.option))
        if ring is not None:
            radius = round((bubble.diameter_mm / 2 + 0.5) * PX_PER_MM)
            colour, width = RING_COLOURS[ring], _RING_WIDTHS[ring]
            cv2.circle(picture, _px(bubble.centre), radius, colour, width, cv2.LINE_AA)


def draw_found(
    picture: NDArray[np.uint8], sheet: GreyImage, layout: Layout, *, outlines: bool
) -> Found:
    """Draw the fiducials and the bubbles' outlines where they are found on the sheet.

    Args:
        picture: As for :func:`draw_places`; changed in place.
        sheet: The same sheet in grey, as from :func:`upright`.
        layout: The sheet's layout.
        outlines: Whether to look for them; any layout on that paper will do without.
    """
    fiducials = find_fiducials(sheet)
    for fiducial in fiducials:
        corners = fiducial.corners.round().astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(picture, [corners], isClosed=True, color=FOUND_COLOUR, thickness=1)
    markers = tuple(fiducial.marker for fiducial in fiducials)
    if not outlines:
        return Found(markers, 0.0)
    places = [bubble for _question, bubble in bubbles_of(layout)]
    centres = np.array([(b.centre.x_mm, b.centre.y_mm) for b in places])
    radius = float(np.median([b.diameter_mm for b in places])) / 2
    paper, black = float(np.median(sheet)), float(np.percentile(sheet, _BLACK_SHARE))
    side = 2 * round(HALF_SIDE_MM * PX_PER_MM) + 1
    patches = np.array(
        [
            cv2.getRectSubPix(sheet, (side, side), (x * PX_PER_MM, y * PX_PER_MM))
            for x, y in centres.tolist()
        ],
        np.float32,
    )
    dark = np.clip((paper - patches) / max(paper - black, 20.0), -0.2, 1.2)
    held = np.array([(f.centre.x_mm, f.centre.y_mm) for f in layout.fiducials]).reshape(-1, 2)
    settled = settle_offsets(dark.astype(np.float32), centres, radius, PX_PER_MM, held_mm=held)
    for (x, y), bubble in zip((centres + settled.offsets_mm).tolist(), places, strict=True):
        at, size = _px(PagePoint(x, y)), round(bubble.diameter_mm / 2 * PX_PER_MM)
        cv2.circle(picture, at, size, FOUND_COLOUR, 1, cv2.LINE_AA)
    return Found(markers, settled.share_found)


def drawn_sheet(layout: Layout, measured: SheetMeasure | None) -> GreyImage:
    """A sheet drawn from what is known of it, where no picture of it is left.

    Args:
        layout: The sheet's layout.
        measured: Its bubbles are filled as far and as dark as they were measured.

    Returns:
        Shape and scale as from :func:`upright`.
    """
    width, height = size_px(layout)
    sheet = np.full((height, width), 255, np.uint8)
    for fiducial in layout.fiducials:
        half, at = fiducial.size_mm / 2, fiducial.centre
        corner, opposite = (
            PagePoint(at.x_mm - half, at.y_mm - half),
            PagePoint(at.x_mm + half, at.y_mm + half),
        )
        cv2.rectangle(sheet, _px(corner), _px(opposite), _INK_GREY, cv2.FILLED)
    ink = {(b.question, b.option): b for b in measured.bubbles} if measured else {}
    for question, bubble in bubbles_of(layout):
        radius = bubble.diameter_mm / 2 * PX_PER_MM
        found = ink.get((question, bubble.option))
        if found is not None and found.coverage > 0:
            # As much of the disc as was ink, in the mean shade of that ink.
            shade = 255 - round(255 * min(1.0, found.darkness / found.coverage))
            inner = max(1, round(radius * found.coverage**0.5))
            cv2.circle(sheet, _px(bubble.centre), inner, shade, cv2.FILLED, cv2.LINE_AA)
        cv2.circle(sheet, _px(bubble.centre), round(radius), _OUTLINE_GREY, 2, cv2.LINE_AA)
    return sheet


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


def jpeg_of(grey: GreyImage, *, bilevel: bool, quality: int = JPEG_QUALITY) -> bytes:
    """A grey picture as JPEG, as small as still shows a faint pencil: about 250 kB a sheet.

    Args:
        grey: Shape (h, w), uint8.
        quality: 1 to 100.
        bilevel: Whether the scan it was made from knew only black and white. Turning and
            packing make greys, so the picture carries this as its comment.
    """
    done, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise RuntimeError("the picture could not be packed")
    jpeg, note = bytes(data), _ONE_BIT if bilevel else _GREY
    return jpeg[:2] + _COMMENT + (len(note) + 2).to_bytes(2, "big") + note + jpeg[2:]


def from_bilevel(jpeg: bytes) -> bool:
    """Whether a picture comes from a 1-bit scan; assumed where it does not say."""
    length = int.from_bytes(jpeg[4:6], "big")
    return not (jpeg[2:4] == _COMMENT and jpeg[6 : 4 + length] == _GREY)


def _ring_for(bubble: Bubble, answer: Answer | None) -> Ring:
    if answer is None:
        return Ring.BLANK
    doubtful = answer.state is AnswerState.DOUBTFUL
    if bubble.option in answer.options:
        return Ring.DOUBTFUL if doubtful else Ring.MARKED
    return Ring.OPEN if doubtful and not answer.options else Ring.BLANK


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
