"""The formulas of the workbook, as people can check them in any spreadsheet program. Pure.

Each repeats a definition of :mod:`reports.measures` on cells with counts, and rounds to what
is shown. They are written as files keep them: English names, commas, a full stop.
"""

from __future__ import annotations

from collections.abc import Sequence

from reports.measures import Z95
from reports.number_text import EMPTY

Z_NAME, Z_FORMULA = "z_95", f"={Z95}"  # a name of the workbook, for the intervals


def column_letter(column: int) -> str:
    """The letters of a column that is counted from 0: A, B, .., Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def share(satisfied: str, whole: str) -> str:
    """*satisfied* (a sum of cells) of *whole*, in per cent."""
    return _unless_zero(whole, f"ROUND(100*({satisfied})/{whole},2)")


def interval(satisfied: str, whole: str, *, high: bool) -> str:
    """One end of Wilson's interval, in per cent."""
    sign, bound, limit = ("+", "MIN", "1") if high else ("-", "MAX", "0")
    yes = f"({satisfied})"
    spread = f"{Z_NAME}*SQRT({yes}*({whole}-{yes})/{whole}+{Z_NAME}^2/4)"
    end = f"({yes}+{Z_NAME}^2/2{sign}{spread})/({whole}+{Z_NAME}^2)"
    return _unless_zero(whole, f"ROUND(100*{bound}({limit},{end}),2)")


def mean(levels: Sequence[str], whole: str) -> str:
    """The mean level; *levels* are the cells from the best level to the worst."""
    best, good, fair, poor, worst = levels
    points = f"5*{best}+4*{good}+3*{fair}+2*{poor}+{worst}"
    return _unless_zero(whole, f"ROUND(({points})/{whole},2)")


def index(levels: Sequence[str], whole: str) -> str:
    """The converted index: (mean - 1) / 4 x 100."""
    best, good, fair, poor, _ = levels
    points = f"4*{best}+3*{good}+2*{fair}+{poor}"
    return _unless_zero(whole, f"ROUND(25*({points})/{whole},2)")


def mean_of_shares(parts: Sequence[tuple[str, str]]) -> str:
    """The plain mean of shares of (satisfied, whole), in per cent; each whole must exist."""
    shares = "+".join(f"({satisfied})/{whole}" for satisfied, whole in parts)
    least = ",".join(whole for _, whole in parts)
    rounded = f"ROUND(100*({shares})/{len(parts)},2)"
    return f'=IF(MIN({least})=0,"{EMPTY}",{rounded})'


def return_rate(came: Sequence[str], opening: str, issued: str, unused: str) -> str:
    """Forms that came back of all that could have, in per cent."""
    had = f"({opening}+{issued}-{unused})"
    return f'=IF({had}<=0,"{EMPTY}",ROUND(100*({"+".join(came)})/{had},2))'


def _unless_zero(whole: str, value: str) -> str:
    return f'=IF({whole}=0,"{EMPTY}",{value})'
