"""Which units and domains the tables of a month list, and what they belong to. Pure.

Units are those that the catalogue knows in the month; whatever answered besides is listed
too, so that nothing is lost, and remarked upon.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from omr.periods import Period
from omr.survey import Domain, Survey
from omr.units import Unit, UnitCatalogue, UnitKind
from reports.results import Section

Place = tuple[str, str]  # unit and domain

_SECTIONS = {
    UnitKind.OFFICE: Section.OFFICES,
    UnitKind.WARD: Section.COMMUNES,
    UnitKind.COMMUNE: Section.COMMUNES,
    UnitKind.SPECIAL_ZONE: Section.COMMUNES,
}


@dataclass(frozen=True, slots=True)
class Structure:
    """Units and domains as they are in one month."""

    units: tuple[str, ...]  # listed, in the catalogue's order; unknown ones last
    domains: tuple[str, ...]  # listed, in the surveys' order; unknown ones last
    places: tuple[Place, ...]  # listed, in these orders
    not_valid: tuple[str, ...]  # units that answered and did not exist in the month
    _catalogue: UnitCatalogue
    _domains: dict[str, Domain]

    @classmethod
    def of(
        cls,
        catalogue: UnitCatalogue,
        surveys: Iterable[Survey],
        period: Period,
        answered: Collection[Place],
    ) -> Structure:
        """The units and domains of *period*.

        Args:
            catalogue: Every unit, of all times.
            surveys: Those in use.
            period: The reporting month.
            answered: Places with responses or visits.
        """
        known = {domain.id: domain for survey in surveys for domain in survey.domains}
        valid = {unit.code: unit for unit in units_in(catalogue, period)}
        places = {(code, domain) for code, unit in valid.items() for domain in unit.domains}
        places |= set(answered)
        codes = [unit.code for unit in catalogue.units]
        units = _ordered({unit for unit, _ in places}, codes)
        domains = _ordered({domain for _, domain in places}, list(known))
        return cls(
            units=tuple(units),
            domains=tuple(domains),
            places=tuple((unit, d) for unit in units for d in domains if (unit, d) in places),
            not_valid=tuple(unit for unit in units if unit not in valid),
            _catalogue=catalogue,
            _domains=known,
        )

    def unit(self, code: str) -> Unit | None:
        """The unit with that code; None if the catalogue lacks it."""
        return self._catalogue.unit(code) if code in self._catalogue else None

    def unit_name(self, code: str) -> str:
        """The unit's name, or its code if the catalogue lacks it."""
        unit = self.unit(code)
        return unit.name if unit else code

    def short_name(self, code: str) -> str:
        """The unit's short name, or the next best."""
        unit = self.unit(code)
        return (unit.short or unit.name) if unit else code

    def domain_name(self, domain: str) -> str:
        """The domain's name, or its id if no survey has it."""
        return self._domains[domain].name if domain in self._domains else domain

    def domain(self, domain: str) -> Domain | None:
        """The domain; None if no survey has it."""
        return self._domains.get(domain)

    def rollup(self, domain: str) -> str:
        """The domain that *domain* is counted under: itself, unless the survey says another."""
        known = self._domains.get(domain)
        return known.rollup or domain if known else domain

    def section(self, code: str) -> Section:
        """The part of a table in which a unit stands; a counter stands where its unit does."""
        for each in (code, *self.above(code)):
            unit = self.unit(each)
            if unit is not None and unit.kind is not UnitKind.COUNTER:
                return _SECTIONS.get(unit.kind, Section.OTHER)
        return Section.OTHER

    def above(self, code: str) -> tuple[str, ...]:
        """The codes of the unit's parent, its parent's, and so on."""
        found: list[str] = []
        unit = self.unit(code)
        while unit is not None and unit.parent and unit.parent not in (code, *found):
            found.append(unit.parent)
            unit = self.unit(unit.parent)
        return tuple(found)


def units_in(catalogue: UnitCatalogue, period: Period) -> tuple[Unit, ...]:
    """The units that existed on any day of *period* and hand out forms."""
    after = period.last_day + timedelta(days=1)
    return tuple(
        unit
        for unit in catalogue.units
        if unit.domains
        and unit.valid_from < after
        and (unit.valid_to is None or period.first_day < unit.valid_to)
    )


def _ordered(found: set[str], order: Sequence[str]) -> list[str]:
    places = {each: place for place, each in enumerate(order)}
    return sorted(found, key=lambda each: (places.get(each, len(places)), each))
