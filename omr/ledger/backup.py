"""Backups: ledger, pictures and the files that people edit, in one file that was tried.

A ledger file is copied with SQLite's own backup, which may run while others write; one on a
server is copied into such a file (:mod:`omr.ledger.copying`), so that every backup can be
tried and restored on any machine. The signing keys are not in it: they have a backup of their
own, with a passphrase (``omr keys backup``).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from omr.draft_folder import draft_folder, take_drafts_away
from omr.errors import InputUnusable, LedgerUnusable, UsageError
from omr.i18n import _
from omr.ledger import Ledger, now, sqlite_path
from omr.ledger.checking import Checked, check
from omr.ledger.connecting import make_one_file
from omr.ledger.copying import TableSum, copy_ledger, table_sums
from omr.ledger.log import Head
from omr.ledger.schema import picture_part, sheet
from omr.new_file import give_name, keep_folder_entry
from omr.workspace import Workspace

LEDGER, MANIFEST = "ledger.db", "manifest.json"
_DRAFT = ".omr-backup-"
_FORMAT = 1
_CHUNK_BYTES = 1 << 20
_MOST_MANIFEST_BYTES = 200_000_000  # a million pictures are 140 MB
# What reading a file that is no archive, or a damaged one, may end in.
_BROKEN = (
    KeyError,
    EOFError,
    RuntimeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
# Nothing else is ever written when a backup is restored: no name in it becomes another path.
_NAMES = re.compile(
    r"omr\.toml|units\.csv|links\.toml|(surveys|profiles)/(?:[^./\\:][^/\\:]*/)?[^./\\:][^/\\:]*\.toml"
    r"|evidence/(?P<two>[0-9a-f]{2})/(?P=two)[0-9a-f]{62}\.jpg"
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds."""

    made_at: str  # ISO 8601, UTC
    head: Head
    tables: Mapping[str, TableSum]
    files: Mapping[str, str]  # SHA-256 by name

    @property
    def rows(self) -> int:
        """Rows of the ledger."""
        return sum(table.rows for table in self.tables.values())

    @property
    def pictures(self) -> int:
        """Pictures of sheets."""
        return sum(name.startswith("evidence/") for name in self.files)


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was written and tried."""

    manifest: Manifest
    checked: Checked  # of the ledger that was restored from it
    missing: int  # pictures that the ledger names and that are kept no more


def make_backup(workspace: Workspace, ledger: Ledger, out: Path) -> Backup:
    """Write a backup to the new file *out* and restore it into a temporary place.

    Raises:
        UsageError: If *out* is there already.
        LedgerUnusable: If it cannot be written, or what comes back is not what went in;
            then nothing is kept.
    """
    if out.exists():
        take_drafts_away(out.parent, _DRAFT)  # it got its name, but not rid of what it came from
        raise UsageError(
            _("{path} is there already").format(path=out), _("Name a file that does not exist.")
        )
    try:
        with draft_folder(out.parent, _DRAFT) as folder:
            manifest = _write(workspace, ledger, folder, folder / "backup")
            with opened(folder / "backup") as archive:
                tried = read_manifest(archive)
                restored = folder / "restored"
                restored.mkdir()
                extract(archive, tried, LEDGER, restored / LEDGER)
                for member in tried.files:
                    extract(archive, tried, member, None)
            checked, missing = _try(restored / LEDGER, manifest)
            give_name(folder / "backup", out)
            keep_folder_entry(out.parent)
    except OSError as error:
        raise LedgerUnusable(
            _("{path} cannot be written: {why}").format(path=out, why=error.strerror or error),
            _("Choose a folder that you may write to, with some free space."),
        ) from error
    return Backup(manifest, checked, missing)


def opened(path: Path) -> zipfile.ZipFile:
    """The backup in *path*, to be read.

    Raises:
        InputUnusable: If it is none.
    """
    try:
        return zipfile.ZipFile(path)
    except (*_BROKEN, OSError) as error:
        raise InputUnusable(
            _("{path} is no backup: {why}").format(path=path, why=error), _("Name another file.")
        ) from error


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """What a backup says that it holds.

    Raises:
        InputUnusable: If it says nothing that this version understands.
    """
    try:
        told: dict[str, Any] = {}
        if archive.getinfo(MANIFEST).file_size <= _MOST_MANIFEST_BYTES:
            told = json.loads(archive.read(MANIFEST))
        head, files = told["head"], dict(told["files"])
        manifest = Manifest(
            made_at=str(told["made_at"]),
            head=Head(int(head["entry"]), str(head["hash"]), str(head["at"])),
            tables={name: TableSum(*of) for name, of in told["tables"].items()},
            files=files,
        )
    except (*_BROKEN, TypeError, OSError) as error:
        raise _unknown() from error
    needed = {LEDGER, "omr.toml"} <= files.keys()
    if told.get("omr-backup") != _FORMAT or not needed or not all(map(_is_ours, files)):
        raise _unknown()
    return manifest


def extract(archive: zipfile.ZipFile, manifest: Manifest, name: str, to: Path | None) -> None:
    """Write one file of a backup to *to*, or with None only prove that it is whole.

    Raises:
        InputUnusable: If it is missing, or not what was put in.
        OSError: If it cannot be written.
    """
    digest = hashlib.sha256()
    try:
        with archive.open(name) as member:
            if to is None:
                _pour(member, None, digest)
            else:
                with to.open("xb") as file:
                    _pour(member, file, digest)
        whole = digest.hexdigest() == manifest.files[name]
    except _BROKEN as error:
        raise _damaged(name) from error
    if not whole:
        raise _damaged(name)


def named_pictures(ledger: Ledger) -> set[str]:
    """SHA-256 of every picture that the ledger names."""
    with ledger.read() as connection:
        return {
            digest
            for column in (sheet.c.picture, picture_part.c.sha256)
            for digest in connection.execute(select(column).distinct()).scalars()
            if digest
        }


def files_of(workspace: Workspace) -> Iterator[tuple[str, Path]]:
    """The files of *workspace* that belong into a backup, with their names there."""
    folders = (workspace.surveys_folder, workspace.profiles_folder, workspace.evidence_folder)
    paths = [workspace.settings_file, workspace.units_file, workspace.links_file]
    for folder in folders:
        paths += sorted(path for path in folder.rglob("*") if path.is_file())
    for path in paths:
        name = path.relative_to(workspace.root).as_posix()
        if path.is_file() and _NAMES.fullmatch(name):
            yield name, path


def _write(workspace: Workspace, ledger: Ledger, folder: Path, out: Path) -> Manifest:
    source = sqlite_path(workspace.ledger_url)
    if source is None:
        copy_ledger(ledger, f"sqlite:///{folder / LEDGER}")
        (folder / f"{LEDGER}.counter").unlink()
    else:
        _copy_file(source, folder / LEDGER)
    with Ledger.open_copy(f"sqlite:///{folder / LEDGER}") as copy, copy.read() as connection:
        tables = table_sums(connection)
        head = check(connection).head
    if head is None:
        raise LedgerUnusable(_("the ledger's log is empty"), _("Put a backup in its place."))
    make_one_file(folder / LEDGER)
    files: dict[str, str] = {}
    with zipfile.ZipFile(out, "x", allowZip64=True) as archive:
        for name, path in ((LEDGER, folder / LEDGER), *files_of(workspace)):
            packed = not name.startswith("evidence/")  # pictures are packed already
            files[name] = _put(archive, name, path, packed=packed)
        manifest = Manifest(now(), head, tables, files)
        archive.writestr(MANIFEST, _told(manifest), zipfile.ZIP_DEFLATED)
    out.chmod(0o600)  # what people answered is in it
    with out.open("r+b") as written:
        os.fsync(written.fileno())
    return manifest


def _try(path: Path, manifest: Manifest) -> tuple[Checked, int]:
    """Open what was restored: it must hold what was put in."""
    with Ledger.open_copy(f"sqlite:///{path}") as ledger:
        with ledger.read() as connection:
            same = table_sums(connection) == manifest.tables
            checked = check(connection)
        pictures = named_pictures(ledger)
    if not same or checked.head is None or checked.head.hash != manifest.head.hash:
        raise LedgerUnusable(
            _("what was restored from the backup is not what the ledger holds"),
            _("Nothing was kept of it. Try another disk."),
        )
    kept = {Path(name).stem for name in manifest.files if name.startswith("evidence/")}
    return checked, len(pictures - kept)


def _copy_file(source: Path, target: Path) -> None:
    """SQLite's backup: of one moment, though others may be writing."""
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as here,
            closing(sqlite3.connect(target)) as there,
        ):
            here.backup(there)
    except sqlite3.Error as error:
        raise LedgerUnusable(
            _("the ledger cannot be copied: {why}").format(why=error),
            _("Free some space on the disk, then run the command again; nothing was lost."),
        ) from error


