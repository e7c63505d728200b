"""Exact bounds on rates, and the test for bias; nothing but the standard library."""

from __future__ import annotations

import math
from collections.abc import Sequence

_STEPS = 200  # of bisection: the interval is then below any rate that can be written down


def upper_bound(errors: int, trials: int, confidence: float = 0.95) -> float:
    """The Clopper-Pearson upper bound (one-sided) of an error rate.

    The rate p at which *errors* or fewer in *trials* would be seen with probability
    ``1 - confidence``. Without errors that is ``1 - (1 - confidence) ** (1 / trials)``, which is
    close to 3 / trials.

    Args:
        errors: 0..trials.
        trials: Independent trials; 0 gives the bound 1.
        confidence: 0..1.
    """
    if errors >= trials:
        return 1.0
    rest = 1.0 - confidence
    if errors == 0:
        return -math.expm1(math.log(rest) / trials)
    low, high = errors / trials, 1.0
    for _step in range(_STEPS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if _at_most(errors, trials, middle) > rest else (low, middle)
    return high


def _at_most(errors: int, trials: int, rate: float) -> float:
    """The probability of *errors* or fewer."""
    terms = (
        math.lgamma(trials + 1)
        - math.lgamma(k + 1)
        - math.lgamma(trials - k + 1)
        + k * math.log(rate)
        + (trials - k) * math.log1p(-rate)
        for k in range(errors + 1)
    )
    return math.fsum(map(math.exp, terms))


def chi_square_p(hits: Sequence[int], seen: Sequence[int]) -> float:
    """How probable differences like these are if all places have one rate (chi-square test).

    Args:
        hits: How often it happened at each place; an odd number of places, three or more,
            so that the degrees of freedom are even and the probability has a closed form.
        seen: How often it could have happened, at the same places.

    Returns:
        The p value; 1.0 where it happened never or always.
    """
    if len(hits) != len(seen) or len(hits) < 3 or len(hits) % 2 == 0:
        raise ValueError(f"need an odd number of places, three or more, got {len(hits)}")
    rate = sum(hits) / max(1, sum(seen))
    if rate in (0.0, 1.0) or 0 in seen:
        return 1.0
    statistic = sum(
        (hit - rate * count) ** 2 / (rate * (1.0 - rate) * count)
        for hit, count in zip(hits, seen, strict=True)
    )
    half, term, total = statistic / 2, 1.0, 0.0
    for number in range((len(hits) - 1) // 2):
        term = term * half / number if number else 1.0
        total += term
    return math.exp(-half) * total
