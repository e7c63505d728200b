"""Which samples of a patch lie in the bubble and in its clear ring (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

# Typesetting keeps so much free of print round every bubble (forms.typeset).
CLEAR_MM = 1.0
_LINE_MM = 0.25  # printed outline, forms.typeset
_EDGE_MM = 0.25  # blur and jitter of the outline's edge reach so far into the bubble


@dataclass(frozen=True, slots=True)
class Discs:
    """Samples round a bubble, right and down of its middle."""

    inside_mm: NDArray[np.float64]  # (2, k)
    ring_mm: NDArray[np.float64]  # (2, m)
    both_mm: NDArray[np.float64]  # (2, k + m) first those inside


@lru_cache(maxsize=16)
def discs_of(radius_mm: float, half_side: int, px_per_mm: float) -> Discs:
    """The samples of a patch that reaches *half_side* samples from its middle."""
    distance = distances(half_side, px_per_mm)
    outer = radius_mm + _LINE_MM / 2
    inside = _places(distance <= radius_mm - _LINE_MM / 2 - _EDGE_MM, px_per_mm)
    ring = _places((distance >= outer + _EDGE_MM) & (distance <= _ring_end(radius_mm)), px_per_mm)
    return Discs(inside, ring, np.hstack([inside, ring]))


def _places(which: NDArray[np.bool_], px_per_mm: float) -> NDArray[np.float64]:
    rows, columns = np.nonzero(which)
    found: NDArray[np.float64] = (np.stack([columns, rows]) - len(which) // 2) / px_per_mm
    return found


def ring_reach(radius_mm: float, px_per_mm: float) -> int:
    """So many samples from its middle a patch holds the whole clear ring."""
    return int(np.ceil(_ring_end(radius_mm) * px_per_mm))


def distances(half_side: int, px_per_mm: float) -> NDArray[np.float64]:
    """How far each sample of a patch lies from its middle, (side, side) mm."""
    steps = np.arange(-half_side, half_side + 1) / px_per_mm
    found: NDArray[np.float64] = np.hypot(*np.meshgrid(steps, steps))
    return found


def _ring_end(radius_mm: float) -> float:
    return radius_mm + _LINE_MM / 2 + CLEAR_MM - 0.1
