"""Opens an export, whatever its file: CSV (also within Google's ZIP) or workbook."""

from __future__ import annotations

from pathlib import Path

from omr.errors import InputUnusable
from omr.i18n import _
from reports.csv_table import read_csv
from reports.file_source import FileKind, file_source
from reports.table import KnownHeader, Table
from reports.xlsx_table import read_xlsx


def open_table(path: Path, known: KnownHeader, sheet: str = "") -> Table:
    """Open the export at *path*; the bytes decide what it is, not the name.

    Args:
        path: The file.
        known: Whether a header means something.
        sheet: Name of a workbook's sheet, or empty.

    Raises:
        InputUnusable: If it cannot be read, with a remedy.
    """
    source = file_source(path)
    if source.kind is FileKind.WORKBOOK:
        return read_xlsx(source, known, sheet)
    if sheet:
        raise InputUnusable(
            _("{file} is a CSV file and has no sheets").format(file=source.name),
            _("Leave --sheet out."),
        )
    return read_csv(source, known)
