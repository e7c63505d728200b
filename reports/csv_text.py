"""CSV as offices open it: no cell starts a formula. Pure."""

from __future__ import annotations

import csv
import io
import string
import unicodedata
from collections.abc import Iterable, Sequence

# What spreadsheets take for the beginning of a formula, also in full width.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_STARTS = frozenset(string.ascii_letters + string.digits)


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]], *, raw: bool = False) -> str:
    """A table as CSV, a line feed after each row.

    Args:
        head: The names of the columns.
        rows: Their cells; None is an empty one.
        raw: The cells were made safe before.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow(row if raw else [_cell(each) for each in row])
    return stream.getvalue()


def safe_text(text: str) -> str:
    """*text* such that no spreadsheet takes it for a formula."""
    if not text or text[0] in _PLAIN_STARTS:  # most cells, in far less time
        return text
    start = unicodedata.normalize("NFKC", text).lstrip(" \u00a0")
    return f"'{text}" if start.startswith(_FORMULA_STARTS) else text


def _cell(cell: object) -> object:
    if cell is None:
        return ""
    return safe_text(cell) if isinstance(cell, str) else cell
