"""Grey levels of one sheet as darkness: 0 is its paper, 1 the black of its print (pure)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from omr.sampling import Floats, Samples

LEAST_SPAN = 20.0  # grey levels; a page with less between paper and black shows nothing


@dataclass(frozen=True, slots=True)
class Shades:
    """What turns grey levels into darkness at each of n bubbles."""

    paper: Floats  # (n,) grey levels
    span: Floats  # (n,) from there to black

    @classmethod
    def between(cls, paper: Floats, black: float) -> Shades:
        """From the paper's level at every bubble and that of solid print on the sheet."""
        return cls(paper, np.maximum(paper - black, LEAST_SPAN))

    def of(self, which: NDArray[np.int64]) -> Shades:
        """Those at *which* bubbles alone."""
        return Shades(self.paper[which], self.span[which])

    def dark(self, levels: NDArray[np.uint8 | np.float32]) -> NDArray[np.float32]:
        """Grey levels (n, ...) as darkness, clipped to -0.2 .. 1.2."""
        slopes, starts = self._line()
        if levels.ndim == 2 and levels.dtype == np.uint8:
            from omr import loops_shades as loops  # noqa: PLC0415 - numba, only for measuring

            dark = np.empty(levels.shape, np.float32)
            loops.darken(np.ascontiguousarray(levels, np.uint8), slopes, starts, dark)
            return dark
        shape = (-1,) + (1,) * (levels.ndim - 1)
        found = levels * slopes.reshape(shape)
        found += starts.reshape(shape)
        return np.clip(found, -0.2, 1.2, out=found)

    def _line(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """By how much darkness changes with the grey level at every bubble, and where it starts."""
        return (-1 / self.span).astype(np.float32), (self.paper / self.span).astype(np.float32)

    def lightest_ink(self, ink: float) -> Samples:
        """The grey level at every bubble, (n,), below which a sample is darker than *ink*."""
        return np.ceil(self.paper - ink * self.span).clip(0, 255).astype(np.uint8)

    def mean_dark(self, samples: Samples, count: int) -> Floats:
        """The mean darkness of the first *count* of *samples* (n, m) at every bubble, (n,)."""
        from omr import loops_shades as loops  # noqa: PLC0415 - numba, which only measuring needs

        found = np.empty(len(samples))
        loops.mean_darkness(samples, count, *self._line(), found)
        return found

    def scatter(self, samples: Samples, count: int, which: NDArray[np.bool_]) -> float:
        """Robust sigma of the darkness in the first *count* samples of the bubbles *which* (n,).

        There are few different grey levels among many samples, so they are counted, and the
        medians taken over the counts.
        """
        from omr import loops_shades as loops  # noqa: PLC0415 - numba, which only measuring needs

        return 1.4826 * loops.scatter(samples, count, which, *self._line())
