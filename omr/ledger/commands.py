"""What the ledger commands do: workspace in, words out."""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

from omr.errors import LedgerUnusable, UsageError
from omr.i18n import _
from omr.ledger import Ledger
from omr.ledger.backup import make_backup, named_pictures
from omr.ledger.checking import Checked, Wrong, check_ledger, hash_of_entry
from omr.ledger.copying import copy_ledger
from omr.ledger.log import Head
from omr.ledger.restoring import restore_backup
from omr.person import present_person
from omr.pictures import PictureStore
from omr.workspace import Workspace, open_workspace

_SEAL_DIGITS = 16  # 64 bits: enough against another entry made to have the same
_NOTED = re.compile(r"\s*([0-9]{1,12})\s*:\s*([0-9a-fA-F][0-9a-fA-F\s-]*)")
_DIGEST = re.compile(r"[0-9a-f]{64}")  # what is none was altered, which the log tells
_SHOWN = 50


def check_command(root: Path, noted: str | None) -> None:
    """Check ledger and pictures.

    Raises:
        LedgerUnusable: If anything is wrong; every finding is printed before.
        UsageError: If *noted* cannot be understood.
    """
    workspace = open_workspace(root)
    expected = None if noted is None else _understood(noted)
    with Ledger.open(workspace.ledger_url) as ledger:
        checked = check_ledger(ledger)
        wrong = _tell_findings(checked)
        missing, damaged = _pictures(workspace, named_pictures(ledger))
        if expected is not None:
            entry, seal = expected
            found = hash_of_entry(ledger, entry)
            if found is None or not found.startswith(seal):
                wrong += 1
                print(_("  entry {entry} is not the one that was noted").format(entry=entry))
    for path in damaged:
        print(_("  the picture {path} is damaged").format(path=path))
    if missing:
        print(_("{count} pictures are not kept any more").format(count=missing))
    if wrong or damaged:
        raise LedgerUnusable(
            _("the ledger is not what it was: {count} findings").format(count=wrong + len(damaged)),
            _("Keep this folder as it is, and restore the newest backup: omr ledger restore FILE"),
        )
    print(
        _("the ledger is whole: {count} records as they were logged").format(count=checked.records)
    )
    if checked.gone:
        print(_("{count} records were destroyed with their months").format(count=checked.gone))
    if checked.head is not None:
        print(_("note this down: {seal}").format(seal=seal_of(checked.head)))


def accept_command(root: Path, why: str) -> None:
    """Go on with an older copy of the ledger."""
    if not why.strip():
        raise UsageError(_("an older ledger needs a reason"), _("Say it: --why REASON"))
    workspace = open_workspace(root)
    with Ledger.open_older(workspace.ledger_url, why=why.strip(), by=present_person()):
        print(_("this ledger counts from now on; that and why is in its log"))
    print(_("Read the newest scans again: sheets that it does not know are counted once."))


def backup_command(root: Path, file: Path) -> None:
    """Write and try a backup.

    Raises:
        LedgerUnusable: If it cannot be written, or the ledger itself is not what it was.
    """
    workspace = open_workspace(root)
    workspace.refuse_own_file(file)
    with Ledger.open(workspace.ledger_url) as ledger:
        made = make_backup(workspace, ledger, file)
    manifest = made.manifest
    print(
        _("{file}: {rows} rows, {pictures} pictures; restored for a trial and the same").format(
            file=file, rows=manifest.rows, pictures=manifest.pictures
        )
    )
    print(_("note this down: {seal}").format(seal=seal_of(manifest.head)))
    if made.missing:
        print(_("{count} pictures are not kept any more").format(count=made.missing))
    print(
        _("The signing keys are not in it; they have a backup of their own: omr keys backup"),
        file=sys.stderr,
    )
    if made.checked.findings:
        _tell_findings(made.checked)
        raise LedgerUnusable(
            _("the backup is complete, but the ledger is not what it was"),
            _("See: omr ledger check"),
        )


