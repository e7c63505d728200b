"""Takes a list of units into the catalogue: what would be new, changed or refused (pure).

Codes are permanent. A list can add units and correct them; it can never remove one, give an
ended unit's code to another, or turn a unit into one with another meaning unnoticed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from omr.i18n import _
from omr.text_key import text_key
from omr.unit_records import COLUMNS, Record, records, tidy, unit_cells, with_units
from omr.units import Unit, UnitCatalogue, UnitKind, name_key
from omr.units_file import row_unit, table_mistakes

EMPTY = "-"  # in a cell: takes away what the catalogue says there; an empty cell changes nothing

# Heads and kinds as offices write them, beside the catalogue's own words.
_HEADS = {
    text_key(words): column
    for column, heads in {
        "code": ("Mã", "Mã đơn vị"),
        "name": ("Tên", "Tên đơn vị", "Đơn vị"),
        "short": ("Viết tắt", "Tên viết tắt", "Tên ngắn"),
        "kind": ("Loại", "Loại đơn vị"),
        "parent": ("Đơn vị cấp trên", "Mã cấp trên", "Trực thuộc"),
        "admin_code": ("Mã hành chính", "Mã ĐVHC"),
        "valid_from": ("Từ ngày", "Hiệu lực từ"),
        "valid_to": ("Đến ngày", "Hiệu lực đến"),
        "successors": ("Đơn vị kế thừa",),
        "domains": ("Lĩnh vực",),
        "aliases": ("Tên khác", "Tên gọi khác"),
    }.items()
    for words in (column, *heads)
}
_KINDS = {
    text_key(words): kind
    for words, kind in (
        ("Tỉnh", UnitKind.PROVINCE),
        ("Thành phố", UnitKind.PROVINCE),
        ("Phòng", UnitKind.OFFICE),
        ("Phường", UnitKind.WARD),
        ("Xã", UnitKind.COMMUNE),
        ("Đặc khu", UnitKind.SPECIAL_ZONE),
        ("Điểm tiếp nhận", UnitKind.COUNTER),
    )
}


class Outcome(StrEnum):
    """What becomes of one row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Planned:
    """One row of the list and what would become of it."""

    line: int
    code: str
    outcome: Outcome
    unit: Unit | None = None  # as it would stand in the catalogue; None if refused
    why: str = ""  # of a refusal: the reason and the remedy


@dataclass(frozen=True, slots=True)
class UnitList:
    """Rows of a list by the catalogue's columns."""

    rows: tuple[tuple[int, Mapping[str, str]], ...]  # line, cells by column
    unused: tuple[str, ...]  # heads that mean no column


class HeadUnusable(ValueError):
    """The list's first line cannot be understood."""


def read_list(text: str, heads: Mapping[str, str]) -> UnitList:
    """Take a list apart.

    Args:
        text: CSV; comma, semicolon or tab.
        heads: Columns by head, for heads that are not understood by themselves.

    Raises:
        HeadUnusable: If there is no code column, or two heads mean one column.
        omr.unit_records.NotCsv: If the text is no CSV.
    """
    own = {text_key(head): column for head, column in heads.items()}
    unknown = [column for column in own.values() if column not in COLUMNS]
    if unknown:
        raise HeadUnusable(
            _("there is no column '{name}'; columns: {columns}").format(
                name=unknown[0], columns=", ".join(COLUMNS)
            )
        )
    rows: Iterator[Record] = (r for r in records(unicodedata.normalize("NFC", text)) if r.cells)
    written = [tidy(head) for head in next(rows, Record(1, "", ())).cells]
    strange = own.keys() - {text_key(head) for head in written}
    if strange:
        raise HeadUnusable(
            _("the list has no head '{head}'; heads: {heads}").format(
                head=next(head for head in heads if text_key(head) in strange),
                heads=", ".join(written),
            )
        )
    columns = [own.get(text_key(head), _HEADS.get(text_key(head), "")) for head in written]
    twice = [column for column in COLUMNS if columns.count(column) > 1]
    if twice:
        raise HeadUnusable(_("two heads mean the column '{name}'").format(name=twice[0]))
    if "code" not in columns:
        raise HeadUnusable(
            _("no head means 'code'; heads: {heads}").format(heads=", ".join(written))
        )
    return UnitList(
        tuple((row.line, _cells(columns, row)) for row in rows),
        tuple(head for head, column in zip(written, columns, strict=True) if head and not column),
    )


def _cells(columns: Sequence[str], row: Record) -> dict[str, str]:
    cells = {
        column: tidy(cell)
        for column, cell in zip(columns, row.cells, strict=False)
        if column and tidy(cell)
    }
    kind = _KINDS.get(text_key(cells.get("kind", "")))
    return cells | {"kind": kind.value} if kind else cells


