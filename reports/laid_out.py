"""The files that lay out a month's results on paper and in a workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from reports.leader_page import write_leader_page
from reports.report_pdf import write_report
from reports.results import MonthResults
from reports.workbook import write_workbook

Writer = Callable[[MonthResults, Path], None]


def writers() -> Mapping[str, Writer]:
    """What writes each file, by its name."""
    return {
        "tally.xlsx": write_workbook,
        "report.pdf": write_report,
        "leader.pdf": write_leader_page,
    }
