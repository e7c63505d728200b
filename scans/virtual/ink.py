"""Pen strokes as ink on the canvas: deposit along the path, then Beer-Lambert absorption."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from scans.virtual import parameters as p
from scans.virtual.canvas import Canvas, fibres, piece

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scans.virtual.contract import Spot
    from scans.virtual.intent import PenKind
    from scans.virtual.strokes import Stroke

INK_PER_MM = 22.0  # ink is drawn at least this finely: a 0.3 mm nib is then 6.6 pixels wide


@dataclass(frozen=True, slots=True)
class Pen:
    """One particular pen (see :class:`parameters.PenMaker` for the fields' meaning)."""

    nib_mm: float
    density: float
    make: p.PenMaker


@dataclass(frozen=True, slots=True)
class InkPatch:
    """Ink on part of the canvas.

    Attributes:
        x0: Left column on the canvas.
        y0: Top row on the canvas.
        light: Float32 ``(rows, columns)`` or ``(rows, columns, 3)``: share of light left, 0..1.
    """

    x0: int
    y0: int
    light: NDArray[Any]


def take_pen(kind: PenKind, rng: np.random.Generator) -> Pen:
    """A pen of that kind out of the drawer."""
    make = p.PENS[kind]
    return Pen(make.nib_mm.draw(rng), make.density.draw(rng), make)


def _nib(width: float) -> NDArray[Any]:
    """A round nib of *width* pixels: float32, a straight line's middle then has deposit 1."""
    radius = max(0.5, width / 2)
    reach = int(np.ceil(radius + 0.5))
    at = np.arange(-reach, reach + 1)
    away = np.hypot(at[:, None], at[None, :])
    disc = np.clip(radius + 0.5 - away, 0.0, 1.0)
    return np.asarray(disc / (2 * radius), dtype=np.float32)


def _splat(points: NDArray[Any], weight: NDArray[Any], shape: tuple[int, int]) -> NDArray[Any]:
    """Float32 *shape* with each weight shared among the four pixels round its point."""
    column, row = (points - 0.5).T
    left, top = np.floor(column).astype(np.int64), np.floor(row).astype(np.int64)
    across, down = column - left, row - top
    first, wide = top * shape[1] + left, shape[1]
    index = np.concatenate((first, first + 1, first + wide, first + wide + 1))
    upper, lower = (1 - down) * weight, down * weight
    share = np.concatenate(
        ((1 - across) * upper, across * upper, (1 - across) * lower, across * lower)
    )
    flat = np.bincount(index, share, minlength=shape[0] * shape[1])
    return flat.reshape(shape).astype(np.float32)


def _rolls(rng: np.random.Generator, count: int, skip: float) -> NDArray[Any]:
    """Where a ball pen writes (1) and where it skips (about *skip* of the way, in short runs)."""
    knots = rng.random(count // 12 + 2)
    along = np.interp(np.arange(count) / 12.0, np.arange(len(knots)), knots)
    return (along > skip * 1.2).astype(np.float64) * 0.85 + 0.15


def light_left(
    density: NDArray[Any],
    absorb_bgr: tuple[float, float, float],
    lamp: tuple[float, float, float] | None,
) -> NDArray[Any]:
    """The share of light that ink lets through (Beer-Lambert).

    Args:
        density: Float32 ``(rows, columns)``.
        absorb_bgr: How strongly blue, green and red are absorbed.
        lamp: Share of blue, green and red in a grey scan's light; None for three channels.

    Returns:
        Float32 ``(rows, columns)``, or with 3 channels.
    """
    density = np.asarray(density, dtype=np.float32)
    left = {absorb: cv2.exp(density * np.float32(-absorb)) for absorb in set(absorb_bgr)}
    if lamp is None:
        return np.asarray(cv2.merge([left[absorb] for absorb in absorb_bgr]))
    share = {a: sum(s for s, b in zip(lamp, absorb_bgr, strict=True) if b == a) for a in left}
    grey = sum(left[absorb] * np.float32(share[absorb]) for absorb in sorted(left))
    return np.asarray(grey)


def draw(
    canvas: Canvas,
    strokes: Sequence[Stroke],
    pen: Pen,
    rng: np.random.Generator,
    lamp: tuple[float, float, float],
) -> InkPatch | None:
    """Put *strokes* on *canvas*.

    Args:
        canvas: Changed in place.
        strokes: Positions in mm on the printed page.
        pen: Which ink, how wide.
        rng: Source of skips and grain.
        lamp: Share of blue, green and red light that a grey scan is made of.

    Returns:
        The ink as it went onto the canvas, or None when all of it falls outside.
    """
    per_mm = canvas.per_mm[0]
    fine = max(2, int(np.ceil(INK_PER_MM / per_mm)))
    kernel = _nib(pen.nib_mm * per_mm * fine)
    reach = len(kernel) // 2 + 2 + int(np.ceil(3 * pen.make.bleed_mm * per_mm * fine))
    points = canvas.to_pixels(np.concatenate([stroke.points_mm for stroke in strokes]))
    low = np.floor(points.min(axis=0) - reach / fine).astype(int) - 1
    high = np.ceil(points.max(axis=0) + reach / fine).astype(int) + 1
    width, height = (high - low).tolist()
    if canvas.window(int(low[0]), int(low[1]), width, height) is None:
        return None
    pressure = np.concatenate([stroke.pressure for stroke in strokes])
    weight = pressure * (p.PATH_STEP_MM * per_mm * fine)
    if pen.make.skip:
        weight = weight * _rolls(rng, len(weight), pen.make.skip)
    deposit: NDArray[Any] = cv2.filter2D(
        _splat((points - low) * fine, weight, (height * fine, width * fine)),
        cv2.CV_32F,
        kernel,
        borderType=cv2.BORDER_CONSTANT,
    )
    if pen.make.bleed_mm:
        deposit = cv2.GaussianBlur(deposit, (0, 0), pen.make.bleed_mm * per_mm * fine)
    fibre = piece(fibres(round(p.GRAIN_MM * per_mm * fine, 1)), rng, deposit.shape[:2])
    standing = 0.62 - 0.45 * min(1.0, float(pressure.mean()))  # a heavy hand reaches the valleys
    touch = np.clip((fibre - standing) / 0.35, 0.0, 1.6)
    density = np.maximum(deposit, 0.0) * (
        pen.density * (1.0 - pen.make.grain + pen.make.grain * touch)
    )
    left = light_left(density, pen.make.absorb_bgr, None if canvas.colour else lamp)
    light: NDArray[Any] = pen.make.floor + (1.0 - pen.make.floor) * left
    light = cv2.resize(light, (width, height), interpolation=cv2.INTER_AREA)
    patch = InkPatch(int(low[0]), int(low[1]), np.asarray(light, dtype=np.float32))
    canvas.cover(patch.x0, patch.y0, patch.light)
    return patch


def visible_ink_mm2(
    canvas: Canvas, patch: InkPatch, spot: Spot, blur_mm: float, least_light: float
) -> float:
    """How much of *patch* can be seen inside a bubble, in mm².

    Args:
        canvas: What the patch was drawn on.
        patch: One mark's ink.
        spot: The bubble; its outline is widened by :data:`parameters.CLEAR_BEYOND_MM`.
        blur_mm: Sd of the scanner's blur.
        least_light: A pixel is visible ink when less light than this is left.
    """
    sd = max(0.2, blur_mm * canvas.per_mm[0])
    half = (spot.w_mm / 2 + p.CLEAR_BEYOND_MM, spot.h_mm / 2 + p.CLEAR_BEYOND_MM)
    window = np.array(
        [
            (spot.x_mm - half[0], spot.y_mm - half[1]),
            (spot.x_mm + half[0], spot.y_mm + half[1]),
        ]
    )
    low, high = canvas.to_pixels(window) - (patch.x0, patch.y0)
    left, top = (max(0, int(v - 4 * sd)) for v in low)
    right, bottom = (int(v + 4 * sd) + 1 for v in high)
    light = patch.light[top : max(top, bottom), left : max(left, right)]
    if light.size == 0:
        return 0.0
    if light.ndim == 3:
        light = np.minimum(np.minimum(light[..., 0], light[..., 1]), light[..., 2])
    soft = cv2.GaussianBlur(light, (0, 0), sd)
    columns = np.arange(soft.shape[1]) + (left + patch.x0 + 0.5 - canvas.origin[0])
    rows = np.arange(soft.shape[0]) + (top + patch.y0 + 0.5 - canvas.origin[1])
    across = (columns / canvas.per_mm[0] - spot.x_mm) / half[0]
    down = (rows / canvas.per_mm[1] - spot.y_mm) / half[1]
    inside = (across**2)[None, :] + (down**2)[:, None] <= 1.0
    seen = int(np.count_nonzero(inside & (soft < least_light)))
    return seen / (canvas.per_mm[0] * canvas.per_mm[1])
