"""Reads the cells of one sheet as a stream of rows, in the words a person sees.

Times become ISO 8601 without a zone, whole numbers lose their decimals, cells that show an
error keep its name, and a formula that was never computed stays a formula: none of these is
ever an empty cell. Memory holds one piece of the file at a time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from xml.parsers import expat

from omr.errors import InputUnusable
from omr.i18n import _
from reports.heads import Merge
from reports.table import MAX_COLUMNS, refuse_columns, refuse_rows
from reports.xlsx_parts import Attributes, Parts, SheetPart, Workbook, bare
from reports.xlsx_rows import PlainCell, RowSifter

MAX_CELL = 32_767  # characters; the most that Excel keeps in one cell
MAX_MERGES = 100_000
_LONGEST_NUMBER = 40  # characters of a number or a time
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_AREA = re.compile(rf"{_REFERENCE.pattern}:{_REFERENCE.pattern}")
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - no zone
_MS_A_DAY = 24 * 60 * 60 * 1000
_LAST_SERIAL = 2_958_465  # 31 December 9999
_THOUSANDS = re.compile(r"\d{1,3}\.\d{3}")
_NAMES = {"row", "c", "v", "f", "rPh", "col", "mergeCell"}  # elements that mean something


@dataclass(slots=True)
class Aside:
    """What stands in a sheet beside its cells; complete once all rows were read."""

    merges: list[Merge] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    hidden_rows: list[int] = field(default_factory=list)  # with words
    formulas: int = 0  # never computed by the program that wrote them


SheetRow = tuple[int, list[str]]  # number as people see it; cells from column A on


def read_cells(
    parts: Parts, workbook: Workbook, sheet: SheetPart, aside: Aside
) -> Iterator[SheetRow]:
    """Every row of *sheet* that has words, in order.

    Args:
        parts: The opened workbook.
        workbook: Its shared parts.
        sheet: Which sheet.
        aside: Filled on the way.

    Raises:
        InputUnusable: If the sheet is damaged, goes back in rows, or is larger than any
            survey; with the row, where there is one.
    """
    reader = _Reader(parts.file, workbook, aside)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.handlers()
    parser.CharacterDataHandler = reader.pieces.append
    for _piece in parts.parse(sheet.path, parser, sifter=RowSifter(reader.plain_row)):
        yield from reader.rows
        reader.rows.clear()


class _Reader:
    """Handlers of the parser; finished rows gather in :attr:`rows`.

    They run some ten million times over a large file, so the two that see every cell are
    closures over local names, and text gathers without asking where it stands.
    """

    def __init__(self, file: str, workbook: Workbook, aside: Aside) -> None:
        self.rows: list[SheetRow] = []
        self.pieces: list[str] = []  # text since the last element that cleared it
        self._file = file
        self._words = [_tidy(words) for words in workbook.words]
        self._dates = workbook.date_styles
        self._epoch = _EPOCH_1904 if workbook.from_1904 else _EPOCH
        self._aside = aside
        self._number = 0
        self._row_hidden = False
        self._emitted = 0
        self._phonetic_from = -1  # pieces before a phonetic guide
        self._plain_columns: dict[bytes, int] = {}
        self._plain_dates = {style.encode() for style in workbook.date_styles}

    def handlers(  # noqa: C901, PLR0915 - one scope of local names, see above
        self,
    ) -> tuple[Callable[[str, Attributes], None], Callable[[str], None]]:
        """What the parser calls at the beginning and at the end of each element."""
        kinds: dict[str, str] = {}  # names as written to those that mean something
        pieces, shown, columns = self.pieces, self._shown, dict[str, int]()
        cells: list[str] = []
        column, kind, style, formula = -1, "n", "", None
        digits = 0  # of the row's number
        words = self._words

        def start(name: str, said: Attributes) -> None:  # noqa: C901
            nonlocal column, kind, style, formula, digits
            known = kinds.get(name)
            if known is None:
                known = kinds[name] = _kind(name)
            if known == "v":
                if formula is not None:
                    formula = "".join(pieces)
                pieces.clear()
            elif known == "c":
                ref = said.get("r")
                if ref is None:
                    column += 1
                else:
                    place = columns.get(ref[:-digits])
                    if place is None or ref[-digits:] != str(self._number):
                        place = self._column(ref, columns)
                    if place <= column:
                        raise self._no_cell(ref)
                    column = place
                kind, style, formula = said.get("t", "n"), said.get("s", ""), None
                pieces.clear()
            elif known == "row":
                digits = self._row(said)
                column = -1
                cells.clear()
            elif known == "f":
                formula = ""
                pieces.clear()
            elif known:
                self._seldom(known, said)

        def end(name: str) -> None:
            known = kinds[name]
            if known == "c":
                value = "".join(pieces)
                if kind == "s" and value.isdecimal() and int(value) < len(words):
                    text = words[int(value)]
                else:
                    text = shown(kind, style, value, formula)
                if text:
                    if column >= MAX_COLUMNS:
                        refuse_columns(self._file, self._number, column + 1)
                    while len(cells) < column:
                        cells.append("")
                    cells.append(text)
            elif known == "row":
                self._finish_row(cells)
            elif known == "rPh":
                del pieces[self._phonetic_from :]

        return start, end

    def plain_row(self, row: bytes, cells: Sequence[PlainCell]) -> bool:
        """Take in a row that is written plainly; False where the parser has to say more."""
        number = int(row)
        if number <= self._number:
            return False
        words, columns, dates = self._words, self._plain_columns, self._plain_dates
        shown: list[str] = []
        last = -1
        for letters, digits, style, kind, value in cells:
            column = columns.get(letters)
            if column is None:
                column = columns[letters] = _column_of(letters.decode())
            if digits != row or column <= last or column >= MAX_COLUMNS:
                return False
            last = column
            if not value:
                continue
            if kind == b"s":
                if not value.isdigit() or int(value) >= len(words):
                    return False
                text = words[int(value)]
            else:
                said = value.decode()
                text = _moment(said, self._epoch) if style in dates else number_text(said)
            if text:
                while len(shown) < column:
                    shown.append("")
                shown.append(text)
        self._number, self._row_hidden = number, False
        self._finish_row(shown)
        return True

    def _seldom(self, known: str, said: Attributes) -> None:
        if known == "rPh":
            self._phonetic_from = len(self.pieces)
        elif known == "col":
            self._col(said)
        elif known == "mergeCell":
            self._merge(said.get("ref", ""))

    def _row(self, said: Attributes) -> int:
        """Begin a row; how many digits its number has."""
        number, before = said.get("r", ""), self._number
        self._number = int(number) if number.isdecimal() and len(number) < 8 else before + 1
        if self._number <= before:
            raise self._strange(_("its rows are not in order"))
        self._row_hidden = said.get("hidden", "0") in {"1", "true"}
        return len(str(self._number))

    def _column(self, ref: str, columns: dict[str, int]) -> int:
        """The column that a reference names, noted in *columns* by its letters."""
        match = _REFERENCE.fullmatch(ref)
        if match is None or int(match[2]) != self._number:
            raise self._no_cell(ref)
        columns[match[1]] = _column_of(match[1])
        return columns[match[1]]

    def _no_cell(self, ref: str) -> InputUnusable:
        return self._strange(_("there can be no cell {ref}").format(ref=repr(ref[:20])))

    def _shown(self, kind: str, style: str, value: str, formula: str | None) -> str:
        """What the cell shows. Text before a value's element was a formula's."""
        if kind == "s":
            if not value.strip():
                return ""
            raise self._strange(_("it names words that it does not have"))
        if formula == "" and value:  # no value came after the formula
            formula, value = value, ""
        if not value.strip():
            if formula is None:
                return ""
            self._aside.formulas += 1  # saved by a program that does not compute
            return _tidy(f"={formula}")
        if kind in {"inlineStr", "str", "e"}:
            if len(value) > MAX_CELL:
                raise self._strange(
                    _("a cell holds more than {most} characters").format(most=MAX_CELL)
                )
            return _tidy(value)
        value = value.strip()[:_LONGEST_NUMBER]
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if kind == "d":
            return value
        return _moment(value, self._epoch) if style in self._dates else number_text(value)

    def _finish_row(self, cells: list[str]) -> None:
        if not cells:
            return
        self._emitted += 1
        refuse_rows(self._file, self._emitted)
        if self._row_hidden:
            self._aside.hidden_rows.append(self._number)
        self.rows.append((self._number, cells.copy()))

    def _col(self, said: Attributes) -> None:
        first, last = said.get("min", ""), said.get("max", "")
        hidden = said.get("hidden", "0") in {"1", "true"}
        if hidden and first.isdecimal() and last.isdecimal() and max(len(first), len(last)) < 8:
            self._aside.hidden_columns.update(range(int(first) - 1, min(int(last), MAX_COLUMNS)))

    def _merge(self, ref: str) -> None:
        corners = _AREA.fullmatch(ref)
        if corners is None:
            return
        if len(self._aside.merges) >= MAX_MERGES:
            raise self._strange(_("it has too many merged cells"))
        left, right = _column_of(corners[1]), _column_of(corners[3])
        top, bottom = int(corners[2]), int(corners[4])
        if left <= right and top <= bottom:
            self._aside.merges.append(Merge(top, left, bottom, right))

    def _strange(self, what: str) -> InputUnusable:
        return InputUnusable(
            _("{file}, row {row}: {what}").format(file=self._file, row=self._number, what=what),
            _("Open it in a spreadsheet program, save it as .xlsx again, and import that file."),
        )


def _kind(name: str) -> str:
    plain = bare(name)
    return plain if plain in _NAMES else ""


def number_text(value: str) -> str:
    """A number as a person writes it: ``5.0`` and ``5`` are ``5``.

    Three decimals get a nought more, so that 1.234 is never taken for one thousand.
    """
    tidy = value.strip()
    if tidy.isdecimal() and len(tidy) <= 15:
        return tidy
    try:
        number = float(tidy)
    except ValueError:
        return tidy
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    written = repr(number)
    return written + "0" if _THOUSANDS.fullmatch(written) else written


def _moment(value: str, epoch: datetime) -> str:
    """The ISO 8601 text of a date cell; the number itself where there is no such day."""
    try:
        serial = float(value)
    except ValueError:
        return value.strip()
    if not 0 <= serial <= _LAST_SERIAL:
        return number_text(value)
    milliseconds = round(serial * _MS_A_DAY)
    # A double holds a time of this century to a few microseconds; the last digit is rounding.
    whole = round(milliseconds / 1000) * 1000
    if abs(milliseconds - whole) <= 1:
        milliseconds = whole
    if serial < 1:
        return (epoch + timedelta(milliseconds=milliseconds)).time().isoformat("seconds")
    at = epoch + timedelta(milliseconds=milliseconds)
    if serial.is_integer():
        return at.date().isoformat()
    return at.isoformat(timespec="milliseconds" if at.microsecond else "seconds")


@lru_cache(maxsize=4096)
def _tidy(words: str) -> str:
    return unicodedata.normalize("NFC", words).replace("_x000D_", "").strip()


def _column_of(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1
