"""What must be so of printed pads, whenever printing is cut short."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pypdfium2
from crash_office import DOMAIN, UNIT

_SERIAL = re.compile(r"[A-Z]{3,4}-\d\d-\d{6}-[A-Z]")
PRINTED = 4


def print_words(root: Path) -> tuple[object, ...]:
    """``omr forms print``."""
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


def every_serial_once(root: Path) -> list[str]:
    """Every pad that bears its name is whole, and is all of one run; no serial is on two."""
    wrong = pdfs_are_whole(root)
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


def print_outcome(root: Path) -> object:
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


def pdfs_are_whole(root: Path) -> list[str]:
    """Every PDF that bears its name has an end, and its pages can be read."""
    wrong = []
    for path in root.parent.glob("*.pdf"):
        try:
            serials_in(path)
        except ValueError as error:
            wrong.append(f"half of {path.name}: {error}")
    return wrong
