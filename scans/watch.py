"""omr scans watch: reads what a scanner drops into a folder, once it is complete.

The folder is what counts: it is looked at again and again, and a file is read once it has
looked the same for some seconds. Watchdog's messages only say when to look, so that one that
is lost costs half a minute and no file.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from omr.errors import InputUnusable, LedgerUnusable, UsageError
from omr.i18n import _
from omr.ledger import Ledger
from omr.ledger.network_share import share_kind
from omr.ledger.sources import find_sources, pages_done
from omr.periods import Period
from omr.workspace import Workspace, open_workspace
from scans.commands import read_scans
from scans.drop_folder import is_ended, only_watcher, present_scans
from scans.files import identify_file
from scans.settling import Settling

_LOOK_S = 1.0  # between two looks while a file is not complete
_QUIET_S = 30.0  # between two looks while nothing is heard: messages do get lost
_POLL_S = 5.0  # on a network folder, which sends no messages
_AGAIN_S = 60.0  # after the ledger could not be used: a lock or a full disk may pass
_AT_MOST = 5  # times in a row


@dataclass(frozen=True, slots=True)
class Watching:
    """What a watcher does with complete files."""

    workspace: Workspace
    period: str | None  # None: that of the day
    jobs: int | None
    evidence: Path | None

    def today(self) -> date:
        """The office's day."""
        return datetime.now(self.zone).date()

    @property
    def zone(self) -> tzinfo:
        """The office's time zone."""
        return self.workspace.settings.zone

    def month_of(self, day: date) -> Period:
        """The reporting month of *day*."""
        return Period.containing(day, self.workspace.settings.start_day)


def watch_scans(
    folder: Path,
    root: Path,
    *,
    period: str | None = None,
    jobs: int | None = None,
    evidence: Path | None = None,
    poll: bool = False,
) -> None:
    """Read what comes into *folder* into the workspace at *root*, until it is interrupted.

    Raises:
        KeyboardInterrupt: When the person, or the system, ends it.
        UsageError: If the folder is none, is watched already, or is to get the pictures too.
        LedgerUnusable: If the ledger cannot be used, and has not been for some minutes.
    """
    workspace = open_workspace(root)
    if period is not None:
        period = str(Period.parse(period))
    if not folder.is_dir():
        raise UsageError(
            _("there is no folder {folder}").format(folder=folder),
            _("Name the folder that the scanner writes to."),
        )
    if evidence is not None and evidence.resolve() == folder.resolve():
        raise UsageError(
            _("the pictures of sheets would be read as scans: {folder}").format(folder=folder),
            _("Name another folder with --evidence."),
        )
    watching = Watching(workspace, period, jobs, evidence)
    with only_watcher(folder, workspace.root), _listening(folder, poll=poll) as heard:
        watcher = Watcher(watching, folder)
        watcher.begin()
        while True:
            heard.clear()
            waiting = watcher.look(time.monotonic())
            heard.wait(_LOOK_S if waiting else _QUIET_S)
            if heard.is_set() and waiting:
                time.sleep(_LOOK_S)  # a file that is written to says so many times a second


