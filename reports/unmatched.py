"""What an export says that could not be used, each with its place in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from omr.i18n import _

_MOST_SPANS = 60  # runs of rows named in one line


class Trouble(StrEnum):
    """What is wrong with a row, a column or a cell (stable words, kept in the ledger)."""

    # the row is not imported
    BAD_TIME = "bad-time"
    UNKNOWN_UNIT = "unknown-unit"
    UNIT_NOT_VALID = "unit-not-valid"
    UNKNOWN_DOMAIN = "unknown-domain"
    SURPLUS_CELLS = "surplus-cells"
    CUT_OFF = "cut-off"
    BAD_PERIOD = "bad-period"
    UNKNOWN_QUESTION = "unknown-question"
    UNKNOWN_OPTION_ROW = "unknown-option-row"
    BAD_COUNT = "bad-count"
    MERGED_COUNT = "merged-count"
    COUNTED_BEFORE = "counted-before"
    CONTRADICTING_COLUMNS = "contradicting-columns"
    HELD_BACK = "held-back"
    TOTAL_TOO_SMALL = "total-too-small"
    # the row is imported without this answer
    UNKNOWN_OPTION = "unknown-option"
    CONTRADICTION = "contradiction"
    NOT_ASKED = "not-asked"
    # the column is not imported
    UNMAPPED_COLUMN = "unmapped-column"
    # only to be known; everything was imported
    UNIT_WITHOUT_DOMAIN = "unit-without-domain"
    TOTAL_ROW = "total-row"
    TOTAL_DIFFERS = "total-differs"
    SUM_DIFFERS = "sum-differs"


REFUSES_ROW = frozenset(
    {
        Trouble.BAD_TIME,
        Trouble.UNKNOWN_UNIT,
        Trouble.UNIT_NOT_VALID,
        Trouble.UNKNOWN_DOMAIN,
        Trouble.SURPLUS_CELLS,
        Trouble.CUT_OFF,
        Trouble.BAD_PERIOD,
        Trouble.UNKNOWN_QUESTION,
        Trouble.UNKNOWN_OPTION_ROW,
        Trouble.BAD_COUNT,
        Trouble.MERGED_COUNT,
        Trouble.COUNTED_BEFORE,
        Trouble.CONTRADICTING_COLUMNS,
        Trouble.HELD_BACK,
        Trouble.TOTAL_TOO_SMALL,
    }
)
LEAVES_OUT_ANSWER = frozenset({Trouble.UNKNOWN_OPTION, Trouble.CONTRADICTION, Trouble.NOT_ASKED})
ONLY_TO_BE_KNOWN = frozenset(
    {
        Trouble.UNIT_WITHOUT_DOMAIN,
        Trouble.TOTAL_ROW,
        Trouble.TOTAL_DIFFERS,
        Trouble.SUM_DIFFERS,
    }
)


Spans = list[list[int]]  # first and last row of each run of rows


@dataclass(frozen=True, slots=True)
class Unmatched:
    """One thing that could not be used, in however many rows."""

    trouble: Trouble
    row: int  # the first, as a spreadsheet counts
    column: str  # header; empty where the whole row is meant
    value: str
    rows: str = ""  # all of them: "2-5, 9"
    times: int = 1

    def as_json(self) -> dict[str, str | int]:
        """As the ledger keeps it."""
        return {
            "trouble": self.trouble.value,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "rows": self.rows or str(self.row),
            "times": self.times,
        }


class Findings:
    """Gathers what does not fit: the same thing in many rows takes the room of one."""

    def __init__(self) -> None:
        self.refusals = 0  # things noted that refuse their row
        self._spans: dict[tuple[Trouble, str, str], Spans] = {}

    def note(self, trouble: Trouble, row: int, column: str = "", value: str = "") -> None:
        """Note that *value* in *column* of *row* is in *trouble*."""
        self.refusals += trouble in REFUSES_ROW
        spans = self._spans.setdefault((trouble, column, value), [])
        if spans and spans[-1][1] + 1 >= row >= spans[-1][0]:
            spans[-1][1] = max(row, spans[-1][1])
        else:
            spans.append([row, row])

    def found(self) -> tuple[Unmatched, ...]:
        """Everything, in the order of first rows."""
        every = [
            Unmatched(
                trouble,
                spans[0][0],
                column,
                value,
                rows=_spans_text(spans),
                times=sum(last - first + 1 for first, last in spans),
            )
            for (trouble, column, value), spans in self._spans.items()
        ]
        return tuple(sorted(every, key=lambda one: one.row))


def sentences(found: Iterable[Unmatched]) -> Iterator[str]:
    """One line for each thing to cure, with all its rows."""
    words = _words()
    for one in found:
        place = _("row {rows}") if one.times == 1 else _("rows {rows}")
        yield "{place}{column}: {what}{value}".format(
            place=place.format(rows=one.rows or one.row),
            column=_(", column '{column}'").format(column=printable(one.column))
            if one.column
            else "",
            what=words[one.trouble],
            value=_said(one.value, asked=words[one.trouble].endswith(":")),
        )


def _said(value: str, *, asked: bool) -> str:
    if value:
        return f" '{printable(value)}'"
    return " " + _("(nothing)") if asked else ""


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
        Trouble.BAD_PERIOD: _("row not imported, this is no reporting month:"),
        Trouble.UNKNOWN_QUESTION: _("row not imported, its domain's survey has no such question:"),
        Trouble.UNKNOWN_OPTION_ROW: _("row not imported, no option of the question:"),
        Trouble.BAD_COUNT: _("row not imported, this is no whole number:"),
        Trouble.MERGED_COUNT: _("row not imported, one number stands in merged cells:"),
        Trouble.HELD_BACK: _("row not imported, another row about the same was not:"),
        Trouble.CONTRADICTING_COLUMNS: _("row not imported, two columns count the same:"),
        Trouble.COUNTED_BEFORE: _("row not imported, the file has counted this already:"),
        Trouble.TOTAL_TOO_SMALL: _("row not imported, its numbers add up to more than its total:"),
        Trouble.TOTAL_ROW: _("a row of totals, not imported"),
        Trouble.TOTAL_DIFFERS: _("imported, but its numbers add up to less than its total:"),
        Trouble.SUM_DIFFERS: _("the file's own total is not the sum of its rows:"),
    }


def ranges(numbers: Sequence[int]) -> str:
    """``2-5, 9``."""
    ordered = sorted(set(numbers))
    starts = [0] + [i for i, (a, b) in enumerate(pairwise(ordered), start=1) if b != a + 1]
    return _spans_text(
        [[ordered[begin], ordered[end - 1]] for begin, end in pairwise([*starts, len(ordered)])]
    )


def _spans_text(spans: Sequence[Sequence[int]]) -> str:
    shown = [f"{first}" if first == last else f"{first}-{last}" for first, last in spans]
    if len(shown) > _MOST_SPANS:
        shown[_MOST_SPANS:] = [f"… {spans[-1][1]}"]
    return ", ".join(shown)


def printable(text: str) -> str:
    """*text* on one line, without control characters: it comes from outside."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
