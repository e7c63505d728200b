"""What lies round the places of a page, roughly or finely: only what is asked for (pure).

Most of a fine patch is never looked at, and to sample an image costs more than what is done with
the samples.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.fiducials import GreyImage
from omr.sampling import Floats, samples_at

Levels = NDArray[np.float32 | np.uint8]
Integers = NDArray[np.int64]


class Views(Protocol):
    """Square patches round n places; *side* samples along a side, an odd number."""

    side: int

    def around(self, offsets_px: Floats) -> Levels:
        """Samples at *offsets_px* (2, m), right and down of every middle, (n, m)."""

    def coarse(self, which: Integers) -> Levels:
        """Means of 2 x 2 samples of *which* (k,) from the top left on, (k, half, half)."""

    def near(self, which: Integers, shifts: Integers, offsets: Integers) -> Levels:
        """Samples at *offsets* (2, m), right and down of the middles of *which* (k,), (k, m).

        The middles are moved by *shifts* (k, 2). Nothing may lie beyond the patch.
        """


class PatchViews:
    """Of patches that are there already, (n, side, side): grey levels or darkness."""

    def __init__(self, patches: Levels) -> None:
        self.side = patches.shape[1]
        self._patches, self._flat = patches, patches.reshape(-1)

    def around(self, offsets_px: Floats) -> Levels:
        """As in :class:`Views`."""
        tall = self._patches.reshape(-1, self.side)
        first = np.arange(len(self._patches))[:, None] * self.side
        columns, rows = (offsets_px + self.side // 2).astype(np.float32)
        at = (np.tile(columns, (len(first), 1)), (first + rows).astype(np.float32))
        found = cv2.remap(tall, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(found, tall.dtype)

    def coarse(self, which: Integers) -> Levels:
        """As in :class:`Views`."""
        half = self.side // 2
        tall = self._patches[which, : 2 * half, : 2 * half].reshape(-1, 2 * half)
        size = (half, len(which) * half)
        means = cv2.resize(tall, size, interpolation=cv2.INTER_AREA)
        found: Levels = np.asarray(means, tall.dtype).reshape(len(which), half, half)
        return found

    def near(self, which: Integers, shifts: Integers, offsets: Integers) -> Levels:
        """As in :class:`Views`."""
        middle = self.side // 2 * (self.side + 1)
        starts = which * self.side**2 + middle + shifts[:, 1] * self.side + shifts[:, 0]
        found: Levels = self._flat.take(starts[:, None] + offsets[1] * self.side + offsets[0])
        return found


class PageViews:
    """Of a scanned page; beyond the image its edge.

    Args:
        grey: Shape (h, w), uint8.
        maps: (n, 2, 3), from :func:`omr.sampling.local_maps`.
        half_side: Samples from the centre to each side.
        px_per_mm: Density of the samples.
    """

    def __init__(self, grey: GreyImage, maps: Floats, half_side: int, px_per_mm: float) -> None:
        self.side = 2 * half_side + 1
        self._grey, self._maps, self._px_per_mm = grey, maps, px_per_mm

    def around(self, offsets_px: Floats) -> Levels:
        """As in :class:`Views`."""
        return samples_at(self._grey, self._maps, offsets_px / self._px_per_mm)

    def coarse(self, which: Integers) -> Levels:
        """As in :class:`Views`."""
        half = self.side // 2
        means = samples_at(self._grey, self._maps[which], _coarse_mm(half, self._px_per_mm))
        return means.reshape(len(which), half, half)

    def near(self, which: Integers, shifts: Integers, offsets: Integers) -> Levels:
        """As in :class:`Views`."""
        maps = self._maps[which]
        maps[:, :, 2] += (maps[:, :, :2] @ (shifts[:, :, None] / self._px_per_mm))[:, :, 0]
        return samples_at(self._grey, maps, offsets / self._px_per_mm)


@lru_cache(maxsize=8)
def _coarse_mm(half_side: int, px_per_mm: float) -> Floats:
    """The middles of 2 x 2 samples, (2, half_side ** 2) mm right and down of the centre."""
    steps = (2 * np.arange(half_side) + 0.5 - half_side) / px_per_mm
    across, down = np.meshgrid(steps, steps)
    return np.stack([across.ravel(), down.ravel()])
