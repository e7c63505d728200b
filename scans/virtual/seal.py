"""A round red office seal, as clerks press it onto every sheet."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from scans.virtual import parameters as p
from scans.virtual.canvas import TILE, Canvas, texture
from scans.virtual.ink import light_left

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PER_MM = 20.0
_SIDE_MM = p.SEAL_DIAMETER_MM + 4.0
_TEXT = "CONG AN THANH PHO * PHONG THAM MUU * "


@lru_cache(maxsize=1)
def _die() -> NDArray[Any]:
    """The rubber die: float32 square, 1 where it carries ink."""
    side = round(_SIDE_MM * _PER_MM)
    die, centre = np.zeros((side, side), np.float32), (side // 2, side // 2)
    for radius, width in ((17.5, 1.0), (16.3, 0.3), (10.5, 0.4)):
        cv2.circle(die, centre, round(radius * _PER_MM), 1.0, round(width * _PER_MM), cv2.LINE_AA)
    angle = np.radians(np.arange(10) * 36.0 - 90.0)
    reach = np.where(np.arange(10) % 2, 3.4, 8.6) * _PER_MM
    star = np.column_stack([np.cos(angle), np.sin(angle)]) * reach[:, None] + centre
    cv2.fillPoly(die, [star.round().astype(np.int32)], 1.0, cv2.LINE_AA)
    letter_side = 80
    for number, letter in enumerate(_TEXT):
        glyph = np.zeros((letter_side, letter_side), np.uint8)
        cv2.putText(glyph, letter, (16, 64), cv2.FONT_HERSHEY_DUPLEX, 2.0, 255, 6, cv2.LINE_AA)
        turn = 360.0 * number / len(_TEXT)
        matrix = cv2.getRotationMatrix2D((letter_side / 2, letter_side / 2), -turn, 1.0)
        away = 13.4 * _PER_MM
        matrix[0, 2] += centre[0] + away * np.sin(np.radians(turn)) - letter_side / 2
        matrix[1, 2] += centre[1] - away * np.cos(np.radians(turn)) - letter_side / 2
        np.maximum(die, cv2.warpAffine(glyph / np.float32(255), matrix, (side, side)), out=die)
    return die


@lru_cache(maxsize=4)
def _soft_die(per_mm: float) -> NDArray[Any]:
    """The die without detail that *per_mm* pixels a millimetre cannot show."""
    return np.asarray(cv2.GaussianBlur(_die(), (0, 0), 0.35 * _PER_MM / per_mm))


def stamp(
    canvas: Canvas,
    rng: np.random.Generator,
    centre_mm: tuple[float, float],
    lamp: tuple[float, float, float],
) -> None:
    """Press the seal near *centre_mm* with the unevenness of a hand and an ink pad."""
    die = _die()
    aim = np.array([centre_mm]) + rng.normal(0.0, p.SEAL_SHIFT_MM, (1, 2))
    x, y = canvas.to_pixels(aim)[0]
    side = round(1.45 * _SIDE_MM * canvas.per_mm[0])
    x0, y0 = round(float(x)) - side // 2, round(float(y)) - side // 2
    turn = rng.normal(0.0, p.SEAL_TURN_DEGREES)
    matrix = cv2.getRotationMatrix2D(
        (die.shape[1] / 2, die.shape[0] / 2), float(turn), canvas.per_mm[0] / _PER_MM
    )
    matrix[:, 2] += side / 2 - die.shape[0] / 2
    inked = cv2.warpAffine(
        _soft_die(canvas.per_mm[0]), matrix, (side, side), flags=cv2.INTER_LINEAR
    )
    start = rng.integers(TILE - 256, size=2)
    patchy = cv2.resize(texture().plain[start[0] :, start[1] :][:256, :256], (side, side))
    slope = np.linspace(-1.0, 1.0, side, dtype=np.float32) * rng.uniform(-0.35, 0.35)
    uneven = np.clip(1.0 + 0.3 * patchy + slope[None, :], 0.1, 1.6)
    edge = int(0.5 * side - 0.5 * _SIDE_MM * canvas.per_mm[0])  # beyond it there is no ink
    middle = (slice(edge, side - edge), slice(edge, side - edge))
    density = inked[middle] * uneven[middle] * np.float32(p.SEAL_INK.draw(rng))
    light = light_left(density, p.PENS["red"].absorb_bgr, None if canvas.colour else lamp)
    canvas.cover(x0 + edge, y0 + edge, light)