def restore_command(
    root: Path, file: Path, *, older: bool, why: str | None, replace_files: bool
) -> None:
    """Put a backup back.

    Raises:
        LedgerUnusable: If it cannot be done, or the ledger in the backup is not what it was.
    """
    done = restore_backup(
        root, file, older=older, why=why, by=present_person(), replace_files=replace_files
    )
    print(
        _("restored from the backup of {at}: {rows} rows, {pictures} pictures put back").format(
            at=done.manifest.made_at, rows=done.manifest.rows, pictures=done.pictures
        )
    )
    for path in done.written:
        print(f"  {path}")
    for aside in (done.ledger_aside, *done.replaced):
        if aside is not None:
            print(_("what was there is kept: {path}").format(path=aside))
    for path in done.kept:
        print(_("{path} is another here and was left as it is").format(path=path))
    if not Workspace(root).keys_file.exists():
        print(
            _("omr: warning: {path} is missing; put its backup back").format(
                path=Workspace(root).keys_file
            ),
            file=sys.stderr,
        )
    if done.checked.findings:
        _tell_findings(done.checked)
        raise LedgerUnusable(
            _("the ledger in this backup is not what it was"), _("See: omr ledger check")
        )


def copy_command(root: Path, to: str) -> None:
    """Copy the ledger into another database."""
    workspace = open_workspace(root)
    with Ledger.open(workspace.ledger_url) as ledger:
        copied = copy_ledger(ledger, to)
        if hash_of_entry(ledger, copied.head.entry + 1) is not None:
            raise LedgerUnusable(
                _("somebody wrote into the ledger meanwhile; the copy lacks that"),
                _("End the other commands, and copy again into another empty place."),
            )
    rows = sum(table.rows for table in copied.tables.values())
    print(
        _("{rows} rows in {tables} tables are the same there, and the log agrees").format(
            rows=rows, tables=len(copied.tables)
        )
    )
    print(_("seal: {seal}").format(seal=seal_of(copied.head)))
    print(_('To use it, write its address in omr.toml: under [ledger], url = "..."'))


def seal_of(head: Head) -> str:
    """An entry's number and the beginning of its hash, to be written down and compared."""
    digits = head.hash[:_SEAL_DIGITS]
    return f"{head.entry}:{'-'.join(digits[i : i + 4] for i in range(0, _SEAL_DIGITS, 4))}"


def _understood(noted: str) -> tuple[int, str]:
    match = _NOTED.fullmatch(noted)
    seal = "" if match is None else re.sub(r"[\s-]", "", match[2]).lower()
    if match is None or len(seal) < _SEAL_DIGITS:
        raise UsageError(
            _("'{text}' is not what a check prints").format(text=noted),
            _("Write it as it was printed, for example 57:3f2a-99b1-c0de-1234"),
        )
    return int(match[1]), seal


def _tell_findings(checked: Checked) -> int:
    for finding in checked.findings[:_SHOWN]:
        where = _(" (log entry {entry})").format(entry=finding.entry) if finding.entry else ""
        print(f"  {_words(finding.wrong).format(record=finding.record)}{where}")
    more = len(checked.findings) - _SHOWN
    if more > 0:
        print(_("  and {count} more").format(count=more))
    return len(checked.findings)


def _words(wrong: Wrong) -> str:
    return {
        Wrong.DAMAGED: _("the database is damaged: {record}"),
        Wrong.UNPROTECTED: _("rows are not protected any more: {record}"),
        Wrong.DANGLING: _("leads to a row that is not there: {record}"),
        Wrong.ENTRY_MISSING: _("missing in the log: entry {record}"),
        Wrong.ENTRY_ALTERED: _("altered in the log: entry {record}"),
        Wrong.ENTRY_UNREADABLE: _("unreadable in the log: entry {record}"),
        Wrong.LOGGED_TWICE: _("logged twice: {record}"),
        Wrong.ALTERED: _("altered: {record}"),
        Wrong.REMOVED: _("removed: {record}"),
        Wrong.INSERTED: _("inserted, or altered so that it has another name: {record}"),
        Wrong.CAME_BACK: _("was destroyed and is there again: {record}"),
    }[wrong]


def _pictures(workspace: Workspace, digests: set[str]) -> tuple[int, list[Path]]:
    """How many pictures are not kept any more, and which are not what they were."""
    store = PictureStore(workspace.evidence_folder)
    missing, damaged = 0, []
    for digest in sorted(digest for digest in digests if _DIGEST.fullmatch(digest)):
        path = store.path(digest)
        if not path.exists():
            missing += 1
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            damaged.append(path)
    return missing, damaged
