"""A table as an export holds it, whatever its file: header, rows, and what was left aside.

:mod:`reports.open_table` opens one; CSV files and workbooks look alike from here on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from omr.errors import InputUnusable
from omr.i18n import _

MAX_COLUMNS = 1000
MAX_ROWS = 1_000_000
# Saving in a Windows code page turns "Hài lòng" with lost letters into "H?i lòng".
_LOST_LETTER = re.compile(r"[^\W\d_]\?+[^\W\d_]|\?\?+[^\W\d_]|\ufffd")

KnownHeader = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """One data row; ``number`` counts as spreadsheets do, the first line being 1."""

    number: int
    cells: tuple[str, ...]  # NFC, stripped; as many as the header has
    surplus: tuple[str, ...] = ()  # cells beyond the header's last column
    cut_off: bool = False  # the file ends within this row
    merged: frozenset[int] = frozenset()  # places filled from a cell that was merged downwards


@dataclass(frozen=True, slots=True)
class Table:
    """An opened export.

    Times in a workbook are ISO 8601 without a zone, numbers without needless decimals.
    """

    name: str  # of the file, without folders, NFC
    sha256: str
    header: tuple[str, ...]
    rows: Callable[[], Iterator[Row]]  # each call reads from the first data row
    header_row: int = 1  # the last row of the header
    notes: tuple[str, ...] = ()  # what was not read, or read although it was hidden
    workbook: bool = False
    from_1904: bool = False  # bare numbers of days would be of another year


def first_filled(row: Row, places: Iterable[int]) -> tuple[int | None, str]:
    """The first place whose cell has words, and they; else the first place and no words."""
    first: int | None = None
    for place in places:
        first = place if first is None else first
        if row.cells[place]:
            return place, row.cells[place]
    return first, ""


def column_name(place: int) -> str:
    """The letters that a spreadsheet writes above a column (0-based *place*): A, B, .. AA."""
    letters = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def damaged(text: str) -> bool:
    """Whether *text* bears the marks of an encoding that lost or mistook letters."""
    return _LOST_LETTER.search(text) is not None or _mistaken(text)


def wrong_encoding(file: str, place: str, value: str) -> InputUnusable:
    """The refusal of a file whose letters were lost before it came here."""
    return InputUnusable(
        _("{file}: letters were lost when it was saved ({place}: {value!r})").format(
            file=file, place=place, value=value
        ),
        encoding_advice(),
    )


def encoding_advice() -> str:
    """How to export again without losing letters."""
    return _(
        "Export the answers again and do not open the file in between; "
        "from Excel, save it as 'CSV UTF-8 (Comma delimited)'."
    )


def refuse_columns(file: str, row: int, columns: int) -> None:
    """Refuse rows wider than any survey.

    Raises:
        InputUnusable: If there are more than :data:`MAX_COLUMNS`.
    """
    if columns > MAX_COLUMNS:
        raise InputUnusable(
            _("{file}, row {row}: {count} columns; at most {most} can be read").format(
                file=file, row=row, count=columns, most=MAX_COLUMNS
            ),
            _("Check that this is the export of one form."),
        )


def refuse_rows(file: str, rows: int) -> None:
    """Refuse files longer than a province's whole year.

    Raises:
        InputUnusable: If there are more than :data:`MAX_ROWS`.
    """
    if rows > MAX_ROWS:
        raise InputUnusable(
            _("{file} has more than {most} rows").format(file=file, most=MAX_ROWS),
            _("Split it by month and import each part."),
        )


def _mistaken(text: str) -> bool:
    """Whether *text* is UTF-8 that a program read as Windows-1252 and saved again."""
    if text.isascii():
        return False
    try:
        b"".join(_windows_byte(letter) for letter in text).decode("utf-8")
    except UnicodeError:
        return False
    return True


def _windows_byte(letter: str) -> bytes:
    """The letter's byte in Windows-1252; programs keep its five unused bytes as they are."""
    return bytes([ord(letter)]) if "\x80" <= letter <= "\x9f" else letter.encode("cp1252")
