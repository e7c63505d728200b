"""Units that end: mergers, splits and closures, with their dates and successors (pure).

A unit's row is never removed and its code never used again: answers given while it existed
remain its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from omr.errors import UsageError
from omr.i18n import _
from omr.units import Unit, UnitCatalogue, UnitKind, name_key


@dataclass(frozen=True, slots=True)
class NewUnit:
    """What is said of a unit that a merger makes; None: as the first unit that it follows."""

    name: str
    short: str = ""
    kind: UnitKind | None = None
    admin_code: str = ""
    domains: tuple[str, ...] | None = None  # None: all that the ended units served


def merge(
    catalogue: UnitCatalogue,
    ended: Sequence[str],
    into: Sequence[str],
    on: date,
    new: Mapping[str, NewUnit],
    *,
    keep_names: bool = False,
) -> tuple[Unit, ...]:
    """Several units become one, or one becomes several.

    Args:
        catalogue: As it is.
        ended: Codes of the units that no longer exist on *on*.
        into: Codes of the units that go on in their place. They exist on *on*, except
            those that are made: they begin on *on*.
        on: First day on which the ended units no longer exist.
        new: The units that are made, by code: those of *into* that are not in the catalogue.
        keep_names: Let the names of the ended units also mean the unit that follows, so
            that lists with old names are still understood; only with one successor that
            is made.

    Returns:
        The units that change or are new, the ended ones first; none if all is so already.

    Raises:
        UsageError: Naming what does not fit.
    """
    old = [catalogue.unit(code) for code in dict.fromkeys(ended)]
    codes = tuple(dict.fromkeys(code.strip().upper() for code in into))
    both = [unit.code for unit in old if unit.code in codes]
    if both:
        raise UsageError(
            _("{code} cannot end and go on at once").format(code=both[0]),
            _("Units that go on are named with --into only."),
        )
    if keep_names and (len(codes) > 1 or codes[0] not in new):
        # A unit that exists before the day too would share the name with the ended one then.
        raise UsageError(
            _("old names can be kept only where one new unit is made"),
            _("Leave --keep-names out."),
        )
    for code in codes:
        if code not in catalogue and code not in new:
            raise UsageError(
                _("there is no unit '{code}'").format(code=code),
                _("A unit that is made by the merger needs a name: --name."),
            )
    for code in new:
        if code in catalogue and not _is_repeated(catalogue.unit(code), on, old):
            raise UsageError(
                _("{code} exists already, and codes are never used again").format(code=code),
                _("Leave --name out to merge into it, or choose another code."),
            )
        if code not in codes:
            raise UsageError(
                _("{code} is given a name but is not made").format(code=code),
                _("Name it with --into too."),
            )
    ends = [_ended(unit, on, codes) for unit in old]
    aliases = [name for unit in old for name in (unit.name, *unit.aliases)] if keep_names else []
    heirs = [
        _made(code, old, on, new[code], aliases)
        if code not in catalogue
        else _going_on(catalogue.unit(code), on)
        for code in codes
    ]
    return tuple(
        unit
        for unit in (*ends, *heirs)
        if unit.code not in catalogue or catalogue.unit(unit.code) != unit
    )


def retire(catalogue: UnitCatalogue, code: str, on: date) -> tuple[Unit, ...]:
    """A unit ends without a successor (a successor named earlier is kept).

    Returns:
        The changed unit; none if it ended on that day already.

    Raises:
        UsageError: If it ended on another day, or had not begun by then.
    """
    unit = catalogue.unit(code)
    ended = _ended(unit, on, unit.successors)
    return () if ended == unit else (ended,)


def _is_repeated(unit: Unit, on: date, old: Sequence[Unit]) -> bool:
    """Whether *unit* was made by this very merger, run before."""
    return unit.valid_from == on and all(unit.code in ended.successors for ended in old)


def _ended(unit: Unit, on: date, successors: tuple[str, ...]) -> Unit:
    if on <= unit.valid_from:
        raise UsageError(
            _("{code} began on {day}, so it cannot end on {on}").format(
                code=unit.code, day=unit.valid_from, on=on
            ),
            _("Give the first day on which the unit no longer exists."),
        )
    if unit.valid_to is not None and unit.valid_to != on:
        raise UsageError(
            _("{code} has ended already, on {day}").format(code=unit.code, day=unit.valid_to),
            _("Leave it out, or correct its valid_to in units.csv by hand first."),
        )
    return replace(
        unit, valid_to=on, successors=tuple(dict.fromkeys((*unit.successors, *successors)))
    )


def _going_on(unit: Unit, on: date) -> Unit:
    if not unit.valid_on(on):
        raise UsageError(
            _("{code} does not exist on {day}").format(code=unit.code, day=on),
            _("Name a unit that exists on that day."),
        )
    return unit


def _made(code: str, old: Sequence[Unit], on: date, new: NewUnit, aliases: Sequence[str]) -> Unit:
    first = old[0]
    domains = tuple(dict.fromkeys(domain for unit in old for domain in unit.domains))
    return Unit(
        code=code,
        name=new.name,
        short=new.short,
        kind=new.kind or first.kind,
        parent=first.parent,
        admin_code=new.admin_code,
        valid_from=on,
        valid_to=None,
        successors=(),
        domains=domains if new.domains is None else new.domains,
        aliases=_others(aliases, (new.name, new.short)),
    )


def _others(names: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """*names* without those that say the same as another one or as a *known* one."""
    keys = {name_key(name) for name in known}
    found: list[str] = []
    for name in names:
        if name_key(name) not in keys:
            keys.add(name_key(name))
            found.append(name)
    return tuple(found)
