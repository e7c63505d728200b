"""Exports and late scans of a month, for tests of closing it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from omr.workspace import Workspace
from reports.export_commands import export_results


def exported(workspace: Workspace, period: str, folder: Path, **how: bool) -> dict[str, bytes]:
    """Every file of a month's export, by its name."""
    export_results(workspace.root, period, folder, **how)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def late_sheet(office: Any, period: str) -> None:
    """A fourth form, which comes in late."""
    office.scan(office.serials[3], period, a1="r1", t0="r2")
