"""The sheet of paper as linear reflectance on a pixel grid, and noise fields for its texture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

MARGIN_MM = 6.0  # lid visible round the paper; further out the scanner sees the plain lid
TILE = 1024


@dataclass(slots=True)
class Canvas:
    """A sheet with some of the scanner's lid round it, in the printed page's coordinates.

    Attributes:
        pixels: Float32 ``(rows, columns)`` or ``(rows, columns, 3)`` in B, G, R: reflectance, 0..1.
        per_mm: Pixels per millimetre, across and down.
        origin: Pixel position of the printed page's top-left corner.
        outline_mm: ``(4, 2)`` corners of the paper (the print may be scaled and shifted on it),
            clockwise from the top left.
        lid: Reflectance of what lies beyond the paper.
        print_per_paper: Printed millimetres per millimetre of paper (1 / print scale).
    """

    pixels: NDArray[Any]
    per_mm: tuple[float, float]
    origin: tuple[float, float]
    outline_mm: NDArray[Any]
    lid: float
    print_per_paper: float = 1.0

    @property
    def colour(self) -> bool:
        """Whether the canvas has three channels."""
        return self.pixels.ndim == 3

    def to_pixels(self, points_mm: NDArray[Any]) -> NDArray[Any]:
        """Points ``(n, 2)`` in mm as continuous pixel positions (0 is a pixel's left edge)."""
        return np.asarray(points_mm) * self.per_mm + self.origin

    def window(
        self, x0: int, y0: int, width: int, height: int
    ) -> tuple[tuple[slice, slice], tuple[slice, slice]] | None:
        """Where a patch at (x0, y0) overlaps the canvas: slices of the canvas and of the patch."""
        left, top = max(0, x0), max(0, y0)
        right = min(self.pixels.shape[1], x0 + width)
        bottom = min(self.pixels.shape[0], y0 + height)
        if left >= right or top >= bottom:
            return None
        here = (slice(top, bottom), slice(left, right))
        there = (slice(top - y0, bottom - y0), slice(left - x0, right - x0))
        return here, there

    def cover(self, x0: int, y0: int, transmittance: NDArray[Any]) -> None:
        """Multiply the reflectance at pixel (x0, y0) by a patch, as a layer of ink does."""
        height, width = transmittance.shape[:2]
        found = self.window(x0, y0, width, height)
        if found is None:
            return
        here, there = found
        patch = transmittance[there]
        if self.colour and patch.ndim == 2:
            patch = patch[..., None]
        self.pixels[here] *= patch


@lru_cache(maxsize=8)
def texture(power: float = 1.0, seed: int = 20260101) -> NDArray[Any]:
    """A seamless ``(1024, 1024)`` float32 field of 1/f**power noise, mean 0, sd 1."""
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft2(rng.standard_normal((TILE, TILE)))
    across, down = np.fft.rfftfreq(TILE), np.fft.fftfreq(TILE)
    radius = np.hypot(down[:, None], across[None, :])
    radius[0, 0] = np.inf
    field = np.fft.irfft2(spectrum * radius ** (-power), s=(TILE, TILE))
    return np.asarray((field - field.mean()) / field.std(), dtype=np.float32)


@lru_cache(maxsize=8)
def fibres(pixels: float, seed: int = 20260102) -> NDArray[Any]:
    """A seamless ``(1024, 1024)`` float32 field of even spread 0..1, grains *pixels* wide."""
    noise = np.random.default_rng(seed).standard_normal((TILE, TILE)).astype(np.float32)
    wrapped = cv2.copyMakeBorder(noise, 64, 64, 64, 64, cv2.BORDER_WRAP)
    smooth = cv2.GaussianBlur(wrapped, (0, 0), max(0.3, pixels / 2))[64:-64, 64:-64]
    order = np.argsort(np.argsort(smooth, axis=None))
    return np.asarray(order.reshape(TILE, TILE) / (TILE * TILE), dtype=np.float32)


def piece(tile: NDArray[Any], rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[Any]:
    """A random ``shape`` piece of a seamless *tile*, repeated where it is too small."""
    rows = (np.arange(shape[0]) + rng.integers(TILE)) % TILE
    start = int(rng.integers(TILE))
    columns = (np.arange(shape[1]) + start) % TILE
    turned = tile.T if rng.random() < 0.5 else tile
    return np.ascontiguousarray(turned[rows][:, columns])


def bands(
    tile: NDArray[Any], rng: np.random.Generator, shape: tuple[int, int]
) -> Iterator[tuple[slice, NDArray[Any]]]:
    """A random piece of a seamless *tile*, in bands of rows: a page needs no page of noise.

    Yields:
        The rows of a ``shape`` image, and the float32 noise for them.
    """
    columns = (np.arange(shape[1]) + int(rng.integers(TILE))) % TILE
    start, row = int(rng.integers(TILE)), 0
    turned = tile.T if rng.random() < 0.5 else tile
    strip = np.take(turned, columns, axis=1)
    while row < shape[0]:
        count = min(TILE - start, shape[0] - row)
        yield slice(row, row + count), strip[start : start + count]
        row, start = row + count, 0
