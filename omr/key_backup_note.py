"""Which keys are in a backup: a note beside the keys, made when a backup is, without secrets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from omr.keys import Keyring
from omr.part_file import take_left_over, write_files

NAME = "backup.json"


@dataclass(frozen=True, slots=True)
class BackupNote:
    """What the newest backup holds, or the newest that was proved to be one."""

    on: date
    keys: frozenset[int]
    withdrawn: frozenset[int]  # of these

    def covers(self, keyring: Keyring) -> bool:
        """Whether every key of *keyring* is in it as it is now."""
        return self == note_of(keyring, self.on)


def note_of(keyring: Keyring, on: date) -> BackupNote:
    """What a backup of *keyring* holds."""
    return BackupNote(
        on,
        frozenset(key.key_id for key in keyring.keys),
        frozenset(key.key_id for key in keyring.keys if key.withdrawn),
    )


def keep_note(keys_file: Path, keyring: Keyring, on: date) -> None:
    """Remember that a backup of *keyring* was seen to open.

    Raises:
        OSError: If the note cannot be written.
    """
    note = note_of(keyring, on)
    body = {"on": on.isoformat(), "keys": sorted(note.keys), "withdrawn": sorted(note.withdrawn)}
    write_files({keys_file.with_name(NAME): f"{json.dumps(body)}\n".encode()})


def take_half_note(keys_file: Path) -> None:
    """Remove what an interrupted backup left of its note."""
    take_left_over(keys_file.with_name(NAME))


def read_note(keys_file: Path) -> BackupNote | None:
    """The note beside *keys_file*; None if there is none, or it cannot be understood."""
    try:
        body = json.loads(keys_file.with_name(NAME).read_text(encoding="utf-8"))
        return BackupNote(
            date.fromisoformat(body["on"]), frozenset(body["keys"]), frozenset(body["withdrawn"])
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None
