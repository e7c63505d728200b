"""What the scans commands do: workspace in, words out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Timer

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from omr import loops
from omr.codes import Verifier
from omr.disk import disk_remedy
from omr.errors import InputUnusable, UsageError
from omr.i18n import _
from omr.ledger import Ledger
from omr.ledger.readings import SheetReading
from omr.marks import Reason, SheetStatus
from omr.office_alerts import alert_rule_of
from omr.part_file import PartFile
from omr.periods import Period
from omr.pictures import PictureStore
from omr.thresholds import Thresholds
from omr.workspace import Workspace, open_workspace
from scans.alerts_seen import AlertsSeen
from scans.batch import Failure, Summary, read_batch, reading_context
from scans.engine import Engine
from scans.evidence import EvidenceFolder
from scans.health import health_lines
from scans.identify import has_zbar
from scans.late_batch import late_lines
from scans.pages import PageRef
from scans.results import result_lines
from scans.stages import ReadingContext
from scans.words import reason_in_words, status_in_words

_PATIENCE_S = 3.0  # loading what was compiled before takes less


def read_scans(
    paths: Sequence[Path],
    root: Path,
    *,
    period: str | None = None,
    jobs: int | None = None,
    evidence: Path | None = None,
    scheduler: str | None = None,
) -> Summary:
    """Read scans into the workspace at *root* and say what happened.

    Args:
        paths: Files, or folders of them.
        root: The workspace.
        period: Reporting month; ``None``: this one.
        jobs: Processes; ``None``: as the settings say.
        evidence: Folder for a picture of every sheet.
        scheduler: Address of a Dask cluster's that reads; ``None``: this machine does.

    Raises:
        InputUnusable: If something could not be used; all the rest was read.
    """
    workspace = open_workspace(root)
    month = _period(workspace, period)
    if not has_zbar():
        _say(_("omr: libzbar is not installed; codes are read with zxing-cpp alone"))
    with Ledger.open(workspace.ledger_url) as ledger, _progress() as progress:
        context = reading_context(
            ledger,
            Verifier(workspace.keyring()),
            thresholds_of(workspace),
            every_picture=workspace.settings.keep_every_picture,
        )
        pictures = EvidenceFolder(evidence, context.layouts) if evidence else None
        alerts = _alerts(workspace, month)

        def look(ref: PageRef, sheet: SheetReading) -> None:
            if pictures is not None:
                pictures.save(ref, sheet)
            if alerts is not None:
                alerts.see(sheet)

        summary = read_batch(
            ledger,
            paths,
            context,
            period=str(month),
            jobs=jobs or workspace.settings.jobs or os.cpu_count() or 1,
            progress=progress,
            seen=look,
            keep_picture=PictureStore(workspace.evidence_folder).keep,
            prepare=_prepare,
            engine=_on_cluster(context, scheduler) if scheduler else None,
        )
        if pictures is not None:
            pictures.make_up(ledger, paths)
        health = health_lines(ledger, summary.batches) if summary.sheets else []
        late = list(late_lines(ledger, [summary.period])) if summary.sheets else []
    for line in (*_told(summary), *health, *late, *(alerts.lines() if alerts else ())):
        print(line)
    if summary.failures:
        raise _failed(summary)
    return summary


def _on_cluster(context: ReadingContext, scheduler: str) -> Engine:
    """The engine of a cluster.

    Raises:
        UsageError: If Dask is not installed.
    """
    try:
        from scans.dask_engine import DaskEngine  # noqa: PLC0415 - an extra, and heavy
    except ModuleNotFoundError as error:
        raise UsageError(
            _("Dask is not installed: {why}").format(why=error),
            _("Install it: pip install 'omr-surveys[dask]'"),
        ) from error
    return DaskEngine(context, scheduler)


def _alerts(workspace: Workspace, month: Period) -> AlertsSeen | None:
    """What counts alerts; None, said aloud, if the surveys cannot be read.

    Sheets are read all the same: that needs no words.
    """
    try:
        return AlertsSeen(alert_rule_of(workspace), str(month))
    except UsageError as error:
        _say(_("omr: alerts are not counted: {why}").format(why=error.message))
        return None


def write_results(root: Path, *, file: str | None, out: Path | None) -> None:
    """Print the results, or write them to *out*."""
    workspace = open_workspace(root)
    workspace.refuse_own_file(out)
    with Ledger.open(workspace.ledger_url) as ledger:
        lines = result_lines(ledger, file=file)
        if out is None:
            for line in lines:
                print(line)
            return
        try:
            with PartFile(out) as part:
                part.file.writelines(f"{line}\n".encode() for line in lines)
                part.finish()
                part.path.replace(out)
        except OSError as error:
            raise UsageError(
                _("cannot write {path}: {why}").format(path=out, why=error.strerror),
                disk_remedy(error, _("Choose a file in a folder you may write to.")),
            ) from error


def _prepare() -> None:
    """Load what measures; on a machine's first run that takes long enough to be said."""
    words = _("omr: preparing this machine to read scans; once only, up to a minute")
    soon = Timer(_PATIENCE_S, _say, [words])
    soon.daemon = True
    soon.start()
    try:
        loops.load()
    finally:
        soon.cancel()