class Watcher:
    """Looks at a folder and reads what is complete.

    Args:
        watching: Where to, and how.
        folder: That is watched.
        settling: Tells which files are complete.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        watching: Watching,
        folder: Path,
        settling: Settling | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._watching, self._folder = watching, folder
        self._settling = settling or Settling()
        self._sleep = sleep
        self._odd: set[Path] = set()
        self._month = self._watching.month_of(self._watching.today())
        self._first = True
        self._away = False

    def begin(self) -> None:
        """Say what is watched, and which month it goes into."""
        _tell(_("watching {folder}; end with Ctrl-C").format(folder=self._folder))
        if self._watching.period is not None:
            _tell(_("every file goes into period {period}").format(period=self._watching.period))
        else:
            self._tell_month()

    def look(self, now: float) -> bool:
        """Read the files that are complete; whether others are not yet.

        Args:
            now: Of a clock that never goes back, seconds.
        """
        try:
            present, odd = present_scans(self._folder)
        except InputUnusable as error:  # a share that is away for a while comes back
            if not self._away:
                _say(f"omr: {error.message}")
                _say("     " + _("It is looked for until it is there again."))
            self._away = True
            return True
        if self._away:
            self._away = False
            _tell(_("{folder} is there again").format(folder=self._folder))
        for path in sorted(odd - self._odd):
            _say(_("omr: {file} is no regular file and is not read").format(file=path.name))
        self._odd = odd
        complete = self._settling.complete(now, present, is_ended)
        if complete:
            self._notice_month()
            self._read(complete)
            self._settling.dealt_with(complete)
        elif self._watching.period is None:
            self._notice_month()
        return self._settling.waiting

    def _read(self, complete: Sequence[Path]) -> None:
        files = self._new(complete) if self._first else list(complete)
        self._first = False
        files = [path for path in files if self._is_of_this_month(path)]
        if not files:
            return
        for attempt in range(1, _AT_MOST + 1):
            try:
                read_scans(
                    files,
                    self._watching.workspace.root,
                    period=self._watching.period or str(self._month),
                    jobs=self._watching.jobs,
                    evidence=self._watching.evidence,
                )
            except InputUnusable as error:  # each is named once, until its file changes
                _say(f"omr: {error.message}")
                _say(f"     {error.remedy}")
            except LedgerUnusable as error:
                if attempt == _AT_MOST:
                    raise
                _say(f"omr: {error.message}")
                again = _("Trying again in {seconds:.0f} seconds.").format(seconds=_AGAIN_S)
                _say(f"     {again}")
                self._sleep(_AGAIN_S)
                continue
            break
        sys.stdout.flush()

    def _new(self, complete: Sequence[Path]) -> list[Path]:
        """Without those that were read in full before the watcher was started."""
        digests = {}
        for path in complete:
            try:
                digests[path] = identify_file(path).sha256
            except OSError:
                digests[path] = ""  # reading it will say why
        with Ledger.open(self._watching.workspace.ledger_url) as ledger:
            known = find_sources(ledger, list(filter(None, digests.values())))
            read = {
                digest
                for digest, source in known.items()
                if len(pages_done(ledger, source.source_id)) >= source.pages
            }
        new = [path for path in complete if digests[path] not in read]
        if len(new) < len(complete):
            _tell(_("{count} files here were read before").format(count=len(complete) - len(new)))
        return new

    def _is_of_this_month(self, path: Path) -> bool:
        """Whether a file came in the month it would be read into; else a person is told."""
        if self._watching.period is not None:
            return True
        try:
            written = datetime.fromtimestamp(path.stat().st_mtime, self._watching.zone).date()
            came = self._watching.month_of(written)
        except (OSError, ValueError, OverflowError):  # gone, or a year that no form is of
            return True
        if came == self._month:
            return True
        _say(
            _(
                "omr: {file} is of {day}, which is period {came}, and today is in period {month}; "
                "it was not read"
            ).format(file=path.name, day=written.isoformat(), came=came, month=self._month)
        )
        yourself = _('Read it yourself: omr scans read "{path}" --period {came} (or {month}).')
        _say("     " + yourself.format(path=path, came=came, month=self._month))
        return False

    def _notice_month(self) -> None:
        """Take today's month, and say so where it is another than before."""
        if self._watching.period is not None:
            return
        month = self._watching.month_of(self._watching.today())
        if month != self._month:
            self._month = month
            self._tell_month()

    def _tell_month(self) -> None:
        _tell(
            _("files go into period {period}, until {last}").format(
                period=self._month, last=self._month.last_day.isoformat()
            )
        )


class _Ear(FileSystemEventHandler):
    """Hears that something happened in the folder."""

    def __init__(self, heard: threading.Event) -> None:
        self._heard = heard

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Remember it; the folder itself tells what it was."""
        if event.event_type not in ("opened", "closed_no_write"):  # by our own looking
            self._heard.set()


@contextmanager
def _listening(folder: Path, *, poll: bool) -> Iterator[threading.Event]:
    """Set an event whenever something happens in *folder*."""
    heard = threading.Event()
    observer = _observer(folder, heard, poll=poll)
    try:
        yield heard
    finally:
        observer.stop()
        observer.join()


def _observer(folder: Path, heard: threading.Event, *, poll: bool) -> BaseObserver:
    kind = share_kind(folder)
    if kind is not None and not poll:
        _tell(_("a network folder ({kind}): it is looked at every few seconds").format(kind=kind))
        poll = True
    if not poll:
        observer: BaseObserver = Observer()
        observer.schedule(_Ear(heard), str(folder))
        try:
            observer.start()
        except OSError as error:  # the system's limit of watches is reached
            _tell(
                _("the system sends no messages ({why}): the folder is looked at instead").format(
                    why=error.strerror or error
                )
            )
        else:
            return observer
    observer = PollingObserver(timeout=_POLL_S)
    observer.schedule(_Ear(heard), str(folder))
    observer.start()
    return observer


def _tell(line: str) -> None:
    print(line, flush=True)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
