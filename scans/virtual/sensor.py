"""From light on the sensor to the image that the scanner's driver delivers."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from scans.virtual import parameters as p
from scans.virtual.canvas import TILE, Tile, bands
from scans.virtual.capture import Mode, Scanner, driver_curve
from scans.virtual.damage import copier_curve

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEVELS = 60000  # reflectance 1.0 as an index into the driver's curve
_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 15.0 - 0.5
_LOCAL_MM = 6.0  # neighbourhood of drivers' "dynamic threshold"; assumed
_LOCAL_FLOOR = 0.4  # of white: what is darker is black whatever surrounds it


@lru_cache(maxsize=2)
def _sensor_noise(width: float) -> Tile:
    """Seamless noise, mean 0, sd 1, correlated over *width* pixels."""
    noise: NDArray[Any] = np.random.default_rng(20260103).standard_normal((TILE, TILE))
    if width:
        wrapped = cv2.copyMakeBorder(noise, 16, 16, 16, 16, cv2.BORDER_WRAP)
        noise = cv2.GaussianBlur(wrapped, (0, 0), width)[16:-16, 16:-16]
    return Tile.of(noise / noise.std())


def sense(
    frame: NDArray[Any], scanner: Scanner, rng: np.random.Generator, dpi: float, *, streaked: bool
) -> None:
    """Add what lamp, glass and sensor do; *frame* (float32 reflectance) is changed in place."""
    rows, columns = frame.shape[:2]
    fixed = np.random.default_rng(scanner.seed)  # the same columns on every page
    at = np.linspace(-1.0, 1.0, columns)
    gain = 1.0 - scanner.fall_off * at**2 + fixed.normal(0.0, scanner.column_noise, columns)
    frame *= gain.astype(np.float32).reshape((1, -1, 1) if frame.ndim == 3 else (1, -1))
    if streaked:
        for place, width, strength, level in scanner.streaks:
            left = int(place * columns)
            right = left + max(1, round(width * dpi / 25.4))
            along = np.linspace(0.0, 40.0, rows)
            lively = np.interp(along, np.arange(41), rng.uniform(0.7, 1.0, 41)) * strength
            share = lively.astype(np.float32).reshape((-1, 1, 1) if frame.ndim == 3 else (-1, 1))
            frame[:, left:right] += share * (level - frame[:, left:right])
    for _ in range(int(rng.poisson(p.SPECKS_PER_PAGE))):
        spot = (int(rng.integers(columns)), int(rng.integers(rows)))
        dust = float(rng.choice((0.1, 0.3, 0.95)))
        radius = int(rng.integers(0, 2))
        cv2.circle(frame, spot, radius, (dust,) * 3 if frame.ndim == 3 else dust, -1)
    flat = frame.reshape(rows, -1)
    for here, noise in bands(_sensor_noise(scanner.noise_width), rng, flat.shape):
        part = flat[here]
        cv2.scaleAdd(noise, scanner.noise, part, dst=part)


def deliver(
    frame: NDArray[Any], scanner: Scanner, mode: Mode, paper: float, dpi: float
) -> NDArray[Any]:
    """The driver's image of *frame*.

    Args:
        frame: Float32 reflectance.
        scanner: Curve and threshold.
        mode: What to deliver.
        paper: Reflectance that the driver takes for the paper's.
        dpi: Of the frame.

    Returns:
        Uint8: ``(rows, columns)`` grey; 0 or 255 in binary mode; ``(rows, columns, 3)`` B, G, R.
    """
    levels = np.arange(_LEVELS + 1) / _LEVELS
    table = np.full(65536, 255, dtype=np.uint8)
    table[: _LEVELS + 1] = np.rint(driver_curve(scanner, levels, paper))
    # OpenCV's conversion saturates, so that noise below zero or above white stays in range.
    index: NDArray[Any] = cv2.addWeighted(frame, _LEVELS, frame, 0.0, 0.0, dtype=cv2.CV_16U)
    image = cv2.LUT(index, table)
    if mode is not Mode.BINARY:
        return np.asarray(image)
    white = float(driver_curve(scanner, np.array([paper]), paper)[0])
    columns = -(-image.shape[1] // 4)
    dithered = np.tile(scanner.dither * white * _BAYER.astype(np.float32), (1, columns))
    dithered = dithered[:, : image.shape[1]]
    if scanner.local_threshold:
        side = round(_LOCAL_MM * dpi / 25.4) | 1
        limit = cv2.blur(image, (side, side)).astype(np.float32)
        limit *= np.float32(scanner.threshold)
        np.maximum(limit, np.float32(_LOCAL_FLOOR * white), out=limit)
        for row in range(4):
            limit[row::4] += dithered[row]
        return np.where(image < limit, np.uint8(0), np.uint8(255))
    # Whole levels are below a limit just when they are below the next whole one.
    limits = np.ceil(np.float32(scanner.threshold * white) + dithered).clip(0, 255).astype(np.uint8)
    delivered = np.empty_like(image)
    for row in range(4):
        np.multiply(image[row::4] >= limits[row], np.uint8(255), out=delivered[row::4])
    return delivered


def least_light(
    scanner: Scanner, mode: Mode, paper: float, copied: tuple[float, float] | None
) -> float:
    """Ink that lets less than this share of light back can be seen in the delivered image.

    Args:
        scanner: Curve and threshold.
        mode: What is delivered.
        paper: Reflectance of the paper.
        copied: Black and white point of the photocopier in between, if there was one.
    """
    light = np.linspace(0.0, 1.0, 1001)
    seen = copier_curve(light, *copied) if copied else light
    level = driver_curve(scanner, seen * paper, paper)
    limit = level[-1] - p.CLEAR_DROP_LEVELS
    if mode is Mode.BINARY:
        limit = scanner.threshold * level[-1]
    visible = light[level < limit]
    return float(visible.max()) if len(visible) else 0.0