def _period(workspace: Workspace, text: str | None) -> Period:
    if text is not None:
        return Period.parse(text)
    return Period.containing(date.today(), workspace.settings.start_day)  # noqa: DTZ011 - office's


def thresholds_of(workspace: Workspace) -> Thresholds:
    """The thresholds of the settings, or the program's own."""
    settings, usual = workspace.settings, Thresholds()
    return Thresholds(
        marginal=settings.marginal or usual.marginal,
        definite=settings.definite or usual.definite,
    )


def _told(summary: Summary) -> Iterator[str]:
    """The outcome in words, one line each."""
    for name, source in summary.known:
        yield _("{file}: already read (as {name}, period {period}); nothing added").format(
            file=name, name=source.name, period=source.period
        )
    if not summary.files:
        return
    parts = ", ".join(f"{summary.new[status]} {status_in_words(status)}" for status in SheetStatus)
    yield _("{sheets} sheets seen in {files} files, period {period}: {parts}").format(
        sheets=summary.sheets, files=summary.files, period=summary.period, parts=parts
    )
    for reason, count in summary.reasons.most_common():
        yield f"  {reason_in_words(reason)}: {count}"
    if summary.kept.pictures:
        yield _kept_in_words(summary)
    if summary.new[SheetStatus.REVIEW]:
        yield _("Next: omr scans review shows what waits for a person.")


def _kept_in_words(summary: Summary) -> str:
    kept, kilobytes = summary.kept, summary.kept.size_bytes / 1000
    return _(
        "kept to be shown to people: {pictures} pictures of {sheets} sheets, {megabytes:.1f} MB;"
        " {of_each:.0f} kB for each of these, {of_all:.0f} kB for each sheet seen"
    ).format(
        pictures=kept.pictures,
        sheets=kept.sheets,
        megabytes=kilobytes / 1000,
        of_each=kilobytes / max(1, kept.sheets),
        of_all=kilobytes / max(1, summary.sheets),
    )


def _failed(summary: Summary) -> InputUnusable:
    """Every failure on a line of its own; a remedy for each kind of them."""
    lines = [_in_words(failure) for failure in summary.failures]
    remedies = dict.fromkeys(_remedy(failure.reason) for failure in summary.failures)
    return InputUnusable("\n     ".join(lines), " ".join(remedies))


def _in_words(failure: Failure) -> str:
    if failure.reason is None:
        return f"{failure.where}: {failure.why}"
    detail = f" ({failure.why})" if failure.why else ""
    return f"{failure.where}: {reason_in_words(failure.reason)}{detail}"


def _remedy(reason: Reason | None) -> str:
    match reason:
        case None:
            return _("Give the name of a scan file, or of a folder with scans.")
        case Reason.ENCRYPTED:
            return _("Save the file without a password, and read the new file.")
        case Reason.TOO_LARGE:
            return _("Scan it again at 200 or 300 dots per inch.")
        case Reason.INTERNAL:
            return _("Report it with the file, if you may; the other pages were read.")
        case _:
            return _("Scan or export it anew, and read the new file; the rest was read.")


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error, if a person is watching."""
    console = Console(stderr=True)
    with Progress(
        TextColumn(_("Reading")),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    ) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _say(message: str) -> None:
    print(message, file=sys.stderr)
