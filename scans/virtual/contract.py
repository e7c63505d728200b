"""Reads the manifest and layout files of a print run; the only source of positions here.

Lengths are millimetres from a sheet's top-left corner, x right, y down.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from omr.errors import InputUnusable
from omr.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SHEET_FIELDS = ("pdf_page", "x_mm", "y_mm", "serial", "unit", "domain", "layout")
_LAYOUT_FIELDS = ("layout", "page", "questions", "bubbles", "fiducials", "codes")


@dataclass(frozen=True, slots=True)
class PrintedSheet:
    """One line of the manifest: a sheet and where it lies in the printed PDF."""

    pdf_page: int
    x_mm: float
    y_mm: float
    serial: str
    unit: str
    domain: str
    layout: str


@dataclass(frozen=True, slots=True)
class PrintedForms:
    """A print run: the PDF, its sheets in page order, and the layouts by id (contract dicts)."""

    pdf: Path
    sheets: tuple[PrintedSheet, ...]
    layouts: Mapping[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one option of one question is marked: centre and size in millimetres."""

    question: str
    option: str
    x_mm: float
    y_mm: float
    w_mm: float
    h_mm: float


def spots(layout: Mapping[str, Any]) -> tuple[Spot, ...]:
    """All bubbles of *layout*, in its order."""
    return tuple(
        Spot(b["question"], b["option"], b["x_mm"], b["y_mm"], b["w_mm"], b["h_mm"])
        for b in layout["bubbles"]
    )


def options(layout: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Option ids of every question, in the layout's order."""
    found: dict[str, list[str]] = {q["id"]: [] for q in layout["questions"]}
    for bubble in layout["bubbles"]:
        found[bubble["question"]].append(bubble["option"])
    return {question: tuple(ids) for question, ids in found.items()}


def read_layout(path: Path) -> dict[str, Any]:
    """The layout in *path*.

    Raises:
        InputUnusable: It is not a layout file.
    """
    try:
        layout = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputUnusable(
            _("{path} cannot be read as a layout: {error}").format(path=path, error=error),
            _("Write the layouts again with: omr forms layouts"),
        ) from error
    missing = [f for f in _LAYOUT_FIELDS if not isinstance(layout, dict) or f not in layout]
    known = set() if missing else {q["id"] for q in layout["questions"]}
    if missing or any(b["question"] not in known for b in layout["bubbles"]):
        raise InputUnusable(
            _("{path} is no layout: {missing} missing").format(
                path=path, missing=", ".join(missing) or _("a bubble's question")
            ),
            _("Write the layouts again with: omr forms layouts"),
        )
    return dict(layout)


def read_manifest(path: Path) -> tuple[PrintedSheet, ...]:
    """The sheets of *path*, in page order.

    Raises:
        InputUnusable: A line is no manifest line; the message names it.
    """
    sheets: list[PrintedSheet] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise InputUnusable(
            _("{path} cannot be read: {error}").format(path=path, error=error),
            _("Print again with --manifest"),
        ) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            sheets.append(PrintedSheet(**{field: row[field] for field in _SHEET_FIELDS}))
        except (ValueError, KeyError, TypeError) as error:
            raise InputUnusable(
                _("{path}:{number} is no manifest line ({error})").format(
                    path=path, number=number, error=error
                ),
                _("Print again with --manifest"),
            ) from error
    return tuple(sheets)


def load_printed(pdf: Path, manifest: Path, layouts: Path) -> PrintedForms:
    """A print run from its three parts.

    Args:
        pdf: The printed PDF.
        manifest: Its manifest (JSON Lines).
        layouts: Folder of ``<layout id>.json``; only those the manifest names are read.

    Raises:
        InputUnusable: A part is missing or malformed; the message says which.
    """
    if not pdf.is_file():
        raise InputUnusable(
            _("{path} is not there").format(path=pdf), _("Print forms first: omr forms print")
        )
    sheets = read_manifest(manifest)
    wanted = sorted({sheet.layout for sheet in sheets})
    return PrintedForms(
        pdf, sheets, {layout: read_layout(layouts / f"{layout}.json") for layout in wanted}
    )
