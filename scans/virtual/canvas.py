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
STRIP_PIXELS = 60_000  # 240 kB of float32: three of them fit a core's own cache of 1 MB
REPEATED = TILE + 1024  # pieces up to 1024 pixels are views; a page at 200 dpi is no larger


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


@dataclass(frozen=True, slots=True)
class Tile:
    """A seamless noise field, kept so that pieces of it are cut out by slicing.

    Attributes:
        plain: Float32 ``(TILE, TILE)``.
        laid: The field and its transpose, each repeated to ``(REPEATED, REPEATED)``.
    """

    plain: NDArray[Any]
    laid: tuple[NDArray[Any], NDArray[Any]]

    @classmethod
    def of(cls, field: NDArray[Any]) -> Tile:
        """Keep *field*, float ``(TILE, TILE)``, seamless."""
        plain = np.asarray(field, dtype=np.float32)
        more = ((0, REPEATED - TILE), (0, REPEATED - TILE))
        upright, turned = np.pad(plain, more, "wrap"), np.pad(plain.T, more, "wrap")
        return cls(plain, (np.ascontiguousarray(upright), np.ascontiguousarray(turned)))

    def cut(self, row: int, column: int, shape: tuple[int, int], *, turned: bool) -> NDArray[Any]:
        """A ``shape`` piece with its corner at (row, column); a view where it is small."""
        laid = self.laid[turned]
        if shape[0] <= REPEATED - TILE and shape[1] <= REPEATED - TILE:
            return laid[row : row + shape[0], column : column + shape[1]]
        rows = (np.arange(shape[0]) + row) % TILE
        columns = (np.arange(shape[1]) + column) % TILE
        return np.take(laid[rows], columns, axis=1)


@lru_cache(maxsize=8)
def texture(power: float = 1.0, seed: int = 20260101) -> Tile:
    """A seamless field of 1/f**power noise, mean 0, sd 1."""
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft2(rng.standard_normal((TILE, TILE)))
    across, down = np.fft.rfftfreq(TILE), np.fft.fftfreq(TILE)
    radius = np.hypot(down[:, None], across[None, :])
    radius[0, 0] = np.inf
    field = np.fft.irfft2(spectrum * radius ** (-power), s=(TILE, TILE))
    return Tile.of((field - field.mean()) / field.std())


@lru_cache(maxsize=8)
def fibres(pixels: float, seed: int = 20260102) -> Tile:
    """A seamless field of even spread 0..1, grains *pixels* wide."""
    noise = np.random.default_rng(seed).standard_normal((TILE, TILE)).astype(np.float32)
    wrapped = cv2.copyMakeBorder(noise, 64, 64, 64, 64, cv2.BORDER_WRAP)
    smooth = cv2.GaussianBlur(wrapped, (0, 0), max(0.3, pixels / 2))[64:-64, 64:-64]
    order = np.argsort(np.argsort(smooth, axis=None))
    return Tile.of(order.reshape(TILE, TILE) / (TILE * TILE))


def piece(tile: Tile, rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[Any]:
    """A random ``shape`` piece of *tile*, repeated where it is too small; not to be changed."""
    row, column = int(rng.integers(TILE)), int(rng.integers(TILE))
    return tile.cut(row, column, shape, turned=bool(rng.random() < 0.5))


def bands(
    tile: Tile, rng: np.random.Generator, shape: tuple[int, int]
) -> Iterator[tuple[tuple[slice, slice], NDArray[Any]]]:
    """A random piece of *tile* in oblongs that are slices of it: a page needs no page of noise.

    Yields:
        Rows and columns of a ``shape`` image, and the float32 noise for them.
    """
    column, row = int(rng.integers(TILE)), int(rng.integers(TILE))
    laid = tile.laid[bool(rng.random() < 0.5)]
    for rows, below in _runs(row, shape[0]):
        for columns, right in _runs(column, shape[1]):
            yield (rows, columns), laid[below, right]


def strips(rows: int, columns: int) -> Iterator[slice]:
    """Rows of an image in strips that stay in the processor's cache from step to step."""
    count = max(16, STRIP_PIXELS // max(1, columns))
    for top in range(0, rows, count):
        yield slice(top, min(rows, top + count))


def _runs(start: int, length: int) -> Iterator[tuple[slice, slice]]:
    """Where *length* pixels from *start* on, repeating, come from: image and tile slices."""
    done = 0
    while done < length:
        count = min(REPEATED - start, length - done)
        yield slice(done, done + count), slice(start, start + count)
        done, start = done + count, (start + count) % TILE
