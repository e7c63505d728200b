"""Puts a backup back: never over a newer ledger unawares, and what was there is kept aside.

Pictures and edited files come first and the ledger after them, so that no row ever names a
picture that is not there yet; the settings come last, as when a workspace is made. A run that
was cut short is simply run again.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from omr.draft_folder import draft_folder
from omr.errors import LedgerUnusable, OmrError, UsageError
from omr.i18n import _
from omr.ledger import Ledger, counter_of, sqlite_path
from omr.ledger.backup import LEDGER, Manifest, extract, opened, read_manifest
from omr.ledger.checking import Checked, check_ledger
from omr.ledger.copying import copy_ledger, refuse_filled
from omr.ledger.counter import Counter, CounterDamaged, Seen
from omr.ledger.log import head_of
from omr.ledger.network_share import refuse_network_share
from omr.ledger.older_copy import OlderCopy
from omr.ledger_address import LedgerAddress
from omr.new_file import keep_folder_entry, write_new_file
from omr.replaced_file import replace_file
from omr.settings import read_settings
from omr.workspace import Workspace

_EVIDENCE = "evidence/"
_ENDINGS = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back.

    Attributes:
        manifest: Of the backup.
        checked: The ledger as it is now.
        ledger_aside: Where the ledger is that was there; None if there was none.
        written: Files that were missing.
        replaced: Files that were another, and where these are now.
        kept: Files that are another here and were left as they are.
        pictures: How many were missing.
    """

    manifest: Manifest
    checked: Checked
    ledger_aside: Path | None
    written: tuple[Path, ...]
    replaced: tuple[Path, ...]
    kept: tuple[Path, ...]
    pictures: int


def restore_backup(
    root: Path, file: Path, *, older: bool, why: str | None, by: str, replace_files: bool
) -> Restored:
    """Put the backup in *file* back into the workspace in *root*, which need not exist.

    Args:
        root: The workspace's folder.
        file: The backup.
        older: Restore although a newer ledger is there, or was.
        why: The reason for that; needed with *older*.
        by: Who says so.
        replace_files: Put edited files back as well that were changed since.

    Raises:
        InputUnusable: If the file is no backup, or a damaged one; nothing was changed.
        OlderCopy: If a newer ledger is there, or was seen here; nothing was changed.
        UsageError: If the ledger is on a server whose database is not empty.
        LedgerUnusable: If something cannot be written, or another program uses the ledger.
    """
    if older and not (why or "").strip():
        raise UsageError(_("an older ledger needs a reason"), _("Say it: --why REASON"))
    workspace = Workspace(root)
    with opened(file) as archive:
        manifest = read_manifest(archive)
        try:
            workspace.root.mkdir(parents=True, exist_ok=True)
            with draft_folder(workspace.root, ".omr-restore-") as folder:
                places = {each: folder / str(n) for n, each in enumerate(manifest.files)}
                for each, place in places.items():  # all of it before any change
                    extract(archive, manifest, each, place)
                return _PuttingBack(workspace, manifest, places).run(
                    (why or "").strip() if older else None, by, replace_files=replace_files
                )
        except OSError as error:
            raise LedgerUnusable(
                _("{path} cannot be written: {why}").format(
                    path=error.filename or workspace.root, why=error.strerror or error
                ),
                _("Free some space on the disk, then run the command again; nothing was lost."),
            ) from error


