"""What must be so of backups, of what is put back from them, and of what a unit is given."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from crash_read import pictures_are_there
from crash_rows import all_tables, tables

from omr.errors import OmrError
from omr.key_sealing import read_sealed
from omr.keys import load_keyring
from omr.ledger.backup import extract, opened, read_manifest

# The log of a restored ledger goes on at another time; leases and passwords are no evidence.
_TOLD_ELSEWHERE = frozenset({"log_entry", "lease"})


def backup_outcome(root: Path) -> object:
    """The rows of every table, the log's end, and which files are in it."""
    with opened(root.parent / "backup.omr") as archive:
        manifest = read_manifest(archive)
        files = {name: digest for name, digest in manifest.files.items() if name != "ledger.db"}
    return dict(manifest.tables), manifest.head.hash, files


def backup_is_whole(root: Path) -> list[str]:
    """What bears a backup's name has everything in it that it says."""
    path = root.parent / "backup.omr"
    if not path.exists():
        return []
    try:
        with opened(path) as archive:
            manifest = read_manifest(archive)
            for name in manifest.files:
                extract(archive, manifest, name, None)
    except OmrError as error:
        return [f"half a backup: {error.message}"]
    return []


def restored_outcome(root: Path) -> object:
    """Rows, pictures and the files that people edit; ledgers set aside are no matter here."""
    names = [name for name in all_tables(root / "ledger.db") if name not in _TOLD_ELSEWHERE]
    kept = sorted(path.name for path in (root / "evidence").rglob("*.jpg"))
    edited = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.toml"))
    return tables(root, names), kept, edited, (root / "units.csv").read_bytes()


def restored_is_whole(root: Path) -> list[str]:
    """A ledger is there with all its pictures, or none is."""
    return pictures_are_there(root) if (root / "ledger.db").exists() else []


def newer_is_kept(root: Path) -> list[str]:
    """The ledger that was there, in which the month is closed, is somewhere: never lost."""
    for path in root.glob("ledger*.db"):
        with closing(sqlite3.connect(path)) as db:
            if db.execute("select count(*) from month_version").fetchone()[0]:
                return restored_is_whole(root)
    return ["the newer ledger is lost"]


def copy_outcome(root: Path) -> object:
    """Every row of the copy."""
    names = all_tables(root.parent / "copy.db")
    return tables(root.parent, names, file="copy.db")


def copy_is_whole(root: Path) -> list[str]:
    """What bears the copy's name holds as many rows of the log as the ledger."""
    copy = root.parent / "copy.db"
    if not copy.exists():
        return []
    counts = []
    for path in (root / "ledger.db", copy):
        with closing(sqlite3.connect(path)) as db:
            counts.append(db.execute("select count(*) from log_entry").fetchone()[0])
    return [] if counts[0] == counts[1] else [f"half a copy: {counts}"]


def kit_outcome(root: Path) -> object:
    """Whom the kit is for, and with which keys."""
    sealed = read_sealed(root.parent / "u.kit")
    return sealed.kind, sealed.key_ids, json.loads(sealed.path.read_bytes())["unit"]


def unit_outcome(root: Path) -> object:
    """The unit's workspace: its forms, its keys, its files."""
    issued = tables(root, ("layout", "print_run", "issued", "run_finished"))
    keys = load_keyring(root / "keys" / "signing-keys.json")
    files = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    shown = [name for name in files if not name.endswith((".lock", "-wal", "-shm"))]
    return issued, [key.key_id for key in keys.keys], keys.signing_id, shown
