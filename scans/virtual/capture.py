"""The scanner: glass, optics, sensor and driver."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from scans.virtual import parameters as p
from scans.virtual.canvas import Canvas, strips

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Mode(StrEnum):
    """What the scanner delivers."""

    GREY = "grey"
    COLOUR = "colour"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class Scanner:
    """One scanner with its settings; it stays the same for all pages of a file.

    Lengths are mm, ``lamp`` the share of blue, green and red light that its grey is made of,
    ``curve_*`` the driver's black and white point (relative to the paper) and gamma, ``threshold``
    the level of 1-bit scans relative to the paper's.
    """

    lid: float
    lamp: tuple[float, float, float]
    psf_across: float
    psf_along: float
    flare: float
    noise: float
    noise_width: float
    column_noise: float
    fall_off: float
    curve_black: float
    curve_white: float
    curve_gamma: float
    threshold: float
    local_threshold: bool
    dither: float
    stretch: float
    wave_mm: float
    bow_mm: float
    streaks: tuple[tuple[float, float, float, float], ...]  # place 0..1, width, strength, level
    seed: int


def draw_scanner(rng: np.random.Generator) -> Scanner:
    """A scanner out of the range of offices."""
    streaks = tuple(
        (
            float(rng.uniform(0.03, 0.97)),
            p.STREAK_MM.draw(rng),
            p.STREAK_STRENGTH.draw(rng),
            float(rng.choice((0.02, 0.98), p=(0.75, 0.25))),
        )
        for _ in range(int(rng.integers(1, 4)))
    )
    return Scanner(
        lid=float(rng.choice(p.LID_REFLECTANCE, p=(0.8, 0.1, 0.1))),
        lamp=((0.114, 0.587, 0.299), (0.05, 0.9, 0.05))[int(rng.random() < 0.25)],
        psf_across=p.PSF_ACROSS_MM.draw(rng),
        psf_along=p.PSF_ALONG_MM.draw(rng),
        flare=p.FLARE_SHARE.draw(rng),
        noise=p.READ_NOISE.draw(rng),
        noise_width=float(rng.choice((0.0, 0.6))),
        column_noise=p.COLUMN_NOISE.draw(rng),
        fall_off=p.FALL_OFF.draw(rng),
        curve_black=p.BLACK_POINT.draw(rng),
        curve_white=p.WHITE_POINT.draw(rng),
        curve_gamma=p.GAMMA.draw(rng),
        threshold=p.BINARY_THRESHOLD.draw(rng),
        local_threshold=bool(rng.random() < 0.4),
        dither=p.BINARY_DITHER.draw(rng) if rng.random() < 0.4 else 0.0,
        stretch=p.FEED_STRETCH.draw(rng),
        wave_mm=p.FEED_WAVE.draw(rng),
        bow_mm=p.BOW_MM.draw(rng),
        streaks=streaks,
        seed=int(rng.integers(2**31)),
    )


@dataclass(frozen=True, slots=True)
class Placement:
    """How one sheet lies in the scanned frame.

    Attributes:
        centre_mm: The paper's centre in the frame.
        turn_degrees: Clockwise, the quarter turns included.
        slip_mm: How far the feed jumps.
        slip_at_mm: Where in the frame it jumps.
        wave_phase: Of the feed's wander, 0..1.
    """

    centre_mm: tuple[float, float]
    turn_degrees: float
    slip_mm: float = 0.0
    slip_at_mm: float = 0.0
    wave_phase: float = 0.0


def driver_curve(scanner: Scanner, reflectance: NDArray[Any], paper: float) -> NDArray[Any]:
    """Levels 0..255 (float) that the driver writes for *reflectance*, on *paper*."""
    span = scanner.curve_white - scanner.curve_black
    seen = np.clip((reflectance / paper - scanner.curve_black) / span, 0.0, 1.0)
    return np.asarray(255.0 * seen ** (1.0 / scanner.curve_gamma))


def optics(canvas: Canvas, scanner: Scanner, dpi: float, *, sideways: bool) -> NDArray[Any]:
    """*canvas* as the lens throws it on the sensor: core blur and flare, same shape."""
    per_mm = canvas.per_mm[0]
    pixel = 25.4 / dpi
    # A sensor pixel is a box; where the canvas is finer than the scan, its blur is added here.
    box = pixel / np.sqrt(12.0) if per_mm > 1.5 / pixel else 0.0
    across, along = np.hypot(scanner.psf_across, box), np.hypot(scanner.psf_along, box)
    if sideways:
        across, along = along, across
    sharp = cv2.GaussianBlur(canvas.pixels, (0, 0), across * per_mm, sigmaY=along * per_mm)
    small = cv2.resize(canvas.pixels, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    wide = cv2.GaussianBlur(small, (0, 0), max(0.4, p.FLARE_MM * per_mm / 4))
    wide = cv2.resize(wide, (sharp.shape[1], sharp.shape[0]), interpolation=cv2.INTER_LINEAR)
    cv2.addWeighted(sharp, 1.0 - scanner.flare, wide, scanner.flare, 0.0, dst=sharp)
    return np.asarray(sharp)


def _maps(
    canvas: Canvas,
    scanner: Scanner,
    placement: Placement,
    dpi: float,
    area: tuple[int, int, int, int],
    frame_mm: tuple[float, float],
) -> tuple[_Place, _Place]:
    """For every frame pixel of *area* (x, y, width, height) its column and row on the canvas."""
    x = (area[0] + np.arange(area[2]) + 0.5) * 25.4 / dpi
    y = (area[1] + np.arange(area[3]) + 0.5) * 25.4 / dpi
    fed = placement.centre_mm[1] + (y - placement.centre_mm[1]) / scanner.stretch
    fed += scanner.wave_mm * np.sin(2 * np.pi * (y / 70.0 + placement.wave_phase))
    fed += placement.slip_mm / (1.0 + np.exp(-(y - placement.slip_at_mm) / 0.8))
    bow = scanner.bow_mm * (2.0 * x / frame_mm[0] - 1.0) ** 2
    turn = np.radians(placement.turn_degrees)
    middle = canvas.outline_mm.mean(axis=0)
    cos, sin = np.cos(turn) * canvas.print_per_paper, np.sin(turn) * canvas.print_per_paper
    right, down = x - placement.centre_mm[0], fed - placement.centre_mm[1]
    columns = _Place.of(
        cos * right + sin * bow, sin * down + middle[0], canvas.per_mm[0], canvas.origin[0]
    )
    rows = _Place.of(
        -sin * right + cos * bow, cos * down + middle[1], canvas.per_mm[1], canvas.origin[1]
    )
    return columns, rows


@dataclass(frozen=True, slots=True)
class _Place:
    """A canvas coordinate (pixel centres, float32) as a sum of what the frame's axes add."""

    by_column: NDArray[Any]
    by_row: NDArray[Any]

    @classmethod
    def of(cls, across: NDArray[Any], along: NDArray[Any], per_mm: float, origin: float) -> _Place:
        first = (across * per_mm + origin - 0.5).astype(np.float32)
        return cls(first, (along * per_mm).astype(np.float32))

    def of_rows(self, rows: slice) -> NDArray[Any]:
        """The coordinate of every pixel of *rows*."""
        return np.asarray(np.add.outer(self.by_row[rows], self.by_column))


