"""What is killed: every command that writes, and what must be so afterwards."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from crash_custody import (
    backup_is_whole,
    backup_outcome,
    copy_is_whole,
    copy_outcome,
    kit_outcome,
    newer_is_kept,
    restored_is_whole,
    restored_outcome,
    unit_outcome,
)
from crash_office import DOMAIN, PERIOD, UNIT, Office, commands
from crash_outcomes import (
    export_is_told_from_half_of_one,
    export_outcome,
    fresh_files,
    keys_backup_outcome,
    keys_outcome,
    survey_outcome,
    unlink_outcome,
)
from crash_printed import every_serial_once, pdfs_are_whole, print_outcome, print_words
from crash_read import (
    decide,
    merged_outcome,
    pack_is_whole,
    pack_outcome,
    pack_words,
    pictures_are_there,
    read_outcome,
    watched,
)
from crash_rows import Outcome, files_of, rows_of, tables

Words = tuple[object, ...]
Run = Callable[[Path], int]


@dataclass(frozen=True, slots=True)
class Work:
    """One command, where it begins, and what it must come to."""

    name: str
    stage: str
    run: Run
    outcome: Outcome
    sound: Callable[[Path], list[str]] = lambda _root: []
    done_already: tuple[int, ...] = (0,)  # exit codes of the same command run again afterwards


def works(office: Office) -> dict[str, Work]:
    """All of them, by name."""
    found = (
        Work("init", "bare", lambda root: commands([("init", root)]), fresh_files),
        *_paper(),
        *_scans(office),
        *_reports(office),
        *_keys(office),
        *_custody(office),
        *_units(office),
    )
    return {work.name: work for work in found}


def everything(names: Sequence[str], office: Office) -> list[Work]:
    """The works called *names*; all of them if none is named."""
    every = works(office)
    return [every[name] for name in names or every]


def _command(*before: object, after: Callable[[Path], Words] = lambda _root: ()) -> Run:
    """A command in a workspace; *after* gives the words that depend on where that is."""
    return lambda root: commands([(*before, "--workspace", root, *after(root))])


def _paper() -> tuple[Work, ...]:
    """Forms, what is done with them, and the surveys on them."""
    back = ("forms", "return", f"{DOMAIN}-26-000007..000008", "--by", "an")
    return (
        Work(
            "print",
            "fresh",
            lambda root: commands([print_words(root)]),
            print_outcome,
            sound=every_serial_once,
        ),
        Work(
            "return",
            "printed",
            _command(*back, after=lambda root: ("--receipt", root.parent / "receipt.pdf")),
            lambda root: (
                tables(root, ("stock_entry", "stock_range")),
                (root.parent / "receipt.pdf").exists(),
            ),
            sound=pdfs_are_whole,
        ),
        Work("revise", "printed", _command("surveys", "revise", "hai-long"), survey_outcome),
        Work(
            "layouts",
            "printed",
            _command("forms", "layouts", after=lambda root: ("--out", root.parent / "layouts")),
            files_of("layouts"),
        ),
    )


def _scans(office: Office) -> tuple[Work, ...]:
    """Reading, and deciding what was in doubt."""
    read = ("scans", "read", office.scans, "--period", PERIOD, "--jobs", 1)
    return (
        Work("read", "printed", _command(*read), read_outcome, sound=pictures_are_there),
        Work(
            "evidence",
            "printed",
            _command(*read, after=lambda root: ("--evidence", root.parent / "pictures")),
            lambda root: (read_outcome(root), files_of("pictures")(root)),
            sound=pictures_are_there,
        ),
        Work("watch", "dropped", watched, read_outcome, sound=pictures_are_there),
        Work("decide", "read", decide, rows_of("decision", "answer")),
        Work(
            "results",
            "read",
            _command("scans", "results", after=lambda root: ("--out", root.parent / "r.jsonl")),
            files_of("r.jsonl"),
        ),
    )


def _reports(office: Office) -> tuple[Work, ...]:
    """Electronic answers, results, and closed months."""
    month = ("--period", PERIOD)
    return (
        Work(
            "import",
            "printed",
            _command("reports", "import", office.export, "--profile", "google-forms"),
            rows_of("electronic_import", "electronic_response"),
        ),
        Work(
            "export",
            "settled",
            _command(
                "reports", "export", *month, after=lambda root: ("--out", root.parent / "results")
            ),
            export_outcome,
            sound=export_is_told_from_half_of_one,
        ),
        Work(
            "close",
            "settled",
            _command("reports", "close", *month),
            rows_of("month_version"),
            done_already=(0, 2),
        ),
        Work(
            "unlink",
            "closed",
            _command("reports", "close", *month, "--unlink", "--yes"),
            unlink_outcome,
            done_already=(0, 2),
        ),
    )


def _keys(office: Office) -> tuple[Work, ...]:
    """Signing keys."""
    backup = ("keys", "backup", "--passphrase-file", office.passphrase)
    return (
        Work("rotate", "fresh", _command("keys", "rotate"), keys_outcome),
        Work(
            "keys-backup",
            "fresh",
            _command(*backup, after=lambda root: ("--out", root.parent / "keys.backup")),
            keys_backup_outcome,
            done_already=(0, 2),
        ),
    )


def _custody(office: Office) -> tuple[Work, ...]:
    """Backups, what is put back from them, and a ledger that moves."""
    older = ("--older", "--why", "hỏng đĩa")
    return (
        Work(
            "backup",
            "settled",
            _command("ledger", "backup", after=lambda root: (root.parent / "backup.omr",)),
            backup_outcome,
            sound=backup_is_whole,
            done_already=(0, 2),
        ),
        Work(
            "restore",
            "to_restore",
            _command("ledger", "restore", office.backup),
            restored_outcome,
            sound=restored_is_whole,
        ),
        Work(
            "restore-older",
            "closed",
            _command("ledger", "restore", office.backup, *older),
            restored_outcome,
            sound=newer_is_kept,
        ),
        Work(
            "copy",
            "settled",
            _command(
                "ledger", "copy", after=lambda root: ("--to", f"sqlite:///{root.parent}/copy.db")
            ),
            copy_outcome,
            sound=copy_is_whole,
            done_already=(0, 2),
        ),
    )


def _units(office: Office) -> tuple[Work, ...]:
    """Units that read their own scans, and the office that they send them to."""
    phrase = ("--passphrase-file", office.passphrase)
    return (
        Work(
            "kit",
            "printed",
            _command(
                "scans", "kit", UNIT, *phrase, after=lambda root: ("--out", root.parent / "u.kit")
            ),
            kit_outcome,
            done_already=(0, 2),
        ),
        Work(
            "use-kit", "to_equip", _command("scans", "use-kit", office.kit, *phrase), unit_outcome
        ),
        Work(
            "pack",
            "unit",
            lambda root: commands([pack_words(root)]),
            pack_outcome(office),
            sound=pack_is_whole,
            done_already=(0, 2),
        ),
        Work(
            "unpack",
            "receiving",
            _command("scans", "unpack", office.sent),
            merged_outcome,
            sound=pictures_are_there,
        ),
    )


def faults(root: Path, work: Work) -> list[str]:
    """What must be so at any moment and is not: a sound ledger, whole files."""
    wrong = []
    ledger = root / "ledger.db"
    if ledger.exists():
        try:
            wrong += _integrity(ledger)
        except sqlite3.Error as error:
            return [f"no ledger: {error}"]
    for path in root.parent.rglob("*.json"):
        try:
            json.loads(path.read_bytes())
        except ValueError:
            wrong.append(f"half of {path.name}")
    return wrong + work.sound(root)


def _integrity(ledger: Path) -> list[str]:
    with closing(sqlite3.connect(ledger)) as db:
        answer = db.execute("pragma integrity_check").fetchall()
        wrong = [] if answer == [("ok",)] else [f"integrity_check: {answer}"]
        if db.execute("pragma foreign_key_check").fetchall():
            wrong.append("foreign_key_check")
    return wrong


def left_over(root: Path) -> list[str]:
    """Files of a run that was cut short which the next one has not taken away."""
    return sorted(
        path.name
        for path in root.parent.rglob("*")
        if (path.name.startswith(".") and path.suffix != ".lock")
        or path.name.endswith((".new", ".new-wal", ".new-shm"))
    )
