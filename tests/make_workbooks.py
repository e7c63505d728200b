"""Workbooks as programs and people make them, and workbooks that are made to do harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

SHEET = "xl/worksheets/sheet1.xml"


def save_sheet(
    path: Path,
    rows: Iterable[Sequence[Any]],
    *,
    title: str = "Câu trả lời biểu mẫu 1",
    merges: Sequence[str] = (),
    dress: Callable[[Worksheet], None] = lambda _sheet: None,
) -> Path:
    """Write one sheet; *dress* does to it what rows cannot say."""
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for area in merges:
        sheet.merge_cells(area)
    dress(sheet)
    workbook.save(path)
    return path


def rewritten(
    path: Path, change: Callable[[bytes], bytes], part: str = SHEET, out: Path | None = None
) -> Path:
    """The workbook at *path* with one part changed, as by another program's hand."""
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            body = old.read(info)
            new.writestr(info.filename, change(body) if info.filename == part else body)
    target = out or path
    target.write_bytes(packed.getvalue())
    return target
