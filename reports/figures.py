"""What is known about one group of responses: counts, and everything that follows from them.

A count that must not be shown outside the office is None here (see :mod:`reports.suppress`),
and so is every measure that would give it away. Inside the office no count is None. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from reports.measures import Band, Interval, band, converted, plain_mean, ratio, wilson

FACTORS = ("A", "B", "C", "D", "E")


@dataclass(frozen=True, slots=True)
class Levels:
    """How many answers each level got. Use :meth:`of`; None: not to be shown."""

    n5: int | None
    n4: int | None
    n3: int | None
    n2: int | None
    n1: int | None
    blank: int | None  # asked, nothing chosen
    invalid: int | None  # more chosen than allowed, or an option that has no level
    n: int | None  # answers with a level: the denominator of every share
    satisfied: int | None  # of these, the two best levels
    points: int | None  # the sum of the levels' values

    @classmethod
    def of(
        cls,
        n5: int = 0,
        n4: int = 0,
        n3: int = 0,
        n2: int = 0,
        n1: int = 0,
        *,
        blank: int = 0,
        invalid: int = 0,
    ) -> Levels:
        """The levels with these counts.

        Raises:
            ValueError: If a count is negative.
        """
        counts = (n5, n4, n3, n2, n1, blank, invalid)
        if min(counts) < 0:
            raise ValueError(f"counts cannot be negative: {counts}")
        return cls(
            *counts,
            n=n5 + n4 + n3 + n2 + n1,
            satisfied=n5 + n4,
            points=5 * n5 + 4 * n4 + 3 * n3 + 2 * n2 + n1,
        )

    @property
    def counts(self) -> tuple[int | None, int | None, int | None, int | None, int | None]:
        """From the best level to the worst."""
        return (self.n5, self.n4, self.n3, self.n2, self.n1)

    @property
    def share(self) -> Fraction | None:
        """Satisfied of all that answered (0 to 1)."""
        known = self.n is not None and self.satisfied is not None
        return ratio(self.satisfied or 0, self.n or 0) if known else None

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of the share."""
        known = self.n is not None and self.satisfied is not None
        return wilson(self.satisfied or 0, self.n or 0) if known else None

    @property
    def mean(self) -> Fraction | None:
        """The mean level (1 to 5)."""
        known = self.n is not None and self.points is not None
        return ratio(self.points or 0, self.n or 0) if known else None

    @property
    def index(self) -> Fraction | None:
        """The converted index (0 to 100)."""
        return converted(self.mean)


NO_LEVELS = Levels.of()
WITHHELD_LEVELS = Levels(*[None] * 10)


@dataclass(frozen=True, slots=True)
class Visits:
    """People who came, where the office knows it, and who of them answered."""

    counter: int  # visits to the counter
    online: int
    answered: int  # responses on paper from the places that the visits are known of
    complete: bool = True  # whether the visits of every place of the group are known

    @property
    def participation(self) -> Fraction | None:
        """Who answered of those at the counter; more than 1 is a mistake in the data."""
        return ratio(self.answered, self.counter)

    @property
    def band(self) -> Band | None:
        """Participation against its target."""
        return band(self.answered, self.counter)


@dataclass(frozen=True, slots=True)
class Figures:
    """One group of responses. None among the counts: not to be shown."""

    responses: int | None
    paper: int | None
    electronic: int | None
    overall: Levels  # the overall rating: by people
    rated: Levels  # all rated questions pooled: by answers
    factors: Mapping[str, Levels]  # A to E, by answers
    fully: tuple[int, int] | None  # people with every answer 4 or better, of those that rated
    visits: Visits | None = None  # None: not known
    hidden: bool = field(default=False, kw_only=True)  # nothing of the group is to be shown

    @property
    def share(self) -> Fraction | None:
        """Satisfied people (0 to 1), by the overall rating."""
        return self.overall.share

    @property
    def share_interval(self) -> Interval | None:
        """Its 95 % interval."""
        return self.overall.interval

    @property
    def share_answers(self) -> Fraction | None:
        """Satisfied answers of all rated questions (0 to 1)."""
        return self.rated.share

    @property
    def mean(self) -> Fraction | None:
        """The mean of the overall rating (1 to 5)."""
        return self.overall.mean

    @property
    def index(self) -> Fraction | None:
        """Its converted index (0 to 100)."""
        return self.overall.index

    @property
    def fully_share(self) -> Fraction | None:
        """People with every answer 4 or better (0 to 1)."""
        return None if self.fully is None else ratio(*self.fully)

    def factor_share(self, factor: str) -> Fraction | None:
        """Satisfied answers to the questions of one factor (0 to 1)."""
        return self.factors[factor].share if factor in self.factors else None

    @property
    def composite(self) -> Fraction | None:
        """The plain mean of the five factors' shares; None where one has no answers."""
        return plain_mean([self.factor_share(factor) for factor in FACTORS])

    @property
    def participation(self) -> Fraction | None:
        """Who answered of those at the counter; more than 1 is a mistake in the data."""
        return None if self.visits is None else self.visits.participation

    @property
    def participation_band(self) -> Band | None:
        """Participation against its target."""
        return None if self.visits is None else self.visits.band


NO_FIGURES = Figures(0, 0, 0, NO_LEVELS, NO_LEVELS, dict.fromkeys(FACTORS, NO_LEVELS), (0, 0))
WITHHELD = Figures(
    None,
    None,
    None,
    WITHHELD_LEVELS,
    WITHHELD_LEVELS,
    dict.fromkeys(FACTORS, WITHHELD_LEVELS),
    None,
    hidden=True,
)