def plan(
    text: str,
    catalogue: UnitCatalogue,
    given: UnitList,
    *,
    renamed: Collection[str],
    first_day: date | None,
    today: date,
) -> tuple[Planned, ...]:
    """What each row of a list would do to the catalogue.

    Args:
        text: The catalogue's file, without mistakes.
        catalogue: What it says.
        given: The list.
        renamed: Codes whose unit may get another name: it is the same unit, called anew.
        first_day: ``valid_from`` of new units whose row has none.
        today: Units that ended by then are not touched.
    """
    found: list[Planned] = []
    for line, cells in given.rows:
        first = next((p.line for p in found if p.code == cells.get("code", "")), None)
        if first is not None:
            found.append(
                Planned(
                    line,
                    cells.get("code", ""),
                    Outcome.REFUSED,
                    why=_("the code stands on line {line} already; leave one of the two").format(
                        line=first
                    ),
                )
            )
        elif cells.get("code", "") in catalogue:
            unit = catalogue.unit(cells["code"])
            found.append(_correction(line, cells, unit, renamed=renamed, today=today))
        else:
            found.append(_addition(line, cells, first_day))
    return _without_clashes(text, found)


def _addition(line: int, cells: Mapping[str, str], first_day: date | None) -> Planned:
    code = cells.get("code", "")
    wanted = {column: cells.get(column, "") for column in COLUMNS}
    wanted = {column: "" if cell == EMPTY else cell for column, cell in wanted.items()}
    if not wanted["valid_from"] and first_day is not None:
        wanted["valid_from"] = first_day.isoformat()
    unit, why = row_unit(wanted)
    if unit is None:
        return Planned(line, code, Outcome.REFUSED, why=why)
    return Planned(line, code, Outcome.NEW, unit)


def _correction(
    line: int, cells: Mapping[str, str], old: Unit, *, renamed: Collection[str], today: date
) -> Planned:
    wanted = unit_cells(old)
    for column, cell in cells.items():
        wanted[column] = "" if cell == EMPTY else cell
    unit, why = row_unit(wanted)
    why = why or (_another_meaning(old, unit, renamed, today) if unit else "")
    if unit is None or why:
        return Planned(line, old.code, Outcome.REFUSED, why=why)
    if name_key(old.name) not in unit.text_keys():  # lists with the old name stay understood
        unit = replace(unit, aliases=(*unit.aliases, old.name))
    outcome = Outcome.SAME if unit == old else Outcome.CHANGED
    return Planned(line, old.code, outcome, unit)


def _another_meaning(old: Unit, new: Unit, renamed: Collection[str], today: date) -> str:
    """Why *new* would no longer be the unit that bears this code; empty if it is."""
    if new.kind is not old.kind:
        return _(
            "the kind would change from {before} to {after}; codes keep their meaning:"
            " end this unit with a merger into one with a new code"
        ).format(before=old.kind, after=new.kind)
    if old.valid_to is not None and old.valid_to <= today and new.valid_to != old.valid_to:
        return _(
            "the unit ended on {day}, and codes are never used again; choose another code"
        ).format(day=old.valid_to)
    if new.valid_from > old.valid_from:
        return _(
            "valid_from would move from {before} to {after}, and earlier answers would have no"
            " unit; leave the first day as it is"
        ).format(before=old.valid_from, after=new.valid_from)
    if name_key(new.name) != name_key(old.name) and old.code not in renamed:
        return _(
            "the name would change from '{before}' to '{after}'; if it is the same unit, allow"
            " it with --renamed {code}, else choose a new code"
        ).format(before=old.name, after=new.name, code=old.code)
    return ""


def _without_clashes(text: str, found: Sequence[Planned]) -> tuple[Planned, ...]:
    """*found* less the rows that would leave mistakes in the catalogue as a whole."""
    left = list(found)
    while wrong := table_mistakes(with_units(text, _units(left))):
        blamed = {p.code for p in left if p.code in wrong and _is_written(p)}
        if not blamed:
            blamed = _culprit(text, left, len(wrong))
        why = "; ".join(f"{code} {words}" for code, told in wrong.items() for words in told)
        left = [
            replace(
                p,
                outcome=Outcome.REFUSED,
                unit=None,
                why="; ".join(wrong.get(p.code, [why])),
            )
            if p.code in blamed and _is_written(p)
            else p
            for p in left
        ]
    return tuple(left)


def _culprit(text: str, left: Sequence[Planned], mistakes: int) -> set[str]:
    """A row without which a faultless row of the catalogue has no mistake; else all rows."""
    written = [p for p in left if _is_written(p)]
    for each in written:
        others = [p for p in written if p is not each]
        if len(table_mistakes(with_units(text, _units(others)))) < mistakes:
            return {each.code}
    return {p.code for p in written}


def _is_written(planned: Planned) -> bool:
    return planned.outcome in {Outcome.NEW, Outcome.CHANGED}


def _units(found: Sequence[Planned]) -> list[Unit]:
    return [p.unit for p in found if p.unit is not None and _is_written(p)]


_ASSIGNED = re.compile(r"(?P<head>.+)=(?P<column>[^=]+)")


def head_mapping(words: Sequence[str]) -> dict[str, str]:
    """``["Mã số=code"]`` as ``{"Mã số": "code"}``.

    Raises:
        HeadUnusable: If a word has another form.
    """
    heads: dict[str, str] = {}
    for word in words:
        match = _ASSIGNED.fullmatch(word)
        if match is None:
            raise HeadUnusable(_("'{word}' is not of the form HEAD=column").format(word=word))
        heads[tidy(match["head"])] = match["column"].strip()
    return heads
