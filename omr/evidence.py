"""A picture that shows what the reader saw on a sheet (pure: arrays in, array out)."""

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
    picture = cv2.cvtColor(_upright(grey, registration, layout), cv2.COLOR_GRAY2BGR)
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
    return np.asarray(picture, np.uint8)


def _upright(grey: GreyImage, registration: Registration, layout: Layout) -> GreyImage:
    to_image = np.array(registration.h).reshape(3, 3) @ np.diag([1 / PX_PER_MM, 1 / PX_PER_MM, 1])
    size = (round(layout.width_mm * PX_PER_MM), round(layout.height_mm * PX_PER_MM))
    flags = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(grey, to_image, size, flags=flags), np.uint8)


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
