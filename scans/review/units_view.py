"""Units and domains to choose from, and what a person typed in their place (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from omr.errors import UsageError
from omr.layout import Layout
from omr.survey import Survey
from omr.units import UnitCatalogue, name_key

_SEPARATOR = " · "


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a list to choose from."""

    code: str
    name: str

    @property
    def value(self) -> str:
        """What stands in the field once it is chosen: name and code, so that both are found."""
        return f"{self.name}{_SEPARATOR}{self.code}" if self.name else self.code


def units_of(units: UnitCatalogue) -> tuple[Choice, ...]:
    """Every unit that hands out forms, also one that ended: its forms may still come in."""
    return tuple(Choice(unit.code, unit.name) for unit in units.units if unit.domains)


def domains_of(layouts: Iterable[Layout], surveys: Mapping[str, Survey]) -> tuple[Choice, ...]:
    """Every domain of which forms were printed, the newest names."""
    names = {domain.id: domain.name for survey in surveys.values() for domain in survey.domains}
    printed = dict.fromkeys(layout.domain for layout in layouts)
    return tuple(Choice(domain, names.get(domain, "")) for domain in sorted(printed))


def unit_typed(text: str, units: UnitCatalogue) -> str | None:
    """The code of the unit that *text* names by list entry, code or whole name; None if none."""
    wanted = text.strip()
    code = wanted.rpartition(_SEPARATOR)[2].strip()
    try:
        return units.unit(code).code if code else None
    except UsageError:
        key = name_key(wanted)
        found = {unit.code for unit in units.units if key in unit.text_keys()}
        return found.pop() if len(found) == 1 else None


def domain_typed(text: str, domains: Iterable[Choice]) -> str | None:
    """The id of the domain that *text* names; None if none."""
    wanted = text.strip().rpartition(_SEPARATOR)[2].strip().casefold()
    return next(
        (each.code for each in domains if wanted in (each.code.casefold(), each.name.casefold())),
        None,
    )
