"""Adds counts up to groups: place, unit, domain, section, city, and so on. Pure.

Only counts are ever added, so every total is the sum of its parts and every share that of
pooled counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from operator import add

from omr.survey import Role, Survey
from reports.counts import BLANK, INVALID, GroupCounts, GroupKey, Ratings
from reports.figures import FACTORS, Figures, Levels, Visits
from reports.responses import Channel

# The slots of a list of counts: the levels from best to worst, then these two.
BLANKS, INVALIDS = 5, 6
SLOTS = 7


@dataclass(frozen=True, slots=True)
class Rules:
    """How questions are counted."""

    ratings: Ratings
    overall: frozenset[str]  # questions by which people are satisfied or not
    factors: Mapping[str, str]  # factor of each rated question

    @classmethod
    def of(cls, surveys: Collection[Survey]) -> Rules:
        """How *surveys* are counted."""
        questions = [question for survey in surveys for question in survey.questions]
        return cls(
            Ratings.of(surveys),
            frozenset(q.id for q in questions if q.role is Role.OVERALL),
            {q.id: q.factor for q in questions if q.role is Role.RATED},
        )


def slots(said: Mapping[str, int], levels: Mapping[str, int]) -> list[int]:
    """People by level, from 5 down to 1, then blank and invalid.

    An option without a level cannot be rated, so it is invalid.
    """
    found = [0] * SLOTS
    for option, people in said.items():
        if option == BLANK:
            found[BLANKS] += people
        elif option in levels:
            found[5 - levels[option]] += people
        else:
            found[INVALIDS] += people
    return found


def levels_of(counts: list[int]) -> Levels:
    """*counts* (as of :func:`slots`) as values that outputs show."""
    return Levels.of(*counts[:5], blank=counts[BLANKS], invalid=counts[INVALIDS])


@dataclass(slots=True)
class Sums:
    """Everything that can be added up about some responses."""

    responses: int = 0
    paper: int = 0
    empty: int = 0
    uncounted: int = 0
    fully: list[int] = field(default_factory=lambda: [0, 0])
    overall: list[int] = field(default_factory=lambda: [0] * SLOTS)
    rated: list[int] = field(default_factory=lambda: [0] * SLOTS)
    factors: dict[str, list[int]] = field(default_factory=dict)
    no_level: int = 0  # answers with an option that no level is known of
    counter: int = 0
    online: int = 0
    answered: int = 0  # on paper, at places of which the visits are known
    known: int = 0  # such places
    unknown: int = 0  # places with responses of which they are not

    @classmethod
    def of(cls, key: GroupKey, counts: GroupCounts, rules: Rules) -> Sums:
        """The sums of the responses with one key; without visits."""
        sums = cls(
            responses=counts.responses,
            paper=counts.responses if key.channel is Channel.PAPER else 0,
            empty=counts.empty,
            uncounted=counts.uncounted,
            fully=list(counts.fully),
        )
        for question, levels in rules.ratings.of_domain(key.domain).items():
            said = counts.said(question)
            found = slots(said, levels)
            sums.no_level += found[INVALIDS] - said.get(INVALID, 0)
            if question in rules.overall:
                _add(sums.overall, found)
            else:
                factor = rules.factors.get(question, "")
                _add(sums.rated, found)
                _add(sums.factors.setdefault(factor, [0] * SLOTS), found)
        return sums

    def add(self, other: Sums) -> None:
        """Add *other* to these."""
        self.responses += other.responses
        self.paper += other.paper
        self.empty += other.empty
        self.uncounted += other.uncounted
        self.no_level += other.no_level
        self.counter += other.counter
        self.online += other.online
        self.answered += other.answered
        self.known += other.known
        self.unknown += other.unknown
        for mine, theirs in (
            (self.fully, other.fully),
            (self.overall, other.overall),
            (self.rated, other.rated),
        ):
            _add(mine, theirs)
        for factor, theirs in other.factors.items():
            _add(self.factors.setdefault(factor, [0] * SLOTS), theirs)

    @property
    def visits(self) -> Visits | None:
        """The visits, as far as known."""
        if not self.known:
            return None
        return Visits(self.counter, self.online, self.answered, complete=not self.unknown)

    def figures(self) -> Figures:
        """These sums as values that outputs show."""
        others = sorted(self.factors.keys() - set(FACTORS) - {""})
        return Figures(
            responses=self.responses,
            paper=self.paper,
            electronic=self.responses - self.paper,
            overall=levels_of(self.overall),
            rated=levels_of(self.rated),
            factors={
                factor: levels_of(self.factors.get(factor, [0] * SLOTS))
                for factor in (*FACTORS, *others)
            },
            fully=(self.fully[0], self.fully[1]),
            visits=self.visits,
        )


def total(parts: Iterable[Sums]) -> Sums:
    """All *parts* together."""
    found = Sums()
    for part in parts:
        found.add(part)
    return found


def _add(mine: list[int], theirs: list[int]) -> None:
    mine[:] = map(add, mine, theirs)
