"""The inked pixels of a field and the pieces that they hang together in (pure)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from omr.field import PX_PER_MM, Field

DIRECTIONS = np.stack([np.cos(np.arange(16) * np.pi / 16), np.sin(np.arange(16) * np.pi / 16)])

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ink:
    """The inked pixels of a field, row by row, and the pieces in which they hang together."""

    whole: Integers  # (3, k) flat indices in the field, pieces, nearest bubbles or NO_BUBBLE
    places: Floats  # (3, k) mm: from the field's left, its top, that bubble's centre (or infinite)
    dark: NDArray[np.float32]  # (k,)
    pieces: int

    @property
    def piece(self) -> Integers:
        """(k,) the number of each pixel's piece; 0 is the paper."""
        return self.whole[1]

    @property
    def bubble(self) -> Integers:
        """(k,) the nearest bubble, or NO_BUBBLE."""
        return self.whole[2]


def ink_of(field: Field) -> Ink:
    """The ink of *field*, sorted into pieces."""
    from omr import loops_pieces as loops  # noqa: PLC0415 - numba, which only measuring needs

    height, width = field.seen.shape
    at = np.flatnonzero(field.seen)
    count = len(at)
    labels = np.empty(count, np.int64)
    ink = Ink(
        np.empty((3, count), np.int64),
        np.empty((3, count)),
        np.empty(count, np.float32),
        loops.pieces(at, height, width, labels),
    )
    loops.gather(
        at,
        labels,
        field.ink.reshape(-1),
        field.frame.nearest.reshape(-1),
        width,
        field.centres_px,
        PX_PER_MM,
        ink.whole,
        ink.places,
        ink.dark,
    )
    return ink
