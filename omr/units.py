"""The unit catalogue: who issues and collects forms, and which names mean whom.

Units come and go (districts ended on 1 March 2025, provinces merged on 1 July 2025). A
response belongs to the unit that was valid on its date, and a code is never used again.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from omr.errors import UsageError
from omr.i18n import _
from omr.text_key import text_key

# How people write the police in front of a unit's name, as text keys.
_POLICE = re.compile(rf"(?:{text_key('Công an')}|ca)\b\.? ?")
# Short kind words; the kind itself is kept: phường Hải Dương is not tỉnh Hải Dương.
_SHORT_KINDS = (
    (re.compile(r"p(?:\. ?| )"), text_key("phường") + " "),
    (re.compile(r"x(?:\. ?| )"), text_key("xã") + " "),
    (re.compile(r"tp(?:\. ?| )"), text_key("thành phố") + " "),
)


class UnitKind(StrEnum):
    """What a unit is; those with ``cu`` were dissolved before the catalogue began."""

    PROVINCE = "tinh"
    OFFICE = "phong"
    WARD = "phuong"
    COMMUNE = "xa"
    SPECIAL_ZONE = "dackhu"
    COUNTER = "diem"  # a place where another unit receives people
    OLD_PROVINCE = "tinh_cu"
    OLD_OFFICE = "phong_cu"
    OLD_DISTRICT = "huyen_cu"
    OLD_WARD = "phuong_cu"
    OLD_COMMUNE = "xa_cu"
    OLD_TOWNSHIP = "thitran_cu"


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit; valid from ``valid_from`` on, no longer on ``valid_to``."""

    code: str
    name: str
    short: str
    kind: UnitKind
    parent: str  # code, or empty
    admin_code: str  # of the commune (5 digits) or province (2 digits), or empty
    valid_from: date
    valid_to: date | None
    successors: tuple[str, ...]  # codes; informative only
    domains: tuple[str, ...]  # ids of the domains whose forms the unit hands out
    aliases: tuple[str, ...]

    def valid_on(self, day: date) -> bool:
        """Whether the unit existed on *day*."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def overlaps(self, other: Unit) -> bool:
        """Whether there is a day on which both units exist."""
        latest_start = max(self.valid_from, other.valid_from)
        return self.valid_on(latest_start) and other.valid_on(latest_start)

    def text_keys(self) -> frozenset[str]:
        """The keys of everything that this unit is called."""
        names = (self.code, self.name, self.short, *self.aliases)
        return frozenset(name_key(name) for name in names if name)


def name_key(text: str) -> str:
    """The text key of a unit's name without the words for police in front.

    ``Công an phường Hồng Bàng``, ``CA P. Hồng Bàng`` and ``phường Hồng Bàng`` share one key;
    the kind word stays, and nothing is matched by likeness.
    """
    key = text_key(text)
    bare = _POLICE.sub("", key, count=1) if _POLICE.match(key) else key
    for pattern, kind in _SHORT_KINDS:
        match = pattern.match(bare)
        if match:
            return kind + bare[match.end() :]
    return bare or key


class UnitCatalogue:
    """All units by code and by name.

    Args:
        units: With distinct codes, as :func:`omr.units_file.parse_units` checks.
    """

    def __init__(self, units: Iterable[Unit]) -> None:
        self._by_code = {unit.code: unit for unit in units}
        self._by_key: Mapping[str, list[Unit]] = defaultdict(list)
        for unit in self._by_code.values():
            for key in unit.text_keys():
                self._by_key[key].append(unit)

    def __len__(self) -> int:
        return len(self._by_code)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    @property
    def units(self) -> tuple[Unit, ...]:
        """All units in the order of the file."""
        return tuple(self._by_code.values())

    def unit(self, code: str) -> Unit:
        """The unit with that code, valid or not; small letters and blanks are forgiven.

        Raises:
            UsageError: If there is none.
        """
        wanted = code.strip().upper()
        if wanted in self._by_code:
            return self._by_code[wanted]
        close = difflib.get_close_matches(wanted, self._by_code, n=3)
        hint = _("Codes like it: {codes}.").format(codes=", ".join(close)) if close else ""
        raise UsageError(
            _("there is no unit '{code}'").format(code=code),
            " ".join(filter(None, (hint, _("All codes are in units.csv.")))),
        )

    def valid_on(self, day: date) -> tuple[Unit, ...]:
        """The units that existed on *day*, in the order of the file."""
        return tuple(unit for unit in self._by_code.values() if unit.valid_on(day))

    def called(self, text: str, day: date) -> tuple[Unit, ...]:
        """The units that bore the name, short name, alias or code *text* on *day*.

        One unit is a match; none, or more than one, is a question for a person. Names
        are never matched by likeness.
        """
        return tuple(u for u in self._by_key.get(name_key(text), ()) if u.valid_on(day))
