"""What is killed: every command that writes, and what must be so afterwards."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
from crash_office import DOMAIN, PERIOD, UNIT, Office, commands, settle

from omr.key_sealing import read_sealed
from omr.keys import load_keyring

Words = tuple[object, ...]
Outcome = Callable[[Path], object]
_SERIAL = re.compile(r"[A-Z]{3,4}-\d\d-\d{6}-[A-Z]")
# Ids that chance draws, and moments: two undisturbed runs differ in them too.
_PASSING = re.compile(r".*_at|record_id|milliseconds|.*_id|row_key|hash|previous|chain.*")
_PNG_END = b"IEND\xaeB`\x82"
PRINTED = 4


@dataclass(frozen=True, slots=True)
class Work:
    """One command, where it begins, and what it must come to."""

    name: str
    stage: str
    run: Callable[[Path], int]
    outcome: Outcome
    sound: Callable[[Path], list[str]] = lambda _root: []
    done_already: tuple[int, ...] = (0,)  # exit codes of the same command run again afterwards


def works(office: Office) -> dict[str, Work]:
    """All of them, by name."""

    def command(*before: object, after: Callable[[Path], Words] = lambda _root: ()) -> Any:
        return lambda root: commands([(*before, "--workspace", root, *after(root))])

    found = (
        Work("init", "bare", lambda root: commands([("init", root)]), _fresh_files),
        Work(
            "print",
            "fresh",
            lambda root: commands([_print_words(root)]),
            _print_outcome,
            sound=_every_serial_once,
        ),
        Work(
            "read",
            "printed",
            command("scans", "read", office.scans, "--period", PERIOD, "--jobs", 1),
            _read_outcome,
            sound=_pictures_are_there,
        ),
        Work(
            "evidence",
            "printed",
            command(
                *("scans", "read", office.scans, "--period", PERIOD, "--jobs", 1),
                after=lambda root: ("--evidence", root.parent / "pictures"),
            ),
            lambda root: (_read_outcome(root), _files_of("pictures")(root)),
            sound=_pictures_are_there,
        ),
        Work("decide", "read", _decide, _rows_of("decision", "answer")),
        Work(
            "import",
            "printed",
            command("reports", "import", office.export, "--profile", "google-forms"),
            _rows_of("electronic_import", "electronic_response"),
        ),
        Work(
            "export",
            "settled",
            command(
                "reports",
                "export",
                "--period",
                PERIOD,
                after=lambda root: ("--out", root.parent / "results"),
            ),
            _export_outcome,
            sound=_export_is_told_from_half_of_one,
        ),
        Work(
            "close",
            "settled",
            command("reports", "close", "--period", PERIOD),
            _rows_of("month_version"),
            done_already=(0, 2),
        ),
        Work(
            "unlink",
            "closed",
            command("reports", "close", "--period", PERIOD, "--unlink", "--yes"),
            _unlink_outcome,
            done_already=(0, 2),
        ),
        Work(
            "return",
            "printed",
            command(
                "forms",
                "return",
                f"{DOMAIN}-26-000007..000008",
                after=lambda root: ("--receipt", root.parent / "receipt.pdf", "--by", "an"),
            ),
            lambda root: (
                tables(root, ("stock_entry", "stock_range")),
                (root.parent / "receipt.pdf").exists(),
            ),
            sound=_pdfs_are_whole,
        ),
        Work("rotate", "fresh", command("keys", "rotate"), _keys_outcome),
        Work(
            "keys-backup",
            "fresh",
            command(
                "keys",
                "backup",
                "--passphrase-file",
                office.passphrase,
                after=lambda root: ("--out", root.parent / "keys.backup"),
            ),
            _backup_outcome,
            done_already=(0, 2),
        ),
        Work("revise", "printed", command("surveys", "revise", "hai-long"), _survey_outcome),
        Work(
            "layouts",
            "printed",
            command("forms", "layouts", after=lambda root: ("--out", root.parent / "layouts")),
            _files_of("layouts"),
        ),
        Work(
            "results",
            "read",
            command("scans", "results", after=lambda root: ("--out", root.parent / "r.jsonl")),
            _files_of("r.jsonl"),
        ),
    )
    return {work.name: work for work in found}


def faults(root: Path, work: Work) -> list[str]:
    """What must be so at any moment and is not: a sound ledger, whole files."""
    wrong = []
    ledger = root / "ledger.db"
    if ledger.exists():
        with closing(sqlite3.connect(ledger)) as db:
            answer = db.execute("pragma integrity_check").fetchall()
            if answer != [("ok",)]:
                wrong.append(f"integrity_check: {answer}")
            if db.execute("pragma foreign_key_check").fetchall():
                wrong.append("foreign_key_check")
    for path in root.parent.rglob("*.json"):
        try:
            json.loads(path.read_bytes())
        except ValueError:
            wrong.append(f"half of {path.name}")
    return wrong + work.sound(root)


def left_over(root: Path) -> list[str]:
    """Files of a run that was cut short which the next one has not taken away."""
    return sorted(
        path.name
        for path in root.parent.rglob("*")
        if path.suffix in {".part", ".new"} or path.name.endswith((".new-wal", ".new-shm"))
    )


def tables(root: Path, names: Iterable[str]) -> dict[str, list[tuple[str, ...]]]:
    """The rows of some tables without ids and moments, sorted."""
    found = {}
    with closing(sqlite3.connect(root / "ledger.db")) as db:
        for name in names:
            columns = [row[1] for row in db.execute(f"pragma table_info({name})")]
            told = [f'"{each}"' for each in columns if not _PASSING.fullmatch(each)]
            rows = db.execute(f"select {', '.join(told) or '1'} from {name}").fetchall()  # noqa: S608
            found[name] = sorted(tuple(map(_short, row)) for row in rows)
    return found


def _short(cell: object) -> str:
    text = cell if isinstance(cell, bytes) else str(cell).encode()
    return hashlib.sha256(text).hexdigest()[:16] if len(text) > 60 else str(cell)


def _rows_of(*names: str) -> Outcome:
    return lambda root: tables(root, names)


def _files_of(name: str) -> Outcome:
    def outcome(root: Path) -> dict[str, str]:
        place = root.parent / name
        files = sorted(place.iterdir()) if place.is_dir() else [place]
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}

    return outcome


def _fresh_files(root: Path) -> object:
    files = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    keys = load_keyring(root / "keys" / "signing-keys.json")
    with closing(sqlite3.connect(root / "ledger.db")) as db:
        schema = sorted(
            row[0] for row in db.execute("select sql from sqlite_master where sql > ''")
        )
    shown = [name for name in files if not name.endswith((".lock", "-wal", "-shm"))]
    return shown, len(keys.keys), hashlib.sha256("".join(schema).encode()).hexdigest()


# --- printing ---


def _print_words(root: Path) -> Words:
    out = root.parent
    return (
        *("forms", "print", "--workspace", root, "--unit", UNIT, "--domain", DOMAIN),
        *("--count", PRINTED, "--pad-size", 2, "--out", out / "pad.pdf"),
        *("--manifest", out / "pad.jsonl", "--receipt", out / "receipt.pdf"),
    )


def serials_in(pdf: Path) -> tuple[str, ...]:
    """The serials printed on a PDF's forms, sorted.

    Raises:
        ValueError: If it is not whole.
    """
    raw = pdf.read_bytes()
    if not raw.rstrip().endswith(b"%%EOF"):
        raise ValueError("no end")
    try:
        with pypdfium2.PdfDocument(raw) as document:
            texts = [page.get_textpage().get_text_range() for page in document]
    except pypdfium2.PdfiumError as error:
        raise ValueError(str(error)) from error
    return tuple(sorted({serial for text in texts for serial in _SERIAL.findall(text)}))


def _runs(root: Path) -> dict[tuple[str, ...], bool]:
    """The serials of every print run, and whether it was finished."""
    with closing(sqlite3.connect(root / "ledger.db")) as db:
        finished = {row[0] for row in db.execute("select run_id from run_finished")}
        runs: dict[int, list[str]] = {}
        for run_id, serial in db.execute("select run_id, serial from issued"):
            runs.setdefault(run_id, []).append(serial)
    return {tuple(sorted(serials)): run_id in finished for run_id, serials in runs.items()}


def _pads(root: Path) -> list[Path]:
    return sorted(root.parent.glob("pad*.pdf"))


def _every_serial_once(root: Path) -> list[str]:
    """Every pad that bears its name is whole, and is all of one run; no serial is on two."""
    wrong = _pdfs_are_whole(root)
    if wrong:
        return wrong
    runs, printed = _runs(root), Counter(serials_in(path) for path in _pads(root))
    wrong += [f"on two pads: {run}" for run, times in printed.items() if times > 1]
    wrong += [f"on paper but no run: {run}" for run in printed if run not in runs]
    unprinted = [run for run, done in runs.items() if done and run not in printed]
    wrong += [f"finished without paper: {run}" for run in unprinted]
    issued = Counter(serial for run in runs for serial in run)
    wrong += [f"issued twice: {serial}" for serial, times in issued.items() if times > 1]
    for path in root.parent.glob("pad*.jsonl"):
        try:
            said = [json.loads(line)["serial"] for line in path.read_text("utf-8").splitlines()]
        except (ValueError, KeyError):
            wrong.append(f"half of {path.name}")
            continue
        if tuple(sorted(said)) not in runs:
            wrong.append(f"{path.name} names no run")
    return wrong


def _print_outcome(root: Path) -> object:
    """The newest pad is whole, finished, handed out, and its manifest is its own."""
    serials = serials_in(root.parent / "pad.pdf")
    lines = (root.parent / "pad.jsonl").read_text("utf-8").splitlines()
    manifest = [json.loads(line) for line in lines]
    places = [(line["pdf_page"], line["x_mm"], line["y_mm"]) for line in manifest]
    said = tuple(sorted(line["serial"] for line in manifest))
    with closing(sqlite3.connect(root / "ledger.db")) as db:
        handed_out = db.execute(
            "select count(*) from stock_entry join stock_range using (entry_id) where act = 'issue'"
            " and first <= ? and last >= ?",
            (int(serials[0].split("-")[2]), int(serials[-1].split("-")[2])),
        ).fetchone()
    return len(serials), serials == said, _runs(root)[serials], places, handed_out


def _pdfs_are_whole(root: Path) -> list[str]:
    wrong = []
    for path in root.parent.glob("*.pdf"):
        try:
            serials_in(path)
        except ValueError as error:
            wrong.append(f"half of {path.name}: {error}")
    return wrong


# --- reading and deciding ---

_SHEET = (
    "select s.sha256, s.name, s.pages, b.period, h.page, h.sheet, h.status, h.reasons_json,"
    " h.serial, h.unit, h.domain, h.layout_id, h.registration_json, h.measurements, h.picture,"
    " (select group_concat(question || '=' || state || ':' || options || ':' || reasons, ';')"
    "  from (select * from answer a where a.sheet_id = h.sheet_id order by question)),"
    " (select group_concat(part || '=' || sha256, ';')"
    "  from (select * from picture_part p where p.sheet_id = h.sheet_id order by part))"
    " from sheet h join source s using (source_id) join batch b on b.batch_id = s.batch_id"
)


def _read_outcome(root: Path) -> object:
    with closing(sqlite3.connect(root / "ledger.db")) as db:
        sheets = sorted(tuple(map(_short, row)) for row in db.execute(_SHEET))
        sizes = {
            name: db.execute(f"select count(*) from {name}").fetchone()[0]  # noqa: S608
            for name in ("batch", "source", "sheet", "answer", "picture_part", "streak")
        }
    return sheets, sizes, sorted(path.name for path in (root / "evidence").rglob("*.jpg"))


def _pictures_are_there(root: Path) -> list[str]:
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


def _decide(root: Path) -> int:
    settle(root)
    return 0


# --- reports ---


def _export_outcome(root: Path) -> object:
    return _files_of("results")(root)


def _export_is_told_from_half_of_one(root: Path) -> list[str]:
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


def _unlink_outcome(root: Path) -> object:
    """What stood on forms is gone from the ledger's file, its log and the pictures."""
    with closing(sqlite3.connect(root / "ledger.db")) as db:
        free = db.execute("pragma freelist_count").fetchone()[0]
        left = db.execute("select count(*) from answer").fetchone()[0]
        gone = db.execute("select count(*) from unlinked").fetchone()[0]
        acts = [row[0] for row in db.execute("select act from month_version order by 1")]
    pictures = [path.name for path in (root / "evidence").rglob("*") if path.is_file()]
    return free, left, gone, acts, pictures


# --- keys and surveys ---


def _keys_outcome(root: Path) -> object:
    keyring = load_keyring(root / "keys" / "signing-keys.json")
    return len(keyring.keys) >= 2, keyring.signing_id == max(key.key_id for key in keyring.keys)


def _backup_outcome(root: Path) -> object:
    return read_sealed(root.parent / "keys.backup").key_ids


def _survey_outcome(root: Path) -> object:
    folder = root / "surveys"
    text = (folder / "hai-long.toml").read_text(encoding="utf-8")
    kept = sorted(path.name for path in (folder / "archive").glob("hai-long-r*.toml"))
    return re.findall(r"^rev\s*=\s*\d+", text, re.MULTILINE) != [], kept[:1]


def everything(names: Sequence[str], office: Office) -> list[Work]:
    """The works called *names*; all of them if none is named."""
    every = works(office)
    return [every[name] for name in names or every]
