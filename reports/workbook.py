"""``tally.xlsx``: the month's results as the forms that offices use, to check and to print.

Every sum and every measure that follows from counts on the sheets is a live formula with its
value beside it, so that staff can trace it and viewers that do not calculate show it.
"""

from __future__ import annotations

from pathlib import Path

from omr.disk import disk_remedy
from omr.errors import UsageError
from omr.i18n import _
from omr.part_file import write_files
from reports.results import MonthResults
from reports.workbook_alerts import write_alerts
from reports.workbook_book import Book
from reports.workbook_contents import contents_sheet, write_contents
from reports.workbook_options import write_options
from reports.workbook_quality import write_quality
from reports.workbook_questions import write_questions
from reports.workbook_ranking import write_ranking
from reports.workbook_stock import write_stock
from reports.workbook_summary import write_domains, write_summary
from reports.workbook_trend import write_trend


def workbook_bytes(results: MonthResults) -> bytes:
    """The workbook; the same results, the same bytes.

    Raises:
        ValueError: If parts of *results* do not add up to their totals.
    """
    book = Book(results)
    first = contents_sheet(book)
    summary = write_summary(book)
    forms = [
        summary.sheet,
        write_domains(book, summary),
        *write_questions(book),
        write_options(book),
        *write_stock(book),
        write_alerts(book),
        *write_trend(book),
        write_ranking(book),
        write_quality(book),
    ]
    write_contents(first, forms)
    return book.finished()


def write_workbook(results: MonthResults, path: Path, *, outside: bool = False) -> None:
    """Write the workbook to *path*; an older file is only replaced by a complete one.

    Args:
        results: What it shows.
        path: The file.
        outside: It leaves the office.

    Raises:
        ValueError: If it leaves the office and *results* still have what must not, or if
            parts of *results* do not add up to their totals.
        UsageError: If the file cannot be written.
    """
    if outside and not results.outside:
        raise ValueError("these results hold small counts, which must not leave the office")
    body = workbook_bytes(results)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_files({path: body})
    except OSError as error:
        raise UsageError(
            _("cannot write {path}: {reason}").format(path=path, reason=error.strerror or error),
            disk_remedy(error, _("Close the file in other programs, or choose another folder.")),
        ) from error
