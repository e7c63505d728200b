"""Which unit and which domain a cell names: exact keys only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from omr.survey import Domain, Survey
from omr.text_key import text_key
from omr.units import Unit, UnitCatalogue, name_key

# "HP-PC08 - Phòng Cảnh sát giao thông", "Phòng Cảnh sát giao thông (HP-PC08)"
_CODE_FIRST = re.compile(r"(?P<code>\S+)\s*(?:\s[-–—|]|:)\s+(?P<name>.+)", re.DOTALL)
_CODE_LAST = re.compile(r"(?P<name>.+?)\s*[(\[](?P<code>\S+)[)\]]", re.DOTALL)


class UnitNames:
    """Finds units in cells."""

    def __init__(self, units: UnitCatalogue, extra: Mapping[str, str]) -> None:
        """Args: *extra*: further words, each with a code of the catalogue."""
        self._units = units
        self._extra = {text_key(words): code for words, code in extra.items()}
        self._found: dict[tuple[str, date], Unit | None] = {}
        self._keys: dict[str, tuple[str, str]] = {}  # of cells seen before
        self._by_key: dict[str, list[Unit]] = {}
        for unit in units.units:
            for key in unit.text_keys():
                self._by_key.setdefault(key, []).append(unit)

    def find(self, text: str, day: date) -> Unit | None:
        """The one unit that *text* names on *day*; None if there is none, or several."""
        if (text, day) not in self._found:
            self._found[text, day] = self._look_up(text, day)
        return self._found[text, day]

    def unit_of(self, code: str, day: date) -> Unit | None:
        """The unit with exactly that code, if it was valid on *day*."""
        if code.strip().upper() not in self._units:
            return None
        unit = self._units.unit(code)
        return unit if unit.valid_on(day) else None

    def existed(self, text: str) -> bool:
        """Whether *text* is the code or a name of a unit of any time."""
        return name_key(text) in self._by_key

    def _look_up(self, text: str, day: date) -> Unit | None:
        if text not in self._keys:
            self._keys[text] = (text_key(text), name_key(text))
        whole, name = self._keys[text]
        extra = self._extra.get(whole)
        if extra is not None:
            return self.unit_of(extra, day)
        called = [unit for unit in self._by_key.get(name, ()) if unit.valid_on(day)]
        if called:
            return called[0] if len(called) == 1 else None
        for pattern in (_CODE_FIRST, _CODE_LAST):
            match = pattern.fullmatch(text)
            unit = self.unit_of(match["code"], day) if match else None
            if match and unit:
                named = self._units.called(match["name"], day)
                return unit if not named or unit in named else None  # code against name
        return None


class DomainNames:
    """Finds domains in cells."""

    def __init__(self, surveys: Iterable[Survey], extra: Mapping[str, str]) -> None:
        """Args: *extra*: further words, each with a domain's id."""
        self._surveys = {domain.id: survey for survey in surveys for domain in survey.domains}
        self._domains = {d.id: d for survey in self._surveys.values() for d in survey.domains}
        self._by_name: dict[str, list[Domain]] = {}
        for domain in self._domains.values():
            self._by_name.setdefault(text_key(domain.name), []).append(domain)
        self._extra = {text_key(words): name for words, name in extra.items()}
        self._found: dict[str, tuple[Survey, Domain] | None] = {}

    def find(self, text: str) -> tuple[Survey, Domain] | None:
        """The one domain that *text* names, with its survey.

        Where the same words name a domain and a part that is counted under it (PCCC and
        L05 are both "Phòng cháy, chữa cháy"), the domain is meant.
        """
        if text not in self._found:
            self._found[text] = self._look_up(text)
        return self._found[text]

    def _look_up(self, text: str) -> tuple[Survey, Domain] | None:
        key = text_key(text)
        candidates = self._candidates(key)
        if not candidates:
            for pattern in (_CODE_FIRST, _CODE_LAST):
                match = pattern.fullmatch(text.strip())
                by_id = self._domains.get(match["code"].upper()) if match else None
                if match and by_id:
                    named = self._candidates(text_key(match["name"]))
                    candidates = [by_id] if not named or by_id in named else []
                    break
        if len(candidates) > 1:
            ids = {domain.id for domain in candidates}
            candidates = [domain for domain in candidates if domain.rollup not in ids]
        if len(candidates) != 1:
            return None
        return self._surveys[candidates[0].id], candidates[0]

    def _candidates(self, key: str) -> list[Domain]:
        name = self._extra.get(key, key.upper())
        if name in self._domains:
            return [self._domains[name]]
        return self._by_name.get(key, [])
