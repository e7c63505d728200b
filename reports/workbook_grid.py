"""The cells of one table, written by the key of their column.

The grid remembers every count, so that a formula is only written where it gives the number
of the results; see :meth:`Grid.total`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

from reports.number_text import EMPTY, WITHHELD
from reports.workbook_book import INDENT_PX, ROW_PT, TABLE_PT, Book, Kind, Tone
from reports.workbook_formulas import column_letter
from reports.workbook_text import Pair, height, lines, tidy

Number = int | Decimal


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    key: str
    head: Pair
    px: int  # width on the screen
    number: str  # in the row below the heads: "A", "1", "3=1+2"
    over: Pair | None = None  # head above neighbours that share it


@dataclass(frozen=True, slots=True)
class Parts:
    """What a total is the sum of."""

    formula: str  # with {c} for the letter of the column
    rows: Sequence[int]  # 0-based
    grid: Grid


@dataclass(frozen=True, slots=True)
class Box:
    """A place for something that lies over cells."""

    row: int  # of its upper left corner, from 0
    column: int
    width: int  # pixels
    height: int


class Grid:
    """A table that is being written.

    ``row`` is where the next cells go, ``first`` the table's first row; both from 0.
    """

    def __init__(self, book: Book, name: str, columns: Sequence[Column]) -> None:
        self.book, self.name, self.columns = book, name, columns
        self.ws: Any = book.add_worksheet(name)
        self.row = self.first = 0  # first: of the table
        self.tone = Tone.LEAF
        self._at = {column.key: place for place, column in enumerate(columns)}
        self._counts: dict[tuple[int, str], int] = {}
        self._heights: dict[int, float] = {}  # of rows that are no ordinary ones, in points
        for place, column in enumerate(columns):
            self.ws.set_column_pixels(place, place, column.px)

    def letter(self, key: str) -> str:
        """The letters of a column."""
        return column_letter(self._at[key])

    def has(self, key: str) -> bool:
        """Whether the table has that column."""
        return key in self._at

    def ref(self, key: str, row: int | None = None) -> str:
        """A cell as formulas name it; by default of the present row."""
        return f"{self.letter(key)}{(self.row if row is None else row) + 1}"

    def far_ref(self, key: str, row: int) -> str:
        """The same from other sheets."""
        return f"'{self.name}'!{self.ref(key, row)}"

    def number_at(self, key: str, row: int | None = None) -> int | None:
        """The count that was written there; None: none."""
        return self._counts.get((self.row if row is None else row, key))

    def text(self, key: str, text: str, kind: Kind = Kind.TEXT) -> None:
        """A text; never a formula, whatever it begins with."""
        clean = tidy(text)
        self._string(key, clean, self.book.cell(kind, self.tone, clean))
        px = self.columns[self._at[key]].px - (
            INDENT_PX if kind in {Kind.INDENTED, Kind.AGAIN} else 0
        )
        bold = self.tone in {Tone.GROUP, Tone.TOTAL}
        self.at_least(self.row, lines(clean, px, TABLE_PT, bold=bold), TABLE_PT)

    def link(self, key: str, text: str, sheet_name: str) -> None:
        """A text that leads to another sheet of this file."""
        style = self.book.style(
            border=1, align="left", text_wrap=True, underline=1, font_color="#1F3864"
        )
        target = f"internal:'{sheet_name}'!A1"
        self.ws.write_url(self.row, self._at[key], target, style, string=tidy(text))

    def count(self, key: str, count: int | None) -> None:
        """A count; None must not be shown."""
        if count is None:
            self._mark(key, WITHHELD)
        else:
            self._counts[self.row, key] = count
            style = self.book.cell(Kind.COUNT, self.tone)
            self.ws.write_number(self.row, self._at[key], count, style)

    def number(self, key: str, number: int, kind: Kind) -> None:
        """A number that is no count, such as a serial or a year."""
        self.ws.write_number(self.row, self._at[key], number, self.book.cell(kind, self.tone))

    def value(self, key: str, value: Decimal | None, *, withheld: bool = False) -> None:
        """A rounded measure; None has no denominator, or is *withheld*."""
        if value is None:
            self._mark(key, WITHHELD if withheld else EMPTY)
        else:
            style = self.book.cell(Kind.DECIMAL, self.tone)
            self.ws.write_number(self.row, self._at[key], float(value), style)

    def picture(self, key: str, data: bytes, options: dict[str, Any]) -> None:
        """A picture over a cell; *options* as the library names them."""
        self.ws.insert_image(
            self.row, self._at[key], "picture", options | {"image_data": BytesIO(data)}
        )

    def empty(self, key: str) -> None:
        """A dash: there is no such number."""
        self._mark(key, EMPTY)

    def formula(self, key: str, formula: str, value: Number | str, kind: Kind) -> None:
        """A live formula, with the value that it has."""
        if isinstance(value, int):
            self._counts[self.row, key] = value
        shown = float(value) if isinstance(value, Decimal) else value
        kind = Kind.CENTRE if value in {EMPTY, WITHHELD} and kind is Kind.TEXT else kind
        style = self.book.cell(kind, self.tone)
        self.ws.write_formula(self.row, self._at[key], formula, style, shown)

    def derived(
        self,
        key: str,
        formula: str,
        value: Number | None,
        needs: Sequence[str],
        kind: Kind = Kind.DECIMAL,
    ) -> None:
        """A measure as a formula, if every count that it needs is shown in its row.

        Args:
            key: Of the column.
            formula: What gives *value*.
            value: Of the results; None: no denominator, or withheld where counts are.
            needs: Columns with counts.
            kind: Of the cell.
        """
        if all(self.number_at(need) is not None for need in needs):
            self.formula(key, formula, EMPTY if value is None else value, kind)
        elif isinstance(value, int):
            self.count(key, value)
        else:
            self.value(key, value, withheld=True)

    def total(self, key: str, parts: Parts, expected: int | None) -> None:
        """The sum of counts in the same column of other rows.

        Where counts among them are withheld the sum cannot be live: the number of the
        results stands there, or a star.

        Raises:
            ValueError: If the parts, all shown, do not add up to what the results say.
        """
        shown = [parts.grid.number_at(key, row) for row in parts.rows]
        if expected is None:
            self.count(key, None)
        elif sum(each or 0 for each in shown) == expected:
            column = parts.grid.letter(key)
            self.formula(key, f"={parts.formula.format(c=column)}", expected, Kind.COUNT)
        elif self.book.results.outside and None in shown:
            self.count(key, expected)
        else:
            raise ValueError(f"{self.name}, {key}: {shown} do not add up to {expected}")

    def set_height(self, row: int, points: float) -> None:
        """Give a row its height."""
        self._heights[row] = points
        self.ws.set_row(row, points)

    def at_least(self, row: int, line_count: int, points: float) -> None:
        """Make a row high enough for so many lines; not every program does so by itself."""
        if line_count > 1 and height(line_count, points) > self._heights.get(row, 0):
            self.set_height(row, height(line_count, points))

    def area(self, key: str, first: int, last: int) -> None:
        """Make one cell of a column's rows from *first* to *last*."""
        column = self._at[key]
        style = self.book.cell(Kind.TEXT, Tone.LEAF)
        self.ws.merge_range(first, column, last, column, "", style)

    def box(self, key: str, first: int, last: int) -> Box:
        """Where these rows of a column are."""
        high = sum(self._heights.get(row, ROW_PT) for row in range(first, last + 1)) * 96 / 72
        return Box(first, self._at[key], self.columns[self._at[key]].px, int(high))

    def whole_height(self) -> float:
        """The height of everything above the present row, in points."""
        return sum(self._heights.get(row, ROW_PT) for row in range(self.row))

    def blanks(self) -> None:
        """Borders for every cell of the row that nothing is written to."""
        for place in range(len(self.columns)):
            self.ws.write_blank(self.row, place, None, self.book.cell(Kind.TEXT, self.tone))

    def band(self, symbol: str, words: str, tone: Tone = Tone.GROUP) -> None:
        """A row that only names a part of the table; the next row follows."""
        self.tone = tone
        self.blanks()
        clean = tidy(words)
        style = self.book.cell(Kind.TEXT, tone, clean)
        self._string(self.columns[0].key, symbol, self.book.cell(Kind.CENTRE, tone))
        self.merge(self.row, 1, len(self.columns) - 1, clean, style)
        self.step()

    def step(self) -> None:
        """Go to the next row, an ordinary one."""
        self.row += 1
        self.tone = Tone.LEAF

    def filter(self, last: int) -> None:
        """Offer filters for the rows from the present table's first to *last*."""
        self.ws.autofilter(self.first - 1, 0, last, len(self.columns) - 1)

    def px(self, first: int, end: int) -> int:
        """How wide the columns from *first* up to *end*, not with it, are."""
        return sum(column.px for column in self.columns[first:end])

    def _mark(self, key: str, mark: str) -> None:
        self._string(key, mark, self.book.cell(Kind.COUNT, self.tone))

    def _string(self, key: str, text: str, style: Any) -> None:
        if self.ws.write_string(self.row, self._at[key], text, style):
            raise ValueError(f"{self.name}: a text of {len(text)} letters does not fit a cell")

    def merge(self, row: int, first: int, last: int, text: str, style: Any) -> None:
        """A text over the columns from *first* to *last*, or in the only one."""
        if first == last:
            self.ws.write_string(row, first, text, style)
        else:
            self.ws.merge_range(row, first, row, last, "", style)
            self.ws.write_string(row, first, text, style)
