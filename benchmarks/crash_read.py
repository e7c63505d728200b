"""What must be so of sheets that were read, merged or decided about."""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from unittest import mock

from crash_office import PERIOD, Office, commands, settle
from crash_rows import rows_of, short

from omr.errors import ExitCode, OmrError
from omr.key_pairs import receiver_key
from omr.workspace import Workspace
from scans.pack_file import Content, PackFault, open_pack

_PNG_END = b"IEND\xaeB`\x82"
_SHEET = (
    "select s.sha256, s.name, s.pages, b.period, h.page, h.sheet, h.status, h.reasons_json,"
    " h.serial, h.unit, h.domain, h.layout_id, h.registration_json, h.measurements, h.picture,"
    " (select group_concat(question || '=' || state || ':' || options || ':' || reasons, ';')"
    "  from (select * from answer a where a.sheet_id = h.sheet_id order by question)),"
    " (select group_concat(part || '=' || sha256, ';')"
    "  from (select * from picture_part p where p.sheet_id = h.sheet_id order by part))"
    " from sheet h join source s using (source_id) join batch b on b.batch_id = s.batch_id"
)


def read_outcome(root: Path) -> object:
    """Every sheet with what was read of it, how many rows there are, and the pictures kept."""
    with closing(sqlite3.connect(root / "ledger.db")) as db:
        sheets = sorted(tuple(map(short, row)) for row in db.execute(_SHEET))
        sizes = {
            name: db.execute(f"select count(*) from {name}").fetchone()[0]  # noqa: S608
            for name in ("batch", "source", "sheet", "answer", "picture_part", "streak")
        }
    return sheets, sizes, sorted(path.name for path in (root / "evidence").rglob("*.jpg"))


def pictures_are_there(root: Path) -> list[str]:
    """Every picture that the ledger names is kept and whole; every evidence picture is whole."""
    with closing(sqlite3.connect(root / "ledger.db")) as db:
        named = {row[0] for row in db.execute("select picture from sheet where picture > ''")}
        named |= {row[0] for row in db.execute("select sha256 from picture_part")}
    kept = {path.stem: path for path in (root / "evidence").rglob("*.jpg")}
    wrong = [f"picture lost: {digest}" for digest in named if digest not in kept]
    for digest, path in kept.items():
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            wrong.append(f"half a picture: {path.name}")
    shown = (root.parent / "pictures").glob("*.png")
    halves = [path.name for path in shown if not path.read_bytes().endswith(_PNG_END)]
    return wrong + [f"half an evidence picture: {name}" for name in halves]


def pages_kept(root: Path) -> int:
    """How many pages the ledger holds."""
    with closing(sqlite3.connect(root / "ledger.db")) as db:
        query = "select count(*) from (select distinct source_id, page from sheet)"
        return int(db.execute(query).fetchone()[0])


def decide(root: Path) -> int:
    """Everything that waits, one transaction each."""
    try:
        settle(root)
    except OmrError as error:  # as every command does
        print(f"omr: {error.message}\n     {error.remedy}", file=sys.stderr)
        return error.exit_code
    return 0


def watched(root: Path) -> int:
    """``omr scans watch``, by a clock that is in a hurry, until nothing waits any more."""
    from scans import watch  # noqa: PLC0415 - loaded when it is first run, as by the command
    from scans.settling import SETTLED_S  # noqa: PLC0415

    clock = count(0.0, 2 * SETTLED_S)

    class Hurried(watch.Watcher):
        """Whoever watches sends Ctrl-C then."""

        def look(self, now: float) -> bool:
            del now
            if not super().look(next(clock)):
                raise KeyboardInterrupt
            return True

    words = ("scans", "watch", root.parent / "drop", "--workspace", root)
    with (
        mock.patch.object(watch, "Watcher", Hurried),
        mock.patch.multiple(watch, _LOOK_S=0.0, _AGAIN_S=0.0),
    ):
        code = commands([(*words, "--period", PERIOD, "--jobs", 1)])
    return 0 if code == ExitCode.INTERRUPTED else code


# --- what a unit sends ---


def _sent(root: Path) -> Path:
    return root.parent / "unit.omr"


def pack_words(root: Path) -> tuple[object, ...]:
    """``omr scans pack``."""
    return ("scans", "pack", "--period", PERIOD, "--out", _sent(root), "--workspace", root)


def pack_outcome(office: Office) -> Callable[[Path], object]:
    """What the receiving office finds in the file."""

    def outcome(root: Path) -> object:
        receiver = receiver_key(Workspace(office.stages / "kitted" / "office").receiver_key_file)
        if receiver is None:
            raise ValueError("no key was made")
        pack = open_pack(_sent(root))
        content = Content(pack, receiver)
        try:
            lines = hashlib.sha256(b"".join(content.lines())).hexdigest()
            pictures = sorted(digest for digest, _picture in content.pictures())
        finally:
            content.close()
        return pack.head.unit, pack.head.period, pack.head.sheets, lines, pictures

    return outcome


def pack_is_whole(root: Path) -> list[str]:
    """What bears the file's name is whole and signed."""
    if not _sent(root).exists():
        return []
    try:
        open_pack(_sent(root))
    except PackFault:
        return ["half of what a unit sends"]
    return []


def merged_outcome(root: Path) -> object:
    """Sheets, what people said about them, and that the file is known."""
    said = ("decision", "identified", "second_reading", "paper_choice", "comment_note")
    return read_outcome(root), rows_of(*said, "sender", "unpacked")(root)
