"""Smooth surfaces over a sheet, fitted past the samples that do not belong (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TERMS = 6  # of a quadratic surface; at least twice as many samples hold it
# In the units of all places, samples that lie so close together would leave directions open
# which they do hold.
_CLUSTERED = 0.5
# A direction that the samples leave open (two columns cannot tell a bend across them from
# the level) is settled in favour of the level: the least solution, in these units.
_PREFERENCE = np.array([100.0, 1.0, 1.0, 1.0, 1.0, 1.0])


@dataclass(frozen=True, slots=True)
class Surface:
    """A quadratic surface with k values at every place."""

    middle: Floats  # (2,) mm
    spread: Floats  # (2,) mm
    solution: Floats  # (TERMS, k)

    def at(self, points_mm: Floats) -> Floats:
        """The values at *points_mm* (m, 2): shape (m, k)."""
        found: Floats = _terms(points_mm.tobytes(), *self.middle, *self.spread) @ self.solution
        return found


def fit_surface(
    at_mm: Floats, seen: Floats, *, which: NDArray[np.bool_] | None = None, least_spread: float
) -> Surface:
    """A quadratic surface through what was seen.

    Refitted with Tukey's biweight, so that a few samples of something else do not bend it.

    Args:
        at_mm: (n, 2) places of the samples.
        seen: (n, k) samples.
        which: (n,) those that count, at least 2 * TERMS of them; all, if not said.
        least_spread: Samples scatter at least so much, in their own unit.
    """
    from omr import loops_shades as loops  # noqa: PLC0415 - numba, which only measuring needs

    middle, spread = _extent(at_mm.tobytes())
    if which is not None and (at_mm[which].std(axis=0) < _CLUSTERED * spread).any():
        return fit_surface(at_mm[which], seen[which], least_spread=least_spread)
    terms = _terms(at_mm.tobytes(), *middle, *spread) * _PREFERENCE
    if which is not None:
        terms, seen = terms[which], seen[which]
    solution = np.empty((TERMS, seen.shape[1]))
    loops.fit(terms, np.ascontiguousarray(seen, np.float64), least_spread, solution)
    return Surface(middle, spread, solution * _PREFERENCE[:, None])


def shared_out(
    wanted_mm: Floats,
    at_mm: Floats,
    missed: Floats,
    *,
    which: NDArray[np.bool_] | None = None,
    reach_mm: float | tuple[float, float],
    nothing: float,
) -> Floats:
    """What a surface missed at some places, shared out to others near them.

    Args:
        wanted_mm: (m, 2).
        at_mm: (n, 2) places of what was missed.
        missed: (n, k).
        which: (n,) those that count; all, if not said.
        reach_mm: Sigma of the weights; or that across and that down the sheet.
        nothing: Weight of "nothing was missed": one lonely sample moves nobody far.

    Returns:
        (m, k).
    """
    counted = np.ones(len(at_mm), np.bool_) if which is None else which
    shares = np.empty((len(at_mm), missed.shape[1] + 1))
    shares[:, :-1] = np.where(counted[:, None], missed, 0.0)
    shares[:, -1] = counted
    across, down = reach_mm if isinstance(reach_mm, tuple) else (reach_mm, reach_mm)
    sums = _nearness(wanted_mm.tobytes(), at_mm.tobytes(), across, down) @ shares
    found: Floats = sums[:, :-1] / (sums[:, -1:] + nothing)
    return found


@lru_cache(maxsize=32)
def _nearness(wanted: bytes, at: bytes, across_mm: float, down_mm: float) -> Floats:
    """The weight of every place at every other, (m, n); kept, as places are a layout's own."""
    wanted_mm, at_mm = (np.frombuffer(places, np.float64).reshape(-1, 2) for places in (wanted, at))
    apart = (wanted_mm[:, None] - at_mm[None]) / (across_mm, down_mm)
    weight: Floats = np.exp(-0.5 * (apart**2).sum(axis=2))
    return weight


@lru_cache(maxsize=32)
def _extent(at: bytes) -> tuple[Floats, Floats]:
    """The mean of places and how far they spread, (2,) each."""
    at_mm = np.frombuffer(at, np.float64).reshape(-1, 2)
    return at_mm.mean(axis=0), at_mm.std(axis=0) + 1e-6


@lru_cache(maxsize=64)
def _terms(
    points: bytes, middle_x: float, middle_y: float, spread_x: float, spread_y: float
) -> Floats:
    """The terms of a surface at places (m, 2), shape (m, TERMS); kept, as above."""
    points_mm = np.frombuffer(points, np.float64).reshape(-1, 2)
    u, v = ((points_mm - (middle_x, middle_y)) / (spread_x, spread_y)).T
    return np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], axis=1)
