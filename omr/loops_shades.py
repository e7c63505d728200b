"""The loops of :mod:`omr.shades`, compiled (pure).

Compiled loops know no number of another module: numba would not notice that it changed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from omr.compiled import compiled, part

Floats = NDArray[np.float64]
Picture = NDArray[np.float32]
Samples = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

_LIGHTEST, _DARKEST = np.float32(-0.2), np.float32(1.2)
_BUCKETS = 512  # in which a middle is looked for; a few values share one


@compiled("u1[:,:]", "f4[:]", "f4[:]", "out f4[:,:]")
def darken(levels: Samples, slopes: Picture, starts: Picture, dark: Picture) -> None:
    """Grey *levels* (n, m) as darkness: *slopes* (n,) times them, from *starts* (n,) on."""
    for row in range(levels.shape[0]):
        slope, start, level, found = slopes[row], starts[row], levels[row], dark[row]
        for n in range(len(level)):
            value = np.float32(level[n]) * slope + start
            found[n] = min(max(value, _LIGHTEST), _DARKEST)


@compiled("u1[:,:]", "i8", "i8", "u1[:]", "out f8[:]")
def shares_below(samples: Samples, first: int, end: int, levels: Samples, found: Floats) -> None:
    """The share of some samples of each row that is darker than its level, into *found*."""
    for row in range(samples.shape[0]):
        few, level, count = samples[row, first:end], levels[row], 0
        for n in range(len(few)):
            count += few[n] < level
        found[row] = count / len(few)


@compiled("u1[:,:]", "i8", "f4[:]", "f4[:]", "out f8[:]")
def mean_darkness(
    samples: Samples, count: int, slopes: Picture, starts: Picture, found: Floats
) -> None:
    """The mean darkness of the first *count* samples of every row of *samples*, into *found*."""
    for row in range(samples.shape[0]):
        slope, start, total = slopes[row], starts[row], 0.0
        for n in range(count):
            value = np.float32(samples[row, n]) * slope + start
            total += min(max(value, _LIGHTEST), _DARKEST)
        found[row] = total / count


@compiled("u1[:,:]", "out f8[:]")
def medians(samples: Samples, found: Floats) -> None:
    """The median of every row of *samples* (n, m), m >= 1, into *found*."""
    tally, count = np.empty(256, np.int64), samples.shape[1]
    for row in range(samples.shape[0]):
        tally[:] = 0
        for n in range(count):
            tally[samples[row, n]] += 1
        level, below = 0, tally[0]
        while below <= (count - 1) // 2:
            level += 1
            below += tally[level]
        upper = level
        while below <= count // 2:
            upper += 1
            below += tally[upper]
        found[row] = (level + upper) / 2


@compiled("u1[:,:]", "i8", "i8", "i8", "i8")
def share_between(grey: Samples, down: int, across: int, darkest: int, lightest: int) -> float:
    """Of every so many pixels the share that lies between two levels, these among them."""
    found, count = 0, 0
    for row in range(0, grey.shape[0], down):
        levels = grey[row]
        for column in range(0, len(levels), across):
            found += darkest <= levels[column] <= lightest
        count += (len(levels) + across - 1) // across
    return found / max(count, 1)


@part
def _counted_median(values: Picture, counts: Numbers) -> float:
    """The median of *values*, each of which was seen so often; no value is sorted in vain."""
    total = counts.sum()
    low, high = values.min(), values.max()
    if low == high:
        return low
    per_bucket = np.float32(_BUCKETS - 1) / (high - low)
    buckets, full = np.empty(len(values), np.int64), np.zeros(_BUCKETS, np.int64)
    for n in range(len(values)):
        buckets[n] = int((values[n] - low) * per_bucket)
        full[buckets[n]] += counts[n]
    middles = np.empty(2, np.float32)
    for which in range(2):
        rank = (total - 1 + which) // 2
        bucket = 0
        while rank >= full[bucket]:
            rank -= full[bucket]
            bucket += 1
        some = np.flatnonzero(buckets == bucket)
        for first in range(1, len(some)):  # few, and nearly in order
            one, at = some[first], first
            while at and values[some[at - 1]] > values[one]:
                some[at] = some[at - 1]
                at -= 1
            some[at] = one
        for each in some:
            if rank < counts[each]:
                middles[which] = values[each]
                break
            rank -= counts[each]
    return (middles[0] + middles[1]) / np.float32(2)


@compiled("u1[:,:]", "i8", "b1[:]", "f4[:]", "f4[:]")
def scatter(samples: Samples, count: int, which: Flags, slopes: Picture, starts: Picture) -> float:
    """The median distance from the median of the darkness in *samples* (n, m).

    Args:
        samples: Grey levels; there are few different ones, so they are counted.
        count: So many of every row count.
        which: (n,) the rows that count, one at least.
        slopes: (n,) as for :func:`darken` ...
        starts: (n,) ... and this.
    """
    rows = 0
    for row in range(len(which)):
        rows += which[row]
    values, counts = np.empty(rows * 256, np.float32), np.empty(rows * 256, np.int64)
    tally = np.empty(256, np.int64)
    found = 0
    for row in range(len(which)):
        if not which[row]:
            continue
        tally[:] = 0
        few = samples[row, :count]
        for n in range(count):
            tally[few[n]] += 1
        for level in range(256):
            if tally[level]:
                value = np.float32(level) * slopes[row] + starts[row]
                values[found] = min(max(value, _LIGHTEST), _DARKEST)
                counts[found] = tally[level]
                found += 1
    values, counts = values[:found], counts[:found]
    middle = np.float32(_counted_median(values, counts))
    return _counted_median(np.abs(values - middle), counts)
