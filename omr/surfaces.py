"""Smooth surfaces over a sheet, fitted past the samples that do not belong (pure)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

TERMS = 6  # of a quadratic surface; at least twice as many samples hold it
_TUKEY = 4.685  # the biweight's cut, in robust sigmas, for 95 % efficiency (Huber, 1981)
_ROUNDS = 4


def robust_surface(
    at_mm: NDArray[np.float64],
    seen: NDArray[np.float64],
    wanted_mm: NDArray[np.float64],
    *,
    least_spread: float,
) -> NDArray[np.float64]:
    """A quadratic surface through what was seen, evaluated at *wanted_mm*.

    Refitted with Tukey's biweight, so that a few samples of something else do not bend it.

    Args:
        at_mm: (n, 2) places of the samples, n >= 2 * TERMS.
        seen: (n, k) samples.
        wanted_mm: (m, 2) places to evaluate at.
        least_spread: Samples scatter at least so much, in their own unit.

    Returns:
        (m, k).
    """
    middle, spread = at_mm.mean(axis=0), at_mm.std(axis=0) + 1e-6

    def terms(points: NDArray[np.float64]) -> NDArray[np.float64]:
        u, v = ((points - middle) / spread).T
        return np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], axis=1)

    weights = np.ones(len(at_mm))
    solution: NDArray[np.floating] = np.zeros((TERMS, seen.shape[1]))
    for _round in range(_ROUNDS):
        root = np.sqrt(weights)[:, None]
        solution = np.linalg.lstsq(terms(at_mm) * root, seen * root, rcond=None)[0]
        off = np.sqrt(((seen - terms(at_mm) @ solution) ** 2).sum(axis=1))
        cut = _TUKEY * max(1.4826 * float(np.median(off)), least_spread)
        weights = np.where(off < cut, (1 - (off / cut) ** 2) ** 2, 0.0)
    surface: NDArray[np.float64] = (terms(wanted_mm) @ solution).astype(np.float64)
    return surface
