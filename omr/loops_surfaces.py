"""The loops of :mod:`omr.surfaces`, compiled (pure).

Compiled loops know no number of another module: numba would not notice that it changed.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from omr.compiled import compiled, part

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_TUKEY = 4.685  # the biweight's cut, in robust sigmas, for 95 % efficiency (Huber, 1981)
_ROUNDS = 4
# Of the normal matrix's eigenvalues: what rounding leaves of a direction that does not exist,
# as where all bubbles stand in two columns. Real layouts have 0.01 and more.
_NO_DIRECTION = 1e-8
_MOST_SWEEPS, _ROUNDING = 30, 1e-34  # of Jacobi's method: it needs five or six


@part
def _least(normal: Floats, right: Floats) -> Floats:
    """The solution x of ``normal @ x = right``, the least one where there are many.

    By Jacobi's rotations: *normal* (n, n) is small and symmetric, with no negative eigenvalue.
    """
    count = len(right)
    left, axes = normal.copy(), np.eye(count)
    for _sweep in range(_MOST_SWEEPS):
        beside, along = 0.0, 0.0
        for p in range(count):
            along += left[p, p] * left[p, p]
            for q in range(p + 1, count):
                beside += left[p, q] * left[p, q]
        if beside <= _ROUNDING * along:
            break
        for p in range(count):
            for q in range(p + 1, count):
                if left[p, q] == 0.0:
                    continue
                ratio = (left[q, q] - left[p, p]) / (2 * left[p, q])
                tangent = 1 / (abs(ratio) + math.sqrt(ratio * ratio + 1))
                if ratio < 0:
                    tangent = -tangent
                cosine = 1 / math.sqrt(tangent * tangent + 1)
                sine = tangent * cosine
                for n in range(count):
                    one, other = left[n, p], left[n, q]
                    left[n, p] = cosine * one - sine * other
                    left[n, q] = sine * one + cosine * other
                for n in range(count):
                    one, other = left[p, n], left[q, n]
                    left[p, n] = cosine * one - sine * other
                    left[q, n] = sine * one + cosine * other
                    one, other = axes[n, p], axes[n, q]
                    axes[n, p] = cosine * one - sine * other
                    axes[n, q] = sine * one + cosine * other
    largest = 0.0
    for n in range(count):
        largest = max(largest, left[n, n])
    found = np.zeros(count)
    for axis in range(count):
        if left[axis, axis] > _NO_DIRECTION * largest:
            share = 0.0
            for n in range(count):
                share += axes[n, axis] * right[n]
            for n in range(count):
                found[n] += axes[n, axis] * share / left[axis, axis]
    return found


@part
def _median(values: Floats) -> float:
    ordered = np.sort(values)
    count = len(ordered)
    return (ordered[(count - 1) // 2] + ordered[count // 2]) / 2


@compiled("f8[:,:]", "f8[:,:]", "f8", "out f8[:,:]")
def fit(terms: Floats, seen: Floats, least_spread: float, solution: Floats) -> None:
    """The surface's *solution* (t, k) that fits what was *seen* (n, k) best.

    Refitted with Tukey's biweight, so that a few samples of something else do not bend it.

    Args:
        terms: (n, t) of the surface at the samples' places.
        seen: (n, k) samples.
        least_spread: Samples scatter at least so much, in their own unit.
        solution: (t, k).
    """
    count, size = terms.shape
    weights, off = np.ones(count), np.empty(count)
    normal, right = np.empty((size, size)), np.empty(size)
    for turn in range(_ROUNDS):
        if turn:
            for n in range(count):
                far = 0.0
                for k in range(seen.shape[1]):
                    missed = seen[n, k]
                    for i in range(size):
                        missed -= terms[n, i] * solution[i, k]
                    far += missed * missed
                off[n] = math.sqrt(far)
            cut = _TUKEY * max(1.4826 * _median(off), least_spread)
            for n in range(count):
                share = max(1 - (off[n] / cut) ** 2, 0.0)
                weights[n] = share * share
        normal[:] = 0.0
        for n in range(count):
            for i in range(size):
                weighted = weights[n] * terms[n, i]
                for j in range(size):
                    normal[i, j] += weighted * terms[n, j]
        for k in range(seen.shape[1]):
            right[:] = 0.0
            for n in range(count):
                for i in range(size):
                    right[i] += weights[n] * terms[n, i] * seen[n, k]
            solution[:, k] = _least(normal, right)


@part
def _sum_of(one: Floats, other: Floats) -> float:
    """The sum of products, in four sums that are added up last: processors do those at once."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    whole = len(one) - len(one) % 4
    for n in range(0, whole, 4):
        a += one[n] * other[n]
        b += one[n + 1] * other[n + 1]
        c += one[n + 2] * other[n + 2]
        d += one[n + 3] * other[n + 3]
    for n in range(whole, len(one)):
        a += one[n] * other[n]
    return (a + b) + (c + d)


@part
def _share_out(nearness: Floats, missed: Floats, near: Floats, nothing: float) -> Floats:
    """What was *missed* (k, n), by weights (m, n), at other places: (m, k)."""
    found = np.empty((len(nearness), len(missed)))
    for m in range(len(nearness)):
        weight = _sum_of(nearness[m], near) + nothing
        for k in range(len(missed)):
            found[m, k] = _sum_of(nearness[m], missed[k]) / weight
    return found


@compiled(
    "f8[:,:]",
    "f8[:,:]",
    "f8[:,:]",
    "f8[:,:]",
    "f8[:,:]",
    "f8[:,:]",
    "f8[:,:]",
    "b1[:]",
    "f8",
    "f8",
    "out f8[:,:]",
)
def follow(
    wanted: Floats,
    first: Floats,
    second: Floats,
    own: Floats,
    terms: Floats,
    solution: Floats,
    seen: Floats,
    counted: Flags,
    most: float,
    nothing: float,
    found: Floats,
) -> None:
    """A surface, and what it misses of what was seen shared out to the places near it.

    Args:
        wanted: (m, t) terms of the surface at the places that are asked for ...
        first: (m, n) ... and the weights there of what was missed.
        second: (m, n) the weights of what is missed still after that; or (0, 0) ...
        own: (n, n) ... with the first ones at the samples' own places.
        terms: (n, t) of the surface at the samples' places.
        solution: (t, k) of the surface.
        seen: (n, k) samples.
        counted: (n,) those that count, ...
        most: ... if the surface misses them by less than this.
        nothing: Weight of "nothing was missed".
        found: (m, k).
    """
    count, kinds = seen.shape
    missed, near = np.zeros((kinds, count)), np.zeros(count)
    for n in range(count):
        far = 0.0
        for k in range(kinds):
            rest = seen[n, k]
            for i in range(terms.shape[1]):
                rest -= terms[n, i] * solution[i, k]
            missed[k, n] = rest
            far += rest * rest
        near[n] = counted[n] and math.sqrt(far) < most
        for k in range(kinds):
            missed[k, n] *= near[n]
    found[:] = _share_out(first, missed, near, nothing)
    if len(second):
        there = _share_out(own, missed, near, nothing)
        for n in range(count):
            for k in range(kinds):
                missed[k, n] -= near[n] * there[n, k]
        found += _share_out(second, missed, near, nothing)
    for m in range(len(wanted)):
        for k in range(kinds):
            for i in range(terms.shape[1]):
                found[m, k] += wanted[m, i] * solution[i, k]
