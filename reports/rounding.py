"""Rounding as in offices: halves go up, in exact decimal arithmetic. Pure.

Every number that any output shows is rounded here, once, from an exact fraction: a share
of 88,335 % becomes 88,34 everywhere. Python's own ``round`` would give 88,33 or 88,34 by
how the number happens to be stored in binary.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

PLACES = 2  # digits after the comma in every table


def rounded(value: Fraction | float, places: int = PLACES) -> Decimal:
    """*value* with *places* digits after the comma; halves go away from zero.

    Args:
        value: Exact for fractions and whole numbers; a float counts as what it stores.
        places: 0 or more.

    Raises:
        ValueError: If *value* is not finite, or *places* is negative.
    """
    if places < 0:
        raise ValueError(f"cannot round to {places} places")
    exact = Fraction(value) * 10**places  # ValueError or OverflowError: not finite
    whole = (abs(exact.numerator) * 2 + exact.denominator) // (exact.denominator * 2)
    digits = Decimal(whole if exact >= 0 else -whole)
    return digits.scaleb(-places)


def percent(value: Fraction | float | None, places: int = PLACES) -> Decimal | None:
    """A share (0 to 1) as a rounded percentage; None stays None."""
    return None if value is None else rounded(Fraction(value) * 100, places)
