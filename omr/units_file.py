"""Reads and writes ``units.csv``; every mistake in it is named with its line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from omr.i18n import _
from omr.problems import Problems, read_text
from omr.unit_records import COLUMNS, LIST_MARK, NotCsv, records, table_text, tidy
from omr.units import Unit, UnitCatalogue, UnitKind

_CODE = re.compile(r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*")
_MAX_CODE_LENGTH = 32  # fits beside the serial on a form's cover and receipt
_DOMAIN = re.compile(r"[A-Z][A-Z0-9]{0,9}")  # as in omr.serials
_ADMIN_CODE = re.compile(r"\d{2}|\d{5}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_units(path: Path) -> UnitCatalogue:
    """Read the unit catalogue of a workspace.

    Raises:
        UsageError: If the file is missing or cannot be read.
        MistakesInFile: All mistakes at once.
    """
    return parse_units(read_text(path), path)


def parse_units(text: str, path: Path) -> UnitCatalogue:
    """The catalogue that *text* describes; *path* is only named in mistakes.

    Columns are found by name, in any order. Comma, semicolon or tab may separate them:
    Excel writes the one that the machine's region setting names. Lines that begin with
    ``#`` are notes.

    Raises:
        MistakesInFile: All mistakes at once.
    """
    scanned = scan_units(text, path)
    scanned.problems.raise_if_any()
    return UnitCatalogue(scanned.units)


@dataclass(frozen=True, slots=True)
class ScannedUnits:
    """What a text says as far as it can be understood; for tools that show its mistakes."""

    units: tuple[Unit, ...]  # only to be used as a catalogue if there is no problem
    lines: Mapping[str, int]  # where each unit's row begins, 1-based, by code
    problems: Problems


def scan_units(text: str, path: Path) -> ScannedUnits:
    """The units that *text* describes, and every mistake in it; see :func:`parse_units`."""
    reader = _UnitReader(path, Problems())
    reader.read(unicodedata.normalize("NFC", text))
    reader.check_references()
    reader.check_names()
    return ScannedUnits(tuple(reader.units), dict(reader.lines), reader.problems)


_TABLE = Path("units.csv")  # stands in where mistakes are told without their place


def table_mistakes(text: str) -> dict[str, list[str]]:
    """What is wrong with the rows of a table, by code (empty: in no row that has a code)."""
    scanned = scan_units(text, _TABLE)
    codes = {line: code for code, line in scanned.lines.items()}
    wrong: dict[str, list[str]] = {}
    for sentence in scanned.problems.sentences():
        line, words = _without_place(sentence)
        wrong.setdefault(codes.get(line, ""), []).append(words)
    return wrong


def row_unit(cells: Mapping[str, str]) -> tuple[Unit | None, str]:
    """The unit that a row's cells describe, or what is wrong with them by themselves.

    Args:
        cells: By column; all columns.
    """
    reader = _UnitReader(_TABLE, Problems())
    reader.read_row(COLUMNS, [cells[column] for column in COLUMNS], 1)
    wrong = [_without_place(sentence)[1] for sentence in reader.problems.sentences()]
    return (None, "; ".join(wrong)) if wrong else (reader.units[0], "")


def _without_place(sentence: str) -> tuple[int, str]:
    line, _colon, words = sentence.removeprefix(f"{_TABLE}:").partition(": ")
    return int(line), words


def units_text(units: Iterable[Unit]) -> str:
    """The units as the text of a ``units.csv``, without byte order mark."""
    return table_text(units)


@dataclass(slots=True)
class _UnitReader:
    """Collects units and remembers their lines."""

    path: Path
    problems: Problems
    units: list[Unit] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)  # codes of faulty rows too

    def read(self, text: str) -> None:
        columns: list[str] | None = None
        try:
            for record in records(text):
                if record.cells and columns is None:
                    columns = self._columns(record.cells, record.line)
                    if columns is None:
                        return
                elif record.cells and columns is not None:
                    self.read_row(columns, record.cells, record.line)
        except NotCsv as error:
            self._wrong(
                error.line,
                _("this is not CSV: {reason}").format(reason=error),
                _("check the quotation marks"),
            )
        if columns is None and not len(self.problems):
            self._wrong(1, _("the file is empty"), _("copy it from a backup or a new workspace"))

    def _wrong(self, line: int, what: str, remedy: str) -> None:
        self.problems.add(self.path, line, what, remedy)

    def _columns(self, row: Sequence[str], line: int) -> list[str] | None:
        names = [cell.strip() for cell in row]
        missing = [name for name in COLUMNS if name not in names]
        surplus = [name for name in names if name and name not in COLUMNS]
        twice = sorted({name for name in names if name and names.count(name) > 1})
        expected = _("the first line must be: {columns}").format(columns=",".join(COLUMNS))
        for message, wrong in (
            (_("columns missing: {names}"), missing),
            (_("unknown columns: {names}"), surplus),
            (_("columns given twice: {names}"), twice),
        ):
            if wrong:
                self._wrong(line, message.format(names=", ".join(wrong)), expected)
        return None if missing or surplus or twice else names

    def read_row(self, columns: Sequence[str], row: Sequence[str], line: int) -> None:
        self.mentioned.add(tidy(row[columns.index("code")] if len(row) >= len(columns) else row[0]))
        surplus = [cell for cell in row[len(columns) :] if cell.strip()]
        least = max(place for place, name in enumerate(columns) if name) + 1  # heads may be empty
        if surplus or len(row) < least:
            self._wrong(
                line,
                _("{count} values where there are {columns} columns").format(
                    count=len(row), columns=len(columns)
                ),
                _("put text that contains the separator in quotation marks"),
            )
            return
        cells = {column: tidy(cell) for column, cell in zip(columns, row, strict=False)}
        code = self._code(cells["code"], line)
        begin = self._date(cells, "valid_from", line)
        end = self._date(cells, "valid_to", line)
        if begin is None and not cells["valid_from"]:
            self._wrong(line, _("valid_from is empty"), _("write the unit's first day"))
        if begin and end and end <= begin:
            self._wrong(
                line,
                _("valid_to is not after valid_from"),
                _("valid_to is the first day on which the unit no longer exists"),
            )
        unit = Unit(
            code=code,
            name=cells["name"],
            short=cells["short"],
            kind=self._kind(cells["kind"], line),
            parent=cells["parent"],
            admin_code=self._admin_code(cells["admin_code"], line),
            valid_from=begin or date.max,
            valid_to=end,
            successors=self._list(cells, "successors", line),
            domains=self._domains(cells, line),
            aliases=self._list(cells, "aliases", line),
        )
        if not unit.name:
            self._wrong(line, _("the unit has no name"), _("write its full name"))
        if any("?" in text for text in (unit.name, unit.short, *unit.aliases)):
            self._wrong(
                line,
                _("a question mark in a name: letters were lost when the file was saved"),
                _("write the name again and save as UTF-8 (in Excel: CSV UTF-8)"),
            )
        if code and code in self.lines:
            self._wrong(
                line,
                _("the code {code} is already on line {first}").format(
                    code=code, first=self.lines[code]
                ),
                _("codes are never used twice: give the newer unit another one"),
            )
        elif code:
            self.lines[code] = line
            self.units.append(unit)

    def _code(self, code: str, line: int) -> str:
        if _CODE.fullmatch(code) and len(code) <= _MAX_CODE_LENGTH:
            return code
        self._wrong(
            line,
            _("'{code}' is no valid unit code").format(code=code),
            _("capitals A to Z, digits and hyphens: HP-PC08"),
        )
        return ""

    def _kind(self, kind: str, line: int) -> UnitKind:
        try:
            return UnitKind(kind)
        except ValueError:
            self._wrong(
                line,
                _("unknown kind '{kind}'").format(kind=kind),
                _("known kinds: {kinds}").format(kinds=", ".join(UnitKind)),
            )
            return UnitKind.OFFICE

    def _admin_code(self, code: str, line: int) -> str:
        if code and not _ADMIN_CODE.fullmatch(code):
            self._wrong(
                line,
                _("'{code}' is no administrative code").format(code=code),
                _("2 digits for a province, 5 for a commune; Excel drops leading zeros"),
            )
        return code

    def _date(self, cells: Mapping[str, str], column: str, line: int) -> date | None:
        text = cells[column]
        if not text:
            return None
        try:
            if _DATE.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass  # no such day: reported below like any other wrong date
        self._wrong(
            line,
            _("'{text}' in {column} is no date").format(text=text, column=column),
            _("write year-month-day: 2025-07-01"),
        )
        return None

    def _list(self, cells: Mapping[str, str], column: str, line: int) -> tuple[str, ...]:
        if not cells[column]:
            return ()
        items = tuple(item.strip() for item in cells[column].split(LIST_MARK))
        if not all(items) or len(set(items)) < len(items):
            self._wrong(
                line,
                _("an item of {column} is empty or given twice").format(column=column),
                _("write one | between two items"),
            )
        return items

    def _domains(self, cells: Mapping[str, str], line: int) -> tuple[str, ...]:
        domains = self._list(cells, "domains", line)
        for domain in domains:
            if domain and not _DOMAIN.fullmatch(domain):
                self._wrong(
                    line,
                    _("'{domain}' is no valid domain id").format(domain=domain),
                    _("write ids with | between them: QLHC|GTDB"),
                )
        return domains

    def check_references(self) -> None:
        """Every unit named by another must exist, and no unit may stand above itself."""
        parents = {unit.code: unit.parent for unit in self.units}
        for unit in self.units:
            line = self.lines[unit.code]
            named = [("parent", unit.parent)] if unit.parent else []
            named += [("successors", code) for code in unit.successors if code]
            for column, code in named:
                if code not in self.mentioned:
                    self._wrong(
                        line,
                        _("{column} names the unknown unit '{code}'").format(
                            column=column, code=code
                        ),
                        _("add that unit or correct the code"),
                    )
            above, seen = unit.parent, {unit.code}
            while above and above not in seen:
                seen.add(above)
                above = parents.get(above, "")
            if above == unit.code or unit.code in unit.successors:
                self._wrong(
                    line,
                    _("the unit is its own parent or successor"),
                    _("name another unit, or none"),
                )

    def check_names(self) -> None:
        """No two units may bear one name on the same day: answers would reach the wrong one."""
        first_with: dict[str, list[Unit]] = {}
        for unit in self.units:
            for key in sorted(unit.text_keys()):
                bearers = first_with.setdefault(key, [])
                rival = next((other for other in bearers if other.overlaps(unit)), None)
                if rival is not None:
                    self._wrong(
                        self.lines[unit.code],
                        _("has a name, short name or alias of {code} (line {line})").format(
                            code=rival.code, line=self.lines[rival.code]
                        ),
                        _("one name can mean one unit only: change one of the two"),
                    )
                    break
                bearers.append(unit)