def _put(archive: zipfile.ZipFile, name: str, path: Path, *, packed: bool) -> str:
    """Add a file; its SHA-256."""
    digest = hashlib.sha256()
    info = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with path.open("rb") as file, archive.open(info, "w", force_zip64=True) as member:
        _pour(file, member, digest)
    return digest.hexdigest()


def _pour(source: Any, target: Any, digest: Any) -> None:
    while chunk := source.read(_CHUNK_BYTES):
        digest.update(chunk)
        if target is not None:
            target.write(chunk)


def _told(manifest: Manifest) -> str:
    return json.dumps(
        {
            "omr-backup": _FORMAT,
            "made_at": manifest.made_at,
            "head": {
                "entry": manifest.head.entry,
                "hash": manifest.head.hash,
                "at": manifest.head.at,
            },
            "tables": {name: [of.rows, of.hash] for name, of in manifest.tables.items()},
            "files": dict(manifest.files),
        },
        ensure_ascii=False,
    )


def _is_ours(name: str) -> bool:
    return name == LEDGER or _NAMES.fullmatch(name) is not None


def _unknown() -> InputUnusable:
    return InputUnusable(
        _("the backup's table of contents cannot be read"),
        _("Take another backup, or install the newest version of omr."),
    )


def _damaged(name: str) -> InputUnusable:
    return InputUnusable(
        _("the backup is damaged: {name}").format(name=name), _("Take another backup.")
    )
