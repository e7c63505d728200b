"""omr doctor: looks at everything that a month's work needs, and says what to do.

It joins what each package can tell about itself, so it may look into all of them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from forms.font_check import broken_fonts
from omr.checkup import Line, State, outcome
from omr.checkup_machine import (
    clock_line,
    language_line,
    library_lines,
    python_line,
    room_line,
    temporary_line,
    zone_line,
)
from omr.checkup_workspace import file_lines, key_lines
from omr.errors import ExitCode, InputUnusable, LedgerUnusable, OmrError
from omr.i18n import _
from omr.ledger import Ledger
from omr.ledger.captures import newest_batch
from omr.ledger.facts import Facts, facts, glance
from omr.workspace import Workspace
from scans.decoder_check import SAMPLES, broken_decoders, code_readers
from scans.health import printed_scale

# What 100 virtual sheets left, pictures for people to see included (docs/architecture.md), and
# the ledger's own rows; of a workspace with more sheets than that its own are counted.
_USUAL_BYTES, _ENOUGH_SHEETS = 31_000, 200
_USUAL_MONTH = 10_000  # sheets, of a workspace without a month of its own
_SAFELY = 2  # the log before rows are written for good, and a backup on the same disk
_SIZE_SHOWN = 0.005  # of a form; a ruler does not show less


def run_doctor(root: Path, *, as_json: bool = False) -> None:
    """Look at the machine, and at the workspace in *root* if there is one; print what is found.

    Raises:
        LedgerUnusable: If the ledger or the keys cannot be used.
        InputUnusable: If anything else is in trouble.
    """
    lines = list(_lines(root))
    troubles = [line for line in lines if line.state is State.TROUBLE]
    if as_json:
        print(json.dumps(_as_json(lines), ensure_ascii=False))
    else:
        for line in lines:
            print(_in_words(line))
    code = outcome(lines)
    if code is ExitCode.OK:
        if not as_json:
            print(_ended(lines))
        return
    kind = LedgerUnusable if code is ExitCode.LEDGER_UNUSABLE else InputUnusable
    raise kind(
        _("in trouble: {topics}").format(
            topics=", ".join(dict.fromkeys(line.topic for line in troubles))
        ),
        _("Do what stands below each of them, then run omr doctor again."),
    )


def _lines(root: Path) -> Iterator[Line]:
    yield python_line()
    yield from library_lines()
    yield _fonts()
    yield from _decoders()
    workspace = Workspace(root)
    if not workspace.settings_file.is_file():
        yield temporary_line()
        yield clock_line(datetime.now().astimezone(), None)
        yield language_line()
        yield _printer(None)
        yield Line(
            "workspace",
            _("no workspace in {folder}: only the machine was looked at").format(
                folder=workspace.root
            ),
            State.NOTE,
            _("Name one with --workspace DIR, or make one with omr init DIR."),
        )
        return
    yield Line("workspace", _("workspace {folder}").format(folder=workspace.root))
    files = list(file_lines(workspace))
    yield from files
    yield from key_lines(workspace)
    settled = all(line.state is State.OK for line in files if line.topic == "settings")
    yield from _about_ledger(workspace) if settled else ()
    yield language_line()


def _fonts() -> Line:
    broken = [f"{name} ({why})" for name, why in broken_fonts()]
    if broken:
        said = _("fonts that cannot be used: {names}").format(names=", ".join(broken))
        return Line("fonts", said, State.TROUBLE, _("Install omr anew: its files are damaged."))
    return Line("fonts", _("the fonts of forms and documents have every Vietnamese letter"))


def _decoders() -> Iterator[Line]:
    broken = [f"{each.kind} ({each.why})" for each in broken_decoders()]
    if broken:
        yield Line(
            "decoders",
            _("scans that cannot be read here: {kinds}").format(kinds=", ".join(broken)),
            State.TROUBLE,
            _("Install omr anew, into an environment of its own; until then use another kind."),
        )
    else:
        yield Line(
            "decoders",
            _("a page of each of {count} kinds of scans was read").format(count=len(SAMPLES)),
        )
    readers = code_readers()
    failing = [name for name, works in readers.items() if works is False]
    missing = [name for name, works in readers.items() if works is None]
    if failing:
        said = _("{names} cannot read a plain QR code").format(names=", ".join(failing))
        yield Line("codes", said, State.TROUBLE, _("Install omr anew."))
    elif missing:
        yield Line(
            "codes",
            _("QR codes are read without {names}").format(names=", ".join(missing)),
            State.NOTE,
            _("More damaged codes are read with it: apt install libzbar0."),
        )
    else:
        names = ", ".join(readers)
        yield Line("codes", _("QR codes were read with {names}").format(names=names))


def _about_ledger(workspace: Workspace) -> Iterator[Line]:
    """The ledger, and what only it can tell: how much room a month needs, and how late it is."""
    held, size, scale = None, 0, None
    try:
        seen = glance(workspace.ledger_url)
        size = seen.size_bytes if seen else 0
        if seen and seen.fault:
            yield Line(
                "ledger",
                _("the ledger is damaged: {why}").format(why=seen.fault),
                State.TROUBLE,
                _("Copy the folder away, then put the newest backup in its place."),
                ExitCode.LEDGER_UNUSABLE,
            )
        elif seen and seen.steps:
            yield Line(
                "ledger",
                _("the ledger is of an older version, {steps} steps behind").format(
                    steps=seen.steps
                ),
                State.NOTE,
                _("Make a backup now: the next command brings it up to date, which is for good."),
            )
        else:
            with Ledger.open(workspace.ledger_url) as ledger:
                held = facts(ledger)
                last = newest_batch(ledger)
                scale = printed_scale(ledger, [last.batch_id]) if last else None
            yield Line(
                "ledger",
                _("the ledger opens and is whole; {sheets} sheets").format(sheets=held.sheets),
            )
    except OmrError as error:
        yield _ledger_trouble(error.message, error.remedy)
    except (OSError, sqlite3.DatabaseError) as error:
        yield _ledger_trouble(
            _("the ledger cannot be used: {why}").format(why=error),
            _("If another program has it, wait; else put the newest backup in its place."),
        )
    yield _room(workspace, held, size)
    yield temporary_line(size)
    now = datetime.now().astimezone()
    yield clock_line(now, held.newest if held else None)
    yield zone_line(now, workspace.settings.zone)
    yield _printer(scale)


def _ledger_trouble(said: str, remedy: str) -> Line:
    return Line("ledger", said, State.TROUBLE, remedy, ExitCode.LEDGER_UNUSABLE)


def _room(workspace: Workspace, held: Facts | None, ledger_bytes: int) -> Line:
    """Whether a month as large as the largest so far fits."""
    of_each = _USUAL_BYTES
    if held and held.sheets >= _ENOUGH_SHEETS:
        pictures = sum(path.stat().st_size for path in workspace.evidence_folder.glob("??/*.jpg"))
        of_each = (ledger_bytes + pictures) // held.sheets
    month = max(held.busiest if held else 0, _USUAL_MONTH)
    return room_line(
        "disk",
        workspace.root,
        _SAFELY * month * of_each,
        _("a month of {count} sheets").format(count=month),
    )


def _printer(scale: float | None) -> Line:
    """What paper tells of printers, which no program sees; and how to look."""
    remedy = _(
        "Print and measure a page on every new printer, and after new toner: "
        "omr forms calibrate --out FILE.pdf"
    )
    if scale is None:
        return Line(
            "printer", _("no scans tell yet how large forms are printed"), State.NOTE, remedy
        )
    said = _("forms of the newest batch came out at {percent:.1f} % of their size").format(
        percent=100 * scale
    )
    if abs(scale - 1) > _SIZE_SHOWN:
        return Line("printer", said, State.NOTE, remedy)
    return Line("printer", said)


def _in_words(line: Line) -> str:
    head = {State.OK: _("ok"), State.NOTE: _("note"), State.TROUBLE: _("TROUBLE")}[line.state]
    return f"{head}: {line.said}" + (f"\n    {line.remedy}" if line.remedy else "")


def _ended(lines: list[Line]) -> str:
    notes = sum(line.state is State.NOTE for line in lines)
    if notes:
        return _("nothing is in trouble; {count} notes").format(count=notes)
    return _("all is well")


def _as_json(lines: list[Line]) -> dict[str, object]:
    return {
        "outcome": outcome(lines).value,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "lines": [
            {"topic": line.topic, "state": line.state, "said": line.said, "remedy": line.remedy}
            for line in lines
        ],
    }
