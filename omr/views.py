"""What lies round the places of a page: everything roughly, and finely what is asked for (pure).

Most of a fine patch is never looked at, and to sample an image costs more than what is done with
the samples.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Protocol

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
    coarse: NDArray[
        Any
    ]  # Levels (n, side // 2, side // 2): means of 2 x 2 samples from the top left on

    def near(self, which: Integers, shifts: Integers, offsets: Integers) -> Levels:
        """Samples at *offsets* (2, m), right and down of the middles of *which* (k,), (k, m).

        The middles are moved by *shifts* (k, 2). Nothing may lie beyond the patch.
        """


class PatchViews:
    """Of patches that are there already, (n, side, side): grey levels or darkness."""

    def __init__(self, patches: Levels) -> None:
        count, self.side, _side = patches.shape
        even = self.side // 2 * 2
        tall = np.ascontiguousarray(patches[:, :even, :even]).reshape(-1, even)
        size = (even // 2, count * even // 2)
        means = cv2.resize(tall, size, interpolation=cv2.INTER_AREA)
        self.coarse = np.asarray(means, patches.dtype).reshape(count, even // 2, even // 2)
        self._flat = patches.reshape(-1)

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
        coarse = samples_at(grey, maps, _coarse_mm(half_side, px_per_mm))
        self.coarse = coarse.reshape(len(maps), half_side, half_side)

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