class _PuttingBack:
    """One backup on its way into one workspace.

    Args:
        workspace: Its folder exists.
        manifest: What the backup holds.
        places: Where its files are now, by name.
    """

    def __init__(self, workspace: Workspace, manifest: Manifest, places: dict[str, Path]) -> None:
        self._workspace = workspace
        self._manifest = manifest
        self._places = places
        self._now = datetime.now(UTC)
        known = workspace.settings_file
        settings = read_settings(known if known.exists() else places[known.name])
        self._url = LedgerAddress(
            settings.ledger_url or workspace.embedded_ledger_url, workspace.ledger_counter
        )
        self._written: list[Path] = []
        self._replaced: list[Path] = []
        self._kept: list[Path] = []
        self._pictures = 0

    def run(self, older: str | None, by: str, *, replace_files: bool) -> Restored:
        """Put everything back; *older* is why an older ledger is wanted."""
        path = sqlite_path(self._url)
        if path is None:
            refuse_filled(self._url)
        else:
            refuse_network_share(path)
            if path.exists():
                _refuse_in_use(path)
        if older is None:
            self._refuse_newer()
        for name in self._places:
            if name.startswith(_EVIDENCE):
                self._put_picture(name)
            elif name not in (LEDGER, self._workspace.settings_file.name):
                self._put_file(name, replace=replace_files)
        aside = self._put_ledger()
        self._put_file(self._workspace.settings_file.name, replace=False)
        counter = counter_of(self._url)
        if older is not None:
            ledger = Ledger.open_older(self._url, why=older, by=by)
        else:
            if counter is not None and _noted(counter) is None:
                counter.start_over(self._manifest.head)
            ledger = Ledger.open(self._url)
        with ledger:
            checked = check_ledger(ledger)
        return Restored(
            self._manifest,
            checked,
            aside,
            tuple(self._written),
            tuple(self._replaced),
            tuple(self._kept),
            self._pictures,
        )

    def _refuse_newer(self) -> None:
        counter = counter_of(self._url)
        known = [None if counter is None else _noted(counter), self._present()]
        entry = self._manifest.head.entry
        lost = [seen for seen in known if seen is not None and not self._has(seen)]
        if lost:
            newest = max(seen.entry for seen in lost)
            raise OlderCopy(
                _(
                    "the ledger that is here, or was, goes on to entry {entry}; this backup of "
                    "{at} ends with entry {last}"
                ).format(entry=newest, at=self._manifest.made_at, last=entry),
                _("Restore a newer backup. Only if there is none: --older --why REASON"),
            )

    def _present(self) -> Seen | None:
        """How far the ledger has come that is there; None if none can be read."""
        path = sqlite_path(self._url)
        if path is None or not path.exists():
            return None
        try:
            with Ledger.open_copy(str(self._url)) as ledger, ledger.read() as connection:
                head = head_of(connection)
        except OmrError:
            return None
        return None if head is None else Seen(head.entry, head.hash)

    def _has(self, seen: Seen) -> bool:
        """Whether the backup's ledger has that entry."""
        with closing(sqlite3.connect(self._places[LEDGER])) as connection:
            query = "select hash from log_entry where entry = ?"
            return bool(connection.execute(query, (seen.entry,)).fetchone() == (seen.hash,))

    def _put_picture(self, name: str) -> None:
        target = self._workspace.root / name
        data = self._places[name].read_bytes()
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            if target.read_bytes() == data:
                return
            target.unlink()  # damaged: its name is the hash of what it was
        write_new_file(target, data)
        self._pictures += 1

    def _put_file(self, name: str, *, replace: bool) -> None:
        target = self._workspace.root / name
        data = self._places[name].read_bytes()
        target.parent.mkdir(parents=True, exist_ok=True)
        if write_new_file(target, data):
            self._written.append(Path(name))
            return
        present = target.read_bytes()
        if present == data:
            return
        if replace:
            self._replaced.append(replace_file(target, present, data, self._now))
        else:
            self._kept.append(Path(name))

    def _put_ledger(self) -> Path | None:
        """Put the ledger in its place; where the one is that was there."""
        path = sqlite_path(self._url)
        if path is None:
            with Ledger.open_copy(f"sqlite:///{self._places[LEDGER]}") as ledger:
                copy_ledger(ledger, self._url)
            return None
        aside = None
        # A log that an interrupted run left alone would be taken for the new ledger's.
        present = [ending for ending in _ENDINGS if Path(f"{path}{ending}").exists()]
        if present:
            aside = _free_name(path, self._now)
            for ending in present:
                Path(f"{path}{ending}").replace(f"{aside}{ending}")
        self._places[LEDGER].replace(path)
        keep_folder_entry(path.parent)
        return aside


def _noted(counter: Counter) -> Seen | None:
    try:
        return counter.read()
    except CounterDamaged:
        return None


def _refuse_in_use(path: Path) -> None:
    """Refuse while another program has the ledger open; it would go on in the old one."""
    try:
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            connection.execute("pragma journal_mode = delete")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise LedgerUnusable(
                _("another program is using the ledger {path}").format(path=path),
                _("End it, then run the command again."),
            ) from error
    except sqlite3.DatabaseError:
        return  # damaged: that is why a backup is restored


def _free_name(path: Path, now: datetime) -> Path:
    stem = f"{path.stem}-{now:%Y%m%d-%H%M%S}"
    name, number = path.with_name(f"{stem}{path.suffix}"), 1
    while name.exists():
        number += 1
        name = path.with_name(f"{stem}-{number}{path.suffix}")
    return name
