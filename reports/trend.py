"""Months side by side, and only where that is honest. Pure.

Two months may be compared if the same units and domains answered the same questions.
Otherwise the reason is named: people see "không so sánh được", never a change that is
really a change of the list of units.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain

from omr.periods import Period
from omr.survey import Survey
from omr.units import UnitCatalogue
from reports.counts import BLANK, INVALID, Counts
from reports.responses import Channel
from reports.results import Break
from reports.rollup import Rules, Sums
from reports.structure import Place, units_in

Key = tuple[str, str, Channel]  # unit, domain, channel
# Of a group's responses. Domains differ by some 20 points at most, so that without these the
# group's share of satisfied people moves by one point at most.
SMALL_DOMAINS = Fraction(1, 20)


@dataclass(frozen=True)
class Snapshot:
    """One month's sums per place and channel."""

    period: Period
    sums: Mapping[Key, Sums]
    units: frozenset[str]  # codes that the catalogue had in the month
    offered: frozenset[Place]  # units with the domains that the catalogue gave them then
    questions: frozenset[str]  # rated ones that somebody answered

    @classmethod
    def of(cls, period: Period, counts: Counts, rules: Rules, catalogue: UnitCatalogue) -> Snapshot:
        """What *counts* of *period* add up to.

        Raises:
            ValueError: If counts are of another month.
        """
        wrong = {key.period for key in counts} - {str(period)}
        if wrong:
            raise ValueError(f"counts of {', '.join(sorted(wrong))} given for {period}")
        units = units_in(catalogue, period)
        return cls(
            period,
            {key[:3]: Sums.of(key, part, rules) for key, part in counts.items()},
            frozenset(unit.code for unit in units),
            frozenset((unit.code, domain) for unit in units for domain in unit.domains),
            frozenset(
                question
                for key, part in counts.items()
                for question in rules.ratings.of_domain(key.domain)
                if part.said(question).keys() - {BLANK, INVALID}
            ),
        )

    @cached_property
    def places(self) -> frozenset[Place]:
        """Where anybody answered."""
        return frozenset((unit, domain) for unit, domain, _ in self.sums)

    @cached_property
    def listed(self) -> frozenset[str]:
        """The units that could have answered, and those that did without being on the list."""
        return self.units | {unit for unit, _ in self.places}

    @cached_property
    def _by_unit(self) -> Mapping[str, Sequence[Key]]:
        found: defaultdict[str, list[Key]] = defaultdict(list)
        for key in self.sums:
            found[key[0]].append(key)
        return found

    def within(self, scope: Scope) -> Iterator[Key]:
        """Where, and through which channels, anybody answered whom *scope* covers."""
        units = self._by_unit
        if scope.units is None:
            some: Iterable[Key] = self.sums
        else:  # a month has hundreds of groups of one unit each
            some = chain.from_iterable(units[unit] for unit in scope.units if unit in units)
        return (key for key in some if scope.covers(*key))


@dataclass(frozen=True, slots=True)
class Scope:
    """Which places and channels a group covers; None: all."""

    units: frozenset[str] | None = None
    domains: frozenset[str] | None = None
    channel: Channel | None = None
    one_unit: bool = False  # a single unit is compared with itself, whatever others do

    def covers(self, unit: str, domain: str, channel: Channel | None = None) -> bool:
        """Whether responses from there belong to the group."""
        return (
            (self.units is None or unit in self.units)
            and (self.domains is None or domain in self.domains)
            and (None in {self.channel, channel} or channel is self.channel)
        )


def breaks(
    now: Snapshot, then: Snapshot, scope: Scope, rollups: Mapping[str, str]
) -> tuple[Break, ...]:
    """Why the two months must not be compared for a group; empty if they may.

    Args:
        now: The present month.
        then: The other one.
        scope: The group.
        rollups: For each domain with a survey the one it is counted under. A group of
            several of these is compared by them, a group within one by the domains
            themselves.
    """
    if not then.sums:
        return (Break.NO_DATA,)
    found = []
    if not scope.one_unit and _units(now, scope) != _units(then, scope):
        found.append(Break.UNITS)
    if _domains_differ(now, then, scope, rollups):
        found.append(Break.DOMAINS)
    if now.questions != then.questions:
        found.append(Break.QUESTIONS)
    return tuple(found)


def rollups_of(surveys: Collection[Survey]) -> dict[str, str]:
    """For each domain the one it is counted under: itself, unless the survey says another."""
    return {d.id: d.rollup or d.id for survey in surveys for d in survey.domains}


def _units(month: Snapshot, scope: Scope) -> frozenset[str]:
    return month.listed if scope.units is None else month.listed & scope.units


def _domains_differ(
    now: Snapshot, then: Snapshot, scope: Scope, rollups: Mapping[str, str]
) -> bool:
    """Whether answers come from other domains, so many that it may be seen in the group's share.

    That nobody answered in a small domain for a month makes no other list of domains, if
    people could have.
    """
    mine, theirs = _domains(now, scope, rollups), _domains(then, scope, rollups)
    for some, month, other in ((mine - theirs, now, then), (theirs - mine, then, now)):
        if not some:
            continue
        could = {domain for unit, domain in other.offered if scope.covers(unit, domain)}
        if not some <= (could | {rollups.get(domain, domain) for domain in could}):
            return True
        people = Counter[bool]()
        for key in month.within(scope):
            people[bool(some & {key[1], rollups.get(key[1])})] += month.sums[key].responses
        if people[True] > SMALL_DOMAINS * people.total():
            return True
    return False


def _domains(month: Snapshot, scope: Scope, rollups: Mapping[str, str]) -> frozenset[str]:
    found = {domain for _unit, domain, _ in month.within(replace(scope, channel=None))}
    if scope.domains is not None or scope.one_unit:
        return frozenset(found)
    return frozenset(rollups.get(domain, domain) for domain in found)
