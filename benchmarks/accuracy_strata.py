"""Who fills and how it is scanned: the strata of the accuracy benchmark, fixed in advance.

Within a stratum every position is tallied by the kind of its mark, so that the record is by
mark kind x capture kind. A stratum's fingerprint covers every number that its pictures are
drawn from; results of other numbers are never added up with it.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from scans.virtual_scanner import (
    COMPLIANT,
    EMPTY,
    HOSTILE,
    LINES,
    REALISTIC,
    Compression,
    Container,
    Damage,
    Mode,
    PenKind,
    Profile,
    ScanPlan,
    fingerprint,
)


class Group(StrEnum):
    """What a stratum is there to show."""

    COMPLIANT = "compliant"
    REALISTIC = "realistic"
    HOSTILE = "hostile"
    EMPTY = "empty"  # no position is marked
    LINE = "line"  # the standard's 1 mm line
    AGAIN = "again"  # the same sheet many times


@dataclass(frozen=True, slots=True)
class Stratum:
    """One population under one capture."""

    plan: ScanPlan
    group: Group
    passes: int = 1  # how often each sheet is scanned

    @property
    def name(self) -> str:
        """The plan's."""
        return self.plan.name

    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that change with any number drawn from."""
        described = repr((fingerprint(), _plain(asdict(self.plan)), self.passes))
        return hashlib.sha256(described.encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    """*value* with enums as their words: how an enum is shown differs between Pythons."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return str(value) if isinstance(value, StrEnum) else value


_GREY: dict[str, Any] = {"container": Container.JPEG_FOLDER}
_PDF: dict[str, Any] = {"container": Container.PDF}
_COLOUR: dict[str, Any] = {"container": Container.JPEG_FOLDER, "mode": Mode.COLOUR}
_G4: dict[str, Any] = {
    "container": Container.TIFF,
    "compression": Compression.G4,
    "mode": Mode.BINARY,
}
# Sheets that come twice or not at all are for the end-to-end benchmark, which has a ledger.
_EXTRA = {Damage.DUPLICATE, Damage.BLANK_BACK, Damage.FOREIGN_PAGE}
_DAMAGED = {damage: 0.08 for damage in Damage if damage not in _EXTRA}
_HANDLED = {
    Damage.CREASE: 0.5,
    Damage.STAIN: 0.5,
    Damage.SHOW_THROUGH: 0.5,
    Damage.UPSIDE_DOWN: 0.1,
    Damage.LOW_TONER: 0.1,
}


def _strata(group: Group, people: Profile, captures: dict[str, dict[str, Any]]) -> list[Stratum]:
    return [
        Stratum(ScanPlan(f"{group}-{name}", people=people, **settings), group)
        for name, settings in captures.items()
    ]


STRATA: tuple[Stratum, ...] = (
    *_strata(
        Group.COMPLIANT,
        COMPLIANT,
        {
            "grey-150": {**_GREY, "dpi": 150},
            "grey-200": {**_GREY, "dpi": 200},
            "grey-300": {**_GREY, "dpi": 300},
            "pdf-200": {**_PDF, "dpi": 200},
            "colour-200": {**_COLOUR, "dpi": 200},
            "g4-300": {**_G4, "dpi": 300},
        },
    ),
    *_strata(
        Group.REALISTIC,
        REALISTIC,
        {
            "grey-150": {**_GREY, "dpi": 150},
            "grey-200": {**_GREY, "dpi": 200},
            "grey-300": {**_GREY, "dpi": 300},
            "colour-200": {**_COLOUR, "dpi": 200},
            "g4-300": {**_G4, "dpi": 300},
            "glass-200": {**_GREY, "dpi": 200, "sheets_per_page": 2},
            "damaged-200": {**_GREY, "dpi": 200, "damage": _DAMAGED},
        },
    ),
    *_strata(
        Group.HOSTILE,
        HOSTILE,
        {
            "grey-150": {**_GREY, "dpi": 150},
            "grey-200": {**_GREY, "dpi": 200},
            "grey-300": {**_GREY, "dpi": 300},
            "colour-200": {**_COLOUR, "dpi": 200},
            "colour-300": {**_COLOUR, "dpi": 300},
            "g4-300": {**_G4, "dpi": 300},
            "damaged-200": {**_GREY, "dpi": 200, "damage": _DAMAGED},
        },
    ),
    *_strata(
        Group.EMPTY,
        EMPTY,
        {
            "grey-150": {**_GREY, "dpi": 150, "damage": _HANDLED},
            "grey-200": {**_GREY, "dpi": 200, "damage": _HANDLED},
            "grey-300": {**_GREY, "dpi": 300, "damage": _HANDLED},
            "colour-200": {**_COLOUR, "dpi": 200, "damage": _HANDLED},
            "g4-300": {**_G4, "dpi": 300, "damage": _HANDLED},
        },
    ),
    *_strata(
        Group.LINE,
        LINES[PenKind.PENCIL],
        {f"pencil-{dpi}": {**_GREY, "dpi": dpi} for dpi in (150, 200, 300)},
    ),
    *(
        stratum
        for pen in (PenKind.BLACK, PenKind.BLUE, PenKind.RED)
        for stratum in _strata(
            Group.LINE, LINES[pen], {f"{pen}-{dpi}": {**_GREY, "dpi": dpi} for dpi in (150, 200)}
        )
    ),
    *(
        replace(stratum, passes=50)
        for people in (REALISTIC, HOSTILE)
        for stratum in _strata(
            Group.AGAIN,
            people,
            {
                f"{people.name}-grey-200": {**_GREY, "dpi": 200},
                f"{people.name}-g4-300": {**_G4, "dpi": 300},
            },
        )
    ),
)
BY_NAME = {stratum.name: stratum for stratum in STRATA}
POSITIONS = (Group.COMPLIANT, Group.REALISTIC, Group.HOSTILE)  # what the total is made of


def chosen(words: str) -> tuple[Stratum, ...]:
    """The strata named in *words*: names, groups or parts of names, with commas between.

    Raises:
        ValueError: A word names none.
    """
    if not words:
        return tuple(stratum for stratum in STRATA if stratum.group in POSITIONS)
    if words == "all":
        return STRATA
    found: dict[str, Stratum] = {}
    for word in words.split(","):
        fits = [s for s in STRATA if word in (s.name, s.group.value)]
        fits = fits or [stratum for stratum in STRATA if word in stratum.name]
        if not fits:
            raise ValueError(f"no stratum is called {word!r}; there are {', '.join(BY_NAME)}")
        found |= {stratum.name: stratum for stratum in fits}
    return tuple(found.values())
