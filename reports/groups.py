"""Every group of a month's tables, with its figures and its change since the month before. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from omr.ledger.visits import VisitCount
from omr.settings import Language
from reports.figures import Figures
from reports.measures import Change, change
from reports.responses import Channel
from reports.results import Break, Group, GroupKind, MonthPoint, Section, Trend
from reports.rollup import Sums, total
from reports.structure import Place, Structure
from reports.trend import Scope, Snapshot, breaks
from reports.words import Word, channel_word, section_word, word

_ALL = Scope()


@dataclass(slots=True)
class GroupMaker:
    """Makes groups of one month.

    Args:
        structure: What the tables list.
        now: The month.
        past: Earlier months without gaps, the newest first, at least one.
        visits: Of the month; a place may be given once.
        rollups: See :func:`reports.trend.rollups_of`.
        language: Of papers.

    Raises:
        ValueError: If the visits of a place are given twice.
    """

    structure: Structure
    now: Snapshot
    past: Sequence[Snapshot]
    visits: Sequence[VisitCount]
    rollups: Mapping[str, str]
    language: Language
    places: dict[Place, Sums] = field(init=False)  # both channels, and visits
    scopes: dict[tuple[GroupKind, tuple[str, ...]], Scope] = field(init=False)

    def __post_init__(self) -> None:
        self.scopes = {}
        self.places = {place: Sums() for place in self.structure.places}
        for (unit, domain, _), sums in self.now.sums.items():
            self.places[unit, domain].add(sums)
        known = {(each.unit, each.domain): each for each in self.visits}
        if len(known) != len(self.visits):
            raise ValueError("the visits of a place are given twice")
        for place, sums in self.places.items():
            visit = known.get(place)
            if visit is not None:
                sums.counter, sums.online, sums.known = visit.counter, visit.online, 1
                paper = self.now.sums.get((*place, Channel.PAPER))
                sums.answered = paper.responses - paper.empty if paper else 0
            elif sums.responses:
                sums.unknown = 1

    def city(self, name: str, short: str) -> Group:
        """All responses."""
        return self._group(GroupKind.CITY, (), name, short, _ALL)

    def sections(self) -> Iterable[Group]:
        """The parts of tables of units that have any unit."""
        for section in Section:
            units = frozenset(
                unit for unit in self.structure.units if self.structure.section(unit) is section
            )
            if units:
                name = section_word(section, self.language)
                yield self._group(
                    GroupKind.SECTION, (section.value,), name, section.value, Scope(units), section
                )

    def parents(self) -> Iterable[Group]:
        """Every unit that has others below it, with all of these, from the top down."""
        above = {unit: self.structure.above(unit) for unit in self.structure.units}
        for head in dict.fromkeys(code for chain in above.values() for code in reversed(chain)):
            units = frozenset(u for u, chain in above.items() if head in (u, *chain))
            name, short = self.structure.unit_name(head), self.structure.short_name(head)
            yield self._group(GroupKind.PARENT, (head,), name, short, Scope(units))

    def units(self) -> Iterable[Group]:
        """Every unit that is listed."""
        for unit in self.structure.units:
            yield self._group(
                GroupKind.UNIT,
                (unit,),
                self.structure.unit_name(unit),
                self.structure.short_name(unit),
                Scope(frozenset({unit}), one_unit=True),
                self.structure.section(unit),
            )

    def domains(self) -> Iterable[Group]:
        """Every domain that is listed."""
        for domain in self.structure.domains:
            name = self.structure.domain_name(domain)
            scope = Scope(domains=frozenset({domain}))
            yield self._group(GroupKind.DOMAIN, (domain,), name, domain, scope)

    def domain_rollups(self) -> Iterable[Group]:
        """Every domain with those that are counted under it."""
        for head in dict.fromkeys(map(self.structure.rollup, self.structure.domains)):
            under = {domain for domain, rollup in self.rollups.items() if rollup == head}
            scope = Scope(domains=frozenset({*under, head}))
            name = self.structure.domain_name(head)
            yield self._group(GroupKind.ROLLUP, (head,), name, head, scope)

    def channels(self) -> Iterable[Group]:
        """The two channels, whether or not anybody used them."""
        for channel in Channel:
            name = channel_word(channel, self.language)
            scope = Scope(channel=channel)
            yield self._group(GroupKind.CHANNEL, (channel.value,), name, name, scope)

    def unit_domains(self) -> Iterable[Group]:
        """Every place that is listed."""
        for unit, domain in self.structure.places:
            yield self._group(
                GroupKind.UNIT_DOMAIN,
                (unit, domain),
                self.structure.unit_name(unit),
                domain,
                Scope(frozenset({unit}), frozenset({domain}), one_unit=True),
                self.structure.section(unit),
            )

    def trend(self, group: Group) -> Trend:
        """*group* in this month and all earlier ones that were given."""
        scope = self.scopes[group.kind, group.key]
        points = [MonthPoint(self.now.period, group.figures)]
        for then in self.past:
            reasons = breaks(self.now, then, scope, self.rollups)
            known = Break.NO_DATA not in reasons
            figures = _sums_then(then, scope).figures() if known else None
            points.append(MonthPoint(then.period, figures, reasons))
        return Trend(group.kind, group.key, group.name, tuple(reversed(points)))

    def _group(
        self,
        kind: GroupKind,
        key: tuple[str, ...],
        name: str,
        short: str,
        scope: Scope,
        section: Section | None = None,
    ) -> Group:
        self.scopes[kind, key] = scope
        figures = self._sums(scope).figures()
        before, moved = self._before(scope, figures)
        return Group(kind, key, name, short, figures, section, before, moved)

    def _sums(self, scope: Scope) -> Sums:
        if scope.channel is not None:  # visits are of no channel
            return _sums_then(self.now, scope)
        return total(map(self.places.__getitem__, self._covered(scope)))

    def _covered(self, scope: Scope) -> Iterable[Place]:
        if scope.units is None or scope.domains is None:
            return (place for place in self.places if scope.covers(*place))
        both = product(scope.units, scope.domains)  # one place, or few
        return (place for place in both if place in self.places)

    def _before(self, scope: Scope, figures: Figures) -> tuple[Figures | None, Change | None]:
        if breaks(self.now, self.past[0], scope, self.rollups):
            return None, None
        before = _sums_then(self.past[0], scope).figures()
        now, then = figures.overall, before.overall
        moved = change(
            (now.satisfied or 0, now.n or 0),
            (then.satisfied or 0, then.n or 0),
        )
        return before, moved


def _sums_then(month: Snapshot, scope: Scope) -> Sums:
    return total(map(month.sums.__getitem__, month.within(scope)))


def city_name(language: Language) -> str:
    """What all responses together are called."""
    return word(Word.CITY, language)
