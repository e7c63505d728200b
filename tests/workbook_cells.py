"""What the cells of a workbook hold, for tests."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

Cells = dict[str, dict[str, Any]]  # of each sheet, by address


def read(body: bytes, *, values: bool = True) -> Cells:
    """The cells that hold something; with *values*, of formulas what is cached."""
    book = load_workbook(BytesIO(body), data_only=values)
    return {
        sheet.title: {
            cell.coordinate: cell.value
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        for sheet in book.worksheets
    }


def formulas(body: bytes) -> dict[tuple[str, str], str]:
    """Every formula, by its sheet and address."""
    return {
        (sheet, address): value
        for sheet, cells in read(body, values=False).items()
        for address, value in cells.items()
        if isinstance(value, str) and value.startswith("=")
    }


def rows_of(cells: dict[str, Any], letter: str) -> list[int]:
    """The rows that hold something in a column."""
    return [int(each[1:]) for each in cells if re.fullmatch(rf"{letter}\d+", each)]


def numbers_in(cells: dict[str, Any], row: int) -> list[Any]:
    """The numbers of a row of form 01, from column D on."""
    return [cells.get(f"{letter}{row}") for letter in "DEFGHIJKLMNOPQRST"]
