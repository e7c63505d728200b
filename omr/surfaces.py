"""Smooth surfaces over a sheet, fitted past the samples that do not belong (pure)."""

from __future__ import annotations

import math
from collections.abc import Sequence
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
_NOTHING_MORE = np.empty((0, 0))
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
    from omr import loops_surfaces as loops  # noqa: PLC0415 - numba, which only measuring needs

    middle, spread = _extent(at_mm.tobytes())
    if which is not None and (at_mm[which].std(axis=0) < _CLUSTERED * spread).any():
        return fit_surface(at_mm[which], seen[which], least_spread=least_spread)
    terms = _terms(at_mm.tobytes(), *middle, *spread) * _PREFERENCE
    if which is not None:
        terms, seen = terms[which], seen[which]
    solution = np.empty((TERMS, seen.shape[1]))
    loops.fit(terms, np.ascontiguousarray(seen, np.float64), least_spread, solution)
    return Surface(middle, spread, solution * _PREFERENCE[:, None])


def followed(
    surface: Surface,
    wanted_mm: Floats,
    at_mm: Floats,
    seen: Floats,
    *,
    which: NDArray[np.bool_] | None = None,
    reaches_mm: Sequence[tuple[float, float]],
    nothing: float,
    most: float = math.inf,
) -> Floats:
    """The surface, and what it misses of what was seen shared out to the places near it.

    Args:
        surface: Through what was seen.
        wanted_mm: (m, 2) the places that are asked for.
        at_mm: (n, 2) places of what was seen.
        seen: (n, k) samples.
        which: (n,) those that count; all, if not said.
        reaches_mm: Sigmas of the weights, across and down the sheet; then those with which what
            is missed still is shared out, if two are given.
        nothing: Weight of "nothing was missed": one lonely sample moves nobody far.
        most: Samples that the surface misses by more do not count.

    Returns:
        (m, k).
    """
    from omr import loops_surfaces as loops  # noqa: PLC0415 - numba, which only measuring needs

    wanted, at = wanted_mm.tobytes(), at_mm.tobytes()
    scale = (*surface.middle, *surface.spread)
    first, *more = reaches_mm
    found = np.empty((len(wanted_mm), seen.shape[1]))
    loops.follow(
        _terms(wanted, *scale),
        _nearness(wanted, at, *first),
        _nearness(wanted, at, *more[0]) if more else _NOTHING_MORE,
        _nearness(at, at, *first) if more else _NOTHING_MORE,
        _terms(at, *scale),
        surface.solution,
        np.ascontiguousarray(seen),
        np.ones(len(at_mm), np.bool_) if which is None else which,
        most,
        nothing,
        found,
    )
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
