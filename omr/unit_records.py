"""A table of units line by line: what stands where, and how to change one row of it (pure).

Offices edit ``units.csv`` in Excel and in text editors. A command that changes one unit
rewrites that unit's cells only; notes, blank lines, the order of columns and everything else
stay as the person left them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from omr.units import Unit

COLUMNS = (
    "code",
    "name",
    "short",
    "kind",
    "parent",
    "admin_code",
    "valid_from",
    "valid_to",
    "successors",
    "domains",
    "aliases",
)
LIST_MARK = "|"  # between the items of successors, domains and aliases
NOTE_MARK = "#"  # no code begins with it
_DELIMITERS = ",;\t"  # Excel writes the one that the machine's region setting names


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the table, or a note or blank line between rows."""

    line: int  # 1-based; where it begins
    text: str  # as it stands, without the last line end
    cells: tuple[str, ...]  # empty for notes and blank lines


class NotCsv(ValueError):
    """The text cannot be taken apart into rows.

    Args:
        line: 1-based; where the row in question begins.
        reason: The parser's own words.
    """

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def tidy(cell: str) -> str:
    """A cell's text as it counts: without line breaks, and with single blanks."""
    return " ".join(cell.split())


def delimiter_of(text: str) -> str:
    """What separates the columns, from the first line that is neither blank nor a note."""
    heads = (line for line in text.split("\n") if line.strip() and not _is_note(line))
    return max(_DELIMITERS, key=next(heads, "").count)


def records(text: str) -> Iterator[Record]:
    r"""Every row, note and blank line of *text* (line ends ``\n``), in order.

    Raises:
        NotCsv: At a row whose quotation marks do not fit.
    """
    lines = text.removesuffix("\n").split("\n")
    delimiter = delimiter_of(text)
    at = 0
    while at < len(lines):
        begin = at
        at, cells = _next_row(lines, at, delimiter)
        written = any(cell.strip() for cell in cells) and not _is_note(cells[0])
        yield Record(begin + 1, "\n".join(lines[begin:at]), cells if written else ())


def _next_row(lines: Sequence[str], at: int, delimiter: str) -> tuple[int, tuple[str, ...]]:
    """The row that begins at line *at*, and the line after it; no cells for a note."""
    if _is_note(lines[at]):
        return at + 1, ()
    rest = (f"{lines[index]}\n" for index in range(at, len(lines)))
    reader = csv.reader(rest, delimiter=delimiter, strict=True)
    try:
        cells = tuple(next(reader))
    except csv.Error as error:
        raise NotCsv(at + 1, str(error)) from error
    return at + reader.line_num, cells


def _is_note(text: str) -> bool:
    return text.lstrip().startswith(NOTE_MARK)


def unit_cells(unit: Unit) -> dict[str, str]:
    """The unit as the table writes it, by column."""
    return {
        "code": unit.code,
        "name": unit.name,
        "short": unit.short,
        "kind": unit.kind.value,
        "parent": unit.parent,
        "admin_code": unit.admin_code,
        "valid_from": unit.valid_from.isoformat(),
        "valid_to": unit.valid_to.isoformat() if unit.valid_to else "",
        "successors": LIST_MARK.join(unit.successors),
        "domains": LIST_MARK.join(unit.domains),
        "aliases": LIST_MARK.join(unit.aliases),
    }


def table_text(units: Iterable[Unit]) -> str:
    """The units as a whole table, without byte order mark."""
    rows = [COLUMNS, *(tuple(unit_cells(unit).values()) for unit in units)]
    return "".join(_row_text(row, ",") + "\n" for row in rows)


def with_units(text: str, units: Iterable[Unit]) -> str:
    """*text* with the rows of *units* brought up to date, or added at the end.

    Args:
        text: A table that :func:`omr.units_file.parse_units` accepts.
        units: By code; cells that say the same already stay as they are written.
    """
    wanted = {unit.code: unit_cells(unit) for unit in units}
    delimiter = delimiter_of(text)
    columns: list[str] = []
    lines: list[str] = []
    for record in records(text):
        said = record.text
        if record.cells and not columns:
            columns = [tidy(cell) for cell in record.cells]
        elif record.cells:
            cells = wanted.pop(tidy(record.cells[columns.index("code")]), None)
            if cells is not None:
                said = _changed(record, columns, cells, delimiter)
        lines.append(said)
    end = max(number for number, line in enumerate(lines, start=1) if line.strip())
    lines[end:end] = [
        _row_text([cells.get(name, "") for name in columns], delimiter) for cells in wanted.values()
    ]
    return "\n".join(lines) + "\n"


def _changed(
    record: Record, columns: Sequence[str], wanted: Mapping[str, str], delimiter: str
) -> str:
    cells = list(record.cells)
    for place, name in enumerate(columns):
        if name in wanted and tidy(cells[place]) != wanted[name]:
            cells[place] = wanted[name]
    return record.text if tuple(cells) == record.cells else _row_text(cells, delimiter)


def _row_text(cells: Sequence[str], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="").writerow(cells)
    return out.getvalue()
