"""Shares, means, intervals and changes, against published values and a second way to work."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reports.figures import FACTORS, NO_FIGURES, NO_LEVELS, Levels, Visits
from reports.measures import (
    Band,
    Change,
    band,
    change,
    converted,
    plain_mean,
    ratio,
    wilson,
)
from reports.rounding import percent, rounded

counts = st.integers(0, 5000)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (5, 5, "56.6", "100.0"),
        (10, 10, "72.2", "100.0"),
        (28, 30, "78.7", "98.2"),
        (95, 100, "88.8", "97.8"),
        (960, 1000, "94.6", "97.0"),
    ],
)
def test_intervals_have_the_published_values(part: int, whole: int, low: str, high: str) -> None:
    found = wilson(part, whole)
    assert found is not None
    assert (rounded(found.low * 100, 1), rounded(found.high * 100, 1)) == (
        Decimal(low),
        Decimal(high),
    )


@given(part=counts, rest=counts)
def test_an_interval_holds_its_share_and_solves_the_score_equation(part: int, rest: int) -> None:
    whole = part + rest
    assume(whole)
    found = wilson(part, whole)
    assert found is not None
    share = part / whole
    assert 0 <= found.low <= share <= found.high <= 1
    for end in (found.low, found.high):  # |share - end| is z standard errors at that end
        if 0 < end < 1:
            error = math.sqrt(end * (1 - end) / whole)
            assert abs(share - end) / error == pytest.approx(1.959964, rel=1e-4)
    mirrored = wilson(rest, whole)
    assert mirrored is not None
    assert mirrored.low == pytest.approx(1 - found.high)


@given(part=counts, rest=counts)
def test_more_answers_with_the_same_share_narrow_the_interval(part: int, rest: int) -> None:
    assume(part + rest)
    one, ten = wilson(part, part + rest), wilson(10 * part, 10 * (part + rest))
    assert one is not None
    assert ten is not None
    assert ten.high - ten.low < one.high - one.low


def test_nothing_counted_has_no_measure_rather_than_zero() -> None:
    assert ratio(0, 0) is None
    assert wilson(0, 0) is None
    assert converted(None) is None
    assert percent(None) is None
    for measure in ("share", "mean", "index", "interval"):
        assert getattr(NO_LEVELS, measure) is None
    for measure in ("share", "composite", "fully_share", "participation", "participation_band"):
        assert getattr(NO_FIGURES, measure) is None
    assert change((0, 0), (3, 4)) is None
    assert change((3, 4), (0, 0)) is None
    assert band(0, 0) is None


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="no part"):
        wilson(5, 4)
    with pytest.raises(ValueError, match="negative"):
        ratio(-1, 4)
    with pytest.raises(ValueError, match="negative"):
        Levels.of(1, -1)


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (Fraction(88335, 1000), 2, "88.34"),  # binary floats give 88.33
        (Fraction(1005, 1000), 2, "1.01"),
        (Fraction(1, 200), 2, "0.01"),
        (Fraction(-1, 200), 2, "-0.01"),
        (Fraction(2, 3), 2, "0.67"),
        (Fraction(5, 2), 0, "3"),
        (0, 2, "0.00"),
        (Fraction(6650, 7528) * 100, 2, "88.34"),
    ],
)
def test_halves_go_up(value: Fraction, places: int, expected: str) -> None:
    assert str(rounded(value, places)) == expected


@given(top=st.integers(-(10**9), 10**9), places=st.integers(0, 4), power=st.integers(0, 9))
def test_rounding_agrees_with_decimal_arithmetic(top: int, places: int, power: int) -> None:
    exact = Decimal(top).scaleb(-power)
    expected = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert rounded(Fraction(top, 10**power), places) == expected


@given(top=st.integers(0, 10**6), bottom=st.integers(1, 10**6), places=st.integers(0, 4))
def test_rounding_is_never_off_by_more_than_half_a_unit(top: int, bottom: int, places: int) -> None:
    exact = Fraction(top, bottom)
    assert abs(Fraction(rounded(exact, places)) - exact) <= Fraction(1, 2 * 10**places)


def test_what_is_no_number_is_not_rounded() -> None:
    for value in (math.nan, math.inf):
        with pytest.raises((ValueError, OverflowError)):
            rounded(value)
    with pytest.raises(ValueError, match="places"):
        rounded(1, -1)


@given(st.tuples(counts, counts, counts, counts, counts))
def test_measures_of_levels_follow_their_definitions(some: tuple[int, ...]) -> None:
    n5, n4, n3, n2, n1 = some
    levels = Levels.of(n5, n4, n3, n2, n1, blank=7, invalid=2)
    whole = sum(some)
    assume(whole)
    values = [5] * n5 + [4] * n4 + [3] * n3 + [2] * n2 + [1] * n1
    assert levels.n == whole
    assert levels.share == Fraction(sum(v >= 4 for v in values), whole)
    assert levels.mean == Fraction(sum(values), whole)
    assert levels.index == (Fraction(sum(values), whole) - 1) / 4 * 100


def test_the_composite_is_the_plain_mean_of_five_factors_or_nothing() -> None:
    shares: list[Fraction | None] = [Fraction(1, n) for n in (1, 2, 3, 4, 5)]
    assert plain_mean(shares) == Fraction(137, 300)
    assert plain_mean([*shares[:4], None]) is None
    assert plain_mean([]) is None
    assert FACTORS == ("A", "B", "C", "D", "E")


@pytest.mark.parametrize(
    ("answered", "visits", "expected"),
    [
        (59, 100, Band.LOW),
        (60, 100, Band.NEAR),
        (79, 100, Band.NEAR),
        (80, 100, Band.REACHED),
        (100, 100, Band.REACHED),
        (101, 100, Band.IMPOSSIBLE),
        (1, 0, Band.IMPOSSIBLE),
    ],
)
def test_participation_has_its_bands(answered: int, visits: int, expected: Band) -> None:
    assert Visits(visits, 0, answered).band is expected


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        ((95, 100), (80, 100), Change.UP),
        ((80, 100), (95, 100), Change.DOWN),
        ((90, 100), (88, 100), Change.UNCLEAR),
        ((3, 3), (0, 3), Change.UNCLEAR),  # three people prove nothing: p = 0.10
        ((5, 5), (0, 5), Change.UP),  # p = 0.008
        ((30, 30), (30, 30), Change.UNCLEAR),
        ((28, 30), (22, 30), Change.UNCLEAR),  # p = 0.08 (Fisher)
        ((9600, 10000), (9500, 10000), Change.UP),
    ],
)
def test_only_changes_beyond_chance_are_marked(
    now: tuple[int, int], before: tuple[int, int], expected: Change
) -> None:
    assert change(now, before) is expected


@given(part=st.integers(0, 60), rest=st.integers(0, 60), other=st.integers(0, 60), more=counts)
def test_the_direction_of_time_only_turns_the_mark_round(
    part: int, rest: int, other: int, more: int
) -> None:
    now, before = (part, part + rest), (other, other + more)
    assume(now[1] and before[1])
    turned = {Change.UP: Change.DOWN, Change.DOWN: Change.UP, Change.UNCLEAR: Change.UNCLEAR}
    found = change(now, before)
    assert found is not None
    assert change(before, now) is turned[found]


@given(
    one=st.tuples(st.integers(0, 12), st.integers(1, 12)),
    other=st.tuples(st.integers(0, 12), st.integers(1, 12)),
)
def test_small_groups_are_compared_by_all_tables_with_their_margins(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    now, before = (min(one), one[1]), (min(other), other[1])
    yes, every = now[0] + before[0], now[1] + before[1]

    def ways(first: int) -> int:
        return math.comb(now[1], first) * math.comb(before[1], yes - first)

    tables = range(max(0, yes - before[1]), min(now[1], yes) + 1)
    unlikely = sum(ways(n) for n in tables if ways(n) <= ways(now[0]))
    significant = Fraction(unlikely, math.comb(every, yes)) < Fraction(1, 20)
    few = min(now[1], before[1]) * min(yes, every - yes) < 10 * every
    if few:
        assert (change(now, before) is not Change.UNCLEAR) is significant
