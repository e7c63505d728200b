"""A workbook of electronic answers, and what is read of it."""

# ruff: noqa: DTZ001 - cells hold times without a zone

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from reports.open_table import open_table
from reports.table import Table

KNOWN = {"Dấu thời gian", "Đơn vị", "Lĩnh vực", "a1", "Mức [Tốt]", "Mức [Xấu]"}

HEADER = ("Dấu thời gian", "Đơn vị", "Lĩnh vực", "a1")
ROW = (datetime(2026, 11, 10, 9, 5, 33), "HP-PC08", "GTDB", 5)


def read(path: Path, sheet: str = "") -> Table:
    """The table of electronic answers in a file."""
    return open_table(path, KNOWN.__contains__, sheet)


def cells(path: Path, sheet: str = "") -> list[tuple[int, tuple[str, ...]]]:
    """Its rows, each with its number in the file."""
    return [(row.number, row.cells) for row in read(path, sheet).rows()]
