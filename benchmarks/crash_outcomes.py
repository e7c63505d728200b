"""What commands on workspaces, months, keys and surveys must come to."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from crash_rows import files_of

from omr.key_sealing import read_sealed
from omr.keys import load_keyring


def fresh_files(root: Path) -> object:
    """Which files a new workspace has, and the ledger's shape."""
    files = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    keys = load_keyring(root / "keys" / "signing-keys.json")
    with closing(sqlite3.connect(root / "ledger.db")) as db:
        schema = sorted(
            row[0] for row in db.execute("select sql from sqlite_master where sql > ''")
        )
    shown = [name for name in files if not name.endswith((".lock", "-wal", "-shm"))]
    return shown, len(keys.keys), hashlib.sha256("".join(schema).encode()).hexdigest()


def export_outcome(root: Path) -> object:
    """Every file of the export."""
    return files_of("results")(root)


def export_is_told_from_half_of_one(root: Path) -> list[str]:
    """A folder with a manifest holds exactly what that says."""
    folder = root.parent / "results"
    if not (folder / "manifest.json").exists():
        return []
    said: Mapping[str, Any] = json.loads((folder / "manifest.json").read_bytes())
    wrong = []
    for name, digest in _digests(said):
        path = folder / name
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            wrong.append(f"the manifest tells of another {name}")
    return wrong


def _digests(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    files = said["files"]
    if isinstance(files, Mapping):
        return [
            (name, each if isinstance(each, str) else each["sha256"])
            for name, each in files.items()
        ]
    return [(each["name"], each["sha256"]) for each in files]


def unlink_outcome(root: Path) -> object:
    """What stood on forms is gone from the ledger's file, its log and the pictures."""
    with closing(sqlite3.connect(root / "ledger.db")) as db:
        free = db.execute("pragma freelist_count").fetchone()[0]
        left = db.execute("select count(*) from answer").fetchone()[0]
        gone = db.execute("select count(*) from unlinked").fetchone()[0]
        acts = [row[0] for row in db.execute("select act from month_version order by 1")]
    pictures = [path.name for path in (root / "evidence").rglob("*") if path.is_file()]
    return free, left, gone, acts, pictures


def keys_outcome(root: Path) -> object:
    """There are two keys at least, and the newest signs."""
    keyring = load_keyring(root / "keys" / "signing-keys.json")
    return len(keyring.keys) >= 2, keyring.signing_id == max(key.key_id for key in keyring.keys)


def keys_backup_outcome(root: Path) -> object:
    """Which keys are in it."""
    return read_sealed(root.parent / "keys.backup").key_ids


def survey_outcome(root: Path) -> object:
    """The survey has a revision, and the one before is kept."""
    folder = root / "surveys"
    text = (folder / "hai-long.toml").read_text(encoding="utf-8")
    kept = sorted(path.name for path in (folder / "archive").glob("hai-long-r*.toml"))
    return re.findall(r"^rev\s*=\s*\d+", text, re.MULTILINE) != [], kept[:1]
