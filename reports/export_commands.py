"""What ``omr reports export`` does: workspace in, files and words out."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from omr.i18n import _
from omr.ledger import Ledger
from omr.workspace import open_workspace
from reports.closing import CountedMonth, closed_month
from reports.export import refuse_mixture, result_files, write_together
from reports.gathering import Gatherer
from reports.late import late_lines, late_of
from reports.preliminary import not_final


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What an export wrote, and what it had to leave out."""

    files: tuple[Path, ...]
    month: CountedMonth
    late: tuple[str, ...] = ()  # what came in since the month was closed, in words


def export_results(
    root: Path, period_text: str, out: Path, *, provisional: bool = False, outside: bool = False
) -> ExportSummary:
    """Write the results of one reporting month and say what they hold.

    A closed month is written as it was closed, whatever came in since.

    Args:
        root: The workspace.
        period_text: The month.
        out: The folder for the files; made if absent.
        provisional: Count without the sheets that wait.
        outside: Only what may leave the office.

    Raises:
        PeopleMustDecide: If sheets wait for a person or the stock does not balance, and
            *provisional* is not set; nothing is written.
        UsageError: If the folder cannot be written to, or must not hold what is written.
    """
    workspace = open_workspace(root)
    if outside:
        refuse_mixture(out)
    with Ledger.open(workspace.ledger_url) as ledger, _no_collector():
        gatherer = Gatherer(workspace, ledger)
        period = gatherer.period(period_text)
        closed = closed_month(ledger, str(period))
        late: list[str] = []
        if closed is None:
            standing = gatherer.standing(period)
            if not (provisional or standing.is_final):
                raise not_final(str(period), standing)
            month = gatherer.counted(period, outside=outside)
        else:
            version, month = closed
            late += late_lines(str(period), version.number, late_of(gatherer, month))
    files = write_together(out, result_files(month, outside=outside))
    summary = ExportSummary(tuple(files), month, tuple(late))
    for line in _told(summary):
        print(line)
    return summary


@contextmanager
def _no_collector() -> Iterator[None]:
    """Let nobody look for cycles meanwhile: there are none, and in millions of answers.

    It takes a fifth of the time of a city's export, and memory does not grow without it.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _told(summary: ExportSummary) -> Iterator[str]:
    month, results = summary.month, summary.month.results
    period, city = month.period, results.city.figures
    if results.version is not None:
        yield _("{period}, version {number}: closed, counted as it was closed").format(
            period=period, number=results.version
        )
    yield from summary.late
    if results.provisional:
        yield _(
            "PROVISIONAL: {doubts} sheets wait for a person and are not counted; stock and "
            "returns differ by {difference} forms"
        ).format(doubts=month.doubts, difference=month.difference)
    yield _("{period}: {all} responses, {paper} on paper, {electronic} electronic").format(
        period=period, all=city.responses, paper=city.paper, electronic=city.electronic
    )
    if month.excluded:
        yield _("{count} double submissions are kept but not counted").format(count=month.excluded)
    if month.early:
        yield _(
            "{count} forms came back in {period} but were handed out later by the clock; they "
            "count as issued in {period}"
        ).format(count=month.early, period=period)
    yield _("{count} alerts: low ratings and extra costs").format(count=len(results.alerts))
    for path in summary.files:
        yield f"  {path}"