def expose(
    canvas: Canvas,
    scanner: Scanner,
    placement: Placement,
    frame: NDArray[Any],
    dpi: float,
    *,
    alone: bool,
) -> None:
    """Scan *canvas* into *frame*.

    Args:
        canvas: The sheet.
        scanner: Optics and feed.
        placement: Where the sheet lies.
        frame: Float32 reflectance, changed in place; ``(rows, columns)`` or with 3 channels.
        dpi: Of the frame.
        alone: The sheet is the only one: its lid fills the frame. Otherwise only the paper
            itself covers what is there.
    """
    size = (frame.shape[1], frame.shape[0])
    frame_mm = (size[0] * 25.4 / dpi, size[1] * 25.4 / dpi)
    sideways = abs(np.sin(np.radians(placement.turn_degrees))) > 0.7
    image = optics(canvas, scanner, dpi, sideways=sideways)
    lid = (canvas.lid,) * 3 if canvas.colour else canvas.lid
    area = (0, 0, *size)
    if not alone:
        reach = np.linalg.norm(canvas.outline_mm[2] - canvas.outline_mm[0]) / 2 + 2.0
        low = [max(0, int((placement.centre_mm[i] - reach) * dpi / 25.4)) for i in (0, 1)]
        high = [
            min(size[i], int((placement.centre_mm[i] + reach) * dpi / 25.4) + 1) for i in (0, 1)
        ]
        area = (low[0], low[1], high[0] - low[0], high[1] - low[1])
    columns, rows = _maps(canvas, scanner, placement, dpi, area, frame_mm)
    corners = canvas.to_pixels(canvas.outline_mm)
    for strip in strips(area[3], area[2]):
        across, down = columns.of_rows(strip), rows.of_rows(strip)
        top, bottom = area[1] + strip.start, area[1] + strip.stop
        here = frame[top:bottom, area[0] : area[0] + area[2]]
        if alone:
            _resample(image, across, down, lid, here)
            continue
        on_paper = (across >= corners[0, 0]) & (across <= corners[2, 0] - 1)
        on_paper &= (down >= corners[0, 1]) & (down <= corners[2, 1] - 1)
        if on_paper.any():
            part = _resample(image, across, down, lid)
            here[on_paper] = part[on_paper]


def _resample(
    image: NDArray[Any],
    columns: NDArray[Any],
    rows: NDArray[Any],
    lid: float | tuple[float, ...],
    into: NDArray[Any] | None = None,
) -> NDArray[Any]:
    """*image* at the places (columns, rows), *lid* beyond it."""
    return np.asarray(
        cv2.remap(
            image,
            columns,
            rows,
            cv2.INTER_LINEAR,
            dst=into,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=lid,
        )
    )
