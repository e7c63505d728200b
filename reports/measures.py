"""What counts say: shares, means, intervals, changes. Pure, over whole numbers.

The formulas are those of the office's method: shares and means are always of pooled counts,
never of percentages. An empty denominator gives None, which outputs print as a dash. Exact
results are fractions; only intervals, which need a square root, are floats.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import erfc, exp, isclose, lgamma, sqrt

# The standard normal distribution's 97.5 % quantile: intervals hold the truth 95 times in 100.
Z95 = 1.959963984540054
SIGNIFICANCE = 0.05  # of a change between two months, two-sided
LEAST_TO_RANK = 30  # answers; below it an interval is too wide for a place in a list
# With fewer people expected in any of the four fields the exact test is used. Cochran's rule
# asks for 5; at 5 the normal curve still calls 28 of 30 against 22 of 30 a change (p = 0.04,
# exactly 0.08), so twice as many are wanted here.
_LEAST_EXPECTED = 10
BEST, WORST = 5, 1  # values of the rating scale
# Of the people at the counter: less is too few to speak for all, more is what is aimed at.
PARTICIPATION_LOW, PARTICIPATION_HIGH = Fraction(60, 100), Fraction(80, 100)


@dataclass(frozen=True, slots=True)
class Interval:
    """Between which shares the truth lies with 95 % confidence."""

    low: float  # 0 to 1
    high: float


class Change(StrEnum):
    """How a share moved against the month before."""

    UP = "up"
    DOWN = "down"
    UNCLEAR = "unclear"  # no more than chance may do


class Band(StrEnum):
    """Participation against its target."""

    LOW = "low"  # below 60 %
    NEAR = "near"  # from 60 % to below 80 %
    REACHED = "reached"  # 80 % or more
    IMPOSSIBLE = "impossible"  # more answers than visits: one of the two is counted wrongly


def ratio(part: int, whole: int) -> Fraction | None:
    """*part* of *whole*; None if *whole* is 0.

    Raises:
        ValueError: If either is negative.
    """
    if part < 0 or whole < 0:
        raise ValueError(f"counts cannot be negative: {part} of {whole}")
    return Fraction(part, whole) if whole else None


def converted(mean: Fraction | None) -> Fraction | None:
    """The converted index (0 to 100) of a mean on the scale of 1 to 5."""
    return None if mean is None else (mean - WORST) / (BEST - WORST) * 100


def plain_mean(shares: list[Fraction | None]) -> Fraction | None:
    """The mean of shares that all exist; None where one is missing or there is none."""
    known = [share for share in shares if share is not None]
    return sum(known, Fraction()) / len(known) if known and len(known) == len(shares) else None


def wilson(part: int, whole: int) -> Interval | None:
    """The 95 % score interval of a share (Wilson 1927); None if *whole* is 0.

    Raises:
        ValueError: If *part* is not between 0 and *whole*.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} is no part of {whole}")
    if not whole:
        return None
    share, square = part / whole, Z95 * Z95
    centre = share + square / (2 * whole)
    spread = Z95 * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    low, high = ((centre + sign * spread) / (1 + square / whole) for sign in (-1, 1))
    # At the ends the formula gives exactly 0 and 1, but for the last binary digit.
    return Interval(0.0 if part == 0 else low, 1.0 if part == whole else high)


def change(now: tuple[int, int], before: tuple[int, int]) -> Change | None:
    """How the share *now* moved from the one *before*, if it did for certain.

    Args:
        now: Satisfied, and all that answered.
        before: The same of the earlier month.

    Returns:
        None if nobody answered in one of the months. Up or down only where a test of two
        proportions says so at 5 %: the pooled z-test, or Fisher's exact one where few are
        expected in a field.
    """
    if not now[1] or not before[1]:
        return None
    if _p_value(now, before) >= SIGNIFICANCE:
        return Change.UNCLEAR
    return Change.UP if now[0] * before[1] > before[0] * now[1] else Change.DOWN


def band(part: int, whole: int) -> Band | None:
    """Where *part* answers of *whole* visits stand; None if there were neither."""
    if part > whole:
        return Band.IMPOSSIBLE
    share = ratio(part, whole)
    if share is None:
        return None
    if share < PARTICIPATION_LOW:
        return Band.LOW
    return Band.NEAR if share < PARTICIPATION_HIGH else Band.REACHED


def _p_value(one: tuple[int, int], other: tuple[int, int]) -> float:
    """How often chance alone gives two shares that differ as much as these."""
    (part, whole), (other_part, other_whole) = one, other
    yes, every = part + other_part, whole + other_whole
    if yes in {0, every}:
        return 1.0
    if min(whole, other_whole) * min(yes, every - yes) < _LEAST_EXPECTED * every:
        return _fisher(part, whole, other_part, other_whole)
    pooled = yes / every
    error = sqrt(pooled * (1 - pooled) * (1 / whole + 1 / other_whole))
    return erfc(abs(part / whole - other_part / other_whole) / error / sqrt(2))


def _fisher(part: int, whole: int, other_part: int, other_whole: int) -> float:
    """Fisher's exact test: all tables with these margins that are no likelier than this one."""
    yes = part + other_part
    every = whole + other_whole

    def log_chance(first: int) -> float:
        ways = _log_ways(whole, first) + _log_ways(other_whole, yes - first)
        return ways - _log_ways(every, yes)

    this = log_chance(part)
    tables = (log_chance(n) for n in range(max(0, yes - other_whole), min(whole, yes) + 1))
    return sum(exp(each) for each in tables if each < this or isclose(each, this, rel_tol=1e-9))


def _log_ways(whole: int, part: int) -> float:
    """The logarithm of the number of ways to choose *part* of *whole*."""
    return lgamma(whole + 1) - lgamma(part + 1) - lgamma(whole - part + 1)
