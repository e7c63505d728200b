"""What an export says that could not be used, each with its place in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from omr.i18n import _


class Trouble(StrEnum):
    """What is wrong with a row, a column or a cell (stable words, kept in the ledger)."""

    # the row is not imported
    BAD_TIME = "bad-time"
    UNKNOWN_UNIT = "unknown-unit"
    UNIT_NOT_VALID = "unit-not-valid"
    UNKNOWN_DOMAIN = "unknown-domain"
    SURPLUS_CELLS = "surplus-cells"
    CUT_OFF = "cut-off"
    # the row is imported without this answer
    UNKNOWN_OPTION = "unknown-option"
    CONTRADICTION = "contradiction"
    NOT_ASKED = "not-asked"
    # the column is not imported
    UNMAPPED_COLUMN = "unmapped-column"
    # only to be known; everything was imported
    UNIT_WITHOUT_DOMAIN = "unit-without-domain"


REFUSES_ROW = frozenset(
    {
        Trouble.BAD_TIME,
        Trouble.UNKNOWN_UNIT,
        Trouble.UNIT_NOT_VALID,
        Trouble.UNKNOWN_DOMAIN,
        Trouble.SURPLUS_CELLS,
        Trouble.CUT_OFF,
    }
)
ONLY_TO_BE_KNOWN = frozenset({Trouble.UNIT_WITHOUT_DOMAIN})


@dataclass(frozen=True, slots=True)
class Unmatched:
    """One thing that could not be used."""

    trouble: Trouble
    row: int  # as a spreadsheet counts
    column: str  # header; empty where the whole row is meant
    value: str

    def as_json(self) -> dict[str, str | int]:
        """As the ledger keeps it."""
        return {
            "trouble": self.trouble.value,
            "row": self.row,
            "column": self.column,
            "value": self.value,
        }


def sentences(found: Iterable[Unmatched]) -> Iterator[str]:
    """One line for each thing to cure, with all its rows, in the order of first rows.

    A column that means nothing is one line, whatever its cells say.
    """
    rows: dict[tuple[Trouble, str, str], list[int]] = {}
    for one in found:
        value = "" if one.trouble is Trouble.UNMAPPED_COLUMN else one.value
        rows.setdefault((one.trouble, one.column, value), []).append(one.row)
    words = _words()
    for (trouble, column, value), numbers in rows.items():
        place = _("row {rows}") if len(numbers) == 1 else _("rows {rows}")
        yield "{place}{column}: {what}{value}".format(
            place=place.format(rows=ranges(numbers)),
            column=_(", column '{column}'").format(column=printable(column)) if column else "",
            what=words[trouble],
            value=f" '{printable(value)}'" if value else "",
        )


def _words() -> dict[Trouble, str]:
    return {
        Trouble.BAD_TIME: _("row not imported, this is no readable time:"),
        Trouble.UNKNOWN_UNIT: _("row not imported, no unit has this name or code:"),
        Trouble.UNIT_NOT_VALID: _("row not imported, the unit was not valid on that day:"),
        Trouble.UNKNOWN_DOMAIN: _("row not imported, no domain has this name or id:"),
        Trouble.SURPLUS_CELLS: _("row not imported, it has more cells than the header:"),
        Trouble.CUT_OFF: _("row not imported, the file ends within it"),
        Trouble.UNKNOWN_OPTION: _("no option of the question; answer left out, words kept:"),
        Trouble.CONTRADICTION: _("two columns of one question differ; answer left out:"),
        Trouble.NOT_ASKED: _("this row's domain does not ask this; not imported:"),
        Trouble.UNMAPPED_COLUMN: _("no question of the survey; column not imported"),
        Trouble.UNIT_WITHOUT_DOMAIN: _("imported, but units.csv gives the unit no such domain:"),
    }


def ranges(numbers: Sequence[int]) -> str:
    """``2-5, 9``."""
    ordered = sorted(set(numbers))
    starts = [0] + [i for i, (a, b) in enumerate(pairwise(ordered), start=1) if b != a + 1]
    parts = []
    for begin, end in pairwise([*starts, len(ordered)]):
        first, last = ordered[begin], ordered[end - 1]
        parts.append(str(first) if first == last else f"{first}-{last}")
    return ", ".join(parts)


def printable(text: str) -> str:
    """*text* on one line, without control characters: it comes from outside."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
