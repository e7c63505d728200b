"""Finds the header of a table, also below titles and over merged cells. Pure.

Programs write the header first. People put titles above it, spread it over two rows and
number its columns below; the header is the block of rows in which most words are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from omr.i18n import _
from reports.table import KnownHeader

LOOKED_AT = 40  # rows; office forms put some ten lines above a table
_LEAST_KNOWN = 2  # known words that make a row other than the first one a header
_TALLEST = 3  # rows of one header
# Under the heads of an office table: A, B, 1, 2, 3=1+2
_LETTER = re.compile(r"\(?[A-Z]\)?")
_NUMBER = re.compile(r"\(?(\d{1,2})\)?(?:\s*=.*)?")
_LEAST_NUMBERS = 3


@dataclass(frozen=True, slots=True)
class Merge:
    """Merged cells: row numbers from 1, columns from 0, ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Head:
    """A header and the rows that it takes."""

    header: tuple[str, ...]
    first: int
    last: int

    def told(self, rows: Iterable[tuple[int, Sequence[str]]], *, skips: int) -> Iterator[str]:
        """What a person has to know about the rows around it (as *rows* has them)."""
        by_number = dict(rows)
        above = {n: cells for n, cells in by_number.items() if n < self.first and any(cells)}
        if above:
            words = " | ".join(filter(None, chain.from_iterable(above.values())))
            yield _("above the header (row {row}) and not read: '{words}'").format(
                row=self.first, words=words if len(words) <= 200 else words[:199] + "…"
            )
        if self.first < self.last:
            yield _("the header stands in rows {first} to {last}").format(
                first=self.first, last=self.last
            )
        if skips > self.last:
            yield _("row {row} only numbers the columns and was not read").format(row=skips)


def find_head(
    rows: Sequence[tuple[int, Sequence[str]]], merges: Sequence[Merge], known: KnownHeader
) -> Head | None:
    """The header of a table; its first row with words where nothing is known.

    Args:
        rows: The table's first rows with their numbers, as many as :data:`LOOKED_AT`.
        merges: The table's merged cells.
        known: Whether a header means something.

    Returns:
        The header; None if no row has any words.
    """
    by_number = {number: cells for number, cells in rows if any(cells)}
    if not by_number:
        return None
    best: Head | None = None
    most = _LEAST_KNOWN - 1
    for top in by_number:
        for bottom in _bottoms(top, merges):
            head = Head(_composed(by_number, merges, top, bottom), top, bottom)
            found = len({words for words in head.header if words and known(words)})
            if found > most:
                best, most = head, found
    if best is None:
        top = min(by_number)
        bottom = min(_bottoms(top, merges))
        best = Head(_composed(by_number, merges, top, bottom), top, bottom)
    return best


def numbers_columns(cells: Sequence[str]) -> bool:
    """Whether a row under the header only numbers the columns (A, B, 1, 2, 3=1+2)."""
    numbers = []
    unlike_data = False  # bare numbers alone may be somebody's counts
    for cell in filter(None, cells):
        match = _NUMBER.fullmatch(cell)
        unlike_data |= match is None or match[0] != match[1]
        if match:
            numbers.append(int(match[1]))
        elif numbers or not _LETTER.fullmatch(cell):
            return False
    return (
        unlike_data
        and len(numbers) >= _LEAST_NUMBERS
        and numbers == list(range(1, len(numbers) + 1))
    )


def _bottoms(top: int, merges: Sequence[Merge]) -> list[int]:
    """The last rows that a header beginning at *top* may have."""
    here = [merge for merge in merges if merge.top == top]
    least = max((merge.bottom for merge in here), default=top)
    least = min(least, top + _TALLEST - 1)
    groups = any(merge.right > merge.left and merge.bottom == least for merge in here)
    return [least, least + 1] if groups else [least]


def _composed(
    rows: dict[int, Sequence[str]], merges: Sequence[Merge], top: int, bottom: int
) -> tuple[str, ...]:
    """The header's words column by column; a group's word stands before [the column's own]."""
    if top == bottom and not any(m.top <= top <= m.bottom for m in merges):
        return tuple(rows[top])
    inside = [m for m in merges if top <= m.top <= bottom]
    widths = [len(rows.get(number, ())) for number in range(top, bottom + 1)]
    width = max(*widths, *(m.right + 1 for m in inside), 0)
    header = []
    for place in range(width):
        words: list[str] = []
        for number in range(top, bottom + 1):
            cells = rows.get(number, ())
            own = cells[place] if place < len(cells) else ""
            # A merge over columns names the group they form only where the header goes on
            # below it.
            for merge in inside:
                if not own and merge.top == number < bottom and merge.left < place <= merge.right:
                    anchor = rows.get(number, ())
                    own = anchor[merge.left] if merge.left < len(anchor) else ""
            if own and own not in words[-1:]:
                words.append(own)
        *groups, last = words or [""]
        header.append(f"{' / '.join(groups)} [{last}]" if groups else last)
    while header and not header[-1]:
        header.pop()
    return tuple(header)
