"""The files that lay out a month's results on paper and in a workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from reports.results import MonthResults

Writer = Callable[[MonthResults, Path], None]
_WRITERS = {
    "tally.xlsx": ("reports.workbook", "write_workbook"),
    "report.pdf": ("reports.report_pdf", "write_report"),
    "leader.pdf": ("reports.leader_page", "write_leader_page"),
}


def writers() -> Mapping[str, Writer]:
    """What writes each file, by its name; modules are loaded only here."""
    found: dict[str, Writer] = {}
    for name, (module, function) in _WRITERS.items():
        if find_spec(module) is not None:
            write = getattr(import_module(module), function, None)
            if write is not None:
                found[name] = write
    return found
